"""What a network looks like before it is trained: its layers with shapes, how far one unit sees, its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqdl_core.config import parse
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, InputShape, SequenceNetwork, count_parameters
from seqdl_core.sequences.alphabets import Alphabet


@dataclass(frozen=True)
class Layer:
    """One column of a layer diagram. ``positions`` is None once the sequence has been gathered into one vector.

    ``kind`` is ``input``, ``conv``, ``pool``, ``gather``, ``dense`` or ``output``.
    """

    name: str
    kind: str
    detail: str
    channels: int
    positions: int | None
    parameters: int


@dataclass(frozen=True)
class Anatomy:
    """The layers from sequence to score; ``receptive_field`` is what one unit of the last convolution sees."""

    layers: tuple[Layer, ...]
    parameters: int
    receptive_field: int | None


def anatomy_of(
    architecture: str, config: Mapping[str, Any], alphabet: Alphabet, length: int, targets: int = 1
) -> Anatomy:
    """Build the network for T ``targets``, send one blank sequence through it and write down what happens.

    Raises:
        UnknownName, ConfigError: as choosing the architecture would.
    """
    chosen = ARCHITECTURES.get(architecture)
    settings = parse(chosen.config, config, where=architecture)
    network = build_network(chosen, settings, InputShape(alphabet, length, targets), seed=0)
    calls = _watch(network.eval(), torch.zeros(1, alphabet.size, length))
    layers = [Layer("sequence", "input", "one-hot", alphabet.size, length, 0)]
    gathered = False
    for module, shape in calls:
        parameters = sum(parameter.numel() for parameter in module.parameters())
        if isinstance(module, nn.Conv1d):
            name, detail = f"conv {module.kernel_size[0]}", f"{shape[1]} filters"
            layers.append(Layer(name, "conv", detail, shape[1], shape[2], parameters))
        elif isinstance(module, nn.MaxPool1d):
            layers.append(Layer(f"pool {module.kernel_size}", "pool", "maximum", shape[1], shape[2], parameters))
        elif isinstance(module, nn.Linear):
            if not gathered:
                layers.append(Layer("gather", "gather", "all positions", module.in_features, None, 0))
                gathered = True
            layers.append(Layer("dense", "dense", f"{shape[-1]} units", shape[-1], None, parameters))
    last = layers[-1]
    layers[-1] = Layer(
        "output", "output", "score" if targets == 1 else f"{targets:,} scores", last.channels, None, last.parameters
    )
    return Anatomy(tuple(layers), count_parameters(network), _receptive_field([module for module, _ in calls]))


def _watch(network: SequenceNetwork, blank: Tensor) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """Each layer with the shape it put out, in the order of the first strand's pass."""
    calls: list[tuple[nn.Module, tuple[int, ...]]] = []

    def note(module: nn.Module, _: object, output: Tensor) -> None:
        if all(module is not seen for seen, _ in calls):
            calls.append((module, tuple(output.shape)))

    hooks = [
        module.register_forward_hook(note)
        for module in network.modules()
        if isinstance(module, (nn.Conv1d, nn.MaxPool1d, nn.Linear))
    ]
    with torch.inference_mode():
        network(blank)
    for hook in hooks:
        hook.remove()
    return calls


def _receptive_field(modules: list[nn.Module]) -> int | None:
    """Letters that one unit of the last convolution depends on: each layer adds (K - 1) steps of the stride so far."""
    seen, stride, field = 1, 1, None
    for module in modules:
        if isinstance(module, nn.Conv1d):
            seen += (module.kernel_size[0] - 1) * module.dilation[0] * stride
            stride *= module.stride[0]
            field = seen
        elif isinstance(module, nn.MaxPool1d):
            seen += (_single(module.kernel_size) - 1) * stride
            stride *= _single(module.stride)
    return field


def _single(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]
