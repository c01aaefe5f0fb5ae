"""Folders of files with one sequence each, as ``train/positive/17.txt``: a table a folder, a row a file.

Thousands of such files are one fact, not thousands: the folder tells the class and the part, the file only the row's
name. Files of one folder that differ in more than a number, ``pos_1.txt`` and ``neg_1.txt``, are told apart by that.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from seqdl_core.sequences.readers import FileIdentity, RawTable, notice
from seqdl_core.sequences.vocabulary import names_negatives, split_of_file

LARGEST = 2**20
"""Bytes of a file that may be one row of a folder; longer ones are read as files of their own."""

_FEWEST = 3
_NARROWEST = 40
_ENDING = re.compile(r"(?:\.(?:txt|seq|fa|fasta|fna|faa|ffn))?$", re.IGNORECASE)
_NAME = re.compile(rb">[ \t]*([^\s|=;:,]+)[ \t\r]*")
_LETTERS = re.compile(rb"[A-Za-z]+\*?")


def folders_of(names: Iterable[str]) -> dict[str, str]:
    """For each file that may be a row of a folder: the folder, with what its name has besides a number.

    Args:
        names: paths with ``/`` between folders.
    """
    inside: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in names:
        folder, _, last = name.rpartition("/")
        if "." not in _ENDING.sub("", last):
            inside[folder].append((name, _stem(last)))
    found: dict[str, str] = {}
    for folder, files in inside.items():
        kinds = Counter(_kind(stem) for _, stem in files)
        speaking = any(split_of_file(kind)[0] or names_negatives(kind) for kind in kinds)
        if len(kinds) > 1 and len(kinds) * _FEWEST <= len(files):
            found |= {name: f"{folder}/{_kind(stem)}".strip("/") for name, stem in files}
        elif len(kinds) == 1 or (folder and not speaking):
            found |= dict.fromkeys((name for name, _ in files), folder)
    counts = Counter(found.values())
    return {name: folder for name, folder in found.items() if counts[folder] >= _FEWEST}


def one_sequence(content: bytes) -> tuple[str, str] | None:
    """The name, "" without a header, and the letters of a file that holds one sequence and nothing else."""
    if len(content) > LARGEST:
        return None
    lines = content.removeprefix(b"\xef\xbb\xbf").split()
    name = b""
    if content.lstrip()[:1] == b">":
        header, *lines = content.strip().splitlines()
        found = _NAME.fullmatch(header)
        if found is None:
            return None
        name, lines = found[1], [line.strip() for line in lines]
    elif len(lines) > 1 and not _wrapped(list(map(len, lines))):
        return None  # sequences of their own, or words
    if not lines or not all(map(_LETTERS.fullmatch, lines)):
        return None
    return name.decode("latin-1"), b"".join(lines).decode("ascii")


def _wrapped(widths: list[int]) -> bool:
    """Whether lines of these widths are one sequence, as in ``bare.py``."""
    return widths[0] >= _NARROWEST and len(set(widths[:-1])) == 1 and widths[-1] < widths[0]


@dataclass
class _Rows:
    """What the files of one folder hold."""

    names: list[str] = field(default_factory=list)
    sequences: list[str] = field(default_factory=list)
    bytes: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


class Folders:
    """Gathers files that are rows of folders.

    Args:
        names: of all files there are, with ``/`` between folders.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._folder_of = folders_of(names)
        self._rows: dict[str, _Rows] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a file may be a row of a folder."""
        return name in self._folder_of

    def take(self, name: str, content: bytes) -> bool:
        """Take a file as a row; False where it is none and is to be read by itself."""
        found = one_sequence(content) if name in self else None
        if found is None:
            return False
        rows = self._rows.setdefault(self._folder_of[name], _Rows())
        rows.names.append(found[0] or _stem(name.rpartition("/")[2]))
        rows.sequences.append(found[1])
        rows.bytes += len(content)
        rows.digest.update(content + b"\n")
        return True

    def tables(self, place: str = "") -> list[RawTable]:
        """One table a folder, the first with a notice about all of them; ``place`` is the archive that they are in."""
        every = [name for rows in self._rows.values() for name in rows.names]
        before = dict.fromkeys(self._rows, "") if len(set(every)) == len(every) else _apart(list(self._rows))
        made = [_table(f"{place}/{folder}".strip("/"), before[folder], rows) for folder, rows in self._rows.items()]
        if made:
            files = sum(map(len, made))
            rest = f"of one sequence each, read as the rows of {len(made):,} folder{'s' if len(made) > 1 else ''}."
            told = notice(files, "file", rest, place or made[0].file.name)
            made[0] = replace(made[0], notices=(told,))
        return made


def _apart(folders: list[str]) -> dict[str, str]:
    """What stands before the names of a folder's rows: the folders below the one that has them all."""
    parts = [folder.split("/") for folder in folders]
    alike = next((n for n, words in enumerate(zip(*parts, strict=False)) if len(set(words)) > 1), 0)
    return {folder: "/".join([*own[alike:], ""]) for folder, own in zip(folders, parts, strict=True)}


def _table(name: str, before: str, rows: _Rows) -> RawTable:
    return RawTable(
        FileIdentity(name, rows.bytes, rows.digest.hexdigest(), encoding="utf-8", counted_in="file"),
        "folder",
        pd.DataFrame({"name": [before + row for row in rows.names], "sequence": rows.sequences}, dtype=str),
        np.arange(1, len(rows.names) + 1, dtype=np.int64),
        sequence_column="sequence",
        name_column="name",
    )


def _stem(last: str) -> str:
    return _ENDING.sub("", last, count=1)


def _kind(stem: str) -> str:
    """A name without its numbers: ``pos`` for ``pos_17``."""
    return re.sub(r"\d+", "", stem).strip("_-. ()")
