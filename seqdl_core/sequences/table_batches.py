"""A table as text read in batches of rows, for files that do not fit into memory."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from seqdl_core.errors import ReadError
from seqdl_core.sequences.fasta_batches import MOST_LETTERS, Batch
from seqdl_core.sequences.readers.delimited import SEPARATORS, rows_in

_GZIP = b"\x1f\x8b"
_BLOCK = 2**20


@dataclass(frozen=True)
class TableForm:
    """How the rows of a table lie in its file.

    Attributes:
        layout: what separates the columns, a name in SEPARATORS.
        first_line: the line of the first row; what stands above it was read already.
        width: fields of each row, which may be one more than there are names: an empty one at the end.
        names: of the columns; ``sequence`` is the one with the sequences.
        header: the cells of the header line, empty where there is none; a row with the same cells is no row.
    """

    layout: str
    first_line: int
    width: int
    names: tuple[str, ...]
    sequence: str
    header: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TableBatch(Batch):
    """Some rows, as a batch of records without headers; their cells are arrow arrays."""

    cells: dict[str, Any]


class TableScanner:
    """Reads the rows of a table in UTF-8, plain or gzip, one after the other.

    Attributes:
        padded: rows with blanks around a cell, which are taken off; ``padded_line`` is the first one's.
        repeated: lines that repeat the header, which are left out; ``repeated_line`` is the first one.

    Raises:
        ReadError: the file cannot be opened or is damaged.
    """

    def __init__(self, path: Path, layout: str, name: str = "") -> None:
        self.name = name or path.name
        self.padded = self.padded_line = self.repeated = self.repeated_line = 0
        self._separator = SEPARATORS[layout]
        self._lines = 0
        try:
            self._file: IO[bytes] = path.open("rb")
            packed = self._file.read(2) == _GZIP
            self._file.seek(0)
        except (OSError, ValueError):
            raise ReadError("The file cannot be opened.", where=self.name, fix="Check its name and rights.") from None
        source: IO[bytes] = gzip.GzipFile(fileobj=self._file) if packed else self._file  # type: ignore[assignment]
        self._text = io.TextIOWrapper(source, encoding="utf-8-sig")

    def close(self) -> None:
        """Close the file."""
        self._text.close()
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """How many bytes of the file on disk were read so far."""
        return self._file.tell()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The line and the cells of each row that is not blank."""
        try:
            yield from rows_in((line.removesuffix("\n") for line in self._text), self._separator, self.name)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError):
            raise ReadError(
                "The file is damaged, or was cut off.",
                where=self.name,
                fix="Copy or download it again; nothing of it was used.",
            ) from None

    def batches(self, form: TableForm, size: int) -> Iterator[TableBatch]:
        """The rows, as many at a time as make about ``size`` letters of text.

        Raises:
            ReadError: a row with another number of fields, or a sequence that is too long.
        """
        rows: list[list[str]] = []
        lines: list[int] = []
        held = 0
        for line, row in self.rows():
            if line < form.first_line:
                continue
            rows.append(row)
            lines.append(line)
            held += sum(map(len, row))
            if held >= size:
                yield self._batch(form, rows, lines)
                rows, lines, held = [], [], 0
        if rows:
            yield self._batch(form, rows, lines)

    def _batch(self, form: TableForm, rows: list[list[str]], lines: list[int]) -> TableBatch:
        if set(map(len, rows)) != {form.width}:
            self._refuse_ragged(form, rows, lines)
        columns = [list(column) for column in zip(*rows, strict=True)]
        bare = [[cell.strip() for cell in column] for column in columns]
        padded: set[int] = set()
        for column, given in zip(bare, columns, strict=True):
            if column != given:
                padded |= {row for row, (one, other) in enumerate(zip(column, given, strict=True)) if one != other}
        again = self._repeated(form, bare)
        if padded:
            self.padded += len(padded)
            self.padded_line = self.padded_line or lines[min(padded)]
        if again:
            self.repeated += len(again)
            self.repeated_line = self.repeated_line or lines[min(again)]
            bare = [[cell for row, cell in enumerate(column) if row not in again] for column in bare]
            lines = [line for row, line in enumerate(lines) if row not in again]
        if form.width > len(form.names):
            self._refuse_more(form, bare[-1], lines)
        cells = dict(zip(form.names, bare, strict=False))
        sequences = cells.pop(form.sequence)
        lengths = np.fromiter(map(len, sequences), np.int64, len(sequences))
        if lengths.max(initial=0) > MOST_LETTERS:
            raise ReadError(
                f"The row has a sequence of more than {MOST_LETTERS:,} letters, too many for one sequence.",
                where=f"line {lines[int(lengths.argmax())]} of {self.name}",
                fix="Bring a genome together with intervals (BED) that say which stretches of it are the sequences.",
            )
        letters = np.frombuffer("".join(sequences).encode("latin-1", "replace"), np.uint8)
        return TableBatch(
            letters,
            np.concatenate([[0], np.cumsum(lengths)]),
            b"",
            np.zeros(len(lines) + 1, np.int64),
            np.array(lines, np.int64),
            {name: pa.array(column, pa.large_string()) for name, column in cells.items()},
        )

    def _repeated(self, form: TableForm, columns: list[list[str]]) -> set[int]:
        if not form.header or form.header[0] not in columns[0]:
            return set()
        return {row for row, cells in enumerate(zip(*columns, strict=True)) if cells == form.header}

    def _refuse_ragged(self, form: TableForm, rows: list[list[str]], lines: list[int]) -> None:
        """Fields that are empty at the end of a row that is too long do no harm."""
        for row, line in zip(rows, lines, strict=True):
            if len(row) > form.width and not any(cell.strip() for cell in row[form.width :]):
                del row[form.width :]
            if len(row) != form.width:
                raise ReadError(
                    f"This row has {len(row)} field{'' if len(row) == 1 else 's'}; the others have {form.width}.",
                    where=f"line {line} of {self.name}",
                    fix="Give every row the same fields, an empty one where nothing is known.",
                )

    def _refuse_more(self, form: TableForm, last: list[str], lines: list[int]) -> None:
        filled = next((row for row, cell in enumerate(last) if cell), -1)
        if filled >= 0:
            raise ReadError(
                f"The field {form.width} of this row is filled; in the rows looked at first it is empty, and it has "
                "no name.",
                where=f"line {lines[filled]} of {self.name}",
                fix="Name the column in the header line, or empty the field.",
            )


def plain_text(path: Path) -> bool:
    """Whether a file, plain or gzip, is text in UTF-8 with ordinary line ends, and no bomb; all of it is read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, total, before = path.stat().st_size, 0, b""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            source: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
            while block := source.read(_BLOCK):
                total += len(block)
                if b"\0" in block or total > 200 * size + 2**19:
                    return False
                decoder.decode(block)
                ends = before[-1:] + block if before.endswith(b"\r") else block
                before = block
                if ends.rstrip(b"\r").count(b"\r") != ends.count(b"\r\n"):
                    return False
        decoder.decode(b"", final=True)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return False
    return True
