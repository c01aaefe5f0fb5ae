"""Letters written in blocks with blanks between them, with or without the numbers that GenBank and EMBL count by.

 1 gatcctccat atacaacggt            ATG GCT AAA TTT            gatcctccat atacaacggt 20
21 acgt
"""

import re
from collections.abc import Sequence

_LETTERS = re.compile(r"[A-Za-z*-]+")
_NUCLEOTIDES = re.compile(r"[ACGTUN]+|[acgtun]+")
_WIDTH = 10
_NARROWEST = 3
_FEWEST = 3
_LONGEST_NUMBER = 9


def counted(lines: Sequence[str]) -> list[str] | None:
    """The letters of each line, where every line has a number that counts them; ``None`` where one has not.

    The number stands before the letters and counts those above it and one more, or behind and counts its own too.
    """
    rows = [line.split() for line in lines]
    if not rows or any(len(row) < 2 for row in rows):
        return None
    before = _number(rows[0][0]) > 0
    numbers = [_number(row[0] if before else row[-1]) for row in rows]
    rows = [row[1:] if before else row[:-1] for row in rows]
    total = numbers[0] - 1 if before else 0
    for number, row in zip(numbers, rows, strict=True):
        letters = sum(map(len, row))
        if number != total + (1 if before else letters):
            return None
        total += letters
    return _joined(rows)


def in_blocks(lines: Sequence[str]) -> list[str] | None:
    """The letters of each line, where the first has several blocks."""
    rows = [line.split() for line in lines]
    several = bool(rows) and len(rows[0]) >= _FEWEST and not any("\t" in line for line in lines)
    return _joined(rows) if several else None


def _joined(rows: Sequence[Sequence[str]]) -> list[str] | None:
    """Blocks put together: all of one width, only the very last one shorter.

    Blocks of ten may be a protein, in capitals or not; blocks of any other width (codons) are nucleotides.
    """
    blocks = [block for row in rows for block in row]
    width = len(blocks[0])
    if width < _NARROWEST or any(len(block) != width for block in blocks[:-1]) or len(blocks[-1]) > width:
        return None
    if not all(map(_NUCLEOTIDES.fullmatch, blocks)):
        alike = {block.isupper() for block in blocks} if width == _WIDTH and len(blocks) >= _FEWEST else set()
        if len(alike) != 1 or not all(map(_LETTERS.fullmatch, blocks)):
            return None
    return ["".join(row) for row in rows]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else -1
