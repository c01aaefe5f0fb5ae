"""FASTQ: reads with a quality for each letter, on four lines or wrapped over more.

Biopython's parser takes the records apart; which of the three encodings the qualities are in is told from the range of
their characters (Cock et al., Nucleic Acids Research 38:1767, 2010).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import IO, cast

import numpy as np
import pandas as pd
from Bio.SeqIO.QualityIO import FastqGeneralIterator
from jaxtyping import Float64
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._headers import pairs
from seqdl_core.sequences.readers._text import lines_of

_FIRST_RECORD = re.compile(r"\s*@[^\n]*(?:\n(?![@>])[A-Za-z*.~ \t-]*)*(?:\n\+|\n?\Z)")
_SAM_HEADER = re.compile(r"\s*@[A-Z]{2}\t[A-Z]{2}:")
_LOWEST, _HIGHEST = 33, 126
_ENCODINGS = {
    "sanger": "Sanger (Phred + 33)",
    "solexa": "Solexa (Solexa + 64)",
    "illumina": "Illumina 1.3 (Phred + 64)",
}
_LOOKED_AT = 100_000


def recognises(text: str) -> bool:
    """Whether the first record begins with '@' and has letters and a line with '+' below it."""
    return _FIRST_RECORD.match(text[:_LOOKED_AT]) is not None and not _SAM_HEADER.match(text)


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Reads to rows with the columns ``name``, ``sequence`` and ``quality`` (the mean Phred score, two decimals).

    Headers with ``label=1`` or another key that means a label or a part of a split give further columns, as in FASTA.

    Raises:
        ReadError: with the line of the first damaged record.
    """
    del layout  # FASTQ has only one
    names: list[str] = []
    titles: list[str] = []
    sequences: list[str] = []
    qualities: list[str] = []
    starts: list[int] = []
    lines = _Lines(file.text)
    records = FastqGeneralIterator(cast("IO[str]", lines))
    while True:
        start = lines.begins
        try:
            title, sequence, quality = next(records)
        except StopIteration:
            break
        except ValueError as problem:
            told = _lengths(lines.text_from(start)) if "Lengths" in str(problem) else _plain(str(problem))
            raise ReadError(
                f"The FASTQ record is damaged: {told}",
                where=f"line {start} of {file.name}",
                fix="Copy or download the file again, or remove the record.",
            ) from None
        names.append(title.split(None, 1)[0] if title.strip() else "")
        titles.append(title if "=" in title else "")  # a sequencer's titles have colons: 1:N:0:ATCACG
        sequences.append(sequence)
        qualities.append(quality)
        starts.append(start)
    _refuse_odd_letters(sequences, qualities, starts, file.name)
    scores, encoding = _mean_scores(qualities)
    nameless = [start for name, start in zip(names, starts, strict=True) if not name]
    said = notice(
        len(names), "read", f"with qualities taken to be {_ENCODINGS[encoding]}, from their range.", file.name
    )
    place = f"line {nameless[0]} of {file.name}" if nameless else file.name
    unnamed = notice(len(nameless), "record", "without a name, named by their number.", place)
    cells = {
        "name": [name or f"record_{row + 1}" for row, name in enumerate(names)],
        "sequence": sequences,
        "quality": [f"{score:.2f}" for score in scores],
    }
    cells |= {key: values for key, values in pairs(titles).items() if key not in cells} if any(titles) else {}
    return RawTable(
        file,
        "fastq",
        pd.DataFrame(cells, dtype=str),
        np.array(starts, np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        notices=(said, unnamed) if nameless else (said,),
    )


class _Lines:
    """A file of text that knows on which line the next record begins: the parser reads one line ahead."""

    def __init__(self, text: str) -> None:
        self._text = text  # an io.StringIO of it would take four bytes a letter
        self._at = 0
        self._number = 0

    @property
    def begins(self) -> int:
        """The line that was handed out last, a title where the record before is complete; 1 at the start."""
        return max(1, self._number)

    def text_from(self, line: int) -> str:
        """The text from a line on, which counts from 1."""
        return self._text.split("\n", line - 1)[-1]

    def read(self, size: int) -> str:
        """The parser reads nothing this way; it looks whether it gets text."""
        return self._text[self._at : self._at + size]

    def readline(self) -> str:
        """The next line, empty at the end."""
        self._number += 1
        begin = self._at
        self._at = self._text.find("\n", begin) + 1 or len(self._text)
        return self._text[begin : self._at]

    def __iter__(self) -> Iterator[str]:
        return iter(self.readline, "")


def _lengths(text: str) -> str:
    """How many letters and qualities the record has that a text begins with.

    Where the quality is too short, the parser takes the records after it for more of it.
    """
    lines = lines_of(text)
    next(lines)
    letters = sum(len(line.rstrip()) for line in takewhile(lambda line: not line.startswith("+"), lines))
    qualities = 0
    begin = text.index("\n", text.index("\n+") + 1) + 1
    for number, line in enumerate(lines):
        if number and line.startswith("@") and recognises(text[begin : begin + _LOOKED_AT]):
            break
        qualities += len(line.rstrip())
        begin += len(line) + 1
    return f"it has {letters:,} letters and {qualities:,} qualities."


def _plain(problem: str) -> str:
    sentence = " ".join(problem.split())[:200]
    return sentence if sentence.endswith(".") else f"{sentence}."


def _refuse_odd_letters(sequences: Sequence[str], qualities: Sequence[str], starts: Sequence[int], name: str) -> None:
    odd = re.compile(r"[^!-~]")
    everything = odd.search("".join(qualities)) or odd.search("".join(sequences))
    if not everything:
        return
    row, letter, kind = next(_odd(sequences, qualities, odd))
    raise ReadError(
        f"The {kind} holds the character U+{ord(letter):04X}, which FASTQ does not allow there.",
        where=f"line {starts[row]} of {name}",
        fix="Copy or download the file again, or remove the record.",
    )


def _odd(sequences: Sequence[str], qualities: Sequence[str], odd: re.Pattern[str]) -> Iterator[tuple[int, str, str]]:
    for row, texts in enumerate(zip(sequences, qualities, strict=True)):
        for text, kind in zip(texts, ("sequence", "quality string"), strict=True):
            found = odd.search(text)
            if found:
                yield row, found.group(), kind


def _mean_scores(qualities: Sequence[str]) -> tuple[Float64[np.ndarray, " N"], str]:
    """The mean Phred score of each read, 0 for an empty one, and the encoding."""
    joined = np.frombuffer("".join(qualities).encode("ascii"), np.uint8)
    lowest, highest = (int(joined.min()), int(joined.max())) if joined.size else (_LOWEST, _LOWEST)
    # Sanger reaches '~' in principle; machines stop near 'J' (41), so characters above it with none below ';' are + 64.
    encoding = "sanger"
    if lowest >= 59 and highest > 74:
        encoding = "solexa" if lowest < 64 else "illumina"
    scores: NDArray[np.float64] = joined.astype(np.float64) - (33 if encoding == "sanger" else 64)
    if encoding == "solexa":
        scores = 10 * np.log10(10 ** (scores / 10) + 1)
    lengths = np.array([len(quality) for quality in qualities], np.int64)
    sums = np.concatenate([[0.0], np.cumsum(scores)])
    ends = np.cumsum(lengths)
    return (sums[ends] - sums[ends - lengths]) / np.maximum(lengths, 1), encoding


READER = Reader(name="fastq", title="FASTQ", recognises=recognises, read=read, order=0)
