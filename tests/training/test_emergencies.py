"""What goes wrong in training is answered and told: lost losses, too little memory, full disks, damaged checkpoints."""

import errno
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from seqdl_core.errors import RunError
from seqdl_core.models import InputShape, SequenceNetwork
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.tasks import TASKS
from seqdl_core.training import loop
from seqdl_core.training.batches import TrainingData
from seqdl_core.training.callbacks import Callback, StepReport
from seqdl_core.training.checkpoint import load_newest
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.loop import fit

SHAPE = InputShape(DNA, 20)
EPOCHS, ROWS = 3, 96


class Probe(SequenceNetwork):
    """One linear layer; ``before`` is called with the number of rows ahead of every training pass."""

    def __init__(self, before: Callable[[int], float] = lambda _: 1.0) -> None:
        super().__init__()
        self.layer = nn.Linear(80, 1)
        self.before = before
        with torch.no_grad():
            self.layer.weight.zero_()
            self.layer.bias.zero_()

    def forward(self, one_hot: torch.Tensor) -> torch.Tensor:
        factor = self.before(len(one_hot)) if self.training else 1.0
        return self.layer(one_hot.flatten(1)) * factor


class Listener(Callback):
    def __init__(self, stop: Callable[[], bool] = lambda: False) -> None:
        self.notices: list[str] = []
        self.waits: list[str] = []
        self.rates: list[float] = []
        self._stop = stop

    def on_notice(self, text: str) -> None:
        self.notices.append(text)

    def on_wait(self, text: str) -> None:
        self.waits.append(text)

    def on_step(self, report: StepReport) -> None:
        self.rates.append(report.learning_rate)

    def should_stop(self) -> bool:
        return self._stop()


def data() -> TrainingData:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (ROWS, 20), dtype=np.uint8)
    return TrainingData(codes, (codes[:, :1] < 2).astype(np.float32), DNA)


def train(network: Probe, folder: Path | None, listener: Listener, **settings: object) -> loop.FitResult:
    config = TrainingConfig.model_validate(
        {"epochs": EPOCHS, "batch_size": 32, "epoch_size": 64, "schedule": "constant", "reverse_complement": False}
        | settings
    )
    return fit(network, TASKS.get("binary"), data(), config, folder, [listener], validation=data())


def losing(calls: set[int]) -> Callable[[int], float]:
    """Makes the scores of these training passes NaN, counted from 1."""
    passes = iter(range(1, 1000))
    return lambda _: float("nan") if next(passes) in calls else 1.0


@pytest.mark.parametrize("at", [1, 4])
def test_a_lost_loss_goes_back_with_half_the_rate(tmp_path: Path, at: int) -> None:
    listener = Listener()
    result = train(Probe(losing({at})), tmp_path, listener)
    assert (result.finished, result.epochs_done) == (True, EPOCHS)
    assert listener.rates[-1] == pytest.approx(TrainingConfig().learning_rate / 2)
    (told,) = listener.notices
    assert "The loss became nan" in told
    assert "half the rate" in told


def test_the_third_lost_loss_is_an_error_with_numbers(tmp_path: Path) -> None:
    listener = Listener()
    with pytest.raises(RunError) as failed:
        train(Probe(losing(set(range(4, 1000)))), tmp_path, listener)
    assert len(listener.notices) == 2
    assert "3 times, the last with 0.25 of the rate" in failed.value.what
    assert load_newest(tmp_path) is not None


def test_half_the_rate_outlives_a_stop(tmp_path: Path) -> None:
    first = Listener(stop=lambda: len(first.rates) >= 4)
    assert not train(Probe(losing({4})), tmp_path, first).finished
    second = Listener()
    train(Probe(), tmp_path, second)
    assert second.rates[0] == pytest.approx(TrainingConfig().learning_rate / 2)


@pytest.mark.parametrize("problem", [MemoryError(), RuntimeError("DefaultCPUAllocator: not enough memory")])
def test_too_little_memory_halves_what_is_looked_at_and_not_the_step(tmp_path: Path, problem: Exception) -> None:
    def at_most_eight(rows: int) -> float:
        if rows > 8:
            raise problem
        return 1.0

    whole, parts, listener = Probe(), Probe(at_most_eight), Listener()
    train(whole, None, Listener())
    train(parts, tmp_path, listener)
    assert [notice.split(";")[1].split()[0] for notice in listener.notices] == ["16", "8"]
    torch.testing.assert_close(parts.layer.weight, whole.layer.weight, rtol=1e-4, atol=1e-6)
    newest = load_newest(tmp_path)
    assert newest is not None
    assert newest.rows_at_once == 8


def test_memory_for_no_row_at_all_is_an_error() -> None:
    def never(_: int) -> float:
        raise MemoryError

    with pytest.raises(MemoryError):
        train(Probe(never), None, Listener())


def test_other_mistakes_are_not_taken_for_memory() -> None:
    def wrong(_: int) -> float:
        raise RuntimeError("shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="multiplied"):
        train(Probe(wrong), None, Listener())


def test_a_full_disk_is_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = iter([True, True])
    write = loop.save_checkpoint

    def sometimes(folder: Path, state: loop.Checkpoint) -> Path:
        if next(full, False):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(folder, state)

    monkeypatch.setattr(loop, "save_checkpoint", sometimes)
    monkeypatch.setattr(loop, "_WAIT_SECONDS", 0.0)
    listener = Listener()
    undisturbed, disturbed = Probe(), Probe()
    train(undisturbed, None, Listener())
    assert train(disturbed, tmp_path, listener).finished
    assert len(listener.waits) == 1
    assert torch.equal(disturbed.layer.weight, undisturbed.layer.weight)


def test_a_full_disk_does_not_keep_one_from_stopping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(folder: Path, state: loop.Checkpoint) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(loop, "save_checkpoint", never)
    monkeypatch.setattr(loop, "_WAIT_SECONDS", 0.0)
    listener = Listener(stop=lambda: bool(listener.waits))
    with pytest.raises(OSError, match="No space"):
        train(Probe(), tmp_path, listener)


def test_two_newest_and_the_best_are_kept(tmp_path: Path) -> None:
    epochs = 6
    result = train(Probe(), tmp_path, Listener(), epochs=epochs, learning_rate=1e-9)
    kept = sorted(int(path.name[:6]) for path in tmp_path.glob("*.checkpoint"))
    assert kept == sorted({epochs - 1, epochs, result.best_epoch})


def test_any_damage_to_the_newest_falls_back_to_the_one_before(tmp_path: Path) -> None:
    train(Probe(), tmp_path, Listener())
    newest = max(tmp_path.glob("*.checkpoint"))
    content, rng = newest.read_bytes(), random.Random(1)
    for number in range(100):
        place = rng.randrange(len(content))
        flipped = content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]
        newest.write_bytes(content[:place] if number % 2 else flipped)
        found = load_newest(tmp_path)
        assert found is not None
        assert found.epoch == EPOCHS - 1


def test_the_watched_figure_says_which_epoch_is_best() -> None:
    result = train(Probe(), None, Listener(), watch="loss", learning_rate=0.05)
    losses = [epoch.validation_loss for epoch in result.history]
    assert result.best_epoch == losses.index(min(losses)) + 1
