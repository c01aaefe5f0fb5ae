"""What a person can choose where files do not tell: the decimal sign, the sheet, several columns at once."""

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from seqdl_core.data.findings import Finding
from seqdl_core.data.importing import ImportChoices, Inspection, inspect
from seqdl_core.data.labels.spelling import sign_of, spelled
from seqdl_core.sequences.alphabets import DNA

PLAIN = [DNA.decode(row) for row in np.random.default_rng(2).integers(0, 4, (20, 40)).astype(np.uint8)]


def table(path: Path, *columns: tuple[str, list[str]]) -> Path:
    rows = zip(*(values for _, values in columns), strict=True)
    path.write_text("\n".join([";".join(name for name, _ in columns), *(";".join(row) for row in rows)]) + "\n")
    return path


def finding(found: Inspection, choice: str) -> Finding | None:
    return next((one for one in found.findings if one.choice == choice), None)


def labels(found: Inspection) -> list[float]:
    assert not found.problems, found.problems
    assert found.table is not None
    return found.table["label"].tolist()


def numbers(form: str) -> list[str]:
    return [form.format(1000 + 37 * row) for row in range(20)]


def test_a_decimal_comma_is_told_and_can_be_corrected(tmp_path: Path) -> None:
    values = [f"{row / 8:.3f}".replace(".", ",") for row in range(20)]
    path = table(tmp_path / "t.csv", ("seq", PLAIN), ("score", values))
    found = inspect([path])
    assert labels(found)[:3] == [0.0, 0.125, 0.25]
    told = finding(found, "decimal")
    assert told is not None
    assert (told.sentence, told.value) == ("A comma is the decimal sign.", "comma")
    assert told.evidence == "20 of 20 cells of the column score hold a comma, and none a point"
    assert told.options == (("comma", "0,000 is 0"), ("point", "A comma is no decimal sign"))
    assert inspect([path], ImportChoices(decimal="point")).problems


def test_without_commas_nothing_is_said(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ("seq", PLAIN), ("score", numbers("{:.1f}")))
    assert finding(inspect([path]), "decimal") is None


def test_a_comma_before_three_figures_is_asked_about(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ("seq", PLAIN), ("score", numbers("{:,}")))
    found = inspect([path])
    assert [problem.what for problem in found.problems] == ["It is open whether 1,000 is 1 or 1000."]
    assert "`--decimal comma`" in found.problems[0].fix
    told = finding(found, "decimal")
    assert told is not None
    assert (told.value, [value for value, _ in told.options]) == ("", ["", "comma", "point"])
    assert labels(inspect([path], ImportChoices(decimal="comma")))[:2] == [1.0, 1.037]
    assert labels(inspect([path], ImportChoices(decimal="point")))[:2] == [1000.0, 1037.0]


def test_what_a_comma_is() -> None:
    assert sign_of({"1,234.5", "950.2"}) == "thousands"
    assert sign_of({"1,234"}) == "unclear"
    assert sign_of({"1,234", "0,5"}) == "comma"
    assert sign_of({"0,2", "1", "0,1,2"}) == "point"  # several classes
    assert sign_of({"1,234"}, "point") == "thousands"
    assert spelled(["1,234", "1,500,000", "7"], "point") == ("1234", "1500000", "7")


def test_thousands_with_a_point_behind_them_are_clear(tmp_path: Path) -> None:
    found = inspect([table(tmp_path / "t.csv", ("seq", PLAIN), ("score", numbers("{:,.1f}")))])
    assert labels(found)[:2] == [1000.0, 1037.0]


def test_the_sheets_of_a_workbook_are_offered(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, share in (("First", 1.0), ("Second", -1.0)):
        sheet = book.active if name == "First" else book.create_sheet(name)
        sheet.title = name
        sheet.append(["seq", "score"] if share > 0 else ["oligo", "activity"])
        for row, sequence in enumerate(PLAIN):
            sheet.append([sequence, share * row / 8])
    book.save(tmp_path / "lab.xlsx")
    found = inspect([tmp_path / "lab.xlsx"])
    told = finding(found, "sheet")
    assert told is not None
    assert (told.sentence, told.value) == ("One workbook file.", "First")
    assert told.options == (("First", "First"), ("Second", "Second"))
    assert told.evidence == "20 records; columns seq, score; the sheet First of 2"
    second = inspect([tmp_path / "lab.xlsx"], ImportChoices(sheet="Second"))
    assert min(labels(second)) == -19 / 8


def test_columns_of_numbers_are_offered_together(tmp_path: Path) -> None:
    first, second = numbers("0.{}"), numbers("0.{}")[::-1]
    path = table(tmp_path / "t.csv", ("seq", PLAIN), ("39", first), ("156", second), ("note", ["x", "y"] * 10))
    asked = finding(inspect([path]), "label_column")
    assert asked is not None
    assert ("39;156", "All of: 39; 156") in asked.options
    found = inspect([path], ImportChoices(label_column="39;156"))
    assert found.info is not None
    assert (found.info.task, found.info.targets) == ("regression", ("39", "156"))
    told = finding(found, "label_column")
    assert told is not None
    assert told.value == "39;156"
    assert [value for value, _ in told.options].count("39;156") == 1


def test_one_column_was_chosen_and_all_can_be(tmp_path: Path) -> None:
    columns = ("fitness", numbers("0.{}")), ("expression", numbers("0.{}")[::-1])
    found = inspect([table(tmp_path / "t.csv", ("seq", PLAIN), *columns)])
    told = finding(found, "label_column")
    assert told is not None
    assert told.value == "fitness"
    assert ("fitness;expression", "All of: fitness; expression") in told.options


@pytest.mark.parametrize("wanted", ["39;156", "39; 156", "156;39"])
def test_several_columns_are_named_with_semicolons(tmp_path: Path, wanted: str) -> None:
    path = table(tmp_path / "t.csv", ("seq", PLAIN), ("39", numbers("0.{}")), ("156", numbers("1.{}")))
    found = inspect([path], ImportChoices(label_column=wanted))
    assert found.info is not None
    assert found.info.targets == tuple(part.strip() for part in wanted.split(";"))
