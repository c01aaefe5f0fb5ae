"""Columns that number the rows, and classes listed in a cell: what a column is beyond its kind and name."""

import re
from collections import Counter
from collections.abc import Sequence

from seqdl_core.data.inference import Assembled
from seqdl_core.data.spelling import FEW_CLASSES, spelled_column
from seqdl_core.sequences.columns import without_build
from seqdl_core.sequences.vocabulary import number, plain_name

__all__ = ["counts_molecules", "counts_rows", "lists_classes"]

_COUNTS = ("count", "counts", "read", "reads", "umi", "umis", "rpm", "cpm", "copies", "read_count", "read_counts",
           "total_reads")  # fmt: skip
_LEAST_ROWS = 3
_LEAST_EACH = 2
_LEAST_ALONE = 2
_RECOMBINED = 3


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


def counts_molecules(column: str) -> bool:
    """Whether a column of this name probably counts reads, which are a target only where a person says so."""
    return without_build(plain_name(column)) in _COUNTS


def lists_classes(values: Sequence[str]) -> bool:
    """Whether cells list several classes by name, ``nucleus;cytoplasm``: fewer parts than lists, none of them once.

    A part that never stands alone may be a piece of a name, ``naive|CD4``; so at least two parts stand alone too, or
    the parts come in far more combinations than there are parts.
    """
    distinct = {value for value in values if value}
    signs = ";|" if any(";" in value or "|" in value for value in distinct) else ","
    lists = [value for value in distinct if any(sign in value for sign in signs)]
    if len(lists) < 2 or len(distinct) > FEW_CLASSES**2:
        return False
    parts = Counter(part.strip() for value in values for part in re.split(f"[{signs}]", value) if part.strip())
    few = len(parts) <= min(FEW_CLASSES, len(distinct)) and min(parts.values()) >= _LEAST_EACH
    alone = len(parts.keys() & {value.strip() for value in distinct})
    if alone < _LEAST_ALONE and len(lists) < _RECOMBINED * len(parts):
        return False
    return few and not any("," in part or number(part) is not None for part in parts)
