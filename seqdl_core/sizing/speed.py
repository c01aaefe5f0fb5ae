"""Minutes per epoch on this machine: the work of one step, at the pace that this machine was measured to work.

The pace is measured once, in a second or two, for each kind of work: convolutions, matrix products, recurrences, moving
numbers, and what starting one operation costs. A step is the sum over its operations. Real steps differ from that sum
by their sizes and by what else the machine does, so the answer is a range.
"""

import statistics
import time
from collections.abc import Callable, Iterable

import torch
from pydantic import Field
from torch import nn

from seqdl_core.config import Config
from seqdl_core.sizing.memory import Size
from seqdl_core.sizing.tracking import Work

_LOW, _HIGH = 0.6, 1.9
_REPEATS = 5
_OPTIMISER_PASSES = 14
"""Times that AdamW, clipping and the moving average go through the bytes of the weights."""


class Machine(Config):
    """How fast this machine works: operations per second, bytes per second, and seconds to start one operation."""

    convolution: float = Field(gt=0)
    product: float = Field(gt=0)
    recurrent: float = Field(gt=0)
    moving: float = Field(gt=0)
    start: float = Field(gt=0)
    threads: int = Field(1, ge=1)


def measure_machine() -> Machine:
    """Measure it now, with the threads that training takes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        convolution = nn.Conv1d(64, 64, 7, padding=3)
        sequence = torch.rand(32, 64, 250)
        product, matrix = nn.Linear(512, 512), torch.rand(512, 512)
        recurrent, series = nn.LSTM(64, 64, batch_first=True), torch.rand(16, 100, 64)
        block, spot = torch.rand(2**21), torch.rand(4)
        numbers = 2**21 * 4
        return Machine(
            convolution=3 * 2 * 32 * 250 * 64 * 64 * 7 / _seconds(lambda: convolution(sequence).sum().backward()),
            product=3 * 2 * 512**3 / _seconds(lambda: product(matrix).sum().backward()),
            recurrent=3 * 2 * 16 * 100 * 4 * 64 * 128 / _seconds(lambda: recurrent(series)[0].sum().backward()),
            moving=3 * 2 * numbers / _seconds(lambda: (block * 1.5).relu().add(block)),
            start=_seconds(lambda: [spot + 1 for _ in range(500)]) / 500,
            threads=torch.get_num_threads(),
        )


def _seconds(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return max(statistics.median(taken), 1e-7)


def seconds_per_epoch(size: Size, machine: Machine) -> tuple[float, float, float]:
    """The least, the likely and the most seconds of one epoch, validation included."""
    optimiser = _OPTIMISER_PASSES * size.memory.weights / 7 / machine.moving
    step = _seconds_of(size.step, machine) + optimiser
    likely = size.steps * step + size.held / size.together * _seconds_of(size.score, machine)
    return _LOW * likely, likely, _HIGH * likely


def _seconds_of(work: Iterable[Work], machine: Machine) -> float:
    total = 0.0
    for one in work:
        pace = {"convolution": machine.convolution, "product": machine.product, "recurrent": machine.recurrent}
        computing = one.flops / pace[one.kind] if one.kind in pace else 0.0
        total += max(computing, one.bytes / machine.moving) + machine.start
    return total
