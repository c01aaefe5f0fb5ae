"""What people write around the letters or the number of a cell, taken off and counted.

5'-ACGTACGT-3'           the ends of an oligo
ACGTACGTAC GTACGTACGT    blocks of ten, or a line break inside a quoted cell
CAC CTA ACGYTGCGGG       a primer with a letter for several bases
12.3 ± 0.4               a mean and its error
45.2 %                   a sign behind each number
53.8 uM, 120 nM          units that differ by a factor of 1000, told in the one that most cells have
MdEvVpRw                 letters of the structure behind the amino acids (``_structure_aware.py``)
K.PEPTIDER.A             a peptide between its neighbours, as search engines write it
12,345.6                 thousands set off by commas, where a point shows that they are
"""

import re
from collections import Counter
from collections.abc import Sequence

from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.readers._columns import SAMPLE, named_sequence
from seqdl_core.sequences.readers._structure_aware import TOLD, without_shapes
from seqdl_core.sequences.vocabulary import is_missing, is_number

_NUMBER = r"(?P<number>[+-]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][+-]?\d{1,3})?)"
_UNITS = (
    r"[fpnµμum]?M|[nµμumk]?g/[µμum]?[lL]|k(?:cal|J)/mol|°\s?C|K|s|min|h|hours?|days?|s-1|/s|1/s|min-1|a\.?u\.?|A\.?U\.?|"
    r"[rR][fFlL][uU]|U/m[gL]|%|fold|x"
)
_MEAN = re.compile(rf"{_NUMBER}\s?(?:±|\+/-|\+-)\s?\d{{1,12}}(?:[.,]\d{{1,12}})?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)
_WITH_UNIT = re.compile(rf"{_NUMBER}\s?(?P<unit>{_UNITS})", re.ASCII)
_MINUS = re.compile(rf"(?P<minus>[−–])\s?{_NUMBER}", re.ASCII)
_PREFIXED = re.compile(r"([fpnµmk]?)(M|g(?=/))(?:/([µm]?)[lL])?")
_POWERS = {"f": -15, "p": -12, "n": -9, "µ": -6, "m": -3, "": 0, "k": 3}
_FLANKED = re.compile(r"[A-Z*_-]\.([A-Za-z]{2,200})\.[A-Z*_-]")
_NEARLY = 0.9
_FIVE = re.compile(r"5\s?['’′`´]\s?[-–]?\s?")
_THREE = re.compile(r"\s?[-–]?\s?3\s?['’′`´]")
_NUCLEOTIDES = re.compile(r"[ACGTUNacgtun]+")
_SEVERAL_BASES = re.compile(r"[RYSWKMBDHVryswkmbdhv]")
_MOST_SEVERAL = 0.4
"""Of the letters of a primer, how many may stand for several bases; English words have more of them."""
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
        for way in (_amino_acids_alone, _between_neighbours, _bare_numbers, _in_one_unit):
            if not told:
                found, told = way(column)
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


def _between_neighbours(column: list[str]) -> tuple[list[str], str]:
    """Peptides without the residue on either side, where nearly all cells are written so: ``K.PEPTIDER.A``."""
    sample = [cell for cell in column[:SAMPLE] if cell]
    if not sample or sum(map(bool, map(_FLANKED.fullmatch, sample))) < _NEARLY * len(sample):
        return column, ""
    found = [match[1] if (match := _FLANKED.fullmatch(cell)) else cell for cell in column]
    return found, "with a neighbouring residue on either side (K.PEPTIDE.R), of which the middle was read."


def _amino_acids_alone(column: list[str]) -> tuple[list[str], str]:
    """Proteins without the letters of their structure, where nearly all cells have one behind each amino acid."""
    found = without_shapes(column)
    return (found, TOLD) if found else (column, "")


def _decorated(cell: str) -> bool:
    return any(sign in cell for sign in " \n\t\r'’′`´")


def _letters(cell: str) -> str:
    """The letters of a cell, ``""`` where it is anything but a sequence in blocks or between its ends."""
    bare = _FIVE.sub("", cell, count=1) if _FIVE.match(cell) else cell
    end = _THREE.search(bare, max(0, len(bare) - 8))
    bare = bare[: end.start()] if end and end.end() == len(bare) else bare
    blocks = bare.split()
    joined = "".join(blocks)
    if _is_nucleic(joined) and len(joined) >= _SHORTEST_BLOCK:
        return joined
    even = len({len(block) for block in blocks[:-1]}) <= 1 and blocks[-1:] and len(blocks[-1]) <= len(blocks[0])
    return joined if even and len(blocks[0]) >= _SHORTEST_BLOCK and joined.isalpha() and joined.isupper() else ""


def _is_nucleic(letters: str) -> bool:
    """Whether all are nucleotides, up to a few that stand for several bases each."""
    plain, several = _SEVERAL_BASES.subn("", letters)
    return _NUCLEOTIDES.fullmatch(plain) is not None and several <= _MOST_SEVERAL * len(letters)


def _nucleic(letters: Sequence[str]) -> bool:
    """Whether nearly all are nucleic acids; in lower case, words such as ``bad cat`` look like primers."""
    found = sum(_NUCLEOTIDES.fullmatch(one) is not None or (one.isupper() and _is_nucleic(one)) for one in letters)
    return found >= _NEARLY * len(letters)


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


def _in_one_unit(column: list[str]) -> tuple[list[str], str]:
    """Numbers with units of one kind, all in the unit that most cells have; nothing where one cell has another kind."""
    found = [_WITH_UNIT.fullmatch(cell) if len(cell) <= _LONGEST else None for cell in column]
    matches = [match for match in found if match]
    others = [cell for cell, match in zip(column, found, strict=True) if not match and not is_missing(cell)]
    units = Counter(_one_spelling(match["unit"]) for match in matches)
    if len({match["unit"] for match in matches}) < 2 or len(others) > (1 - _NEARLY) * len(column):
        return column, ""
    if any("," in match["number"] for match in matches) or any(is_number(cell, "comma") for cell in others):
        return column, ""  # which sign a comma is, and the unit of a bare number, nobody knows here
    sizes = {unit: _size(unit) for unit in units}
    if len(units) > 1 and (len({kind for kind, _ in sizes.values()}) > 1 or not sizes[next(iter(units))][0]):
        return column, ""
    usual = min(units, key=lambda unit: (-units[unit], unit))
    plain = []
    for cell, match in zip(column, found, strict=True):
        if not match:
            plain.append(cell)
            continue
        shift = sizes[_one_spelling(match["unit"])][1] - sizes[usual][1]
        plain.append(f"{float(match['number']) * 10.0**shift:.12g}" if shift else match["number"])
    turned = [f"{units[unit]:,} in {unit}" for unit in units if unit != usual]
    if not turned:
        return plain, f"with the unit {usual} behind the number, which was removed."
    return plain, f"with a unit behind the number, which was removed; {' and '.join(turned)} converted to {usual}."


def _one_spelling(unit: str) -> str:
    micro = unit.replace("μ", "µ").replace("u", "µ")
    return micro if _PREFIXED.fullmatch(micro) else unit


def _size(unit: str) -> tuple[str, int]:
    """What a unit measures and its power of ten; ``("", 0)`` for one without prefixes."""
    found = _PREFIXED.fullmatch(unit)
    if not found:
        return "", 0
    return found[2], _POWERS[found[1]] - (_POWERS[found[3]] if found[3] else 0)


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
