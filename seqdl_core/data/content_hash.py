"""The hash of a data set's content, fed a batch at a time and the same however the rows were cut into batches."""

import hashlib
import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from seqdl_core.data.dataset_info import FEATURE_COLUMNS, DatasetInfo

_MEANING = (
    "alphabet", "task", "targets", "label_names", "negatives", "higher_is", "wild_type", "first_position", "genome",
    "truth",
)  # fmt: skip
"""What makes data sets with the same rows different. Names, sources, notices and where parts came from do not."""


class ContentHash:
    """SHA-256 over named columns of text or numbers.

    A text column goes in as two streams, the lengths of its cells in bytes and the bytes themselves, so that no two
    different columns give the same pair. Numbers go in as little-endian float64 with one spelling of NaN, and lists of
    numbers as text does, their bytes being those of little-endian float32.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._streams = {column: (hashlib.sha256(), hashlib.sha256()) for column in columns}

    def add(self, rows: pd.DataFrame) -> None:
        """Take in the next rows; every column must be there."""
        for column, (lengths, content) in self._streams.items():
            values = rows[column]
            if pd.api.types.is_numeric_dtype(values):
                numbers = values.to_numpy("<f8", copy=True)
                numbers[np.isnan(numbers)] = np.nan
                content.update(numbers.tobytes())
            else:
                sizes, joined = _bytes_of_lists(values) if column == "bins" else _bytes_of(values)
                lengths.update(sizes)
                content.update(joined)

    def hexdigest(self, *meaning: str) -> str:
        """The hash of all rows so far; ``meaning`` is what else makes two data sets different (alphabet, task)."""
        digests = [[name, one.hexdigest(), two.hexdigest()] for name, (one, two) in self._streams.items()]
        return hashlib.sha256(json.dumps([list(meaning), digests]).encode()).hexdigest()


def hash_of(rows: ContentHash, info: DatasetInfo, features: pd.DataFrame | None) -> str:
    """The hash of all that a training or a reading depends on: rows, annotated stretches and what they mean."""
    stretches = ContentHash(FEATURE_COLUMNS)
    if features is not None and len(features):
        stretches.add(features)
    meaning = info.model_dump(mode="json", include=set(_MEANING))
    if info.directed:
        meaning["directed"] = True
    if info.bins:
        meaning["bins"] = info.bins
    return rows.hexdigest(json.dumps(meaning, sort_keys=True), stretches.hexdigest())


def _bytes_of_lists(values: pd.Series) -> tuple[bytes, bytes]:
    """The same of lists of numbers, with one spelling of NaN."""
    lists = [np.asarray(one, "<f4") for one in values]
    joined = np.concatenate(lists)
    joined[np.isnan(joined)] = np.nan
    return np.array([4 * len(one) for one in lists], "<i8").tobytes(), joined.tobytes()


def _bytes_of(values: pd.Series) -> tuple[bytes, bytes | memoryview]:
    """The lengths of a text column's cells and their bytes joined, taken as they lie in memory where they do."""
    if isinstance(values.array, pd.arrays.ArrowStringArray) and not values.isna().any():
        column = pa.array(values.array, pa.large_string())
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        _, offsets, joined = column.buffers()
        ends = np.frombuffer(offsets, "<i8")[column.offset : column.offset + len(column) + 1]
        joined = memoryview(joined)[ends[0] : ends[-1]] if joined is not None else b""
        return np.diff(ends).astype("<i8").tobytes(), joined
    cells = [cell.encode("utf-8", "surrogatepass") for cell in values.tolist()]
    return np.array([len(cell) for cell in cells], "<i8").tobytes(), b"".join(cells)
