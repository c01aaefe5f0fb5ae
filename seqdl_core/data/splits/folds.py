"""Folds: one of the folds that the rows have tests, the next one validates, the others train."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.data.splits import LEFT_OUT, Divided, Rows, Way
from seqdl_core.errors import ConfigError
from seqdl_core.sequences.readers import notice

_FEWEST = 2


class FoldsChoice(Config):
    """Choices of a split by the folds that the rows have."""

    fold: int = Field(1, ge=1, le=10_000, title="Fold that tests", description="Which fold tests, from 1.")
    validation: bool = Field(
        True,
        title="Validation",
        description="Whether the fold after it validates, the first after the last; two folds leave none for that.",
    )


def folds_of(table: pd.DataFrame) -> tuple[int, ...]:
    """The folds that rows belong to, counted from 1; empty where there are not two to take turns."""
    if "fold" not in table.columns:
        return ()
    cells = table["fold"].to_numpy(np.float64)
    found = tuple(int(value) + 1 for value in np.unique(cells[np.isfinite(cells)]))
    return found if len(found) >= _FEWEST else ()


def _divide(rows: Rows, choice: FoldsChoice) -> Divided:
    there = folds_of(rows.table)
    if choice.fold not in there:
        raise ConfigError(
            f"There is no fold {choice.fold}.", where="fold", fix=f"There are folds {', '.join(map(str, there))}."
        )
    cells = rows.table["fold"].to_numpy(np.float64)
    fold: NDArray[np.int64] = np.where(np.isfinite(cells), cells, -1).astype(np.int64)
    after = there[(there.index(choice.fold) + 1) % len(there)]
    of_row = np.full(len(fold), "train", object)
    of_row[fold == choice.fold - 1] = "test"
    if choice.validation and len(there) > _FEWEST:
        of_row[fold == after - 1] = "validation"
    of_row[fold < 0] = LEFT_OUT
    alone = int((fold < 0).sum())
    told = (notice(alone, "row", "of no fold, or with changes in several, left out."),) if alone else ()
    title = f"fold {choice.fold} of {len(there)}"
    return Divided(of_row, f"with {title} as the test part", fold, told, _made_by(rows), title)


def _made_by(rows: Rows) -> str:
    """How the folds were made: by the way that split this data set before, or they were brought."""
    return rows.info.split_way if rows.info.parent else "folds"


WAY = Way(
    name="folds",
    title="By the folds it has",
    summary="The folds of this data set take turns: one tests, the next validates, the others train.",
    outcome="one of its folds tests",
    config=FoldsChoice,
    divide=_divide,
    possible=lambda rows: bool(folds_of(rows.table)),
    needs="rows with folds, two or more",
    fix="Split the data set in folds first, such as `split SET --way stratified --folds 5 --out FOLDED`.",
)
