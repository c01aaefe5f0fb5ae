"""Sequences pasted without a header: letters and nothing else, on one line or broken into lines of one width.

Letters on lines of unequal lengths, or of the same length to the last, are one sequence a line: a table of one column.
Blanks and numbers between blocks of letters (``_blocks.py``) are those of one sequence; each ``ORIGIN`` and ``//``, as
GenBank writes them, begins another.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqdl_core.sequences.readers import RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._blocks import counted, in_blocks

_NARROWEST = 40
_LOOKED_AT = 2**16
_LETTERS = re.compile(r"[A-Za-z]+[*]?")
_ORIGIN = re.compile(r"ORIGIN\b.{0,80}")
_BEGINS = re.compile(r"\s*(?:ORIGIN\b|\d+\s+[A-Za-z]|[A-Za-z]{3,200}\s+[A-Za-z]{3}|[A-Za-z]{40})")


@dataclass(frozen=True)
class _Pasted:
    """One sequence: the 0-based lines it stands on, and their letters."""

    lines: list[int]
    letters: list[str]


def recognises(text: str) -> bool:
    """Whether the text is letters of one line, of lines of one width, or in counted blocks, at least 40 of them."""
    if not _BEGINS.match(text):
        return False
    head = text[:_LOOKED_AT]
    if len(text) > _LOOKED_AT and "\n" in head:
        head = head.rpartition("\n")[0]
        return bool(_pasted(head)) and bool(_pasted(text))
    return bool(_pasted(text))


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """One row a sequence, with a notice that the lines were joined."""
    del layout
    found = _pasted(file.text)
    lines = file.text.split("\n")
    lengths = np.zeros(len(lines), np.int64)
    for one in found:
        lengths[one.lines] = [len(letters) for letters in one.letters]
    joined = sum(len(one.lines) for one in found)
    blocks = any(len(lines[one.lines[0]].split()) > 1 for one in found)
    sequences = "one sequence" if len(found) == 1 else f"{len(found):,} sequences"
    rest = f"of letters without a header, read as {sequences}"
    rest += ", without the blanks and numbers between the letters." if blocks else "."
    fix = "If each line is a sequence of its own, bring them as FASTA or under the column name 'sequence'."
    names = ["pasted"] if len(found) == 1 else [f"pasted_{number}" for number in range(1, len(found) + 1)]
    cells = pd.DataFrame({"name": names, "sequence": ["".join(one.letters) for one in found]}, dtype=str)
    return RawTable(
        file,
        "bare",
        cells,
        np.array([one.lines[0] + 1 for one in found], np.int64),
        sequence_column="sequence",
        name_column="name",
        letters_before=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        notices=(notice(joined, "line", rest, file.name, fix),),
    )


def _pasted(text: str) -> list[_Pasted]:
    """The sequences of a text that is nothing but letters; none where it is anything else."""
    groups: list[list[int]] = [[]]
    lines = text.split("\n")
    marked = False
    for number, line in enumerate(lines):
        if line.strip() == "//" or _ORIGIN.fullmatch(line):
            marked = True
            groups.append([])
        elif line.strip():
            groups[-1].append(number)
    found = []
    for group in filter(None, groups):
        own = [lines[number] for number in group]
        letters = _plain(own, alone=not marked)
        if letters is None:
            return []
        found.append(_Pasted(group, letters))
    return found


def _plain(lines: list[str], alone: bool) -> list[str] | None:
    """The letters of each line of one sequence; ``None`` where the lines are something else.

    Args:
        alone: whether nothing but the lines themselves says that they are one sequence.
    """
    blocks = len(lines[0].split()) > 2 or len(lines) > 1 or not alone
    letters = (counted(lines) or in_blocks(lines)) if blocks else None
    if letters is not None:
        return letters
    bare = [line.strip() for line in lines]
    if len(bare[0]) < _NARROWEST or not all(map(_LETTERS.fullmatch, bare)):
        return None
    widths = {len(line) for line in bare[:-1]}
    one = len(bare) == 1 or (len(widths) == 1 and len(bare[-1]) < min(widths)) or not alone
    return bare if one else None


READER = Reader(name="bare", title="sequence without a header", recognises=recognises, read=read, order=1)
