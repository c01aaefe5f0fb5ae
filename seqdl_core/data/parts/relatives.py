"""Rows that belong together by what is known of them besides their letters: a place of a genome, a group, any chain.

Two windows of a genome that share a position show a network the same letters, and a window between them joins both; so
what belongs together are chains: the connected components of everything that two rows may share.
"""

import numpy as np
import pandas as pd
from jaxtyping import Int64
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.contigs import contig_key

_APART = float(2**33)
"""No chromosome is a tenth as long."""


def chained(rows: NDArray[np.int64], keys: NDArray[np.int64], count: int) -> Int64[np.ndarray, " N"]:
    """A number for each of ``count`` rows, the same for rows that a chain of shared keys connects.

    Numbered from 0 in the order of first appearance; a row without a key is alone.

    Args:
        rows, keys: the pairs of a row and a key that it has; keys count from 0.
    """
    size = count + (int(keys.max()) + 1 if len(keys) else 0)
    graph = coo_array((np.ones(len(rows), np.int8), (rows, keys + count)), shape=(size, size))
    found = connected_components(graph, directed=False)[1][:count]
    return np.asarray(pd.factorize(found)[0], np.int64)


def joined(*numbers: Int64[np.ndarray, " N"]) -> Int64[np.ndarray, " N"]:
    """One number a row from several: rows that share any of theirs belong together, and so do chains of them.

    Args:
        numbers: each a number per row, -1 for a row that belongs with nobody.
    """
    rows, keys, first = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for one in numbers:
        there = np.flatnonzero(one >= 0)
        rows.append(there)
        keys.append(one[there] + first)
        first += int(one.max(initial=-1)) + 1
    return chained(np.concatenate(rows), np.concatenate(keys), len(numbers[0]))


def contig_keys(names: pd.Series) -> list[str]:
    """One spelling for names of the same chromosome, ``""`` for a row without one; see :func:`contig_key`."""
    spelled = {name: "" if name is None or name != name else contig_key(str(name)) for name in names.unique().tolist()}
    return [spelled.get(name, "") for name in names.tolist()]


def contig_numbers(table: pd.DataFrame, alphabet: Alphabet) -> Int64[np.ndarray, " N"]:
    """A number for the chromosome of each row, and for RNA its strand; -1 for a row without a place on one.

    Args:
        table: with the columns ``chromosome``, ``start`` and ``end`` (0-based half-open), perhaps ``strand``.
    """
    keys = np.array(contig_keys(table["chromosome"]), object)
    placed = np.isfinite(table["start"].to_numpy(np.float64)) & np.isfinite(table["end"].to_numpy(np.float64))
    placed &= np.array(keys != "", bool)
    if not alphabet.double_stranded and "strand" in table.columns:
        keys = keys + " " + table["strand"].astype(str).to_numpy(object)
    return np.where(placed, pd.factorize(keys)[0], -1).astype(np.int64)


def has_places(table: pd.DataFrame) -> bool:
    """Whether rows tell where on a genome they lie."""
    return {"chromosome", "start", "end"} <= set(table.columns)


def overlapping(table: pd.DataFrame, alphabet: Alphabet) -> Int64[np.ndarray, " N"]:
    """A number per row, the same for intervals that share a position, and for chains of them; -1 without a place.

    Intervals that only touch share nothing. Windows of RNA overlap on their own strand only.
    """
    found = np.full(len(table), -1, np.int64)
    if not has_places(table):
        return found
    contig = contig_numbers(table, alphabet)
    placed = np.flatnonzero(contig >= 0)
    start, end = (
        contig[placed] * _APART + np.maximum(table[name].to_numpy(np.float64)[placed], 0) for name in ("start", "end")
    )
    order = np.argsort(start, kind="stable")
    reached = np.maximum.accumulate(end[order])
    begins = np.ones(len(order), bool)
    begins[1:] = start[order][1:] >= reached[:-1]
    found[placed[order]] = np.cumsum(begins) - 1
    return found
