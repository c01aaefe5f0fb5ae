"""Every row that is left out can be had again: with its file, its line, its name and why."""

from pathlib import Path

import numpy as np

from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.sequences.alphabets import DNA, PROTEIN

_RNG = np.random.default_rng(3)
GENOME = DNA.decode(_RNG.integers(0, 4, 20_000).astype(np.uint8))
WILD = "M" + PROTEIN.decode(_RNG.integers(0, 20, 39).astype(np.uint8))


def genome(folder: Path) -> Path:
    (folder / "genome.fa").write_text(f">chr1\n{GENOME}\n")
    return folder / "genome.fa"


def left_out(found: Inspection) -> list[tuple[str, int, str, str]]:
    assert sum(notice.count for notice in found.notices if notice.what.endswith("left out.")) == len(found.dropped)
    return list(found.dropped[["file", "line", "name", "reason"]].itertuples(index=False, name=None))


def test_intervals_outside_the_genome(tmp_path: Path) -> None:
    good = [f"chr1\t{at}\t{at + 50}\tp{at}" for at in range(100, 19_000, 100)]
    rows = [*good, "chr7\t10\t60\tlost", "chr1\t19990\t20040\tlong"]
    (tmp_path / "peaks.bed").write_text("\n".join(rows) + "\n")
    found = inspect([tmp_path / "peaks.bed", genome(tmp_path)])
    assert left_out(found) == [
        ("peaks.bed", 190, "lost", "interval on a contig that the genome does not have"),
        ("peaks.bed", 191, "long", "interval beyond the end of its contig"),
    ]
    assert found.dropped["brought"][0].split("\t")[:3] == ["chr7", "10", "60"]


def test_variants_whose_reference_differs(tmp_path: Path) -> None:
    other = dict(zip("ACGT", "CGTA", strict=True))
    rows = [f"chr1,{at},{GENOME[at - 1]},{other[GENOME[at - 1]]},{at / 7:.3f}" for at in range(200, 19_000, 90)]
    at = 19_500
    rows += [f"chr1,{at},{other[GENOME[at - 1]]},{GENOME[at - 1]},0.5", "chr9,5,A,C,0.5", "chr1,300,A,<DEL>,0.5"]
    (tmp_path / "effects.csv").write_text("\n".join(["chrom,pos,ref,alt,effect", *rows]) + "\n")
    found = inspect([tmp_path / "effects.csv", genome(tmp_path)])
    count = len(rows) + 1
    assert {(line, reason.split(" (")[0]) for _, line, _, reason in left_out(found)} == {
        (count - 2, "variant whose REF differs from the reference"),
        (count - 1, "variant outside the reference"),
        (count, "variant with an allele or position that names no letters"),
    }


def test_mutants_that_cannot_be_spelled_out(tmp_path: Path) -> None:
    rows = [f"{WILD[at]}{at + 1}{'AC'[WILD[at] == 'A']},{at / 7:.3f}" for at in range(40)]
    rows += [f"{WILD[at]}{at + 1}{'DE'[WILD[at] == 'D']},{at / 9:.3f}" for at in range(40)]
    (tmp_path / "scan.csv").write_text("\n".join(["mutant,score", *rows, "p.Ala5_Gly7del,0.1", "??,0.2"]) + "\n")
    (tmp_path / "wt.fa").write_text(f">wt\n{WILD}\n")
    found = inspect([tmp_path / "scan.csv", tmp_path / "wt.fa"])
    assert left_out(found) == [
        ("scan.csv", 83, "??", "row whose mutant cannot be read"),
        ("scan.csv", 82, "p.Ala5_Gly7del", "row with inserted, deleted or shifted letters"),
    ]
    assert found.dropped["brought"].tolist() == ["??\t0.2", "p.Ala5_Gly7del\t0.1"]


def test_sequences_without_residue_labels(tmp_path: Path) -> None:
    names = [f"s{row}" for row in range(30)]
    letters = [WILD[row % 20 :] for row in range(30)]
    (tmp_path / "sequences.fasta").write_text("".join(f">{n}\n{s}\n" for n, s in zip(names, letters, strict=True)))
    labels = [f">{n}\n{('HHEC' * 10)[: len(s)]}\n" for n, s in zip(names, letters, strict=True)][:-1]
    (tmp_path / "labels.fasta").write_text("".join([labels[0].rstrip() + "H\n", *labels[1:]]))
    found = inspect([tmp_path / "sequences.fasta", tmp_path / "labels.fasta"])
    assert left_out(found) == [
        ("sequences.fasta", 59, "s29", "record not found in labels.fasta"),
        ("sequences.fasta", 1, "s0", "record with another number of labels than letters"),
    ]


def test_sequences_without_a_measurement_and_measurements_without_a_sequence(tmp_path: Path) -> None:
    (tmp_path / "s.fa").write_text("".join(f">s{row}\n{GENOME[row * 60 : row * 60 + 60]}\n" for row in range(30)))
    rows = [f"s{row},{row / 7:.3f}" for row in (*range(28), 77)]
    (tmp_path / "activity.csv").write_text("\n".join(["name,activity", *rows]) + "\n")
    found = inspect([tmp_path / "s.fa", tmp_path / "activity.csv"])
    assert left_out(found) == [
        ("s.fa", 57, "s28", "sequence without a row in activity.csv"),
        ("s.fa", 59, "s29", "sequence without a row in activity.csv"),
        ("activity.csv", 30, "s77", "row without a sequence in s.fa"),
    ]


def test_rows_in_no_list_of_rows(tmp_path: Path) -> None:
    rows = [f"{GENOME[row * 60 : row * 60 + 60]},{row / 7:.3f}" for row in range(30)]
    (tmp_path / "t.csv").write_text("\n".join(["seq,score", *rows]) + "\n")
    (tmp_path / "train.txt").write_text("".join(f"{row}\n" for row in range(20)))
    (tmp_path / "test.txt").write_text("".join(f"{row}\n" for row in range(20, 29)))
    found = inspect([tmp_path / name for name in ("t.csv", "train.txt", "test.txt")])
    assert [(line, reason) for _, line, _, reason in left_out(found)] == [(31, "row in none of the index files")]


def test_many_rows_left_out_take_little_time(tmp_path: Path) -> None:
    either = str.maketrans("ACGT", "TGCA")
    plain = [GENOME[row : row + 40] for row in range(7_500)]
    strands = [strand for one in plain for strand in (one, one.translate(either)[::-1])]
    rows = [f"{strand},{row / 7:.3f},{row % 2}" for row, strand in enumerate(strands)]
    (tmp_path / "t.csv").write_text("\n".join(["seq,score,rev", *rows]) + "\n")
    found = inspect([tmp_path / "t.csv"], ImportChoices(split_way="random"))
    assert len(found.dropped) == 7500
    assert found.dropped["line"][1] == 5
    assert found.seconds < 10
