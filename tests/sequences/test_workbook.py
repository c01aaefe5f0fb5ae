"""Workbooks: which sheet, what cells become, and files made to fill the memory."""

import datetime
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError, UnknownName
from seqdl_core.sequences.readers import RawTable, read_tables

openpyxl = pytest.importorskip("openpyxl")


def workbook(path: Path, sheets: dict[str, list[list[object]]], hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def one(path: Path, sheet: str = "") -> RawTable:
    (table,) = read_tables(path, sheet=sheet)
    return table


DATA: list[list[object]] = [["gene", "sequence", "score"], ["A", "ACDEFGHIKL", 1.5], [], ["B", "ACDEFGHIKM", 2]]


def test_numbers_are_written_as_a_person_would(tmp_path: Path) -> None:
    table = one(workbook(tmp_path / "lab.xlsx", {"Data": [*DATA, ["C", "ACDEFGHIKN", 0.1], ["D", "ACDEFGHIKP", True]]}))
    assert (table.kind, table.sequence_column, table.layout) == ("sequences", "sequence", "workbook")
    assert table.cells["score"].tolist() == ["1.5", "2", "0.1", "TRUE"]
    assert table.lines.tolist() == [2, 4, 5, 6]
    assert table.notices == ()


def test_the_sheet_with_sequences_is_found_and_told(tmp_path: Path) -> None:
    sheets = {"Notes": [["Written", "by"], ["me", "today"]], "Data": [["Peptides of May"], *DATA], "Old": DATA[:2]}
    path = workbook(tmp_path / "lab.xlsx", sheets, hidden="Old")
    table = one(path)
    assert len(table) == 2
    assert [n.sentence for n in table.notices] == [
        "2 sheets not read (Notes, Old (hidden)); the sheet Data is.",
        "1 title row above the table, left out.",
    ]
    assert len(one(path, "Old")) == 1
    with pytest.raises(UnknownName, match="Nope"):
        one(path, "Nope")


def test_a_gene_name_that_became_a_date(tmp_path: Path) -> None:
    rows = [*DATA, [datetime.datetime(2024, 9, 2), "ACDEFGHIKN", 3]]
    table = one(workbook(tmp_path / "lab.xlsx", {"Data": rows}))
    assert table.cells["gene"].tolist() == ["A", "B", "2024-09-02"]
    assert [(n.count, n.where) for n in table.notices] == [(1, "row 5 of sheet Data of lab.xlsx")]


def test_a_lab_sheet_of_mutants(tmp_path: Path) -> None:
    rows = [["AA change", "Fitness", "rep1"], ["WT", 1, 1.1], ["A24P", 0.5, 0.4], ["G25S", 0.2, 0.1]]
    assert one(workbook(tmp_path / "lab.xlsx", {"Sheet1": rows})).kind == "mutants"


def test_two_cells_at_opposite_corners_are_refused_quickly(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "seq"
    book.active["XFD1048576"] = "ACGT"
    book.save(tmp_path / "bomb.xlsx")
    start = time.process_time()
    with pytest.raises(ReadError, match="16,384 columns and 1,048,576 rows"):
        one(tmp_path / "bomb.xlsx")
    assert time.process_time() - start < 2


def test_formatted_empty_cells_at_the_end_do_no_harm(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in DATA:
        book.active.append(row)
    book.active["XFD1048576"].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "lab.xlsx")
    assert len(one(tmp_path / "lab.xlsx")) == 2


def test_one_long_text_in_every_cell_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "small.xlsx", {"S": [["A" * 32_000]]})
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100_001))
    with zipfile.ZipFile(tmp_path / "small.xlsx") as old, zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", 8) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                before, _, after = content.partition(b"<sheetData>")
                content = before + b"<sheetData>" + cells + b"</sheetData>" + after.partition(b"</sheetData>")[2]
            new.writestr(name, content)
        new.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + b"A" * 32_000 + b"</t></si></sst>")
    with pytest.raises(ReadError, match="repeats long texts, 3,0"):
        one(tmp_path / "bomb.xlsx")


@pytest.mark.parametrize("body", [bytes(2000), bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)])
def test_old_documents_that_are_no_readable_workbook(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + body)
    with pytest.raises(ReadError, match="encrypted" if b"E\0n\0c" in body else "damaged"):
        one(path)


def test_a_damaged_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "lab.xlsx", {"Data": DATA})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<worksheet><sheetData><row" if "sheet1" in name else old.read(name))
    with pytest.raises(ReadError, match=r"damaged|no filled cell"):
        one(tmp_path / "bad.xlsx")


def opendocument(path: Path, rows: str) -> Path:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = f"<office:document-content{names}><office:body><office:spreadsheet>"
    content += f'<table:table table:name="Data">{rows}</table:table>'
    content += "</office:spreadsheet></office:body></office:document-content>"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
        archive.writestr("content.xml", content)
    return path


def row(*cells: str, more: str = "") -> str:
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row{more}>{inside}</table:table-row>"


def test_an_opendocument_sheet(tmp_path: Path) -> None:
    table = one(opendocument(tmp_path / "lab.ods", row("name", "sequence") + row("a", "ACDEFGHIKL")))
    assert table.cells.to_dict("list") == {"name": ["a"], "sequence": ["ACDEFGHIKL"]}
    many = row("a", "ACDEFGHIKL", more=' table:number-rows-repeated="100000000"')
    with pytest.raises(ReadError, match="repeats cells"):
        one(opendocument(tmp_path / "bomb.ods", row("name", "sequence") + many))


def test_a_binary_workbook_is_refused_by_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "lab.xlsb", "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    with pytest.raises(ReadError, match="xlsb"):
        one(tmp_path / "lab.xlsb")


@pytest.mark.parametrize("cell", ["C2147483648", "XFD1048576", "c99999999999999999999", "ZZZZZZZZZ9"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_cell_far_away_is_refused_however_it_is_written(tmp_path: Path, cell: str, quote: str) -> None:
    path = _with_sheet(tmp_path, lambda xml: xml.replace('r="C2"', f"r = {quote}{cell}{quote}"))
    with pytest.raises(ReadError, match="spread over"):
        read_tables(path)


def test_cells_behind_broken_xml_are_not_laid_out(tmp_path: Path) -> None:
    path = _with_sheet(
        tmp_path, lambda xml: xml.replace("<dimension ", "<dimen\t+\t. ").replace('r="C2"', 'r="C2147483648"')
    )
    with pytest.raises(ReadError, match="damaged"):
        read_tables(path)


def _with_sheet(folder: Path, change: Callable[[str], str]) -> Path:
    """A small workbook whose sheet was changed as text."""

    book = openpyxl.Workbook()
    for row in (["name", "sequence", "score"], ["a", "ACGTACGT", 1.5], ["b", "TTTTACGT", -2]):
        book.active.append(row)
    book.save(folder / "whole.xlsx")
    path = folder / "changed.xlsx"
    with zipfile.ZipFile(folder / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as changed:
        for name in whole.namelist():
            text = whole.read(name).decode()
            new = change(text) if name.endswith("sheet1.xml") else text
            assert new != text or not name.endswith("sheet1.xml")
            changed.writestr(name, new)
    return path
