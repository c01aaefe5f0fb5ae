"""Columns that number the rows, and classes listed in a cell: what a column is beyond its kind and name."""

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.spelling import FEW_CLASSES, spelled_column
from seqdl_core.sequences.columns import without_build
from seqdl_core.sequences.vocabulary import number, plain_name

__all__ = ["begins_with_numbers", "counts_molecules", "counts_rows", "lists_classes", "rna_over_dna",
           "runs_of_numbers", "sums_up"]  # fmt: skip

_COUNTS = ("count", "counts", "read", "reads", "umi", "umis", "rpm", "cpm", "copies", "read_count", "read_counts",
           "total_reads")  # fmt: skip
_COUNTED = frozenset(["count", "counts", "umi", "umis"])
_REPLICATE = re.compile(r".+_rep_?\d+")
_LEAST_ROWS = 3
_LEAST_EACH = 2
_LEAST_ALONE = 2
_RECOMBINED = 3
_GOES_ALONG = 0.8
_SUMMARIES = frozenset(["mean", "average", "avg", "median", "mittelwert", "moyenne"])
_LOOKED_AT = 200
_NEARLY = 0.9
_BEGINS = re.compile(
    r"\s*[<>~≈=≤≥]?\s*[+-]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][+-]?\d{1,3})?(?:\s*[±(/%*µμ°\[]|\s+[A-Za-z])"
)
_LIST = re.compile(r"\s*[\[(]?\s*(?:[+-]?[\d.]+(?:[eE][+-]?\d+)?|nan|null|none)(?:[\s,;]|$)", re.IGNORECASE)
_ITEM = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|null|none", re.IGNORECASE)


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
    """Whether a column of this name probably counts reads, a target only where a person says so; ``T0_rep1`` too."""
    plain = without_build(plain_name(column))
    return plain in _COUNTS or bool(_COUNTED & set(plain.split("_"))) or _REPLICATE.fullmatch(plain) is not None


def rna_over_dna(columns: Sequence[str]) -> str:
    """What has to be made of counts of RNA and DNA; ``""`` where columns are not of both."""
    words = [set(plain_name(column).split("_")) for column in columns if counts_molecules(column)]
    if not any("rna" in one for one in words) or not any("dna" in one for one in words):
        return ""
    return (
        "The activity log2(RNA / DNA) is in no column: add it to the table, from the counts summed over the barcodes "
        "of each element, or choose a column of counts."
    )


def sums_up(rows: Assembled, column: str, replicates: Sequence[str]) -> bool:
    """Whether a column may be made from these replicates: it says so, goes up with their mean, or they are counts."""
    if _SUMMARIES & set(plain_name(column).split("_")):
        return True
    cells = [[number(value) for value in spelled_column(rows, one)] for one in (column, *replicates)]
    found = pd.DataFrame(cells, dtype=float).T.dropna()
    measured = found.iloc[:, 1:]
    if len(found) < _LEAST_ROWS or (measured % 1 == 0).all(axis=None):
        return True
    ranks = pd.DataFrame({"it": found[0].rank(), "mean": measured.mean(axis=1).rank()})
    return bool(abs(ranks.corr().loc["it", "mean"]) >= _GOES_ALONG)


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


def runs_of_numbers(values: Sequence[str], sequences: Sequence[str]) -> bool:
    """Whether nearly all cells list as many numbers as the sequence beside them has letters: ``[0.1, 0.7]``."""
    pairs = [(v, s) for v, s in zip(values[:_LOOKED_AT], sequences[:_LOOKED_AT], strict=True) if v.strip() and s]
    fits = sum(
        len(sequence) > 1 and bool(_LIST.match(value)) and len(_ITEM.findall(value)) == len(sequence)
        for value, sequence in pairs
    )
    return bool(pairs) and fits >= _NEARLY * len(pairs)


def begins_with_numbers(values: Sequence[str]) -> int:
    """The first row with a number and more behind it, where nearly all cells are so or plain numbers; else -1."""
    filled = [(row, value) for row, value in enumerate(values[:_LOOKED_AT]) if value.strip()]
    more = [row for row, value in filled if _BEGINS.match(value)]
    plain = sum(number(value) is not None for _, value in filled)
    return more[0] if more and len(more) + plain >= _NEARLY * len(filled) else -1
