"""DeepSTARR against the published counts and shapes, and against Keras's layers written out in Keras's layout."""

import numpy as np
import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import FilterNetwork, InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.deepstarr import ARCHITECTURE, DeepStarrConfig
from seqdl_core.sequences.alphabets import DNA
from tests.models.looking import blueprint, fresh, random_batch, seen, shapes, sizes

SMALL = DeepStarrConfig(filters=6, channels=5, hidden=9)
"""Few channels, but every width and pool as published."""


def test_the_published_network() -> None:
    network = blueprint(ARCHITECTURE, 249, 2)
    assert count_parameters(network) == 622_722
    running = [tensor.numel() for tensor in network.buffers() if tensor.numel() > 1]
    assert sum(running) == 2_016
    layers = ["conv1", "conv2", "conv3", "conv4", "dense1", "dense2", "output"]
    assert sizes(network, layers) == [7_424, 46_140, 18_060, 21_720, 461_056, 65_792, 514]
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm1d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.01)}
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.4, 0.4]


def test_the_published_shapes() -> None:
    network = blueprint(ARCHITECTURE, 249, 2)
    pools = shapes(network, 249, ["pool1", "pool2", "pool3", "pool4"])
    assert pools == [(256, 124), (60, 62), (60, 31), (120, 15)]
    assert network.get_submodule("dense1").in_features == 1_800
    assert shapes(network, 249, ["conv1", "dense1", "dense2", "output"]) == [(256, 249), (256,), (256,), (2,)]


def test_one_unit_sees_as_far_as_its_layers_reach() -> None:
    # 7 + 1 of the pool; 2 + 1 in steps of 2; 4 + 1 in steps of 4; 2 + 1 in steps of 8
    reach = 7 + 1 + 2 * (2 + 1) + 4 * (4 + 1) + 8 * (2 + 1)
    first, last = seen(fresh(ARCHITECTURE, SMALL, 249), "pool4", 7, 249)
    assert last - first + 1 == reach == 58
    # the first of the letters under unit 7 of pool4, less what the convolutions reach to the left
    assert first == 7 * 16 - 3 - 2 - 4 * 2 - 8


def _keras(network: FilterNetwork, letters: np.ndarray) -> np.ndarray:
    """The original, layer by layer as Keras does it: positions first, channels last, two heads."""
    tensors = {name: tensor.numpy().astype(np.float64) for name, tensor in network.state_dict().items()}

    def normal(values: np.ndarray, name: str) -> np.ndarray:
        mean, variance = tensors[f"{name}.running_mean"], tensors[f"{name}.running_var"]
        return (values - mean) / np.sqrt(variance + 1e-3) * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    values = letters.T.astype(np.float64)
    for number in range(1, 5):
        kernel = tensors[f"conv{number}.weight"].transpose(2, 1, 0)  # width, in, out
        width = len(kernel)
        padded = np.pad(values, (((width - 1) // 2, width // 2), (0, 0)))
        scanned = [np.einsum("ki,kio->o", padded[at : at + width], kernel) for at in range(len(values))]
        values = np.maximum(normal(np.array(scanned) + tensors[f"conv{number}.bias"], f"norm{number}"), 0)
        values = values[: len(values) // 2 * 2].reshape(-1, 2, values.shape[1]).max(1)
    places, channels = values.shape
    # Keras's dense kernel counts inputs place by place; ours counts them channel by channel
    kernel = tensors["dense1.weight"].reshape(-1, channels, places).transpose(2, 1, 0).reshape(places * channels, -1)
    hidden = np.maximum(normal(values.reshape(-1) @ kernel + tensors["dense1.bias"], "norm5"), 0)
    hidden = np.maximum(normal(hidden @ tensors["dense2.weight"].T + tensors["dense2.bias"], "norm6"), 0)
    heads = zip(tensors["output.weight"], tensors["output.bias"], strict=True)
    return np.array([hidden @ weight + bias for weight, bias in heads])


@pytest.mark.parametrize("width", [7, 8])
def test_the_same_as_keras_layers(width: int) -> None:
    config = SMALL.model_copy(update={"filter_width": width})
    network = fresh(ARCHITECTURE, config, 121, targets=2)
    _, batch = random_batch(3, 121, "ACGTN")
    expected = np.stack([_keras(network, row.numpy()) for row in batch])
    assert np.allclose(network(batch).detach().numpy(), expected, atol=1e-5)


def test_both_strands_agree_where_they_are_averaged() -> None:
    _, batch = random_batch(4, 249)
    network = fresh(ARCHITECTURE, SMALL.model_copy(update={"both_strands": True}), 249, targets=2)
    assert torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)
    one = fresh(ARCHITECTURE, SMALL, 249, targets=2)
    assert not torch.allclose(one(batch), one(other_strand(batch)), atol=1e-6)


def test_the_shortest_sequence_is_told() -> None:
    with pytest.raises(ConfigError, match="at least 16 bp; these have 15"):
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, 15))
    build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 16), seed=0)


def test_weights_start_as_keras_starts_them() -> None:
    """Glorot: between -x and x with x^2 = 6 / (inputs + outputs), counted with the width; no offsets."""
    network = build_network(ARCHITECTURE, ARCHITECTURE.config(), InputShape(DNA, 249, 2), seed=0)
    for name, numbers in (("conv1", (4 + 256) * 7), ("conv4", (60 + 120) * 3), ("dense1", 1800 + 256), ("output", 258)):
        weight = network.get_parameter(f"{name}.weight").detach()
        limit = (6 / numbers) ** 0.5
        assert 0.97 * limit < float(weight.abs().max()) <= limit, name
        assert not network.get_parameter(f"{name}.bias").any()
