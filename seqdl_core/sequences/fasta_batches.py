"""Records of a FASTA file in batches, for files that do not fit into memory; letters are cleaned as compiled code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Int64, UInt8, UInt64
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.compiled import compiled
from seqdl_core.sequences.fasta_scanner import BLANKS, FOREIGN, SKIPPED, Scanner, decoded

LOWER, UNKNOWN, AMBIGUOUS, ODD, KNOWN, SWAPPED, STOPPED = 1, 2, 4, 8, 16, 32, 64
"""What the letters of a record are: one bit each in Letters.seen."""

MOST_LETTERS = 16 * 2**20
"""The longest record that is imported as one sequence."""

BATCH_BYTES = 2 * 2**20

_STOP = 42


@dataclass(frozen=True, eq=False)
class Batch:
    """Some whole records: letters and headers as the file has them, one after the other; lines count from 1."""

    letters: UInt8[np.ndarray, "M"]
    offsets: NDArray[np.int64]
    headers: bytes
    header_offsets: NDArray[np.int64]
    lines: Int64[np.ndarray, "N"]

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def titles(self) -> list[str]:
        """The headers without their '>' and blanks around them."""
        cuts = self.header_offsets.tolist()
        return [decoded(self.headers[begin:end]).strip() for begin, end in pairwise(cuts)]

    @property
    def titles_in_memory(self) -> Any:
        """The headers as an arrow array of the bytes that were read; None where they are not plain ASCII."""
        if not self.headers.isascii():
            return None
        pieces = pa.py_buffer(self.header_offsets), pa.py_buffer(self.headers)
        return pa.LargeStringArray.from_buffers(len(self), *pieces)

    def where(self, row: int, file: str) -> str:
        """``line 214 of reads.fa (record r17)``."""
        words = decoded(self.headers[self.header_offsets[row] : self.header_offsets[row + 1]]).split(maxsplit=1)
        return f"line {int(self.lines[row])} of {file}" + (f" (record {words[0][:60]})" if words else "")


@dataclass(frozen=True, eq=False)
class Letters:
    """The letters of a batch in upper case, of one alphabet.

    Attributes:
        ascii: all letters; record ``n`` is ``ascii[offsets[n]:offsets[n + 1]]``.
        seen: what each record's letters were; ``ODD`` means that some are of no use.
        ambiguous: how many ambiguous letters there were in all; ``cropped`` how many records were cut.
        hashes: of each sequence; ``strand_free`` is the same for a sequence and its reverse complement.
    """

    ascii: UInt8[np.ndarray, "K"]
    offsets: NDArray[np.int64]
    seen: UInt8[np.ndarray, "N"]
    ambiguous: int
    cropped: int
    hashes: UInt64[np.ndarray, "N"]
    strand_free: UInt64[np.ndarray, "N"]

    def with_bit(self, bit: int) -> int:
        """How many records have this bit."""
        return int(((self.seen & bit) != 0).sum())


def text_table() -> UInt8[np.ndarray, "256"]:
    """A table for Scanner that keeps every letter as it is; what is no ASCII is foreign, blanks are left out."""
    table = np.arange(256, dtype=np.uint8)
    table[128:] = FOREIGN
    table[0] = FOREIGN
    table[list(BLANKS)] = SKIPPED
    return table


def batches(scanner: Scanner) -> Iterator[Batch]:
    """The file's records, as many at a time as begin in one block. Raises ReadError for a record that is too long."""
    letters = np.zeros(0, np.uint8)
    starts, header_starts, lines = (np.zeros(0, np.int64) for _ in range(3))
    headers, base, header_base = b"", 0, 0
    for part in scanner.parts():
        letters = np.concatenate([letters, part.letters])
        headers += part.headers
        starts, lines = np.concatenate([starts, part.starts]), np.concatenate([lines, part.lines])
        header_starts = np.concatenate([header_starts, part.header_starts])
        if len(starts) > 1:
            end, header_end = int(starts[-1]) - base, int(header_starts[-1]) - header_base
            yield Batch(letters[:end], starts - base, headers[:header_end], header_starts - header_base, lines[:-1])
            letters, headers = letters[end:].copy(), headers[header_end:]
            base, header_base = int(starts[-1]), int(header_starts[-1])
            starts, header_starts, lines = starts[-1:], header_starts[-1:], lines[-1:]
        if len(letters) > MOST_LETTERS:
            raise ReadError(
                f"The record has more than {MOST_LETTERS:,} letters, too many for one sequence.",
                where=f"line {int(lines[0]) if len(lines) else 1} of {scanner.name}",
                fix="Bring a genome together with intervals (BED) that say which stretches of it are the sequences.",
            )
    if len(starts):
        ends, header_ends = np.append(starts - base, len(letters)), np.append(header_starts - header_base, len(headers))
        yield Batch(letters, ends, headers, header_ends, lines)


@dataclass(frozen=True, eq=False)
class Rules:
    """How letters are read, for :func:`clean`: tables over bytes, made by :func:`rules`."""

    kinds: UInt8[np.ndarray, "256"]
    upper: UInt8[np.ndarray, "256"]
    complement: UInt8[np.ndarray, "256"]


def rules(alphabet: Alphabet, keep_ambiguous: bool, swap: bool) -> Rules:
    """Tables for an alphabet.

    Args:
        keep_ambiguous: whether ambiguous letters and gaps are read as the unknown letter; else they are odd.
        swap: whether T is read as U in RNA, and U as T in DNA.
    """
    kinds, upper = np.full(256, ODD, np.uint8), np.arange(256, dtype=np.uint8)
    for letter in alphabet.letters:
        kinds[ord(letter)] = KNOWN
    kinds[ord(alphabet.unknown)] = UNKNOWN
    for letter in (alphabet.ambiguous + "-") if keep_ambiguous else "":
        kinds[ord(letter)], upper[ord(letter)] = AMBIGUOUS, ord(alphabet.unknown)
    if swap and alphabet.name in ("dna", "rna"):
        old, new = ("U", "T") if alphabet.name == "dna" else ("T", "U")
        kinds[ord(old)], upper[ord(old)] = KNOWN | SWAPPED, ord(new)
    capitals = np.arange(ord("A"), ord("Z") + 1)
    kinds[capitals + 32], upper[capitals + 32] = kinds[capitals] | LOWER, upper[capitals]
    complement = np.zeros(256, np.uint8)  # zeros: RNA and proteins have one strand
    if alphabet.double_stranded:
        complement[[ord(letter) for letter in alphabet.letters]] = [ord(other) for other in alphabet.complement]
        complement[ord(alphabet.unknown)] = ord(alphabet.unknown)
    return Rules(kinds, upper, complement)


def clean(batch: Batch, rules: Rules, width: int = 0) -> Letters:
    """Letters in upper case with a '*' at the end taken off; ``width`` keeps that many in the middle (0: all)."""
    rows = len(batch)
    text = np.empty(len(batch.letters), np.uint8)
    offsets, seen = np.zeros(rows + 1, np.int64), np.zeros(rows, np.uint8)
    hashes, strand_free = np.empty(rows, np.uint64), np.empty(rows, np.uint64)
    ambiguous, cropped = compiled(_clean)(
        batch.letters, batch.offsets, rules.kinds, rules.upper, rules.complement, width, text, offsets, seen, hashes,
        strand_free,
    )  # fmt: skip
    return Letters(text[: offsets[-1]], offsets, seen, int(ambiguous), int(cropped), hashes, strand_free)


def hash_strands(sequences: Sequence[str], alphabet: Alphabet) -> UInt64[np.ndarray, "N"]:
    """A hash of each sequence of clean letters, the same for a DNA sequence and its reverse complement."""
    offsets = np.cumsum([0, *map(len, sequences)], dtype=np.int64)
    letters = np.frombuffer("".join(sequences).encode("latin-1", "replace"), np.uint8)
    nothing = np.zeros(len(sequences), np.int64)
    return clean(
        Batch(letters, offsets, b"", np.zeros_like(offsets), nothing), rules(alphabet, False, False)
    ).strand_free


def hash_texts(letters: UInt8[np.ndarray, "M"], offsets: NDArray[np.int64]) -> UInt64[np.ndarray, "N"]:
    """A 64-bit hash of each piece of a text."""
    hashes = np.empty(len(offsets) - 1, np.uint64)
    compiled(_hash)(letters, offsets, hashes)
    return hashes


def mix(numbers: UInt64[np.ndarray, "N"], seed: int) -> UInt64[np.ndarray, "N"]:
    """Numbers that look random and are the same for the same seed (the finisher of splitmix64)."""
    mixed = numbers + np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _clean(
    letters: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    kinds: NDArray[np.uint8],
    upper: NDArray[np.uint8],
    complement: NDArray[np.uint8],
    width: int,
    text: NDArray[np.uint8],
    new_offsets: NDArray[np.int64],
    seen: NDArray[np.uint8],
    hashes: NDArray[np.uint64],
    strand_free: NDArray[np.uint64],
) -> tuple[int, int]:
    """Letters and what they are; how many are ambiguous, how many records were cut to ``width``.

    Hashes are FNV-1a (Fowler, Noll & Vo) over 64 bits, of either strand."""
    prime = np.uint64(0x100000001B3)
    written = 0
    ambiguous = 0
    cropped = 0
    for row in range(len(seen)):
        begin, end = offsets[row], offsets[row + 1]
        bits = np.uint8(0)
        if end > begin and letters[end - 1] == _STOP:
            end -= 1
            bits |= np.uint8(STOPPED)
        for place in range(begin, end):
            kind = kinds[letters[place]]
            bits |= kind
            ambiguous += (kind & AMBIGUOUS) != 0
        if width and end - begin > width:
            begin += (end - begin - width) // 2
            end = begin + width
            cropped += 1
        forward = backward = np.uint64(0xCBF29CE484222325)
        for step in range(end - begin):
            letter = upper[letters[begin + step]]
            text[written + step] = letter
            forward = (forward ^ np.uint64(letter)) * prime
            other = complement[upper[letters[end - 1 - step]]]
            backward = (backward ^ np.uint64(other)) * prime
        written += end - begin
        new_offsets[row + 1] = written
        seen[row] = bits
        hashes[row] = forward
        strand_free[row] = min(forward, backward) if complement[65] else forward
    return ambiguous, cropped


def _hash(letters: NDArray[np.uint8], offsets: NDArray[np.int64], hashes: NDArray[np.uint64]) -> None:
    for piece in range(len(hashes)):
        value = np.uint64(0xCBF29CE484222325)
        for place in range(offsets[piece], offsets[piece + 1]):
            value = (value ^ np.uint64(letters[place])) * np.uint64(0x100000001B3)
        hashes[piece] = value
