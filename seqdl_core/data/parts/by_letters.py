"""Training and test: drawn by the letters of each sequence, beside its reverse complement, and what the parts share.

Which rows test follows from a hash of their letters and the seed, not from their place, so a file gives the same parts
in whatever order its rows stand and however many of them are in memory together.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64, Shaped, UInt64

from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.fasta_batches import hash_strands, mix

MANY_GROUPS = 20_000
"""From so many different sequences of a class on, each is drawn for itself; of fewer, the share is met exactly."""


def strand_free(sequences: Sequence[str], alphabet: Alphabet) -> list[str]:
    """One spelling for a DNA sequence and its reverse complement: whichever comes first in the alphabet.

    RNA and proteins have one strand, so theirs are left as they are.
    """
    if not alphabet.double_stranded:
        return list(sequences)
    table = str.maketrans(alphabet.letters, alphabet.complement)
    return [min(sequence, sequence.translate(table)[::-1]) for sequence in sequences]


def random_test_rows(
    sequences: Sequence[str],
    alphabet: Alphabet,
    classes: Float64[np.ndarray, "N"],
    fraction: float,
    seed: int,
) -> Bool[np.ndarray, "N"]:
    """Which rows to hold back: the same share of each class; copies, and other strands of DNA, stay together.

    A sequence counts with the class of its first row. Of two different ones in a class, one is held back at least.
    """
    group_of, groups = pd.factorize(hash_strands(sequences, alphabet))
    first = np.unique(group_of, return_index=True)[1]
    sizes = np.bincount(group_of)
    held = np.zeros(len(groups), bool)
    for one in np.unique(classes):
        members = np.flatnonzero(classes[first] == one)
        held[members] = held_back(groups[members], sizes[members], fraction, seed)
    return np.asarray(held[group_of])


def held_back(
    hashes: UInt64[np.ndarray, "G"], sizes: Shaped[np.ndarray, "G"], fraction: float, seed: int
) -> Bool[np.ndarray, "G"]:
    """Which of the different sequences of one class test; ``sizes`` are their rows.

    Of fewer than MANY_GROUPS, those that come first in a random order, so many that the share of rows is met as closely
    as whole groups allow.
    """
    if len(hashes) >= MANY_GROUPS:
        return drawn_alone(hashes, fraction, seed)
    held = np.zeros(len(hashes), bool)
    if len(hashes) > 1:
        order = np.argsort(_order(hashes, seed), kind="stable")
        filled: Int64[np.ndarray, " G"] = np.cumsum(sizes[order])
        number = int(np.argmin(np.abs(filled - fraction * filled[-1]))) + 1
        held[order[: min(number, len(order) - 1)]] = True
    return held


def drawn_alone(hashes: UInt64[np.ndarray, "G"], fraction: float, seed: int) -> Bool[np.ndarray, "G"]:
    """Each for itself: whether its number, between 0 and 1, is below the share."""
    return np.asarray(_order(hashes, seed) < np.uint64(fraction * 2**53))


def _order(hashes: UInt64[np.ndarray, "G"], seed: int) -> UInt64[np.ndarray, "G"]:
    return np.asarray(mix(hashes, seed) >> np.uint64(11))


def kept_together(alphabet: Alphabet) -> str:
    """What counts as copies of each other, as the beginning of a sentence."""
    return "A sequence and its reverse complement" if alphabet.double_stranded else "Equal sequences"


def shared_rows(alphabet: Alphabet) -> str:
    """What a notice says about test rows that training has too."""
    return f"also found in training{', as it stands or as its reverse complement' if alphabet.double_stranded else ''}."


def shared_with_test(groups: Sequence[str], is_test: Bool[np.ndarray, "N"]) -> int:
    """How many test rows have a group, as :func:`strand_free` spells it, that also occurs outside the test set."""
    elsewhere = {group for group, test in zip(groups, is_test.tolist(), strict=True) if not test}
    return sum(1 for group, test in zip(groups, is_test.tolist(), strict=True) if test and group in elsewhere)
