"""The contract that every baseline keeps, run over the registry."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from seqdl_core.baselines import BASELINES, Baseline, FittedBaseline, TrainingSet, fit_baselines
from seqdl_core.errors import DataError
from seqdl_core.predict import Predictor, one_hot, scores
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, reverse_complement

BINARY = [baseline for baseline in BASELINES if "binary" in baseline.tasks]
EVERY = pytest.mark.parametrize(
    ("baseline", "alphabet"),
    [(baseline, alphabet) for baseline in BINARY for alphabet in baseline.alphabets],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
SITES = {"dna": "CCGGAAGT", "rna": "CCGGAAGU", "protein": "WCWHWCWH"}

Plant = Callable[..., TrainingSet]


@pytest.fixture(scope="module")
def fitted(planted: Plant) -> Callable[[Baseline, str], FittedBaseline]:
    @cache
    def fit(baseline: Baseline, alphabet: str) -> FittedBaseline:
        return baseline.fit(planted(300, 40, 1, ALPHABETS[alphabet], SITES[alphabet]), 1)

    return fit


@EVERY
def test_it_is_a_predictor_with_words(fitted: Callable, baseline: Baseline, alphabet: str) -> None:
    model = fitted(baseline, alphabet)
    assert isinstance(model, Predictor)
    assert isinstance(model, FittedBaseline)
    assert model.name == baseline.name
    assert model.alphabet.name == alphabet
    assert model.title
    assert model.short.endswith("baseline")
    assert model.raw_unit in ("logit", "bits")


@EVERY
def test_it_finds_the_planted_site_in_new_sequences(
    fitted: Callable, planted: Plant, baseline: Baseline, alphabet: str
) -> None:
    if baseline.name == "one_hot":
        pytest.skip("sites at random places are what it cannot find")
    new = planted(300, 40, 2, ALPHABETS[alphabet], SITES[alphabet])
    assert roc_auc_score(new.labels, scores(fitted(baseline, alphabet), new.codes)[:, 0]) > 0.85


@EVERY
@pytest.mark.parametrize("length", [1, 3, 7, 40, 61])
def test_one_score_a_sequence_at_any_length(fitted: Callable, baseline: Baseline, alphabet: str, length: int) -> None:
    letters = ALPHABETS[alphabet].size
    codes = np.random.default_rng(0).integers(0, letters + 1, (5, length)).astype(np.uint8)
    found = fitted(baseline, alphabet)(one_hot(torch.from_numpy(codes), letters))
    assert found.shape == (5, 1)
    assert torch.isfinite(found).all()


@EVERY
def test_a_batch_of_1_is_a_batch_of_64(fitted: Callable, planted: Plant, baseline: Baseline, alphabet: str) -> None:
    codes = planted(32, 40, 3, ALPHABETS[alphabet], SITES[alphabet]).codes
    model = fitted(baseline, alphabet)
    np.testing.assert_allclose(scores(model, codes, 1), scores(model, codes, 64), atol=1e-4)


@EVERY
def test_padding_with_unknown_letters_changes_nothing(
    fitted: Callable, planted: Plant, baseline: Baseline, alphabet: str
) -> None:
    codes = planted(20, 40, 4, ALPHABETS[alphabet], SITES[alphabet]).codes[:20]
    model = fitted(baseline, alphabet)
    padded = np.pad(codes, ((0, 0), (0, 30)), constant_values=ALPHABETS[alphabet].unknown_code)
    if baseline.name == "pwm":
        # A window may now hang over the end, where letters add 0: the best place can only get better.
        assert (scores(model, padded) >= scores(model, codes) - 1e-4).all()
    else:
        np.testing.assert_allclose(scores(model, padded), scores(model, codes), atol=1e-5)


# A place in an aligned sequence is on one strand.
@pytest.mark.parametrize("baseline", [one for one in BINARY if one.name != "one_hot"], ids=lambda one: one.name)
def test_both_strands_of_dna_get_the_same_score(fitted: Callable, planted: Plant, baseline: Baseline) -> None:
    codes = planted(50, 40, 5).codes
    model = fitted(baseline, "dna")
    np.testing.assert_allclose(scores(model, codes), scores(model, reverse_complement(codes, DNA)), atol=1e-4)


@pytest.mark.parametrize("baseline", BINARY, ids=lambda one: one.name)
def test_the_same_seed_gives_the_same_model(planted: Plant, baseline: Baseline) -> None:
    training, codes = planted(60, 30, 6), planted(20, 30, 7).codes
    first, second = (scores(baseline.fit(training, 3), codes) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_those_that_read_the_alphabet_are_fitted(planted: Plant) -> None:
    protein = planted(40, 20, 1, ALPHABETS["protein"], "WCWHWCWH")
    assert [one.name for one in fit_baselines(protein, 1)] == ["kmer", "one_hot"]
    assert [one.name for one in fit_baselines(planted(40, 20, 1), 1)] == [one.name for one in BINARY]


def test_one_class_only_is_refused(planted: Plant) -> None:
    training = planted(10, 20, 1)
    with pytest.raises(DataError, match="All 10 training sequences have the same label") as caught:
        TrainingSet(training.codes[:10], training.labels[:10], DNA)
    assert caught.value.fix == "Bring negatives, or make dinucleotide-shuffled ones."


def test_other_labels_are_refused(planted: Plant) -> None:
    training = planted(10, 20, 1)
    with pytest.raises(DataError, match="labels 0 and 1"):
        TrainingSet(training.codes, training.labels * 2.5, DNA)
