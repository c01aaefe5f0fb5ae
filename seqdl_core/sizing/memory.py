"""The memory that training and prediction will need at most, before anything is allocated.

    part            what it is                                                  how it is known
    weights         weights, gradients, AdamW's two moments, two averages       counted
    step            what a forward and a backward pass make and keep            followed on fake tensors
    validation      a copy of the network and one batch without gradients       followed on fake tensors
    checkpoint      all of the above weights written out as one file            counted
    gaps            what the heap keeps beyond what lives                       followed, see :mod:`.heap`
    data            letters, targets and their shuffled copies                  counted
    process         modules and threads that the first step brings in           measured once, see below

A step, a validation and a checkpoint come one after another, each in the gaps that the others left.
"""

import itertools
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from seqdl_core.anatomy.fake import fake_network, fake_sequences, faking, training_mode
from seqdl_core.config import parse
from seqdl_core.models import InputShape
from seqdl_core.own_networks import architecture_named
from seqdl_core.predict import rows_at_once
from seqdl_core.sizing.heap import LITTER, Event, Heap
from seqdl_core.sizing.tracking import Tracking, Work
from seqdl_core.training.config import TrainingConfig

_KERNELS = 80_000_000
"""What a process grows by when it first trains: 71 MB of Python modules that the first optimiser of torch imports, the
rest for threads and compiled kernels (torch 2.13, two cores, 2026-11-23)."""

_STEPS = 3
"""After so many steps the heap has found its size."""

_APART = 10**9
"""Between the numbers of the blocks of one step and of the next."""

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
    """
    chosen = architecture_named(architecture)
    settings = parse(chosen.config, config, where=architecture)
    chosen.check(settings, shape)
    held = max(1, round(training.validation_fraction * rows))
    batch = max(1, min(training.batch_size, rows - held))
    pairs = shape.output == "pairs"
    validated = max(1, min(held, rows_at_once(shape.length, _VALIDATED_AT_ONCE, pairs=pairs)))
    predicted = max(1, min(rows, rows_at_once(shape.length, _PREDICTED_AT_ONCE, pairs=pairs)))
    with faking():
        network = fake_network(chosen, settings, shape)
        own = sum(_bytes(one) for one in (*network.parameters(), *network.buffers()))
        learned = sum(_bytes(one) for one in network.parameters() if one.requires_grad)
        step = _followed(network, shape, batch)
        watched = _scored(network, shape, validated)
    data = rows * (6 * shape.length + _ROW)
    always = own + 2 * learned + 3 * own + data + _KERNELS
    taken = statistics.mean(_trained(network, step, watched, chance) for chance in range(LITTER))
    memory = Memory(
        training=_KERNELS + data + round(taken),
        prediction=own + _KERNELS + round(_alone(watched) * predicted / validated),
        weights=4 * own + 3 * learned,
        activations=max(step.peak - learned, 0),
        checkpoint=always + learned + 2 * (3 * own + 2 * learned),
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
        return own + _KERNELS + _alone(_scored(network, shape, batch))


def _followed(network: torch.nn.Module, shape: InputShape, batch: int) -> Tracking:
    """One step: the old gradients are there while the forward pass runs, as in the loop."""
    tracking = Tracking()
    learned = [one for one in network.parameters() if one.requires_grad]
    for one in (*network.parameters(), *network.buffers()):
        tracking.own(one)
    with training_mode(network, on=True):
        for one in learned:
            one.grad = torch.empty_like(one)
            tracking.hold(one.grad)
        with tracking:
            sequences = fake_sequences(shape, batch)
            scores = network(sequences)
            # Stands for the task's loss, which looks at values that fakes do not have; it keeps a few such tensors.
            loss = (scores.square() * scores.exp()).sum()
            for one in learned:
                one.grad = None
            loss.backward()
    ends = len(tracking.events)
    for one in learned:
        one.grad = None
    del tracking.events[ends:]  # they are there until the next step's forward pass is done
    return tracking


def _scored(network: torch.nn.Module, shape: InputShape, batch: int) -> Tracking:
    tracking = Tracking()
    for one in (*network.parameters(), *network.buffers()):
        tracking.own(one)
    with training_mode(network, on=False), torch.no_grad(), tracking:
        network(fake_sequences(shape, batch))
    return tracking


def _trained(network: torch.nn.Module, step: Tracking, watched: Tracking, chance: int) -> int:
    """What a C library's heap takes at most when blocks come and go as in the loop: steps, a validation, a checkpoint.

    For good there are the weights, their moving average and the best of it; from the first step on also two moments of
    each learned weight, from the checkpoint on a copy of the weights. Small objects settle in the first step.
    """
    heap, numbers = Heap(freed=chance, littering=True), itertools.count(-1, -1)

    def make(sizes: list[int]) -> list[int]:
        made = [next(numbers) for _ in sizes]
        heap.follow(zip(made, sizes, strict=True))
        return made

    def free(blocks: list[int]) -> None:
        heap.follow((block, -1) for block in blocks)

    every = [_bytes(one) for one in (*network.parameters(), *network.buffers())]
    learned = [_bytes(one) for one in network.parameters() if one.requires_grad]
    make(3 * every)
    left = _left(step.events)
    for number in range(_STEPS):
        # A step begins with the gradients that the one before has left.
        before = {place: block - _APART for place, block in enumerate(left, 1)} if number else {}
        heap.follow(
            (number * _APART + before.get(block, block), size)
            for block, size in step.events
            if size < 0 or block not in before
        )
        if number == 0:
            make(2 * learned)
            heap.littering = False
    twin = make(every)
    heap.follow((_STEPS * _APART + block, size) for block, size in watched.events)
    free(twin)
    tensors = make(4 * every + 2 * learned)[len(every) :]
    whole = 3 * sum(every) + 2 * sum(learned)
    content = make([whole])
    free(tensors)
    free(make([whole]) + content)
    return heap.peak


def _left(events: list[Event]) -> list[int]:
    """The blocks that are never freed."""
    freed = {block for block, size in events if size < 0}
    return [block for block, _ in events if block not in freed]


def _alone(tracking: Tracking) -> int:
    """What scoring takes, one batch after another."""
    heap = Heap()
    for number in range(_STEPS):
        heap.follow((number * _APART + block, size) for block, size in tracking.events)
    return heap.peak


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()
