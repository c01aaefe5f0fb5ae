"""Normalisation: exact there and back for any number, by hand where a hand can, and NaN stays NaN."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from seqdl_core.model_file import ModelCard
from seqdl_core.tasks import KINDS, Normalisation

NUMBERS = st.integers(-(10**7), 10**7).map(lambda value: value / 1000)
EVERY = pytest.mark.parametrize("kind", KINDS)


def columns(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


@EVERY
@given(training=st.lists(NUMBERS, min_size=1, max_size=60), others=st.lists(NUMBERS, min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_undoing_is_exact_with_ties_and_outside_what_training_saw(
    kind: str, training: list[float], others: list[float]
) -> None:
    normalisation = Normalisation.fit(columns(*training, training[0]), kind)
    values = columns(*training, *others)
    back = normalisation.undo(normalisation.apply(values))
    # With all of training within a thousandth, ten thousand is ten million spreads away.
    np.testing.assert_allclose(back, values, rtol=1e-6, atol=1e-6 * max(1, float(np.abs(values).max())))


@EVERY
@given(training=st.lists(NUMBERS, min_size=2, max_size=60), one=NUMBERS, two=NUMBERS)
@settings(max_examples=60, deadline=None)
def test_order_is_kept(kind: str, training: list[float], one: float, two: float) -> None:
    first, second = Normalisation.fit(columns(*training), kind).apply(columns(min(one, two), max(one, two)))[:, 0]
    assert first <= second


def test_z_score_by_hand() -> None:
    normalisation = Normalisation.fit(columns(1, 2, 3, np.nan), "z-score")
    assert normalisation.apply(columns(1, 2, 5))[:, 0] == pytest.approx([-math.sqrt(1.5), 0, 3 * math.sqrt(1.5)])


def test_log_by_hand() -> None:
    """Shifted by the smallest: log1p gives 0, ln 10, ln 100; mean ln 10, spread ln 10 times the root of 2/3."""
    normalisation = Normalisation.fit(columns(-4, 5, 95), "log")
    assert normalisation.apply(columns(-4, 5, 95))[:, 0] == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    below = normalisation.apply(columns(-13))[0, 0]
    assert below == pytest.approx(-2 * math.sqrt(1.5)), "below the smallest it goes on, mirrored"


def test_quantiles_by_hand() -> None:
    normalisation = Normalisation.fit(columns(10, 20, 20, 1000), "quantile")
    expected = norm.ppf([1 / 8, 1 / 2, 7 / 8])
    assert normalisation.apply(columns(10, 20, 1000))[:, 0] == pytest.approx(expected)
    assert normalisation.apply(columns(15))[0, 0] == pytest.approx((expected[0] + expected[1]) / 2)


def test_many_values_become_normal_and_the_file_stays_small() -> None:
    values = np.random.default_rng(1).exponential(size=(20_000, 1))
    normalisation = Normalisation.fit(values, "quantile")
    made = np.sort(normalisation.apply(values)[:, 0])
    assert np.abs(made - norm.ppf((np.arange(20_000) + 0.5) / 20_000)).max() < 0.05
    assert len(normalisation.curves[0].values) <= 514


@EVERY
def test_not_measured_stays_so_and_counts_nowhere(kind: str) -> None:
    targets = np.array([[1.0, np.nan], [np.nan, 4.0], [3.0, 5.0], [9.0, np.nan]])
    normalisation = Normalisation.fit(targets, kind)
    made = normalisation.apply(targets)
    assert np.array_equal(np.isnan(made), np.isnan(targets))
    np.testing.assert_allclose(normalisation.undo(made), targets)
    alone = Normalisation.fit(targets[[0, 2, 3]][:, :1], kind)
    np.testing.assert_allclose(made[[0, 2, 3], :1], alone.apply(targets[[0, 2, 3]][:, :1]))


@EVERY
def test_a_target_of_one_value_or_none_is_harmless(kind: str) -> None:
    for training in (columns(7, 7, 7), columns(np.nan, np.nan)):
        normalisation = Normalisation.fit(training, kind)
        made = normalisation.apply(columns(7, 8))
        assert np.isfinite(made).all()
        np.testing.assert_allclose(normalisation.undo(made), columns(7, 8))


@EVERY
def test_it_survives_the_card_and_lets_gradients_through(kind: str) -> None:
    targets = np.random.default_rng(2).gamma(2.0, size=(50, 2))
    card = ModelCard(
        architecture="cnn", alphabet="dna", task="regression", length=5, normalisation=Normalisation.fit(targets, kind)
    )
    again = ModelCard.model_validate_json(card.model_dump_json()).normalisation
    assert again == card.normalisation
    scores = torch.linspace(-2, 2, 10).reshape(5, 2).requires_grad_()
    values = again.undo_tensor(scores)
    assert np.allclose(values.detach().numpy(), card.normalisation.undo(scores.detach().numpy()), atol=1e-5)
    (gradient,) = torch.autograd.grad(values.sum(), scores)
    assert (gradient > 0).all()
