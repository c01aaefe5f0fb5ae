"""What training takes: parts counted by hand, growth with the batch, and the refusal before anything is allocated."""

from pathlib import Path

import psutil
import pytest
import torch

from seqdl_core.anatomy.fake import faking
from seqdl_core.errors import ConfigError
from seqdl_core.model_file import ModelCard, build_network, save_model
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.models.cnn import CnnConfig
from seqdl_core.runs.fitting import rows_for, shape_for
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.sizing import (
    Machine,
    Room,
    load_to_score,
    measure_machine,
    require_room,
    require_room_to_score,
    room,
    seconds_per_epoch,
    size_of,
)
from seqdl_core.sizing.tracking import Tracking, Work
from seqdl_core.training.config import TrainingConfig

SHAPE = InputShape(DNA, 200)
TRAINING = TrainingConfig()


def test_what_is_alive_at_once() -> None:
    with faking():
        tracking = Tracking()
        with tracking:
            first = torch.empty(1000)
            second = first + 1
            del first
            third = second * 2
            del second, third
    assert (tracking.now, tracking.peak) == (0, 8000)


def test_autograd_keeps_what_the_backward_pass_needs() -> None:
    with faking():
        weight = torch.empty(1000, requires_grad=True)
        tracking = Tracking()
        tracking.own(weight)
        with tracking:
            kept = (weight.exp().exp()).sum()  # both results of exp are kept
            assert tracking.now == 8004
            kept.backward()
            del kept
    assert tracking.now == 4000  # the gradient


def test_memory_grows_with_the_batch_and_the_weights_with_nothing() -> None:
    small, large = (
        size_of("cnn", {}, SHAPE, TRAINING.model_copy(update={"batch_size": batch}), 10_000).memory
        for batch in (64, 256)
    )
    assert small.weights == large.weights
    assert 3.9 < large.activations / small.activations < 4.1


def test_what_does_not_fit_is_refused_before_anything_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = size_of("cnn", {}, SHAPE, TRAINING, 1000).memory.training
    monkeypatch.setattr(room, "room_of", lambda _: Room(fits, 10**12, "computer"))
    assert require_room("cnn", {}, SHAPE, TRAINING, 1000).memory.training == fits
    monkeypatch.setattr(room, "room_of", lambda _: Room(fits - 1, 10**12, "computer"))
    with pytest.raises(ConfigError) as refused:
        require_room("cnn", {}, SHAPE, TRAINING, 1000)
    assert refused.value.where == "cnn, batch size 64"
    assert "of memory" in refused.value.what
    assert refused.value.fix.startswith("Set the batch size from 64 to ")
    assert refused.value.fix.endswith(", or choose a smaller network.")


@pytest.mark.slow
def test_the_way_out_of_too_little_memory_is_a_smaller_batch_or_else_a_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    def fix(free: int) -> str:
        monkeypatch.setattr(room, "room_of", lambda _: Room(free, 10**12, "computer"))
        with pytest.raises(ConfigError) as refused:
            require_room("transformer", {}, SHAPE, TRAINING, 1000)
        return refused.value.fix

    whole, few, small = (
        size_of("transformer", config, SHAPE, TRAINING.model_copy(update={"batch_size": batch}), 1000).memory.training
        for config, batch in (({}, 64), ({}, 2), ({"width": 32, "layers": 2, "heads": 4, "hidden": 32}, 64))
    )
    assert small < few < whole
    told = fix((few + whole) // 2)
    batch = int(told.removeprefix("Set the batch size from 64 to ").split(",")[0])
    advised = size_of("transformer", {}, SHAPE, TRAINING.model_copy(update={"batch_size": batch}), 1000)
    assert (told.endswith("or take its small preset."), advised.memory.training <= (few + whole) // 2) == (True, True)
    assert fix(small) == "No batch is small enough: take its small preset, or bring shorter sequences."
    assert fix(small - 1) == "No batch is small enough: choose a smaller network, or bring shorter sequences."


def test_the_work_of_an_epoch_by_hand() -> None:
    machine = Machine(convolution=1e9, product=1e9, recurrent=1e9, moving=1e9, start=1e-12)
    size = size_of("deepbind", {}, SHAPE, TRAINING, 1000)
    step = sum(max(one.flops / 1e9 if one.kind != "moving" else 0, one.bytes / 1e9) for one in size.step)
    low, likely, high = seconds_per_epoch(size, machine)
    assert size.steps == 14  # 900 of 1,000 in whole batches of 64
    assert low < likely < high
    assert likely == pytest.approx(14 * step, rel=0.2)
    assert all(isinstance(one, Work) for one in size.step)


def test_a_machine_has_a_pace() -> None:
    machine = measure_machine()
    assert machine.convolution > 1e7
    assert machine.start < 0.1


def test_room_is_what_the_container_leaves() -> None:
    found = room.room_of(TRAINING)
    assert 0 < found.free <= found.total


def test_a_data_set_says_what_a_network_is_built_for() -> None:
    from seqdl_core.data.dataset import DatasetInfo

    info = DatasetInfo(name="a", alphabet="dna", length=50, counts={"train": 10}, negatives="shuffle")
    assert shape_for(info) == InputShape(DNA, 50)
    assert rows_for(info) == 20


def test_a_gigantic_network_is_refused_and_nothing_is_allocated() -> None:
    gigantic = {"filters": 1024, "channels": 1024, "blocks": 8, "hidden": 4096}
    long = InputShape(DNA, 1_000_000)
    own = psutil.Process()
    before = own.memory_info().rss
    with pytest.raises(ConfigError, match="of memory"):
        require_room("cnn", gigantic, long, TRAINING.model_copy(update={"batch_size": 1024}), 100_000)
    assert own.memory_info().rss - before < 2e8


def test_scoring_one_sequence_that_cannot_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    require_room_to_score("cnn", {}, SHAPE)
    monkeypatch.setattr(room, "room_of", lambda _: Room(10_000, 10**12, "computer"))
    with pytest.raises(ConfigError, match="Scoring one sequence"):
        require_room_to_score("cnn", {}, SHAPE)


def test_a_model_file_is_read_only_where_it_could_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = build_network(ARCHITECTURES.get("cnn"), CnnConfig(), SHAPE, seed=1)
    card = ModelCard(
        architecture="cnn", architecture_config=CnnConfig().model_dump(), alphabet="dna", task="binary", length=200
    )
    save_model(tmp_path / "model.safetensors", network, card)
    assert load_to_score(tmp_path / "model.safetensors").name == "cnn"
    monkeypatch.setattr(room, "room_of", lambda _: Room(10_000, 10**12, "computer"))
    monkeypatch.setattr(room, "load_model", lambda _: pytest.fail("it was read"))
    with pytest.raises(ConfigError, match="Scoring one sequence"):
        load_to_score(tmp_path / "model.safetensors")
