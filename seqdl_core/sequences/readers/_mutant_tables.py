"""Mutants that are not written in one cell: position and letters in three columns, or a map of positions by letters.

position,wt_aa,mut_aa,score         Position,WT,A,C,D,E ...
24,A,P,-1.2                         1,M,-2.1,-1.7,-2.0,-1.9
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from seqdl_core.sequences.mutations import AMINO_ACIDS
from seqdl_core.sequences.readers import RawTable, notice
from seqdl_core.sequences.readers._columns import SAMPLE
from seqdl_core.sequences.vocabulary import is_missing, is_number, plain_name


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_POSITION = _words(
    "position pos aa_position aa_pos residue_number resnum resid site residue_position mut_pos mutation_position "
    "aapos position_aa residue index number"
)
_WILD = _words(
    "wt wt_aa aa_wt wildtype wild_type wildtype_aa wild_type_aa wt_residue wildtype_residue wild_aa aa_ref ref_aa "
    "aaref from original native ref reference ref_base"
)
_MUTANT = _words(
    "mut mut_aa aa_mut mutant mutant_aa mutated_aa mutant_residue mut_residue variant_aa aa_alt alt_aa aaalt to "
    "substitution alt alternate alt_base aa amino_acid"
)
_WHOLE = re.compile(r"-?\d{1,6}")
_LETTERS = frozenset("ACDEFGHIKLMNPQRSTVWY")
_STOPS = frozenset("*")
_LEAST_LETTERS = 15
_LEAST_BASES = 4
_MOST_CELLS = 2_000_000


def mutants_in_columns(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    """The table with a column ``mutant`` such as A24P first; ``None`` where no three columns make one."""
    place, wild, letter = (_find(titled, names) for names in (_POSITION, _WILD, _MUTANT))
    if min(place, wild, letter) < 0:
        return None
    letters = [*columns[wild][:SAMPLE], *columns[letter][:SAMPLE]]
    if not _whole(columns[place][:SAMPLE]) or not all(map(_is_letter, letters)):
        return None
    names = [f"{a}{at}{b}" for a, at, b in zip(columns[wild], columns[place], columns[letter], strict=True)]
    rest = [number for number in range(len(titled)) if number not in (place, wild, letter)]
    cells = {"mutant": names} | {_free(str(table.cells.columns[n])): columns[n] for n in rest}
    titles = ", ".join(titled[number] for number in (place, wild, letter))
    said = notice(len(names), "mutant", f"put together from the columns {titles}.", table.file.name)
    return replace(
        table,
        kind="mutants",
        cells=pd.DataFrame(cells, dtype=str),
        name_column="mutant" if len(set(names)) == len(names) else "",
        notices=(*table.notices, said),
    )


def mutants_in_a_map(table: RawTable, titled: Sequence[str], columns: Sequence[list[str]]) -> RawTable | None:
    """One row a filled cell of a heat map with positions down and letters across; ``None`` where it is none.

    Cells of the wild type's own letter and empty ones are left out.
    """
    across = {number: title for number, title in enumerate(titled) if title in _LETTERS | _STOPS}
    place, wild = _find(titled, _POSITION), _find(titled, _WILD)
    bases = set(across.values()) == set("ACGT")
    enough = len(across) >= _LEAST_LETTERS or (bases and len(titled) <= _LEAST_BASES + 3)
    if not enough or min(place, wild) < 0 or len(across) * len(table) > _MOST_CELLS:
        return None
    if not _whole(columns[place]) or not all(map(_is_letter, columns[wild])):
        return None
    filled = [cell for number in across for cell in columns[number] if not is_missing(cell)]
    if not filled or not all(is_number(cell, "comma") for cell in filled):
        return None
    made: list[tuple[str, str, int]] = []
    own = 0
    for row, (at, wild_letter) in enumerate(zip(columns[place], columns[wild], strict=True)):
        for number, letter in across.items():
            value = columns[number][row]
            if is_missing(value):
                continue
            if letter == _one_letter(wild_letter):
                own += 1
                continue
            made.append((f"{wild_letter}{at}{letter}", value, row))
    if not made:
        return None
    name = table.file.name
    said = [notice(len(made), "cell", "of a map of positions by letters, each read as one mutant.", name)]
    if own:
        said.append(notice(own, "cell", "of the wild type's own letter, left out.", name))
    names = [mutant for mutant, _, _ in made]
    return replace(
        table,
        kind="mutants",
        cells=pd.DataFrame({"mutant": names, "score": [value for _, value, _ in made]}, dtype=str),
        lines=table.lines[np.array([row for _, _, row in made], np.int64)],
        name_column="mutant" if len(set(names)) == len(names) else "",
        notices=(*table.notices, *said),
    )


def _find(titled: Sequence[str], names: Sequence[str]) -> int:
    plain = [plain_name(title) for title in titled]
    return next((plain.index(name) for name in names if name in plain), -1)


def _whole(values: Sequence[str]) -> bool:
    return bool(values) and all(_WHOLE.fullmatch(value) for value in values)


def _one_letter(word: str) -> str:
    return AMINO_ACIDS.get(word.lower(), word.upper())


def _is_letter(word: str) -> bool:
    return (len(word) == 1 and (word.isalpha() or word in "*=")) or word.lower() in AMINO_ACIDS


def _free(name: str) -> str:
    return f"{name} of the file" if name == "mutant" else name
