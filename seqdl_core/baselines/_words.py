"""Counting words of k letters, where a word and its reverse complement are one word on DNA."""

import numpy as np
from jaxtyping import Int64, UInt8
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from seqdl_core.sequences.alphabets import Alphabet


def both_strands(alphabet: Alphabet) -> bool:
    """Whether a sequence also stands for its reverse complement; not in RNA, nor in DNA that is read one way."""
    return alphabet.both_ways


def word_columns(k: int, alphabet: Alphabet) -> Int64[np.ndarray, " words"]:
    """Which column counts each word: the same one for both strands' spellings on DNA, one each otherwise.

    Words are in the order of their codes read as a number in base A, first letter most significant; columns are in the
    order of the first spelling of each.
    """
    words = np.arange(alphabet.size**k)
    if not both_strands(alphabet):
        return words
    mirrored = np.zeros_like(words)
    rest = words.copy()
    for _ in range(k):
        mirrored = mirrored * alphabet.size + alphabet.complement_codes[rest % alphabet.size]
        rest //= alphabet.size
    return np.unique(np.minimum(words, mirrored), return_inverse=True)[1].astype(np.int64)


def count_words(
    codes: UInt8[np.ndarray, "N L"], k: int, alphabet: Alphabet, columns: Int64[np.ndarray, " words"] | None = None
) -> csr_matrix:
    """How often each word occurs in each sequence, ``(N, columns)``; ``columns`` are by default of word_columns.

    A word with an unknown letter is not counted.
    """
    column = word_columns(k, alphabet) if columns is None else columns
    shape = (len(codes), int(column.max()) + 1)
    if codes.shape[1] < k:
        return csr_matrix(shape)
    known, words = _words(codes, k, alphabet)
    row, place = np.nonzero(known)
    return csr_matrix((np.ones(len(row)), (row, column[words[row, place]])), shape=shape)


def _words(codes: UInt8[np.ndarray, "N L"], k: int, alphabet: Alphabet) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """For each place a word may start at: whether all its letters are known, and its number."""
    places = codes.shape[1] - k + 1
    known = np.ones((len(codes), places), np.bool_)
    words = np.zeros((len(codes), places), np.int64)
    for offset in range(k):
        letter = codes[:, offset : offset + places]
        known &= letter < alphabet.size
        words = words * alphabet.size + np.where(letter < alphabet.size, letter, 0)
    return known, words
