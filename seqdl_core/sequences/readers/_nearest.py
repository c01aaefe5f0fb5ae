"""Why no column of a table holds sequences: what the columns that come nearest have in their cells instead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.sequences.columns import means_residues, means_wild_type
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.readers._columns import LETTERS, SAMPLE, is_letters, named_sequence, serves_else

__all__ = ["Nearest", "nearest"]

_MOST = 2
_LONGEST_NAME = 40
_LONGEST_CELL = 20
_NUCLEOTIDES = "ACGTUN"


@dataclass(frozen=True)
class Nearest:
    """What is wrong with the columns that come nearest, and the first row, from 0, that shows it."""

    why: str
    row: int = 0


def nearest(table: RawTable) -> Nearest | None:
    """Up to two columns named as sequences, else the one with most cells of letters; None where no column is near."""
    ranks = []
    names = [str(name) for name in table.cells.columns]
    for place, name in enumerate(names):
        if means_wild_type(name) or means_residues(name):
            continue
        filled = [cell for cell in table.cells[name].head(SAMPLE).tolist() if cell]
        share = sum(LETTERS.fullmatch(cell) is not None for cell in filled) / max(len(filled), 1)
        if named_sequence(name) or share > 0:
            ranks.append((-named_sequence(name), -share, -sum(map(len, filled)), place))
    ranks.sort()
    named = [place for rank, _, _, place in ranks if rank]
    places = named[:_MOST] or [place for *_, place in ranks[:1]]
    told = [_about(names[place], table.cells[names[place]].tolist()) for place in places]
    return Nearest("; ".join(one.why for one in told), told[0].row) if told else None


def _about(name: str, column: Sequence[str]) -> Nearest:
    """Why one column is not read as sequences."""
    said = name if name.startswith("column ") else f"the column {name}"
    said = said if len(said) <= _LONGEST_NAME else f"{said[:_LONGEST_NAME]}…"
    filled = [row for row, cell in enumerate(column) if cell]
    if not filled:
        return Nearest(f"{said} is empty")
    first = [column[row] for row in filled[:SAMPLE]]
    odd = [row for row in filled if LETTERS.fullmatch(column[row]) is None]
    if odd and not is_letters(first):
        cell = column[odd[0]]
        letter = next(sign for sign in cell if LETTERS.fullmatch(sign) is None)
        inside = f" in {_shown(cell)}" if len(cell) > 1 else ""
        more = f", and {len(odd) - 1:,} more of its {len(filled):,} cells are not letters alone" if len(odd) > 1 else ""
        kind = "DNA letter" if _nucleic(first) else "letter of a sequence"
        return Nearest(f"in {said}, {_shown(letter)}{inside} is not a {kind}{more}", odd[0])
    example = f"such as {_shown(first[0])}"
    if sum(map(len, first)) < 2 * len(first):
        return Nearest(f"{said} holds single letters, {example}", filled[0])
    why = "its name speaks of something else" if serves_else(name) else "most are too short or too plain for sequences"
    return Nearest(f"{said} holds words, {example}, and {why}", filled[0])


def _nucleic(cells: Sequence[str]) -> bool:
    """Whether nine tenths of the letters are nucleotides."""
    counts = Counter(letter for cell in cells for letter in cell.upper() if letter.isalpha())
    return 0 < 0.9 * counts.total() <= sum(counts[letter] for letter in _NUCLEOTIDES)


def _shown(text: str) -> str:
    """A piece of text between quotation marks, on one line and cut where it is long."""
    plain = "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in text[:_LONGEST_CELL])
    return f"'{plain}{'…' if len(text) > _LONGEST_CELL else ''}'"
