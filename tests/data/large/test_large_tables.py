"""Large tables in batches: the same data set as the ordinary import, or the ordinary import where that cannot be."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.importing import import_files, inspect
from seqdl_core.data.labels.replicate_names import mean_named
from seqdl_core.data.large import sample as large_sample
from seqdl_core.data.large.sample import inspect_large
from seqdl_core.data.large.streaming import ImportCancelled, Progress, import_large
from seqdl_core.errors import DataError, ReadError, SeqDLError

Row = list[str]


def _letters(rng: np.random.Generator, length: int = 24) -> str:
    return "".join(rng.choice(list("ACGT"), length))


def _rows(count: int, label: Callable[[int], str] = lambda row: str(row % 2), seed: int = 3) -> list[Row]:
    rng = np.random.default_rng(seed)
    return [[_letters(rng), label(row)] for row in range(count)]


def _written(path: Path, header: str, rows: list[Row], sign: str = ",") -> Path:
    text = header + "".join(sign.join(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
    return path


def _told(dataset: Dataset) -> dict[str, str]:
    """What is said, and where; a batch knows no line of names and rows that repeat."""
    return {told.sentence: told.where for told in dataset.info.notices}


_EXTRA = ("with a sequence that had occurred before, kept.",)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.data.large.streaming.BATCH_BYTES", 2_000)
    monkeypatch.setattr(large_sample, "SAMPLED_ROWS", 220)
    monkeypatch.setattr("seqdl_core.data.large.tables._SPREAD", 20)
    monkeypatch.setattr("seqdl_core.data.large.tables._MOST_WORDS", 100)


def _alike(path: Path, choices: ImportChoices | None = None) -> tuple[Dataset, Dataset]:
    """The data set of either way, which must be the same."""
    place = path.parent
    choices = choices or ImportChoices()
    plain = import_files([path], place / "plain", choices, "x")
    large = import_large(path, place / "large", choices, "x")
    pd.testing.assert_frame_equal(large.table, plain.table)
    assert large.hash == plain.hash
    given = large.info.model_dump(exclude={"notices"})
    assert given == plain.info.model_dump(exclude={"notices"})
    assert set(_told(large)) - set(_told(plain)) <= {one for one in _told(large) if one.endswith(_EXTRA)}
    assert set(_told(plain)) <= set(_told(large))
    assert {one: where for one, where in _told(large).items() if where} == {
        one: _told(plain)[one] for one, where in _told(large).items() if where
    }
    return large, plain


def _cases() -> dict[str, tuple[str, list[Row], ImportChoices]]:
    """Tables of 600 rows, of which a part is sampled only, with what is rare behind the sample's first rows."""
    rng = np.random.default_rng(8)
    plain = _rows(600)
    named = [[f"n{row % 590}", *cells] for row, cells in enumerate(_rows(600))]
    parts = ["train", "train", "test", "val", "train", "train"]
    split = [[*cells, parts[row // 2 % 6]] for row, cells in enumerate(_rows(600))]
    odd_split = [[*cells[:2], {500: "perhaps", 501: "", 502: "maybe"}.get(row, cells[2])]
                 for row, cells in enumerate(split)]  # fmt: skip
    numbers = _rows(600, lambda row: f"{rng.normal():.3f}")
    words = [[one, {450: "n.d.", 451: "<0.5", 460: ">3.5"}.get(row, value)] for row, (one, value) in enumerate(numbers)]
    classes = _rows(600, lambda row: "abcd"[row % 3] if row < 560 else "d")
    cased = _rows(600, lambda row: "bound" if row % 2 else "Unbound" if row != 500 else "unbound")
    unknown = _rows(600, lambda row: "N/A" if row in (444, 555) else str(row % 2))
    unnamed = [[one if row not in (300, 580) else "", *cells] for row, (one, *cells) in enumerate(named)]
    soft = [[one.lower() if row > 500 else one.replace("ACG", "ANG") if row > 450 else one.replace("TT", "RT"), label]
            for row, (one, label) in enumerate(plain)]  # fmt: skip
    gaps = [[f"{one[:-3]}---" if row == 500 else one, label] for row, (one, label) in enumerate(plain)]
    padded = [[f" {one}" if row == 560 else one, label] for row, (one, label) in enumerate(plain)]
    quoted = [[one, f'"{label}"'] for one, label in plain]
    folded = [[f'"{label}\n"' if row == 500 else label, one] for row, (one, label) in enumerate(plain)]
    short = [[one[: 10 + row % 15], label] for row, (one, label) in enumerate(plain)]
    late = [[one[: 20 if row == 555 else 21 + row % 3], label] for row, (one, label) in enumerate(plain)]
    worst = [[f"{one[:-6]}J" if row in (411, 556) else one, label] for row, (one, label) in enumerate(late)]
    apart = [[one[:18] if cells[-1] == "perhaps" else one, *cells] for one, *cells in odd_split]
    genes = [[{30: "7-Sep", 500: "1-Mar", 560: "2-Mar"}.get(row, f"GENE{row}"), *cells]
             for row, cells in enumerate(plain)]  # fmt: skip
    unseen = [[name if row > 30 else "GENE", *cells] for row, (name, *cells) in enumerate(genes)]
    clones = [[f"n{row}", *cells, {500: "2.3E+12", 560: "2.4E+12"}.get(row, f"{row}23456789")]
              for row, cells in enumerate(plain)]  # fmt: skip
    steep = [[one, "1.2E+12" if row == 500 else value] for row, (one, value) in enumerate(numbers)]
    copies = [plain[row % 400] for row in range(600)]
    bad = [[one if row != 555 else "ACGTJJ", label] for row, (one, label) in enumerate(plain)]
    placed = [[*cells, f"chr{1 + row % 3}", str(row)] for row, cells in enumerate(plain)]
    grouped = [[*cells, f"g{row // 7}"] for row, cells in enumerate(plain)]
    flip = [
        [*cells, "test" if row % 5 < 2 else "train", "True" if row % 10 > 7 else ""] for row, cells in enumerate(plain)
    ]
    several = _rows(600, lambda row: ["1", "1;2", "0;2", "3" if row > 500 else "0"][row % 4])
    means = [[one, f"{float(a):.2f}", f"{float(a) / 3:.2f}" if row != 500 else ""]
             for row, (one, a) in enumerate(numbers)]  # fmt: skip
    head, auto = "sequence,label\n", ImportChoices()
    return {
        "plain": (head, plain, auto),
        "no header": ("", plain, auto),
        "comments above": ("# made by a machine\n# in 2026\n" + head, plain, auto),
        "names": ("name,sequence,label\n", named, auto),
        "no names": ("name,sequence,label\n", unnamed, auto),
        "split": ("sequence,label,split\n", split, auto),
        "odd split": ("sequence,label,split\n", odd_split, auto),
        "validation beside": ("sequence,label,set,validation\n", flip, auto),
        "numbers": ("sequence,fitness\n", numbers, auto),
        "words among numbers": ("sequence,fitness\n", words, auto),
        "replicates": ("sequence,rep1,rep2\n", means, auto),
        "a rare class": (head, classes, ImportChoices(task="multiclass")),
        "another case": (head, cased, auto),
        "no label said": (head, unknown, auto),
        "letters": (head, soft, auto),
        "gaps": (head, gaps, auto),
        "blanks": (head, padded, auto),
        "quoted": (head, quoted, auto),
        "a line in a cell": ("label,sequence\n", folded, auto),
        "lengths": (head, short, ImportChoices(alphabet="dna")),
        "cropped": (head, short, ImportChoices(lengths="crop", alphabet="dna")),
        "a shortest row that comes late": (head, late, ImportChoices(lengths="crop", alphabet="dna")),
        "a shortest row that is left out": (
            head,
            worst,
            ImportChoices(lengths="crop", alphabet="dna", bad_rows="drop"),
        ),
        "a shortest row in no part": ("sequence,label,split\n", apart, ImportChoices(lengths="crop")),
        "names turned into dates": ("gene,sequence,label\n", genes, auto),
        "names turned into dates late": ("gene,sequence,label\n", unseen, ImportChoices(split_way="stratified")),
        "numbers cut short late": ("name,sequence,label,clone\n", clones, auto),
        "large numbers among fractions": ("sequence,fitness\n", steep, auto),
        "copies dropped": (head, copies, ImportChoices(duplicates="drop")),
        "bad rows dropped": (head, bad, ImportChoices(bad_rows="drop")),
        "header again": (head, [*plain[:500], ["sequence", "label"], *plain[500:]], auto),
        "chromosomes": ("sequence,label,chrom,start\n", placed, auto),
        "groups": ("sequence,label,family\n", grouped, ImportChoices(split_way="stratified")),
        "several labels": ("sequence,label\n", several, auto),
        "one class": (head, _rows(600, lambda _: "1"), ImportChoices(negatives="shuffle", test_fraction=0.3)),
        "a class by choice": (head, _rows(600, lambda row: "x" if row % 2 else "y"), ImportChoices(positive_label="x")),
    }


_CASES = _cases()


_QUICK = ("plain", "no names", "validation beside", "numbers", "several labels", "chromosomes", "lengths", "one class")


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case in _QUICK else pytest.mark.slow) for case in _CASES]
)
def test_a_table_in_batches_gives_the_same_data_set(tmp_path: Path, case: str) -> None:
    header, rows, choices = _CASES[case]
    path = _written(tmp_path / "x.csv", header, rows)
    if choices.negatives == "shuffle":  # shuffles are drawn a batch at a time
        plain = import_files([path], tmp_path / "plain", choices, "x")
        large = import_large(path, tmp_path / "large", choices, "x")
        brought = [one.table[one.table["source"] == "x.csv"].reset_index(drop=True) for one in (large, plain)]
        pd.testing.assert_frame_equal(*brought)
        return
    _alike(path, choices)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("names turned into dates", "3 cells of gene that a spreadsheet turned into dates, such as 7-Sep"),
        ("names turned into dates late", "2 cells of gene that a spreadsheet turned into dates, such as 1-Mar"),
        ("numbers cut short late", "2 cells of clone that a spreadsheet cut to a few digits, such as 2.3E+12"),
    ],
)
def test_cells_that_a_spreadsheet_changed_are_counted_in_all_rows(tmp_path: Path, case: str, said: str) -> None:
    header, rows, choices = _CASES[case]
    dataset = import_large(_written(tmp_path / "x.csv", header, rows), tmp_path / "large", choices, "x")
    [(told, where)] = [one for one in _told(dataset).items() if "spreadsheet" in one[0]]
    assert told.startswith(said)
    assert where == f"line {32 if 'Sep' in said else 502} of x.csv"


@pytest.mark.parametrize("suffix", [".fa", ".fa.gz"])
def test_records_are_cropped_to_the_shortest_of_the_whole_file(tmp_path: Path, suffix: str) -> None:
    records = [f">r{row}|{label}\n{one[: 15 if row == 380 else 24 - row % 5]}\n"
               for row, (one, label) in enumerate(_rows(400))]  # fmt: skip
    path = _written(tmp_path / f"x{suffix}", "", [[record[:-1]] for record in records])
    dataset = _fasta_alike(path, ImportChoices(lengths="crop", alphabet="dna"))
    assert set(dataset.table["sequence"].str.len()) == {15}


@pytest.mark.parametrize(("name", "sign"), [("x.tsv", "\t"), ("x.txt", ";"), ("x.csv.gz", ",")])
def test_other_signs_and_gzip(tmp_path: Path, name: str, sign: str) -> None:
    _alike(_written(tmp_path / name, sign.join(["sequence", "label"]) + "\n", _rows(600), sign))


def test_a_large_table_is_inspected_from_a_sample_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_sample, "large_bytes", lambda: 4_000)
    path = _written(tmp_path / "x.csv", "sequence,label\n", _rows(900))
    found = inspect([path])
    assert found.in_batches
    assert found.ready
    assert found.tables[0].rows == 900
    count = found.notices[0].count
    assert 220 <= count < 300
    assert "of 900 were looked at" in found.notices[0].sentence
    words = {one.key: f"{one.sentence} {one.evidence}" for one in found.findings}
    for key in ("alphabet", "task", "split"):
        assert words[key].endswith(f"counted in the {count:,} sampled of 900 rows")
    assert "sampled" not in words["format"]
    assert found.summary is None
    dataset = import_files([path], tmp_path / "out", None, "x")
    assert sum(dataset.info.counts.values()) == 900


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("sequence,fold,label\n", [[one, str(row % 5), label] for row, (one, label) in enumerate(_rows(600))]),
        ("sequence,label\n", [[f"{one[:12]} {one[12:]}", label] for one, label in _rows(600)]),
        ("sequence,residues,name\n", [[one, "HE" * 12, f"n{row}"] for row, (one, _) in enumerate(_rows(600))]),
        (
            "sequence,a_log2,b_log2\n",
            [[one, f"{row / 7:.2f}", f"{row / 9:.3f}"] for row, (one, _) in enumerate(_rows(600))],
        ),
    ],
)  # fmt: skip
def test_what_batches_cannot_do_is_read_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, rows: list[Row]
) -> None:
    path = _written(tmp_path / "x.csv", header, rows)
    plain = inspect([path])
    monkeypatch.setattr(large_sample, "large_bytes", lambda: 4_000)
    large = inspect([path])
    if large.in_batches:
        dataset = import_files([path], tmp_path / "out", None, "x")
        assert plain.table is not None
        pd.testing.assert_frame_equal(dataset.table, plain.table)
    else:
        assert [one.sentence for one in large.findings] == [one.sentence for one in plain.findings]


@pytest.mark.parametrize("suffix", ["csv", "fa"])
def test_an_unclear_single_class_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:  # fmt: skip
    rows = _rows(600, lambda _: "typical")
    path = tmp_path / f"x.{suffix}"
    if suffix == "csv":
        _written(path, "sequence,label\n", rows)
    else:
        path.write_text("".join(f">r{row} label=typical\n{one}\n" for row, (one, _) in enumerate(rows)))
    plain = inspect([path])
    large = inspect_large(path)
    assert large is not None
    assert [one.parts()["fix"] for one in large.problems] == [one.parts()["fix"] for one in plain.problems]
    assert "All 600 rows have the label typical" in plain.problems[0].what
    with pytest.raises(SeqDLError, match="may be the positives or the negatives"):
        import_large(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("row", "cells", "what"),
    [
        (570, ["ACGTACGTACGTACGTACGTACGT"], "This row has 1 field; the others have 2"),
        (571, ["ACGTACGTACGTACGTACGTACGJ", "1"], "'J' is not a DNA letter"),
        (572, ["", "1"], "There is no sequence here"),
        (573, ["ACGTACGTACGTACGTACGTACGT", ""], "The label is missing (label)"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, row: int, cells: Row, what: str) -> None:
    rows = _rows(600)
    rows[row] = cells
    path = _written(tmp_path / "x.csv", "sequence,label\n", rows)
    with pytest.raises((ReadError, DataError)) as plain:
        import_files([path], tmp_path / "plain")
    with pytest.raises((ReadError, DataError)) as large:
        import_large(path, tmp_path / "large")
    if "read as a whole" not in large.value.what:
        assert large.value.what.startswith(what)
        assert large.value.where == plain.value.where
    assert not (tmp_path / "large").exists()


def test_progress_and_cancel_of_a_table(tmp_path: Path) -> None:
    path = _written(tmp_path / "x.csv", "sequence,label\n", _rows(900))
    steps: list[Progress] = []
    import_large(path, tmp_path / "x", ImportChoices(), "x", steps.append)
    assert {step.stage for step in steps} >= {"reading", "checking"}
    with pytest.raises(ImportCancelled):
        import_large(path, tmp_path / "y", ImportChoices(), "y", cancelled=lambda: True)
    assert not (tmp_path / "y").exists()


def _fasta_alike(path: Path, choices: ImportChoices) -> Dataset:
    plain = import_files([path], path.parent / "plain", choices, "x")
    large = import_large(path, path.parent / "large", choices, "x")
    pd.testing.assert_frame_equal(large.table, plain.table)
    assert large.hash == plain.hash
    assert set(_told(plain)) <= set(_told(large))
    return large


@pytest.mark.slow
@pytest.mark.parametrize("lengths", ["auto", "crop"])
@pytest.mark.parametrize("one", [0, 1])
@pytest.mark.parametrize("strand", ["", "(-)"])
def test_places_in_headers_are_kept(tmp_path: Path, lengths: str, one: int, strand: str) -> None:
    text = "".join(
        f">chr{1 + row % 3}:{100 * row + one}-{100 * row + 24 + row % 3}{strand}|{label}\n{letters}{'ACG'[: row % 3]}\n"
        for row, (letters, label) in enumerate(_rows(400), 1)
    )
    (tmp_path / "x.fa").write_text(text)
    dataset = _fasta_alike(tmp_path / "x.fa", ImportChoices(lengths=lengths))  # type: ignore[arg-type]
    assert {"chromosome", "start", "end"} <= set(dataset.table.columns)


@pytest.mark.slow
def test_replicates_in_headers_are_learned_as_their_mean(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    text = "".join(
        f">r{row} set=train fitness_rep1={rng.normal():.2f} fitness_rep2={rng.normal():.2f}\n{letters}\n"
        for row, (letters, _) in enumerate(_rows(300))
    )
    (tmp_path / "x.fa").write_text(text)
    mean = mean_named(("fitness_rep1", "fitness_rep2"))
    dataset = _fasta_alike(tmp_path / "x.fa", ImportChoices(label_column=mean, split_column="(none)"))
    assert (dataset.info.task, dataset.info.targets) == ("regression", (mean,))


def test_unknown_cells_of_a_split_name_their_first_line(tmp_path: Path) -> None:
    parts = ["train", "train", "test"]
    text = "".join(
        f">r{row} label={label} split={'perhaps' if row == 200 else parts[row // 2 % 3]}\n{letters}\n"
        for row, (letters, label) in enumerate(_rows(300))
    )
    (tmp_path / "x.fa").write_text(text)
    told = _told(_fasta_alike(tmp_path / "x.fa", ImportChoices(split_column="split")))
    [where] = [where for said, where in told.items() if "names no part that is known ('perhaps')" in said]
    assert where == "line 401 of x.fa (record r200)"
