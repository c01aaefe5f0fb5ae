"""k-mer counts and the regression on them, against counting by hand."""

from collections import Counter
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score

from seqdl_core.baselines import TrainingSet
from seqdl_core.baselines._words import count_words, word_columns
from seqdl_core.baselines.kmer import KmerModel, fit
from seqdl_core.errors import DataError
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, encode_all
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

COMPLEMENT = str.maketrans("ACGT", "TGCA")


def canonical(word: str) -> str:
    return min(word, word.translate(COMPLEMENT)[::-1])


def count_by_hand(sequence: str, k: int) -> Counter[str]:
    words = [sequence[start : start + k] for start in range(len(sequence) - k + 1)]
    return Counter(canonical(word) for word in words if "N" not in word)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_counts_are_those_made_by_hand(k: int) -> None:
    rng = np.random.default_rng(k)
    sequences = ["".join(rng.choice(list("ACGTN"), 30, p=[0.24] * 4 + [0.04])) for _ in range(20)]
    names = sorted({canonical("".join(letters)) for letters in product("ACGT", repeat=k)})
    counted = count_words(encode_all(sequences, DNA), k, DNA).toarray()
    assert counted.shape == (20, len(names))
    for sequence, row in zip(sequences, counted, strict=True):
        assert {name: int(number) for name, number in zip(names, row, strict=True) if number} == count_by_hand(
            sequence, k
        )


def test_there_are_2080_words_of_six_letters() -> None:
    # (4^6 + 4^3) / 2: each word but the 64 palindromes shares its column with its reverse complement.
    assert word_columns(6, DNA).max() + 1 == 2080
    assert word_columns(6, RNA).max() + 1 == 4096
    assert word_columns(2, PROTEIN).max() + 1 == 400


def test_a_score_is_the_bias_and_the_weights_of_the_words() -> None:
    weights = torch.arange(16.0)
    model = KmerModel(2, DNA, weights, 0.5)
    # AC = 1, CG = 6, GT = 11; with N in the middle only AC and GT remain, and a single letter holds no word.
    codes = encode_all(["ACGT", "ACNGT", "A"], DNA)
    assert scores(model, codes)[:, 0].tolist() == [18.5, 12.5, 0.5]
    assert scores(model, encode_all(["A"], DNA)).tolist() == [[0.5]]


def test_the_predictor_agrees_with_the_counts(planted: Callable[..., TrainingSet]) -> None:
    training = planted(80, 30, 1)
    training.codes[::7, 3] = DNA.unknown_code
    model = fit(training, 1, k=4)
    by_column = np.zeros(word_columns(4, DNA).max() + 1)
    by_column[word_columns(4, DNA)] = model.weights.numpy()
    expected = count_words(training.codes, 4, DNA) @ by_column + model.bias
    np.testing.assert_allclose(scores(model, training.codes)[:, 0], expected, atol=1e-5)


def test_the_weights_are_at_the_minimum_of_the_penalised_loss(planted: Callable[..., TrainingSet]) -> None:
    """The gradient of C * loss + |w|^2 / 2 vanishes there, which needs no second solver to check."""
    training = planted(100, 30, 2)
    model = fit(training, 1, k=3)
    counts = count_words(training.codes, 3, DNA).toarray()
    by_column = np.zeros(counts.shape[1])
    by_column[word_columns(3, DNA)] = model.weights.numpy()
    residual = 1 / (1 + np.exp(-(counts @ by_column + model.bias))) - training.labels
    assert abs(residual.sum()) < 0.05
    assert np.abs(by_column + 0.01 * counts.T @ residual).max() < 0.002


def test_titles_name_k(planted: Callable[..., TrainingSet]) -> None:
    model = fit(planted(20, 20, 1), 1)
    assert (model.title, model.short) == ("6-mer logistic regression", "6-mer baseline")


@pytest.mark.parametrize("k", [0, 9])
def test_a_k_that_cannot_be_counted_is_refused(planted: Callable[..., TrainingSet], k: int) -> None:
    with pytest.raises(DataError, match="Choose a k from 1 to 8"):
        fit(planted(20, 20, 1), 1, k=k)


def test_it_reaches_the_reference_on_elk1(encode: Path) -> None:
    """.945: a 6-mer logistic regression on at most 6,000 positives and one shuffle of each, measured on the B file."""
    training, test = (pd.read_csv(next(encode.glob(f"ELK1*_{part}.seq.gz")), sep="\t") for part in ("AC", "B"))
    positives = encode_all(list(training.seq[:6000]), DNA)
    negatives = dinucleotide_shuffle(positives, np.random.default_rng(1))
    labels = np.repeat([1.0, 0.0], len(positives))
    model = fit(TrainingSet(np.concatenate([positives, negatives]), labels, DNA), 1)
    assert roc_auc_score(test.Bound, scores(model, encode_all(list(test.seq), DNA))[:, 0]) > 0.945
