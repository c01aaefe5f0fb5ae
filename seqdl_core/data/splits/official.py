"""Official: the parts as they were brought, perhaps with a validation part drawn from the training rows."""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.data.leaks.similarity import clusters
from seqdl_core.data.parts.relatives import joined
from seqdl_core.data.splits import Divided, Rows, Way, kept_together
from seqdl_core.data.splits._assign import assign

MOST_LETTERS = 5_000_000
"""Among more letters than these near copies are not looked for; it takes about 20 seconds."""

_BROUGHT = ("files", "column", "official", "")


class OfficialChoice(Config):
    """Choices of the official split."""

    validation: float = Field(
        0.0,
        ge=0,
        lt=0.9,
        title="Validation share",
        description="Share of the training rows to watch the training on, where none was brought.",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Draws the validation part.",
        json_schema_extra={"advanced": True},
    )


def _divide(rows: Rows, choice: OfficialChoice) -> Divided:
    of_row = rows.table["split"].to_numpy(object).copy()
    if choice.validation and not (of_row == "validation").any():
        train = np.flatnonzero(of_row == "train")
        spelled = [rows.spelled[row] for row in train.tolist()]
        training = Rows(rows.table.iloc[train].reset_index(drop=True), rows.info)
        shares = [1 - choice.validation, choice.validation]
        part = assign(_related(training, choice.validation), spelled, rows.strata[train], shares, choice.seed)
        of_row[train[part == 1]] = "validation"
    return Divided(of_row, "as brought")


def _related(rows: Rows, share: float) -> NDArray[np.int64]:
    """Groups and overlapping intervals, else near copies, stay together; copies alone where that gives one large set.

    Near copies are looked for among up to :data:`MOST_LETTERS` letters.
    """
    together = kept_together(rows)
    if together is None and sum(map(len, rows.sequences)) <= MOST_LETTERS:
        together = clusters(rows.sequences, rows.alphabet)
    found = rows.copies if together is None else joined(rows.copies, together)
    return rows.copies if np.bincount(found).max(initial=0) > (1 - share) * len(found) else found


WAY = Way(
    name="official",
    title="As brought",
    summary="The parts that came with the data, so that scores compare with published ones.",
    outcome="the parts that came with the data",
    config=OfficialChoice,
    divide=_divide,
    possible=lambda rows: rows.info.split_way in _BROUGHT and bool((rows.table["split"] == "test").any()),
    needs="parts that came with the data, one of them a test part",
    fix="Choose another way to split the rows.",
)
