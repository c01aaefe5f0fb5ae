"""Official: the parts as they were brought, perhaps with a validation part drawn from the training rows."""

import numpy as np
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.data.splits import Divided, Rows, Way
from seqdl_core.data.splits._assign import assign

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
        group_of = np.unique(np.array(spelled, object), return_inverse=True)[1]
        shares = [1 - choice.validation, choice.validation]
        of_row[train[assign(group_of, spelled, rows.strata[train], shares, choice.seed) == 1]] = "validation"
    return Divided(of_row, "as brought")


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
