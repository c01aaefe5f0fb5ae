"""DNA, RNA and protein: which letters there are, in which order, and how a sequence becomes codes.

A sequence travels as ``uint8`` codes: 0 to A-1 for the letters in order, A for "unknown" (N in DNA, X in protein).
Unknown becomes an all-zero column in the one-hot array.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from seqdl_core.errors import DataError, UnknownName

_FOREIGN = 255


@dataclass(frozen=True)
class Alphabet:
    """An ordered set of letters.

    Attributes:
        name: ``dna``, ``rna`` or ``protein``.
        letters: the letters in the order of the one-hot rows.
        unknown: the letter that stands for "any"; it is read without a question.
        ambiguous: further standard letters for "one of several"; refused unless a person reads them as unknown.
        complement: the complement of ``letters``, position by position, or ``""`` where there is none.
        unit: what a length is counted in.
        directed: the sequences are to be read as they stand, though the molecule has two strands: they lie alike on a
            promoter or a splice site, or are genes.
    """

    name: str
    letters: str
    unknown: str
    ambiguous: str
    complement: str
    unit: str
    directed: bool = False

    @property
    def size(self) -> int:
        """A, the number of letters."""
        return len(self.letters)

    @property
    def unknown_code(self) -> int:
        """The code of the unknown letter; it also pads sequences that are shorter than others."""
        return len(self.letters)

    @property
    def double_stranded(self) -> bool:
        """Whether a molecule carries both strands, so that a site counts on either (DNA)."""
        return self.name == "dna"

    @property
    def both_ways(self) -> bool:
        """Whether a sequence and its reverse complement mean the same: two strands, and no direction of reading."""
        return self.double_stranded and not self.directed

    @property
    def title(self) -> str:
        """The name as a sentence uses it: DNA, RNA, protein."""
        return self.name.upper() if self.name in ("dna", "rna") else self.name

    @cached_property
    def _code_of_byte(self) -> NDArray[np.uint8]:
        table = np.full(256, _FOREIGN, np.uint8)
        for code, letter in enumerate(self.letters + self.unknown):
            table[ord(letter)] = table[ord(letter.lower())] = code
        return table

    @cached_property
    def complement_codes(self) -> NDArray[np.uint8]:
        """``complement_codes[code]`` is the code of the complementary letter; unknown stays unknown."""
        if not self.complement:
            raise DataError(f"A {self.title} sequence has no reverse complement.", fix="Switch off both strands.")
        order = [self.letters.index(letter) for letter in self.complement]
        return np.array([*order, self.unknown_code], np.uint8)

    def encode(self, sequence: str) -> NDArray[np.uint8]:
        """One sequence to codes, either case. Raises DataError that names the first foreign letter and its position."""
        raw = np.frombuffer(sequence.encode("latin-1", "replace"), np.uint8)
        codes = self._code_of_byte[raw]
        if codes.size and codes.max() == _FOREIGN:
            at = int(np.argmax(codes == _FOREIGN))
            raise DataError(
                f"'{sequence[at]}' is not a {self.title} letter.",
                where=f"position {at + 1}",
                fix=f"Use {', '.join(self.letters)} or {self.unknown}.",
            )
        return codes

    def decode(self, codes: NDArray[np.uint8]) -> str:
        """Codes back to a sequence in upper case."""
        table = np.frombuffer((self.letters + self.unknown).encode(), np.uint8)
        return table[codes].tobytes().decode()


DNA = Alphabet("dna", "ACGT", "N", "RYSWKMBDHV", "TGCA", "bp")
RNA = Alphabet("rna", "ACGU", "N", "RYSWKMBDHV", "UGCA", "nt")
PROTEIN = Alphabet("protein", "ACDEFGHIKLMNPQRSTVWY", "X", "BZJUO", "", "residues")

_IUPAC, _COMPLEMENTS = "ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN"


def complements(rna: bool = False) -> dict[int, int]:
    """For ``str.translate``: the complement of every IUPAC letter, either case; of A it is T, or U in RNA."""
    table = str.maketrans(_IUPAC + _IUPAC.lower(), _COMPLEMENTS + _COMPLEMENTS.lower())
    return table | str.maketrans("Aa", "Uu") if rna else table


ALPHABETS = {alphabet.name: alphabet for alphabet in (DNA, RNA, PROTEIN)}


@cache
def alphabet_named(name: str, directed: bool = False) -> Alphabet:
    """The alphabet of this name, for sequences that are ``directed`` or not; raises UnknownName with the nearest."""
    if name not in ALPHABETS:
        raise UnknownName("alphabet", name, ALPHABETS)
    known = ALPHABETS[name]
    return replace(known, directed=True) if directed and known.double_stranded else known


def encode_all(sequences: Sequence[str], alphabet: Alphabet, length: int | None = None) -> UInt8[np.ndarray, "N L"]:
    """Sequences to one ``(N, L)`` array of codes, the shorter ones padded at the end with unknown.

    Args:
        length: L; by default the longest sequence's length.

    Raises:
        DataError: for a foreign letter (naming the sequence) or a sequence longer than ``length``.
    """
    longest = max((len(sequence) for sequence in sequences), default=0)
    width = longest if length is None else length
    if longest > width:
        raise DataError(
            f"A sequence of {longest} {alphabet.unit} is longer than {width} {alphabet.unit}.",
            fix=f"Cut it to {width} {alphabet.unit} around the site of interest.",
        )
    if sequences and all(len(sequence) == width for sequence in sequences):
        joined = np.frombuffer("".join(sequences).encode("latin-1", "replace"), np.uint8)
        codes = alphabet._code_of_byte[joined].reshape(len(sequences), width)
        if not codes.size or codes.max() != _FOREIGN:
            return codes
    out = np.full((len(sequences), width), alphabet.unknown_code, np.uint8)
    for row, sequence in enumerate(sequences):
        try:
            out[row, : len(sequence)] = alphabet.encode(sequence)
        except DataError as problem:
            raise DataError(problem.what, where=f"sequence {row + 1}, {problem.where}", fix=problem.fix) from None
    return out


def one_hot_array(codes: UInt8[np.ndarray, "N L"], letters: int) -> NDArray[np.float32]:
    """Codes ``(N, L)`` to float32 one-hot ``(N, A, L)``; unknown is an all-zero column."""
    rows, length = codes.shape
    encoded = np.empty((rows, letters, length), np.float32)
    every = np.arange(letters, dtype=np.uint8)[:, None]
    # One pass, ten times as fast as looking rows up in a table.
    np.equal(codes[:, None, :], every, out=encoded, casting="unsafe")
    return encoded


def reverse_complement(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> UInt8[np.ndarray, "N L"]:
    """The other strand of each sequence, read in its own 5' to 3' direction."""
    return np.ascontiguousarray(alphabet.complement_codes[codes[:, ::-1]])
