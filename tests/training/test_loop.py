"""The loop: it learns, it stops, it goes on bit for bit, and it says when it cannot."""

from pathlib import Path

import numpy as np
import pytest
import torch

from seqdl_core.config import fields_of, parse
from seqdl_core.errors import RunError
from seqdl_core.model_file import Model, ModelCard, build_network
from seqdl_core.models import ARCHITECTURES, InputShape, SequenceNetwork
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.tasks import TASKS, Normalisation
from seqdl_core.training.batches import TrainingData
from seqdl_core.training.callbacks import Callback, EpochReport, StepReport
from seqdl_core.training.checkpoint import load_newest
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.loop import fit
from seqdl_core.training.optimiser import learning_rate_at
from seqdl_core.training.precision import choose_device

BINARY = TASKS.get("binary")
LEARNERS = ["cnn", "deepbind"]
"""With batch normalisation and without; the contract of all architectures is in tests/models."""


def _planted(rows: int = 300, length: int = 40) -> TrainingData:
    """Half of the sequences carry CCGGAAGT somewhere."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 4, (rows, length)).astype(np.uint8)
    targets = (np.arange(rows)[:, None] % 2).astype(np.float32)
    site = DNA.encode("CCGGAAGT")
    for row in np.flatnonzero(targets[:, 0]):
        at = rng.integers(0, length - len(site))
        codes[row, at : at + len(site)] = site
    return TrainingData(codes, targets, DNA)


def _network(name: str) -> SequenceNetwork:
    """A small one: every size of 16 or more becomes 8."""
    architecture = ARCHITECTURES.get(name)
    sizes = [field for field in fields_of(architecture.config) if field.kind == "int" and field.default >= 16]
    config = parse(architecture.config, {field.name: 8 for field in sizes})
    return build_network(architecture, config, InputShape(DNA, 40), seed=1)


class _StopAt(Callback):
    def __init__(self, step: int) -> None:
        self.step, self.last = step, 0

    def on_step(self, report: StepReport) -> None:
        self.last = report.step

    def should_stop(self) -> bool:
        return self.last >= self.step


@pytest.mark.slow
@pytest.mark.parametrize("name", LEARNERS)
def test_every_architecture_finds_a_planted_motif(name: str) -> None:
    config = TrainingConfig(epochs=20, batch_size=16, learning_rate=0.02, validation_fraction=0.3)
    result = fit(_network(name), BINARY, _planted(600), config)
    assert result.finished
    assert result.best_metric > 0.95
    assert result.history[-1].train_loss < result.history[0].train_loss


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("stop", [16, *(pytest.param(stop, marks=pytest.mark.slow) for stop in (1, 13, 17, 31))])
def test_a_stopped_run_goes_on_bit_for_bit(name: str, stop: int, tmp_path: Path) -> None:
    data, config = _planted(), TrainingConfig(epochs=3, batch_size=16, shift=1, seed=4)
    straight = _network(name)
    whole = fit(straight, BINARY, data, config)
    halved = _network(name)
    assert not fit(halved, BINARY, data, config, tmp_path, [_StopAt(stop)]).finished
    torch.manual_seed(99)
    resumed = _network(name)
    rest = fit(resumed, BINARY, data, config, tmp_path)
    assert [report.train_loss for report in rest.history] == [report.train_loss for report in whole.history]
    assert rest.best_metric == whole.best_metric
    for name_of, tensor in straight.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name_of]), name_of


AUGMENTED = {"shift": 2, "mutation_rate": 0.05, "noise": 0.1}


@pytest.mark.parametrize("stop", [pytest.param(5, marks=pytest.mark.slow), 21])
def test_a_stopped_run_with_augmentation_goes_on_bit_for_bit(stop: int, tmp_path: Path) -> None:
    data, config = _planted(), TrainingConfig(epochs=2, batch_size=16, seed=4, **AUGMENTED)
    straight, halved, resumed = (_network("cnn") for _ in range(3))
    whole = fit(straight, BINARY, data, config)
    fit(halved, BINARY, data, config, tmp_path, [_StopAt(stop)])
    torch.manual_seed(99)
    rest = fit(resumed, BINARY, data, config, tmp_path)
    assert [report.train_loss for report in rest.history] == [report.train_loss for report in whole.history]
    for name_of, tensor in straight.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name_of]), name_of


def test_augmentation_changes_what_is_learned() -> None:
    data = _planted()
    losses = [
        fit(_network("cnn"), BINARY, data, TrainingConfig(epochs=1, **asked)).history[0].train_loss
        for asked in ({}, {"mutation_rate": 0.2}, {"noise": 0.5}, {"substitution_rate": 0.2})
    ]
    assert losses[0] != losses[1]
    assert losses[0] != losses[2]
    assert losses[0] == losses[3], "substitution is for proteins"


@pytest.mark.slow
def test_numbers_are_learned_through_their_normalisation() -> None:
    """The value is 100 + 10 for each CCGGAAGT; some are not measured."""
    data = _planted(600)
    targets = 100 + 10 * data.targets.astype(np.float64)
    targets[::7] = np.nan
    normalisation = Normalisation.fit(targets, "z-score")
    learned = TrainingData(data.codes, normalisation.apply(targets).astype(np.float32), DNA)
    network = _network("cnn")
    config = TrainingConfig(epochs=12, batch_size=16, learning_rate=0.02, validation_fraction=0.2)
    result = fit(network, TASKS.get("regression"), learned, config)
    assert result.best_metric > 0.7
    card = ModelCard(architecture="cnn", alphabet="dna", task="regression", length=40, normalisation=normalisation)
    said = scores(Model(network, card), _planted(600).codes)[:, 0]
    assert said[data.targets[:, 0] == 1].mean() == pytest.approx(110, abs=4)  # a network that errs says less than 10
    assert said[data.targets[:, 0] == 0].mean() == pytest.approx(100, abs=4)


def test_the_same_seed_gives_the_same_run_and_another_does_not() -> None:
    data = _planted()
    runs = [fit(_network("cnn"), BINARY, data, TrainingConfig(epochs=1, seed=seed)) for seed in (1, 1, 2)]
    assert runs[0].history[0].train_loss == runs[1].history[0].train_loss != runs[2].history[0].train_loss


def test_damaged_checkpoint_falls_back_to_the_one_before(tmp_path: Path) -> None:
    fit(_network("deepbind"), BINARY, _planted(), TrainingConfig(epochs=3), tmp_path)
    older, newest = sorted(tmp_path.glob("*.checkpoint"))
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    found = load_newest(tmp_path)
    assert found is not None
    assert f"{found.epoch:06d}" == older.name[:6]
    older.write_bytes(b"torn")
    assert load_newest(tmp_path) is None


def test_stop_before_the_first_epoch_ends_still_leaves_a_usable_network(tmp_path: Path) -> None:
    network = _network("cnn")
    result = fit(network, BINARY, _planted(), TrainingConfig(epochs=2), tmp_path, [_StopAt(1)])
    assert (result.finished, result.epochs_done, result.best_epoch) == (False, 0, 0)
    assert np.isnan(result.best_metric)
    assert all(torch.isfinite(tensor).all() for tensor in network.state_dict().values())


def test_patience_ends_early() -> None:
    config = TrainingConfig(epochs=30, learning_rate=1e-7, patience=2)
    result = fit(_network("deepbind"), BINARY, _planted(), config)
    assert result.finished
    assert result.epochs_done < 30
    assert result.epochs_done - result.best_epoch == 2


def test_an_infinite_loss_is_said_with_a_way_out() -> None:
    broken = _network("deepbind")
    with torch.no_grad():
        broken.detectors.weight.fill_(1e30)
        broken.vote.weight.fill_(1e30)
    with pytest.raises(RunError, match=r"The loss became .* Lower the learning rate") as caught:
        fit(broken, BINARY, _planted(), TrainingConfig())
    assert caught.value.where == "training"


def test_reports_reach_the_callbacks() -> None:
    class Listener(Callback):
        def __init__(self) -> None:
            self.steps: list[StepReport] = []
            self.epochs: list[EpochReport] = []

        def on_step(self, report: StepReport) -> None:
            self.steps.append(report)

        def on_epoch(self, report: EpochReport) -> None:
            self.epochs.append(report)

    listener = Listener()
    fit(_network("deepbind"), BINARY, _planted(), TrainingConfig(epochs=2), callbacks=[listener])
    assert [report.epoch for report in listener.epochs] == [1, 2]
    assert listener.steps[-1].done == 1.0
    assert sum(report.best for report in listener.epochs) >= 1


def test_learning_rate_rises_then_falls_to_nothing() -> None:
    rates = [learning_rate_at(step, 100) for step in range(100)]
    assert max(rates) == rates[9] == 1.0
    assert rates[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.001


def test_a_device_that_is_not_there_is_said() -> None:
    assert choose_device("cpu").type == "cpu"
    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(RunError, match=f"no {missing} device"):
        choose_device(missing)
