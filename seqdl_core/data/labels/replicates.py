"""The mean of the replicates of one measurement, as one column to learn."""

from collections.abc import Sequence
from dataclasses import replace

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.labels import Labels
from seqdl_core.data.labels.replicate_names import mean_named, replicate_groups
from seqdl_core.data.labels.spelling import spelled_column
from seqdl_core.sequences.vocabulary import is_number

__all__ = ["mean_of", "with_chosen_mean", "with_mean"]


def with_chosen_mean(rows: Assembled, choices: ImportChoices) -> Assembled:
    """The rows with the mean that a person chose as the label; as they are where none is chosen."""
    for group in replicate_groups([str(column) for column in rows.cells.columns]):
        if mean_named(group) == choices.label_column:
            return _with_column(rows, group)
    return rows


def with_mean(rows: Assembled, labels: Labels, choices: ImportChoices) -> tuple[Assembled, Labels]:
    """Labels that are replicates become their mean, unless a person chose columns."""
    chosen = bool(choices.label_column) or labels.task != "regression" or len(labels.columns) < 2
    if chosen or replicate_groups(labels.columns) != [labels.columns]:
        return rows, labels
    rows = _with_column(rows, labels.columns)
    name = mean_named(labels.columns)
    why = f"replicates of one measurement, {len(labels.columns)} columns; each may be a target of its own"
    return rows, replace(labels, columns=(name,), written=(tuple(rows.values(name)),), why=why)


def _with_column(rows: Assembled, group: Sequence[str]) -> Assembled:
    """The mean of the replicates that have a number; a cell with a word stays, so that it is told as one."""
    written = [spelled_column(rows, column) for column in group]
    means = [mean_of(cells) for cells in zip(*written, strict=True)]
    name = mean_named(group)
    return replace(rows, cells=rows.cells.assign(**{name: means}), spellings={}, kinds={name: "number"})


def mean_of(cells: Sequence[str]) -> str:
    """The mean of the cells of a row that hold a number, as text; a cell with a word is what the row has."""
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not is_number(cell)]
    if words or not filled:
        return words[0] if words else ""
    return f"{sum(map(float, filled)) / len(filled):.12g}"
