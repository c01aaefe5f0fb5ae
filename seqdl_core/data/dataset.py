"""A data set is a folder that never changes: ``sequences.parquet`` with the rows and ``dataset.json`` with the rest.

Its name for all purposes is the hash of its content, so a run can say exactly what it was trained on.
"""

import hashlib
import json
import os
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Float64, UInt8
from pydantic import Field, ValidationError

from seqdl_core.config import Config
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named, encode_all
from seqdl_core.sequences.readers import NoticeRecord

__all__ = ["COLUMNS", "SPLITS", "Dataset", "DatasetInfo", "NoticeRecord", "Source"]

COLUMNS = ("id", "sequence", "label", "split", "source")
SPLITS = ("train", "validation", "test")

_INFO = "dataset.json"
_ROWS = "sequences.parquet"
_FORMAT = 1


class Source(Config):
    """A file the rows came from; ``sha256`` and ``bytes`` are of the file as it was brought."""

    name: str
    sha256: str
    bytes: int
    rows: int


class DatasetInfo(Config):
    """What there is to know about a data set besides its rows.

    Attributes:
        length: the longest sequence, in letters.
        label_names: what the person called the labels 0 and 1.
        negatives: ``shuffle`` means that the training rows are positives only, and training redraws dinucleotide
            shuffles of them as negatives; ``given`` means that the rows are all there is.
        counts: rows per part of the split.
        positives: rows with label 1 per part of the split.
        notices: what was changed, left out or assumed on the way in.
        truth: for simulated data, which motifs were planted where.
    """

    name: str
    alphabet: str
    task: str = "binary"
    length: int
    label_names: tuple[str, str] = ("0", "1")
    negatives: Literal["given", "shuffle"] = "given"
    counts: dict[str, int]
    positives: dict[str, int]
    sources: tuple[Source, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    truth: dict[str, Any] = Field(default_factory=dict)


class Dataset:
    """An immutable data set on disk. Make one with :meth:`create`, read one with :meth:`open`."""

    def __init__(self, folder: Path, info: DatasetInfo, content_hash: str) -> None:
        self.folder = folder
        self.info = info
        self.hash = content_hash

    @staticmethod
    def create(folder: Path, table: pd.DataFrame, info: DatasetInfo) -> "Dataset":
        """Write a data set. The folder appears whole or not at all.

        Args:
            table: columns ``id`` (unique), ``sequence``, ``label``, ``split`` and ``source``.

        Raises:
            DataError: if the folder holds anything else than this very data set, or the rows contradict ``info``.
        """
        rows = _checked(table, info)
        content_hash = _hash(rows, info)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return _same_or_refuse(folder, content_hash)
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".dataset-"))
        try:
            rows.to_parquet(temporary / _ROWS, index=False, compression="zstd")
            document = {"format": _FORMAT, "hash": content_hash, "info": info.model_dump(mode="json")}
            (temporary / _INFO).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
            for name in (_ROWS, _INFO):
                with (temporary / name).open("rb+") as written:
                    os.fsync(written.fileno())
            temporary.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            try:
                temporary.rename(folder)
            except OSError:  # someone else was faster
                return _same_or_refuse(folder, content_hash)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return Dataset(folder, info, content_hash)

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
            dataset = Dataset(folder, DatasetInfo.model_validate(document["info"]), str(document["hash"]))
        except (FileNotFoundError, NotADirectoryError):
            raise DataError(
                "There is no data set here.",
                where=str(folder),
                fix="Make one with `python -m seqdl_core import FILE... --out FOLDER`.",
            ) from None
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            raise _damaged(folder, f"{_INFO} cannot be read") from None
        if verify and _hash(dataset.table, dataset.info) != dataset.hash:
            raise _damaged(folder, "the rows do not match the hash that was stored with them")
        return dataset

    @cached_property
    def table(self) -> pd.DataFrame:
        """All rows, in the order they were stored."""
        try:
            return pd.read_parquet(self.folder / _ROWS)[list(COLUMNS)]
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            raise _damaged(self.folder, f"{_ROWS} cannot be read") from None

    @property
    def alphabet(self) -> Alphabet:
        return alphabet_named(self.info.alphabet)

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
        """0.0 or 1.0 per row."""
        return np.asarray(self.rows(split)["label"], np.float64)

    def codes(self, split: str, length: int | None = None) -> UInt8[np.ndarray, "N L"]:
        """The sequences as codes, shorter ones padded at the end with the unknown letter.

        Args:
            length: L; by default the longest sequence of the whole data set.
        """
        return encode_all(self.sequences(split), self.alphabet, self.info.length if length is None else length)


def _checked(table: pd.DataFrame, info: DatasetInfo) -> pd.DataFrame:
    rows = table[list(COLUMNS)].reset_index(drop=True).astype({name: str for name in COLUMNS if name != "label"})
    rows["label"] = rows["label"].astype("float64")
    parts = {split: int((rows["split"] == split).sum()) for split in SPLITS}
    positives = {split: int(((rows["split"] == split) & (rows["label"] == 1)).sum()) for split in SPLITS}
    problem = ""
    if sum(parts.values()) != len(rows) or not len(rows):
        problem = f"every row must belong to one of {', '.join(SPLITS)}, and there must be rows"
    elif rows["id"].duplicated().any():
        problem = "two rows share a name"
    elif not rows["label"].isin([0.0, 1.0]).all():
        problem = "a label is neither 0 nor 1"
    elif any(info.counts.get(s, 0) != parts[s] or info.positives.get(s, 0) != positives[s] for s in SPLITS):
        problem = "the counts do not match the rows"
    elif info.length != int(rows["sequence"].str.len().max()):
        problem = "the length is not that of the longest sequence"
    if problem:
        raise DataError(
            f"These rows do not make a data set: {problem}.", where=info.name, fix="Import the files again."
        )
    return rows


def _hash(rows: pd.DataFrame, info: DatasetInfo) -> str:
    """SHA-256 over alphabet, task, negatives and the rows in their order; file format and names of sources left out."""
    digest = hashlib.sha256(json.dumps([info.alphabet, info.task, info.negatives]).encode())
    for column in ("id", "sequence", "label", "split"):
        digest.update(json.dumps(rows[column].tolist()).encode())
    return digest.hexdigest()


def _same_or_refuse(folder: Path, content_hash: str) -> Dataset:
    if (folder / _INFO).is_file():
        there = Dataset.open(folder)
        if there.hash == content_hash:
            return there
    raise DataError(
        "The folder already holds something else, and a data set is never overwritten.",
        where=str(folder),
        fix="Choose a new folder.",
    )


def _damaged(folder: Path, reason: str) -> DataError:
    return DataError(
        f"The data set was changed or damaged: {reason}.",
        where=str(folder),
        fix="Import the original files again into a new folder.",
    )
