"""Metrics against brute force, scikit-learn and a bootstrap written draw by draw."""

import time

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, matthews_corrcoef, roc_auc_score

from seqdl_core.evaluation.metrics import (
    METRICS,
    RANKED,
    Estimate,
    Interval,
    accuracy,
    auprc,
    auroc,
    bootstrap,
    mcc,
    resample,
)


def u_statistic(labels: np.ndarray, scores: np.ndarray) -> float:
    """How often a positive outscores a negative, pair by pair."""
    pairs = [(p > n) + 0.5 * (p == n) for p in scores[labels == 1] for n in scores[labels == 0]]
    return float(np.mean(pairs))


def small_data(seed: int, levels: int = 6, rows: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of few levels, so that there are many ties."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(rows) % 3 == 0).astype(float)
    return labels, (rng.integers(0, levels, rows) + labels).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_the_u_statistic_with_ties(seed: int) -> None:
    labels, scores = small_data(seed)
    assert auroc(labels, scores) == pytest.approx(u_statistic(labels, scores), abs=1e-12)
    assert auroc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_auprc_is_average_precision_with_ties(seed: int) -> None:
    labels, scores = small_data(seed)
    assert auprc(labels, scores) == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_auprc_by_hand() -> None:
    # Positives stand at places 1 and 3 of 4: (1/1 + 2/3) / 2.
    assert auprc(np.array([1.0, 0, 1, 0]), np.array([4.0, 3, 2, 1])) == pytest.approx(5 / 6)


def test_auroc_by_hand() -> None:
    # Of four pairs the positives win three; one more tie is worth half.
    assert auroc(np.array([1.0, 0, 1, 0]), np.array([4.0, 3, 2, 1])) == 0.75
    assert auroc(np.array([1.0, 0]), np.array([2.0, 2.0])) == 0.5


@pytest.mark.parametrize("seed", range(3))
def test_calls_against_scikit_learn(seed: int) -> None:
    labels, scores = small_data(seed)
    called = scores >= 3
    assert mcc(labels, called) == pytest.approx(matthews_corrcoef(labels, called), abs=1e-12)
    assert accuracy(labels, called) == pytest.approx(np.mean(called == labels))


def test_what_is_not_defined_is_none_and_never_0() -> None:
    ones, scores = np.ones(4), np.arange(4.0)
    assert auroc(ones, scores) is None
    assert auprc(ones, scores) is None
    assert auroc(1 - ones, scores) is None
    assert auprc(1 - ones, scores) is None
    assert mcc(np.array([1.0, 0]), np.array([True, True])) is None
    assert accuracy(ones, scores > 0) == 0.75
    nothing = np.zeros(0)
    assert auroc(nothing, nothing) is auprc(nothing, nothing) is None
    assert accuracy(nothing, nothing > 0) is None


def test_an_undefined_value_has_no_interval() -> None:
    assert Estimate(float("nan"), np.array([0.1, 0.2])).interval() == Interval()
    assert Estimate(0.5, np.full(3, np.nan)).interval() == Interval()
    one_class = bootstrap(np.ones(20), [np.arange(20.0)], [np.full(20, 0.7)], 50, 1)[0]
    assert one_class["auroc"].interval() == one_class["auprc"].interval() == one_class["mcc"].interval() == Interval()
    assert one_class["accuracy"].interval() == Interval(1.0, 1.0, 1.0)


def draw_by_draw(labels: np.ndarray, draws: int, seed: int) -> list[np.ndarray]:
    """The same resamples as row numbers: negatives and positives each with their own spawned generator."""
    negative, positive = np.random.default_rng(seed).spawn(2)
    places = [np.flatnonzero(labels == label) for label in (0, 1)]
    return [
        np.concatenate(
            [place[rng.integers(0, len(place), len(place))] for place, rng in zip(places, both, strict=True)]
        )
        for both in [(negative, positive)] * draws
    ]


def test_every_draw_is_what_scikit_learn_says_of_its_rows() -> None:
    labels, scores = small_data(3)
    probabilities = scores / 8
    fast = bootstrap(labels, [scores], [probabilities], 60, 9)[0]
    slow = draw_by_draw(labels, 60, 9)
    expected = {
        "auroc": [roc_auc_score(labels[rows], scores[rows]) for rows in slow],
        "auprc": [average_precision_score(labels[rows], scores[rows]) for rows in slow],
        "mcc": [matthews_corrcoef(labels[rows], probabilities[rows] >= 0.5) for rows in slow],
        "accuracy": [np.mean(labels[rows] == (probabilities[rows] >= 0.5)) for rows in slow],
    }
    for metric in METRICS:
        np.testing.assert_allclose(fast[metric].draws, expected[metric], atol=1e-12, err_msg=metric)
        low, high = np.percentile(expected[metric], [2.5, 97.5])
        assert fast[metric].interval().low == pytest.approx(low)
        assert fast[metric].interval().high == pytest.approx(high)


def test_each_draw_keeps_the_number_of_each_class() -> None:
    labels = np.repeat([0.0, 1.0, 0.0], [30, 10, 5])
    (drawn,) = resample(labels, 25, 4)
    assert (drawn.negatives.shape, drawn.positives.shape) == ((25, 35), (25, 10))
    assert (drawn.negatives.sum(1) == 35).all()
    assert (drawn.positives.sum(1) == 10).all()


def test_blocks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = small_data(1, rows=41)[0]
    (whole,) = resample(labels, 50, 2)
    monkeypatch.setattr("seqdl_core.evaluation.metrics._CELLS", 41 * 7)
    blocks = list(resample(labels, 50, 2))
    assert len(blocks) == 8
    np.testing.assert_array_equal(np.concatenate([block.negatives for block in blocks]), whole.negatives)
    np.testing.assert_array_equal(np.concatenate([block.positives for block in blocks]), whole.positives)


def test_identical_scores_differ_by_exactly_nothing() -> None:
    labels, scores = small_data(2)
    first, second = bootstrap(labels, [scores, scores * 3 + 1], [None, None], 100, 1)
    for metric in RANKED:
        assert first[metric].minus(second[metric]).interval() == Interval(0.0, 0.0, 0.0)


def test_the_spread_of_auroc_is_that_of_delong() -> None:
    """DeLong 1988: the variance from each row's share of won pairs; resampling within classes estimates the same."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0.0, 1.0], 300)
    scores = rng.normal(size=600) + 1.2 * labels
    wins = (scores[300:, None] > scores[None, :300]).astype(float)
    variance = wins.mean(1).var(ddof=1) / 300 + wins.mean(0).var(ddof=1) / 300
    drawn = bootstrap(labels, [scores], [None], 4000, 1)[0]["auroc"]
    assert drawn.draws.std() == pytest.approx(np.sqrt(variance), rel=0.05)
    interval = drawn.interval()
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * np.sqrt(variance), rel=0.08)


def test_2000_draws_of_1000_rows_for_three_models_are_quick() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0.0, 1.0], 500)
    scores = [rng.normal(size=1000) + labels for _ in range(3)]
    start = time.process_time()
    bootstrap(labels, scores, [None] * 3, 2000, 1)
    assert time.process_time() - start < 3
