"""Sequences per second of our loop beside a plain PyTorch loop and Lightning, on the same network and rows."""

import importlib.util
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks import Row, row
from seqdl_core.sequences.alphabets import DNA

THREADS = 2
BATCH = 64
ROUNDS = 5
NO_UNITS, UNITS = 1.3, 2.4
"""Times as fast as a plain loop that are wanted without and with a processor's units for bfloat16."""


class Net(NamedTuple):
    """A network, its settings, the length and number of answers it is measured with, and steps a round."""

    architecture: str
    config: dict[str, Any]
    length: int
    targets: int
    steps: int


NETS = {
    "deepsea": Net("deepsea", {}, 1000, 919, 4),
    "basset": Net("basset", {}, 600, 164, 7),
    "deepbind": Net("deepbind", {"filters": 128}, 101, 1, 101),
}


def beside_plain_loop(name: str) -> Iterator[Row]:
    """A DataLoader of one-hot float32 tensors, Adam, float32, as tutorials write it; the first step does not count."""
    import torch

    from seqdl_core.training.precision import has_bfloat16

    net = NETS[name]
    codes, targets = _rows(net)
    times = _in_turns([lambda: _ours(net, codes, targets), lambda: _plain(net, codes, targets)])
    units = has_bfloat16(torch.device("cpu"))
    note = "" if units else "this processor has no units for bfloat16, so all is float32"
    yield _ratio(f"times_plain_loop_{name}", times, UNITS if units else NO_UNITS, note)


def beside_lightning() -> Iterator[Row]:
    """Lightning with tensors, and with strings that its data set makes one-hot, on the small net."""
    names = ("times_lightning_tensors", "times_lightning_strings")
    if importlib.util.find_spec("lightning") is None:
        for name in names:
            yield row(name, None, target=1.4, note="lightning is not installed")
        return
    net = NETS["deepbind"]
    codes, targets = _rows(net)
    for name, strings, target in zip(names, (False, True), (1.4, 1.9), strict=True):
        work: list[Callable[[], float]] = [
            lambda: _ours(net, codes, targets),
            lambda strings=strings: _lightning(net, codes, targets, strings=strings),  # type: ignore[misc]
        ]
        yield _ratio(name, _in_turns(work), target)


def data_path() -> Iterator[Row]:
    """The share of an epoch in which batches are drawn, cut and sent."""
    import torch

    from seqdl_core.training.augmentation import Augmentation
    from seqdl_core.training.batches import Batches, TrainingData
    from seqdl_core.training.config import TrainingConfig

    net = NETS["deepbind"]
    codes, targets = _rows(net)
    config = TrainingConfig(batch_size=BATCH)
    shares = []
    for _ in range(ROUNDS):
        whole = _ours(net, codes, targets)
        began = time.perf_counter()
        augmentation = Augmentation(config, DNA, torch.device("cpu"))
        for step, batch in enumerate(Batches(TrainingData(codes, targets, DNA), config, 0).start_at(0)):
            augmentation.start(0, step)
            parts = [torch.from_numpy(part) for part in batch]
            augmentation.letters(parts[0], parts[2], parts[3])
        shares.append((time.perf_counter() - began) / whole)
    middle = statistics.median(shares)
    yield row("data_path_share", middle, low=min(shares), high=max(shares), target=0.05, want="at most")


def _rows(net: Net) -> tuple[Any, Any]:
    rng = np.random.default_rng(1)
    rows = BATCH * net.steps
    codes = rng.integers(0, 4, (rows, net.length), dtype=np.uint8)
    return codes, rng.integers(0, 2, (rows, net.targets)).astype(np.float32)


def _built(net: Net) -> tuple[Any, Any]:
    from seqdl_core.config import parse
    from seqdl_core.model_file import build_network
    from seqdl_core.models import ARCHITECTURES, InputShape
    from seqdl_core.tasks import TASKS

    architecture = ARCHITECTURES.get(net.architecture)
    task = TASKS.get("multilabel" if net.targets > 1 else "binary")
    shape = InputShape(DNA, net.length, net.targets, task.output)
    return build_network(architecture, parse(architecture.config, net.config), shape, seed=1), task


def _as_written(network: Any) -> Any:
    """The network as a tutorial has it; the others' files do, DeepBind's has a gradient of its own."""
    import torch
    from torch.nn.functional import conv1d, pad

    from seqdl_core.models.deepbind import DeepBind

    if not isinstance(network, DeepBind):
        return network

    class Plain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.bias = network.detectors.weight, network.detectors.bias
            self.vote = network.vote

        def one(self, sequences: Any) -> Any:
            margin = self.weight.shape[-1] - 1
            answers = torch.relu(conv1d(pad(sequences, (margin, margin), value=0.25), self.weight, self.bias))
            return self.vote(answers.amax(-1))

        def forward(self, sequences: Any) -> Any:
            return torch.maximum(self.one(sequences), self.one(sequences.flip(1, 2)))

    plain = Plain()
    some = _one_hot(np.random.default_rng(1).integers(0, 4, (4, network.shape.length), dtype=np.uint8))
    with torch.no_grad():
        torch.testing.assert_close(plain(some), network.eval()(some), rtol=1e-4, atol=1e-5)
    return plain


def _ours(net: Net, codes: Any, targets: Any) -> float:
    """Seconds of the steps of one epoch; with weight averaging, clipping and random strands, as people train."""
    from seqdl_core.training.batches import TrainingData
    from seqdl_core.training.callbacks import Callback, StepReport
    from seqdl_core.training.config import TrainingConfig
    from seqdl_core.training.loop import fit

    class Clock(Callback):
        began = ended = 0.0

        def on_step(self, report: StepReport) -> None:
            self.ended = time.perf_counter()
            self.began = self.began or self.ended

    network, task = _built(net)
    clock, few = Clock(), TrainingData(codes[:2], targets[:2], DNA)
    config = TrainingConfig(epochs=1, batch_size=BATCH, epoch_size=max(64, len(codes)), device="cpu")
    fit(network, task, TrainingData(codes, targets, DNA), config, None, [clock], validation=few)
    return clock.ended - clock.began


def _plain(net: Net, codes: Any, targets: Any) -> float:
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    network, task = _built(net)
    network = _as_written(network)
    rows = TensorDataset(_one_hot(codes), torch.from_numpy(targets))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    network.train()
    began = 0.0
    for sequences, wanted in DataLoader(rows, batch_size=BATCH, shuffle=True):
        optimiser.zero_grad()
        loss = task.loss(network(sequences), wanted)
        loss.backward()
        optimiser.step()
        loss.item()
        began = began or time.perf_counter()
    return time.perf_counter() - began


def _lightning(net: Net, codes: Any, targets: Any, *, strings: bool) -> float:
    import lightning
    import torch
    from torch.utils.data import DataLoader, Dataset, TensorDataset

    network, task = _built(net)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network = _as_written(network)
            self.began = 0.0

        def on_train_batch_end(self, *_: Any) -> None:
            self.began = self.began or time.perf_counter()

        def training_step(self, batch: Any, _: int) -> Any:
            return task.loss(self.network(batch[0]), batch[1])

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    class Strings(Dataset[Any]):
        def __init__(self) -> None:
            self.letters = ["".join("ACGT"[code] for code in one) for one in codes]

        def __len__(self) -> int:
            return len(self.letters)

        def __getitem__(self, place: int) -> Any:
            each = torch.tensor(["ACGT".index(letter) for letter in self.letters[place]])
            return torch.nn.functional.one_hot(each, 4).T.float(), torch.from_numpy(targets[place])

    rows = Strings() if strings else TensorDataset(_one_hot(codes), torch.from_numpy(targets))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer = lightning.Trainer(
            max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False,
        )  # fmt: skip
        module = Module()
        trainer.fit(module, DataLoader(rows, batch_size=BATCH, shuffle=True))
        return time.perf_counter() - module.began


def _one_hot(codes: Any) -> Any:
    import torch

    from seqdl_core.predict import one_hot

    return one_hot(torch.from_numpy(codes), 4)


def _in_turns(work: list[Callable[[], float]]) -> list[list[float]]:
    """Seconds of each, round after round; the first round warms up and does not count."""
    import torch

    torch.set_num_threads(THREADS)
    times: list[list[float]] = [[] for _ in work]
    for number in range(ROUNDS + 1):
        for each, one in zip(times, work, strict=True):
            seconds = one()
            if number:
                each.append(seconds)
    return times


def _ratio(figure: str, times: list[list[float]], target: float, note: str = "") -> Row:
    ratios = [peer / ours for ours, peer in zip(*times, strict=True)]
    return row(figure, statistics.median(ratios), low=min(ratios), high=max(ratios), target=target, note=note)
