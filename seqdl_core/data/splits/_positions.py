"""Where each mutant differs from the wild type, and parts made of positions."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seqdl_core.data.parts.relatives import chained
from seqdl_core.data.splits import LEFT_OUT, Divided, Rows
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import NoticeRecord, notice

_NUMBER = re.compile(r"(?<=[A-Za-z*?.])(\d+)|^(\d+)")
_FEWEST = 2
_ALIKE = 0.8

NEEDS = "a mutational scan: mutants of one wild type, whose changed positions are known"
FIX = "Import the mutants with their wild type, or split by similarity."
"""Of the ways that split by position."""


def mutated_positions(rows: Rows) -> tuple[list[frozenset[int]], list[NoticeRecord]]:
    """The positions of each row's changes, counted from 0 in the wild type.

    They follow from comparing letters where the row is as long as the wild type, otherwise from the mutant's name
    (``A24P``), whose numbers count from the data set's first position. Without a wild type, the most frequent letter at
    each position takes its place.

    The rows are those of a scan; see :func:`is_scan`.
    """
    sequences, mutants = rows.sequences, rows.column("mutant")
    notices: list[NoticeRecord] = []
    wild_type = rows.info.wild_type
    if not wild_type and not any(mutants):
        wild_type = _consensus(sequences)
        notices.append(
            NoticeRecord(
                what="The wild type is not known; the most frequent letter at each position was taken for it.",
                fix="Import the mutants with their wild type.",
            )
        )
    found: list[frozenset[int]] = []
    own = np.frombuffer(wild_type.encode("latin-1", "replace"), np.uint8)
    for sequence, mutant in zip(sequences, mutants, strict=True):
        if len(sequence) == len(wild_type):
            letters = np.frombuffer(sequence.encode("latin-1", "replace"), np.uint8)
            found.append(frozenset(np.flatnonzero(letters != own).tolist()))
        else:
            numbers = [int(one or other) for one, other in _NUMBER.findall(mutant)]
            found.append(frozenset(number - rows.info.first_position for number in numbers))
    return found, notices


def by_position(
    rows: Rows,
    found: Sequence[frozenset[int]],
    test: frozenset[int],
    validation: frozenset[int],
    words: str,
    notices: Sequence[NoticeRecord],
    fold_of: dict[int, int] | None = None,
) -> Divided:
    """A row tests where all its changes are at test positions, trains where none is; what is between is left out."""
    of_row = np.full(len(found), "train", object)
    fold: NDArray[np.int64] | None = None if fold_of is None else np.full(len(found), -1, np.int64)
    for row, positions in enumerate(found):
        if fold is not None and fold_of is not None:
            folds = {fold_of[position] for position in positions}
            fold[row] = folds.pop() if len(folds) == 1 else -1
        if not positions:
            continue
        if positions <= test:
            of_row[row] = "test"
        elif positions <= validation:
            of_row[row] = "validation"
        elif positions & (test | validation):
            of_row[row] = LEFT_OUT
    told = list(notices)
    mixed, same = int((of_row == LEFT_OUT).sum()), sum(not positions for positions in found)
    if mixed:
        told.append(notice(mixed, "mutant", "left out: some of the changes are at test positions and others are not."))
    if same:
        told.append(notice(same, "row", "without any change, kept in training.", part="train"))
    return Divided(of_row, words, fold, tuple(told))


def sharing_positions(rows: Rows) -> NDArray[np.int64]:
    """A number per row that mutants share which change a position alike, and chains of them.

    Where mutants with several changes chain most rows in one, only those with a single change count.
    """
    found = mutated_positions(rows)[0]
    for most in (max(map(len, found), default=0), 1):
        pairs = [(row, place) for row, places in enumerate(found) if len(places) <= most for place in places]
        edges: NDArray[np.int64] = np.array(pairs, np.int64).reshape(-1, 2)
        edges[:, 1] -= edges[:, 1].min(initial=0)
        together = chained(edges[:, 0], edges[:, 1], len(found))
        if np.bincount(together).max(initial=0) <= len(found) / 2:
            break
    return together


def all_positions(found: Sequence[frozenset[int]], rows: Rows) -> list[int]:
    """Every mutated position, in order. Raises DataError where there are too few to split."""
    positions = sorted(set().union(*found))
    if len(positions) < _FEWEST:
        raise DataError(
            f"The sequences differ at {len(positions)} positions, too few to split by position.",
            where=rows.info.name,
            fix="Choose another way to split.",
        )
    return positions


def is_scan(rows: Rows) -> bool:
    """Whether the rows are mutants of one wild type; where none is named, sequences of one length that nearly agree."""
    if rows.info.wild_type or any(rows.column("mutant")):
        return True
    if "sequence" not in rows.table.columns or len({len(sequence) for sequence in rows.sequences}) != 1:
        return False
    letters = _letters(rows.sequences)
    return letters.size > 0 and float((letters == _letters([_consensus(rows.sequences)])).mean()) >= _ALIKE


def _consensus(sequences: Sequence[str]) -> str:
    return "".join(chr(int(np.bincount(column).argmax())) for column in _letters(sequences).T)


def _letters(sequences: Sequence[str]) -> NDArray[np.uint8]:
    """Sequences of one length as bytes ``(N, L)``."""
    return np.frombuffer("".join(sequences).encode("latin-1", "replace"), np.uint8).reshape(len(sequences), -1)
