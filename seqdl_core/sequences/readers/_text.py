"""From the bytes of a file to its text: gzip, size, encoding, and files that are no text at all."""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from seqdl_core.errors import ReadError

MOST_BYTES = 512 * 2**20
"""The largest text that is read, unpacked. What is packed is counted while unpacking: its own numbers may lie."""

_BOMB_FROM = 2**19
_BOMB_RATIO = 200
_BLOCK = 2**20
_LOOKED_AT = 2**16
HEAD = 2**16
_FEW_CONTROLS = 8
_GZIP = b"\x1f\x8b"
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
    _GZIP: "compressed with gzip twice",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\x1f\x9d": "compressed with compress",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"BAM\x01": "a BAM file of aligned reads",
    b"BAI\x01": "an index of a BAM file",
    b"TBI\x01": "an index of a table (tabix)",
    b"CSI\x01": "an index of a table (CSI)",
    b"CRAM": "a CRAM file of aligned reads",
    b"BCF\x02": "a BCF file of variants",
    b"\x43\x27\x41\x1a": "a 2bit genome",
    b"\x1a\x41\x27\x43": "a 2bit genome",
    b"\x26\xfc\x8f\x88": "a bigWig track",
    b"\x88\x8f\xfc\x26": "a bigWig track",
    b"\xeb\xf2\x89\x87": "a bigBed track",
    b"\x87\x89\xf2\xeb": "a bigBed track",
}
_TAR_AT = 257
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_PLAIN = "Save it as plain text: FASTA, or a table with one sequence a row."


@dataclass(frozen=True)
class FileIdentity:
    """What identifies a file that was brought.

    ``bytes`` and ``sha256`` are of the file as it lies on disk, or of an archive's member as it is unpacked;
    ``encoding`` is ``""`` for what is no text. ``counted_in`` is what its rows are found by: lines, records where
    several share a line, or files where each is a row.
    """

    name: str
    bytes: int
    sha256: str
    compressed: bool = False
    encoding: str = ""
    counted_in: Literal["line", "record", "file"] = field(default="line", kw_only=True)

    def at(self, number: int) -> str:
        """``line 214 of peaks.csv``; numbers count from 1."""
        return f"{self.counted_in} {number} of {self.name}"


@dataclass(frozen=True)
class TextFile(FileIdentity):
    """A file's text, lines ending in ``\\n``."""

    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class BinaryFile(FileIdentity):
    """A file that a library of its own opens from its place on disk (a workbook, a bigWig track)."""

    path: Path = Path()


class Unpacked:
    """Counts what comes out of a compressed file, and stops a bomb before it fills the memory.

    Args:
        name: the file that is unpacked, for the message.
        packed: its bytes before unpacking.
    """

    def __init__(self, name: str, packed: int) -> None:
        self.name = name
        self.packed = packed
        self.total = 0

    def add(self, count: int) -> None:
        """Raises ReadError once there is too much, by itself or for the bytes it came from."""
        self.total += count
        if self.total > MOST_BYTES:
            raise too_large(self.name)
        if self.total > _BOMB_FROM and self.total > _BOMB_RATIO * self.packed:
            raise ReadError(
                f"The file unpacks to more than {_BOMB_RATIO} times its size ({self.packed:,} bytes became "
                f"{self.total:,} and more), as only a file made to fill the memory does.",
                where=self.name,
                fix="If it is sound, bring it unpacked.",
            )


def head_of(path: Path, name: str) -> bytes:
    """The first bytes of a file as it lies on disk. Raises ReadError where it cannot be opened."""
    try:
        if path.is_dir():
            raise ReadError("This is a folder, not a file.", where=name, fix="Choose the files inside it.")
        with path.open("rb") as file:
            return file.read(HEAD)
    except FileNotFoundError:
        raise ReadError("There is no such file.", where=str(path), fix="Check the path.") from None
    except (OSError, ValueError) as problem:
        raise _cannot_open(problem, name) from None


def read_bytes(path: Path, name: str) -> bytes:
    """All bytes of a file that is no larger than may be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(name)
        return path.read_bytes()
    except (OSError, ValueError) as problem:
        raise _cannot_open(problem, name) from None


def binary_file(path: Path, name: str) -> BinaryFile:
    """The identity of a file that stays on disk."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return BinaryFile(name, path.stat().st_size, digest, path=path)
    except (OSError, ValueError) as problem:
        raise _cannot_open(problem, name) from None


def to_text(raw: bytes, name: str) -> TextFile:
    """The text of a file's bytes, unpacked where they are gzip. Raises ReadError for anything that is no text."""
    compressed = raw[:2] == _GZIP
    content = gunzip(raw, name, Unpacked(name, len(raw))) if compressed else raw
    text, encoding = _decode(content, name)
    if not text.strip():
        raise ReadError("The file is empty.", where=name, fix="Choose a file with at least one sequence.")
    return TextFile(name, len(raw), hashlib.sha256(raw).hexdigest(), compressed, encoding, text)


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text without their ends, one at a time: a list of them would take as much memory again."""
    begin = 0
    while (end := text.find("\n", begin)) >= 0:
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]


def gunzip(raw: bytes, name: str, counted: Unpacked) -> bytes:
    """Unpack gzip or bgzip, all members of it."""
    parts: list[bytes] = []
    before = counted.total
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            while block := packed.read(_BLOCK):
                counted.add(len(block))
                parts.append(block)
    except (OSError, EOFError, zlib.error):
        raise ReadError(
            f"The gzip file is damaged or was cut off after {counted.total - before:,} bytes of text.",
            where=name,
            fix="Copy or download it again; nothing of it was used.",
        ) from None
    return b"".join(parts)


def too_large(name: str) -> ReadError:
    """The error for what holds more than may be read."""
    return ReadError(
        f"The file holds more than {MOST_BYTES // 2**20} MB of text.",
        where=name,
        fix="Cut it into smaller files, or bring only the part that is needed.",
    )


def _cannot_open(problem: Exception, name: str) -> ReadError:
    reason = getattr(problem, "strerror", None) or "its name is not usable"
    return ReadError(f"The file cannot be opened ({reason}).", where=name, fix="Check its name and rights.")


def _decode(content: bytes, name: str) -> tuple[str, str]:
    """Text with ``\\n`` line ends, and its encoding. Latin-1 takes any byte, so that old files are read too."""
    if content[:2] in _UTF16:
        encoding = _UTF16[content[:2]]
        try:
            text = content[2:].decode(encoding)
        except UnicodeDecodeError:
            raise ReadError(
                "The file begins as text in UTF-16, but is damaged or was cut off.",
                where=name,
                fix="Save it as plain text in UTF-8.",
            ) from None
        content, kind = text.encode("utf-8"), "utf-16"
    else:
        kind = ""
    _refuse_binary(content, name)
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding), kind or encoding
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1"), "latin-1"


def _refuse_binary(content: bytes, name: str) -> None:
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            fix = "Unpack it first." if "archive" in kind or "compressed" in kind else _PLAIN
            raise ReadError(f"The file is {kind}, not plain text.", where=name, fix=fix)
    if content[_TAR_AT : _TAR_AT + 5] == b"ustar":
        raise ReadError("The file is a tar archive, not plain text.", where=name, fix="Unpack it first.")
    zero = content.find(b"\0")
    if zero >= 0:
        raise ReadError(
            "The file is binary: it holds NUL bytes.",
            where=f"line {_line_at(content, zero)} of {name}",
            fix=_PLAIN,
        )
    start = content[:_LOOKED_AT]
    if len(_CONTROL.findall(start)) > _FEW_CONTROLS + len(start) / 200:
        raise ReadError("The file is binary: it is full of control characters.", where=name, fix=_PLAIN)


def _line_at(content: bytes, place: int) -> int:
    before = content[:place]
    return before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
