"""What people write around the letters or the number of a cell, taken off and counted.

5'-ACGTACGT-3'           the ends of an oligo
ACGTACGTAC GTACGTACGT    blocks of ten, or a line break inside a quoted cell
12.3 ± 0.4               a mean and its error
45.2 %                   a sign behind each number
12,345.6                 thousands set off by commas, where a point shows that they are
"""

import re
from collections.abc import Sequence

from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.readers._columns import SAMPLE, named_sequence
from seqdl_core.sequences.vocabulary import is_missing, is_number

_NUMBER = r"(?P<number>[+-]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][+-]?\d{1,3})?)"
_UNITS = (
    r"[pnµμum]?M|[nµμumk]?g/[µμum]?[lL]|k(?:cal|J)/mol|°\s?C|K|s|min|h|hours?|days?|s-1|/s|1/s|min-1|a\.?u\.?|A\.?U\.?|"
    r"[rR][fFlL][uU]|U/m[gL]|%|fold|x"
)
_MEAN = re.compile(rf"{_NUMBER}\s?(?:±|\+/-|\+-)\s?\d{{1,12}}(?:[.,]\d{{1,12}})?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)
_WITH_UNIT = re.compile(rf"{_NUMBER}\s?(?P<unit>{_UNITS})", re.ASCII)
_MINUS = re.compile(rf"(?P<minus>[−–])\s?{_NUMBER}", re.ASCII)
_FIVE = re.compile(r"5\s?['’′`]\s?[-–]?\s?")
_THREE = re.compile(r"\s?[-–]?\s?3\s?['’′`]")
_NUCLEOTIDES = re.compile(r"[ACGTUNacgtun]+")
_SHORTEST_BLOCK = 5
_LONGEST = 100


def plain_cells(
    titled: Sequence[str], columns: list[list[str]], name: str
) -> tuple[list[list[str]], list[NoticeRecord]]:  # fmt: skip
    """The columns with bare sequences and bare numbers, and what was taken off.

    Args:
        titled: their names, "" without a header.
        name: of the file.
    """
    plain: list[list[str]] = []
    said: list[NoticeRecord] = []
    for title, column in zip(titled, columns, strict=True):
        found, told = _bare_letters(title, column)
        if not told:
            found, told = _bare_numbers(column)
        plain.append(found)
        if told:
            count = sum(before != after for before, after in zip(column, found, strict=True))
            said.append(notice(count, "cell", f"of {title or 'a column'} {told}", name))
    return plain, said


def _bare_letters(title: str, column: list[str]) -> tuple[list[str], str]:
    """The letters alone, where most cells of a column are sequences and some have more than letters."""
    sample = [cell for cell in column[:SAMPLE] if cell]
    if not any(_decorated(cell) for cell in sample):
        return column, ""
    letters = [_letters(cell) for cell in sample]
    if sum(map(bool, letters)) < 0.6 * len(sample) or not (named_sequence(title) or _nucleic(letters)):
        return column, ""
    found = [(_letters(cell) if _decorated(cell) else "") or cell for cell in column]
    return found, "with blanks or the marks 5' and 3' around the letters, which were removed."


def _decorated(cell: str) -> bool:
    return any(sign in cell for sign in " \n\t\r'’′`")


def _letters(cell: str) -> str:
    """The letters of a cell, ``""`` where it is anything but a sequence in blocks or between its ends."""
    bare = _FIVE.sub("", cell, count=1) if _FIVE.match(cell) else cell
    end = _THREE.search(bare, max(0, len(bare) - 8))
    bare = bare[: end.start()] if end and end.end() == len(bare) else bare
    blocks = bare.split()
    joined = "".join(blocks)
    if _NUCLEOTIDES.fullmatch(joined) and len(joined) >= _SHORTEST_BLOCK:
        return joined
    even = len({len(block) for block in blocks[:-1]}) <= 1 and blocks[-1:] and len(blocks[-1]) <= len(blocks[0])
    return joined if even and len(blocks[0]) >= _SHORTEST_BLOCK and joined.isalpha() and joined.isupper() else ""


def _nucleic(letters: Sequence[str]) -> bool:
    return sum(_NUCLEOTIDES.fullmatch(one) is not None for one in letters) >= 0.9 * len(letters)


def _bare_numbers(column: list[str]) -> tuple[list[str], str]:
    """The numbers alone, where all cells of a column are numbers and some have more than that."""
    sample = [cell for cell in column[:SAMPLE] if not is_missing(cell) and len(cell) <= _LONGEST]
    more = [cell for cell in sample if not is_number(cell, "comma")]
    if not more:
        return column, ""
    for pattern, told in _WAYS:
        found = [match for match in map(pattern.fullmatch, more) if match]
        if not found or len(found) < len(more) - 0.1 * len(sample):
            continue
        units = {match["unit"] for match in found} if "unit" in pattern.groupindex else {""}
        if len(units) == 1:
            return [_rewritten(cell, pattern) for cell in column], told.format(units.pop())
    return column, ""


def _rewritten(cell: str, pattern: re.Pattern[str]) -> str:
    found = pattern.fullmatch(cell) if len(cell) <= _LONGEST else None
    if found is None:
        return cell
    return ("-" if "minus" in pattern.groupindex else "") + found["number"]


_WAYS = (
    (_MEAN, "with a mean and an error, of which the mean was read."),
    (_MINUS, "with a minus as printers set it, read as -."),
    (_WITH_UNIT, "with the unit {} behind the number, which was removed."),
)
