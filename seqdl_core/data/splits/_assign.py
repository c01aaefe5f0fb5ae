"""Whole groups to parts: as near to the asked shares, and to the same mix of classes, as whole groups allow."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from jaxtyping import Int64
from numpy.typing import NDArray

from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.data.splits import Divided, Rows, Shares
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.readers import NoticeRecord

_PARTS = np.array(SPLITS, object)
_FAR = 0.05
"""A share further from the asked one than this is told."""


def by_groups(
    rows: Rows,
    names: Sequence[str],
    choice: Shares,
    *,
    noun: str,
    words: str,
    stratify: bool,
    notices: tuple[NoticeRecord, ...] = (),
) -> Divided:
    """Draw parts or folds from groups that stay whole.

    Args:
        names: the group of each row, told by its name.
        noun: what a group is called where there are too few.
        stratify: whether each part should hold the same mix of classes.

    Raises:
        DataError: where there are fewer groups than parts.
    """
    check_fold(choice)
    group_of, labels = pd.factorize(np.array(names, dtype=object))
    parts = choice.folds or (3 if choice.validation else 2)
    if len(labels) < parts:
        fix = "Choose another way to split." if len(labels) < 2 else "Ask for fewer parts or folds."
        only = "is only one group" if len(labels) == 1 else f"are only {len(labels):,} groups"
        raise DataError(f"There {only} of {noun}, too few for {parts} parts.", where=rows.info.name, fix=fix)
    strata = rows.strata if stratify else np.zeros(len(rows.table), np.int64)
    fold = None
    if choice.folds:
        fold = assign(group_of, rows.spelled, strata, [1 / choice.folds] * choice.folds, choice.seed)
        part = np.where(fold == choice.fold - 1, 2, 0)
        if choice.validation:
            _draw_validation(part, group_of, rows.spelled, strata, choice.validation, choice.seed)
    else:
        if choice.test + choice.validation >= 1:
            raise ConfigError(
                "The test and validation share leave nothing to train on.",
                where="test, validation",
                fix="Choose shares that add up to less than 1.",
            )
        shares = [1 - choice.test - choice.validation, choice.validation, choice.test]
        part = assign(group_of, rows.spelled, strata, shares, choice.seed)
    told = list(notices)
    largest = int(np.bincount(group_of).max())
    tested = float((part == 2).mean())
    wanted = 1 / choice.folds if choice.folds else choice.test
    if abs(tested - wanted) > _FAR * max(wanted, 0.2):
        told.append(
            NoticeRecord(
                what=f"The test part holds {100 * tested:.1f} % of the rows where {100 * wanted:.0f} % were asked for: "
                f"groups of {noun} stay whole, and the largest has {largest:,} of {len(group_of):,} rows.",
                fix="Choose another share, or another way to split.",
                part="test",
            )
        )
    return Divided(_PARTS[part], words, fold, tuple(told))


def _draw_validation(
    part: NDArray[np.int64],
    group_of: NDArray[np.intp] | NDArray[np.int64],
    spelled: Sequence[str],
    strata: NDArray[np.int64],
    wanted: float,
    seed: int,
) -> None:
    """Move whole groups of the training rows to validation, in place; ``wanted`` is a share of all rows."""
    rest = np.flatnonzero(part == 0)
    share = min(0.9, wanted * len(part) / max(1, len(rest)))
    inner = assign(group_of[rest], [spelled[row] for row in rest.tolist()], strata[rest], [1 - share, share], seed)
    part[rest[inner == 1]] = 1


def check_fold(choice: Shares) -> None:
    """Raises ConfigError for a fold that there is not."""
    if choice.folds == 1 or (choice.folds and choice.fold > choice.folds):
        raise ConfigError(
            "One fold is no split." if choice.folds == 1 else f"There is no fold {choice.fold} of {choice.folds}.",
            where="folds" if choice.folds == 1 else "fold",
            fix="Choose 2 folds or more." if choice.folds == 1 else f"Choose a fold from 1 to {choice.folds}.",
        )


def assign(
    group_of: NDArray[np.intp] | NDArray[np.int64],
    spelled: Sequence[str],
    strata: NDArray[np.int64],
    shares: Sequence[float],
    seed: int,
) -> Int64[np.ndarray, " N"]:
    """The part of each row, whole groups at a time: the largest first, each to where most is missing.

    Groups of one size come in a random order that is made of the seed and of their letters, not of their place, so the
    order of the rows does not matter.
    """
    groups, inverse = np.unique(group_of, return_inverse=True)
    classes = int(strata.max()) + 1 if len(strata) else 1
    content = np.zeros((len(groups), classes))
    np.add.at(content, (inverse, strata), 1.0)
    ranks: list[bytes] = [b"\xff" * 9] * len(groups)
    for group, sequence in zip(inverse.tolist(), spelled, strict=True):
        ranks[group] = min(ranks[group], hashlib.blake2b(f"{seed}:{sequence}".encode(), digest_size=8).digest())
    order = sorted(range(len(groups)), key=lambda group: (-content[group].sum(), ranks[group]))
    total = content.sum(axis=0)
    missing = np.outer(shares, total)
    weight = 1 / np.maximum(total, 1)
    closed = np.array([share <= 0 for share in shares])
    part = np.zeros(len(groups), np.int64)
    for group in order:
        wanted = missing @ (content[group] * weight)
        wanted[closed] = -np.inf
        part[group] = int(np.argmax(wanted))
        missing[part[group]] -= content[group]
    part = _fill_empty(part, content.sum(axis=1), closed)
    return np.asarray(part[inverse], np.int64)


def _fill_empty(part: NDArray[np.int64], sizes: NDArray[np.float64], closed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """No part that was asked for stays empty: it gets the smallest group of the part with the most groups."""
    for number in np.flatnonzero(~closed).tolist():
        if not (part == number).any():
            members = np.bincount(part, minlength=len(closed))
            donor = int(np.argmax(members))
            if members[donor] > 1:
                own = np.flatnonzero(part == donor)
                part[own[np.argmin(sizes[own])]] = number
    return part


def named_parts(
    rows: Rows, names: Sequence[str], test: Sequence[str], validation: Sequence[str], choice: Shares, words: str
) -> Divided:
    """Rows of the groups that a person names test or validate; others train, or are drawn for validation as groups.

    Raises:
        ConfigError: where validation groups are named and a share of them is asked for too.
        DataError: where too few groups are left to draw validation from.
    """
    part = np.zeros(len(names), np.int64)
    part[np.isin(np.array(names, object), list(validation))] = 1
    part[np.isin(np.array(names, object), list(test))] = 2
    if choice.validation and validation:
        raise ConfigError(
            "Validation groups are named, and a validation share is asked for too.",
            where="validation",
            fix="Choose one of the two.",
        )
    if choice.validation:
        group_of = pd.factorize(np.array(names, dtype=object))[0]
        if len(np.unique(group_of[part == 0])) < 2:
            raise DataError(
                "One group is left beside those that test, too few to train and to validate.",
                where=rows.info.name,
                fix="Name fewer test groups, or ask for no validation share.",
            )
        _draw_validation(part, group_of, rows.spelled, rows.strata, choice.validation, choice.seed)
    return Divided(_PARTS[part], words)


def with_notices(divided: Divided, *notices: NoticeRecord) -> Divided:
    """The same with further notices."""
    return replace(divided, notices=(*divided.notices, *notices))


def listed(text: str) -> list[str]:
    """What a person typed with commas between."""
    return [part.strip() for part in text.split(",") if part.strip()]
