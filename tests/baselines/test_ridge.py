"""The ridge regression: against scikit-learn's on the same counts, with the features and rows that it should use."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge

from seqdl_core.baselines import BASELINES, TrainingSet, fit_baselines
from seqdl_core.baselines._words import count_words
from seqdl_core.baselines.ridge import _solved, fit
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import DNA, PROTEIN, Alphabet, reverse_complement
from seqdl_core.tasks import TASKS


def drawn(rows: int, length: int, seed: int, alphabet: Alphabet = DNA) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, alphabet.size, (rows, length)).astype(np.uint8)


def training(codes: np.ndarray, targets: np.ndarray, alphabet: Alphabet = DNA) -> TrainingSet:
    return TrainingSet(codes, targets[:, 0], alphabet, task="regression", targets=targets)


def counted(codes: np.ndarray, word: str) -> np.ndarray:
    return np.array([[DNA.decode(row).count(word)] for row in codes], np.float64)


@pytest.mark.parametrize(("rows", "k"), [(80, 2), (20, 3)])
def test_the_solution_is_that_of_scikit_learn(rows: int, k: int) -> None:
    """With more rows than columns and the other way round, which are solved differently."""
    counts = count_words(drawn(rows, 30, 1), k, DNA)
    targets = np.random.default_rng(2).normal(size=(rows, 2))
    for penalty, (weights, bias) in zip((1.0, 50.0), _solved(counts, targets, (1.0, 50.0)), strict=True):
        expected = Ridge(alpha=penalty).fit(counts.toarray(), targets)
        np.testing.assert_allclose(weights, expected.coef_.T, atol=1e-9)
        np.testing.assert_allclose(bias, expected.intercept_, atol=1e-9)


def test_each_target_learns_from_the_rows_that_measured_it() -> None:
    counts = csr_matrix(np.random.default_rng(1).normal(size=(40, 5)))
    targets = np.random.default_rng(2).normal(size=(40, 3))
    targets[:10, 1] = targets[5:30, 2] = np.nan
    ((weights, bias),) = _solved(counts, targets, (2.0,))
    for column in range(3):
        known = np.isfinite(targets[:, column])
        expected = Ridge(alpha=2.0).fit(counts.toarray()[known], targets[known, column])
        np.testing.assert_allclose(weights[:, column], expected.coef_, atol=1e-9)
        assert bias[column] == pytest.approx(expected.intercept_)


def test_a_word_on_either_strand_is_one_where_that_does_better() -> None:
    codes = drawn(400, 60, 1)
    value = counted(codes, "TGACA") + counted(reverse_complement(codes, DNA), "TGACA")
    model = fit(training(codes, value), 1)
    new = drawn(100, 60, 2)
    np.testing.assert_allclose(scores(model, new), scores(model, reverse_complement(new, DNA)), atol=1e-4)
    assert model.title == "5-mer ridge regression"


def test_the_letter_at_a_position_counts_where_that_does_better() -> None:
    codes = drawn(400, 30, 1)
    value = 3.0 * (codes[:, 7:8] == 2) - (codes[:, 20:21] == 0)
    model = fit(training(codes, value), 1)
    assert model.title == "5-mer and position ridge regression"
    new = drawn(200, 30, 3)
    truth = 3.0 * (new[:, 7] == 2) - (new[:, 20] == 0)
    assert np.corrcoef(scores(model, new)[:, 0], truth)[0, 1] > 0.98


def test_sequences_of_many_lengths_have_no_positions() -> None:
    codes = drawn(60, 30, 1)
    codes[::2, 20:] = DNA.unknown_code
    model = fit(training(codes, counted(codes, "AC")), 1)
    assert model.positions is None
    for length in (1, 4, 29, 50):
        assert scores(model, drawn(3, length, 4)).shape == (3, 1)


def test_proteins_and_several_targets() -> None:
    codes = drawn(120, 20, 1, PROTEIN)
    targets = np.stack([(codes == 3).sum(1), -(codes[:, 5] == 8).astype(float)], 1).astype(np.float64)
    targets[::5, 1] = np.nan
    model = fit(training(codes, targets, PROTEIN), 1)
    assert scores(model, codes).shape == (120, 2)
    np.testing.assert_allclose(scores(model, codes, 1), scores(model, codes, 64), atol=1e-4)


def test_a_task_gets_the_baselines_that_learn_it() -> None:
    codes = drawn(60, 30, 1)
    assert [one.name for one in fit_baselines(training(codes, counted(codes, "AC")), 1)] == ["ridge"]
    classes = np.eye(3)[np.arange(60) % 3]
    several = TrainingSet(codes, classes[:, 0], DNA, task="multiclass", targets=classes)
    fitted = fit_baselines(several, 1)
    assert [one.name for one in fitted] == ["kmer", "one_hot"]
    assert all(scores(one, codes).shape == (60, 3) for one in fitted)
    assert all(set(one.tasks) <= set(TASKS.names()) for one in BASELINES)
