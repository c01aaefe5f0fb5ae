"""How much there is to read in a file, told before it is read."""

import gzip
import io
import zipfile
import zlib
from pathlib import Path

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BLOCK = 1 << 18


def unpacked_bytes(path: Path, most: int) -> int:
    """The bytes of a file as they are once unpacked; no more than ``most`` and a little are unpacked to tell.

    A file that cannot be read counts as it lies on disk: reading it says what is wrong.
    """
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    if size > most:
        return size
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head.startswith(_GZIP):
                return max(size, _unzipped(file, most))
            if head.startswith(_ZIP):
                with zipfile.ZipFile(file) as archive:
                    return max(size, sum(member.file_size for member in archive.infolist()))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, ValueError, RuntimeError):
        return size
    return size


def _unzipped(file: io.BufferedReader, most: int) -> int:
    told = 0
    with gzip.GzipFile(fileobj=file) as text:
        while told <= most and (block := text.read(_BLOCK)):
            told += len(block)
    return told
