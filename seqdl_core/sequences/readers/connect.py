"""Structures of RNA, one molecule a file or several: CT (mfold, RNAstructure), BPSEQ, and dot-bracket without a header.

    30  ENERGY = -10.2  tRNA          # tRNA           #Name: bpRNA_1
    1 G 0 2 30 1                      1 G 30           GGGGAAAACCCC
    2 C 1 3 29 2                      2 C 29           ((((....))))

Each molecule becomes a row with its ``sequence`` and its ``structure`` in dot-bracket form. Pairs that cross others
(pseudoknots) get brackets of their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile

_BRACKETS = "()[]{}<>AaBbCcDdEe"
_CT_HEADER = re.compile(r"[ \t]*(\d{1,7})[ \t]+(\S.*)?$")
_CT_ROW = re.compile(r"[ \t]*(\d{1,7})[ \t]+([A-Za-z])[ \t]+-?\d+[ \t]+-?\d+[ \t]+(\d{1,7})(?:[ \t]+-?\d+)?[ \t]*$")
_BPSEQ_ROW = re.compile(r"[ \t]*(\d{1,7})[ \t]+([A-Za-z])[ \t]+(\d{1,7})[ \t]*$")
_SEQUENCE = re.compile(r"[ACGTUNacgtunRYKMSWBDHVrykmswbdhv]{4,}")
_DOTS = re.compile(r"[()\[\]{}<>.A-Za-z]+")
_STRUCTURE = re.compile(r"[().\[\]{}<>]{4,}")
_ENERGY = re.compile(r"\s(?:\(\s*)?-?\d+(?:\.\d+)?\s*(?:\)\s*)?$|[ \t]ENERGY.*$")
_COMMENT = re.compile(r"[ \t]*#")
_NAME = re.compile(r"#\s*(?:Name|File|Filename|ID)?\s*:?\s*(\S+)", re.IGNORECASE)


@dataclass
class _Molecule:
    line: int
    name: str
    letters: str
    structure: str


@dataclass(frozen=True)
class _Row:
    line: int
    position: str
    letter: str
    partner: str


def recognises(text: str) -> bool:
    """Whether the first lines but comments are those of one of the three forms."""
    lines = [line for line in text[:20_000].split("\n") if line.strip() and not _COMMENT.match(line)][:3]
    if len(lines) < 2 or lines[0][:1] == ">":
        return False
    if all(_BPSEQ_ROW.match(line) for line in lines) and lines[0].split()[0] == "1":
        return True
    if _CT_HEADER.match(lines[0]) and not _CT_ROW.match(lines[0]) and _CT_ROW.match(lines[1]):
        return lines[1].split()[0] == "1"
    structure = _ENERGY.sub("", lines[1]).strip()
    return bool(_SEQUENCE.fullmatch(lines[0].strip()) and _STRUCTURE.fullmatch(structure) and "(" in structure)


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Molecules to rows with the columns ``name``, ``sequence`` and ``structure``.

    Raises:
        ReadError: for a line of another form, a position out of order, a pair that only one of two letters names, and
            a structure that is not as long as its sequence.
    """
    del layout  # each form has only one
    lines = file.text.split("\n")
    first = next(line for line in lines if line.strip() and not _COMMENT.match(line))
    stem = re.sub(r"\.\w+$", "", file.name.rsplit("/", 1)[-1])
    way = _bpseq if _BPSEQ_ROW.match(first) else _ct if _CT_HEADER.match(first) else _dots
    found = way(lines, file.name, stem)
    cells = {
        "name": [one.name or stem for one in found],
        "sequence": [one.letters for one in found],
        "structure": [one.structure for one in found],
    }
    return RawTable(
        file,
        "connect",
        pd.DataFrame(cells, dtype=str),
        np.array([one.line for one in found], np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
    )


def brackets(pairs: Sequence[int]) -> str:
    """Dot-bracket form of partners counted from 1, 0 for none. Raises ValueError where partners do not agree.

    >>> brackets([4, 0, 0, 1])
    '(..)'
    """
    letters = ["."] * len(pairs)
    open_: list[list[int]] = [[] for _ in range(len(_BRACKETS) // 2)]
    for at, partner in enumerate(pairs, 1):
        if not partner:
            continue
        if not 1 <= partner <= len(pairs) or pairs[partner - 1] != at or partner == at:
            raise ValueError(f"{at} pairs with {partner}")
        if partner > at:
            kind = next((k for k, stack in enumerate(open_) if not stack or pairs[stack[-1] - 1] > partner), -1)
            if kind < 0:
                raise ValueError(f"{at} crosses too many other pairs")
            open_[kind].append(at)
            letters[at - 1], letters[partner - 1] = _BRACKETS[2 * kind], _BRACKETS[2 * kind + 1]
        else:
            next(stack for stack in open_ if stack and stack[-1] == partner).pop()
    return "".join(letters)


def _bpseq(lines: list[str], file: str, stem: str) -> list[_Molecule]:
    found: list[_Molecule] = []
    name, begins = "", 0
    rows: list[_Row] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if _COMMENT.match(line):
            match = _NAME.match(line.strip())
            name = match[1] if match and not name else name
            continue
        row = _BPSEQ_ROW.match(line)
        if row is None:
            raise _odd(number, file, "a position, a letter and its partner (0 for none)")
        if row[1] == "1" and rows:
            found.append(_paired(begins, "", rows, file))
            rows = []
        begins = begins if rows else number
        rows.append(_Row(number, *row.groups()))
    found.append(_paired(begins, name if not found else "", rows, file))
    return _numbered(found, stem)


def _ct(lines: list[str], file: str, stem: str) -> list[_Molecule]:
    found: list[_Molecule] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip() or _COMMENT.match(lines[at]):
            at += 1
            continue
        header = _CT_HEADER.match(lines[at])
        if header is None:
            raise _odd(at + 1, file, "the number of letters and a name")
        count = int(header[1])
        rows: list[_Row] = []
        for number, line in enumerate(lines[at + 1 : at + 1 + count], at + 2):
            if not line.strip():
                break
            row = _CT_ROW.match(line)
            if row is None:
                raise _odd(number, file, "a position, a letter, its neighbours and its partner (0 for none)")
            rows.append(_Row(number, *row.groups()))
        if len(rows) < count:
            said = f"The molecule has {len(rows):,} lines, and its first line says {count:,}."
            raise ReadError(said, where=f"line {at + 1} of {file}", fix="Copy or download the file again.")
        name = re.sub(r"(?:d?G|ENERGY)\s*=\s*\S+", "", header[2] or "", flags=re.IGNORECASE).split()
        found.append(_paired(at + 1, name[0] if name else "", rows, file))
        at += 1 + count
    return _numbered(found, stem)


def _dots(lines: list[str], file: str, stem: str) -> list[_Molecule]:
    """Sequence and structure in turn; a ``#Name:`` line before a sequence names it."""
    found: list[_Molecule] = []
    name, waiting = "", None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if _COMMENT.match(line):
            match = re.match(r"#\s*(?:Name|ID)\s*:\s*(\S+)", line.strip(), re.IGNORECASE)
            name = match[1] if match else name
            continue
        text = line.strip()
        if waiting is None and _SEQUENCE.fullmatch(text):
            waiting = (number, text)
            continue
        structure = _ENERGY.sub("", text)
        if waiting is None or not _DOTS.fullmatch(structure) or len(structure) != len(waiting[1]):
            if found and waiting is None:  # bpRNA's st files go on with the loops of the structure
                break
            raise _odd(number, file, "a structure with one sign for each letter of the line before")
        found.append(_Molecule(waiting[0], name, waiting[1], structure))
        name, waiting = "", None
    return _numbered(found, stem)


def _paired(line: int, name: str, rows: Sequence[_Row], file: str) -> _Molecule:
    for place, row in enumerate(rows, 1):
        if int(row.position) != place:
            raise _odd(row.line, file, f"position {place:,}")
    try:
        structure = brackets([int(row.partner) for row in rows])
    except ValueError as problem:
        raise ReadError(
            f"The pairs do not agree: {problem}.", where=f"line {line} of {file}", fix="Correct the partners."
        ) from None
    return _Molecule(line, name, "".join(row.letter for row in rows), structure)


def _numbered(found: list[_Molecule], stem: str) -> list[_Molecule]:
    if len(found) > 1:
        for number, one in enumerate(found, 1):
            one.name = one.name or f"{stem}_{number}"
    return found


def _odd(number: int, file: str, wanted: str) -> ReadError:
    return ReadError(
        f"This line is not what belongs here: {wanted}.",
        where=f"line {number} of {file}",
        fix="Copy or download the file again, or bring the sequences as FASTA with the structure on a third line.",
    )


READER = Reader(
    name="connect", title="RNA structure (CT, BPSEQ or dot-bracket)", recognises=recognises, read=read, order=2
)
