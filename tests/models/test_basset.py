"""Basset against the published layer table, both of its paddings, and the published network in its own layout."""

import numpy as np
import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.basset import ARCHITECTURE, BassetConfig
from seqdl_core.sequences.alphabets import DNA
from tests.models.looking import blueprint, fresh, random_batch, seen, shapes, sizes

SMALL = BassetConfig(filters=6, channels=5, hidden=9)
"""Few channels, but every width and pool as published."""

LAYERS = ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3"]


def test_the_published_network() -> None:
    network = blueprint(ARCHITECTURE, 600, 164)
    assert count_parameters(network) == 4_135_064
    layers = ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "dense1", "norm4", "dense2", "norm5", "output"]
    assert sizes(network, layers) == [
        23_100,
        600,
        660_200,
        400,
        280_200,
        400,
        2_001_000,
        2_000,
        1_001_000,
        2_000,
        164_164,
    ]
    buffers = [tensor.numel() for tensor in network.buffers()]
    assert sum(size for size in buffers if size > 1) == 5_400
    assert buffers.count(1) == 5
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm1d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-5, 0.1)}


def test_the_published_shapes() -> None:
    network = blueprint(ARCHITECTURE, 600, 164)
    assert shapes(network, 600, LAYERS) == [(300, 582), (300, 194), (200, 184), (200, 46), (200, 40), (200, 10)]
    assert network.get_submodule("dense1").in_features == 2_000


def test_the_shapes_of_the_later_code() -> None:
    network = blueprint(ARCHITECTURE, 600, 164, BassetConfig(padding="same_ceil"))
    assert [length for _, length in shapes(network, 600, LAYERS)] == [600, 200, 200, 50, 50, 13]
    assert network.get_submodule("dense1").in_features == 2_600
    # only the first dense layer knows the difference
    assert count_parameters(network) == 4_135_064 + 600 * 1000


def test_one_unit_sees_168_letters_in_steps_of_48() -> None:
    network = fresh(ARCHITECTURE, SMALL, 300)
    assert seen(network, "pool3", 0, 300) == (0, 167)
    assert seen(network, "pool3", 2, 300) == (96, 96 + 167)


def _published(network: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """The published network in its own layout, ``(N, 4, L, 1)``, with our tensors under its own keys."""
    published = nn.Sequential(
        nn.Conv2d(4, 6, (19, 1)),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d((3, 1), (3, 1)),
        nn.Conv2d(6, 5, (11, 1)),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d((4, 1), (4, 1)),
        nn.Conv2d(5, 5, (7, 1)),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d((4, 1), (4, 1)),
        nn.Flatten(),
        nn.Sequential(nn.Identity(), nn.Linear(5 * 4, 9)),
        nn.BatchNorm1d(9),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Sequential(nn.Identity(), nn.Linear(9, 9)),
        nn.BatchNorm1d(9),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Sequential(nn.Identity(), nn.Linear(9, 2)),
        nn.Sigmoid(),
    )
    names = {"0": "conv1", "4": "conv2", "8": "conv3", "13.1": "dense1", "17.1": "dense2", "21.1": "output"}
    names |= {"1": "norm1", "5": "norm2", "9": "norm3", "14": "norm4", "18": "norm5"}
    ours = {name: tensor[..., None] if tensor.ndim == 3 else tensor for name, tensor in network.state_dict().items()}
    official = {
        key: ours.pop(f"{names[key.rpartition('.')[0]]}.{key.rpartition('.')[2]}") for key in published.state_dict()
    }
    assert not ours
    published.load_state_dict(official)
    probabilities: torch.Tensor = published.eval()(rows[..., None])
    return probabilities


def test_official_tensors_fit_unchanged() -> None:
    network = fresh(ARCHITECTURE, SMALL, 312, targets=2)
    _, batch = random_batch(5, 312)
    assert torch.allclose(torch.sigmoid(network(batch)), _published(network, batch), atol=1e-6)


def test_unknown_letters_are_an_even_mixture() -> None:
    network = fresh(ARCHITECTURE, SMALL, 200)
    even = torch.full((1, 4, 200), 0.25)
    assert torch.allclose(network.scan(torch.zeros(1, 4, 200)), network.scan(even), atol=1e-6)


@pytest.mark.parametrize("width", [18, 19])
def test_the_later_code_by_hand(width: int) -> None:
    """Zeros on both ends, the longer half on the right, and a pool that keeps an incomplete window."""
    config = BassetConfig(filters=4, filter_width=width, channels=4, hidden=4, padding="same_ceil")
    network = fresh(ARCHITECTURE, config, 50)
    _, batch = random_batch(1, 50)
    conv, norm = network.get_submodule("conv1"), network.get_submodule("norm1")
    weight, letters = conv.weight.detach().numpy(), batch[0].numpy()
    left = (width - 1) // 2
    answers = np.zeros((4, 50))
    for place in range(50):
        for tap in range(width):
            if 0 <= place - left + tap < 50:
                answers[:, place] += weight[:, :, tap] @ letters[:, place - left + tap]
    answers += conv.bias.detach().numpy()[:, None]
    mean, variance = (tensor.numpy()[:, None] for tensor in (norm.running_mean, norm.running_var))
    scale, offset = (tensor.detach().numpy()[:, None] for tensor in (norm.weight, norm.bias))
    normal = (answers - mean) / np.sqrt(variance + 1e-5) * scale + offset
    assert network.scan_offset == left
    assert np.allclose(network.scan(batch)[0].detach().numpy(), normal, atol=1e-5)
    pooled = [np.maximum(normal[:, start : start + 3], 0).max(1) for start in range(0, 50, 3)]
    found = network.get_submodule("pool1")(torch.relu(network.scan(batch)))[0].detach().numpy()
    assert np.allclose(found, np.stack(pooled, 1), atol=1e-5)


def test_two_askings_agree_and_differences_change_sign() -> None:
    _, (reference, alternative) = random_batch(2, 312)
    network = fresh(ARCHITECTURE, SMALL, 312, targets=3)

    def difference(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        probabilities = torch.sigmoid(network(torch.stack([second, first])))
        return probabilities[0] - probabilities[1]

    forth, back = difference(reference, alternative), difference(alternative, reference)
    assert torch.equal(forth, difference(reference, alternative))
    assert forth.abs().min() > 0
    assert torch.allclose(forth, -back, atol=1e-7)
    assert torch.allclose(difference(reference, reference), torch.zeros(3), atol=1e-7)


def test_both_strands_agree_where_they_are_averaged() -> None:
    _, batch = random_batch(4, 312)
    network = fresh(ARCHITECTURE, SMALL.model_copy(update={"both_strands": True}), 312)
    assert torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)
    one = fresh(ARCHITECTURE, SMALL, 312)
    assert not torch.allclose(one(batch), one(other_strand(batch)), atol=1e-6)


def test_the_shortest_sequence_is_told() -> None:
    shortest = (((4 + 6) * 4) + 10) * 3 + 18
    with pytest.raises(ConfigError, match=f"at least {shortest} bp; these have {shortest - 1}"):
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest - 1))
    build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest), seed=0)
    build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 60), seed=0)
    later = SMALL.model_copy(update={"padding": "same_ceil"})
    assert fresh(ARCHITECTURE, later, 1)(torch.zeros(2, 4, 1)).shape == (2, 1)
