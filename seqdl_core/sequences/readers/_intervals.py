"""What the formats of intervals share: data lines with their numbers, and the checks of start and end."""

import re
from collections.abc import Sequence

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, notice

LOOKED_AT = 2**16
SAMPLE_LINES = 100
MOST_COLUMNS = 200
"""A table of intervals or variants with more columns keeps the first of them; the rest is counted."""

FROM_ZERO = frozenset(["chromstart", "chrom_start"])
"""UCSC's names for a start, which counts from 0."""

_SEQUENCE = re.compile(r"[ACGTUN]{8,}|[A-Z]{30,}", re.IGNORECASE)
_LONGEST_NUMBER = 12


def sample_lines(text: str) -> list[str]:
    """The first whole lines of a text that hold something."""
    lines = text[:LOOKED_AT].split("\n")
    whole = lines[:-1] if len(text) > LOOKED_AT and len(lines) > 1 else lines
    return [line for line in whole if line.strip()][:SAMPLE_LINES]


def is_whole(text: str) -> bool:
    """Whether a text is a whole number from 0, no longer than any genome needs."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def looks_like_sequence(cell: str) -> bool:
    """Whether a cell holds a sequence, so that a line is a row of a table rather than an interval."""
    return _SEQUENCE.fullmatch(cell) is not None


def whole_bounds(start: str, end: str, line: int, name: str, from_one: bool) -> tuple[int, int]:
    """Start and end as numbers, 0-based half-open; the end may be before the start.

    Args:
        from_one: whether the file counts from 1 and means the last letter by ``end``.

    Raises:
        ReadError: naming the line, where they are no places.
    """
    if not (is_whole(start) and is_whole(end)):
        wrong, which = (start, "start") if not is_whole(start) else (end, "end")
        raise ReadError(
            f"The {which} of the interval, '{wrong[:40]}', is not a whole number from {int(from_one)}.",
            where=f"line {line} of {name}",
            fix="Write it in digits alone.",
        )
    first, last = int(start) - int(from_one), int(end)
    if first < 0:
        raise ReadError(
            "The interval starts at 0, but this format counts from 1.",
            where=f"line {line} of {name}",
            fix="Add 1 to every start, or bring the intervals as BED, which counts from 0.",
        )
    return first, last


def refuse_backwards(count: int, rows: int, first: tuple[str, str, int], name: str) -> None:
    """Raise ReadError where half of the intervals or more end before they start.

    Args:
        count: so many do, of ``rows``.
        first: start, end and line of the first of them.
    """
    if count * 2 < rows:
        return
    start, end, line = first
    more = f"; {count - 1:,} further {'does' if count == 2 else 'do'} so too" if count > 1 else ""
    raise ReadError(
        f"The interval ends ({end}) before it starts ({start}){more}.",
        where=f"line {line} of {name}",
        fix="Write the smaller number first; the strand has a column of its own.",
    )


def ragged(cells: Sequence[str], width: int, line: int, name: str) -> ReadError:
    """The error for a line with too few or too many fields."""
    fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
    return ReadError(
        f"This line has {fields}; the lines above have {width}.",
        where=f"line {line} of {name}",
        fix="Give every line the same fields.",
    )


def columns_left_out(width: int, name: str) -> tuple[NoticeRecord, ...]:
    """The notice for columns beyond :data:`MOST_COLUMNS`; none where there are none."""
    if width <= MOST_COLUMNS:
        return ()
    rest = f"behind the first {MOST_COLUMNS}, left out."
    return (notice(width - MOST_COLUMNS, "column", rest, name),)
