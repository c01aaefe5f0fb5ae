"""Labelled rows as a model means them: its targets in its order, classes by the numbers that it knows them by."""

from typing import TYPE_CHECKING

import pandas as pd

from seqdl_core.commands import say
from seqdl_core.data.dataset import label_columns
from seqdl_core.errors import DataError

if TYPE_CHECKING:
    from seqdl_core.commands._data import LabelledRows
    from seqdl_core.model_file import ModelCard


def fitting(rows: "LabelledRows", card: "ModelCard") -> pd.DataFrame:
    """The rows with the model's targets.

    Raises:
        DataError: naming a target or a class that only the file or only the model knows.
    """
    if card.task == "multiclass":
        return _classes(rows, card)
    if card.task in ("binary", "residues", "contacts", "masked"):
        return rows.table
    theirs, ours = rows.info.targets, card.target_names
    if card.task == "tracks":
        _require_same_bins(rows, card)
    if len(theirs) == len(ours) == 1:
        if theirs != ours:
            say(f"Note: The column {theirs[0]} is held against what the model predicts, {ours[0]}.")
        return rows.table
    if card.task == "tracks" and theirs == ours:
        return rows.table
    foreign = [name for name in theirs if name not in ours]
    missing = [name for name in ours if name not in theirs]
    if foreign or (missing and card.task == "regression") or card.task == "tracks":
        what = f"The model does not predict {foreign[0]}." if foreign else "The tracks are in another order."
        what = f"The data have no target {missing[0]}." if missing and not foreign else what
        raise DataError(what, where=rows.sources[0].name, fix=f"Give {', '.join(ours)}, by these names.")
    columns = dict(zip(theirs, label_columns(len(theirs)), strict=True))
    values = {
        new: rows.table[columns[name]] if name in columns else 0.0  # a class that no row of the file has
        for name, new in zip(ours, label_columns(len(ours)), strict=True)
    }
    return rows.table.drop(columns=list(columns.values())).assign(**values)


def _require_same_bins(rows: "LabelledRows", card: "ModelCard") -> None:
    """Raises DataError where the bins of the data are wider or narrower than those that the model predicts."""
    width = card.length // card.bins
    if rows.info.bin_width != width:
        raise DataError(
            f"The data are measured in bins of {rows.info.bin_width:,} letters; the model predicts bins of {width:,}.",
            where=rows.sources[0].name,
            fix=f"Import the tracks again with `--bin {width}`.",
        )


def _classes(rows: "LabelledRows", card: "ModelCard") -> pd.DataFrame:
    names = rows.info.label_names
    foreign = [name for name in names if name not in card.label_names]
    if foreign:
        raise DataError(
            f"The model does not know the class '{foreign[0]}'.",
            where=rows.sources[0].name,
            fix=f"It knows {', '.join(card.label_names)}.",
        )
    numbers = [float(card.label_names.index(name)) for name in names]
    return rows.table.assign(label=[numbers[int(label)] for label in rows.table["label"]])
