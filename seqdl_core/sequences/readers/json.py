"""Records as JSON: a list of objects, one object a line (JSONL, NDJSON), columns, or the ways pandas writes a table.

    [{"sequence": "ACGT", "label": 1}, ...]              {"columns": ["sequence", "label"], "data": [["ACGT", 1], ...]}
    {"sequence": ["ACGT", ...], "label": [1, ...]}       {"train": [{"sequence": "ACGT", "label": 1}, ...], "test": ...}

Places are lines where each record begins on one of its own, else numbers of records. Numbers stay as they are written.
An object within a record becomes columns (``meta.score``), a list one cell with commas. Rows go on as those of any
table.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._columns import named_sequence
from seqdl_core.sequences.readers._table import check_size, make_table
from seqdl_core.sequences.vocabulary import split_of

_BEGINS = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\]])")
_BLANKS = re.compile(r"[ \t\n\r]*")
_WRAPPERS = ("data", "rows", "records", "examples", "items", "instances", "sequences")
_MOST_DEEP = 4
_LONGEST_NUMBER = 400
_SHAPES = 'Write a list of records, [{"sequence": "ACGT", "label": 1}, ...], or one record a line.'


def recognises(text: str) -> bool:
    """Whether the text begins as a list or an object does."""
    return _BEGINS.match(text[:4096]) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Records to rows.

    Raises:
        ReadError: for damaged JSON, a key given twice, Infinity, records nested too deeply, columns of unequal length,
            and JSON that holds no records.
    """
    del layout  # there is only one
    text = _Text(file)
    try:
        found = _Records(text)
        found.read()
    except (ValueError, RecursionError) as problem:
        raise text.damaged(problem) from None
    return found.table()


class _Repeated(Exception):
    """A key that stands twice in one object."""


@dataclass
class _Text:
    """The text, where each value lies in it and on which line."""

    file: TextFile
    nan: int = 0
    first_nan: int = 0
    at: int = 0
    _line: int = 1
    _counted: int = 0

    def __post_init__(self) -> None:
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_once, parse_float=_number, parse_int=_number, parse_constant=self._constant
        )

    def line(self, place: int) -> int:
        """The line of a place that is not before the last one asked for."""
        self._line += self.file.text.count("\n", self._counted, place)
        self._counted = max(place, self._counted)
        return self._line

    def peek(self) -> str:
        """The next sign that is no blank, ``""`` at the end."""
        blanks = _BLANKS.match(self.file.text, self.at)
        assert blanks is not None
        self.at = blanks.end()
        return self.file.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        """Go on behind a sign that has to stand here."""
        if self.peek() != sign:
            raise json.JSONDecodeError(f"'{sign}' is missing", self.file.text, self.at)
        self.at += 1

    def value(self) -> Any:
        """The value that begins here."""
        self.peek()
        try:
            found, self.at = self._decoder.raw_decode(self.file.text, self.at)
        except _Repeated as problem:
            raise self.error(
                f"The key '{str(problem)[:60]}' stands twice in this record.", "Give each key once."
            ) from None
        except _Unusable as problem:
            raise self.error(str(problem), "Write a finite number, or null where nothing is known.") from None
        return found

    def elements(self) -> Iterator[tuple[int, Any]]:
        """The values of the list that begins here, each with its line."""
        self.take("[")
        more = self.peek() != "]"
        while more:
            self.peek()
            line = self.line(self.at)
            yield line, self.value()
            more = self.peek() == ","
            self.at += more
        self.take("]")

    def error(self, what: str, fix: str) -> ReadError:
        """An error about the value at hand."""
        return ReadError(what, where=f"line {self.line(self.at)} of {self.file.name}", fix=fix)

    def damaged(self, problem: Exception) -> ReadError:
        """JSON that cannot be read on."""
        if isinstance(problem, RecursionError):
            return self.error("The JSON is nested too deeply.", _SHAPES)
        line = getattr(problem, "lineno", self.line(self.at))
        cut = getattr(problem, "pos", 0) >= len(self.file.text.rstrip())
        what = "The JSON was cut off." if cut or "Unterminated" in str(problem) else "The JSON is damaged."
        return ReadError(what, where=f"line {line} of {self.file.name}", fix="Copy it again, or write it again.")

    def _constant(self, word: str) -> str:
        if word != "NaN":
            raise _Unusable(f"{word} is no number of a measurement.")
        self.nan += 1
        self.first_nan = self.first_nan or self.line(self.at)
        return ""


class _Unusable(Exception):
    """A number that nothing can be learned from."""


@dataclass
class _Records:
    """Rows gathered as cells by column."""

    text: _Text
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    lists: list[list[str]] = field(default_factory=list)
    titled: bool = False
    left_out: list[str] = field(default_factory=list)
    kept_as_text: dict[str, int] = field(default_factory=dict)

    def read(self) -> None:
        """Everything that the file holds."""
        text = self.text
        if text.peek() == "[" and not self._is_row():
            for line, value in text.elements():
                self._add(value, line)
            if text.peek():
                raise text.error("Behind the list of records stands something else.", _SHAPES)
            return
        start = text.at
        if self._is_single_object():
            text.at = start
            self._object()
            return
        text.at = start
        while text.peek():
            line = text.line(text.at)
            self._add(text.value(), line)

    def _is_row(self) -> bool:
        """Whether a list at the beginning is a row of its own, with further ones below it."""
        first = self.text.file.text.lstrip().split("\n", 1)
        return len(first) > 1 and first[0].rstrip().endswith("]") and first[1].lstrip()[:1] == "["

    def _is_single_object(self) -> bool:
        """Whether nothing stands behind the first object, and it is no record alone."""
        self.text.value()
        return not self.text.peek()

    def _object(self) -> None:
        """One object that holds everything."""
        text = self.text
        whole = text.value()
        wrapped = [key for key in whole if key.lower() in _WRAPPERS and isinstance(whole[key], list)]
        parts = [key for key in whole if split_of(key) and isinstance(whole[key], list)]
        titles = whole.get("columns")
        if isinstance(titles, list) and isinstance(whole.get("data"), list):
            self._table_of(titles, whole["data"])
        elif parts and len(parts) == len(whole) and all(isinstance(one, dict) for key in parts for one in whole[key]):
            for key in parts:
                for record in whole[key]:
                    self._add({**record, **({} if "split" in record else {"split": key})}, 0)
        elif len(wrapped) == 1 and whole[wrapped[0]] and isinstance(whole[wrapped[0]][0], dict):
            self.left_out = [key for key in whole if key != wrapped[0]]
            for record in whole[wrapped[0]]:
                inner = record.get("row") if isinstance(record, dict) else None
                self._add(inner if isinstance(inner, dict) else record, 0)
        elif whole and all(isinstance(value, list) for value in whole.values()):
            self._columns({key: list(value) for key, value in whole.items()})
        elif whole and all(isinstance(value, dict) for value in whole.values()):
            self._keyed(whole)
        elif any(named_sequence(key) for key in whole):
            self._add(whole, 0)
        else:
            raise ReadError(
                "The JSON holds no records that SeqDL knows how to read.",
                where=f"line 1 of {text.file.name}",
                fix=_SHAPES,
            )

    def _table_of(self, titles: list[Any], data: list[Any]) -> None:
        for number, row in enumerate(data, 1):
            if not isinstance(row, list) or len(row) != len(titles):
                raise self._about_row(number, f"does not have the {len(titles)} values of 'columns'")
        self.left_out = [] if len(set(map(str, titles))) == len(titles) else ["columns of the same name"]
        for row in data:
            self._add(dict(zip(map(str, titles), row, strict=True)), 0)

    def _columns(self, columns: dict[str, list[Any]]) -> None:
        lengths = {key: len(values) for key, values in columns.items()}
        if len(set(lengths.values())) > 1:
            told = ", ".join(f"{key[:40]} {count:,}" for key, count in list(lengths.items())[:5])
            raise ReadError(
                f"The columns have unequal numbers of values ({told}).",
                where=f"line 1 of {self.text.file.name}",
                fix="Give every column a value for every row, null where nothing is known.",
            )
        check_size(len(columns), next(iter(lengths.values())), self.text.file.name)
        for row in zip(*columns.values(), strict=True):
            self._add(dict(zip(columns, row, strict=True)), 0)

    def _keyed(self, whole: dict[str, dict[str, Any]]) -> None:
        """Columns of values by row, as pandas writes them by default, or records by name."""
        if any(map(named_sequence, whole)):
            rows = dict.fromkeys(key for column in whole.values() for key in column)
            for key in rows:
                self._add({name: column.get(key) for name, column in whole.items()}, 0)
            return
        for key, record in whole.items():
            self._add({**({} if "name" in record else {"name": key}), **record}, 0)

    def _about_row(self, number: int, what: str) -> ReadError:
        return ReadError(f"Record {number:,} {what}.", where=self.text.file.name, fix=_SHAPES)

    def _add(self, record: Any, line: int) -> None:
        """One record as cells; ``line`` is 0 where only its number is known."""
        self.lines.append(line)
        self.titled |= not isinstance(record, list)
        if isinstance(record, list):
            record = {f"column {place}": value for place, value in enumerate(record, 1)}
        elif isinstance(record, str):
            record = {"sequence": record}
        if not isinstance(record, dict):
            raise self._about_row(len(self.lines), "is no object")
        cells: dict[str, str] = {}
        self._fill(cells, "", record, 1)
        self.rows.append(cells)
        self.names |= dict.fromkeys(cells)
        check_size(len(self.names), len(self.rows), self.text.file.name)

    def _fill(self, cells: dict[str, str], before: str, record: dict[str, Any], depth: int) -> None:
        if depth > _MOST_DEEP:
            told = f"nests objects more than {_MOST_DEEP} deep ({before[:60].rstrip('.')})"
            raise self._about_row(len(self.lines), told)
        for key, value in record.items():
            name = before + key
            if isinstance(value, dict):
                self._fill(cells, f"{name}.", value, depth + 1)
                continue
            if name in cells:
                raise self._about_row(len(self.lines), f"has two values for '{name[:60]}'")
            plain = not isinstance(value, list) or not any(isinstance(one, list | dict) for one in value)
            if not plain:
                self.kept_as_text[name] = self.kept_as_text.get(name, 0) + 1
            cells[name] = _cell(value) if plain else json.dumps(value, ensure_ascii=False)

    def table(self) -> RawTable:
        """The rows, handed on as those of any table."""
        file, names = self.text.file, list(self.names)
        if not self.rows or not names:
            raise ReadError("The JSON holds no record.", where=file.name, fix="Add at least one sequence.")
        check_size(len(names), len(self.rows), file.name)
        missing = [sum(name not in row for row in self.rows) for name in names]
        columns = [[row.get(name, "").strip() for row in self.rows] for name in names]
        said: list[NoticeRecord] = []
        for name, count in zip(names, missing, strict=True):
            if count:
                said.append(notice(count, "record", f"without {name[:60]}, read as missing.", file.name))
        if self.text.nan:
            place = f"line {self.text.first_nan} of {file.name}"
            said.append(notice(self.text.nan, "value", "written as NaN, read as missing.", place))
        for name, count in self.kept_as_text.items():
            said.append(notice(count, "cell", f"of {name[:60]} with lists in lists, kept as text.", file.name))
        if self.left_out:
            shown = ", ".join(key[:40] for key in self.left_out[:8])
            said.append(notice(len(self.left_out), "entry", f"beside the records, not read ({shown}).", file.name))
        lines = self.lines
        if not lines[0] or any(after <= before for before, after in pairwise(lines)):  # a line would find no record
            file, lines = replace(file, counted_in="record"), list(range(1, len(lines) + 1))
        if not self.titled:  # lists may have their titles in the first one
            return make_table(file, "json", columns, lines, said)
        columns = [[name, *column] for name, column in zip(names, columns, strict=True)]
        return make_table(file, "json", columns, [lines[0], *lines], said, header=True)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Repeated(next(key for place, key in enumerate(keys) if key in keys[:place]))
    return found


def _number(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise _Unusable(f"A number has {len(text):,} signs.")
    return text


def _cell(value: Any) -> str:
    """A value as a person would type it into a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return ",".join(map(_cell, value)) if isinstance(value, list) else str(value)


READER = Reader(name="json", title="JSON", recognises=recognises, read=read, order=6)
