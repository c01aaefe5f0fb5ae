"""What spreadsheets do to cells: gene names turned into dates, long numbers cut to a few digits."""

import re

from seqdl_core.sequences.columns import means_group
from seqdl_core.sequences.readers import FileIdentity, NoticeRecord, notice
from seqdl_core.sequences.vocabulary import is_missing, means_name

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_DATE = re.compile(rf"\d{{1,2}}[-/ .](?:{_MONTH})|(?:{_MONTH})[-/ .]\d{{1,4}}|20\d\d-\d\d-\d\d 00:00:00", re.IGNORECASE)
_MONTHS = re.compile(rf"[-/ .](?:{_MONTH})|^(?:{_MONTH})|00:00:00", re.MULTILINE)
_CUT = re.compile(r"\d(?:[.,]\d+)?[eE]\+(?:1[1-9]|[2-9]\d)")
_TURNED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2}")
_OF_DATES = re.compile(r"date|day|datum|month|time", re.IGNORECASE)
_WHOLE = re.compile(r"\d{9,}")


def eaten_cells(
    file: FileIdentity, names: list[str], columns: list[list[str]], lines: list[int], sequences: int
) -> list[NoticeRecord]:
    """Warnings about cells that a spreadsheet has probably changed; ``sequences`` is the column left alone."""
    found: list[NoticeRecord] = []
    for place, column in enumerate(columns):
        if place == sequences:
            continue
        values = set(column)
        joined = "\n".join(values).lower()  # looked through as a whole first: most columns have nothing of the kind
        dates = {value for value in values if _DATE.fullmatch(value)} if _MONTHS.search(joined) else set()
        names_rows = means_name(names[place]) or means_group(names[place])
        filled = {value for value in values if not is_missing(value)}
        if dates and not _OF_DATES.search(names[place]) and (names_rows or dates < filled):
            found.append(_about(file, names[place], column, lines, dates, "a spreadsheet turned into dates"))
        cut = {value for value in values if _CUT.fullmatch(value)} if "e+" in joined else set()
        if names_rows and "e+" in joined and any(re.search("[a-z]{2}", value, re.IGNORECASE) for value in filled):
            cut = {value for value in values if _TURNED.fullmatch(value)}
        if not cut:
            continue
        others = {value for value in values - cut if not is_missing(value)}
        if all(_WHOLE.fullmatch(value) or not _is_fraction(value) for value in others):
            found.append(_about(file, names[place], column, lines, cut, "a spreadsheet cut to a few digits"))
    return found


def _is_fraction(value: str) -> bool:
    return re.fullmatch(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?", value) is not None


def _about(
    file: FileIdentity, name: str, column: list[str], lines: list[int], eaten: set[str], what: str
) -> NoticeRecord:
    rows = [row for row, value in enumerate(column) if value in eaten]
    return notice(
        len(rows),
        "cell",
        f"of {name} that {what}, such as {column[rows[0]]}; kept as it stands.",
        f"line {lines[rows[0]]} of {file.name}",
        "Format the column as text before typing or opening the file, and correct these cells.",
    )
