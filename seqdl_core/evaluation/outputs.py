"""The judgement of measured values, several classes and several labels: the same questions as for two classes.

judgement = judge_outputs("regression", ("strength",), targets, Predicted("cnn", "cnn, this model", values), [...])
judgement.verdict        # "Beats the 5-mer ridge baseline by 0.071 Spearman [0.053, 0.088]."

Metrics of several targets are the mean over the targets for which they are defined. R² compares with predicting the
mean of the measured values, which gets 0; it may be negative. Rows are drawn with replacement, of several classes
within each class; every model gets the same draws, so differences are paired. A target that was not measured counts
nowhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.errors import DataError
from seqdl_core.evaluation.judge import DRAWS, MODEL, Judgement, Points
from seqdl_core.evaluation.metrics import Draws, Estimate, Interval, auroc_and_auprc
from seqdl_core.evaluation.wording import FEWEST, FEWEST_VALUES, chance_of, compared_text, metric_title

_CELLS = 200_000
_MOST_POINTS = 1000
_WORDS = ("Tells the classes apart", "The labels may be mixed up.")

Each = Float[np.ndarray, "D T"]
Measure = Callable[[Float[np.ndarray, "N T"], Float[np.ndarray, "N T"], Float[np.ndarray, "D N"]], dict[str, Each]]
"""Targets, what a model says and how often each row was drawn, to each metric of each draw and target."""


@dataclass(frozen=True)
class Predicted:
    """One model's answers ``(N, T)``: values in the unit of the targets, or raw scores of the classes or labels.

    ``name``, ``title`` and ``short`` are as in :class:`seqdl_core.evaluation.judge.Scored`.
    """

    name: str
    title: str
    values: Float[np.ndarray, "N T"]
    short: str = ""


def judge_outputs(
    task: str,
    names: Sequence[str],
    targets: Float[np.ndarray, "N T"],
    model: Predicted,
    baselines: Sequence[Predicted] = (),
    draws: int = DRAWS,
    seed: int = 1,
    higher_is: str = "",
) -> Judgement:
    """Measure a model and its baselines on the same test sequences.

    Args:
        task: ``regression``, ``multiclass`` (targets are one-hot) or ``multilabel``.
        names: of the targets or classes.
        higher_is: for regression, whether a higher value is ``better`` or ``worse``; ``""`` where nobody knows.

    Raises:
        DataError: for no measured sequence, or answers that are missing or not numbers.
    """
    everyone = [model, *baselines]
    _check(targets, everyone)
    truth, measure = targets.astype(np.float64), _MEASURES[task]
    parts = [
        [measure(truth, one.values.astype(np.float64), drawn) for one in everyone]
        for drawn in _resamples(truth, draws, seed, by_class=task == "multiclass")
    ]
    measured = [
        {metric: np.concatenate([part[number][metric] for part in parts]) for metric in parts[0][number]}
        for number in range(len(everyone))
    ]
    means = [{metric: _estimate(_mean(each)) for metric, each in one.items()} for one in measured]
    headline, compared = next(iter(means[0])), [name for name in means[0] if name != "mae"]
    rivals = {baseline.name: estimates for baseline, estimates in zip(baselines, means[1:], strict=True)}
    differences = {
        name: {metric: means[0][metric].minus(estimates[metric]).interval() for metric in compared}
        for name, estimates in rivals.items()
    }
    metrics = {metric: estimate.interval() for metric, estimate in means[0].items()}
    ranked = [one for one in baselines if np.isfinite(rivals[one.name][headline].value)]
    strongest = max(ranked, key=lambda one: rivals[one.name][headline].value) if ranked else None
    several = targets.shape[1] > 1
    return Judgement(
        verdict=_verdict(
            task,
            truth,
            metrics[headline],
            headline,
            (strongest.short or strongest.title) if strongest else "",
            differences[strongest.name][headline] if strongest else None,
            higher_is,
        ),
        metrics=metrics,
        baselines={
            name: {metric: estimate.interval() for metric, estimate in estimates.items()}
            for name, estimates in rivals.items()
        },
        differences=differences,
        titles={MODEL: model.title, **{baseline.name: baseline.title for baseline in baselines}},
        base_rate=None,
        n=len(truth),
        positives=0,
        curves={},
        confusion=None,
        strongest=strongest.name if strongest else "",
        draws=draws,
        seed=seed,
        task=task,
        headline=headline,
        by_target={name: _of_target(measured[0], place, len(names)) for place, name in enumerate(names)}
        if several
        else {},
        called=_called(truth, model.values) if task == "multiclass" else (),
        points=_points(truth[:, 0], model.values[:, 0]) if task == "regression" else None,
    )


def _resamples(
    targets: NDArray[np.float64], draws: int, seed: int, *, by_class: bool
) -> Iterator[Float[np.ndarray, "D N"]]:
    """How often each row counts: once each, then the draws in blocks that stay small in memory."""
    rows = len(targets)
    yield np.ones((1, rows))
    rng = np.random.default_rng(seed)
    strata = [np.flatnonzero(column > 0) for column in targets.T] if by_class else [np.arange(rows)]
    block = max(1, _CELLS // rows)
    for start in range(0, draws, block):
        count = min(block, draws - start)
        drawn = np.zeros((count, rows))
        for members in strata:
            for line in range(count):
                places = rng.integers(0, len(members), len(members)) if len(members) else members
                drawn[line, members] = np.bincount(places, minlength=len(members))
        yield drawn


def _mean(each: Each) -> Float[np.ndarray, " D"]:
    """Over the targets for which it is defined; NaN where it is for none."""
    known = np.isfinite(each)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, each, 0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _estimate(values: Float[np.ndarray, " D"]) -> Estimate:
    return Estimate(float(values[0]), values[1:])


def _of_target(measured: dict[str, Each], place: int, targets: int) -> dict[str, Interval]:
    """The metrics that are defined target by target."""
    return {
        metric: _estimate(each[:, place]).interval() for metric, each in measured.items() if each.shape[1] == targets
    }


def _called(targets: NDArray[np.float64], scores: Float[np.ndarray, "N T"]) -> tuple[tuple[int, ...], ...]:
    """``[class][class called]``: how many rows of each class got which class as the one with the highest score."""
    counts = np.zeros((targets.shape[1],) * 2, np.int64)
    np.add.at(counts, (targets.argmax(axis=1), scores.argmax(axis=1)), 1)
    return tuple(tuple(row) for row in counts.tolist())


def values_metrics(
    targets: Float[np.ndarray, "N T"], predicted: Float[np.ndarray, "N T"], drawn: Float[np.ndarray, "D N"]
) -> dict[str, Each]:
    """Spearman, Pearson, R² and mean absolute error of each draw and target; NaN where not defined."""
    columns: list[tuple[NDArray[np.float64], ...]] = []
    for truth, said in zip(targets.T, predicted.T, strict=True):
        known = np.isfinite(truth)
        weights, total = drawn[:, known], drawn[:, known].sum(axis=1)
        total = np.where(total > 0, total, np.nan)
        middle = truth[known].mean() if known.any() else 0.0
        first, second = truth[known] - middle, said[known] - middle
        wrong = weights @ (first - second) ** 2
        spread = weights @ first**2 - (weights @ first) ** 2 / total
        flat = spread <= 1e-12 * (first**2).sum()
        columns.append(
            (
                _correlation(_ranks(first, weights), _ranks(second, weights), weights),
                _correlation(
                    np.broadcast_to(first, weights.shape),
                    np.broadcast_to(second - (second.mean() if second.size else 0.0), weights.shape),
                    weights,
                ),
                np.asarray(1 - wrong / np.where(flat, np.nan, spread)),
                np.asarray(weights @ np.abs(first - second) / total),
            )
        )
    stacked = [np.stack(metric, axis=1) for metric in zip(*columns, strict=True)]
    return dict(zip(("spearman", "pearson", "r2", "mae"), stacked, strict=True))


def _ranks(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle rank of each value among the drawn rows, ``(D, N)``; rows drawn twice are ties of their own."""
    _, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group))
    sums = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights[:, order], axis=1)], axis=1)
    upper = sums[:, ends]
    lower = np.concatenate([np.zeros((len(weights), 1)), upper[:, :-1]], axis=1)
    return np.asarray(((lower + upper + 1) / 2)[:, group])


def _correlation(
    first: NDArray[np.float64], second: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Of each draw; NaN where either is all the same."""
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1)
    one = first - (weights * first).sum(axis=1, keepdims=True) / total
    two = second - (weights * second).sum(axis=1, keepdims=True) / total
    shared, a, b = ((weights * x * y).sum(axis=1) for x, y in ((one, two), (one, one), (two, two)))
    flat = (a <= 1e-12 * (weights * first**2).sum(axis=1)) | (b <= 1e-12 * (weights * second**2).sum(axis=1))
    return np.asarray(shared / np.where(flat, np.nan, np.sqrt(a * b)))


def class_metrics(
    targets: Float[np.ndarray, "N T"], scores: Float[np.ndarray, "N T"], drawn: Float[np.ndarray, "D N"]
) -> dict[str, Each]:
    """Of several classes: AUROC of each against the others, the share of right calls, F1 of each class."""
    called = np.eye(targets.shape[1])[scores.argmax(axis=1)]
    right, calls, there = (drawn @ part for part in (called * targets, called, targets))
    f1 = 2 * right / np.where(there > 0, calls + there, np.nan)
    return {
        "macro_auroc": label_metrics(targets, scores, drawn)["macro_auroc"],
        "accuracy": right.sum(axis=1, keepdims=True) / drawn.sum(axis=1, keepdims=True),
        "macro_f1": f1,
    }


def label_metrics(
    targets: Float[np.ndarray, "N T"], scores: Float[np.ndarray, "N T"], drawn: Float[np.ndarray, "D N"]
) -> dict[str, Each]:
    """Of several labels: AUROC and AUPRC of each; NaN where a draw holds one class only."""
    columns = []
    for truth, score in zip(targets.T, scores.T, strict=True):
        known = np.isfinite(truth)
        labels, weights = truth[known], drawn[:, known]
        columns.append(
            auroc_and_auprc(labels, score[known], Draws(weights[:, labels != 1], weights[:, labels == 1]))
            if (labels == 1).any() and (labels != 1).any()
            else (np.full(len(drawn), np.nan),) * 2
        )
    aurocs, auprcs = (np.stack(metric, axis=1) for metric in zip(*columns, strict=True))
    return {"macro_auroc": aurocs, "macro_auprc": auprcs}


_MEASURES: dict[str, Measure] = {
    "regression": values_metrics,
    "multiclass": class_metrics,
    "multilabel": label_metrics,
}


def _verdict(
    task: str,
    targets: NDArray[np.float64],
    measured: Interval,
    headline: str,
    yardstick: str,
    difference: Interval | None,
    higher_is: str,
) -> str:
    if task == "regression":
        fewest = int(np.isfinite(targets).sum(axis=0).min())
        if fewest < FEWEST_VALUES:
            return (
                f"Cannot tell: the test set holds {fewest:,} measured value{'' if fewest == 1 else 's'}; "
                f"a verdict needs at least {FEWEST_VALUES}."
            )
        words = ("Follows the measured values", "High and low may be the wrong way round.")
        chance = chance_of(headline) or 0.0
        sentence = compared_text(metric_title(headline), measured, chance, words, yardstick, difference)
        return f"{sentence[:-1]}; higher values are {higher_is}." if higher_is else sentence
    fewest = int(min((targets == 1).sum(axis=0).min(), ((targets != 1) & np.isfinite(targets)).sum(axis=0).min()))
    if fewest < FEWEST:
        return (
            f"Cannot tell: a class has {fewest:,} sequence{'' if fewest == 1 else 's'} in the test set; "
            f"a verdict needs at least {FEWEST} of each."
        )
    return compared_text(metric_title(headline), measured, chance_of(headline) or 0.0, _WORDS, yardstick, difference)


def _points(measured: NDArray[np.float64], predicted: Float[np.ndarray, " N"]) -> Points:
    known = np.flatnonzero(np.isfinite(measured))
    known = known[np.linspace(0, len(known) - 1, min(len(known), _MOST_POINTS)).round().astype(np.intp)]
    return Points(tuple(measured[known].tolist()), tuple(predicted[known].astype(np.float64).tolist()))


def _check(targets: Float[np.ndarray, "N T"], everyone: Sequence[Predicted]) -> None:
    if not np.isfinite(targets).any():
        raise DataError(
            "The test set holds nothing that was measured.",
            where="evaluation",
            fix="Evaluate on a file that holds sequences with labels.",
        )
    for one in everyone:
        if one.values.shape != targets.shape:
            raise DataError(
                f"There are {one.values.shape[0]:,} x {one.values.shape[1]} answers for "
                f"{targets.shape[0]:,} x {targets.shape[1]} targets.",
                where=one.title,
                fix="Score every test sequence once for every target.",
            )
        wrong = int((~np.isfinite(one.values)).sum())
        if wrong:
            raise DataError(
                f"{wrong:,} of {one.values.size:,} answers are not numbers.",
                where=one.title,
                fix="Train the model again with a smaller learning rate.",
            )
