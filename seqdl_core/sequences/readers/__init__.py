"""Readers: one file a format. A reader is chosen by what the file holds, never by its name alone.

A reader turns text into a :class:`RawTable` and judges nothing: which column holds the labels, which alphabet it is and
whether the letters are right is decided by :mod:`seqdl_core.data.importing`, for all formats alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from seqdl_core.config import Config
from seqdl_core.errors import ReadError, SeqDLError
from seqdl_core.registry import Registry
from seqdl_core.sequences.readers._archives import MOST_TABLES, Archive, is_zip
from seqdl_core.sequences.readers._foreign import recognise_foreign
from seqdl_core.sequences.readers._text import (
    HEAD,
    BinaryFile,
    FileIdentity,
    TextFile,
    binary_file,
    head_of,
    read_bytes,
    to_text,
)

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
    "read_tables",
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
    """An annotated stretch of one row's sequence, 0-based half-open; ``strand`` is ``+``, ``-`` or ``.``.

    What lies on several stretches (a coding sequence with introns) is one feature a stretch, one after the other in the
    order of reading; ``part`` counts them from 0.
    """

    row: int
    start: int
    end: int
    strand: str
    kind: str
    name: str = ""
    part: int = 0


@dataclass(frozen=True, eq=False)
class RawTable:
    """What a file holds, as text: one row a sequence, an interval, a variant or a mutant.

    Columns with a meaning that the format fixes have fixed names: ``chrom``, ``start``, ``end``, ``strand`` (``+``,
    ``-`` or ``.``) and ``summit`` (from ``start``) of intervals, always 0-based half-open whatever the file counts in;
    ``chrom``, ``pos`` (1-based), ``id``, ``ref``, ``alt`` of variants; ``mutant`` of mutants; ``structure`` and
    ``residues`` for one character a letter of the sequence beside it. All other columns keep the names they came with.

    Attributes:
        file: the file's identity.
        layout: the reader's name, or ``tab``, ``comma``, ``semicolon`` or ``blanks`` for a table as text.
        kind: what a row is. ``sequences`` need nothing else; ``intervals`` need a genome, ``mutants`` a wild type,
            ``variants`` a reference; a ``track`` gives values to intervals; ``indices`` are row numbers or names of one
            part of a split; ``other`` is read for what it says (a motif file) and makes no rows.
        cells: the columns as text (a pandas DataFrame), in the order of the file.
        lines: the 1-based line each row begins on, or its number where the file is counted in records.
        sequence_column: the column that holds the sequences, or ``""`` where none does.
        name_column: the column that names the rows, where the format says so.
        header: whether the column names come from the file.
        tabular: whether the columns are a person's own (a table as text, a workbook, JSON), so that any of them may be
            the sequences; else the format says what each is.
        letters_before: for formats that break sequences over lines: the letters before each line of the file, which
            finds the line of a letter; ``None`` where a row is one line.
        features: annotated stretches of the rows' sequences (GenBank, EMBL, GFF3 with its sequence).
        one_based: for intervals, whether the file itself counts from 1; ``None`` where that cannot be told.
        notices: what the reader changed.
        sheet: of a workbook, the sheet that was read, and ``sheets`` all it has.
    """

    file: FileIdentity
    layout: str
    cells: Any
    lines: Int64[np.ndarray, "N"]
    sequence_column: str = ""
    kind: Kind = "sequences"
    name_column: str = ""
    header: bool = False
    tabular: bool = False
    letters_before: NDArray[np.int64] | None = None
    features: tuple[Feature, ...] = ()
    one_based: bool | None = None
    notices: tuple[NoticeRecord, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, row: int, letter: int | None = None) -> str:
        """Words for a place: ``line 214 of peaks.fa (record chr1:5-105)``. Both numbers count from 0."""
        line = int(self.lines[row])
        if self.letters_before is not None and letter is not None:
            start = int(self.letters_before[line - 1])  # its own line may hold letters, where there is no header
            line = int(np.searchsorted(self.letters_before, start + letter, side="right"))
        place = self.file.at(line)
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


def read_tables(
    path: Path, name: str = "", layout: str = "auto", sheet: str = "", problems: list[SeqDLError] | None = None
) -> list[RawTable]:
    """Read a file, plain, compressed with gzip or bgzip, or a zip archive of such files.

    The members of an archive are read one after the other and are named ``archive.zip/member``.

    Args:
        name: what the person calls the file; by default the file's own name.
        layout: ``auto``, or the separator of a table: ``tab``, ``comma`` or ``semicolon``.
        sheet: the sheet of a workbook; by default the reader's choice.
        problems: takes the errors of what cannot be read, one for a plain file and one for each such member of an
            archive, so that the other members are still read. Without it the first error is raised.

    Raises:
        ReadError: naming the file and, where there is one, the line.
    """
    name = name or path.name
    tables: list[RawTable] = []
    try:
        tables.extend(_read_file(path, name, layout, sheet, problems))
    except SeqDLError as problem:
        if problems is None:
            raise
        problems.append(problem)
    return tables


def read_table(path: Path, name: str = "", layout: str = "auto") -> RawTable:
    """The one table of a file, for where several would have no meaning (the sequences to score).

    Raises:
        ReadError: also for an archive of several files.
    """
    tables = read_tables(path, name, layout)
    if len(tables) > 1:
        raise ReadError(
            f"The archive holds {len(tables)} files; one is needed here.",
            where=name or path.name,
            fix=f"Bring one of them: {', '.join(table.file.name for table in tables[:5])}.",
        )
    return tables[0]


def _read_file(path: Path, name: str, layout: str, sheet: str, problems: list[SeqDLError] | None) -> Iterator[RawTable]:
    head = head_of(path, name)
    if is_zip(head):
        yield from _read_archive(path, name, layout, sheet, problems)
        return
    reader = _binary_reader(head)
    if reader:
        yield _read_binary(reader, path, name, sheet)
        return
    yield _read_text(to_text(read_bytes(path, name), name), layout)


def _read_archive(
    path: Path, name: str, layout: str, sheet: str, problems: list[SeqDLError] | None
) -> Iterator[RawTable]:
    """Every member that can be read; a workbook is a zip archive too and is handed to its reader."""
    archive = Archive(read_bytes(path, name), name)
    if archive.workbook:
        archive.check_size()
        yield _read_binary(READERS.get("workbook"), path, name, sheet)
        return
    from seqdl_core.sequences.readers._folders import Folders

    folders = Folders(archive.names)
    found = failed = 0
    for member in archive.members():
        if not member.problem and folders.take(member.name, member.content):
            continue
        where = f"{name}/{member.name}"
        if found + failed == MOST_TABLES:
            raise ReadError(
                f"The zip archive holds more than {MOST_TABLES:,} files that are no single sequences.",
                where=where,
                fix="Bring only the files with sequences, or join them into one table.",
            )
        try:
            if member.problem:
                raise member.problem
            table = _read_member(member.content, where, layout, sheet)
        except SeqDLError as problem:
            failed += 1
            if problems is None:
                raise
            problems.append(problem)
            continue
        yield _without_paperwork(table, 0 if found else archive.paperwork, name)
        found += 1
    for table in folders.tables(name):
        yield _without_paperwork(table, 0 if found else archive.paperwork, name)
        found += 1
    if not found and not failed:
        raise ReadError("The zip archive is empty.", where=name, fix="Choose an archive with at least one file.")


def _without_paperwork(table: RawTable, count: int, archive: str) -> RawTable:
    """The first table of an archive tells of its files without data."""
    left_out = notice(count, "file", "of the archive that holds no data (a read-me, a licence)", archive)
    return replace(table, notices=(left_out, *table.notices)) if count else table


def _read_member(content: bytes, name: str, layout: str, sheet: str) -> RawTable:
    if not (is_zip(content) or _binary_reader(content[:HEAD])):
        return _read_text(to_text(content, name), layout)
    reader = READERS.get("workbook") if is_zip(content) else _binary_reader(content[:HEAD])
    assert reader is not None
    with TemporaryDirectory(prefix="seqdl-") as folder:
        path = Path(folder) / "member"
        path.write_bytes(content)
        if is_zip(content):
            Archive(content, name).check_size()
        table = _read_binary(reader, path, name, sheet)
    if table.kind == "track":  # its values are read when the intervals are known, and the file is gone by then
        raise ReadError(f"A {reader.title} cannot be read inside an archive.", where=name, fix="Unpack it first.")
    return table


def _read_binary(reader: Reader, path: Path, name: str, sheet: str) -> RawTable:
    assert reader.read_binary is not None
    return reader.read_binary(binary_file(path, name), sheet or "auto")


def _binary_reader(head: bytes) -> Reader | None:
    return next((reader for reader in _in_order() if reader.recognises_bytes and reader.recognises_bytes(head)), None)


def _read_text(file: TextFile, layout: str) -> RawTable:
    foreign = recognise_foreign(file.text)
    if foreign:
        raise ReadError(f"The file is {foreign.title}, which SeqDL does not read.", where=file.name, fix=foreign.fix)
    for reader in _in_order():
        if reader.read and reader.recognises and reader.recognises(file.text):
            table = reader.read(file, layout)
            said = _about_encoding(file)
            return replace(table, notices=(said, *table.notices)) if said else table
    raise ReadError(
        "The file is text, but neither FASTA nor a table with a column of sequences.",
        where=f"line 1 of {file.name}",
        fix="A FASTA record begins with '>'; a table has columns separated by tabs, commas or semicolons.",
    )


def _in_order() -> list[Reader]:
    return sorted(READERS, key=lambda reader: reader.order)


def _about_encoding(file: TextFile) -> NoticeRecord | None:
    titles = {"cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16": "UTF-16"}
    if file.encoding not in titles:
        return None
    doubt = "" if file.encoding == "utf-16" else "; accents in names may be wrong"
    return notice(1, "file", f"not in UTF-8, read as {titles[file.encoding]}{doubt}.", file.name)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME_SHOWN else name[: _LONGEST_NAME_SHOWN - 1] + "…"
