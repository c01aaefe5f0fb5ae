"""What a network looks like before it is trained: its layers with shapes, how far one unit sees, its parameters.

Networks are built and run on fake tensors, which have a shape and no content: nothing is allocated, so the largest
network of the registry is described as quickly as a small one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqdl_core.anatomy.columns import columns_of
from seqdl_core.anatomy.fake import fake_network, fake_sequences, faking, training_mode
from seqdl_core.anatomy.layers import Layer
from seqdl_core.anatomy.reach import Reaching
from seqdl_core.anatomy.watching import watch
from seqdl_core.config import Config, parse
from seqdl_core.models import Architecture, InputShape, count_parameters
from seqdl_core.own_networks import architecture_named
from seqdl_core.sequences.alphabets import Alphabet

__all__ = ["Anatomy", "Layer", "anatomy_for", "anatomy_of", "parameters_for"]

_BATCH = 2


@dataclass(frozen=True)
class Anatomy:
    """The layers from sequence to score.

    Attributes:
        layers: the columns of a diagram, from the sequence to the output.
        parameters: how many numbers training adjusts.
        receptive_field: how many letters one unit of the last convolution depends on, as far as convolutions and pools
            alone reach; None without a convolution.
        filter_width: the same of the first convolution.
        whole: what makes each score depend on the whole sequence: ``recurrent``, ``attention``, ``dense`` (a weight for
            each position) or "" where only gathering over positions does.
        flops: floating-point operations to score one sequence, both strands where both are read.
    """

    layers: tuple[Layer, ...]
    parameters: int
    receptive_field: int | None
    filter_width: int | None
    whole: str
    flops: int


def anatomy_of(
    architecture: str, config: Mapping[str, Any], alphabet: Alphabet, length: int, targets: int = 1
) -> Anatomy:
    """The same as :func:`anatomy_for` of a network with T ``targets`` a sequence."""
    return anatomy_for(architecture, config, InputShape(alphabet, length, targets))


def anatomy_for(architecture: str, config: Mapping[str, Any], shape: InputShape) -> Anatomy:
    """Build the network without allocating it, send fake sequences through and write down what happens.

    Raises:
        UnknownName, ConfigError: as choosing the architecture would.
    """
    chosen, settings = _checked(architecture, config, shape)
    with faking():
        network = fake_network(chosen, settings, shape)
        sequences = fake_sequences(shape, _BATCH)
        reaching = Reaching(sequences)
        with training_mode(network, on=False), reaching, watch(network, sequences) as trail:
            scores = network(sequences)
    layers = columns_of(trail, shape.alphabet, shape.length, shape.targets, scores)
    weighs = "dense" if any(one.name == "weigh" for one in layers) else ""
    whole, field = reaching.whole_of(scores) or weighs, reaching.receptive_field
    if whole and field == 1:
        field = None  # a dense layer for each position, written as a convolution
    return Anatomy(
        layers, count_parameters(network), field, reaching.first_field if field else None, whole,
        reaching.flops // _BATCH,
    )  # fmt: skip


def parameters_for(architecture: str, config: Mapping[str, Any], shape: InputShape) -> int:
    """How many numbers training adjusts: quicker than the whole anatomy, as the network is at most built, not run.

    Raises:
        UnknownName, ConfigError: as choosing the architecture would.
    """
    chosen, settings = _checked(architecture, config, shape)
    if chosen.parameters is not None:
        return chosen.parameters(settings, shape)
    with faking():
        return count_parameters(fake_network(chosen, settings, shape))


def _checked(architecture: str, config: Mapping[str, Any], shape: InputShape) -> tuple[Architecture, Config]:
    """The architecture and its settings, once it is known that they fit."""
    chosen = architecture_named(architecture)
    settings = parse(chosen.config, config, where=architecture)
    chosen.check(settings, shape)
    return chosen, settings
