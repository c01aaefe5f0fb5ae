"""Letters at their places: a rule of one position is found, a rule of no place is not, and lengths are asked for."""

import numpy as np
import torch

from seqdl_core.baselines import TrainingSet, fit_baselines
from seqdl_core.baselines.one_hot import applies, fit
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, encode_all


def _codes(count: int, length: int = 20, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (count, length)).astype(np.uint8)


def _scores(model: object, codes: np.ndarray) -> np.ndarray:
    return np.asarray(model(one_hot(torch.from_numpy(codes), 4)))


def test_the_letter_at_one_place_is_enough() -> None:
    codes, fresh = _codes(600), _codes(400, seed=1)
    model = fit(TrainingSet(codes, (codes[:, 7] == 2).astype(float), DNA), 1)
    assert ((_scores(model, fresh)[:, 0] > 0) == (fresh[:, 7] == 2)).all()
    assert int(model.weights[0].abs().sum(0).argmax()) == 7


def test_the_score_is_the_sum_of_the_weights_of_its_letters() -> None:
    codes = _codes(200)
    model = fit(TrainingSet(codes, (codes[:, 3] < 2).astype(float), DNA), 1)
    expected = sum(model.weights[0, letter, place] for place, letter in enumerate(codes[0])) + model.bias[0]
    assert np.isclose(_scores(model, codes[:1])[0, 0], float(expected), atol=1e-5)


def test_classes_get_a_regression_each() -> None:
    codes, fresh = _codes(900), _codes(300, seed=2)
    targets = np.eye(4)[codes[:, 5]]
    training = TrainingSet(codes, targets.argmax(1).astype(float), DNA, task="multiclass", targets=targets)
    assert (_scores(fit(training, 1), fresh).argmax(1) == fresh[:, 5]).all()


def test_a_label_that_was_not_measured_or_never_varies() -> None:
    codes = _codes(60)
    targets = np.stack([(codes[:, 0] == 1).astype(float), np.ones(60), np.full(60, np.nan)], 1)
    targets[:20, 0] = np.nan
    training = TrainingSet(codes, targets[:, 1], DNA, task="multilabel", targets=targets)
    scores = _scores(fit(training, 1), codes)
    assert np.isfinite(scores).all()
    assert (scores[:, 1] > 0).all()
    assert (scores[:, 2] == 0).all()  # nothing is known of it


def test_sequences_of_many_lengths_have_no_places() -> None:
    codes = encode_all(["ACGTACGT", "ACG", "TTTTA", "ACGTAC"] * 5, DNA)
    training = TrainingSet(codes, np.array([0.0, 1.0] * 10), DNA)
    assert not applies(training)
    assert "one_hot" not in [model.name for model in fit_baselines(training, 1)]
