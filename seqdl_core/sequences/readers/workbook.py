"""Workbooks (xlsx, xls, ods): one sheet becomes a table, through calamine.

A workbook is asked how large it is before calamine lays it out in memory: two cells at opposite corners of a sheet are
enough to ask for 17,179,869,184.
"""

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from seqdl_core.errors import ReadError, UnknownName
from seqdl_core.sequences.readers import BinaryFile, NoticeRecord, RawTable, Reader, notice
from seqdl_core.sequences.readers._extent import Extent
from seqdl_core.sequences.readers._sheets import together
from seqdl_core.sequences.readers._table import MOST_CELLS, check_size, make_table, without_titles

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_UNPACKED = 512 * 2**20
_MOST_LAID_OUT = MOST_CELLS // 2
_BLOCK = 2**20
_OVERLAP = 400
_MOST_SHARED = 2**30
_SHEET = re.compile(r"(?:^|/)worksheets/[^/]*\.xml$")
_SHARED = re.compile(rb"t=\"s\"[^>]*>\s*<v>(\d{1,9})</v>")
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated=\"(\d+)\"")


def recognises_bytes(head: bytes) -> bool:
    """Whether the file is an old Office document; xlsx and ods are zip archives, which are looked into first."""
    return head.startswith(_OLE)


def read_binary(file: BinaryFile, layout: str = "auto") -> RawTable:
    """One sheet as text; ``layout`` names it, by default the longest visible one with sequences.

    Raises:
        ReadError: for an encrypted or damaged file, one that unpacks to too much, and what a text table is refused for.
        UnknownName: there is no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum, ZipError

    _refuse_bombs(file)
    try:
        with file.path.open("rb") as opened, CalamineWorkbook.from_filelike(opened) as book:
            sheets = {sheet.name: sheet.visible == SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
            if layout not in ("auto", "") and layout not in sheets:
                raise UnknownName("sheet", layout, sheets, where=file.name)
            wanted = [name for name, visible in sheets.items() if visible] if layout in ("auto", "") else [layout]
            return _best_sheet(file, wanted, sheets, book)
    except PasswordError:
        raise _encrypted(file) from None
    except (CalamineError, ZipError, OSError, ValueError) as problem:
        if "encrypt" in str(problem).lower() or "password" in str(problem).lower():
            raise _encrypted(file) from None
        raise ReadError(
            "The workbook is damaged, or is no workbook.",
            where=file.name,
            fix="Open it in a spreadsheet program and save it again, or save the sheet as CSV.",
        ) from None


def _best_sheet(file: BinaryFile, wanted: list[str], sheets: dict[str, bool], book: Any) -> RawTable:
    """Sheets that belong together, or the longest with sequences or mutants, else the longest that can be read."""
    tables: list[RawTable] = []
    problems: list[ReadError] = []
    for name in wanted:
        sheet = book.get_sheet_by_name(name)
        if not sheet.height or not sheet.width:
            continue
        try:
            tables.append(_table(file, name, sheet, sheets))
        except ReadError as problem:
            problems.append(problem)
            continue
    good = [table for table in tables if table.kind in ("sequences", "mutants")]
    joined = together(good, [name for name, seen in sheets.items() if not seen]) if len(wanted) > 1 else None
    if joined is not None:
        return joined
    if tables:
        return max(good or tables, key=len)  # the first of several as long
    if problems:
        raise problems[0]
    raise ReadError("The workbook has no filled cell.", where=file.name, fix="Choose one with at least one sequence.")


def _table(file: BinaryFile, name: str, sheet: Any, sheets: dict[str, bool]) -> RawTable:
    check_size(sheet.width, 1, file.name)
    top = sheet.start[0] if sheet.start else 0
    rows: list[list[str]] = []
    lines: list[int] = []
    dates: list[tuple[int, str]] = []
    errors: list[int] = []
    for number, cells in enumerate(sheet.to_python(), top + 1):
        row = [_text(cell) for cell in cells]
        if not any(row):
            continue
        dates += [
            (number, text) for text, cell in zip(row, cells, strict=True) if isinstance(cell, datetime.date) and text
        ]
        if any(cell.startswith("#") and cell in _ERRORS for cell in row):
            errors.append(number)
        rows.append(row)
        lines.append(number)
    if not rows:
        raise ReadError(f"The sheet {name} has no filled cell.", where=file.name, fix="Choose another sheet.")
    rows, lines, titles = without_titles(rows, lines)
    columns = [list(column) for column in zip(*rows, strict=True) if any(column)]
    columns = [[cell.strip() for cell in column] for column in columns]
    said = _notices(file, name, sheets, dates, errors, titles)
    return replace(make_table(file, "workbook", columns, lines, said), sheet=name, sheets=tuple(sheets))


def _notices(
    file: BinaryFile,
    name: str,
    sheets: dict[str, bool],
    dates: list[tuple[int, str]],
    errors: list[int],
    titles: int,
) -> list[NoticeRecord]:
    said: list[NoticeRecord] = []
    others = [f"{other} (hidden)" if not seen else other for other, seen in sheets.items() if other != name]
    if others:
        shown = ", ".join(others[:8]) + (f" and {len(others) - 8} more" if len(others) > 8 else "")
        fix = "Choose another sheet if this is not the one."
        said.append(notice(len(others), "sheet", f"not read ({shown}); the sheet {name} is.", file.name, fix))
    if titles:
        said.append(notice(titles, "title row", "above the table, left out.", f"sheet {name} of {file.name}"))
    if dates:
        line, text = dates[0]
        said.append(
            notice(
                len(dates),
                "cell",
                f"with a date, such as {text}; a gene name may have been turned into it.",
                f"row {line} of sheet {name} of {file.name}",
                "Format the column as text and type these cells again.",
            )
        )
    if errors:
        rest = "with a formula that failed, read as missing."
        said.append(notice(len(errors), "row", rest, f"row {errors[0]} of sheet {name} of {file.name}"))
    return said


_ERRORS = frozenset(["#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])


def _text(cell: object) -> str:
    """A cell as a person would type it: whole numbers without ``.0``, dates as days, true and false in capitals."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _refuse_bombs(file: BinaryFile) -> None:
    """Unpack the sheets piece by piece, and count what they would take in memory."""
    with file.path.open("rb") as opened:
        if opened.read(4) != b"PK\x03\x04":
            _refuse_encrypted(opened.read(), file)
            return
    total = shared = longest = 0
    try:
        with zipfile.ZipFile(file.path) as archive:
            if "xl/workbook.bin" in archive.namelist():
                raise ReadError("The file is a binary workbook (xlsb).", where=file.name, fix="Save it as xlsx or CSV.")
            for member in archive.infolist():
                extent = Extent()
                tail = b""
                for block in _inflated(file, member):
                    total += len(block)
                    if total > _MOST_UNPACKED:
                        raise _too_large(file, f"unpacks to more than {_MOST_UNPACKED // 2**20} MB")
                    extent.read(block, tail)
                    if _SHEET.search(member.filename):
                        shared += block.count(b't="s"')
                    elif member.filename.endswith("sharedStrings.xml"):
                        longest = max(longest, *map(len, block.split(b"<si>")))
                    elif member.filename == "content.xml" and _most_repeated(tail + block) > _MOST_LAID_OUT:
                        raise _too_large(file, f"repeats cells more than {_MOST_LAID_OUT:,} times")
                    tail = block[-_OVERLAP:]
                    if extent.columns * extent.rows > _MOST_LAID_OUT:
                        spread = f"{extent.columns:,} columns and {extent.rows:,} rows"
                        raise _too_large(file, f"holds cells spread over {spread}")
                if extent.damaged:
                    raise zipfile.BadZipFile(member.filename)
            if shared * longest > _MOST_SHARED:
                _refuse_repeated_strings(file, archive)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError):
        raise ReadError(
            "The workbook is damaged, was cut off or is encrypted.",
            where=file.name,
            fix="Open it in a spreadsheet program and save it again, or save the sheet as CSV.",
        ) from None


def _refuse_repeated_strings(file: BinaryFile, archive: zipfile.ZipFile) -> None:
    """A text that a workbook stores once can stand in every cell, and is laid out as often."""
    name = next(name for name in archive.namelist() if name.endswith("sharedStrings.xml"))
    lengths = np.array([len(text) for text in archive.read(name).split(b"<si>")[1:]], np.int64)
    for sheet in filter(_SHEET.search, archive.namelist()):
        places = np.array(_SHARED.findall(archive.read(sheet)), np.int64)
        size = int(lengths[places[places < len(lengths)]].sum())
        if size > _MOST_SHARED:
            raise _too_large(file, f"repeats long texts, {size // 2**20:,} MB in all")


def _refuse_encrypted(content: bytes, file: BinaryFile) -> None:
    """An encrypted xlsx is an old Office document with one stream of this name."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _encrypted(file)


def _encrypted(file: BinaryFile) -> ReadError:
    return ReadError(
        "The workbook is encrypted.", where=file.name, fix="Save it without a password, or save the sheet as CSV."
    )


def _inflated(file: BinaryFile, member: zipfile.ZipInfo) -> Iterable[bytes]:
    """The member's content as its packed bytes give it; the length that the archive states may lie."""
    with file.path.open("rb") as opened:
        opened.seek(member.header_offset)
        header = opened.read(30)
        if len(header) < 30:
            raise zipfile.BadZipFile("cut off")
        skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        opened.seek(member.header_offset + 30 + skipped)
        left = member.compress_size
        if member.compress_type == zipfile.ZIP_STORED:
            while left > 0 and (block := opened.read(min(_BLOCK, left))):
                left -= len(block)
                yield block
            return
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise NotImplementedError
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        while left > 0 and (packed := opened.read(min(_BLOCK, left))):
            left -= len(packed)
            while packed:
                yield inflate.decompress(packed, _BLOCK)
                packed = inflate.unconsumed_tail
        yield inflate.flush()


def _most_repeated(xml: bytes) -> int:
    """How many filled cells the rows of an OpenDocument sheet repeat at most; empty cells are repeated for free."""
    most = 0
    for row in re.findall(rb"<table:table-row\b.*?(?:</table:table-row>|$)", xml, re.DOTALL):
        if b"office:value" not in row and b"<text:p" not in row:
            continue
        numbers = [int(n) for n in _REPEATED.findall(row)]
        across = sum(numbers[1:]) if b"number-rows-repeated" in row.split(b">", 1)[0] else sum(numbers)
        down = numbers[0] if b"number-rows-repeated" in row.split(b">", 1)[0] else 1
        most = max(most, down * max(across, 1))
    return most


def _too_large(file: BinaryFile, what: str) -> ReadError:
    return ReadError(
        f"The workbook {what}.", where=file.name, fix="Save the sheet with the sequences alone, or save it as CSV."
    )


READER = Reader(name="workbook", title="workbook", recognises_bytes=recognises_bytes, read_binary=read_binary, order=3)
