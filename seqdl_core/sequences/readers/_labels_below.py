"""A class for each residue on a line of its own below the sequence, as in the files of disorder and signal peptides.

>DP00003
MASREEEQRETTPERGRGAARRPPTMEDVSSPSPSPPPPRAPPKKR
1111111111111111111111111111111111111110000000
"""

import re
from collections.abc import Sequence

from jaxtyping import Int64
from numpy import ndarray

__all__ = ["take_labels"]

_DIGITS = re.compile(r"[0-9.-]+")
_LETTERS = re.compile(r"[A-Za-z.-]+")
_FEW_CLASSES = 8
_PROTEIN_LETTERS = 12
_LOOKED_AT = 200


def take_labels(lines: Sequence[str], starts: Int64[ndarray, "N"]) -> tuple[list[str], list[str]] | None:
    """The lines without those that hold classes, and the classes of each record; ``None`` where there are none.

    Every record has two lines of one length. The second holds digits, or few letters where the first lines together
    have as many as proteins have: a sequence broken into two lines of one length has as many in both.
    """
    ends = [*(int(start) - 1 for start in starts[1:]), len(lines)]
    below: list[int] = []
    for row, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
        filled = [number for number in range(start, min(end, start + 3)) if lines[number].strip()]
        if len(filled) != 2 or len(lines[filled[0]].strip()) != len(lines[filled[1]].strip()):
            return None
        below.append(filled[1])
        if row == _LOOKED_AT and not _are_classes(lines, below):
            return None
    if not below or not _are_classes(lines, below) or any(lines[n].strip() for n in _beyond(starts, ends, lines)):
        return None
    kept = list(lines)
    for number in below:
        kept[number] = ""
    return kept, [lines[number].strip() for number in below]


def _are_classes(lines: Sequence[str], below: Sequence[int]) -> bool:
    classes = [lines[number].strip() for number in below]
    if all(map(_DIGITS.fullmatch, classes)):
        return any(letter.isdigit() for one in classes for letter in one)
    if not all(map(_LETTERS.fullmatch, classes)) or len(set().union(*classes)) > _FEW_CLASSES:
        return False
    above = set().union(*(lines[number - 1].strip().upper() for number in below))
    return len(above) >= _PROTEIN_LETTERS


def _beyond(starts: Int64[ndarray, "N"], ends: Sequence[int], lines: Sequence[str]) -> list[int]:
    """Lines behind the third of a record, where a blank one stands before them."""
    return [n for start, end in zip(starts.tolist(), ends, strict=True) for n in range(start + 3, min(end, len(lines)))]
