"""Predicted against measured: the peak memory of training, and the seconds of an epoch.

``python -m benchmarks.memory``; ``--only speed`` measures time alone. Each configuration is trained in a process of its
own. Measured memory is by how much the process's own memory grew at most, from before the network was built to the end
of three steps, a validation and a checkpoint; predicted is :func:`seqdl_core.sizing.size_of`, which allocates
nothing. A figure is predicted over measured. The predictor was corrected while looking at the first set, at no time at
the second, which says how well it does on what it never saw. Time depends on what else the machine does.
"""

import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import Measurement, Row, main, row
from seqdl_core.errors import SeqDLError

Answer = TypeVar("Answer")

WITHIN = 0.2
_STEPS = 3
_STEPS_TIMED = 6


@dataclass(frozen=True)
class Case:
    """One training. ``preset`` gives the settings, which ``config`` changes."""

    architecture: str
    task: str
    length: int
    batch: int
    config: dict[str, Any] = field(default_factory=dict)
    preset: str = ""
    bins: int = 0

    @property
    def title(self) -> str:
        own = ", ".join([*([self.preset] if self.preset else []), *(f"{k} {v}" for k, v in self.config.items())])
        return f"{self.architecture}{f' ({own})' if own else ''}, {self.task}, length {self.length}, batch {self.batch}"


LOOKED_AT = (
    Case("cnn", "binary", 200, 256),
    Case("cnn", "binary", 1000, 64, {"filters": 256, "channels": 256, "blocks": 4}),
    Case("cnn", "binary", 2000, 32, {"filters": 128, "channels": 128, "blocks": 6, "hidden": 1024}),
    Case("cnn", "contacts", 120, 32),
    Case("deepbind", "binary", 1000, 256, {"filters": 64}),
    Case("basset", "binary", 600, 64),
    Case("deepsea", "multilabel", 1000, 16),
    Case("danq", "binary", 1000, 16),
    Case("deepstarr", "regression", 249, 512),
    Case("transformer", "binary", 200, 32),
    Case("transformer", "masked", 300, 32),
    Case("conv_transformer", "binary", 500, 32),
    Case("lstm", "binary", 400, 64),
    Case("gru", "residues", 200, 64),
    Case("bpnet", "tracks", 1000, 32, bins=1000),
    Case("basenji", "tracks", 16384, 4, preset="small", bins=128),
    Case("esm2", "masked", 200, 8),
    Case("proteinbert", "binary", 300, 16),
    Case("contact_map", "contacts", 80, 8),
    Case("spliceai", "residues", 1000, 32, preset="small"),
    Case("danq", "multilabel", 1000, 96, preset="small"),
    Case("lstm", "residues", 250, 48, {"layers": 2, "filters": 0}),
    Case("esm2", "binary", 300, 24, preset="small"),
)
"""What the predictor was corrected by."""

HELD_OUT = (
    Case("cnn", "multiclass", 1500, 128, {"filters": 96}),
    Case("cnn", "residues", 350, 96),
    Case("cnn", "binary", 1500, 64, {"filters": 512, "channels": 256}),
    Case("deepbind", "binary", 800, 96, {"filters": 256, "average_pool": True}),
    Case("deepstarr", "binary", 249, 128),
    Case("basset", "multilabel", 600, 96, preset="small"),
    Case("beluga", "binary", 2000, 48, preset="small"),
    Case("gru", "tracks", 1024, 32, bins=64),
    Case("transformer", "residues", 400, 16),
    Case("conv_transformer", "contacts", 100, 16, preset="small"),
    Case("rna_structure", "contacts", 90, 12, preset="small"),
    Case("linear", "binary", 500, 512, {"features": "words", "k": 5}),
    Case("enformer", "tracks", 16384, 4, preset="small", bins=128),
    Case("cnn", "binary", 300, 128, {"strands": "equivariant"}),
    Case("danq", "binary", 500, 64, preset="small"),
    Case("lstm", "binary", 300, 128, {"units": 128}),
    Case("proteinbert", "binary", 200, 16, preset="small"),
    Case("contact_map", "contacts", 90, 8, preset="small"),
    Case("esm2", "contacts", 80, 8, preset="small"),
)
"""What it is tried on, and never corrected by."""

TIMED = (
    Case("cnn", "binary", 200, 64),
    Case("deepbind", "binary", 500, 64),
    Case("deepstarr", "regression", 249, 64),
    Case("transformer", "binary", 200, 32),
    Case("lstm", "binary", 400, 32),
    Case("bpnet", "tracks", 1000, 16, bins=1000),
)
"""What time is measured on."""


def grown(case: Case) -> int:
    """Train here, and return by how many bytes this process's own memory grew at most.

    Pages of libraries are left out: they come with the first training, are shared and can be given back at any time.
    So is what importing ``transformers`` takes, which no network but ESM-2 needs, beyond the modules of torch that
    every training imports.
    """
    import torch

    import seqdl_core.training.loop
    import seqdl_core.training.precision

    torch.set_num_threads(2)
    _order(case, _STEPS, epochs=1)
    start = _status()["RssAnon"]
    torch.optim.AdamW([torch.zeros(1, requires_grad=True)])
    modules = _status()["RssAnon"] - start
    if case.architecture == "esm2":
        from transformers import EsmModel  # noqa: F401  the library that its layers come from
    seqdl_core.training.precision.choose_device("cpu")
    before = _status()["RssAnon"]
    Path("/proc/self/clear_refs").write_text("5")
    _train(case, _STEPS, epochs=1)
    after = _status()
    return modules + after["VmHWM"] - after["RssFile"] - before


def _status() -> dict[str, int]:
    """Bytes that Linux says this process has."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if words[-1] == "kB"}


def timed(case: Case) -> tuple[float, float]:
    """Seconds of an epoch, as predicted by a measurement of this machine just before, and as they were."""
    import torch

    from seqdl_core.sizing import measure_machine, seconds_per_epoch, size_of

    torch.set_num_threads(2)
    training, shape, rows = _order(case, _STEPS_TIMED, epochs=2)
    size = size_of(case.architecture, _settings(case), shape, training, rows)
    predicted = seconds_per_epoch(size, measure_machine())[1]
    return predicted, _train(case, _STEPS_TIMED, epochs=2)


def _train(case: Case, steps: int, epochs: int) -> float:
    """Train for some epochs, and return the seconds of the last one."""
    import numpy as np

    from seqdl_core.config import parse
    from seqdl_core.model_file import build_network
    from seqdl_core.models import ARCHITECTURES
    from seqdl_core.tasks import TASKS
    from seqdl_core.training.batches import TrainingData
    from seqdl_core.training.loop import fit

    training, shape, rows = _order(case, steps, epochs)
    codes = np.random.default_rng(0).integers(0, shape.letters, (rows, case.length)).astype(np.uint8)
    architecture, task = ARCHITECTURES.get(case.architecture), TASKS.get(case.task)
    network = build_network(architecture, parse(architecture.config, _settings(case)), shape, seed=1)
    data = TrainingData(codes, _targets(case.task, shape, rows), shape.alphabet)
    with tempfile.TemporaryDirectory() as folder:
        return fit(network, task, data, training, Path(folder)).history[-1].seconds


def _settings(case: Case) -> dict[str, Any]:
    from seqdl_core.models import ARCHITECTURES

    preset = ARCHITECTURES.get(case.architecture).presets.get(case.preset)
    return {**(preset.model_dump() if preset else {}), **case.config}


def _order(case: Case, steps: int, epochs: int) -> tuple[Any, Any, int]:
    """How it is trained, for what the network is built, and on how many rows: a quarter of them is held back."""
    from seqdl_core.models import ARCHITECTURES, InputShape
    from seqdl_core.sequences.alphabets import alphabet_named
    from seqdl_core.tasks import TASKS
    from seqdl_core.training.config import TrainingConfig

    training = TrainingConfig(
        epochs=epochs, batch_size=case.batch, epoch_size=max(64, case.batch * steps), validation_fraction=0.25,
        learning_rate=1e-5,
    )  # fmt: skip
    alphabet = alphabet_named(ARCHITECTURES.get(case.architecture).alphabets[-1])
    if "protein" not in ARCHITECTURES.get(case.architecture).alphabets or case.task in ("binary", "tracks"):
        alphabet = alphabet_named(ARCHITECTURES.get(case.architecture).alphabets[0])
    hides = case.task == "masked"
    targets = alphabet.size if hides else 3 if case.task in ("multiclass", "multilabel", "residues") else 1
    shape = InputShape(alphabet, case.length, targets, TASKS.get(case.task).output, case.bins, of_letters=hides)
    return training, shape, case.batch * (steps + 1) * 4 // 3


def _targets(task: str, shape: Any, rows: int) -> Any:
    import numpy as np

    rng = np.random.default_rng(1)
    drawn = {
        "binary": lambda: (np.arange(rows) % 2)[:, None],
        "regression": lambda: rng.normal(size=(rows, 1)),
        "multiclass": lambda: np.eye(shape.targets)[np.arange(rows) % shape.targets],
        "multilabel": lambda: rng.integers(0, 2, (rows, shape.targets)),
        "residues": lambda: rng.integers(0, shape.targets, (rows, shape.length)),
        "tracks": lambda: rng.poisson(2.0, (rows, shape.targets, shape.bins)),
        "contacts": lambda: rng.integers(0, 2, (rows, 1, shape.length, shape.length)),
        "masked": lambda: np.zeros((rows, 0)),
    }
    return np.asarray(drawn[task](), np.float32)


def _in_processes(work: Callable[[Case], Answer], cases: Iterable[Case]) -> Iterator[tuple[Case, Answer | str]]:
    """The answers, each of a process of its own that starts with everything imported; what went wrong, as text."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["seqdl_core.training.loop", "seqdl_core.model_file", "seqdl_core.sizing"])
    with ProcessPoolExecutor(1, mp_context=processes, max_tasks_per_child=1) as pool:
        for case in cases:
            try:
                yield case, pool.submit(work, case).result()
            except (SeqDLError, RuntimeError, ValueError, OSError, MemoryError) as problem:
                yield case, str(problem)[:200]


def _memory(cases: tuple[Case, ...], called: str) -> Iterator[Row]:
    from seqdl_core.sizing import size_of

    near, ratios = 0, []
    list(_in_processes(grown, cases[:1]))  # what a fresh copy has not compiled to bytecode yet would count
    for case, measured in _in_processes(grown, cases):
        training, shape, rows = _order(case, _STEPS, epochs=1)
        predicted = size_of(case.architecture, _settings(case), shape, training, rows).memory.training
        if isinstance(measured, str):
            yield row(f"{called} of {case.title}", None, note=measured)
            continue
        ratios.append(predicted / measured)
        near += abs(ratios[-1] - 1) <= WITHIN
        note = f"predicted {predicted / 1e6:,.0f} MB, measured {measured / 1e6:,.0f} MB"
        yield row(f"{called} of {case.title}", ratios[-1], note=note)
    low, high = min(ratios, default=0), max(ratios, default=0)
    yield row(f"{called} within {WITHIN:.0%}", near, low=low, high=high, target=len(cases))


def _looked_at() -> Iterator[Row]:
    yield from _memory(LOOKED_AT, "memory")


def _held_out() -> Iterator[Row]:
    yield from _memory(HELD_OUT, "held-out memory")


def _speed() -> Iterator[Row]:
    for case, answer in _in_processes(timed, TIMED):
        if isinstance(answer, str):
            yield row(f"speed of {case.title}", None, note=answer)
            continue
        predicted, measured = answer
        note = f"an epoch of {_STEPS_TIMED} steps: predicted {predicted:.2f} s, measured {measured:.2f} s"
        yield row(f"speed of {case.title}", predicted / measured, note=note)


MEASUREMENTS = [
    Measurement(("memory of", "memory within"), _looked_at),
    Measurement(("held-out memory of", "held-out memory within"), _held_out),
    Measurement(("speed of",), _speed),
]

if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], MEASUREMENTS))
