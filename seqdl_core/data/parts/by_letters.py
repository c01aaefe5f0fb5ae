"""Training and test: drawn by the letters of each sequence, beside its reverse complement, and what the parts share.

Which rows test follows from a hash of their letters and the seed, not from their place, so a file gives the same parts
in whatever order its rows stand and however many of them are in memory together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64, Shaped, UInt64

from seqdl_core.data.dataset_info import PART_WORDS
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.fasta_batches import hash_strands, mix
from seqdl_core.sequences.readers import NoticeRecord, notice

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


@dataclass(frozen=True)
class Shared:
    """How many rows of one part another part has too, as they stand or as their other strand."""

    test_in_training: int = 0
    test_in_validation: int = 0
    validation_in_training: int = 0

    def told(self) -> list[tuple[int, str, str]]:
        """Those that there are: how many, and the words for the two parts."""
        counts = (self.test_in_training, self.test_in_validation, self.validation_in_training)
        return [(count, *parts) for count, parts in zip(counts, COMPARED_WORDS, strict=True) if count]

    def evidence(self, validated: bool) -> str:
        """``20 test sequences are also in validation``; that there is none.

        Args:
            validated: whether there is a validation part.
        """
        said = [f"{count:,} {one} {'sequences are' if count > 1 else 'sequence is'} also in {other}"
                for count, one, other in self.told()]  # fmt: skip
        return "; ".join(said) or f"no sequence is in {'two of them' if validated else 'both'}"

    def notices(self, alphabet: Alphabet, where: Sequence[str] = ("", "", "")) -> list[NoticeRecord]:
        """One for each two parts that share rows; ``where`` the first such row of each is."""
        either = ", as it stands or as its reverse complement" if alphabet.double_stranded else ""
        places = dict(zip(COMPARED_WORDS, where, strict=True))
        return [
            notice(count, f"{one} row", f"also found in {other}{either}.", places[one, other], part=one)
            for count, one, other in self.told()
        ]


COMPARED = (("test", "train"), ("test", "validation"), ("validation", "train"))
"""Which part is held against which: what tests was not to be learned from nor chosen by."""

COMPARED_WORDS = tuple((one, PART_WORDS[other]) for one, other in COMPARED)


def shared_rows(groups: Sequence[str], splits: Sequence[str]) -> list[list[int]]:
    """For each two parts of :data:`COMPARED` the rows of the first whose sequence the second has too.

    Args:
        groups: the sequences as :func:`strand_free` spells them.
        splits: the part of each row.
    """
    known: dict[str, set[str]] = {}
    for group, split in zip(groups, splits, strict=True):
        known.setdefault(split, set()).add(group)
    rows = list(enumerate(zip(groups, splits, strict=True)))
    return [
        [row for row, (group, split) in rows if split == held and group in known[other]] if other in known else []
        for held, other in COMPARED
    ]


def shared_by(groups: Sequence[str], splits: Sequence[str]) -> Shared:
    """The same as counts."""
    return Shared(*map(len, shared_rows(groups, splits)))
