"""From labels as written to numbers, one way for each task; rows without a usable label are named or left out."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Float64

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.along import numbers_in, odd_structures, width_of_bins
from seqdl_core.data.labels.column_kinds import several_parts
from seqdl_core.data.labels.labels import Labels
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.columns import higher_is
from seqdl_core.sequences.vocabulary import is_number, means_one, means_zero, positive_value

_MOST_CLASSES = 500
_SHOWN = 5
_LISTED = 20
_JOINED = 6

DRAWN_BY_CLASS = ("binary", "multiclass")
"""Tasks whose test set holds the same share of each class."""

Direction = Literal["", "better", "worse"]


@dataclass(frozen=True, eq=False)
class Targets:
    """Labels as numbers.

    Attributes:
        values: N rows, T targets; NaN where a target was not measured.
        names: of the T targets.
        label_names: what the labels 0, 1 ... are called; empty for regression.
        members: of two classes that a person made of more, the labels that count as 0 and those that count as 1.
        sure: whether it is beyond doubt which of two labels counts as 1, or whether a single one does.
        direction: whether a higher number is better or worse, ``""`` where that cannot be told; ``evidence`` says why.
        without: rows that have no target at all.
        odd: rows with a label that cannot be read, each with what is wrong.
        bins: for tracks, of each row the values of the first track's bins, then those of the next; ``bin_width`` is the
            letters of one.
    """

    values: Float64[np.ndarray, "N T"]
    names: tuple[str, ...]
    label_names: tuple[str, ...]
    without: Bool[np.ndarray, "N"]
    odd: tuple[tuple[int, str], ...] = ()
    sure: bool = True
    direction: Direction = ""
    evidence: str = ""
    members: tuple[tuple[str, ...], ...] = ()
    bins: tuple[Float32[np.ndarray, " _"], ...] = ()
    bin_width: int = 0

    @property
    def place_of(self) -> dict[str, float]:
        """The number of each label as written."""
        members = self.members or tuple((name,) for name in self.label_names)
        return {label: float(place) for place, labels in enumerate(members) for label in labels}


def targets_of(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    """Labels to numbers. Raises DataError where they do not fit the task."""
    return _WAYS[labels.task](rows, labels, choices)


def label_problems(rows: Assembled, labels: Labels, targets: Targets, choices: ImportChoices) -> list[SeqDLError]:
    """What is wrong with the labels of rows that are kept, or with what was chosen about them."""
    found: list[SeqDLError] = []
    if choices.positive_label and labels.task != "binary":
        found.append(_no_positive(rows, labels, choices))
    missing = np.flatnonzero(targets.without)
    if len(missing) and labels.task not in ("regression", "tracks", "unlabelled"):
        more = len(missing) - 1
        rest = f"; {more:,} more row{' has none' if more == 1 else 's have none'}" if more else ""
        found.append(
            DataError(
                f"The label is missing ({labels.column}){rest}.",
                where=rows.where(int(missing[0])),
                fix="Fill it in, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        )
    if targets.odd:
        row, what = targets.odd[0]
        more = len(targets.odd) - 1
        rest = f"; {more:,} more row{' has' if more == 1 else 's have'} such a label" if more else ""
        found.append(
            DataError(
                f"{what}{rest}.",
                where=rows.where(row),
                fix="Correct it, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        )
    return found


def _no_positive(rows: Assembled, labels: Labels, choices: ImportChoices) -> DataError:
    """A positive label beside a task that has none would be ignored."""
    read = {
        "multiclass": "several classes", "multilabel": "several labels a sequence", "regression": "numbers",
        "residues": "a class for each residue", "tracks": "values along each sequence",
        "contacts": "pairs of positions", "unlabelled": "none at all",
    }[labels.task]  # fmt: skip
    return DataError(
        f"'{choices.positive_label[:40]}' is chosen as the label that counts as 1, and the labels are read as {read}.",
        where=labels.columns[0] if labels.columns else ", ".join(dict.fromkeys(one.file.name for one in rows.tables)),
        fix="Leave the positive label away (`--positive-label`), or choose two classes (`--task binary`).",
    )


def _two_of_many(labels: Labels, chosen: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels that count as 0 and as 1, where a person chose the positives among more than two.

    Args:
        chosen: one label, or several with ; between them.
    """
    distinct = labels.distinct
    ones = (chosen,) if chosen in distinct else tuple(part.strip() for part in chosen.split(";") if part.strip())
    for one in ones:
        if one not in distinct:
            listed = ", ".join(distinct[:_LISTED]) + (", …" if len(distinct) > _LISTED else "")
            raise DataError(
                f"There is no label called '{one[:40]}'.",
                where=labels.column,
                fix=f"Choose one of: {listed}."
                if len(distinct) < 3
                else f"Choose of: {listed}; several with ; between them.",
            )
    zeros = tuple(label for label in distinct if label not in ones)
    if not zeros and len(distinct) > 1:
        raise DataError(
            "All labels are chosen as the positives.",
            where=labels.column,
            fix="Leave at least one out, which counts as 0.",
        )
    return zeros, ones


def _binary(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    written, distinct, chosen = labels.written[0], labels.distinct, choices.positive_label
    without = np.array([not value for value in written])
    if chosen:
        zeros, ones = _two_of_many(labels, chosen)
        if len(distinct) > 2:
            names = (";".join(zeros) if len(zeros) <= _JOINED else f"not {chosen}", chosen)
            values = np.array([float(value in ones) if value else math.nan for value in written], np.float64)
            name = labels.columns[0] if labels.columns else "label"
            return Targets(values[:, None], (name,), names, without, members=(zeros, ones))
    if len(distinct) > 2:
        shown = ", ".join(distinct[:_SHOWN]) + (", …" if len(distinct) > _SHOWN else "")
        raise DataError(
            f"The label {labels.column} has {len(distinct):,} different values ({shown}), and a binary task has two.",
            where=rows.where(written.index(distinct[2])),
            fix="Choose which of them count as 1 (`--positive-label`, several with ; between them), the task that the "
            "values make (`--task multiclass`, `--task regression`), or another column.",
        )
    names, sure = ("0", "1"), True
    if len(distinct) < 2:
        one = distinct[0] if distinct else ""
        positive = one if (one == chosen if chosen else means_one(one)) else ""
        sure = not one or bool(chosen) or means_one(one) or means_zero(one)
    else:
        positive, sure = (chosen or labels.positive, True) if chosen or labels.positive else positive_value(distinct)
        names = (next(value for value in distinct if value != positive), positive)
    values = np.array([float(value == positive) if value else math.nan for value in written], np.float64)
    name = labels.columns[0] if labels.columns else "label"
    return Targets(values[:, None], (name,), names, without, sure=sure)


def _multiclass(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    del choices
    written = labels.written[0]
    names = sorted(labels.distinct, key=_naturally)
    if len(names) > _MOST_CLASSES:
        raise DataError(
            f"The label {labels.column} has {len(names):,} different values, more than {_MOST_CLASSES} classes.",
            where=rows.where(0),
            fix="Choose another label column (`--label-column`), or regression for numbers (`--task regression`).",
        )
    places = {name: float(place) for place, name in enumerate(names)}
    values = np.array([places.get(value, math.nan) for value in written], np.float64)
    name = labels.columns[0] if labels.columns else "label"
    return Targets(values[:, None], (name,), tuple(names), np.isnan(values))


def _multilabel(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    """Columns of two values each, or one column with the classes of a row listed in each cell."""
    del choices
    if len(labels.columns) == 1:
        parts = [several_parts(value) for value in labels.written[0]]
        names = sorted({part for row in parts for part in row}, key=_naturally)
        if len(names) > _MOST_CLASSES:
            raise DataError(
                f"The label {labels.column} names {len(names):,} classes, more than {_MOST_CLASSES}.",
                where=rows.where(0),
                fix="Choose another label column (`--label-column`).",
            )
        place = {name: number for number, name in enumerate(names)}
        values = np.zeros((len(rows), len(names)), np.float64)
        for row, found in enumerate(parts):
            values[row, [place[part] for part in found]] = 1.0
        return Targets(values, tuple(names), ("0", "1"), np.array([not found for found in parts]))
    columns = []
    for name, written in zip(labels.columns, labels.written, strict=True):
        distinct = list(dict.fromkeys(value for value in written if value))
        if len(distinct) > 2:
            raise DataError(
                f"The column {name} has {len(distinct):,} different values, and a label of several has two.",
                where=rows.where(0),
                fix="Choose other label columns, or regression (`--task regression`).",
            )
        positive = (
            positive_value(distinct)[0] if len(distinct) == 2 else next((v for v in distinct if not means_zero(v)), "")
        )
        columns.append([float(value == positive) if value else math.nan for value in written])
    values = np.array(columns, np.float64).T
    return Targets(values, labels.columns, ("0", "1"), _empty(values))


def _regression(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    columns: list[list[float]] = []
    odd: dict[int, str] = {}
    for name, written in zip(labels.columns, labels.written, strict=True):
        numbers = {value: float(value) if is_number(value) else math.nan for value in set(written)}
        columns.append([numbers[value] for value in written])
        words = {value for value, number in numbers.items() if value and not math.isfinite(number)}
        if words:
            odd |= {
                row: f"'{value[:30]}' in the column {name} is not a number"
                for row, value in enumerate(written)
                if value in words and row not in odd
            }
    values = np.array(columns, np.float64).T if columns else np.full((len(rows), 1), math.nan)
    values[~np.isfinite(values)] = math.nan
    without = _empty(values)
    without[sorted(odd)] = False
    direction, evidence = _direction(labels, choices)
    return Targets(values, labels.columns, (), without, tuple(sorted(odd.items())), True, direction, evidence)


def _direction(labels: Labels, choices: ImportChoices) -> tuple[Direction, str]:
    if choices.direction != "auto":
        return choices.direction, "As chosen"
    said = {higher_is(name) for name in labels.columns}
    names = ", ".join(labels.columns[:3])
    if said == {"better"}:
        return "better", f"By the name {names}"
    if said == {"worse"}:
        return "worse", f"By the name {names}"
    return "", f"The name{'s' if len(labels.columns) > 1 else ''} {names} cannot tell"


def _residues(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    """No number for a row: the letters stand in the column ``residues``; the classes are the letters in use."""
    del choices
    written = labels.written[0]
    odd = []
    for row, (letters, sequence) in enumerate(zip(written, rows.sequences, strict=True)):
        if letters and len(letters) != len(sequence):
            odd.append((row, f"The row has {len(letters):,} residue labels for {len(sequence):,} letters"))
    classes = sorted(set().union(*map(set, written)) - {"."})
    without = np.array([not letters for letters in written])
    return Targets(
        np.full((len(rows), 1), math.nan), (labels.columns[0],), tuple(classes), without, tuple(odd)
    )  # fmt: skip


def _tracks(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    """No number for a row: its bins stand in ``bins``.

    Raises:
        DataError: where values are negative, which counts cannot be, or the bins are not of the width that was chosen.
    """
    lengths = [len(sequence) for sequence in rows.sequences]
    read = [[numbers_in(cell) for cell in written] for written in labels.written]
    counts = [0 if first is None else len(first) for first in read[0]]
    width = width_of_bins(counts, lengths)
    bins, odd = [], []
    for row, (length, *values) in enumerate(zip(lengths, *read, strict=True)):
        known = [one if one is not None else np.zeros(0, np.float32) for one in values]
        sizes = {len(one) for one in known}
        if any(one is None or np.isinf(one).any() for one in values):
            odd.append((row, "The row has something else than numbers among its bins"))
        elif sizes != {0} and (len(sizes) > 1 or len(known[0]) * width != length):
            odd.append((row, f"The row has {len(known[0]):,} bins for {length:,} letters, not one for every {width:,}"))
        bins.append(np.concatenate(known))
    low = min((float(np.nanmin(one)) for one in bins if np.isfinite(one).any()), default=0.0)
    if low < 0:
        raise DataError(
            f"The lowest value is {low:.4g}, and counts are never negative.",
            where=rows.where(next(row for row, one in enumerate(bins) if (one < 0).any())),
            fix="Bring absolute values, or learn one number for each sequence (`--task regression`).",
        )
    if choices.bin and width != choices.bin:
        raise DataError(
            f"There is one number for every {counted(width, 'letter')}, and the width chosen is {choices.bin:,}.",
            where=rows.where(0),
            fix="Leave the bin width away (`--bin`), or bring the track as a bigWig or bedGraph file.",
        )
    without = np.array([not np.isfinite(one).any() for one in bins])
    without[[row for row, _ in odd]] = False
    nothing = np.full((len(rows), len(labels.columns)), math.nan)
    return Targets(nothing, labels.columns, (), without, tuple(odd), bins=tuple(bins), bin_width=width)


def _contacts(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    """No number for a row: the pairs stand in the column ``structure``."""
    del choices
    odd = odd_structures(labels.written[0], rows.sequences)
    without = np.array([not text for text in labels.written[0]])
    return Targets(np.full((len(rows), 1), math.nan), ("pairs",), (), without, tuple(odd))


def _empty(values: Float64[np.ndarray, "N T"]) -> Bool[np.ndarray, "N"]:
    return np.asarray(np.isnan(values).all(axis=1))


def _unlabelled(rows: Assembled, labels: Labels, choices: ImportChoices) -> Targets:
    del labels, choices
    return Targets(np.full((len(rows), 1), math.nan), ("label",), (), np.zeros(len(rows), bool))


def _naturally(text: str) -> tuple[float, list[tuple[int, int, str]]]:
    """-1, 0, 2, 10 and class_2 before class_10."""
    number = float(text) if is_number(text) else math.inf
    pieces = re.split(r"(\d+)", text)
    return number, [(0, int(piece), "") if piece.isdecimal() and len(piece) < 19 else (1, 0, piece) for piece in pieces]


_WAYS: dict[str, Callable[[Assembled, Labels, ImportChoices], Targets]] = {
    "binary": _binary,
    "multiclass": _multiclass,
    "multilabel": _multilabel,
    "regression": _regression,
    "residues": _residues,
    "tracks": _tracks,
    "contacts": _contacts,
    "unlabelled": _unlabelled,
}


def strata(task: str, values: Float64[np.ndarray, "N T"]) -> Float64[np.ndarray, "N"]:
    """What a drawn test set should hold the same share of: the class, where a row has one."""
    if task in DRAWN_BY_CLASS:
        return values[:, 0]
    return np.zeros(len(values), np.float64)


def labels_shown(names: Sequence[str], most: int = 6) -> str:
    """``EI, IE and N``; the first few of many."""
    shown = list(names[:most])
    if len(names) > most:
        return ", ".join(shown) + f" and {len(names) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
