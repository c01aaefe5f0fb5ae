"""A FASTA file to codes in memory, at the speed of a disk: one pass over the bytes, in blocks, compiled.

    codes = read_codes(Path("genome.fa"), DNA)
    codes.names[3], codes.record(3)

It reads what :mod:`seqdl_core.sequences.readers.fasta` reads, letter by letter alike, and keeps codes instead of text.
"""

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int64, UInt8
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.fasta_scanner import BLANKS, FOREIGN, SKIPPED, ForeignLetter, Scanner, decoded


@dataclass(frozen=True, eq=False)
class FastaCodes:
    """All records of a file, one after the other.

    Attributes:
        codes: the letters of all records; what is foreign has the code 255.
        offsets: record ``n`` is ``codes[offsets[n]:offsets[n + 1]]``.
        lines: the 1-based line of each record's header.
        headers: the header lines without their '>', one after the other; ``header_offsets`` cuts them.
        foreign: how many letters the alphabet does not know; ``first`` is the first of them.
    """

    codes: UInt8[np.ndarray, "M"]
    offsets: NDArray[np.int64]
    lines: Int64[np.ndarray, "N"]
    headers: bytes
    header_offsets: NDArray[np.int64]
    foreign: int = 0
    first: ForeignLetter | None = None

    def __len__(self) -> int:
        return len(self.lines)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The header lines without blanks around them; decoded when they are first asked for."""
        cuts = self.header_offsets.tolist()
        return tuple(decoded(self.headers[a:b]).strip() for a, b in pairwise(cuts))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The first word of each header."""
        return tuple((title.split(maxsplit=1) or [""])[0] for title in self.titles)

    def record(self, number: int) -> UInt8[np.ndarray, "L"]:
        """The codes of one record, without copying them."""
        return self.codes[self.offsets[number] : self.offsets[number + 1]]


def read_codes(path: Path, alphabet: Alphabet, foreign: Literal["refuse", "keep"] = "refuse") -> FastaCodes:
    """Read a FASTA file, plain or compressed with gzip.

    Lines may be wrapped and end in any way; letters may be in either case; blanks inside sequences and lines that begin
    with a ';' (comments) are left out.

    Args:
        foreign: ``keep`` gives letters that the alphabet does not know the code 255 and counts them.

    Raises:
        ReadError: the file is no FASTA file or, with ``refuse``, holds a foreign letter; it names the first one.
    """
    scanner = Scanner(path, scan_table(alphabet))
    with closing(scanner):
        parts = list(scanner.parts(0 if scanner.compressed else scanner.bytes))
    if not len(parts):
        raise ReadError("The file is empty.", where=path.name, fix="Choose a file with at least one sequence.")
    first = scanner.first_foreign
    if first and foreign == "refuse":
        raise ReadError(
            f"{shown_letter(first.character)} is not a {alphabet.title} letter.",
            where=f"line {first.line} of {path.name} (record {first.record + 1}), letter {first.position + 1}",
            fix=f"Use {', '.join(alphabet.letters)} or {alphabet.unknown}.",
        )
    letters = [part.letters for part in parts]
    headers = b"".join([part.headers for part in parts])
    starts = np.concatenate([part.starts for part in parts])
    header_starts = np.concatenate([part.header_starts for part in parts])
    return FastaCodes(
        codes=scanner.all_letters if scanner.all_letters is not None else np.concatenate(letters),
        offsets=np.append(starts, scanner.letters),
        lines=np.concatenate([part.lines for part in parts]),
        headers=headers,
        header_offsets=np.append(header_starts, len(headers)),
        foreign=scanner.foreign,
        first=first,
    )


def scan_table(alphabet: Alphabet) -> UInt8[np.ndarray, "256"]:
    """What becomes of each byte inside a sequence: a code below 128, 254 for what is left out, 255 for the foreign."""
    table = np.full(256, FOREIGN, np.uint8)
    for code, letter in enumerate(alphabet.letters + alphabet.unknown):
        table[ord(letter)] = table[ord(letter.lower())] = code
    table[list(BLANKS)] = SKIPPED
    return table


def shown_letter(character: str) -> str:
    """A letter for a sentence: ``'J'``, ``The character U+0007``."""
    return repr(character) if character.isprintable() else f"The character U+{ord(character):04X}"
