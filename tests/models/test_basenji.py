"""Basenji2 against its published counts, its lengths and what a bin can see."""

import math

import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.basenji import ARCHITECTURE, Basenji, BasenjiConfig
from seqdl_core.sequences.alphabets import DNA

SMALL = ARCHITECTURE.presets["small"]


def _published(targets: int = 5313) -> Basenji:
    with torch.device("meta"):
        network = build_network(ARCHITECTURE, BasenjiConfig(), InputShape(DNA, 131_072, targets, "bins", 896))
    assert isinstance(network, Basenji)
    return network.eval()


def _small(length: int = 1024, bins: int = 8, **settings: object) -> Basenji:
    config = SMALL.model_copy(update=settings)
    network = build_network(ARCHITECTURE, config, InputShape(DNA, length, 2, "bins", bins), seed=3)
    assert isinstance(network, Basenji)
    return network.eval()


def _sequences(count: int, length: int) -> torch.Tensor:
    codes = torch.randint(0, 4, (count, length), generator=torch.Generator().manual_seed(4))
    return nn.functional.one_hot(codes, 4).mT.float().contiguous()


def test_parameters_of_the_human_and_the_mouse_network() -> None:
    assert count_parameters(_published()) == 30_088_228
    assert count_parameters(_published(1643)) == 24_447_438


def test_parameters_of_each_part() -> None:
    network = _published()
    assert count_parameters(network.stem) == 17_856
    tower = [count_parameters(block) for block in network.tower]
    assert tower == [488_838, 677_103, 938_590, 1_303_008, 1_807_344, 2_505_216]
    assert count_parameters(network.dilated) == 13_001_472
    assert count_parameters(network.final) == 1_182_720
    assert count_parameters(network.head) == 8_166_081


def test_channels_and_dilations_of_the_published_network() -> None:
    assert BasenjiConfig().tower() == (339, 399, 470, 554, 652, 768)
    assert BasenjiConfig().tower() == tuple(round(339 * 1.1776**step) for step in range(6))
    assert BasenjiConfig().dilations() == (1, 2, 3, 4, 6, 9, 14, 21, 32, 48, 72)


def test_lengths_after_each_part() -> None:
    network, lengths = _published(), []
    parts = [network.stem[4], *network.tower, network.dilated, network.final, network.head]
    for part in parts:
        part.register_forward_hook(lambda _module, _inputs, output: lengths.append(output.shape[-1]))
    assert network(torch.zeros(1, 4, 131_072, device="meta")).shape == (1, 5313, 896)
    assert lengths == [65_536, 32_768, 16_384, 8192, 4096, 2048, 1024, 1024, 896, 896]


def test_a_bin_of_the_published_network_depends_on_54918_bases() -> None:
    network, seen, step, after_tower = _published(), 1, 1, 0
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv1d):
            seen += (module.kernel_size[0] - 1) * module.dilation[0] * step
        elif isinstance(module, nn.MaxPool1d):
            seen, step = seen + step, step * 2
        after_tower = seen if name.startswith("tower") else after_tower
    assert (after_tower, step, seen) == (646, 128, 54_918)


def test_bases_out_of_sight_change_nothing() -> None:
    """Two tower blocks make bins of 8 bases: 15 + 1 + 4*2 + 2 + 4*4 + 4 = 46 bases, and 2 * 8 * (1 + 2) further."""
    network = _small(length=512, bins=64, tower_blocks=2, dilated_blocks=2)
    with torch.no_grad():
        for block in network.dilated:
            block.back[2].weight.fill_(1.0)
    sequences = _sequences(1, 512).requires_grad_()
    network(sequences)[0, :, 32].sum().backward()
    touched = sequences.grad[0].abs().sum(0).nonzero().flatten()
    first, last = 32 * 8 - (46 - 8) // 2 - 24, 32 * 8 + 8 + (46 - 8) // 2 + 24
    assert first <= int(touched.min()) < first + 8
    assert last - 8 <= int(touched.max()) < last


def test_a_fresh_tower_of_dilated_blocks_hands_on_what_it_was_given() -> None:
    network, features = _small(), torch.randn(2, 64, 8, generator=torch.Generator().manual_seed(1))
    assert torch.equal(network.dilated(features), features)
    with torch.no_grad():
        network.dilated[0].back[2].weight.fill_(1.0)
    assert not torch.allclose(network.dilated(features), features)


def test_scores_are_logarithms_of_softplus_of_the_head_by_the_layer_table() -> None:
    """The same numbers, put through the layer table step by step with functions alone."""
    network, sequences = _small(bins=4), _sequences(2, 1024)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.weight.uniform_(0.5, 1.5)
                module.running_mean.normal_()
                module.running_var.uniform_(0.5, 2)

    def block(features: torch.Tensor, part: nn.Module, dilation: int = 1, pool: bool = False) -> torch.Tensor:
        weight, norm = part[1].weight, part[2]
        active = features / (1 + torch.exp(-1.702 * features))
        found = nn.functional.conv1d(active, weight, dilation=dilation, padding="same")
        scale = norm.weight / torch.sqrt(norm.running_var + 1e-3)
        found = (found - norm.running_mean[:, None]) * scale[:, None] + norm.bias[:, None]
        return torch.maximum(found[..., ::2], found[..., 1::2]) if pool else found

    with torch.no_grad():
        features = block(sequences, network.stem, pool=True)
        for part in network.tower:
            features = block(features, part, pool=True)
        for part, dilation in zip(network.dilated, (1, 2, 3, 4), strict=True):
            features = features + block(block(features, part.far, dilation), part.back)
        final = block(features[..., 2:6], network.final)
        final = final / (1 + torch.exp(-1.702 * final))
        scores = torch.einsum("ndp,td->ntp", final, network.head.weight[..., 0]) + network.head.bias[:, None]
        expected = torch.log1p(torch.exp(scores))
        assert torch.allclose(network(sequences).exp(), expected, rtol=1e-4, atol=1e-5)


def test_the_tanh_form_is_another_activation() -> None:
    network = _small(gelu="tanh")
    assert float(network.last_activation(torch.ones(1, 1, 1))) == pytest.approx(0.841192, abs=1e-6)


def test_strands_agree_only_once_averaged() -> None:
    sequences = _sequences(2, 1024)
    for both, same in ((False, False), (True, True)):
        network = _small(both_strands=both)
        assert torch.allclose(network(sequences), network(other_strand(sequences)).flip(-1), atol=1e-5) == same


def test_a_length_that_does_not_fit_is_refused_before_anything_is_built() -> None:
    with pytest.raises(ConfigError, match="one bin of 128 bases"):
        build_network(ARCHITECTURE, BasenjiConfig(), InputShape(DNA, 131_000, 1, "bins", 896))


def test_convolutions_start_without_outliers_and_keep_the_variance() -> None:
    """A normal distribution of variance 1 that is cut off at two of its deviations ends at 2 / 0.8796."""
    weight = _small().tower[0][1].weight.detach() / math.sqrt(2 / (32 * 5))
    assert float(weight.std()) == pytest.approx(1, rel=0.03)
    assert 2.2 < float(weight.abs().max()) <= 2 / 0.8796
