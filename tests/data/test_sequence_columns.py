"""The question which column holds the sequences, and what is asked where."""

import json
from pathlib import Path

import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import inspect
from seqdl_core.data.inspection import Inspection

ROWS = [f"{'ACGT'[n % 4]}{'ACGGTCA' * 2}{'TGCA'[n // 4 % 4]}{'CATT'[n // 16 % 4]}" for n in range(40)]


def table(folder: Path, header: str, *columns: list[str]) -> Path:
    path = folder / "sheet.tsv"
    path.write_text("\n".join([header, *("\t".join(cells) for cells in zip(*columns, strict=True))]) + "\n")
    return path


def question(found: Inspection) -> tuple[str, str, tuple[str, ...]] | None:
    asked = [one for one in found.findings if one.choice == "sequence_column"]
    return (asked[0].sentence, asked[0].value, tuple(value for value, _ in asked[0].options)) if asked else None


def test_one_column_that_can_only_be_it_is_no_question(tmp_path: Path) -> None:
    path = table(tmp_path, "name\tseq\tbound", [f"n{n}" for n in range(40)], ROWS, [str(n % 2) for n in range(40)])
    assert question(inspect([path])) is None


def test_two_columns_that_could_be_sequences_are_named(tmp_path: Path) -> None:
    turned = [row[::-1] for row in ROWS]
    path = table(tmp_path, "guide\tcontext\tbound", ROWS, turned, [str(n % 2) for n in range(40)])
    found = question(inspect([path]))
    assert found is not None
    assert found[1] in ("guide", "context")
    other = {"guide": "context", "context": "guide"}[found[1]]
    again = inspect([path], ImportChoices(sequence_column=other))
    assert again.table is not None
    assert again.table["sequence"].tolist() == (turned if other == "context" else ROWS)
    assert question(again) == (f"The sequences are in the column {other}.", other, ("", "guide", "context", "bound"))


def test_a_table_without_sequences_asks_and_takes_the_answer(tmp_path: Path) -> None:
    wells = [f"{n // 12}:{n % 12}" for n in range(40)]
    path = table(tmp_path, "well\tbound", wells, [str(n % 2) for n in range(40)])
    found = inspect([path])
    assert question(found) == ("No column holds sequences.", "", ("", "well", "bound"))
    assert found.problems[0].what.startswith("No column of the table holds sequences")
    answered = inspect([path], ImportChoices(sequence_column="well"))
    assert question(answered) == ("The sequences are in the column well.", "well", ("", "well", "bound"))
    assert answered.problems


@pytest.mark.parametrize("wanted", ["sequnce", "nothing like it"])
def test_a_column_that_is_not_there_is_told_and_the_question_stays(tmp_path: Path, wanted: str) -> None:
    path = table(tmp_path, "sequence\tbound", ROWS, [str(n % 2) for n in range(40)])
    found = inspect([path], ImportChoices(sequence_column=wanted))
    assert found.problems[0].what == f"There is no column called '{wanted}'."
    assert found.problems[0].where == "sheet.tsv"
    assert question(found) == ("The sequences are not where you said.", "", ("", "sequence", "bound"))


def written(folder: Path, form: str, columns: dict[str, list[str]]) -> Path:
    """A table in one of the forms in which columns are a person's own."""
    path = folder / f"sheet.{form}"
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    if form == "xlsx":
        from openpyxl import Workbook

        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
        return path
    signs = {"tsv": "\t", "csv": ",", "ssv": ";", "txt": " "}
    if form in signs:
        path.write_text("".join(signs[form].join(row) + "\n" for row in rows))
    else:
        path.write_text(
            json.dumps(columns if form == "json" else [dict(zip(columns, row, strict=True)) for row in rows[1:]])
        )
    return path


@pytest.mark.parametrize("form", ["tsv", "csv", "ssv", "txt", "xlsx", "json", "records.json"])
def test_any_column_of_a_table_may_be_chosen_whatever_its_form(tmp_path: Path, form: str) -> None:
    turned = [row[::-1] for row in ROWS]
    path = written(tmp_path, form, {"guide": ROWS, "context": turned, "bound": [str(n % 2) for n in range(40)]})
    found = question(inspect([path]))
    assert found is not None
    other, letters = {"guide": ("context", turned), "context": ("guide", ROWS)}[found[1]]
    again = inspect([path], ImportChoices(sequence_column=other))
    assert again.table is not None
    assert again.table["sequence"].tolist() == letters


@pytest.mark.parametrize("form", ["tsv", "csv", "ssv", "txt", "xlsx", "json"])
def test_two_tables_are_not_two_classes_whatever_their_form(tmp_path: Path, form: str) -> None:
    paths = []
    for name, rows in (("heart", ROWS[:20]), ("liver", ROWS[20:])):
        (tmp_path / name).mkdir()
        made = written(tmp_path / name, form, {"probe": [f"{name}{n}" for n in range(20)], "sequence": rows})
        paths.append(made.rename(tmp_path / f"{name}.{form}"))
    found = inspect(paths)
    assert not any(one.value == "(file)" for one in found.findings if one.choice == "label_column")


NUMBERS = [str(n) for n in range(40)]


UNREAD = "is not a letter of a sequence"
MORE = "more of its 40 cells are not letters alone"


@pytest.mark.parametrize(
    ("header", "columns", "what", "line"),
    [
        (
            "name\tprimer\tbound",
            [[f"n{n}" for n in range(40)], ["ACGTTA", "ACGGTA", *(f"AC5TT{n % 10}" for n in range(38))], NUMBERS],
            f"in the column primer, '5' in 'AC5TT0' is not a DNA letter, and 37 {MORE}",
            4,
        ),
        ("well\tseq", [NUMBERS, [""] * 40], "the column seq is empty", 2),
        (
            "peptide\tscore",
            [[f"MK?L{n}F" for n in range(40)], NUMBERS],
            f"in the column peptide, '?' in 'MK?L0F' {UNREAD}, and 39 {MORE}",
            2,
        ),
        (
            "seq\tpeptide\tdna_seq",
            [[":", *[""] * 39]] * 3,
            f"in the column seq, ':' {UNREAD}; in the column peptide, ':' {UNREAD}",
            2,
        ),
        (
            "well\tkind",
            [NUMBERS, ["low", "mid"] * 20],
            "the column kind holds words, such as 'low', and most are too short or too plain for sequences",
            2,
        ),
        ("well\tpart", [NUMBERS, ["a", "b"] * 20], "the column part holds single letters, such as 'a'", 2),
        ("well\tbound", [NUMBERS, NUMBERS], "its columns are well, bound", 2),
    ],
)
def test_the_column_that_comes_nearest_is_named_with_what_is_wrong_in_it(
    tmp_path: Path, header: str, columns: list[list[str]], what: str, line: int
) -> None:
    found = inspect([table(tmp_path, header, *columns)])
    [problem] = found.problems
    assert problem.what == f"No column of the table holds sequences: {what}."
    assert problem.where == f"line {line} of sheet.tsv"
    assert problem.fix.startswith("Correct the column, choose another one (`--sequence-column`)")


def test_a_hostile_table_is_still_refused_in_one_short_message(tmp_path: Path) -> None:
    names = ["seq", *(f"{'long_' * 500}{n}_seq" for n in range(300))]
    cells = [[f"\u202e<b>{n}" + "5" * 3000 for n in range(3)]] * 301
    [problem] = inspect([table(tmp_path, "\t".join(names), *cells)]).problems
    assert problem.what.startswith("No column of the table holds sequences: in ")
    assert len(problem.what) < 400
    assert "\u202e" not in problem.what


def test_one_column_named_so_says_what_is_wrong_in_it(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("sequence\n" + "".join(f"ACGT{n}\n" for n in range(9)))
    [problem] = inspect([path]).problems
    assert problem.what == (
        "No column of the table holds sequences: in the column sequence, '0' in 'ACGT0' is not a DNA letter, and 8 "
        "more of its 9 cells are not letters alone."
    )
    assert problem.where == "line 2 of sheet.csv"
