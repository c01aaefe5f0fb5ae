"""Attribution methods: closed forms on a linear model, and what every method owes every network."""

import numpy as np
import pytest
import torch
from torch import Tensor

from seqdl_core.interpretation.methods import METHODS, Method, observed, zero_sum
from seqdl_core.interpretation.methods.mutagenesis import MutagenesisConfig, mutagenesis
from seqdl_core.interpretation.methods.saliency import SaliencyConfig, saliency
from seqdl_core.model_file import Model, ModelCard, build_network
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.sequences.alphabets import DNA
from tests.interpretation import networks

LENGTH = 30


class Linear:
    """score = the sum of the weights of the letters that are there; a second target doubles it."""

    name = "linear"
    alphabet = DNA
    device = torch.device("cpu")

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = torch.from_numpy(weights)

    def __call__(self, one_hot: Tensor) -> Tensor:
        score = (one_hot * self.weights).sum((1, 2))
        return torch.stack([score, 2 * score], 1)


@pytest.fixture
def weights() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4, LENGTH)).astype(np.float32)


@pytest.fixture
def codes() -> np.ndarray:
    codes = np.random.default_rng(2).integers(0, 4, (5, LENGTH)).astype(np.uint8)
    codes[0, 7] = codes[3, -5:] = DNA.unknown_code
    return codes


def test_saliency_of_a_linear_model_is_its_centred_weights(weights: np.ndarray, codes: np.ndarray) -> None:
    values = saliency(Linear(weights), codes, SaliencyConfig())
    np.testing.assert_allclose(values, np.broadcast_to(weights - weights.mean(0), values.shape), atol=1e-6)


def test_the_correction_takes_off_what_all_letters_share(weights: np.ndarray, codes: np.ndarray) -> None:
    shifted = weights + np.random.default_rng(3).normal(size=LENGTH).astype(np.float32)
    np.testing.assert_allclose(
        saliency(Linear(shifted), codes, SaliencyConfig()),
        saliency(Linear(weights), codes, SaliencyConfig()),
        atol=1e-5,
    )


def test_mutagenesis_of_a_linear_model_is_the_difference_of_saliencies(weights: np.ndarray, codes: np.ndarray) -> None:
    gradient = saliency(Linear(weights), codes, SaliencyConfig())
    changes = mutagenesis(Linear(weights), codes, MutagenesisConfig())
    expected = gradient - observed(gradient, codes)[:, None, :]
    known = np.broadcast_to((codes < 4)[:, None, :], changes.shape)
    np.testing.assert_allclose(changes[known], expected[known], atol=1e-5)
    # At an unknown letter nothing is lost by putting one in: the change is the letter's own weight.
    np.testing.assert_allclose(changes[0, :, 7], weights[:, 7], atol=1e-5)
    np.testing.assert_allclose(zero_sum(changes), gradient, atol=1e-5)


def test_the_chosen_target_is_explained(weights: np.ndarray, codes: np.ndarray) -> None:
    model = Linear(weights)
    for function, config in ((saliency, SaliencyConfig), (mutagenesis, MutagenesisConfig)):
        one, two = (function(model, codes, config(target=target)) for target in (0, 1))
        np.testing.assert_allclose(two, 2 * one, atol=1e-5)


def test_observed_picks_the_letter_that_is_there() -> None:
    values = np.arange(12, dtype=np.float32).reshape(1, 4, 3)
    np.testing.assert_array_equal(observed(values, np.array([[1, 3, 4]], np.uint8)), [[3, 10, 0]])


@pytest.mark.parametrize("name", networks.EXPLAINED)
@pytest.mark.parametrize("method", list(METHODS), ids=lambda method: method.name)
def test_every_method_on_every_network(method: Method, name: str) -> None:
    codes = np.random.default_rng(2).integers(0, 4, (5, networks.LENGTH)).astype(np.uint8)
    codes[2, 10:13] = 4
    model = networks.untrained(name)
    network = model.network
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    values = method.attribute(model, codes, method.config())

    assert values.shape == (5, 4, networks.LENGTH)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()
    assert np.abs(values).max() > 0
    small = method.config(batch_size=2 if method.needs_gradient else 100)
    np.testing.assert_allclose(method.attribute(model, codes, small), values, atol=1e-5)
    np.testing.assert_allclose(method.attribute(model, codes[3:4], method.config()), values[3:4], atol=1e-5)
    assert method.attribute(model, codes[:0], method.config()).shape == (0, 4, networks.LENGTH)

    assert not network.training
    assert model.device == torch.device("cpu")
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_the_letter_that_is_there_changes_nothing(codes: np.ndarray) -> None:
    architecture = ARCHITECTURES.get("cnn")
    network = build_network(architecture, architecture.config(), InputShape(DNA, LENGTH), seed=1)
    model = Model(network, ModelCard(architecture="cnn", alphabet="dna", task="binary", length=LENGTH))
    changes = METHODS.get("mutagenesis").attribute(model, codes, MutagenesisConfig())
    assert np.abs(observed(changes, codes)).max() == 0
    gradient = METHODS.get("saliency").attribute(model, codes, SaliencyConfig())
    np.testing.assert_allclose(gradient.sum(1), 0, atol=1e-6)


def test_mutagenesis_agrees_with_mutants_made_by_hand(codes: np.ndarray) -> None:
    architecture = ARCHITECTURES.get("deepbind")
    network = build_network(architecture, architecture.config(), InputShape(DNA, LENGTH), seed=1)
    model = Model(network, ModelCard(architecture="deepbind", alphabet="dna", task="binary", length=LENGTH))
    from seqdl_core.predict import scores

    changes = mutagenesis(model, codes, MutagenesisConfig())
    for row, letter, position in ((0, 2, 7), (1, 0, 0), (3, 3, LENGTH - 1)):
        mutant = codes[row : row + 1].copy()
        mutant[0, position] = letter
        expected = scores(model, mutant)[0, 0] - scores(model, codes[row : row + 1])[0, 0]
        assert changes[row, letter, position] == pytest.approx(expected, abs=1e-6)
