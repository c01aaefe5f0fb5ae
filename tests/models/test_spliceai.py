"""SpliceAI against its published counts, contexts and the graph of the released files."""

import pytest
import torch
from torch import nn
from torch.nn.functional import conv1d, one_hot, pad

from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.spliceai import ARCHITECTURE, Spliceai, SpliceaiConfig
from seqdl_core.sequences.alphabets import DNA

SIZES = pytest.mark.parametrize(
    ("size", "parameters", "context", "units"),
    [("80nt", 93_251, 80, 4), ("400nt", 185_187, 400, 8), ("2k", 359_043, 2000, 12), ("10k", 696_739, 10_000, 16)],
)


def _network(length: int, **settings: object) -> Spliceai:
    network = build_network(ARCHITECTURE, SpliceaiConfig(**settings), InputShape(DNA, length, 3, "positions"), seed=6)
    assert isinstance(network, Spliceai)
    return network.eval()


def _stir(network: nn.Module) -> None:
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d):
                for values in (module.weight, module.running_var):
                    values.uniform_(0.5, 1.5, generator=generator)
                for values in (module.bias, module.running_mean):
                    values.normal_(generator=generator)
            elif isinstance(module, nn.Conv1d):
                module.bias.normal_(std=0.1, generator=generator)


def _sequences(count: int, length: int) -> torch.Tensor:
    codes = torch.randint(0, 4, (count, length), generator=torch.Generator().manual_seed(4))
    return one_hot(codes, 4).mT.float().contiguous()


@SIZES
def test_parameters_and_context_of_the_four_networks(size: str, parameters: int, context: int, units: int) -> None:
    network = _network(100, size=size)
    assert count_parameters(network) == parameters
    assert SpliceaiConfig(size=size).context() == context
    assert sum(len(group) for group in network.groups) == units


def test_the_default_is_the_10k_network_with_its_normalisations() -> None:
    network = _network(100)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    assert (len(norms), {norm.eps for norm in norms}) == (32, {1e-3})
    assert sum(norm.running_mean.numel() + norm.running_var.numel() for norm in norms) == 2048


@SIZES
def test_every_base_is_scored(size: str, parameters: int, context: int, units: int) -> None:
    with torch.device("meta"):
        network = build_network(ARCHITECTURE, SpliceaiConfig(size=size), InputShape(DNA, 5000, 3, "positions"))
    assert network(torch.zeros(2, 4, 5000, device="meta")).shape == (2, 3, 5000)


def test_a_class_depends_on_its_context_and_on_nothing_else() -> None:
    network = _network(301, size="80nt", channels=8)
    sequences = _sequences(1, 301).requires_grad_()
    network(sequences)[0, :, 150].sum().backward()
    touched = sequences.grad[0].abs().sum(0).nonzero().flatten()
    assert (int(touched.min()), int(touched.max())) == (150 - 40, 150 + 40)


def test_unknown_bases_around_are_the_same_as_none() -> None:
    """The context is padded with zeros by the network itself, so zeros that are brought change nothing."""
    bare, wide = _network(60, size="400nt", channels=8), _network(100, size="400nt", channels=8)
    _stir(bare)
    wide.load_state_dict(bare.state_dict())
    sequences = _sequences(2, 60)
    assert torch.allclose(bare(sequences), wide(pad(sequences, (20, 20)))[..., 20:80], atol=1e-4)


def test_scores_by_the_graph_of_the_released_files() -> None:
    network, sequences = _network(50, size="400nt", channels=8), _sequences(2, 50)
    _stir(network)

    def conv(features: torch.Tensor, layer: nn.Conv1d, dilation: int = 1) -> torch.Tensor:
        return conv1d(features, layer.weight, layer.bias, dilation=dilation, padding="same")

    def norm(features: torch.Tensor, layer: nn.BatchNorm1d) -> torch.Tensor:
        deviation = torch.sqrt(layer.running_var + 0.001)[:, None]
        return (features - layer.running_mean[:, None]) / deviation * layer.weight[:, None] + layer.bias[:, None]

    with torch.no_grad():
        x = conv(torch.cat([torch.zeros(2, 4, 200), sequences, torch.zeros(2, 4, 200)], -1), network.stem)
        skip = conv(x, network.first_skip)
        for group, last, dilation in zip(network.groups, network.skips, (1, 4), strict=True):
            for unit in group:
                one, _, first, two, _, second = unit.layers
                inner = conv(norm(x, one).clamp(min=0), first, dilation)
                x = x + conv(norm(inner, two).clamp(min=0), second, dilation)
            skip = skip + conv(x, last)
        expected = conv(skip[..., 200:-200], network.head)
        assert torch.allclose(network(sequences), expected, atol=1e-4, rtol=1e-4)
