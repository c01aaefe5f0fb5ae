"""Records as JSON."""

import gzip
import zipfile
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table, read_tables

ROWS = [["ACGTACGT", "1"], ["TTTTACGA", "0"], ["GGGTACGA", "1"]]
FORMS = {
    "list": '[{"sequence": "ACGTACGT", "label": 1},\n{"sequence": "TTTTACGA", "label": 0},\n'
    '{"sequence": "GGGTACGA", "label": 1}]',
    "lines": '{"sequence": "ACGTACGT", "label": 1}\n{"sequence": "TTTTACGA", "label": 0}\n'
    '{"sequence": "GGGTACGA", "label": 1}\n',
    "split": '{"columns": ["sequence", "label"], "index": [0, 1, 2], '
    '"data": [["ACGTACGT", 1], ["TTTTACGA", 0], ["GGGTACGA", 1]]}',
    "columns": '{"sequence": ["ACGTACGT", "TTTTACGA", "GGGTACGA"], "label": [1, 0, 1]}',
    "pandas": '{"sequence": {"0": "ACGTACGT", "1": "TTTTACGA", "2": "GGGTACGA"}, "label": {"0": 1, "1": 0, "2": 1}}',
    "rows": '{"rows": [{"row_idx": 0, "row": {"sequence": "ACGTACGT", "label": 1}}, {"row": {"sequence": "TTTTACGA", '
    '"label": 0}}, {"row": {"sequence": "GGGTACGA", "label": 1}}]}',
}


def read(folder: Path, content: str | bytes) -> RawTable:
    path = folder / "data.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", ["plain", "gzip", "utf-16"])
def test_rows_are_those_of_a_table(tmp_path: Path, form: str, packed: str) -> None:
    ways = {
        "plain": str.encode,
        "gzip": lambda text: gzip.compress(text.encode()),
        "utf-16": lambda t: t.encode("utf-16"),
    }
    table = read(tmp_path, ways[packed](FORMS[form]))
    assert (table.layout, table.kind, table.sequence_column) == ("json", "sequences", "sequence")
    assert table.cells[["sequence", "label"]].to_numpy().tolist() == ROWS
    word = "line" if form in ("list", "lines") else "record"
    assert [table.where(row) for row in range(3)] == [f"{word} {number} of data.txt" for number in (1, 2, 3)]
    assert table.tabular


def test_parts_nested_values_and_what_is_missing(tmp_path: Path) -> None:
    text = (
        '{"train": [{"sequence": "ACGTACGT", "meta": {"y": 1.50, "classes": [0, 2]}}],'
        ' "test": [{"sequence": "TTTTACGA", "meta": {"y": NaN}}]}'
    )
    table = read(tmp_path, text)
    assert table.cells["split"].tolist() == ["train", "test"]
    assert table.cells["meta.y"].tolist() == ["1.50", ""]
    assert table.cells["meta.classes"].tolist() == ["0,2", ""]
    said = [one.sentence for one in table.notices]
    assert any("NaN" in one for one in said)
    assert "1 record without meta.classes, read as missing." in said


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ('[{"sequence": "ACGT", "y": 1},\n{"sequence": "AC', "cut off", 2),
        ('{"sequence": "ACGTA"}\n{"sequence": "ACGTA",, }', "damaged", 2),
        ('[{"sequence": "ACGTA"},\n{"sequence": "ACGTA", "sequence": "CCCCC"}]', "twice", 2),
        ('[{"sequence": "ACGTA"},\n{"sequence": "ACGTA", "y": -Infinity}]', "Infinity", 2),
        ('{"sequence": "ACGTA", "y": 1}\n{"sequence": "ACGTA", "y": ' + "9" * 5000 + "}", "5,000 signs", 2),
        ("[" * 200_000, "deep|cut off", 1),
        ('{"sequence": ["ACGTA", "CCCCC"], "y": [1]}', "unequal", 1),
        ('{"weights": "none"}', "no records", 1),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str, word: str, line: int) -> None:
    with pytest.raises(ReadError, match=word) as caught:
        read(tmp_path, text)
    assert f"line {line} of data.txt" in caught.value.where


def test_objects_in_objects_end_somewhere(tmp_path: Path) -> None:
    deep = '{"a": ' * 6 + "1" + "}" * 6
    with pytest.raises(ReadError, match="Record 1 nests"):
        read(tmp_path, '[{"sequence": "ACGTA", "x": ' + deep + "}]")


def test_records_on_one_line_are_found_by_their_number(tmp_path: Path) -> None:
    table = read(tmp_path, FORMS["list"].replace("\n", " "))
    assert table.where(2) == "record 3 of data.txt"
    table = read(tmp_path, FORMS["list"].replace("},\n", "},\n\n"))
    assert table.where(2) == "line 5 of data.txt"


def test_keys_are_names_whatever_they_are(tmp_path: Path) -> None:
    table = read(tmp_path, FORMS["list"].replace("sequence", "a").replace("label", "c"))
    assert table.cells.columns.tolist() == ["a", "c"]
    assert table.cells.to_numpy().tolist() == ROWS
    assert table.header


def test_lists_may_have_their_titles_first(tmp_path: Path) -> None:
    bare = '[["ACGTACGT", 1], ["TTTTACGA", 0], ["GGGTACGA", 1]]'
    titled = read(tmp_path, bare.replace("[[", '[["sequence", "label"], ['))
    assert titled.cells.columns.tolist() == ["sequence", "label"]
    assert titled.where(0) == "record 2 of data.txt"
    table = read(tmp_path, bare)
    assert (table.header, table.cells.columns.tolist()) == (False, ["column 1", "column 2"])
    assert titled.cells.to_numpy().tolist() == table.cells.to_numpy().tolist() == ROWS


def test_files_of_an_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name, form in (("train.jsonl", "lines"), ("test.json", "columns")):
            archive.writestr(name, FORMS[form])
    tables = read_tables(tmp_path / "set.zip")
    assert [table.where(1) for table in tables] == ["line 2 of set.zip/train.jsonl", "record 2 of set.zip/test.json"]
    assert all(table.cells[["sequence", "label"]].to_numpy().tolist() == ROWS for table in tables)
