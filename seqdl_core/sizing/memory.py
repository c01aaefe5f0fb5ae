"""The memory that training and prediction will need at most, before anything is allocated.

    part            what it is                                                  how it is known
    weights         weights, gradients, AdamW's two moments, two averages       counted
    step            what a forward and a backward pass make and keep            followed on fake tensors
    validation      a copy of the network and one batch without gradients       followed on fake tensors
    checkpoint      all of the above weights written out as one file            counted
    data            letters, targets and their shuffled copies                  counted
    process         modules and threads that the first step brings in           measured once, see below

A step, a validation and a checkpoint come one after another; the largest of them counts. What is freed goes back at
once, see :mod:`seqdl_core.training.allocation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from seqdl_core.anatomy.fake import fake_network, fake_sequences, faking, training_mode
from seqdl_core.config import Config, parse
from seqdl_core.models import InputShape
from seqdl_core.own_networks import architecture_named
from seqdl_core.predict import rows_at_once
from seqdl_core.sizing.tracking import Tracking, Work
from seqdl_core.training.batches import NEAR_LETTERS
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.convolutions import fewer_multiplications
from seqdl_core.training.precision import Precision, choose_device, has_bfloat16

_KERNELS = 80_000_000
"""What a process grows by when it first trains: 71 MB of Python modules that the first optimiser of torch imports, the
rest for threads and compiled kernels (torch 2.13, two cores, 2026-11-23)."""

_RELATIVES = 42_000_000
"""What the compiled search for relatives takes before some of few sequences are held back (same day and machine)."""

_VALIDATED_AT_ONCE = 512
_PREDICTED_AT_ONCE = 256
_ROW = 250
"""Bytes a row takes beside its letters: Python's own strings and the table's columns."""


@dataclass(frozen=True)
class Memory:
    """Bytes at most. ``weights`` and ``activations`` are the parts of ``training`` worth telling apart; ``checkpoint``
    are the weights, their averages and moments together with the file that is made of them."""

    training: int
    prediction: int
    weights: int
    activations: int
    checkpoint: int


@dataclass(frozen=True)
class Size:
    """Memory, and the work of one training step and of scoring one batch.

    ``batch`` sequences are in a step, ``steps`` in an epoch; ``held`` sequences are validated, ``together`` at once.
    """

    memory: Memory
    step: tuple[Work, ...]
    batch: int
    steps: int
    held: int
    score: tuple[Work, ...]
    together: int


def size_of(
    architecture: str, config: Mapping[str, Any], shape: InputShape, training: TrainingConfig, rows: int
) -> Size:
    """What training on so many ``rows`` of sequences takes (negatives counted, before any are held back).

    Raises:
        UnknownName, ConfigError: as choosing the architecture would.
        RunError: when the device asked for is not there.
    """
    chosen = architecture_named(architecture)
    settings = parse(chosen.config, config, where=architecture)
    chosen.check(settings, shape)
    return _size(chosen.name, settings, shape, training, rows)


@lru_cache(maxsize=64)  # an order is looked at when it is given and again when its training begins
def _size(architecture: str, settings: Config, shape: InputShape, training: TrainingConfig, rows: int) -> Size:
    chosen = architecture_named(architecture)
    held = max(1, round(training.validation_fraction * rows))
    batch = max(1, min(training.batch_size, rows - held))
    pairs = shape.output == "pairs"
    validated = max(1, min(held, rows_at_once(shape.length, _VALIDATED_AT_ONCE, pairs=pairs)))
    predicted = max(1, min(rows, rows_at_once(shape.length, _PREDICTED_AT_ONCE, pairs=pairs)))
    with faking():
        network = fake_network(chosen, settings, shape)
        own = sum(_bytes(one) for one in (*network.parameters(), *network.buffers()))
        learned = sum(_bytes(one) for one in network.parameters() if one.requires_grad)
        step = _followed(network, shape, batch, _precision(training))
        watched = _scored(network, shape, validated)
    along = 8 * shape.targets * shape.bins  # values in bins, as they are stored and as they are learned
    data = rows * (6 * shape.length + along + _ROW) + (_RELATIVES if rows * shape.length <= NEAR_LETTERS else 0)
    always = _KERNELS + data + 3 * own + 2 * learned
    checkpoint = always + learned + own + 2 * (3 * own + 2 * learned)
    memory = Memory(
        training=max(always + step.peak, always + learned + own + watched.peak, checkpoint),
        prediction=own + _KERNELS + watched.peak * predicted // validated,
        weights=4 * own + 3 * learned,
        activations=max(step.peak - learned, 0),
        checkpoint=checkpoint,
    )
    seen = max(1, min(rows - held, training.epoch_size))
    return Size(memory, tuple(step.work), batch, max(1, seen // batch), held, tuple(watched.work), validated)


def memory_to_score(architecture: str, config: Mapping[str, Any], shape: InputShape, batch: int) -> int:
    """Bytes at most to score ``batch`` sequences together, the weights counted.

    Raises:
        UnknownName, ConfigError: as choosing the architecture would.
    """
    chosen = architecture_named(architecture)
    settings = parse(chosen.config, config, where=architecture)
    chosen.check(settings, shape)
    with faking():
        network = fake_network(chosen, settings, shape)
        own = sum(_bytes(one) for one in (*network.parameters(), *network.buffers()))
        return own + _KERNELS + _scored(network, shape, batch).peak


def _precision(training: TrainingConfig) -> Precision:
    """What training is likely to compute in: with units for bfloat16 that is measured when it begins."""
    return "bfloat16" if has_bfloat16(choose_device(training.device)) else "float32"


def _followed(network: torch.nn.Module, shape: InputShape, batch: int, precision: Precision) -> Tracking:
    """One step: the old gradients are there while the forward pass runs, as in the loop."""
    tracking = Tracking()
    learned = [one for one in network.parameters() if one.requires_grad]
    for one in (*network.parameters(), *network.buffers()):
        tracking.own(one)
    with training_mode(network, on=True):
        for one in learned:
            one.grad = torch.empty_like(one)
            tracking.hold(one.grad)
        with tracking, fewer_multiplications(network, precision):
            sequences = fake_sequences(shape, batch)
            scores = network(sequences)
            # Stands for the task's loss, which looks at values that fakes do not have; it keeps a few such tensors.
            loss = (scores.square() * scores.exp()).sum()
            for one in learned:
                one.grad = None
            loss.backward()
    for one in learned:
        one.grad = None
    return tracking


def _scored(network: torch.nn.Module, shape: InputShape, batch: int) -> Tracking:
    tracking = Tracking()
    for one in (*network.parameters(), *network.buffers()):
        tracking.own(one)
    with training_mode(network, on=False), torch.no_grad(), tracking:
        network(fake_sequences(shape, batch))
    return tracking


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()
