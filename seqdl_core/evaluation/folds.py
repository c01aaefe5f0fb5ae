"""Folds: the same network trained once for each fold, and its metric over their test parts.

over_folds(judgements).sentence   # "Mean of 5 folds, each with its own test part: AUROC 0.912, standard deviation ..."
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.evaluation.judge import Judgement
from seqdl_core.evaluation.wording import metric_within, number_text


@dataclass(frozen=True)
class OverFolds:
    """One metric over the folds of a data set.

    Attributes:
        metric: the name of the metric that the verdicts speak of.
        values: of the folds where it is defined, in their order.
        mean: None where no fold has a value.
        spread: the standard deviation over the folds (n - 1); None for fewer than two. It is not the error of the
            mean: any two folds share most of their training rows.
        sentence: the same in words.
    """

    metric: str
    values: tuple[float, ...]
    mean: float | None
    spread: float | None
    sentence: str


def over_folds(judgements: Sequence[Judgement]) -> OverFolds:
    """Mean and spread of the metric of the verdict; there is one judgement at least."""
    metric = judgements[0].headline
    measured = [judgement.metrics[metric].value for judgement in judgements]
    values = tuple(value for value in measured if value is not None)
    mean = statistics.fmean(values) if values else None
    spread = statistics.stdev(values) if len(values) > 1 else None
    title = metric_within(metric)
    if mean is None:
        return OverFolds(metric, values, mean, spread, f"The {title} is not defined on the test part of any fold.")
    folds = f"{len(values)} folds" if len(values) > 1 else "1 fold"
    sentence = f"Mean of {folds}, each with its own test part: {title} {number_text(mean)}"
    if spread is not None:
        span = f"{number_text(min(values))} to {number_text(max(values))}"
        sentence += f", standard deviation {number_text(spread)}, from {span}"
    left_out = len(measured) - len(values)
    rest = f" Left out: {left_out} where it is not defined." if left_out else ""
    return OverFolds(metric, values, mean, spread, f"{sentence}.{rest}")
