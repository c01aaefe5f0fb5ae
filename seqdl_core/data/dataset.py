"""A data set is a folder that never changes: ``sequences.parquet`` with the rows and ``dataset.json`` with the rest.

Its name for all purposes is the hash of its content, so a run can say exactly what it was trained on. A third file,
``features.parquet``, is there where sequences came with annotated stretches (GenBank features, planted motif sites).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Float64, UInt8
from pydantic import ValidationError

from seqdl_core.data.content_hash import ContentHash, hash_of
from seqdl_core.data.dataset_info import (
    COLUMNS,
    FEATURE_COLUMNS,
    FURTHER_COLUMNS,
    SPLITS,
    DatasetInfo,
    Source,
    TaskName,
    label_columns,
)
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet, encode_all
from seqdl_core.sequences.readers import NoticeRecord

__all__ = [
    "COLUMNS",
    "FEATURE_COLUMNS",
    "FURTHER_COLUMNS",
    "SPLITS",
    "Dataset",
    "DatasetInfo",
    "DatasetWriter",
    "NoticeRecord",
    "Source",
    "TaskName",
    "label_columns",
]

_INFO = "dataset.json"
_ROWS = "sequences.parquet"
_FEATURES = "features.parquet"
_FORMAT = 3
_UNSEALED = 2
"""The format before, whose hash left out much and is calculated no longer: such a folder opens, its hash unverified."""
_NUMBERS = ("start", "end", "fold")
_LONG = ("sequence", "residues", "structure", "bins")
_BATCH_ROWS = 65_536


class DatasetWriter:
    """Writes a data set batch by batch, for rows that do not fit into memory together.

        with DatasetWriter(folder) as writer:
            for rows in batches: writer.add(rows)
            dataset = writer.finish(info)

    The folder appears whole when ``finish`` returns, or not at all. All batches must have the same columns.
    """

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise _occupied(folder)
        self._folder = folder
        self._hash: ContentHash | None = None
        self._rows: pq.ParquetWriter | None = None
        self._counts: dict[str, int] = dict.fromkeys(SPLITS, 0)
        self._positives: dict[str, int] = dict.fromkeys(SPLITS, 0)
        self._longest = 0
        self._extremes = (np.inf, -np.inf)
        self._columns: tuple[str, ...] = ()
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".dataset-"))

    def __enter__(self) -> "DatasetWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        if self._rows:
            self._rows.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def add(self, table: pd.DataFrame) -> None:
        """Write rows. Names are not compared between batches: the caller sees to it that they differ."""
        rows = _typed(table)
        if not len(rows):
            return
        if self._hash is None:
            self._columns = tuple(rows.columns)
            self._hash = ContentHash([column for column in self._columns if column != "source"])
        self._hash.add(rows)
        written = pa.Table.from_pandas(rows, preserve_index=False)
        self._rows = self._rows or pq.ParquetWriter(self._temporary / _ROWS, written.schema, compression="zstd")
        self._rows.write_table(written)
        self._longest = max(self._longest, int(rows["sequence"].str.len().max()))
        labels = rows["label"].to_numpy()
        if not np.isnan(labels).all():
            low, high = self._extremes
            self._extremes = (min(low, float(np.nanmin(labels))), max(high, float(np.nanmax(labels))))
        for split in SPLITS:
            inside = (rows["split"] == split).to_numpy()
            self._counts[split] += int(inside.sum())
            self._positives[split] += int((inside & (labels == 1)).sum())

    @property
    def rows(self) -> int:
        """How many rows were added so far."""
        return sum(self._counts.values())

    def written(self) -> Iterator[pd.DataFrame]:
        """The rows so far, a batch at a time, for a second writer that changes them; this one takes no more."""
        if self._rows:
            self._rows.close()
            self._rows = None
            yield from _batches_of(self._temporary / _ROWS, ())

    def finish(self, info: DatasetInfo, features: pd.DataFrame | None = None) -> "Dataset":
        """Check the rows against ``info`` and put the folder in its place."""
        problem = self._contradiction(info)
        if problem or self._hash is None or self._rows is None:
            raise DataError(
                f"These rows do not make a data set: {problem or 'there are none'}.",
                where=info.name,
                fix="Import the files again.",
            )
        self._rows.close()
        self._rows = None
        if features is not None and len(features):
            features = _typed_features(features)
            features.to_parquet(self._temporary / _FEATURES, index=False, compression="zstd")
        content_hash = hash_of(self._hash, info, features)
        document = {"format": _FORMAT, "hash": content_hash, "info": info.model_dump(mode="json")}
        (self._temporary / _INFO).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        for path in self._temporary.iterdir():
            with path.open("rb+") as written:
                os.fsync(written.fileno())
        if self._folder.exists() and any(self._folder.iterdir()):
            return _same_or_refuse(self._folder, content_hash)
        self._temporary.chmod(0o755)
        if self._folder.exists():
            self._folder.rmdir()
        try:
            self._temporary.rename(self._folder)
        except OSError:  # someone else was faster
            return _same_or_refuse(self._folder, content_hash)
        return Dataset(self._folder, info, content_hash)

    def _contradiction(self, info: DatasetInfo) -> str:
        low, high = self._extremes
        named = {part: count for part, count in info.counts.items() if count}
        if {part: count for part, count in self._counts.items() if count} != named:
            return "the counts do not match the rows"
        if not set(label_columns(len(info.targets))) <= set(self._columns):
            return "a target has no column"
        if info.length != self._longest:
            return "the length is not that of the longest sequence"
        needed = {"residues": "residues", "tracks": "bins", "contacts": "structure"}.get(info.task, "sequence")
        if needed not in self._columns:
            return f"there is no column {needed}"
        if info.task == "multiclass" and (low < 0 or high >= len(info.label_names)):
            return "a label has no name"
        if info.task == "binary":
            if any(info.positives.get(split, 0) != self._positives[split] for split in SPLITS):
                return "the counts do not match the rows"
            if low < 0 or high > 1:
                return "a label is neither 0 nor 1"
        return ""


class Dataset:
    """An immutable data set on disk. Make one with :meth:`create`, read one with :meth:`open`."""

    def __init__(self, folder: Path, info: DatasetInfo, content_hash: str) -> None:
        self.folder = folder
        self.info = info
        self.hash = content_hash

    @staticmethod
    def create(folder: Path, table: pd.DataFrame, info: DatasetInfo, features: pd.DataFrame | None = None) -> "Dataset":
        """Write a data set. The folder appears whole or not at all.

        Args:
            table: columns ``id`` (unique), ``sequence``, ``label``, ``split`` and ``source``, one more label column for
                each further target, and any of FURTHER_COLUMNS.
            features: annotated stretches with FEATURE_COLUMNS, ``id`` being the row's.

        Raises:
            DataError: if the folder holds anything else than this very data set, or the rows contradict ``info``.
        """
        problem = _unfit(table, info)
        if problem:
            raise DataError(
                f"These rows do not make a data set: {problem}.", where=info.name, fix="Import the files again."
            )
        with DatasetWriter(folder) as writer:
            writer.add(table)
            return writer.finish(info, features)

    @staticmethod
    def open(folder: Path, verify: bool = True) -> "Dataset":
        """Read a data set.

        Args:
            verify: compare the rows with the hash; a list of many data sets may leave that to whoever uses one.

        Raises:
            DataError: if there is none, or its files were changed or damaged.
        """
        try:
            document = json.loads((folder / _INFO).read_text(encoding="utf-8"))
            if document["format"] not in (_FORMAT, _UNSEALED):
                raise _other_format(folder, document["format"])
            dataset = Dataset(folder, DatasetInfo.model_validate(document["info"]), str(document["hash"]))
        except (FileNotFoundError, NotADirectoryError):
            raise DataError(
                "There is no data set here.",
                where=str(folder),
                fix="Make one with `python -m seqdl_core import FILE... --out FOLDER`.",
            ) from None
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            raise _damaged(folder, f"{_INFO} cannot be read") from None
        if verify and document["format"] != _UNSEALED and dataset._hash_of_content() != dataset.hash:
            raise _damaged(folder, "its content does not match the hash that was stored with it")
        return dataset

    def _hash_of_content(self) -> str:
        digest: ContentHash | None = None
        for rows in self.batches():
            digest = digest or ContentHash([column for column in rows.columns if column != "source"])
            digest.add(rows)
        return hash_of(digest, self.info, self.features) if digest else ""

    def batches(self, columns: tuple[str, ...] = ()) -> Iterator[pd.DataFrame]:
        """All rows in their order, a batch at a time, so that a large data set need not fit into memory."""
        try:
            yield from _batches_of(self.folder / _ROWS, columns)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            raise _damaged(self.folder, f"{_ROWS} cannot be read") from None

    @cached_property
    def table(self) -> pd.DataFrame:
        """All rows, in the order they were stored: COLUMNS, further labels, and those of FURTHER_COLUMNS there are."""
        try:
            table = pd.read_parquet(self.folder / _ROWS)
            return table[[*COLUMNS, *(column for column in table.columns if column not in COLUMNS)]]
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            raise _damaged(self.folder, f"{_ROWS} cannot be read") from None

    def beside_sequences(self) -> pd.DataFrame:
        """All columns but the sequences, for questions that can be answered without them."""
        try:
            with pq.ParquetFile(self.folder / _ROWS) as file:
                columns = [name for name in file.schema_arrow.names if name not in _LONG]
                return file.read(columns=columns).to_pandas()
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            raise _damaged(self.folder, f"{_ROWS} cannot be read") from None

    def sequences_at(self, rows: Sequence[int]) -> list[str]:
        """The sequences of some rows, by their place in the table; no more than a batch is in memory."""
        found: dict[int, str] = {}
        start = 0
        for batch in self.batches(("sequence",)):
            for row in rows:
                if start <= row < start + len(batch):
                    found[row] = str(batch["sequence"].iloc[row - start])
            start += len(batch)
        return [found[row] for row in rows]

    @cached_property
    def features(self) -> pd.DataFrame:
        """Annotated stretches with FEATURE_COLUMNS, 0-based half-open; empty where there are none."""
        try:
            return pd.read_parquet(self.folder / _FEATURES)[list(FEATURE_COLUMNS)]
        except FileNotFoundError:
            return pd.DataFrame({column: [] for column in FEATURE_COLUMNS})
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            raise _damaged(self.folder, f"{_FEATURES} cannot be read") from None

    @property
    def alphabet(self) -> Alphabet:
        return self.info.letters

    def has(self, split: str) -> bool:
        """Whether this part of the split has rows."""
        return self.info.counts.get(split, 0) > 0

    def rows(self, split: str) -> pd.DataFrame:
        """The rows of ``train``, ``validation`` or ``test``, numbered from 0."""
        table = self.table
        return table[table["split"] == split].reset_index(drop=True)

    def ids(self, split: str) -> list[str]:
        """The names of the rows; no two rows of a data set share one."""
        return list(self.rows(split)["id"].tolist())

    def sequences(self, split: str) -> list[str]:
        """The sequences in upper case, as long as they were brought."""
        return list(self.rows(split)["sequence"].tolist())

    def labels(self, split: str) -> Float64[np.ndarray, "N"]:
        """The first target per row: 0.0 or 1.0 for binary data, the place of the class or the number otherwise."""
        return np.asarray(self.rows(split)["label"], np.float64)

    def targets(self, split: str) -> Float64[np.ndarray, "N T"]:
        """All targets; NaN where one was not measured."""
        return np.asarray(self.rows(split)[list(label_columns(len(self.info.targets)))], np.float64)

    def codes(self, split: str, length: int | None = None) -> UInt8[np.ndarray, "N L"]:
        """The sequences as codes, shorter ones padded at the end with the unknown letter.

        Args:
            length: L; by default the longest sequence of the whole data set.
        """
        return encode_all(self.sequences(split), self.alphabet, self.info.length if length is None else length)


def _batches_of(rows: Path, columns: tuple[str, ...]) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(rows) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=list(columns) or None):
            yield batch.to_pandas()


def _unfit(table: pd.DataFrame, info: DatasetInfo) -> str:
    """What is wrong with the rows that can only be seen when all are at hand."""
    missing = [column for column in (*COLUMNS, *label_columns(len(info.targets))) if column not in table.columns]
    if missing:
        return f"there is no column {missing[0]}"
    if not table["split"].isin(SPLITS).all() or not len(table):
        return f"every row must belong to one of {', '.join(SPLITS)}, and there must be rows"
    if table["id"].duplicated().any():
        return "two rows share a name"
    if info.task == "binary" and not table["label"].isin([0.0, 1.0]).all():
        return "a label is neither 0 nor 1"
    if info.task == "tracks" and "bins" in table.columns:
        width = info.bin_width or info.length + 1
        if (table["bins"].map(len) != table["sequence"].str.len() // width * len(info.targets)).any():
            return "a row has another number of bins than its letters fill"
    return ""


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns of a data set in their order, text as text, numbers as float64, lists as float32."""
    further = [column for column in table.columns if column.startswith("label_")]
    further += [column for column in FURTHER_COLUMNS if column in table.columns]
    rows = table[[*COLUMNS, *further]].reset_index(drop=True)
    numbers = {column for column in rows.columns if column in _NUMBERS or column.startswith("label")}
    if "bins" in rows.columns:
        rows["bins"] = [np.asarray(one, np.float32) for one in rows["bins"]]
    plain = [column for column in rows.columns if column != "bins"]
    return rows.astype({column: "float64" if column in numbers else str for column in plain})


def _typed_features(features: pd.DataFrame) -> pd.DataFrame:
    rows = features[list(FEATURE_COLUMNS)].reset_index(drop=True)
    return rows.astype({column: "int64" if column in _NUMBERS else str for column in FEATURE_COLUMNS})


def _occupied(folder: Path) -> DataError:
    return DataError(
        "The folder already holds something else, and a data set is never overwritten.",
        where=str(folder),
        fix="Choose a new folder.",
    )


def _same_or_refuse(folder: Path, content_hash: str) -> Dataset:
    if (folder / _INFO).is_file():
        there = Dataset.open(folder)
        if there.hash == content_hash:
            return there
    raise _occupied(folder)


def _other_format(folder: Path, found: object) -> DataError:
    return DataError(
        f"The data set is of format {str(found)[:20]}, and this version of SeqDL reads format {_FORMAT}.",
        where=str(folder),
        fix="Import the original files again into a new folder.",
    )


def _damaged(folder: Path, reason: str) -> DataError:
    return DataError(
        f"The data set was changed or damaged: {reason}.",
        where=str(folder),
        fix="Import the original files again into a new folder.",
    )
