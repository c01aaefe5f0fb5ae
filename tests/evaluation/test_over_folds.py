"""Mean and spread over folds, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from seqdl_core.evaluation.folds import over_folds
from seqdl_core.evaluation.judge import Judgement, Scored, judge
from seqdl_core.evaluation.metrics import Interval


def judged(auroc: float | None) -> Judgement:
    """A judgement with this AUROC."""
    labels, scores = np.arange(30) % 2.0, np.linspace(0, 1, 30)
    made = judge(labels, Scored("cnn", "cnn", scores, scores, "cnn"), [], draws=20)
    return replace(made, metrics={**made.metrics, "auroc": Interval(auroc, None, None)})


def test_mean_and_standard_deviation() -> None:
    found = over_folds([judged(0.7), judged(0.8), judged(0.9)])
    assert found.mean == pytest.approx(0.8)
    assert found.spread == pytest.approx(0.1)  # sqrt((0.01 + 0 + 0.01) / 2)
    assert found.sentence == (
        "Mean of 3 folds, each with its own test part: AUROC 0.800, standard deviation 0.100, from 0.700 to 0.900."
    )


def test_folds_without_a_value_are_left_out_and_counted() -> None:
    found = over_folds([judged(0.7), judged(None)])
    assert (found.values, found.spread) == ((0.7,), None)
    assert found.sentence == (
        "Mean of 1 fold, each with its own test part: AUROC 0.700. Left out: 1 where it is not defined."
    )
    assert over_folds([judged(None)]).sentence == "The AUROC is not defined on the test part of any fold."
