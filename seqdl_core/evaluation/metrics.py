"""Metrics of a binary prediction, each with a 95 % interval from one stratified bootstrap.

Resampling: positives are drawn from the positives and negatives from the negatives, with replacement, as many as there
are of each. How many of each class a test set holds is a choice of whoever made it, not a finding; kept fixed, every
draw has both classes and the base rate that AUPRC is read against. The same seed gives the same draws to every model,
so differences are paired.

A perfect order gets the interval [1, 1]: resampling cannot imagine an error that the test set does not hold.

What is not defined (AUROC with one class, MCC with nothing called positive) is None, never 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray

LEVEL = 0.95
"""The share of draws that an interval holds."""

RANKED = ("auroc", "auprc")
"""Metrics of the order of the scores; these are compared between models."""

METRICS = ("auroc", "auprc", "mcc", "accuracy")
"""All metrics, in the order a table shows them."""

_CELLS = 200_000  # of a block of draws: 1.6 MB, which stays in the processor's cache


@dataclass(frozen=True)
class Interval:
    """A value with its 95 % percentile interval; all None where the value is not defined."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Estimate:
    """A metric on the rows as they are, and on every draw (NaN where a draw leaves it undefined)."""

    value: float
    draws: Float[np.ndarray, " D"]

    def interval(self) -> Interval:
        """The value with the percentile interval of the draws that define it."""
        defined = self.draws[np.isfinite(self.draws)]
        if not np.isfinite(self.value) or not defined.size:
            return Interval()
        low, high = np.percentile(defined, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
        return Interval(float(self.value), float(low), float(high))

    def minus(self, other: "Estimate") -> "Estimate":
        """The paired difference: draw by draw on the same rows."""
        return Estimate(self.value - other.value, self.draws - other.draws)


Estimates: TypeAlias = dict[str, Estimate]


def auroc(labels: Float[np.ndarray, " N"], scores: Float[np.ndarray, " N"]) -> float | None:
    """Area under the ROC curve: how often a positive outscores a negative, ties counted half; None with one class."""
    return _defined(_ranked(_ranking(labels, scores), _as_they_are(labels))[0])


def auprc(labels: Float[np.ndarray, " N"], scores: Float[np.ndarray, " N"]) -> float | None:
    """Average precision: the mean over positives of the precision where each is found; None with one class.

    Not the trapezoid under the precision-recall curve, which is too kind. A random order gives the base rate.
    """
    return _defined(_ranked(_ranking(labels, scores), _as_they_are(labels))[1])


def mcc(labels: Float[np.ndarray, " N"], called: Bool[np.ndarray, " N"]) -> float | None:
    """Matthews correlation of labels and calls; None where either is all the same."""
    return _defined(_called(labels, called, _as_they_are(labels))[0])


def accuracy(labels: Float[np.ndarray, " N"], called: Bool[np.ndarray, " N"]) -> float | None:
    """The share of right calls; None without any row."""
    return _defined(_called(labels, called, _as_they_are(labels))[1])


def auroc_and_auprc(
    labels: Float[np.ndarray, " N"], scores: Float[np.ndarray, " N"], drawn: "Draws"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both of each draw of the rows; NaN where a class is missing."""
    return _ranked(_ranking(labels, scores), drawn)


@dataclass(frozen=True)
class Draws:
    """How often each negative and each positive was drawn, in the order of the rows; one line a draw."""

    negatives: Float[np.ndarray, "D M"]
    positives: Float[np.ndarray, "D P"]


def bootstrap(
    labels: Float[np.ndarray, " N"],
    scores: list[Float[np.ndarray, " N"]],
    probabilities: list[Float[np.ndarray, " N"] | None],
    draws: int,
    seed: int,
) -> list[Estimates]:
    """Every metric of every model, on the rows and on the same ``draws`` resamples of them.

    ``scores`` order the rows; ``probabilities``, where a model has them, are called positive from 0.5 on and give MCC
    and accuracy, which are otherwise undefined.
    """
    rankings = [_ranking(labels, one) for one in scores]
    calls = [None if one is None else np.asarray(one) >= 0.5 for one in probabilities]
    parts: list[list[tuple[NDArray[np.float64], ...]]] = [[] for _ in scores]
    for drawn in chain([_as_they_are(labels)], resample(labels, draws, seed)):
        for part, ranking, called in zip(parts, rankings, calls, strict=True):
            undefined = np.full(len(drawn.positives), np.nan)
            threshold = (undefined, undefined) if called is None else _called(labels, called, drawn)
            part.append((*_ranked(ranking, drawn), *threshold))
    whole = [[np.concatenate(column) for column in zip(*part, strict=True)] for part in parts]
    return [
        {name: Estimate(float(column[0]), column[1:]) for name, column in zip(METRICS, columns, strict=True)}
        for columns in whole
    ]


def resample(labels: Float[np.ndarray, " N"], draws: int, seed: int) -> Iterator[Draws]:
    """The draws, in blocks that stay small in memory.

    Draw ``i`` does not depend on the blocks: each class has its own generator, spawned from the seed (negatives, then
    positives), and takes as many integers a draw as it has rows.
    """
    positives = int((labels == 1).sum())
    sizes = (len(labels) - positives, positives)
    generators = np.random.default_rng(seed).spawn(2)
    block = max(1, _CELLS // max(1, len(labels)))
    for start in range(0, draws, block):
        count = min(block, draws - start)
        yield Draws(*(_draw(rng, size, count) for rng, size in zip(generators, sizes, strict=True)))


def _draw(rng: np.random.Generator, size: int, count: int) -> NDArray[np.float64]:
    if not size:
        return np.zeros((count, 0))
    rows = rng.integers(0, size, (count, size)) + size * np.arange(count)[:, None]
    return np.bincount(rows.ravel(), minlength=count * size).reshape(count, size).astype(np.float64)


def _as_they_are(labels: Float[np.ndarray, " N"]) -> Draws:
    positives = int((labels == 1).sum())
    return Draws(np.ones((1, len(labels) - positives)), np.ones((1, positives)))


@dataclass(frozen=True)
class _Ranking:
    """Both classes by falling score, and for each positive in that order how many rows come before it or tie with it.

    Attributes:
        negatives, positives: the order, as places within the class.
        above: negatives with a higher score.
        found: negatives with this score or a higher one.
        hit: positives with this score or a higher one, itself included.
    """

    negatives: Int[np.ndarray, " M"]
    positives: Int[np.ndarray, " P"]
    above: Int[np.ndarray, " P"]
    found: Int[np.ndarray, " P"]
    hit: Int[np.ndarray, " P"]


def _ranking(labels: Float[np.ndarray, " N"], scores: Float[np.ndarray, " N"]) -> _Ranking:
    falling = -scores.astype(np.float64)
    negatives, positives = falling[labels != 1], falling[labels == 1]
    places = np.argsort(negatives, kind="stable"), np.argsort(positives, kind="stable")
    negatives, positives = negatives[places[0]], positives[places[1]]
    return _Ranking(
        *places,
        np.searchsorted(negatives, positives, "left"),
        np.searchsorted(negatives, positives, "right"),
        np.searchsorted(positives, positives, "right"),
    )


def _ranked(ranking: _Ranking, drawn: Draws) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """AUROC and AUPRC of each draw; NaN where a class is missing."""
    positives = np.take(drawn.positives, ranking.positives, axis=1)
    hit, found = _running(positives), _running(np.take(drawn.negatives, ranking.negatives, axis=1))
    total = np.where(found[:, -1] > 0, hit[:, -1], 0)
    total = np.where(total > 0, total, np.nan)
    above, reached = (np.take(found, places, axis=1) for places in (ranking.above, ranking.found))
    lost = np.einsum("dp,dp->d", positives, above + reached) / 2
    precision = np.take(hit, ranking.hit, axis=1)
    precision /= np.maximum(precision + reached, 1)
    return (
        np.asarray(1 - lost / (total * np.maximum(found[:, -1], 1))),
        np.asarray(np.einsum("dp,dp->d", positives, precision) / total),
    )


def _running(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of the first 0, 1, 2, ... entries of each line."""
    sums = np.zeros((counts.shape[0], counts.shape[1] + 1))
    np.cumsum(counts, axis=1, out=sums[:, 1:])
    return sums


def _called(
    labels: Float[np.ndarray, " N"], called: Bool[np.ndarray, " N"], drawn: Draws
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """MCC and accuracy of each draw; NaN where they are not defined."""
    right = drawn.positives @ called[labels == 1].astype(np.float64)
    false = drawn.negatives @ called[labels != 1].astype(np.float64)
    missed, refused = drawn.positives.sum(axis=1) - right, drawn.negatives.sum(axis=1) - false
    margins = (right + false) * (right + missed) * (refused + false) * (refused + missed)
    rows = right + refused + false + missed
    correlation = (right * refused - false * missed) / np.sqrt(np.where(margins > 0, margins, np.nan))
    return correlation, (right + refused) / np.where(rows > 0, rows, np.nan)


def _defined(values: NDArray[np.float64]) -> float | None:
    return float(values[0]) if np.isfinite(values[0]) else None
