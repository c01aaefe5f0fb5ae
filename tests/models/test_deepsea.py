"""DeepSEA against the published layer table and against the published network written out in its own layout."""

import math

import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand, to_agct
from seqdl_core.models.deepsea import ARCHITECTURE, DeepSeaConfig
from seqdl_core.sequences.alphabets import DNA
from tests.models.looking import blueprint, fresh, random_batch, seen, shapes, sizes

SMALL = DeepSeaConfig(filters=6, channels_2=5, channels_3=7, hidden=9)
"""Few channels, but every width and pool as published."""


def test_the_published_network() -> None:
    network = blueprint(ARCHITECTURE, 1000, 919)
    assert count_parameters(network) == 52_843_119
    assert sizes(network, ["conv1", "conv2", "conv3", "hidden", "output"]) == [
        10_560,
        1_229_280,
        3_687_360,
        47_064_925,
        850_994,
    ]
    assert not list(network.buffers())


def test_the_published_shapes() -> None:
    network = blueprint(ARCHITECTURE, 1000, 919)
    layers = ["conv1", "pool1", "conv2", "pool2", "conv3", "hidden", "output"]
    assert shapes(network, 1000, layers) == [(320, 993), (320, 248), (480, 241), (480, 60), (960, 53), (925,), (919,)]
    assert network.get_submodule("hidden").in_features == 50_880


def test_the_published_dropout() -> None:
    network = blueprint(ARCHITECTURE, 1000, 919)
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.2, 0.2, 0.5]


def test_one_unit_sees_163_letters_in_steps_of_16() -> None:
    network = fresh(ARCHITECTURE, SMALL, 260)
    assert seen(network, "conv3", 0, 260) == (0, 162)
    assert seen(network, "conv3", 3, 260) == (48, 48 + 162)


def test_threshold_is_not_a_rectifier() -> None:
    threshold = fresh(ARCHITECTURE, SMALL, 200).get_submodule("threshold")
    put_out = threshold(torch.tensor([-1.0, 0.0, 5.0]))
    assert put_out.tolist() == pytest.approx([1e-6, 1e-6, 5.0])


def test_agct_twice_is_acgt() -> None:
    _, batch = random_batch(3, 20)
    assert torch.equal(to_agct(to_agct(batch)), batch)
    assert not torch.equal(to_agct(batch), batch)


def _published(network: nn.Module, texts: list[str]) -> torch.Tensor:
    """The published network in its own layout, AGCT rows ``(N, 4, 1, L)``, with our tensors under its own keys."""
    ours = network.state_dict()
    rows = torch.tensor([[[float(letter == row) for letter in text] for row in "AGCT"] for text in texts])
    published = nn.Sequential(
        nn.Conv2d(4, 6, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Dropout(0.2),
        nn.Conv2d(6, 5, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Dropout(0.2),
        nn.Conv2d(5, 7, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(7 * 3, 9),
        nn.Threshold(0, 1e-6),
        nn.Linear(9, 3),
        nn.Sigmoid(),
    )
    tensors = {}
    for place, name in {0: "conv1", 4: "conv2", 8: "conv3", 12: "hidden", 14: "output"}.items():
        weight = ours[f"{name}.weight"]
        tensors[f"{place}.weight"] = weight[:, :, None] if weight.ndim == 3 else weight
        tensors[f"{place}.bias"] = ours[f"{name}.bias"]
    published.double().load_state_dict(tensors)
    probabilities: torch.Tensor = published.eval()(rows[:, :, None].double())
    return probabilities


def test_official_tensors_fit_unchanged() -> None:
    network = fresh(
        ARCHITECTURE, SMALL, 200, targets=3
    ).double()  # a threshold's 1e-6 does not show in single precision
    texts, batch = random_batch(5, 200, "ACGTN")
    assert torch.allclose(torch.sigmoid(network(batch.double())), _published(network, texts), rtol=0, atol=1e-12)


def test_unknown_letters_say_nothing() -> None:
    network = fresh(ARCHITECTURE, SMALL, 200)
    bias = network.get_submodule("conv1").bias
    assert torch.equal(network.scan(torch.zeros(1, 4, 200)), bias[None, :, None].expand(1, 6, 193))


def test_both_strands_agree_where_they_are_averaged() -> None:
    _, batch = random_batch(6, 200)
    network = fresh(ARCHITECTURE, SMALL.model_copy(update={"both_strands": True}), 200, targets=3)
    assert torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)
    one = fresh(ARCHITECTURE, SMALL, 200, targets=3)
    assert torch.allclose(network(batch), (one(batch) + one(other_strand(batch))) / 2, atol=1e-6)
    assert not torch.allclose(one(batch), one(other_strand(batch)), atol=1e-6)


def test_a_probability_of_a_ten_millionth_is_a_finite_score() -> None:
    network = fresh(ARCHITECTURE, SMALL, 200)
    with torch.no_grad():
        network.get_submodule("output").weight.zero_()
        network.get_submodule("output").bias.fill_(math.log(1e-7 / (1 - 1e-7)))
        score = network(torch.zeros(1, 4, 200))
    assert float(score) == pytest.approx(-16.118095, abs=1e-4)
    assert float(torch.sigmoid(score)) == pytest.approx(1e-7, rel=1e-4)


def test_the_shortest_sequence_is_told() -> None:
    shortest = ((8 * 4) + 7) * 4 + 7  # one unit of conv3 takes 8 positions of pool2, and so on back to the letters
    assert (
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest), seed=0)(torch.zeros(1, 4, shortest)).numel() == 1
    )
    with pytest.raises(ConfigError, match=f"at least {shortest} bp; these have {shortest - 1}") as refused:
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest - 1))
    assert refused.value.where
    assert refused.value.fix
    build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 60), seed=0)
