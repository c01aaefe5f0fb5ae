"""Contiguous: a stretch of positions of a mutational scan tests, so that no test position was ever seen mutated."""

import numpy as np

from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import check_fold
from seqdl_core.data.splits._positions import (
    FIX,
    NEEDS,
    all_positions,
    by_position,
    is_scan,
    mutated_positions,
    sharing_positions,
)
from seqdl_core.errors import DataError


class ContiguousChoice(Shares):
    """Choices of a split into stretches; shares are of the mutated positions."""


def _divide(rows: Rows, choice: ContiguousChoice) -> Divided:
    check_fold(choice)
    found, notices = mutated_positions(rows)
    positions = all_positions(found, rows)
    fold_of = None
    if choice.folds:
        if choice.folds > len(positions):
            raise DataError(
                f"There are {len(positions):,} mutated positions, too few for {choice.folds} folds.",
                where=rows.info.name,
                fix="Choose fewer folds.",
            )
        blocks = np.array_split(np.array(positions), choice.folds)
        fold_of = {int(position): number for number, block in enumerate(blocks) for position in block}
        begin = sum(len(block) for block in blocks[: choice.fold - 1])
        size = len(blocks[choice.fold - 1])
    else:
        size = min(max(1, round(choice.test * len(positions))), len(positions) - 1)
        begin = int(np.random.default_rng(choice.seed).integers(0, len(positions) - size + 1))
    test = positions[begin : begin + size]
    rest = positions[begin + size :] + positions[:begin][::-1]
    watched = min(round(choice.validation * len(positions)), len(rest) - 1)
    first, last = (position + rows.info.first_position for position in (test[0], test[-1]))
    words = f"by position: changes at positions {first:,} to {last:,} test"
    return by_position(rows, found, frozenset(test), frozenset(rest[:watched]), words, notices, fold_of)


WAY = Way(
    name="contiguous",
    title="By stretch of positions",
    summary="One stretch of a mutational scan is held back: does the model know anything about new positions?",
    outcome="a stretch of positions tests",
    config=ContiguousChoice,
    divide=_divide,
    possible=is_scan,
    needs=NEEDS,
    fix=FIX,
    together=sharing_positions,
)
