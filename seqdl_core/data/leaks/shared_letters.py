"""Letters that nearly all sequences hold in the same words: adapters, primers, constant flanks, tags.

They say nothing about who is a copy of whom, yet they make every pair more alike, and they lead every search from each
sequence to all others. So they are set to unknown before sequences are compared.
"""

from collections.abc import Sequence
from typing import no_type_check

import numpy as np
from numba import njit
from numpy.typing import NDArray

from seqdl_core.data.leaks._sketches import _hash, flat
from seqdl_core.sequences.alphabets import Alphabet

SHARE = 0.9
"""A word is shared where at least this part of the sequences holds it."""

_WORD = {4: 12, 20: 5}
_SAMPLE = 2000
_FEWEST_ROWS = 50
_FEWEST_LETTERS = 10
_LEAST_LEFT = 0.1
_BITS = 20
_MASK = np.uint64((1 << _BITS) - 1)


def without_shared(rows: Sequence[NDArray[np.uint8]], alphabet: Alphabet) -> tuple[list[NDArray[np.uint8]], int]:
    """The codes with shared letters unknown, and how many letters that is in a typical sequence (the median).

    Where hardly anything else is left, as in a mutational scan, and where there are fewer than 50 rows, nothing is
    taken away. Words are counted in up to 2,000 rows, spread evenly.
    """
    rows = list(rows)
    if len(rows) < _FEWEST_ROWS:
        return rows, 0
    k = _WORD[alphabet.size]
    codes, offsets = flat(rows)
    sample = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE)).astype(np.int64))
    common = _rows_by_word(codes, offsets, sample, k, alphabet.size) >= SHARE * len(sample)
    if not common.any():
        return rows, 0
    masked = _masked(codes, offsets, common, k, alphabet.size)
    before, after = (known_letters(own, offsets, alphabet) for own in (codes, masked))
    left, length = float(np.median(after)), float(np.median(before))
    shared = round(float(np.median(before - after)))
    if left < max(_FEWEST_LETTERS, _LEAST_LEFT * length) or not shared:
        return rows, 0
    return np.split(masked, offsets[1:-1]), shared


def known_letters(codes: NDArray[np.uint8], offsets: NDArray[np.int64], alphabet: Alphabet) -> NDArray[np.int64]:
    """How many letters of each sequence are known; the sequences lie one behind the other, see ``_sketches.flat``."""
    running = np.concatenate([[0], np.cumsum(codes < alphabet.size)])
    return np.asarray(running[offsets[1:]] - running[offsets[:-1]], np.int64)


@njit(nogil=True, cache=True)
@no_type_check
def _rows_by_word(codes, offsets, sample, k, letters):
    """In how many of the sampled rows each word occurs, by the lowest bits of its hash."""
    count = np.zeros(1 << _BITS, np.int32)
    last = np.full(1 << _BITS, -1, np.int32)
    size = np.uint64(letters)
    top = size ** np.uint64(k - 1)
    for row in sample:
        word, known = np.uint64(0), 0
        for place in range(offsets[row], offsets[row + 1]):
            if codes[place] >= letters:
                word, known = np.uint64(0), 0
                continue
            word = (word % top) * size + np.uint64(codes[place])
            known += 1
            if known >= k:
                number = np.int64(_hash(word) & _MASK)
                if last[number] != row:
                    last[number] = row
                    count[number] += 1
    return count


@njit(nogil=True, cache=True)
@no_type_check
def _masked(codes, offsets, common, k, letters):
    """The codes, with every letter of a common word unknown."""
    masked = codes.copy()
    size = np.uint64(letters)
    top = size ** np.uint64(k - 1)
    for row in range(len(offsets) - 1):
        word, known, done = np.uint64(0), 0, offsets[row]
        for place in range(offsets[row], offsets[row + 1]):
            if codes[place] >= letters:
                word, known = np.uint64(0), 0
                continue
            word = (word % top) * size + np.uint64(codes[place])
            known += 1
            if known >= k and common[np.int64(_hash(word) & _MASK)]:
                for step in range(max(done, place - k + 1), place + 1):
                    masked[step] = letters
                done = place + 1
    return masked
