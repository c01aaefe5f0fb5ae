"""What judgements of values along sequences share: whole sequences are drawn, and every model gets the same draws.

The bins of one sequence, or its pairs, are alike, so the interval of drawn bins would be far too narrow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.errors import DataError
from seqdl_core.evaluation.judge import MODEL, Judgement
from seqdl_core.evaluation.metrics import Estimate
from seqdl_core.evaluation.wording import FEWEST, compared_text, metric_within

_BLOCK = 200

Tallied = TypeVar("Tallied")


@dataclass(frozen=True, eq=False)
class Answers(Generic[Tallied]):
    """One model's answers; ``name``, ``title`` and ``short`` are as in :class:`seqdl_core.evaluation.judge.Scored`."""

    name: str
    title: str
    tally: Tallied
    short: str = ""


def require_numbers(scores: Float[np.ndarray, "N T ..."]) -> None:
    """Raise DataError where a score is not a number."""
    wrong = int((~np.isfinite(scores)).sum())
    if wrong:
        raise DataError(
            f"{wrong:,} of {scores.size:,} answers are not numbers.",
            where="evaluation",
            fix="Train the model again with a smaller learning rate.",
        )


def draws_of(rows: int, draws: int, seed: int) -> Iterator[Float[np.ndarray, "D N"]]:
    """How often each row was drawn, block by block; the first block is the rows as they are."""
    rng = np.random.default_rng(seed)
    yield np.ones((1, rows))
    for start in range(0, draws, _BLOCK):
        count = min(_BLOCK, draws - start)
        places = rng.integers(0, rows, (count, rows)) + rows * np.arange(count)[:, None]
        yield np.bincount(places.ravel(), minlength=count * rows).reshape(count, rows).astype(np.float64)


def judgement_of_rows(
    task: str,
    everyone: Sequence[Answers[Tallied]],
    rows: int,
    metrics_of: Callable[[Tallied, Float[np.ndarray, "D N"]], Mapping[str, Float[np.ndarray, "D T"]]],
    *,
    names: Sequence[str],
    chance: float,
    words: tuple[str, str],
    not_compared: Sequence[str],
    draws: int,
    seed: int,
) -> Judgement:
    """The judgement of the first model against the others.

    Args:
        rows: N, the sequences that are judged.
        metrics_of: the metrics of a model on each draw, a column a target; the first is the headline.
        names: of the T targets.
        chance: what guessing gets in the headline.
        words: what a model without a baseline does, and what may be wrong with one that is worse than guessing.
        not_compared: metrics of which less is better.
    """
    parts: list[list[Mapping[str, NDArray[np.float64]]]] = [[] for _ in everyone]
    for drawn in draws_of(rows, draws, seed):
        for part, one in zip(parts, everyone, strict=True):
            part.append(metrics_of(one.tally, drawn))
    measured = [{name: np.concatenate([one[name] for one in part]) for name in part[0]} for part in parts]
    means = [{name: _mean(each) for name, each in one.items()} for one in measured]
    headline = next(iter(means[0]))
    own, rivals = everyone[0], {one.name: each for one, each in zip(everyone[1:], means[1:], strict=True)}
    differences = {
        name: {metric: means[0][metric].minus(each[metric]).interval() for metric in each if metric not in not_compared}
        for name, each in rivals.items()
    }
    told = [one for one in everyone[1:] if np.isfinite(rivals[one.name][headline].value)]
    strongest = max(told, key=lambda one: rivals[one.name][headline].value, default=None)
    metrics = {metric: estimate.interval() for metric, estimate in means[0].items()}
    verdict = compared_text(
        metric_within(headline),
        metrics[headline],
        chance,
        words,
        (strongest.short or strongest.title) if strongest else "",
        differences[strongest.name][headline] if strongest else None,
    )
    if rows < FEWEST:
        what = f"{rows:,} sequence{'' if rows == 1 else 's'}"
        verdict = f"Cannot tell: the test set holds {what}; a verdict needs at least {FEWEST}."
    return Judgement(
        verdict=verdict,
        metrics=metrics,
        baselines={name: {metric: one.interval() for metric, one in each.items()} for name, each in rivals.items()},
        differences=differences,
        titles={MODEL: own.title, **{one.name: one.title for one in everyone[1:]}},
        base_rate=None,
        n=rows,
        positives=0,
        curves={},
        confusion=None,
        strongest=strongest.name if strongest else "",
        draws=draws,
        seed=seed,
        task=task,
        headline=headline,
        by_target={
            name: {
                metric: Estimate(float(each[0, place]), each[1:, place]).interval()
                for metric, each in measured[0].items()
            }
            for place, name in enumerate(names)
        }
        if len(names) > 1
        else {},
    )


def _mean(each: Float[np.ndarray, "D T"]) -> Estimate:
    """Over the targets that are defined; NaN where none is."""
    there = np.isfinite(each)
    mean = np.where(there, each, 0).sum(1) / np.where(there.any(1), there.sum(1), np.nan)
    return Estimate(float(mean[0]), mean[1:])
