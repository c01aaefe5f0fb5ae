"""Transformers against their formulas: parameters, positions, attention by hand, padding."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, InputShape, count_parameters
from seqdl_core.models._attention import TransformerLayer, rotate, sinusoids
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, PROTEIN

CPU = torch.device("cpu")
BOTH = pytest.mark.parametrize("name", ["transformer", "conv_transformer"])


def _network(name: str, shape: InputShape, **settings: object) -> nn.Module:
    architecture = ARCHITECTURES.get(name)
    chosen = architecture.presets["small"].model_copy(update=settings)
    return build_network(architecture, chosen, shape, seed=4).eval()


def _letters(count: int, length: int) -> torch.Tensor:
    codes = np.random.default_rng(1).integers(0, 4, (count, length)).astype(np.uint8)
    return one_hot(torch.from_numpy(codes), 4)


@pytest.mark.parametrize("width", [32, 128])
def test_parameters_of_a_layer(width: int) -> None:
    assert count_parameters(TransformerLayer(width, 4, 0.0, rotary=True)) == 12 * width**2 + 13 * width


def test_parameters_of_the_whole() -> None:
    for positions, places in (("rotary", 0), ("sinusoidal", 0), ("learned", 50 * 32)):
        network = _network("transformer", InputShape(PROTEIN, 50), positions=positions)
        layers = 2 * (12 * 32**2 + 13 * 32) + 2 * 32
        assert count_parameters(network) == (20 * 32 + 32) + places + layers + (64 * 32 + 32) + (32 + 1)


def test_sinusoids_are_interleaved() -> None:
    table = sinusoids(30, 8, CPU)
    for place in (0, 1, 29):
        for pair in range(4):
            angle = place / 10_000 ** (2 * pair / 8)
            assert float(table[place, 2 * pair]) == pytest.approx(math.sin(angle), abs=1e-5)
            assert float(table[place, 2 * pair + 1]) == pytest.approx(math.cos(angle), abs=1e-5)


def test_rotated_products_depend_on_distance_alone() -> None:
    torch.manual_seed(0)
    query, key = (torch.randn(8).expand(1, 1, 40, 8) for _ in range(2))
    products = (rotate(query) @ rotate(key).transpose(-1, -2))[0, 0]
    for distance in (-7, 0, 3):
        along = products.diagonal(distance)
        assert torch.allclose(along, along[:1].expand_as(along), atol=1e-4)
    assert not torch.allclose(products[0, 3], products[3, 0], atol=1e-2)  # before is not behind
    assert torch.allclose(rotate(query).norm(dim=-1), query.norm(dim=-1), atol=1e-5)
    assert torch.allclose(products.diagonal(), (query[0, 0, 0] @ key[0, 0, 0]).expand(40), atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("rotary", [False, True])
def test_a_layer_is_its_formula(rotary: bool) -> None:
    """Head by head and position by position in plain loops, from the weights that are shown on request."""
    torch.manual_seed(1)
    layer = TransformerLayer(8, 2, 0.0, rotary).eval()
    features, within = torch.randn(1, 6, 8), torch.tensor([[True] * 4 + [False] * 2])
    shown = layer.weights(features, within)
    normed = layer.norm(features)[0]
    told = torch.zeros(6, 8)
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        query, key, value = (each(normed)[:, part] for each in (layer.query, layer.key, layer.value))
        if rotary:
            query, key = rotate(query[None, None])[0, 0], rotate(key[None, None])[0, 0]
        for here in range(6):
            scores = [math.exp(float(query[here] @ key[there]) / 2) for there in range(4)]
            expected = torch.tensor([score / sum(scores) for score in scores] + [0.0, 0.0])
            assert torch.allclose(shown[0, head, here], expected, atol=1e-6)
            told[here, part] = expected @ value
    middle = features[0] + layer.out(told)
    expected = middle + layer.dense(layer.dense_norm(middle))
    assert torch.allclose(layer(features, within)[0], expected, atol=1e-5)


@BOTH
@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "learned"])
@pytest.mark.parametrize("output", ["sequence", "positions"])
def test_padding_does_not_change_the_answer(name: str, positions: str, output: str) -> None:
    short, long = (_network(name, InputShape(DNA, length, 2, output), positions=positions) for length in (46, 80))
    state = short.state_dict()
    if positions == "learned":
        state["stack.places"] = torch.cat([state["stack.places"], long.stack.places[len(state["stack.places"]) :]])
    long.load_state_dict(state)
    letters = _letters(3, 46)
    together = long(nn.functional.pad(letters, (0, 34)))
    assert torch.allclose(short(letters), together[..., :46] if output == "positions" else together, atol=1e-5)


@BOTH
def test_nobody_looks_at_padding(name: str) -> None:
    network = _network(name, InputShape(DNA, 40))
    letters = _letters(2, 40)
    letters[1, :, 20:] = 0
    for weights in network.attention(letters):
        end = weights.shape[-1] // 2
        assert (weights[1, :, :, end:] == 0).all()
        assert (weights[0] > 0).all()


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal", "learned"])
def test_the_order_of_letters_counts(positions: str) -> None:
    network = _network("transformer", InputShape(DNA, 40), positions=positions, both_strands=False)
    letters = _letters(2, 40)
    assert not torch.allclose(network(letters), network(letters[..., torch.randperm(40)]), atol=1e-4)


def test_filters_of_even_width_keep_the_length() -> None:
    network = _network("conv_transformer", InputShape(DNA, 41, 2, "positions"), filter_width=14)
    assert network(_letters(2, 41)).shape == (2, 2, 41)


@BOTH
@pytest.mark.parametrize(
    ("width", "heads", "positions"), [(32, 5, "learned"), (36, 12, "rotary"), (9, 3, "sinusoidal")]
)
def test_widths_that_heads_cannot_share_are_refused(name: str, width: int, heads: int, positions: str) -> None:
    with pytest.raises(ConfigError, match="cannot be shared out") as caught:
        _network(name, InputShape(DNA, 40), width=width, heads=heads, positions=positions)
    assert "multiple of" in caught.value.fix
