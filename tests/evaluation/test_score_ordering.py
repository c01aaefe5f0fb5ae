"""One number for the order of rows: against scikit-learn and scipy, and paired."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from seqdl_core.errors import DataError
from seqdl_core.evaluation.ordering import estimates


def test_each_task_has_its_measure() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(200, 3)).round(1)
    binary, classes, numbers = rng.integers(0, 2, 200), rng.integers(0, 3, 200), rng.normal(size=200) + scores[:, 0]
    one = estimates("binary", binary.astype(float), [scores[:, :1]], 50)[0]
    assert one.value == pytest.approx(roc_auc_score(binary, scores[:, 0]))
    many = estimates("multiclass", classes.astype(float), [scores], 50)[0]
    assert many.value == pytest.approx(np.mean([roc_auc_score(classes == c, scores[:, c]) for c in range(3)]))
    rank = estimates("regression", numbers, [scores[:, :1]], 50)[0]
    assert rank.value == pytest.approx(spearmanr(numbers, scores[:, 0]).statistic)
    for found in (one, many, rank):
        interval = found.interval()
        assert interval.low < interval.value < interval.high


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_draws_are_the_same_for_every_model(task: str) -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 60).astype(float)
    scores = rng.normal(size=(60, 2 if task == "multiclass" else 1))
    one, two = estimates(task, labels, [scores, 2 * scores + 1], 40)
    np.testing.assert_allclose(one.minus(two).draws, 0, atol=1e-12)


def test_constant_scores_have_no_rank_and_no_order() -> None:
    labels = np.arange(20.0)
    assert np.isnan(estimates("regression", labels, [np.zeros((20, 1))], 10)[0].value)
    with pytest.raises(DataError, match="no single order"):
        estimates("residues", labels, [np.zeros((20, 1))])
