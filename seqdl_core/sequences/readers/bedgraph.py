"""Tracks as text: bedGraph, and wiggle with fixed or variable steps. One row gives one value to an interval.

    track type=bedGraph name="coverage"          fixedStep chrom=chr3 start=400601 step=100 span=5
    chr19  49302000  49302300  -1.0              11

bedGraph counts from 0 and leaves the end out; wiggle counts from 1 and is turned into that.
"""

import io
import re
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._intervals import is_whole, ragged, refuse_backwards, sample_lines, whole_bounds
from seqdl_core.sequences.readers._remarks import Remarks

_TALK = re.compile(r"(?:track|browser)(?:[ \t]|$)")
_STEPS = re.compile(r"(?:fixedStep|variableStep)(?:[ \t]|$)")
_FIELD = re.compile(r"\b(\w+)=(\S+)")
_VALUE = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?|nan", re.IGNORECASE | re.ASCII)
_ADJOINING = 0.3


def recognises(text: str) -> bool:
    """Whether the text is a track: it says so, or its intervals follow each other without gaps and carry numbers."""
    lines = sample_lines(text)
    talk = [line for line in lines if _TALK.match(line)]
    if any(re.search(r"type=[\"']?(?:bedGraph|wiggle_0)", line, re.IGNORECASE) for line in talk):
        return True
    data = [line for line in lines if not line.startswith("#") and not _TALK.match(line)]
    if not data:
        return False
    if _STEPS.match(data[0]):
        return True
    rows = [line.split() for line in data]
    if len(rows) < 2 or not all(len(row) == 4 and is_whole(row[1]) and is_whole(row[2]) for row in rows):
        return False
    return all(_VALUE.fullmatch(row[3]) for row in rows) and _follow_each_other(rows)


def _follow_each_other(rows: list[list[str]]) -> bool:
    """Whether many intervals begin where the one above ends, as those of a track do and those of peaks do not."""
    pairs = [(above, below) for above, below in pairwise(rows) if above[0] == below[0]]
    if not pairs or any(int(below[1]) < int(above[2]) for above, below in pairs):
        return False
    widths = {int(row[2]) - int(row[1]) for row in rows}
    if len(widths) == 1 and {row[3] for row in rows} <= {"0", "1"}:
        return False  # bins with a class each
    return sum(below[1] == above[2] for above, below in pairs) >= _ADJOINING * len(pairs)


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Lines to rows with the columns ``chrom``, ``start``, ``end`` (from 0, end left out) and ``value``.

    Raises:
        ReadError: for a value that is no number, a wrong start or end, or a line of steps that says too little.
    """
    del layout  # the kind of track is seen line by line
    remarks = Remarks(file.name)
    rows = _Rows()
    left_out: list[int] = []
    backwards: list[tuple[str, str, int]] = []
    steps: _Steps | None = None
    for number, line in enumerate(io.StringIO(file.text, newline="\n"), 1):
        line = line.rstrip("\n")
        if not line.strip():
            continue
        if line.startswith("#") or _TALK.match(line):
            left_out.append(number)
            steps = None if line.startswith("track") else steps
            continue
        if _STEPS.match(line):
            steps = _Steps(line, number, file.name)
            continue
        cells = line.split()
        if steps:
            chrom, (start, end, value) = steps.chrom, steps.interval(cells, number)
        else:
            if len(cells) != 4:
                raise ragged(cells, 4, number, file.name)
            chrom, value = cells[0], cells[3]
            start, end = whole_bounds(cells[1], cells[2], number, file.name, from_one=False)
            if end < start:
                remarks.add("with an interval that ends before it starts, left out", number, f"{cells[1]}-{cells[2]}")
                backwards.append((cells[1], cells[2], number))
                continue
        if not _VALUE.fullmatch(value):
            raise ReadError(
                f"The value '{value[:40]}' is no number.",
                where=f"line {number} of {file.name}",
                fix="A track gives one number to each interval.",
            )
        if start == end:
            remarks.add("with an interval of no letters", number)
        rows.add(number, chrom, str(start), str(end), value)
    notices = remarks.notices()
    if left_out:
        said = notice(
            len(left_out),
            "line",
            "with a comment or for a genome browser (track, browser), left out.",
            f"line {left_out[0]} of {file.name}",
        )
        notices = (said, *notices)
    lines, cells_of_all = rows.gathered()
    if backwards:
        refuse_backwards(len(backwards), len(lines) + len(backwards), backwards[0], file.name)
    if not len(lines):
        notices += (NoticeRecord(what="The track holds no value.", where=file.name),)
    return RawTable(
        file,
        "wiggle" if steps else "bedgraph",
        cells_of_all,
        lines,
        kind="track",
        one_based=steps is not None,
        notices=notices,
    )


class _Rows:
    """Rows that are packed as they come: a wiggle file has one for every few bytes."""

    _AT_ONCE = 2**16

    def __init__(self) -> None:
        self._waiting: list[tuple[int, str, str, str, str]] = []
        self._packed: list[tuple[NDArray[np.int64], pd.DataFrame]] = []

    def add(self, line: int, chrom: str, start: str, end: str, value: str) -> None:
        self._waiting.append((line, chrom, start, end, value))
        if len(self._waiting) == self._AT_ONCE:
            self._pack()

    def _pack(self) -> None:
        lines, *columns = list(zip(*self._waiting, strict=True)) or [()] * 5
        named = dict(zip(("chrom", "start", "end", "value"), columns, strict=True))
        self._packed.append((np.array(lines, np.int64), pd.DataFrame(named, dtype=str)))
        self._waiting.clear()

    def gathered(self) -> tuple[NDArray[np.int64], pd.DataFrame]:
        """The line of each row, and the cells."""
        if self._waiting or not self._packed:
            self._pack()
        lines, cells = zip(*self._packed, strict=True)
        return np.concatenate(lines), pd.concat(cells, ignore_index=True)


class _Steps:
    """One ``fixedStep`` or ``variableStep`` line, and the values below it."""

    def __init__(self, line: str, number: int, name: str) -> None:
        fields = dict(_FIELD.findall(line))
        self.fixed = line.startswith("fixed")
        self._name = name
        wanted = ("chrom", "start") if self.fixed else ("chrom",)
        counts = {key: fields.get(key, "1") for key in ("start", "step", "span")}
        if any(key not in fields for key in wanted) or not all(is_whole(value) for value in counts.values()):
            raise self._error(
                "This line does not say from where on which chromosome the values below are.",
                number,
                "Write it as fixedStep chrom=chr1 start=1001 step=10, or variableStep chrom=chr1.",
            )
        self.chrom = fields["chrom"]
        self._next, self._step, self._span = (int(counts[key]) for key in ("start", "step", "span"))
        if min(self._next, self._step, self._span) < 1:
            raise self._error("A start, step or span of 0.", number, "Wiggle tracks count from 1.")

    def interval(self, cells: list[str], number: int) -> tuple[int, int, str]:
        """Start, end (0-based half-open) and value of one line."""
        if len(cells) != (1 if self.fixed else 2):
            raise ragged(cells, 1 if self.fixed else 2, number, self._name)
        if self.fixed:
            start = self._next - 1
            self._next += self._step
        elif is_whole(cells[0]) and int(cells[0]) > 0:
            start = int(cells[0]) - 1
        else:
            raise self._error(
                f"The position '{cells[0][:40]}' is not a whole number from 1.", number, "Wiggle tracks count from 1."
            )
        return start, start + self._span, cells[-1]

    def _error(self, what: str, number: int, fix: str) -> ReadError:
        return ReadError(what, where=f"line {number} of {self._name}", fix=fix)


READER = Reader(name="bedgraph", title="bedGraph or wiggle", recognises=recognises, read=read, order=0)
