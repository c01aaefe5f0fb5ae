"""The warm spare: a process with torch loaded and a first step behind it, which waits to be told what to train.

Loading all that a training needs takes seconds, and telling a waiting process takes none. The worker keeps one spare,
which is told its run as a line on its standard input; where that ends without a word, because the worker is gone, it
ends. A spare that has its run is like every process that trains: in a process group of its own, and it outlives the
worker.
"""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from seqdl_core.runs.processes import Detached, give_way
from seqdl_core.runs.slots import environment
from seqdl_core.runs.store import Store

_LEAST_FREE = 2_000_000_000
"""Bytes of free memory from which on a spare is kept; it takes 0.4 GB (torch 2.13, 2026-11-23)."""

_AFTER_START_SECONDS = 3.0
"""A new spare loads after the training that began has taken its first steps."""


class Spare:
    """The worker's side: at most one spare at a time. For one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._process: Detached | None = None
        self._from = 0.0
        self._first = True

    def keep(self) -> None:
        """See that there is one, where memory allows it; call it often."""
        if self._process is not None and self._process.poll() is not None:
            self._process, self._from = None, time.monotonic() + _AFTER_START_SECONDS
        if self._process is None and time.monotonic() >= self._from and _memory_allows():
            log = self._store.queue_folder / "spare.log"
            self._process = Detached(["train", "--wait"], log, environment(0), told=True)
            if not self._first:  # somebody waits for the first one, and nothing else is trained yet
                give_way(self._process.pid)
            self._first = False

    def hand_over(self, run: Path, slot: int) -> Detached | None:
        """The spare, told to do this run in a slot; None where there is none that can be told."""
        process, self._process = self._process, None
        self._from = time.monotonic() + _AFTER_START_SECONDS
        if process is None or process.stdin is None or process.poll() is not None:
            return None
        try:
            process.stdin.write(json.dumps({"run": str(run), "environment": environment(slot)}).encode() + b"\n")
            process.stdin.close()
        except OSError:  # it ended in between
            return None
        return process

    def end(self) -> None:
        """Have it end, if it has no run."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()


def _memory_allows() -> bool:
    return int(psutil.virtual_memory().available) > _LEAST_FREE


def wait_for_run() -> Path | None:
    """The spare's side: load everything, then wait for the folder of a run; None where none is coming any more.

    What is said from then on goes to the run's own log.
    """
    _take_a_first_step()
    give_way(os.getpid())
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        return None
    order = json.loads(line)
    os.environ.update(order["environment"])
    run = Path(order["run"])
    with (run / "log.txt").open("ab") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    return run


def _take_a_first_step() -> None:
    """Train the smallest network on nothing, on the CPU: every module and kernel that a training needs is then loaded.

    A run does not depend on it: its weights are the same bit for bit.
    """
    import numpy as np
    import torch

    import seqdl_core.runs.execute  # noqa: F401 what it loads is wanted
    from seqdl_core.models import ARCHITECTURES, InputShape
    from seqdl_core.sequences.alphabets import DNA
    from seqdl_core.sizing import size_of
    from seqdl_core.tasks import TASKS
    from seqdl_core.training.batches import TrainingData
    from seqdl_core.training.config import TrainingConfig
    from seqdl_core.training.loop import fit

    chosen = next(one for one in ARCHITECTURES if one.recommended)
    shape, training = InputShape(DNA, 64), TrainingConfig(epochs=1, batch_size=8, device="cpu")
    size_of(chosen.name, {}, shape, training, 64)
    codes = np.random.default_rng(0).integers(0, 4, (64, 64)).astype(np.uint8)
    data = TrainingData(codes, (np.arange(64) % 2).astype(np.float32)[:, None], DNA)
    with torch.random.fork_rng(devices=[]):
        fit(chosen.build(chosen.config(), shape), TASKS.get("binary"), data, training)
