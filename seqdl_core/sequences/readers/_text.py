"""From the bytes of a file to its text: gzip, size, encoding, and files that are no text at all."""

import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from seqdl_core.errors import ReadError

MOST_BYTES = 512 * 2**20
"""The largest text that is read, unpacked. A gzip file of 1 MB can hold 1 GB, so it is counted while unpacking."""

_BLOCK = 2**20
_LOOKED_AT = 2**16
_MAGIC = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive (Excel and Word files are zip archives too)",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\x1f\x9d": "compressed with compress",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"BAM\x01": "a BAM file of aligned reads",
    b"CRAM": "a CRAM file of aligned reads",
    b"BCF\x02": "a BCF file of variants",
    b"\x43\x27\x41\x1a": "a 2bit genome",
    b"\x1a\x41\x27\x43": "a 2bit genome",
    b"\x26\xfc\x8f\x88": "a bigWig track",
    b"\xeb\xf2\x89\x87": "a bigBed track",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")


@dataclass(frozen=True)
class FileIdentity:
    """What identifies a file that was brought.

    ``bytes`` and ``sha256`` are of the file as it lies on disk; ``encoding`` is ``""`` for what is no text.
    """

    name: str
    bytes: int
    sha256: str
    compressed: bool = False
    encoding: str = ""


@dataclass(frozen=True)
class TextFile(FileIdentity):
    """A file's text, lines ending in ``\\n``."""

    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class BinaryFile(FileIdentity):
    """A file that a library of its own opens from its place on disk (a workbook, a bigWig track)."""

    path: Path = Path()


def open_text(path: Path, name: str) -> TextFile:
    """Read a file as text, unpacking gzip. Raises ReadError for anything that is no text."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ReadError("This is a folder, not a file.", where=name, fix="Choose the files inside it.")
        if size > MOST_BYTES:
            raise _too_large(name)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ReadError("There is no such file.", where=str(path), fix="Check the path.") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "its name is not usable"
        raise ReadError(
            f"The file cannot be opened ({reason}).", where=name, fix="Check its name and rights."
        ) from None
    compressed = raw[:2] == b"\x1f\x8b"
    content = _unpack(raw, name) if compressed else raw
    _refuse_binary(content, name)
    text, encoding = _decode(content)
    if not text.strip():
        raise ReadError("The file is empty.", where=name, fix="Choose a file with at least one sequence.")
    return TextFile(name, size, hashlib.sha256(raw).hexdigest(), compressed, encoding, text)


def _unpack(raw: bytes, name: str) -> bytes:
    parts: list[bytes] = []
    total = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            while block := packed.read(_BLOCK):
                total += len(block)
                if total > MOST_BYTES:
                    raise _too_large(name)
                parts.append(block)
    except (OSError, EOFError, zlib.error):
        raise ReadError(
            f"The gzip file is damaged or was cut off after {total:,} bytes of text.",
            where=name,
            fix="Copy or download it again; nothing of it was used.",
        ) from None
    return b"".join(parts)


def _too_large(name: str) -> ReadError:
    return ReadError(
        f"The file holds more than {MOST_BYTES // 2**20} MB of text.",
        where=name,
        fix="Cut it into smaller files, or bring only the part that is needed.",
    )


def _refuse_binary(content: bytes, name: str) -> None:
    fix = "Save it as plain text: FASTA, or a table with one sequence a row."
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            raise ReadError(f"The file is {kind}, not plain text.", where=name, fix=fix)
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise ReadError("The file is binary: it holds NUL bytes.", where=f"line {line} of {name}", fix=fix)
    start = content[:_LOOKED_AT]
    if len(_CONTROL.findall(start)) > len(start) / 200:
        raise ReadError("The file is binary: it is full of control characters.", where=name, fix=fix)


def _decode(content: bytes) -> tuple[str, str]:
    """Text with ``\\n`` line ends. Latin-1 takes any byte, so old files with accents in their headers are read."""
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"
