"""Labels of batches of rows as numbers, each held to what a sample of the file told."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float64
from numpy.typing import NDArray

from seqdl_core.data.choices import NO_LABELS, ImportChoices
from seqdl_core.data.labels.column_kinds import several_parts
from seqdl_core.data.labels.replicates import mean_of
from seqdl_core.data.labels.spelling import recased, said_limits, said_missing, spelled_as
from seqdl_core.data.large.sample import Plan
from seqdl_core.data.large.tally import Tally
from seqdl_core.errors import DataError
from seqdl_core.sequences.fasta_batches import Batch
from seqdl_core.sequences.vocabulary import is_label_value, is_number, means_zero


class LabelReader:
    """Reads the labels of batches; the first one that contradicts the sample is named."""

    def __init__(self, plan: Plan, choices: ImportChoices, tally: Tally) -> None:
        self.tally = tally
        self._plan, self._choices = plan, choices
        self._file = plan.sample.table.file.name
        self._places = plan.targets.place_of

    def _where(self, batch: Batch) -> Callable[[int], str]:
        return lambda row: batch.where(row, self._file)

    def read(
        self, batch: Batch, columns: dict[str, Any], keep: Bool[np.ndarray, "N"]
    ) -> tuple[Float64[np.ndarray, "N T"], Bool[np.ndarray, "N"]]:
        """Labels as numbers, and which rows have one; each different label is looked at once."""
        labels, targets = self._plan.labels, self._plan.targets
        rows = len(batch)
        if labels.task == "unlabelled":
            return np.full((rows, 1), np.nan), np.ones(rows, bool)
        if labels.place == NO_LABELS:
            return np.ones((rows, 1)), np.ones(rows, bool)
        if self._plan.mean_of:
            columns = columns | {labels.column: self._means(batch, columns)}
        values = np.full((rows, targets.values.shape[1]), np.nan)
        problems: dict[int, str] = {}
        unknown = np.zeros(rows, bool)
        for at, column in enumerate(labels.columns):
            places, raw, written = self._written(column, columns)
            numbers = np.full((len(written), values.shape[1] if labels.task == "multilabel" else 1), np.nan)
            for number, value in enumerate(written):
                problem = self._number(value, column, numbers[number]) if value else ""
                if problem:
                    problems |= dict.fromkeys(np.flatnonzero(places == number).tolist(), problem)
            if labels.task == "multilabel":
                values = numbers[places]
            else:
                values[:, at] = numbers[places, 0]
            if not self._plan.mean_of:
                self._tell(batch, column, places, raw, written)
            if self._plan.leaves_unknown:
                unknown |= np.isin(places, [place for place in said_missing(raw) if not written[place]])
        missing = np.isnan(values).all(axis=1)
        missing[list(problems)] = False
        self.tally.leave_out(
            f"whose cell in {labels.column} says that there is no label, left out.", unknown & keep, self._where(batch)
        )
        self._refuse_labels(batch, problems, missing & ~unknown, keep)
        bad = missing | unknown
        bad[list(problems)] = True
        return values, ~bad

    def _written(self, column: str, columns: dict[str, Any]) -> tuple[NDArray[np.int64], list[str], list[str]]:
        """Per row the number of its label, the different labels, and the spelling of each, as the sample's are."""
        coded = columns[column].dictionary_encode()
        raw = coded.dictionary.to_pylist()
        known = self._plan.spellings.get(column, {})
        sign = self._plan.signs.get(column, "point")
        written = [known[value] if value in known else spelled_as([value], sign)[0] for value in raw]
        return np.asarray(coded.indices, np.int64), raw, written

    def _means(self, batch: Batch, columns: dict[str, Any]) -> Any:
        """The mean of the replicates of each row, as text."""
        cells = []
        for column in self._plan.mean_of:
            places, raw, written = self._written(column, columns)
            self._tell(batch, column, places, raw, written)
            cells.append(np.array(written, object)[places])
        return pa.array([mean_of(row) for row in zip(*cells, strict=True)], pa.large_string())

    def _tell(self, batch: Batch, column: str, places: NDArray[np.int64], raw: list[str], written: list[str]) -> None:
        """Count labels in another case than most, and limits instead of numbers."""
        where = self._where(batch)
        if self._plan.labels.task == "regression":
            limits = said_limits(raw)
            if limits:
                at = np.isin(places, limits)
                like = next((kind for kind in self.tally.kinds if kind.startswith(f"limit of {column} ")), "")
                shown = raw[int(places[int(at.argmax())])][:20]
                rest = f"of {column} with a limit such as {shown}, read as not measured."
                self.tally.see(like or f"limit {rest}", at, where)
        if not self._plan.mean_of:
            self.tally.see(f"recased {column}", np.isin(places, recased(written, raw)), where)

    def _number(self, value: str, column: str, numbers: NDArray[np.float64]) -> str:
        """Fill in what one label means; what is wrong with it, ``""`` where nothing is."""
        task = self._plan.labels.task
        if task == "regression":
            if not is_number(value) or not np.isfinite(float(value)):
                return f"'{value[:30]}' in the column {column} is not a number"
            numbers[0] = float(value)
            return ""
        if task == "multilabel":
            place = {name: at for at, name in enumerate(self._plan.targets.names)}
            parts = several_parts(value)
            unknown = next((part for part in parts if part not in place), None)
            if unknown is not None:
                return self._unknown(unknown, column)
            numbers[:] = 0.0
            numbers[[place[part] for part in parts]] = 1.0
            return ""
        found = self._place(value)
        if found is None:
            return self._unknown(value, column)
        numbers[0] = found
        return ""

    def _refuse_labels(
        self, batch: Batch, problems: dict[int, str], missing: Bool[np.ndarray, "N"], keep: Bool[np.ndarray, "N"]
    ) -> None:
        drop, task = self._choices.bad_rows == "drop", self._plan.labels.task
        gone = missing & keep
        if gone.any() and not drop and task != "regression":
            raise DataError(
                f"The label is missing ({self._plan.labels.column}).",
                where=batch.where(int(gone.argmax()), self._file),
                fix="Fill it in, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        first = next((row for row in sorted(problems) if keep[row]), None)
        if first is not None and not drop:
            raise DataError(
                f"{problems[first]}.",
                where=batch.where(first, self._file),
                fix="Correct it, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        measured = task == "regression"
        no_label = "without a value of any target, left out." if measured else "left out: no label."
        self.tally.leave_out(no_label, gone, self._where(batch))
        odd = np.zeros(len(batch), bool)
        odd[list(problems)] = True
        label = f"a value in the column {self._plan.labels.column} is not a number"
        odd_label = f"left out: {label if measured else 'a label that was not met before'}."
        self.tally.leave_out(odd_label, odd & keep, self._where(batch))

    def _place(self, value: str) -> float | None:
        """The number of a label; where the sample held one label only, a word for "no" is the other."""
        if value in self._places:
            return self._places[value]
        distinct = self._plan.labels.distinct
        if value and self._plan.labels.task == "binary" and len(distinct) < 2:
            if value == distinct[0]:
                return float(self._plan.targets.values[0, 0])
            if is_label_value(value) and is_label_value(distinct[0]):
                return 0.0 if means_zero(value) else 1.0
        return None

    def _unknown(self, value: str, column: str) -> str:
        names = self._plan.targets.names if self._plan.labels.task == "multilabel" else tuple(self._places)
        listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        return (
            f"The label '{value[:40]}' ({column}) is none of those in the {len(self._plan.sample.table):,} records "
            f"looked at first: {listed}"
        )
