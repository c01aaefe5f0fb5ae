"""What a simulation plants its sites into: random letters, shuffles of given sequences, or their GC content."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, UInt8
from numpy.typing import NDArray

from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

Kind: TypeAlias = Literal["random", "shuffled", "gc"]

_NUCLEOTIDES = (0.28, 0.22, 0.22, 0.28)


def composition_of(shares: Sequence[float], alphabet: Alphabet) -> NDArray[np.float64]:
    """How frequent each letter is to be; by default A and T 28 % each, and amino acids all alike.

    Raises:
        ConfigError: when the shares are not one a letter.
    """
    default = _NUCLEOTIDES if alphabet.size == len(_NUCLEOTIDES) else (1.0,) * alphabet.size
    wanted = np.array(shares or default, np.float64)
    if len(wanted) != alphabet.size or not np.isfinite(wanted).all() or (wanted < 0).any() or wanted.sum() <= 0:
        raise ConfigError(
            f"The composition has {len(wanted)} numbers, which are not the shares of {alphabet.letters}.",
            where="composition",
            fix=f"Give {alphabet.size} numbers from 0 on, such as 0.3,0.2,0.2,0.3 for DNA.",
        )
    return np.asarray(wanted / wanted.sum())


class Background:
    """Letters for sequences of one length, and how they are changed without changing what is kept of them."""

    def __init__(
        self,
        kind: Kind,
        alphabet: Alphabet,
        length: int,
        composition: Sequence[float] = (),
        given: Sequence[str] = (),
    ) -> None:
        """``given`` are sequences to shuffle or to take the GC content from.

        Raises:
            ConfigError, DataError: when the kind wants given sequences and they are not there, or are too short.
        """
        self.kind, self.alphabet, self.length = kind, alphabet, length
        self.composition = composition_of(composition, alphabet)
        if kind == "random":
            return
        if not given:
            raise ConfigError(
                f"The background '{kind}' is made from sequences, and none are given.",
                where="background",
                fix="Give a file or a data set, or choose random.",
            )
        if kind == "gc" and alphabet.size != 4:
            raise ConfigError(
                f"A {alphabet.title} has no GC content.", where="background", fix="Choose random or shuffled."
            )
        least = length if kind == "shuffled" else 1
        self.given = [alphabet.encode(sequence) for sequence in given if len(sequence) >= least]
        if not self.given:
            raise DataError(
                f"None of the {len(given):,} given sequences has {length:,} letters to shuffle.",
                where="background",
                fix="Simulate shorter sequences, or give longer ones.",
            )

    def draw(self, rows: int, rng: np.random.Generator) -> UInt8[np.ndarray, "N L"]:
        """So many sequences. With ``gc`` each has the GC content of one that is given, to the letter."""
        if self.kind == "random":
            return rng.choice(self.alphabet.size, (rows, self.length), p=self.composition).astype(np.uint8)
        chosen = [self.given[number] for number in rng.integers(0, len(self.given), rows).tolist()]
        if self.kind == "gc":
            return np.stack([self._with_gc(sequence, rng) for sequence in chosen])
        starts = [int(rng.integers(0, len(sequence) - self.length + 1)) for sequence in chosen]
        windows = [sequence[at : at + self.length] for sequence, at in zip(chosen, starts, strict=True)]
        return dinucleotide_shuffle(np.stack(windows), rng)

    def restored(
        self,
        row: UInt8[np.ndarray, " L"],
        planted: Bool[np.ndarray, " L"],
        gc: int,
        rng: np.random.Generator,
    ) -> UInt8[np.ndarray, " L"]:
        """With ``gc``: the row with letters around its sites changed so that it holds ``gc`` of C and G again.

        Without this, the sites' own letters would give the positives another GC content than the negatives.
        """
        if self.kind != "gc":
            return row
        row = row.copy()
        strong = (row == 1) | (row == 2)
        excess = int(strong.sum()) - gc
        places = rng.permutation(np.flatnonzero((strong if excess > 0 else ~strong) & ~planted))[: abs(excess)]
        letters = (0, 3) if excess > 0 else (1, 2)
        row[places] = rng.choice(letters, len(places))
        return row

    def scrambled(
        self,
        row: UInt8[np.ndarray, " L"],
        planted: Bool[np.ndarray, " L"],
        wrong: Bool[np.ndarray, " L"],
        rng: np.random.Generator,
    ) -> UInt8[np.ndarray, " L"]:
        """The row with other letters at the ``wrong`` places outside the sites.

        Each changes places with another letter of the background, so that the composition stays. That would spoil the
        dinucleotides of ``shuffled``, where all letters outside the sites are shuffled anew, between sites.
        """
        row = row.copy()
        if self.kind == "shuffled":
            ends = np.flatnonzero(np.diff(planted.astype(np.int8), prepend=1, append=1))
            for start, end in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
                row[start:end] = dinucleotide_shuffle(row[None, start:end], rng)[0]
            return row
        free = np.flatnonzero(~planted)
        for place in np.flatnonzero(wrong & ~planted).tolist():
            other = int(rng.choice(free))
            row[place], row[other] = row[other], row[place]
        return row

    def _with_gc(self, sequence: UInt8[np.ndarray, " M"], rng: np.random.Generator) -> UInt8[np.ndarray, " L"]:
        known = sequence[sequence < self.alphabet.size]
        share = float(((known == 1) | (known == 2)).mean()) if len(known) else 0.5
        strong = rng.permutation(np.arange(self.length) < round(share * self.length))
        return np.where(strong, rng.integers(1, 3, self.length), 3 * rng.integers(0, 2, self.length)).astype(np.uint8)
