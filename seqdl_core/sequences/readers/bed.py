"""Intervals: BED of three to twelve and more columns, narrowPeak, broadPeak, and region strings.

    chr1   9356548  9356648  peak_1  0  .  182.0  5.0945  -1  50     narrowPeak; the summit is 50 from the start
    chr11:5,247,500-5,247,504                                       a region string: counts from 1, both ends included

BED counts from 0 and leaves the end out; region strings are turned into that. A summit of -1 means that there is none.
Lines that speak to a browser and comments are counted and left out. A table whose first line names its columns is no
BED, whoever wrote it may count from 1, and ``_places.py`` reads it; names in a comment above BED are used.
"""

import re

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._intervals import (
    FROM_ZERO,
    MOST_COLUMNS,
    columns_left_out,
    is_whole,
    looks_like_sequence,
    ragged,
    sample_lines,
    whole_bounds,
)
from seqdl_core.sequences.readers._remarks import Remarks
from seqdl_core.sequences.vocabulary import plain_name

_BED = ("chrom", "start", "end", "name", "score", "strand", "thickStart", "thickEnd", "itemRgb", "blockCount")
_BLOCKS = ("blockSizes", "blockStarts")
_PEAKS = ("chrom", "start", "end", "name", "score", "strand", "signal", "pvalue", "qvalue", "summit")
_STRANDS = frozenset("+-.")
_REGION = re.compile(r"([^\s:]+(?::[^\s:]+)*):([\d,]{1,15})-([\d,]{1,15})(?:[:(]?([+-])\)?)?(?=\t|$)")
_INTEGER = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_CHROM = re.compile(
    r"chr[\w.|*:-]{1,60}|[0-9]{1,2}[LR]?|[IVX]{1,5}|[XYM]|MT|[NA][CTWG]_\d+\.\d+", re.IGNORECASE | re.ASCII
)
_LEAST_END = 20
_TALK = re.compile(r"(?:track|browser)(?:[ \t]|$)")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CHROMS = frozenset(["chrom", "chr", "chromosome", "seqname", "seqnames", "contig"])
_STARTS = frozenset(["start", "chromstart", "chrom_start", "begin", "tstart"])
_ENDS = frozenset(["end", "chromend", "chrom_end", "stop", "tend"])


def recognises(text: str) -> bool:
    """Whether the first lines are intervals, without a column of sequences beside them."""
    lines = [line for line in sample_lines(text) if not line.startswith("#") and not _TALK.match(line)]
    if not lines:
        return _TALK.match(text.lstrip()) is not None
    if lines[0][:1] in (">", "@"):
        return False
    if _REGION.match(lines[0].strip()):
        if sum(_REGION.match(line.strip()) is not None for line in lines) * 2 < len(lines):
            return False
        return not any(looks_like_sequence(cell) for line in lines[:5] for cell in line.split("\t"))
    if (_named(lines[0]) or _names_a_position(lines[0])) and not any(map(_TALK.match, text[:1000].split("\n"))):
        return False
    rows = [line.split("\t", 40) if "\t" in line else line.split(None, 40) for line in lines]
    if len(rows[0]) < 3 or any(looks_like_sequence(cell) for row in rows for cell in row[3:40]):
        return False
    body = rows[1:] if not _INTEGER.fullmatch(rows[0][1].strip()) else rows
    whole = [row for row in body if len(row) > 2 and all(_INTEGER.fullmatch(cell.strip()) for cell in row[1:3])]
    if not whole or len(whole) * 2 < len(body):
        return False
    if all(_CHROM.fullmatch(row[0].strip()) for row in whole):
        return True
    ends = [(int(row[1].strip()), int(row[2].strip())) for row in whole]  # int() knows fewer blanks
    return len(body) == len(rows) and all(end >= start for start, end in ends) and max(ends)[1] >= _LEAST_END


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Lines to rows with the columns ``chrom``, ``start``, ``end`` (from 0, end left out) and what else there is.

    Raises:
        ReadError: for a start or end that is no whole number, or a line with more or fewer fields than the others. An
            end before its start is kept for whoever cuts the windows, who counts such rows.
    """
    del layout  # the separator is seen line by line
    remarks = Remarks(file.name)
    lines = file.text.split("\n")
    talk = [number for number, line in enumerate(lines, 1) if _TALK.match(line)]
    comments = [number for number, line in enumerate(lines, 1) if line.startswith("#")]
    data = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#") and not _TALK.match(line)
    ]
    header = _header(lines, data)
    in_data = bool(header) and data[0][1].split("\t") == header
    data = data[1:] if in_data else data
    if data and _REGION.match(data[0][1].strip()):
        table = _regions(file, data, remarks)
    else:
        table = _bed(file, data, header, remarks)
    said = [
        notice(len(talk), "line", "for a genome browser (track, browser), left out.", _at(talk, file.name)),
        notice(len(comments) - (bool(header) and not in_data), "comment line", "left out.", _at(comments, file.name)),
    ]
    notices = (*table.notices, *(record for record in said if record.count > 0), *remarks.notices())
    if not data:
        notices += (NoticeRecord(what="The file holds no interval.", where=file.name),)
    return RawTable(
        file,
        table.layout,
        table.cells,
        table.lines,
        kind="intervals",
        header=bool(header),
        one_based=table.one_based,
        notices=notices,
    )


def _at(lines: list[int], name: str) -> str:
    return f"line {lines[0]} of {name}" if lines else name


def _named(line: str) -> bool:
    """Whether a line names the columns chrom, start and end, whatever they are called."""
    cells = [cell.strip().lower() for cell in line.lstrip("#").split("\t")]
    return len(cells) > 2 and cells[0] in _CHROMS and cells[1] in _STARTS and cells[2] in _ENDS


def _names_a_position(line: str) -> bool:
    """Whether a line names the second column a position, as tables of variants do, even with an end behind it."""
    cells = [cell.strip().lower() for cell in line.lstrip("#").split()]
    return len(cells) > 2 and cells[0] in _CHROMS and cells[1] in ("pos", "position", "bp")


def _header(lines: list[str], data: list[tuple[int, str]]) -> list[str]:
    """The names that the file gives its columns, from the first data line or a comment above it."""
    if not data:
        return []
    first = data[0][1].split("\t")
    if _named(data[0][1]) or (len(first) > 2 and len(data) > 1 and not any(cell[:1].isdigit() for cell in first)):
        return first
    above = (line for line in lines[: data[0][0] - 1] if line.startswith("#") and _named(line))
    return next((line.lstrip("#").split("\t") for line in above), [])


def _bed(file: TextFile, data: list[tuple[int, str]], header: list[str], remarks: Remarks) -> RawTable:
    rows: list[list[str]] = []
    for number, line in data:
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) < 3 or (rows and len(cells) != len(rows[0])):
            raise ragged(cells, len(rows[0]) if rows else 3, number, file.name)
        start, end = whole_bounds(cells[1].strip(), cells[2].strip(), number, file.name, from_one=False)
        if start == end:
            remarks.add("with an interval of no letters", number, f"{cells[0]}:{start}-{end}")
        cells[0], cells[1], cells[2] = cells[0].strip(), str(start), str(end)
        rows.append(cells)
    width = len(rows[0]) if rows else 3
    layout, names = _names(rows, width)
    if header and len(header) == width:
        names = ["chrom", "start", "end", *_unique(header[3:])]
    for record in columns_left_out(width, file.name):
        remarks.note(record)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names[:MOST_COLUMNS])}
    _check_columns(columns, [number for number, _ in data], remarks)
    unsure = header and plain_name(header[1]) not in FROM_ZERO and ".bed" not in file.name.lower()
    return _table(file, layout, columns, data, one_based=None if unsure else False)


def _unique(names: list[str]) -> list[str]:
    taken = {"chrom", "start", "end"}
    made = []
    for place, name in enumerate(names[:MOST_COLUMNS], 4):
        plain = wanted = name.strip() or f"column {place}"
        plain = plain.lower() if plain.lower() in ("strand", "summit") else plain
        count = 1
        while plain in taken:
            count += 1
            plain = f"{wanted} ({count})"
        taken.add(plain)
        made.append(plain)
    return made


def _names(rows: list[list[str]], width: int) -> tuple[str, list[str]]:
    """The layout and the names of its columns, from the number of columns and from what they hold."""
    sample = rows[:1000]

    def numeric(*places: int) -> bool:
        return all(_NUMBER.fullmatch(row[place].strip()) for row in sample for place in places)

    def strands(place: int) -> bool:
        return all(row[place].strip() in _STRANDS for row in sample)

    if width >= 9 and sample and strands(5) and numeric(6, 7, 8):
        thick = all(is_whole(row[6].strip()) and is_whole(row[7].strip()) for row in sample)
        whole = all(row[9].strip() == "-1" or is_whole(row[9].strip()) for row in sample) if width == 10 else False
        if width == 10 and whole and not all(row[9].strip() == "1" for row in sample):
            return "narrowPeak", list(_PEAKS)
        if width == 9 and not thick:
            return "broadPeak", list(_PEAKS[:9])
    if width == 4 and sample:
        return "bed", [*_BED[:3], _fourth([row[3].strip() for row in sample])]
    if width == 5 and sample and strands(3):
        return "bed", [*_BED[:3], "strand", "feature"]
    if width > 5 and sample and not strands(5):
        return "bed", [*_BED[:3], *(f"column {place}" for place in range(4, width + 1))]
    standard = [*_BED, *_BLOCKS]
    names = standard[:width] if width in (3, 5, 6, 8, 9) or width >= 12 else standard[: min(width, 6)]
    return "bed", [*names, *(f"column {place}" for place in range(len(names) + 1, width + 1))]


def _fourth(values: list[str]) -> str:
    """A fourth column that repeats its values tells kinds of intervals (Selene's features); else it names them."""
    if all(_NUMBER.fullmatch(value) for value in values):
        return "name" if all(map(is_whole, values)) and len(set(values)) == len(values) > 1 else "column 4"
    return "feature" if len(set(values)) * 2 <= len(values) else "name"


def _check_columns(columns: dict[str, list[str]], numbers: list[int], remarks: Remarks) -> None:
    """Summits beyond the end and strands that are none. A summit of -1 is told where windows are cut."""
    for number, strand in zip(numbers, columns.get("strand", []), strict=False):
        if strand.strip() not in _STRANDS:
            remarks.add("with a strand that is not +, - or .", number, strand)
    if "strand" in columns:
        columns["strand"] = [text if text in _STRANDS else "." for text in map(str.strip, columns["strand"])]
    for place, summit in enumerate(columns.get("summit", [])):
        length = int(columns["end"][place]) - int(columns["start"][place])
        if is_whole(summit.strip()) and int(summit.strip()) >= max(length, 1):
            remarks.add("with a summit beyond the end of its interval", numbers[place], summit)


def _regions(file: TextFile, data: list[tuple[int, str]], remarks: Remarks) -> RawTable:
    """``chr1:101-200`` to start 100, end 200; where a start is 0 the file counts from 0 and is taken as it stands."""
    found: list[tuple[str, str, str, str]] = []
    further: list[list[str]] = []
    for number, line in data:
        region = _REGION.match(line.strip())
        if not region:
            raise ReadError(
                f"'{line[:40]}' is no region.",
                where=f"line {number} of {file.name}",
                fix="Write every line as chromosome:start-end, such as chr11:5,247,500-5,247,504.",
            )
        found.append((region[1], region[2].replace(",", ""), region[3].replace(",", ""), region[4] or "."))
        further.append(line.strip()[region.end() :].split("\t")[1:])
    zero = next((number for (number, _), region in zip(data, found, strict=True) if region[1].strip("0") == ""), 0)
    starts, ends = [], []
    for (number, _), (_, start, end, _) in zip(data, found, strict=True):
        first, last = whole_bounds(start, end, number, file.name, from_one=not zero)
        starts.append(str(first))
        ends.append(str(last))
    if zero:
        remarks.note(
            NoticeRecord(
                what="A region starts at 0, so all regions are taken to count from 0, their end left out.",
                where=f"line {zero} of {file.name}",
            )
        )
    width = len(further[0])
    for (number, line), cells in zip(data, further, strict=True):
        if len(cells) != width:
            raise ragged(line.split("\t"), width + 1, number, file.name)
    columns = {"chrom": [region[0] for region in found], "start": starts, "end": ends}
    columns["strand"] = [region[3] for region in found]
    columns |= {f"column {place + 2}": [cells[place] for cells in further] for place in range(min(width, MOST_COLUMNS))}
    for record in columns_left_out(width, file.name):
        remarks.note(record)
    return _table(file, "regions", columns, data, one_based=not zero)


def _table(
    file: TextFile, layout: str, columns: dict[str, list[str]], data: list[tuple[int, str]], one_based: bool | None
) -> RawTable:
    numbers = np.array([number for number, _ in data], np.int64)
    return RawTable(file, layout, pd.DataFrame(columns, dtype=str), numbers, kind="intervals", one_based=one_based)


READER = Reader(name="bed", title="BED", recognises=recognises, read=read, order=1)
