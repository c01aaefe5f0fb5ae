"""One number for how well predictions order the rows, whatever the task: AUROC, its mean over classes, or Spearman.

All models are measured on the same bootstrap draws, so that differences between them are paired.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Estimate, bootstrap

METRIC = {"binary": "AUROC", "multiclass": "macro AUROC", "regression": "Spearman correlation"}
"""What is measured, by task."""

GUESSING = {"binary": 0.5, "multiclass": 0.5, "regression": 0.0}

DRAWS = 500

_CELLS = 2_000_000


def estimates(
    task: str,
    labels: Float[np.ndarray, " N"],
    predictions: Sequence[Float[np.ndarray, "N C"]],
    draws: int = DRAWS,
    seed: int = 1,
) -> list[Estimate]:
    """The measure of each model with its bootstrap draws, NaN where it is not defined.

    Args:
        labels: 0 and 1, places of classes, or numbers.
        predictions: one column, or for more classes than two a column for each.

    Binary draws are stratified by class. Draws of the mean over classes (one against the rest) are stratified too.
    Spearman's are of all rows, and each row keeps the rank it has among all.
    """
    if task == "binary":
        scores = [np.asarray(one[:, 0], np.float64) for one in predictions]
        return [one["auroc"] for one in bootstrap(labels, scores, [None] * len(scores), draws, seed)]
    if task == "multiclass":
        return _macro(labels, predictions, draws, seed)
    if task == "regression":
        return _spearman(labels, predictions, draws, seed)
    raise DataError(
        f"There is no single order to judge in {task} data.",
        where="measure",
        fix="Choose data with classes or with numbers.",
    )


def _spearman(
    labels: NDArray[np.float64], predictions: Sequence[NDArray[np.float64]], draws: int, seed: int
) -> list[Estimate]:
    from scipy.stats import rankdata

    truth = rankdata(labels)
    ranks = [rankdata(one[:, 0]) for one in predictions]
    values: list[list[float]] = [[_correlation(truth, one)] for one in ranks]
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        drawn = rng.integers(0, len(truth), len(truth))
        for found, one in zip(values, ranks, strict=True):
            found.append(_correlation(truth[drawn], one[drawn]))
    return [Estimate(found[0], np.array(found[1:])) for found in values]


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / size if size > 0 else float("nan")


def _macro(
    labels: NDArray[np.float64], predictions: Sequence[NDArray[np.float64]], draws: int, seed: int
) -> list[Estimate]:
    classes = np.unique(labels)
    rng = np.random.default_rng(seed)
    block = max(1, _CELLS // max(1, len(labels)))
    sums: list[list[NDArray[np.float64]]] = [[_weighted_macro(labels, classes, one, None)] for one in predictions]
    for start in range(0, draws, block):
        weights = np.zeros((min(block, draws - start), len(labels)))
        for value in classes.tolist():
            own = np.flatnonzero(labels == value)
            weights[:, own] = rng.multinomial(len(own), np.full(len(own), 1 / len(own)), len(weights))
        for found, one in zip(sums, predictions, strict=True):
            found.append(_weighted_macro(labels, classes, one, weights))
    whole = [np.concatenate(found) for found in sums]
    return [Estimate(float(found[0]), found[1:]) for found in whole]


def _weighted_macro(
    labels: NDArray[np.float64],
    classes: NDArray[np.float64],
    scores: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """The mean over classes of how often a row of the class outscores another row, ties counted half."""
    drawn = np.ones((1, len(labels))) if weights is None else weights
    total = np.zeros(len(drawn))
    for value in classes.tolist():
        column = scores[:, int(value)]
        order = np.argsort(column, kind="stable")
        ranked, own = column[order], (labels == value)[order]
        others = np.where(own, 0.0, drawn[:, order])
        below = np.concatenate([np.zeros((len(drawn), 1)), np.cumsum(others, axis=1)], axis=1)
        left = np.searchsorted(ranked, ranked[own], "left")
        right = np.searchsorted(ranked, ranked[own], "right")
        positives = drawn[:, order][:, own]
        wins = (positives * (below[:, left] + below[:, right])).sum(axis=1) / 2
        pairs = positives.sum(axis=1) * below[:, -1]
        total += wins / np.where(pairs > 0, pairs, np.nan)
    return np.asarray(total / len(classes))
