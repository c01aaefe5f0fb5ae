"""What a network shows when it is looked at from outside: its layers' shapes, and the letters that one unit sees."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from seqdl_core.config import Config
from seqdl_core.model_file import build_network
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, encode_all


def blueprint(architecture: Architecture, length: int, targets: int, config: Config | None = None) -> FilterNetwork:
    """The network without numbers, whatever its size."""
    with torch.device("meta"):
        network = build_network(architecture, config or architecture.config(), InputShape(DNA, length, targets))
    assert isinstance(network, FilterNetwork)
    return network.eval()


def fresh(architecture: Architecture, config: Config, length: int, targets: int = 1) -> FilterNetwork:
    """A network with numbers that no layer starts with: normalisation has seen batches, offsets are not zero."""
    network = build_network(architecture, config, InputShape(DNA, length, targets), seed=3)
    assert isinstance(network, FilterNetwork)
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for layer in network.modules():
            if isinstance(layer, nn.BatchNorm1d):
                for tensor in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
                    tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
    return network.eval()


def random_batch(count: int, length: int, letters: str = "ACGT") -> tuple[list[str], torch.Tensor]:
    """Random sequences as text and as one-hot ``(N, 4, L)``."""
    drawn = np.random.default_rng(5).integers(0, len(letters), (count, length))
    texts = ["".join(letters[code] for code in row) for row in drawn]
    return texts, one_hot(torch.from_numpy(encode_all(texts, DNA)), 4)


def shapes(network: FilterNetwork, length: int, layers: Sequence[str]) -> list[tuple[int, ...]]:
    """Each layer's output without the batch, in one pass of a blank sequence."""
    device = next(network.parameters()).device
    found: dict[str, tuple[int, ...]] = {}
    hooks = [
        network.get_submodule(name).register_forward_hook(
            lambda _, __, output, name=name: found.update({name: tuple(output.shape[1:])})
        )
        for name in layers
    ]
    network(torch.zeros(1, 4, length, device=device))
    for hook in hooks:
        hook.remove()
    return [found[name] for name in layers]


def sizes(network: FilterNetwork, layers: Sequence[str]) -> list[int]:
    """Each layer's parameters."""
    return [sum(tensor.numel() for tensor in network.get_submodule(name).parameters()) for name in layers]


def seen(network: FilterNetwork, layer: str, unit: int, length: int) -> tuple[int, int]:
    """First and last letter that position ``unit`` of a layer depends on; fails where there is a gap between them.

    Every row has one letter that is not a number: whatever looks at it is not a number either.
    """
    batch = torch.full((length, 4, length), 0.25)
    batch[torch.arange(length), :, torch.arange(length)] = torch.nan
    put_out: list[torch.Tensor] = []
    hook = network.get_submodule(layer).register_forward_hook(lambda _, __, output: put_out.append(output))
    with torch.inference_mode():
        network(batch)
    hook.remove()
    rows = torch.flatten(torch.isnan(put_out[0][:, :, unit]).all(1).nonzero()).tolist()
    assert rows == list(range(rows[0], rows[-1] + 1))
    return rows[0], rows[-1]
