"""Columns that number the rows, classes listed in a cell, and replicates: what a column is beyond its kind and name."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

from seqdl_core.data.inference import Assembled
from seqdl_core.data.spelling import FEW_CLASSES, spelled_column
from seqdl_core.sequences.columns import without_build
from seqdl_core.sequences.vocabulary import number, plain_name

__all__ = ["counts_rows", "lists_classes", "only_measurements"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COUNTS = _words("count counts read reads umi umis rpm cpm copies read_count read_counts total_reads")
_REPLICATE = re.compile(r"(?P<what>.*?)[_ .-]{,3}(?:rep|replicate|replikat|r|exp|run)?[_ .-]{,3}#?(?P<number>\d{1,2})")
_REPLICATE_WORD = re.compile(r"(?:^|[_ .-])(?:rep|replicate|replikat|r)[_ .-]*#?\d{1,2}$", re.IGNORECASE)
_LEAST_ROWS = 3
_LEAST_EACH = 2


def counts_rows(rows: Assembled, column: str) -> bool:
    """Whether a column only numbers the rows of each file, from 0, 1 or any other whole number on."""
    values = spelled_column(rows, column)
    places: dict[int, int] = {}
    for row, (table, value) in enumerate(zip(rows.table_of.tolist(), values, strict=True)):
        if not value.lstrip("-").isdecimal() or len(value) > 12:
            return False
        offset = int(value) - row
        if places.setdefault(table, offset) != offset:
            return False
    return len(values) >= _LEAST_ROWS


def lists_classes(values: Sequence[str]) -> bool:
    """Whether cells list several classes by name, ``nucleus;cytoplasm``: fewer parts than lists, none of them once."""
    distinct = {value for value in values if value}
    signs = ";|" if any(";" in value or "|" in value for value in distinct) else ","
    lists = [value for value in distinct if any(sign in value for sign in signs)]
    if len(lists) < 2 or len(distinct) > FEW_CLASSES**2:
        return False
    parts = Counter(part.strip() for value in values for part in re.split(f"[{signs}]", value) if part.strip())
    few = len(parts) <= min(FEW_CLASSES, len(distinct)) and min(parts.values()) >= _LEAST_EACH
    return few and not any("," in part or number(part) is not None for part in parts)


def only_measurements(columns: Collection[str]) -> tuple[tuple[str, ...], str]:
    """What is to be learned where a table has nothing but noisy numbers: replicates of one measurement, or one count.

    Args:
        columns: those of numbers that names take for noise.
    """
    replicates = [column for column in columns if _REPLICATE_WORD.search(column)]
    stems = {match["what"].lower() for column in replicates if (match := _REPLICATE.fullmatch(plain_name(column)))}
    if len(replicates) > 1 and len(replicates) == len(columns) and len(stems) == 1:
        return tuple(replicates), "replicates of one measurement, and nothing else to learn"
    counts = [column for column in columns if without_build(plain_name(column)) in _COUNTS]
    if len(counts) == 1 and len(columns) == 1:
        return (counts[0],), "the only column of numbers"
    return (), ""
