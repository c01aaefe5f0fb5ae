"""Baselines for a class at each position: the contract, and answers by hand."""

import numpy as np
import pytest
import torch

from seqdl_core.baselines import BASELINES, FittedBaseline, TrainingSet, fit_baselines, frequencies, window
from seqdl_core.errors import DataError
from seqdl_core.predict import Predictor, one_hot, scores
from seqdl_core.sequences.alphabets import ALPHABETS, PROTEIN, Alphabet

OF_POSITIONS = [baseline for baseline in BASELINES if "residues" in baseline.tasks]


def made(alphabet: Alphabet = PROTEIN, task: str = "residues", rows: int = 200, length: int = 30) -> TrainingSet:
    """Class 1 where the letter two places before is the first of the alphabet, 2 where the letter is the second."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, alphabet.size + 1, (rows, length)).astype(np.uint8)
    targets = np.where(np.pad(codes, ((0, 0), (2, 0)), constant_values=9)[:, :-2] == 0, 1.0, 0.0)
    targets = np.where(codes == 1, 2.0, targets).astype(np.float32)
    targets[rng.random(targets.shape) < 0.1] = np.nan
    return TrainingSet(codes, np.full(rows, np.nan), alphabet, "", task, targets, 3)


@pytest.mark.parametrize("baseline", OF_POSITIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("alphabet", ["dna", "rna", "protein"])
def test_the_contract(baseline: object, alphabet: str) -> None:
    training = made(ALPHABETS[alphabet])
    model = baseline.fit(training, 1)
    assert isinstance(model, Predictor)
    assert isinstance(model, FittedBaseline)
    assert model.name == baseline.name
    assert model.short.endswith("baseline")
    assert scores(model, training.codes).shape == (200, 3, 30)
    np.testing.assert_allclose(scores(model, training.codes, 1), scores(model, training.codes, 64), atol=1e-5)
    for length in (1, 7, 61):
        assert model(one_hot(torch.zeros(2, length, dtype=torch.uint8), training.alphabet.size)).shape == (2, 3, length)
    padded = np.pad(training.codes, ((0, 0), (0, 20)), constant_values=training.alphabet.unknown_code)
    np.testing.assert_allclose(scores(model, padded)[:, :, :30], scores(model, training.codes), atol=1e-5)
    np.testing.assert_array_equal(scores(baseline.fit(training, 1), padded), scores(model, padded))


def test_they_are_fitted_for_these_tasks_alone() -> None:
    assert [one.name for one in fit_baselines(made(), 1)] == ["frequencies", "window"]
    assert [one.name for one in fit_baselines(made(task="masked"), 1)] == ["frequencies", "window"]


def test_frequencies_are_counted() -> None:
    targets = np.array([[0, 0, 1, np.nan], [0, np.nan, 2, 2]], np.float32)
    training = TrainingSet(np.zeros((2, 4), np.uint8), np.full(2, np.nan), PROTEIN, "", "residues", targets, 4)
    model = frequencies.fit(training, 1)
    assert torch.softmax(model.logits, 0).tolist() == pytest.approx([0.4, 0.2, 0.3, 0.1], abs=1e-6)
    assert (model.title, model.short) == ("most frequent class", "majority baseline")


def test_a_window_holds_the_letters_around_a_position() -> None:
    codes = PROTEIN.encode("ACDX")[None]
    dense = window.windows(codes, np.array([0]), np.array([1]), PROTEIN).toarray().reshape(15, 20)
    letters = {int(place): PROTEIN.letters[int(dense[place].argmax())] for place in np.flatnonzero(dense.sum(1))}
    assert letters == {6: "A", 7: "C", 8: "D"}


def test_the_window_learns_what_a_letter_nearby_says() -> None:
    training, new = made(), made(rows=50)
    model = window.fit(training, 1)
    called = scores(model, new.codes).argmax(1)
    known = np.isfinite(new.targets)
    assert (called[known] == new.targets[known]).mean() > 0.97
    weights = model.weights.numpy()
    assert np.unravel_index(weights[1].argmax(), (20, 15)) == (0, 5), "the first letter, two places before the middle"


def test_the_window_drawn_by_a_seed_on_many_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_MOST_CELLS", 3 * 500)
    first, again, other = (window.fit(made(), seed).weights for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_two_classes_and_a_class_that_training_lacks() -> None:
    training = made()
    two = np.where(training.targets == 2, 0, training.targets).astype(np.float32)
    model = window.fit(TrainingSet(training.codes, training.labels, PROTEIN, "", "residues", two, 3), 1)
    said = scores(model, training.codes)
    assert not (said.argmax(1) == 2).any()
    assert np.isfinite(said).all()
    one = TrainingSet(training.codes, training.labels, PROTEIN, "", "residues", two * 0, 3)
    with pytest.raises(DataError, match="all of one class"):
        window.fit(one, 1)
