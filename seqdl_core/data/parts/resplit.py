"""From a data set and a way to split it to a new data set; the old one stays as it is.

result = make_split(dataset.table, dataset.info, "similarity", SimilarityChoice(identity=0.8))
split = resplit(dataset, folder, "similarity", {"identity": "0.8"})
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64, Shaped

from seqdl_core.config import Config, parse
from seqdl_core.data.dataset import SPLITS, Dataset, DatasetInfo
from seqdl_core.data.dataset_info import PART_WORDS
from seqdl_core.data.splits import LEFT_OUT, WAYS, Rows, Way
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import NoticeRecord, notice


@dataclass(frozen=True, eq=False)
class SplitResult:
    """Parts for every row.

    Attributes:
        way: the name of the way; that of the one that made the folds, where these take turns.
        title: what tells the new data set from the old one, in the new one's name.
        of_row: ``train``, ``validation``, ``test``, or ``""`` for a row that belongs to no part.
        fold: the fold of each row from 0, -1 for none; None without folds.
        counts: rows per part; ``positives`` the same for rows with label 1 of binary data.
        notices: what was left out or assumed, and where the shares are not the asked ones.
        sentence: what was done, with the shares that were reached.
    """

    way: str
    title: str
    of_row: Shaped[np.ndarray, " N"]
    fold: Int64[np.ndarray, " N"] | None
    counts: dict[str, int]
    positives: dict[str, int]
    notices: tuple[NoticeRecord, ...]
    sentence: str


def possible_ways(table: pd.DataFrame, info: DatasetInfo) -> list[Way]:
    """The ways that this data set has what they need for."""
    rows = Rows(table, info)
    return [way for way in WAYS if way.possible(rows)]


def make_split(
    table: pd.DataFrame, info: DatasetInfo, way: str, choice: Config | Mapping[str, Any] | None = None
) -> SplitResult:
    """Split the rows of a data set.

    Args:
        way: a name of ``WAYS``.
        choice: the way's config, or what a person typed for it; by default its defaults.

    Raises:
        UnknownName: for a way that there is not.
        ConfigError: for a choice out of bounds.
        DataError: where the rows do not allow it, or a part would lack a class.
    """
    chosen = WAYS.get(way)
    wanted = choice if isinstance(choice, chosen.config) else parse(chosen.config, _plain(choice), where="split")
    kept = _kept(table, info)
    notices: list[NoticeRecord] = []
    if not kept.all():
        notices.append(
            notice(
                int((~kept).sum()),
                "negative",
                "left out: training shuffles the positives anew, and each test positive gets a shuffle of its own.",
            )
        )
    rows = Rows(table[kept].reset_index(drop=True), info)
    if not chosen.possible(rows):
        raise DataError(
            f"The split '{chosen.title}' needs {chosen.needs}, which this data set does not have.",
            where=info.name,
            fix=chosen.fix,
        )
    divided = chosen.divide(rows, wanted)
    of_row = np.full(len(table), LEFT_OUT, object)
    of_row[kept] = divided.of_row
    fold = None
    if divided.fold is not None:
        fold = np.full(len(table), -1, np.int64)
        fold[kept] = divided.fold
    _check_parts(table, info, of_row)
    notices += divided.notices
    notices += _missing_classes(table, info, of_row)
    counts = {part: int((of_row == part).sum()) for part in SPLITS if (of_row == part).any()}
    ones = (table["label"] == 1).to_numpy() & (info.task == "binary")
    positives = {part: int((ones & (of_row == part)).sum()) for part in counts} if info.task == "binary" else {}
    total = sum(counts.values())
    told = ", ".join(f"{count:,} {PART_WORDS[part]} ({100 * count / total:.1f} %)" for part, count in counts.items())
    title, sentence = divided.title or chosen.title.lower(), f"Split {divided.words}: {told}."
    return SplitResult(divided.way or way, title, of_row, fold, counts, positives, tuple(notices), sentence)


def resplit(
    dataset: Dataset,
    folder: Path,
    way: str,
    choice: Config | Mapping[str, Any] | None = None,
    name: str = "",
) -> Dataset:
    """Write the same rows with other parts as a new data set, which knows the hash of the one it was made from.

    Raises:
        SeqDLError: as :func:`make_split`, or if the folder holds something else.
    """
    result = make_split(dataset.table, dataset.info, way, choice)
    return save_split(dataset, folder, result, name)


def save_split(dataset: Dataset, folder: Path, result: SplitResult, name: str = "") -> Dataset:
    """Write a split that :func:`make_split` made of this data set."""
    info = dataset.info
    inside = np.asarray(result.of_row != LEFT_OUT)
    table = dataset.table.assign(split=result.of_row.astype(object))
    table = table.drop(columns=[column for column in ("fold",) if column in table.columns])
    if result.fold is not None:
        table["fold"] = np.where(result.fold >= 0, result.fold.astype(np.float64), np.nan)
    table = table[inside].reset_index(drop=True)
    present = set(table["source"])
    described = {
        "name": name or f"{info.name} ({result.title})",
        **info.of_length(int(table["sequence"].str.len().max())),
        "counts": result.counts,
        "positives": result.positives,
        "sources": tuple(source for source in info.sources if source.name in present),
        # What was said about the parts that were is no longer true.
        "notices": (*(one for one in info.notices if not one.part), *result.notices),
        "split_way": result.way,
        "parent": dataset.hash,
        "truth": _truth_of(info.truth, set(table["id"])),
    }
    features = dataset.features
    features = features[features["id"].isin(set(table["id"]))]
    return Dataset.create(folder, table, info.model_copy(update=described), features if len(features) else None)


def _plain(choice: Config | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if choice is None:
        return {}
    return choice.model_dump() if isinstance(choice, Config) else choice


def _kept(table: pd.DataFrame, info: DatasetInfo) -> Bool[np.ndarray, " N"]:
    """All rows; of data whose negatives are shuffles, the positives alone: a negative is a shuffle of one of them."""
    if info.negatives != "shuffle" or info.task != "binary":
        return np.ones(len(table), bool)
    return np.asarray(table["label"].to_numpy() == 1)


def _truth_of(truth: dict[str, Any], known: set[str]) -> dict[str, Any]:
    if "sites" not in truth:
        return truth
    return {**truth, "sites": {name: sites for name, sites in truth["sites"].items() if name in known}}


def _check_parts(table: pd.DataFrame, info: DatasetInfo, of_row: Shaped[np.ndarray, " N"]) -> None:
    """Raises DataError where nothing trains or tests, or a part of two classes has only one."""
    for part in ("train", "test"):
        if not (of_row == part).any():
            raise DataError(
                f"No row is left for the {PART_WORDS[part]} part.",
                where=info.name,
                fix="Choose other shares, or another way to split.",
            )
    if info.task not in ("binary", "multiclass") or info.negatives == "shuffle":
        return
    labels = table["label"].to_numpy()
    if len(_classes(labels)) < 2:
        return
    for part in SPLITS:
        found = _classes(labels[of_row == part])
        if len(found) == 1:
            only = info.label_names[int(found[0])] if int(found[0]) < len(info.label_names) else f"{found[0]:g}"
            raise DataError(
                f"The {PART_WORDS[part]} part would hold only rows of class {only}, so nothing can be told apart.",
                where=info.name,
                fix="Choose another share or seed, a stratified split, or another way to split.",
            )


def _missing_classes(
    table: pd.DataFrame, info: DatasetInfo, of_row: Shaped[np.ndarray, " N"]
) -> Sequence[NoticeRecord]:
    """For more classes than two: those that a part lacks."""
    if info.task != "multiclass":
        return ()
    labels = table["label"].to_numpy()
    everywhere = set(_classes(labels).tolist())
    told = []
    for part in SPLITS:
        missing = sorted(everywhere - set(_classes(labels[of_row == part]).tolist()))
        if missing and (of_row == part).any():
            names = ", ".join(info.label_names[int(number)] for number in missing)
            rest = f"without a row in the {PART_WORDS[part]} part: {names}."
            word = "class" if len(missing) == 1 else "classes"
            told.append(NoticeRecord(what=f"{word} {rest}", count=len(missing), part=part))
    return told


def _classes(labels: Shaped[np.ndarray, " M"]) -> Shaped[np.ndarray, " C"]:
    numbers = np.asarray(labels, np.float64)
    return np.unique(numbers[np.isfinite(numbers)])
