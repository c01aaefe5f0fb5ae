"""Headers of a FASTA file read in batches: names, and what the headers say besides, all batches alike.

The ordinary reader of headers looks at all of a file at once and takes some microseconds for each. Here it reads the
sample; where a plain pattern gives the same answer there, that pattern reads every batch whose headers all match it,
twenty times as fast, and the ordinary reader all others, beside some headers of the sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seqdl_core.data.large.sample import Plan
from seqdl_core.data.rows import CHROMOSOMES
from seqdl_core.errors import DataError
from seqdl_core.sequences.fasta_batches import Batch
from seqdl_core.sequences.readers._headers import read_headers
from seqdl_core.sequences.table_batches import TableBatch

_NAME = r"(?P<name>[^\s;|=:,]+)"
_PLACE = r"(?P<name>(?P<chrom>[A-Za-z0-9_.]+):(?P<start>\d+)-(?P<end>\d+))"
_VALUE = r"[^\s;|=:]+"
_PATTERNS = tuple(
    rf"^[ \t]*{name}{rest}\s*$"
    for name in (_PLACE, _NAME)
    for rest in (
        "",
        rf"\|(?P<label>{_VALUE})",
        rf"\|(?P<label>{_VALUE})\|(?P<split>{_VALUE})",
        rf"[ \t]+(?P<label>{_VALUE})",
        r"[ \t]+[^=:|\t]*",
    )
)
_GROUPS = ("name", "chrom", "start", "end", "label", "split")
_NAMES = {"chrom": "chromosome"}


@dataclass(frozen=True)
class Columns:
    """Text columns by name, as arrow arrays of one entry a record; ``nameless`` records were numbered."""

    cells: dict[str, Any]
    nameless: int


class HeaderReader:
    """Reads the headers of batches as the sample's headers were read."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._titles, self._lengths = plan.sample.titles, plan.sample.lengths
        self._file = plan.sample.table.file.name
        there = plan.sample.table.cells.columns
        known = ("chrom", "start", "end", "strand") if "chrom" in there else ()
        self.places = {_NAMES.get(column, column): column for column in known if column in there}
        wanted = [*plan.label_columns, plan.split_column, plan.validation_column, plan.group_column]
        self._needed = tuple(dict.fromkeys(column for column in (*wanted, plan.name_column or "name") if column))
        self._kept = (*self._needed, *self.places.values(), "name")
        self._from_one = False
        self._pattern = self._fitting_pattern()

    def read(self, batch: Batch, before: int) -> Columns:
        """The batch's columns; ``before`` counts the records that came earlier, so that the nameless get a number.

        Raises:
            DataError: the headers of this batch do not give what those of the sample gave.
        """
        cells = self._by_pattern(batch.titles_in_memory) if self._pattern else None
        nameless = 0
        if cells is None:
            cells, nameless = self._one_by_one(batch, before)
        return Columns(cells, nameless)

    def _fitting_pattern(self) -> str:
        """The first pattern that reads the sample's headers as the ordinary reader does; ``""`` where none does."""
        truth = _read(self._titles, self._file, self._lengths)
        for pattern in _PATTERNS:
            groups = [group for group in _GROUPS if f"?P<{group}>" in pattern]
            if not set(self._kept) <= set(groups):
                continue
            found = pc.extract_regex(pa.array(self._titles, pa.large_string()), pattern)
            if found.null_count:
                continue
            told = {group: found.field(group) for group in groups}
            for from_one in (False, True):
                self._from_one = from_one and "start" in self._kept
                cells = self._from_zero(told)
                if all(cells[column].to_pylist() == truth[column] for column in self._kept):
                    return pattern
        return ""

    def _by_pattern(self, titles: Any) -> dict[str, Any] | None:
        if titles is None:
            return None
        found = pc.extract_regex(titles, self._pattern)
        if found.null_count:
            return None
        cells = {column: found.field(column) for column in self._kept}
        if "start" in cells and self._backwards(cells):
            return None
        return self._from_zero(cells)

    def _backwards(self, cells: dict[str, Any]) -> bool:
        """Whether some places are written from their end to their start, as those on the other strand are."""
        starts, ends = (pc.cast(cells[column], pa.int64()) for column in ("start", "end"))
        return bool(pc.any(pc.greater(starts, ends)).as_py())

    def _from_zero(self, cells: dict[str, Any]) -> dict[str, Any]:
        """The same columns with starts that count from 0."""
        if not self._from_one:
            return cells
        starts = pc.max_element_wise(pc.subtract(pc.cast(cells["start"], pa.int64()), 1), 0)
        return cells | {"start": pc.cast(starts, pa.large_string())}

    def _one_by_one(self, batch: Batch, before: int) -> tuple[dict[str, Any], int]:
        context = len(self._titles)
        titles = batch.titles
        found = _read([*self._titles, *titles], self._file, [*self._lengths, *np.diff(batch.offsets).tolist()])
        names = found["name"][context:]
        nameless = 0
        for row, name in enumerate(names):
            if name == f"record_{row + context + 1}" and name not in titles[row]:
                names[row] = f"record_{before + row + 1}"
                nameless += 1
        cells = {column: pa.array(values[context:], pa.large_string()) for column, values in found.items()}
        cells["name"] = pa.array(names, pa.large_string())
        for column in self.places.values():
            if column not in cells:
                cells[column] = pa.array([""] * len(names), pa.large_string())
        for column in self._needed:
            if column not in cells:
                row = self._first_unlike(titles, column)
                raise DataError(
                    f"Here the headers no longer give {column}, as those before did.",
                    where=batch.where(row, self._file),
                    fix="Write all headers alike, or bring the two kinds of records as two files.",
                )
        return cells, nameless

    def _first_unlike(self, titles: Sequence[str], column: str) -> int:
        """The first record with which the headers of a batch stop giving a column."""
        low, high = 0, len(titles) - 1
        while low < high:
            middle = (low + high) // 2
            if column in _read([*self._titles, *titles[: middle + 1]], self._file, ()):
                low = middle + 1
            else:
                high = middle
        return low


def _read(titles: Sequence[str], file: str, lengths: Sequence[int]) -> dict[str, list[str]]:
    """The ordinary reading of headers."""
    found = read_headers(titles, lengths or [0] * len(titles), file, np.zeros(len(titles), np.int64))
    return {**found.columns, "name": list(found.names)}


class TableColumns:
    """The columns of a table read in batches, as HeaderReader gives those of headers."""

    def __init__(self, plan: Plan) -> None:
        names = [str(column) for column in plan.sample.table.cells.columns]
        place = next((name for name in names if name.strip().lower() in CHROMOSOMES), "")
        self.places = {"chromosome": place} if place else {}

    def read(self, batch: Batch, before: int) -> Columns:
        """The batch's columns."""
        del before
        assert isinstance(batch, TableBatch)
        return Columns(batch.cells, 0)
