"""Training and test: drawn at random with each sequence beside its reverse complement, and what the parts share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from seqdl_core.sequences.alphabets import Alphabet


def strand_free(sequences: Sequence[str], alphabet: Alphabet) -> list[str]:
    """One spelling for a sequence and its reverse complement: whichever comes first in the alphabet."""
    if not alphabet.complement:
        return list(sequences)
    table = str.maketrans(alphabet.letters, alphabet.complement)
    return [min(sequence, sequence.translate(table)[::-1]) for sequence in sequences]


def random_test_rows(
    groups: Sequence[str], labels: Float64[np.ndarray, "N"], fraction: float, seed: int
) -> Bool[np.ndarray, "N"]:
    """Which rows to hold back: whole groups, the same share of each class (at least one group where there are two).

    A group counts with the class of its first row. The share is met as closely as whole groups allow.
    """
    group_of, _ = pd.factorize(np.array(groups, dtype=object))  # numbered as they appear, so that letters do not matter
    first = np.unique(group_of, return_index=True)[1]
    sizes = np.bincount(group_of)
    held = np.zeros(len(sizes), bool)
    rng = np.random.default_rng(seed)
    for label in np.unique(labels):
        members: NDArray[np.intp] = np.flatnonzero(labels[first] == label)
        if len(members) < 2:
            continue
        drawn = rng.permutation(members)
        filled = np.cumsum(sizes[drawn])
        number = int(np.argmin(np.abs(filled - fraction * filled[-1]))) + 1
        held[drawn[: min(number, len(drawn) - 1)]] = True
    return np.asarray(held[group_of])


def shared_with_test(groups: Sequence[str], is_test: Bool[np.ndarray, "N"]) -> int:
    """How many test rows also occur outside the test set, as they are or as their reverse complement."""
    elsewhere = {group for group, test in zip(groups, is_test.tolist(), strict=True) if not test}
    return sum(1 for group, test in zip(groups, is_test.tolist(), strict=True) if test and group in elsewhere)
