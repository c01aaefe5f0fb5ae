"""What spreadsheets do to cells: gene names turned into dates, long numbers cut to a few digits."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seqdl_core.sequences.columns import means_group
from seqdl_core.sequences.readers import FileIdentity, NoticeRecord, notice
from seqdl_core.sequences.vocabulary import is_missing, means_name

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_DATE = re.compile(rf"\d{{1,2}}[-/ .](?:{_MONTH})|(?:{_MONTH})[-/ .]\d{{1,4}}|20\d\d-\d\d-\d\d 00:00:00", re.IGNORECASE)
_MONTHS = re.compile(rf"[-/ .](?:{_MONTH})|^(?:{_MONTH})|00:00:00", re.MULTILINE)
_CUT = re.compile(r"\d(?:[.,]\d+)?[eE]\+(?:1[1-9]|[2-9]\d)")
_TURNED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2}")
_OF_DATES = re.compile(r"date|day|datum|month|time", re.IGNORECASE)
_FRACTION = re.compile(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?")
_LETTERS = re.compile(r"[a-zA-Z]{2}")


def eaten_cells(
    file: FileIdentity, names: list[str], columns: list[list[str]], lines: list[int], sequences: int
) -> list[NoticeRecord]:
    """Warnings about cells that a spreadsheet has probably changed; ``sequences`` is the column left alone."""
    found = EatenCells(file)
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        if place != sequences:
            found.look(name, column, lines)
    return found.told()


class EatenCells:
    """Cells that a spreadsheet has probably changed, looked for in a table that may come in batches of rows."""

    def __init__(self, file: FileIdentity) -> None:
        self._file = file
        self._columns: dict[str, _Column] = {}

    def look(self, name: str, cells: Sequence[str], lines: Sequence[int] | NDArray[np.int64]) -> None:
        """Look through further cells of a column; ``lines`` are theirs."""
        names_rows = means_name(name) or means_group(name)
        self._columns.setdefault(name, _Column(names_rows)).look(cells, lines)

    def told(self) -> list[NoticeRecord]:
        """A warning for each column with such cells."""
        said: list[NoticeRecord] = []
        for name, column in self._columns.items():
            if column.dates.count and not _OF_DATES.search(name) and (column.names_rows or column.others):
                said.append(self._about(name, column.dates, "a spreadsheet turned into dates"))
            numbers = column.turned if column.names_rows and column.words else column.cut
            if numbers.count and not numbers.among_fractions:
                said.append(self._about(name, numbers, "a spreadsheet cut to a few digits"))
        return said

    def _about(self, name: str, eaten: "_Eaten", what: str) -> NoticeRecord:
        return notice(
            eaten.count,
            "cell",
            f"of {name} that {what}, such as {eaten.first}; kept as it stands.",
            self._file.at(eaten.line),
            "Format the column as text before typing or opening the file, and correct these cells.",
        )


@dataclass
class _Eaten:
    """Cells of one kind: how many, the first one with its line, and whether fractions stand among them."""

    pattern: re.Pattern[str]
    count: int = 0
    first: str = ""
    line: int = 0
    among_fractions: bool = False

    def look(self, values: Set[str], cells: Sequence[str], lines: Sequence[int] | NDArray[np.int64]) -> None:
        eaten = {value for value in values if self.pattern.fullmatch(value)}
        if not eaten:
            return
        rows = [row for row, value in enumerate(cells) if value in eaten]
        if not self.count:
            self.first, self.line = cells[rows[0]], int(lines[rows[0]])
        self.count += len(rows)


@dataclass
class _Column:
    """What a column holds so far: ``others`` are filled cells that are no dates, ``words`` letters side by side."""

    names_rows: bool
    others: bool = False
    words: bool = False
    dates: _Eaten = field(default_factory=lambda: _Eaten(_DATE))
    cut: _Eaten = field(default_factory=lambda: _Eaten(_CUT))
    turned: _Eaten = field(default_factory=lambda: _Eaten(_TURNED))

    def look(self, cells: Sequence[str], lines: Sequence[int] | NDArray[np.int64]) -> None:
        values = set(cells)
        joined = "\n".join(values).lower()  # looked through as a whole first: most columns have nothing of the kind
        if _MONTHS.search(joined):
            self.dates.look(values, cells, lines)
        self.others = self.others or any(not is_missing(one) and not _DATE.fullmatch(one) for one in values)
        if self.names_rows and not self.words:
            self.words = any(_LETTERS.search(one) and not is_missing(one) for one in values)
        for numbers in (self.cut, self.turned):
            if "e+" in joined:
                numbers.look(values, cells, lines)
            if not numbers.among_fractions and ("." in joined or "," in joined):
                numbers.among_fractions = any(
                    _FRACTION.fullmatch(one) and not numbers.pattern.fullmatch(one) for one in values
                )
