"""Readers: one file a format. A reader is chosen by what the file holds, never by its name alone.

A reader turns text into a :class:`RawTable` and judges nothing: which column holds the labels, which alphabet it is and
whether the letters are right is decided by :mod:`seqdl_core.data.importing`, for all formats alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from seqdl_core.config import Config
from seqdl_core.errors import ReadError
from seqdl_core.registry import Registry
from seqdl_core.sequences.readers._foreign import recognise_foreign
from seqdl_core.sequences.readers._text import BinaryFile, FileIdentity, TextFile, open_text

__all__ = [
    "READERS",
    "BinaryFile",
    "Feature",
    "FileIdentity",
    "NoticeRecord",
    "RawTable",
    "Reader",
    "TextFile",
    "notice",
    "read_table",
]

Kind = Literal["sequences", "intervals", "variants", "mutants", "track", "indices", "other"]

_LONGEST_NAME_SHOWN = 60


class NoticeRecord(Config):
    """Something that was changed, left out or assumed while reading. ``what`` goes on after the count.

    ``part`` is the part of the split that it is about, ``""`` where it is about more than one.
    """

    what: str
    where: str = ""
    fix: str = ""
    count: int = 0
    part: str = ""

    @property
    def sentence(self) -> str:
        """``106 sequences with lower-case letters, read as upper case.``"""
        return f"{self.count:,} {self.what}" if self.count else self.what


def notice(count: int, noun: str, rest: str, where: str = "", fix: str = "", part: str = "") -> NoticeRecord:
    """A notice about ``count`` things; ``rest`` goes on after the noun without a verb that would have to agree."""
    return NoticeRecord(
        what=f"{noun if count == 1 else noun + 's'} {rest}", where=where, fix=fix, count=count, part=part
    )


@dataclass(frozen=True)
class Feature:
    """An annotated stretch of one row's sequence, 0-based half-open; ``strand`` is ``+``, ``-`` or ``.``."""

    row: int
    start: int
    end: int
    strand: str
    kind: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class RawTable:
    """What a file holds, as text: one row a sequence, an interval, a variant or a mutant.

    Columns with a meaning that the format fixes have fixed names: ``chrom``, ``start``, ``end``, ``strand`` (``+``,
    ``-`` or ``.``) and ``summit`` (from ``start``) of intervals, always 0-based half-open whatever the file counts in;
    ``chrom``, ``pos`` (1-based), ``id``, ``ref``, ``alt`` of variants; ``mutant`` of mutants; ``structure`` and
    ``residues`` for one character a letter of the sequence beside it. All other columns keep the names they came with.

    Attributes:
        file: the file's identity.
        layout: the reader's name, or ``tab``, ``comma``, ``semicolon`` or ``blanks`` for a table.
        kind: what a row is. ``sequences`` need nothing else; ``intervals`` need a genome, ``mutants`` a wild type,
            ``variants`` a reference; a ``track`` gives values to intervals; ``indices`` are row numbers or names of one
            part of a split; ``other`` is read for what it says (a motif file) and makes no rows.
        cells: the columns as text (a pandas DataFrame), in the order of the file.
        lines: the 1-based line each row begins on.
        sequence_column: the column that holds the sequences, or ``""`` where none does.
        name_column: the column that names the rows, where the format says so.
        header: whether the column names come from the file.
        letters_before: for formats that break sequences over lines: the letters before each line of the file, which
            finds the line of a letter; ``None`` where a row is one line.
        features: annotated stretches of the rows' sequences (GenBank, EMBL, GFF3 with its sequence).
        one_based: for intervals, whether the file itself counts from 1; ``None`` where that cannot be told.
        notices: what the reader changed.
    """

    file: FileIdentity
    layout: str
    cells: Any
    lines: Int64[np.ndarray, "N"]
    sequence_column: str = ""
    kind: Kind = "sequences"
    name_column: str = ""
    header: bool = False
    letters_before: NDArray[np.int64] | None = None
    features: tuple[Feature, ...] = ()
    one_based: bool | None = None
    notices: tuple[NoticeRecord, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, row: int, letter: int | None = None) -> str:
        """Words for a place: ``line 214 of peaks.fa (record chr1:5-105)``. Both numbers count from 0."""
        line = int(self.lines[row])
        if self.letters_before is not None and letter is not None:
            start = int(self.letters_before[line])
            line = int(np.searchsorted(self.letters_before, start + letter, side="right"))
        place = f"line {line} of {self.file.name}"
        name = str(self.cells[self.name_column].iloc[row]) if self.name_column else ""
        return f"{place} (record {_short(name)})" if name else place


@dataclass(frozen=True)
class Reader:
    """One file format.

    Attributes:
        name: the file's name.
        title: how a sentence names the format.
        order: readers are asked in this order, the strictest first.
        recognises: whether the text is this format, from its content.
        read: text to table, ``layout`` being ``auto`` or what the person chose. Raises ReadError and nothing else.
        recognises_bytes: for a format that is no text: whether a file that begins with these bytes is one.
        read_binary: the same for a format that is no text; ``layout`` may name a sheet of a workbook.
    """

    name: str
    title: str
    order: int
    recognises: Callable[[str], bool] | None = None
    read: Callable[[TextFile, str], RawTable] | None = None
    recognises_bytes: Callable[[bytes], bool] | None = None
    read_binary: Callable[[BinaryFile, str], RawTable] | None = None


READERS: Registry[Reader] = Registry("reader", "seqdl_core.sequences.readers", "READER")


def read_table(path: Path, name: str = "", layout: str = "auto") -> RawTable:
    """Read a file of sequences, plain or compressed with gzip.

    Args:
        name: what the person calls the file; by default the file's own name.
        layout: ``auto``, or the separator of a table: ``tab``, ``comma`` or ``semicolon``.

    Raises:
        ReadError: naming the file and, where there is one, the line.
    """
    file = open_text(path, name or path.name)
    foreign = recognise_foreign(file.text)
    if foreign:
        raise ReadError(
            f"The file is {foreign}, which SeqDL does not read.",
            where=file.name,
            fix="Bring the sequences as FASTA, or as a table with one sequence a row.",
        )
    for reader in sorted(READERS, key=lambda reader: reader.order):
        if reader.read and reader.recognises and reader.recognises(file.text):
            return reader.read(file, layout)
    raise ReadError(
        "The file is text, but neither FASTA nor a table with a column of sequences.",
        where=f"line 1 of {file.name}",
        fix="A FASTA record begins with '>'; a table has columns separated by tabs, commas or semicolons.",
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME_SHOWN else name[: _LONGEST_NAME_SHOWN - 1] + "…"
