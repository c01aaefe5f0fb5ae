"""A test set drawn from the rows, the way that the person chose."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.parts.by_letters import kept_together, random_test_rows
from seqdl_core.data.splits import AT_RANDOM_WAYS
from seqdl_core.sequences.readers import NoticeRecord, notice

RELATED = "stay together; sequences that are merely similar may fall on both sides and flatter the result."


@dataclass(frozen=True, eq=False)
class Drawn:
    """``train``, ``validation`` or ``test`` per row, ``""`` for rows that this way leaves out.

    ``way`` is how the test rows were drawn.
    """

    of_row: Shaped[np.ndarray, "N"]
    way: str
    notices: tuple[NoticeRecord, ...]


def draw(
    table: pd.DataFrame,
    strata: Float64[np.ndarray, "N"],
    info: DatasetInfo,
    choices: ImportChoices,
) -> Drawn:
    """Hold back a share of the training rows, and say what that does not guard against.

    Args:
        table: the rows with a ``split`` so far; rows marked ``repeat`` are to be left out and stay where they are.
        strata: the class of each row, of which the test set gets the same share.
        info: what the rows are; its counts do not matter.

    Raises:
        SeqDLError: where the rows do not have what the chosen way needs.
    """
    of_row = table["split"].to_numpy().astype("<U10")
    train = np.flatnonzero(of_row == "train")
    if choices.split_way not in ("auto", *AT_RANDOM_WAYS):
        from seqdl_core.data.parts.resplit import make_split

        shares = {"test": choices.test_fraction, "seed": choices.seed}
        made = make_split(table.iloc[train].reset_index(drop=True), info, choices.split_way, shares)
        of_row[train] = made.of_row.astype("<U10")
        return Drawn(of_row, made.way, made.notices)
    strata = np.zeros_like(strata) if choices.split_way == "random" else strata
    sequences, alphabet = table["sequence"].to_numpy(object)[train].tolist(), info.letters
    held = random_test_rows(sequences, alphabet, strata[train], choices.test_fraction, choices.seed)
    of_row[train[held]] = "test"
    kept = ~table["repeat"].to_numpy(bool)[train] if "repeat" in table.columns else np.ones(len(train), bool)
    told = notice(
        int((held & kept).sum()),
        "row",
        f"drawn at random (seed {choices.seed}) as the test set. {kept_together(alphabet)} {RELATED}",
        fix="Bring a test file of its own where sequences are related.",
        part="test",
    )
    return Drawn(of_row, "stratified" if len(np.unique(strata)) > 1 else "random", (told,) if told.count else ())
