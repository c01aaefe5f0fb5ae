"""Spellings of labels, ends of peptides, folders of classes, sheets of one workbook: what people write and mean."""

from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from seqdl_core.data.importing import Inspection, inspect
from seqdl_core.data.labels.hints import lists_classes
from seqdl_core.data.labels.spelling import recased, spelled
from seqdl_core.data.sequence_ends import bare_ends, fill_windows
from seqdl_core.sequences.alphabets import DNA, PROTEIN
from seqdl_core.sequences.vocabulary import marks, split_marked_by, split_of

PLAIN = [DNA.decode(row) for row in np.random.default_rng(6).integers(0, 4, (20, 20)).astype(np.uint8)]


def said(found: Inspection) -> list[str]:
    return [one.sentence for one in found.notices]


def test_signs_for_not_measured_among_numbers_and_beside_words() -> None:
    assert spelled(["1.5", "-", "2.5", "n.d.", "3"]) == ("1.5", "", "2.5", "", "3")
    assert spelled(["+", "-", "+", "-"]) == ("+", "-", "+", "-")
    assert spelled(["1", "oops", "2", "-"]) == ("1", "oops", "2", "-")


def test_words_that_differ_in_case_only() -> None:
    raw = ["Positive", "positive", "Positive", "negative"]
    assert spelled(raw) == ("Positive", "Positive", "Positive", "negative")
    assert recased(spelled(raw), raw) == [1]
    assert spelled(["h", "H", "e"]) == ("h", "H", "e")  # letters of residues


@pytest.mark.parametrize(
    ("cell", "part"), [("Training set", "train"), ("Test_set", "test"), ("Validation", "validation"), ("set", "")]
)
def test_parts_of_a_split_in_words(cell: str, part: str) -> None:
    assert split_of(cell) == part


def test_columns_that_mark_a_part() -> None:
    assert [split_marked_by(name) for name in ("is_test", "Train", "in_training_set", "validation", "is_active")] == [
        "test", "train", "train", "", "",
    ]  # fmt: skip
    assert [marks(cell) for cell in ("TRUE", "0", "", "maybe")] == [True, False, False, None]


def test_lists_of_classes_and_one_class_with_a_sign_in_its_name() -> None:
    assert lists_classes(["nucleus;cytoplasm", "nucleus", "cytoplasm", "nucleus;membrane", "membrane"])
    assert lists_classes(["a,b", "b,c", "a", "c"])
    assert not lists_classes(["membrane, inner", "membrane, outer"] * 5)
    assert not lists_classes(["1,5", "2,5", "1,5", "2,5"])


def test_modified_ends_of_peptides() -> None:
    written = ["Ac-KWKLF-NH2", "KWKLF-NH2", "H-KWKLF-OH", "H-KWKLF", "AC-KW-LF", "KWKLF"]
    bare, rows = bare_ends(written)
    assert list(bare) == ["KWKLF", "KWKLF", "KWKLF", "H-KWKLF", "AC-KW-LF", "KWKLF"]
    assert rows == [0, 1, 2]


def test_windows_filled_up_at_an_end() -> None:
    assert fill_windows(["__KWK", "AKWK_", "AAKWK"], PROTEIN) == (["XXKWK", "AKWKX", "AAKWK"], [0, 1])
    assert fill_windows(["_ACG", "ACGT"], DNA)[0] == ["NACG", "ACGT"]
    assert fill_windows(["_KWK", "AKW"], PROTEIN) == (["_KWK", "AKW"], [])


def test_a_folder_a_class_and_two_opposites(tmp_path: Path) -> None:
    files = []
    for row, sequence in enumerate(PLAIN):
        path = tmp_path / ("enhancer" if row % 2 else "silencer") / f"{row}.fa"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f">s{row}\n{sequence}\n")
        files.append(path)
    found = inspect(files, names=[f"{path.parent.name}/{path.name}" for path in files])
    assert found.info is not None
    assert (found.info.task, found.info.label_names) == ("binary", ("enhancer", "silencer"))
    for name, part in (("AMP.csv", PLAIN[::2]), ("nonAMP.csv", PLAIN[1::2])):
        (tmp_path / name).write_text("id,dna\n" + "".join(f"{name}{n},{s}\n" for n, s in enumerate(part)))
    opposites = inspect([tmp_path / "AMP.csv", tmp_path / "nonAMP.csv"])
    assert opposites.table is not None
    assert set(opposites.table.loc[opposites.table["source"] == "nonAMP.csv", "label"]) == {0.0}


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = Workbook()
    for name in book.sheetnames:
        del book[name]
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(row)
    book.save(path)
    return path


def test_sheets_that_belong_together_and_sheets_that_do_not(tmp_path: Path) -> None:
    rows = [[s, n % 2] for n, s in enumerate(PLAIN)]
    header: list[list[object]] = [["sequence", "label"]]
    parts = {"Train": header + rows[:12], "Test": header + rows[12:], "Notes": [["nothing here"]]}
    found = inspect([workbook(tmp_path / "a.xlsx", parts)])
    assert found.table is not None
    assert found.table["split"].value_counts().to_dict() == {"train": 12, "test": len(PLAIN) - 12}
    assert "1 sheet not read (Notes)." in said(found)
    apart = inspect([workbook(tmp_path / "b.xlsx", {"Day 1": header + rows[:14], "Day 2": header + rows[14:]})])
    assert apart.table is not None
    assert len(apart.table) == 14
    chosen = inspect([tmp_path / "a.xlsx"], found.choices.model_copy(update={"sheet": "Train"}))
    assert chosen.table is not None
    assert len(chosen.table) == 12
