"""DanQ against the published counts and shapes, torch's own two-way layer, and Keras's layer step by step."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.danq import ARCHITECTURE, DanQ, DanQConfig, KerasLstm, hard_sigmoid
from seqdl_core.sequences.alphabets import DNA
from tests.models.looking import blueprint, fresh, random_batch, seen, shapes, sizes

SMALL = DanQConfig(filters=6, memory=5, hidden=9)
"""Few channels, but the width and the pool as published."""


def _with(**settings: object) -> DanQConfig:
    return SMALL.model_copy(update=settings)


def test_the_published_network() -> None:
    network = blueprint(ARCHITECTURE, 1000, 919)
    assert count_parameters(network) == 46_929_039
    layers = ["conv1", "forward_lstm", "backward_lstm", "hidden", "output"]
    assert sizes(network, layers) == [33_600, 821_760, 821_760, 44_400_925, 850_994]
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.2, 0.5]


def test_the_count_of_the_original_keras() -> None:
    frozen = blueprint(ARCHITECTURE, 1000, 919)
    for name, parameter in frozen.named_parameters():
        parameter.requires_grad_("bias_hh" not in name)
    assert count_parameters(frozen) == 46_926_479
    assert count_parameters(blueprint(ARCHITECTURE, 1000, 919, DanQConfig(keras_gates=True))) == 46_926_479


def test_the_count_of_the_larger_published_network() -> None:
    """DanQ-JASPAR, by its own settings."""
    config = DanQConfig(filters=1024, filter_width=30, pool=15, memory=512, keras_gates=True)
    network = blueprint(ARCHITECTURE, 1000, 919, config)
    assert network.get_submodule("hidden").in_features == 64 * 1024
    assert count_parameters(network) == 67_892_175


def test_the_published_shapes() -> None:
    network = blueprint(ARCHITECTURE, 1000, 919)
    layers = ["conv1", "pool1", "dropout2", "hidden", "output"]
    assert shapes(network, 1000, layers) == [(320, 975), (320, 75), (75, 640), (925,), (919,)]
    assert network.get_submodule("hidden").in_features == 48_000


def test_one_pooled_unit_sees_38_letters_in_steps_of_13() -> None:
    network = fresh(ARCHITECTURE, SMALL, 100)
    assert seen(network, "pool1", 0, 100) == (0, 26 + 12 - 1)
    assert seen(network, "pool1", 2, 100) == (26, 26 + 37)


def _pooled(network: DanQ, texts: list[str]) -> torch.Tensor:
    """Places of pool1 as the recurrent layers read them, from letters in the order of the original's data."""
    rows = torch.tensor([[[float(letter == row) for letter in text] for row in "AGCT"] for text in texts])
    scanned = nn.functional.conv1d(rows, network.conv1.weight, network.conv1.bias)
    return nn.functional.max_pool1d(scanned.clamp(min=0), 13).transpose(1, 2)


def _scored(network: DanQ, answers: torch.Tensor) -> torch.Tensor:
    """What the dense layers make of ``(N, P, 2 M)`` answers, flattened place by place."""
    joined = answers.reshape(len(answers), -1)
    score: torch.Tensor = network.output(network.hidden(joined).clamp(min=0))
    return score


def test_aligned_is_torchs_own_two_way_layer() -> None:
    network = fresh(ARCHITECTURE, SMALL, 120, targets=2)
    texts, batch = random_batch(4, 120, "ACGTN")
    both = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
    forward, backward = (network.get_submodule(f"{way}_lstm").state_dict() for way in ("forward", "backward"))
    both.load_state_dict({**forward, **{f"{name}_reverse": tensor for name, tensor in backward.items()}})
    assert torch.allclose(network(batch), _scored(network, both(_pooled(network, texts))[0]), atol=1e-6)


@pytest.mark.parametrize("keras", [False, True])
def test_the_three_orders_of_the_second_direction(keras: bool) -> None:
    texts, batch = random_batch(4, 120)
    scores = []
    for order in ("aligned", "as_read", "forward"):
        network = fresh(ARCHITECTURE, _with(backward_order=order, keras_gates=keras), 120)
        steps = _pooled(network, texts)
        turned = steps[:, torch.arange(steps.shape[1] - 1, -1, -1)]
        second = network.get_submodule("backward_lstm")(steps if order == "forward" else turned)[0]
        if order == "aligned":
            second = second[:, torch.arange(steps.shape[1] - 1, -1, -1)]
        first = network.get_submodule("forward_lstm")(steps)[0]
        scores.append(network(batch))
        assert torch.allclose(scores[-1], _scored(network, torch.cat([first, second], 2)), atol=1e-6)
    assert not any(torch.allclose(scores[one], scores[other], atol=1e-6) for one, other in ((0, 1), (0, 2), (1, 2)))


def test_hard_sigmoid_is_a_line_between_two_and_a_half_either_way() -> None:
    values = torch.tensor([[-9.0, -2.5, -1.0, 0.0, 1.0, 2.5, 9.0]])
    assert hard_sigmoid(values)[0].tolist() == pytest.approx([0, 0, 0.3, 0.5, 0.7, 1, 1])


def test_keras_layer_one_unit_at_a_time() -> None:
    """The equations of Keras's LSTM, with its own names and layout, in plain numbers."""
    inputs, memory, rng = 3, 4, np.random.default_rng(7)
    layer = KerasLstm(inputs, memory)
    kernel = {gate: rng.normal(size=(inputs, memory)) for gate in "ifco"}
    recurrent = {gate: rng.normal(size=(memory, memory)) for gate in "ifco"}
    offset = {gate: rng.normal(size=memory) for gate in "ifco"}
    layer.load_state_dict(
        {
            "weight_ih_l0": torch.tensor(np.concatenate([kernel[gate].T for gate in "ifco"])),
            "weight_hh_l0": torch.tensor(np.concatenate([recurrent[gate].T for gate in "ifco"])),
            "bias_ih_l0": torch.tensor(np.concatenate([offset[gate] for gate in "ifco"])),
        }
    )
    sequence = rng.normal(size=(6, inputs)) * 2

    def hard(value: float) -> float:
        return min(1.0, max(0.0, 0.2 * value + 0.5))

    answer, cell, expected = [0.0] * memory, [0.0] * memory, []
    for step in sequence:
        said = {
            gate: [
                sum(step[i] * kernel[gate][i, unit] for i in range(inputs))
                + sum(answer[j] * recurrent[gate][j, unit] for j in range(memory))
                + offset[gate][unit]
                for unit in range(memory)
            ]
            for gate in "ifco"
        }
        cell = [
            hard(said["f"][unit]) * cell[unit] + hard(said["i"][unit]) * math.tanh(said["c"][unit])
            for unit in range(memory)
        ]
        answer = [hard(said["o"][unit]) * math.tanh(cell[unit]) for unit in range(memory)]
        expected.append(answer)
    found, (last, state) = layer(torch.tensor(sequence, dtype=torch.float32)[None])
    assert np.allclose(found[0].detach().numpy(), expected, atol=1e-5)
    assert np.allclose(last[0].detach().numpy(), answer, atol=1e-5)
    assert np.allclose(state[0].detach().numpy(), cell, atol=1e-5)


def test_keras_layer_starts_as_keras_does() -> None:
    layer = KerasLstm(3, 4)
    assert layer.bias_ih_l0.tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8
    for gate in layer.weight_hh_l0.chunk(4):
        assert torch.allclose(gate @ gate.T, torch.eye(4), atol=1e-5)


def test_every_parameter_of_the_keras_layer_learns() -> None:
    network = fresh(ARCHITECTURE, _with(keras_gates=True), 120).train()
    network(random_batch(16, 120)[1]).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in network.parameters())


def test_both_strands_agree_where_they_are_averaged() -> None:
    _, batch = random_batch(4, 120)
    network = fresh(ARCHITECTURE, _with(both_strands=True), 120)
    assert torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)
    one = fresh(ARCHITECTURE, SMALL, 120)
    assert not torch.allclose(one(batch), one(other_strand(batch)), atol=1e-6)


def test_the_shortest_sequence_is_told() -> None:
    with pytest.raises(ConfigError, match="at least 38 bp; these have 37"):
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, 37))
    build_network(ARCHITECTURE, SMALL, InputShape(DNA, 38), seed=0)
    build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 60), seed=0)


def test_weights_start_as_keras_starts_them() -> None:
    network = build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 200), seed=0)
    for name, limit in (
        ("conv1", 0.05),
        ("hidden", (6 / (network.get_parameter("hidden.weight").shape[1] + 64)) ** 0.5),
    ):
        most = float(network.get_parameter(f"{name}.weight").detach().abs().max())
        assert 0.97 * limit < most <= limit, name
        assert not network.get_parameter(f"{name}.bias").any()
