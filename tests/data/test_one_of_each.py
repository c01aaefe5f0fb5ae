"""Sentences about one row, one summit, one mutant are in the singular, and one fact is told once."""

from pathlib import Path

from seqdl_core.data.importing import ImportChoices, Inspection, inspect

CONTIG = "ACGTTGCATTAGGCCATAGC" * 20


def brought(folder: Path, files: dict[str, str], **choices: object) -> Inspection:
    for name, text in files.items():
        (folder / name).write_text(text)
    return inspect([folder / name for name in files], ImportChoices.model_validate(choices))


def evidence(found: Inspection, key: str) -> str:
    return next(one.evidence for one in found.findings if one.key == key)


def test_one_interval_of_a_genome(tmp_path: Path) -> None:
    found = brought(tmp_path, {"p.bed": "chr1\t10\t90\n", "g.fa": f">chr1\n{CONTIG}\n"})
    assert evidence(found, "alphabet").startswith("1 of 1 sequence uses only A, C, G, T;")
    assert found.problems[-1].where == "The only row of p.bed is without a label"
    assert "All 1 " not in evidence(found, "names")


def test_one_mutant(tmp_path: Path) -> None:
    found = brought(tmp_path, {"m.csv": "mutant,score\nW3A,0.5\n"}, wild_type="MKWLACDEF")
    assert evidence(found, "wild type").startswith("1 of 1 mutant agrees with the wild type")


def test_a_peak_without_a_summit_is_told_once(tmp_path: Path) -> None:
    peaks = [f"chr1\t{10 * row}\t{10 * row + 60}\tp{row}\t0\t.\t1\t2\t3\t{30 if row else -1}" for row in range(20)]
    files = {"p.narrowPeak": "\n".join(peaks) + "\n", "g.fa": f">chr1\n{CONTIG}\n"}
    found = brought(tmp_path, files, window=20, task="unlabelled")
    told = [one for one in found.notices if "summit" in one.what]
    assert [(one.sentence, one.where) for one in told] == [
        ("1 interval without a summit, the middle used.", "line 1 of p.narrowPeak")
    ]
