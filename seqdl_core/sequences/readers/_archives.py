"""Zip archives: their members one after the other, and what an archive may not hold.

Nothing is written to disk under a member's own name, and no number that the archive states about itself is trusted:
what comes out is counted while it is unpacked.
"""

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers._text import Unpacked

MOST_MEMBERS = 50_000
MOST_TABLES = 1000
"""Members that are tables of their own; files of one sequence each are rows of their folders, see ``_folders.py``."""

_BLOCK = 2**20
_ENCRYPTED = 1
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,  # includes UnicodeDecodeError
    RuntimeError,  # includes NotImplementedError: a compression that zipfile does not know
    LookupError,
    OverflowError,
)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""With bzip2 and LZMA, which hardly anyone packs a zip archive with, 1 kB can become 20 MB."""

_PAPERWORK = re.compile(
    r"(?:readme|licen[cs]e|copying|notice|citation|authors|changelog|changes|manifest|md5sums?|sha\d+sums?|checksums?)"
    r"(?:[-_.][^/]*)?",
    re.IGNORECASE,
)
_DOCUMENTS = {"xl/workbook.xml": "workbook", "xl/workbook.bin": "workbook"}
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
"""An OpenDocument file begins with an entry "mimetype", not compressed, so that its content is at byte 38."""
_OTHER_DOCUMENTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "META-INF/MANIFEST.MF": "a Java archive",
    "content.xml": "an OpenDocument file",
}


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name in it and its content, or the problem with it."""

    name: str
    content: bytes = b""
    problem: ReadError | None = None


class Archive:
    """A zip archive whose list of members was found harmless.

    Raises:
        ReadError: for a damaged archive, and for one with members that lead out of it, are links or encrypted, or are
            too many.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        self.name = name
        self._counted = Unpacked(name, len(raw))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
            members = self._zip.infolist()
        except _BROKEN:
            raise _damaged(name) from None
        if len(members) > MOST_MEMBERS:
            raise ReadError(
                f"The zip archive holds {len(members):,} entries; SeqDL reads at most {MOST_MEMBERS:,}.",
                where=name,
                fix="Bring only the files with sequences, or join them into one table.",
            )
        for member in members:
            _refuse_harmful(member, name)
        names = {member.filename for member in members}
        self.workbook = any(document in names for document in _DOCUMENTS) or raw[38:84] == _SPREADSHEET
        other = next((kind for document, kind in _OTHER_DOCUMENTS.items() if document in names), "")
        if other and not self.workbook:
            raise ReadError(
                f"The file is {other}, not plain text.", where=name, fix="Save its sequences as plain text."
            )
        files = [member for member in members if not member.is_dir() and not _of_the_system(member.filename)]
        self._files = [member for member in files if not _PAPERWORK.fullmatch(member.filename.rsplit("/", 1)[-1])]
        if not self._files:  # a folder of sequences may well be called "changes.fa"
            self._files = files
        self.paperwork = len(files) - len(self._files)

    @property
    def names(self) -> list[str]:
        """The files' names as the archive has them."""
        return [member.filename for member in self._files]

    def members(self) -> Iterator[Member]:
        """Every file with its content, in the order of the archive; raises ReadError once there is too much."""
        seen: set[str] = set()
        for member in self._files:
            name = member.filename
            count = 1
            while name in seen:
                count += 1
                name = f"{member.filename} ({count})"
            seen.add(name)
            where = f"{self.name}/{name}"
            try:
                content = self._unpack(member)
            except _BROKEN:
                yield Member(name, problem=_damaged(where))
                continue
            if content[:4] in _ZIP and not _is_workbook(content):
                yield Member(
                    name,
                    problem=ReadError(
                        "This is a zip archive inside a zip archive.",
                        where=where,
                        fix="Unpack the outer archive and bring the inner one.",
                    ),
                )
                continue
            yield Member(name, content)

    def check_size(self) -> None:
        """Unpack everything and keep nothing, for an archive that another library will open (a workbook)."""
        try:
            for member in self._files:
                with self._zip.open(member) as file:
                    while block := file.read(_BLOCK):
                        self._counted.add(len(block))
        except _BROKEN:
            raise _damaged(self.name) from None

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        if member.compress_type not in _PACKINGS:
            raise NotImplementedError
        parts: list[bytes] = []
        with self._zip.open(member) as file:
            while block := file.read(_BLOCK):
                self._counted.add(len(block))
                parts.append(block)
        return b"".join(parts)


def is_zip(head: bytes) -> bool:
    """Whether a file that begins with these bytes is a zip archive."""
    return head[:4] in _ZIP


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            names = inner.namelist()
            return content[38:84] == _SPREADSHEET or any(document in names for document in _DOCUMENTS)
    except _BROKEN:
        return False


def _of_the_system(name: str) -> bool:
    """Whether a computer's file manager put the entry there, and no person."""
    last = name.rsplit("/", 1)[-1]
    return name.startswith("__MACOSX/") or last in (".DS_Store", "Thumbs.db", "desktop.ini") or last.startswith("._")


def _refuse_harmful(member: zipfile.ZipInfo, archive: str) -> None:
    parts = re.split(r"[/\\]", member.filename)
    kind = ""
    if ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:", member.filename):
        kind = "has a name that leads out of the archive"
    elif stat.S_ISLNK(member.external_attr >> 16):
        kind = "is a link to another file"
    elif member.flag_bits & _ENCRYPTED:
        kind = "is encrypted"
    if kind:
        raise ReadError(
            f"The entry '{member.filename}' of the zip archive {kind}; nothing of the archive was used.",
            where=archive,
            fix="Unpack the archive yourself and bring the files."
            if kind == "is encrypted"
            else "Make the archive again from plain files, if you trust it.",
        )


def _damaged(name: str) -> ReadError:
    return ReadError(
        "The zip archive is damaged, was cut off, or is packed in a way that SeqDL does not know.",
        where=name,
        fix="Copy or download it again, or bring the files unpacked.",
    )
