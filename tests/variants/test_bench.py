"""A sequence through a model whose answer is known in closed form."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from seqdl_core.errors import DataError
from seqdl_core.model_file import Model, ModelCard
from seqdl_core.models import SequenceNetwork
from seqdl_core.variants.bench import probabilities, view

LENGTH = 5
WEIGHTS = torch.arange(4 * LENGTH, dtype=torch.float32).reshape(4, LENGTH) / 10


class Linear(SequenceNetwork):
    """score = sum of a weight for the letter at each position; unknown counts nothing."""

    filter_width, scan_offset = 1, 0

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(WEIGHTS.clone())

    def scan(self, one_hot: Tensor) -> Tensor:
        return (one_hot * self.weights).sum(1)[:, None]

    def forward(self, one_hot: Tensor) -> Tensor:
        return self.scan(one_hot).sum(2)


@pytest.fixture
def model() -> Model:
    return Model(Linear(), ModelCard(architecture="linear", alphabet="dna", task="binary", length=LENGTH))


def test_changes_are_differences_of_weights(model: Model) -> None:
    seen = view(model, "ACGTA")
    codes = [0, 1, 2, 3, 0]
    weights = WEIGHTS.numpy()
    expected = weights - weights[codes, range(LENGTH)]
    np.testing.assert_allclose(seen.changes, expected, atol=1e-6)
    assert seen.score == pytest.approx(weights[codes, range(LENGTH)].sum(), abs=1e-6)
    assert seen.probability == pytest.approx(1 / (1 + np.exp(-seen.score)))
    np.testing.assert_allclose(seen.probabilities, 1 / (1 + np.exp(-(seen.score + expected))), atol=1e-6)


def test_a_letter_counts_minus_the_mean_change(model: Model) -> None:
    seen = view(model, "ACGTA")
    np.testing.assert_allclose(seen.letters, -seen.changes.mean(0), atol=1e-6)


def test_padding_is_left_out(model: Model) -> None:
    seen = view(model, "ACG")
    assert seen.letters.shape == (3,)
    assert seen.changes.shape == seen.probabilities.shape == (4, 3)


def test_many_sequences_give_the_same_as_one(model: Model) -> None:
    assert probabilities(model, ["ACGTA", "ACG"]) == pytest.approx(
        [view(model, "ACGTA").probability, view(model, "ACG").probability]
    )
    assert probabilities(model, []) == []


def test_a_sequence_that_is_too_long_or_foreign_is_refused(model: Model) -> None:
    with pytest.raises(DataError, match="reads 5 bp"):
        view(model, "ACGTACGT")
    with pytest.raises(DataError, match="'J'"):
        view(model, "ACJ")
