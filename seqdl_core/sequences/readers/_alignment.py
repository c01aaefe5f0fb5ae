"""Aligned sequences: gaps taken out, and the profile of the columns that are left.

In A2M and A3M an upper-case letter or '-' stands in a match column and a lower-case letter or '.' in an insertion; the
match columns of all records agree in number (HMMER and SAM's a2m; HH-suite's a3m leaves the '.' out).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice

_GAPS = str.maketrans("", "", "-.~_")
_INSERTIONS = str.maketrans("", "", "abcdefghijklmnopqrstuvwxyz.")


def is_aligned(sequences: Sequence[str]) -> bool:
    """Whether records are an alignment: gaps, and the same number of columns or of match columns."""
    if len(sequences) < 2 or not any("-" in sequence or "." in sequence for sequence in sequences):
        return False
    if len(set(map(len, sequences))) == 1:
        return True
    return len({len(match_columns(sequence)) for sequence in sequences}) == 1


def match_columns(aligned: str) -> str:
    """An A2M or A3M row without its insertions."""
    return aligned.translate(_INSERTIONS)


def without_gaps(aligned: Sequence[str], file: str) -> tuple[list[str], tuple[NoticeRecord, ...]]:
    """The sequences themselves, and a notice about the gaps."""
    plain = [sequence.translate(_GAPS) for sequence in aligned]
    changed = sum(len(before) != len(after) for before, after in zip(aligned, plain, strict=True))
    said = notice(changed, "aligned sequence", "with gaps, which were removed; the alignment is kept beside it.", file)
    return plain, (said,) if changed else ()


def profile(table: RawTable, letters: str) -> Float64[np.ndarray, "columns letters"]:
    """How often each letter stands in each match column of an alignment, gaps and other letters left aside.

    Match columns are those of A2M and A3M where rows differ in length, otherwise those with a letter in at least half
    of the rows. A column without any of the letters is all zero; else its entries sum to 1. T and U count alike.

    Raises:
        KeyError: for a table without a column ``aligned``.
    """
    rows = [str(cell) for cell in table.cells["aligned"]]
    if len(set(map(len, rows))) > 1:
        rows = [match_columns(row) for row in rows]
    if len(set(map(len, rows))) > 1:
        raise KeyError("aligned")
    codes = np.array([np.frombuffer(row.upper().encode("latin-1", "replace"), np.uint8) for row in rows])
    if "U" in letters and "T" not in letters:
        codes = np.where(codes == ord("T"), ord("U"), codes)
    elif "T" in letters:
        codes = np.where(codes == ord("U"), ord("T"), codes)
    filled = ~np.isin(codes, np.frombuffer(b"-.~_", np.uint8))
    codes = codes[:, filled.mean(axis=0) >= 0.5]
    counts = np.stack([(codes == ord(letter)).sum(axis=0) for letter in letters], axis=1).astype(np.float64)
    frequencies: Float64[np.ndarray, "columns letters"] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return frequencies
