"""Tables as people at a bench write them: primers, wells, a line of units, replicates beside another measurement."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from seqdl_core.data.importing import ImportChoices, Inspection, inspect

DRAW = np.random.default_rng(11)
PLAIN = ["".join(DRAW.choice(list("ACGT"), 30)) for _ in range(40)]


def brought(folder: Path, name: str, rows: Sequence[Sequence[object]], **choices: object) -> Inspection:
    path = folder / name
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return inspect([path], ImportChoices.model_validate(choices))


def said(found: Inspection, key: str) -> str:
    one = next(one for one in found.findings if one.key == key)
    return f"{one.sentence} {one.evidence}"


@pytest.mark.parametrize("written", ["{0} {1} {2}", "5'-{0} {1} {2}-3'", "5´-{0}{1}{2}-3´"])
@pytest.mark.parametrize("letters", ["R", "YN", "rs"])
def test_primers_with_letters_for_several_bases(tmp_path: Path, written: str, letters: str) -> None:
    primers = [one[:9] + letters + one[9:20] for one in PLAIN]
    rows = [(f"P{row}", written.format(one[:3], one[3:6], one[6:]), 70 + row / 2) for row, one in enumerate(primers)]
    found = brought(tmp_path, "primers.tsv", [("Primer", "Sequence (5'→3')", "Efficiency"), *rows])
    assert found.table is not None, found.problems
    assert said(found, "alphabet").startswith("DNA")
    unknown = str.maketrans("RYSN", "NNNN")
    assert found.table["sequence"].tolist() == [one.upper().translate(unknown) for one in primers]


def test_words_are_no_primers_however_their_letters_look(tmp_path: Path) -> None:
    rows = [(f"r{row}", one, "a bad cat" if row % 2 else "bad tag", row / 8) for row, one in enumerate(PLAIN)]
    found = brought(tmp_path, "t.tsv", [("id", "seq", "Sequence comment", "score"), *rows])
    assert found.table is not None, found.problems
    assert found.table["sequence"].tolist() == PLAIN
    assert not any("comment" in told.sentence for told in found.notices)


@pytest.mark.parametrize("title", ["Well", "Clone", "Sample ID", "plate_well"])
def test_wells_and_clones_name_the_rows(tmp_path: Path, title: str) -> None:
    wells = [f"{'ABCD'[row // 12]}{row % 12 + 1}" for row in range(40)]
    rows = [(well, one, "YN"[row % 2]) for row, (well, one) in enumerate(zip(wells, PLAIN, strict=True))]
    found = brought(tmp_path, "wells.tsv", [(title, "Sequence", "Active"), *rows])
    assert found.table is not None, found.problems
    assert found.table["id"].tolist() == wells
    labels = next(one for one in found.findings if one.key == "label")
    assert title not in [value for value, _ in labels.options]


def test_two_words_of_a_header_are_the_name_where_the_first_is_the_same_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "clones.fasta"
    path.write_text("".join(f">clone {row} activity: {row / 7:.2f}\n{one}\n" for row, one in enumerate(PLAIN)))
    found = inspect([path])
    assert found.table is not None
    assert found.table["id"].tolist() == [f"clone {row}" for row in range(40)]
    assert found.table["label"].tolist() == pytest.approx([row / 7 for row in range(40)], abs=0.005)
    assert not any("earlier one" in told.sentence for told in found.notices)


def test_a_line_of_units_below_the_header_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [(f"cl{row}", one, f"{row / 4:.2f}", "0.3") for row, one in enumerate(PLAIN)]
    head = [("Clone", "Promoter sequence", "Expression", "SD"), ("", "(5'->3')", "(a.u.)", "[a.u.]")]
    found = brought(tmp_path, "units.tsv", [*head, *rows])
    assert found.table is not None, found.problems
    assert found.table["sequence"].tolist() == PLAIN
    assert found.table["label"].tolist() == [row / 4 for row in range(40)]
    [told] = [told for told in found.notices if "units" in told.sentence]
    assert told.sentence == "1 row of units below the header ((5'->3'), (a.u.), [a.u.]), left out."
    assert told.where == "line 2 of units.tsv"


def test_units_without_brackets_and_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Clone", "Sequence", "IC50", "Yield"])
    sheet.append([None, None, "nM", "%"])
    for row, one in enumerate(PLAIN):
        sheet.append([f"c{row}", one, row / 4, 50 + row / 2])
    book.save(tmp_path / "t.xlsx")
    found = inspect([tmp_path / "t.xlsx"], ImportChoices(label_column="IC50"))
    assert found.table is not None, found.problems
    assert found.table["label"].tolist() == [row / 4 for row in range(40)]
    assert "1 row of units below the header (nM, %), left out." in [told.sentence for told in found.notices]


@pytest.mark.parametrize("first", [("c", "(n.d.)"), ("", "0.5"), ("x", ""), ("", "")])
def test_a_row_that_is_none_of_units_stays(tmp_path: Path, first: tuple[str, str]) -> None:
    rows = [(first[0], PLAIN[0], first[1]), *((f"r{row}", one, row / 4) for row, one in enumerate(PLAIN[1:]))]
    found = brought(tmp_path, "t.tsv", [("name", "sequence", "score"), *rows])
    assert not any("units" in told.sentence for told in found.notices)
    assert found.tables[0].rows == 40


def test_replicates_beside_another_measurement_are_asked_about(tmp_path: Path) -> None:
    values = DRAW.normal(0.7, 0.3, 40)
    rows = [
        (one, f"{value:.2f}", f"{value + 0.05:.2f}", f"{value - 0.03:.2f}", f"{ic50:.1f}")
        for one, value, ic50 in zip(PLAIN, values, DRAW.uniform(1, 500, 40), strict=True)
    ]
    head = ("Sequence", "Rep 1", "Rep 2", "Rep 3", "IC50 (nM)")
    found = brought(tmp_path, "dms.tsv", [head, *rows])
    [problem] = found.problems
    assert "IC50 (nM), Rep 1, Rep 2, Rep 3" in problem.what
    options = [value for value, _ in next(one for one in found.findings if one.key == "label").options]
    assert {"IC50 (nM)", "mean of Rep 1, Rep 2, Rep 3", "Rep 1;Rep 2;Rep 3"} <= set(options)
    chosen = brought(tmp_path, "dms.tsv", [head, *rows], label_column="mean of Rep 1, Rep 2, Rep 3")
    assert chosen.info is not None


def test_the_mean_of_replicates_beside_them_is_the_label(tmp_path: Path) -> None:
    values = DRAW.normal(0.7, 0.3, 40)
    rows = [
        (one, f"{value:.2f}", f"{value + 0.06:.2f}", f"{value + 0.03:.3f}")
        for one, value in zip(PLAIN, values, strict=True)
    ]
    found = brought(tmp_path, "t.tsv", [("Sequence", "Rep 1", "Rep 2", "Brightness"), *rows])
    assert found.info is not None, found.problems
    assert found.info.targets == ("Brightness",)


def test_rows_without_a_sequence_are_no_sequences_of_dna(tmp_path: Path) -> None:
    rows = [(f"W{row}", one, "YN"[row % 2]) for row, one in enumerate(PLAIN)]
    table = [("Name", "Sequence", "Active"), *rows, ("mean", "", ""), ("repeated", "", "")]
    found = brought(tmp_path, "t.tsv", table)
    told = said(found, "alphabet")
    assert told.startswith("DNA, every sequence 30 bp. 40 of 40 sequences use only A, C, G, T; no lower case, no N; ")
    assert "; 2 rows without a sequence; " in told
    left = brought(tmp_path, "t.tsv", table, bad_rows="drop").dropped
    assert left["reason"].tolist() == ["no sequence", "no sequence"]


@pytest.mark.parametrize(("name", "expected"), [
    ("peaks.tsv", "RNA that is written with T looks the same"),
    ("PUM2_CLIP.tsv", "the name says clip, and RNA that is written with T looks the same"),
])  # fmt: skip
def test_dna_that_may_be_rna_is_admitted_unless_chosen(tmp_path: Path, name: str, expected: str) -> None:
    rows = [("site", "bound"), *((one, row % 2) for row, one in enumerate(PLAIN))]
    assert said(brought(tmp_path, name, rows), "alphabet").endswith(f"no N; {expected}")
    assert said(brought(tmp_path, name, rows, alphabet="dna"), "alphabet").endswith("no N")
    assert said(brought(tmp_path, name, rows, alphabet="rna"), "alphabet").startswith("RNA, ")
