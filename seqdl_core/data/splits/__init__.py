"""Ways to split a data set into training, validation and test: one file a way, found by looking.

    choice = SimilarityChoice(test=0.2, identity=0.8)
    divided = WAYS.get("similarity").divide(Rows(table, info), choice)

A way's config is its form on the page and its flags on the command line. The same rows, choice and seed give the same
split, in whatever order the rows stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Int64, Shaped
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.data.dataset import DatasetInfo, label_columns
from seqdl_core.data.dataset_info import WITHOUT_NUMBER
from seqdl_core.data.parts.by_letters import strand_free
from seqdl_core.data.parts.relatives import overlapping
from seqdl_core.registry import Registry
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord

LEFT_OUT = ""
"""The part of a row that belongs to none: a mutant with changes on both sides of a border."""

_BINS = 5


class Shares(Config):
    """How much goes where; every way that draws has these."""

    test: float = Field(0.2, gt=0, lt=1, title="Test share", description="Share of the rows held back as the test set.")
    validation: float = Field(
        0.0,
        ge=0,
        lt=0.9,
        title="Validation share",
        description="Share of the rows to watch the training on.",
        json_schema_extra={"advanced": True},
    )
    folds: int = Field(
        0,
        ge=0,
        le=50,
        title="Folds",
        description="0 for one split; k cuts the rows into k parts of like size that can test in turn.",
        json_schema_extra={"advanced": True},
    )
    fold: int = Field(
        1,
        ge=1,
        le=50,
        title="Fold",
        description="Which of the k parts tests, from 1. `train --fold all` trains a network for each of them.",
        json_schema_extra={"advanced": True},
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Another seed, another split.",
        json_schema_extra={"advanced": True},
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows to split, as a data set holds them."""

    table: pd.DataFrame
    info: DatasetInfo

    @property
    def alphabet(self) -> Alphabet:
        return self.info.letters

    @cached_property
    def sequences(self) -> list[str]:
        return list(self.table["sequence"].tolist())

    @cached_property
    def spelled(self) -> list[str]:
        """One spelling for a DNA sequence and its reverse complement."""
        return strand_free(self.sequences, self.alphabet)

    @cached_property
    def copies(self) -> NDArray[np.int64]:
        """A number per row that copies share, and in DNA both strands."""
        return np.asarray(pd.factorize(np.array(self.spelled, object))[0], np.int64)

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """A number per row that rows of one group share; -1 for a row without a group."""
        cells = np.array(self.column("group"), object)
        return np.where(cells == "", -1, pd.factorize(cells)[0]).astype(np.int64)

    @cached_property
    def overlaps(self) -> NDArray[np.int64]:
        """A number per row that rows share whose intervals overlap, and chains of them; -1 without a place."""
        return overlapping(self.table, self.alphabet)

    @cached_property
    def strata(self) -> NDArray[np.int64]:
        """A number per row: its class, its combination of labels, or the fifth of the numbers that it lies in."""
        if self.info.task in WITHOUT_NUMBER:
            return np.zeros(len(self.table), np.int64)
        labels = self.table[list(label_columns(len(self.info.targets)))]
        if self.info.task == "regression":
            ranks = labels.iloc[:, 0].rank(pct=True, method="first").to_numpy()
            return np.where(np.isfinite(ranks), np.ceil(ranks * _BINS), 0).astype(np.int64)
        joined = labels.astype(str).agg(" ".join, axis=1) if labels.shape[1] > 1 else labels.iloc[:, 0]
        return np.asarray(pd.factorize(joined, sort=True)[0], np.int64)

    def column(self, name: str) -> list[str]:
        """The cells of a further column as text; all empty where there is none."""
        if name not in self.table.columns:
            return [""] * len(self.table)
        return ["" if cell is None or cell != cell else str(cell) for cell in self.table[name].tolist()]


@dataclass(frozen=True, eq=False)
class Divided:
    """What a way made of the rows.

    Attributes:
        of_row: ``train``, ``validation``, ``test`` or :data:`LEFT_OUT` per row.
        words: what the split keeps together, as the end of a sentence.
        fold: which fold each row belongs to, from 0, and -1 for none; None where there is one split only.
        notices: what was left out or assumed.
        way: the way that these parts stand for, where it is another one than the one asked.
        title: what tells the new data set from the old one, where the way's title says too little.
    """

    of_row: Shaped[np.ndarray, " N"]
    words: str
    fold: Int64[np.ndarray, " N"] | None = None
    notices: tuple[NoticeRecord, ...] = ()
    way: str = ""
    title: str = ""


@dataclass(frozen=True)
class Way:
    """A way to split.

    Attributes:
        name: what the command line calls it.
        title: what a page calls it.
        summary: one sentence for the person who asks when to use it.
        outcome: what such parts are, as the end of a sentence about a data set.
        config: its choices.
        divide: rows and choices to parts. Raises DataError where the rows do not allow it.
        possible: whether the rows have what it needs, so that a page offers it and :func:`make_split` goes on.
        needs: what that is, as the end of a sentence; "" for a way that is always possible.
        fix: how the rows get it.
        together: a number per row that those share which it never parts, so that whoever holds back some of the rows
            of such a split, as training does, can do alike; None where it parts all but copies.
    """

    name: str
    title: str
    summary: str
    outcome: str
    config: type[Config]
    divide: Callable[[Rows, Any], Divided]
    possible: Callable[[Rows], bool] = lambda rows: True
    needs: str = ""
    fix: str = ""
    together: Callable[[Rows], NDArray[np.int64] | None] = lambda rows: None


WAYS: Registry[Way] = Registry("way to split", "seqdl_core.data.splits", "WAY")

AT_RANDOM_WAYS = ("random", "stratified")
"""The ways that guard against copies alone, so that related sequences may fall on both sides."""

_BROUGHT = {"files": "the files told which rows test", "column": "a column told which rows test"}


def outcome_of(split_way: str) -> str:
    """What is said of a data set's parts by how they were made; "" where that is not known."""
    return _BROUGHT.get(split_way) or (WAYS.get(split_way).outcome if split_way in WAYS.names() else "")


def kept_together(rows: Rows) -> Int64[np.ndarray, " N"] | None:
    """What the split of a data set keeps together among some of its rows, besides copies; None where nothing more.

    Where the parts were brought, nobody says how they were made; groups and overlapping intervals count then.
    """
    way = rows.info.split_way
    if way in WAYS.names() and way not in ("official", "folds"):
        return WAYS.get(way).together(rows)
    ways = (WAYS.get(name) for name in ("group", "overlap"))
    return next((way.together(rows) for way in ways if way.possible(rows)), None)
