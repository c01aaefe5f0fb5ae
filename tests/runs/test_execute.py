"""The work behind ``train RUN``: what goes wrong is kept in the run as three parts, and can be resumed."""

import os
from pathlib import Path

import pytest

from seqdl_core.errors import ConfigError, DataError, RunError
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import new_spec
from seqdl_core.runs.processes import signature
from tests.runs.conftest import make_dataset


def silent(line: str) -> None:
    """Nobody listens."""


def test_settings_that_were_changed_by_hand_are_refused(run: RunFolder) -> None:
    run.write_spec(run.spec.model_copy(update={"training": {**run.spec.training, "epochs": -1}}))
    with pytest.raises(ConfigError, match="epochs"):
        execute(run, silent)
    status = run.status()
    assert (status.state, status.pid) == ("failed", None)
    assert status.error is not None
    assert status.error["where"] == "run.json, setting Epochs"


def test_a_run_made_for_other_data_is_refused(run: RunFolder) -> None:
    run.write_spec(run.spec.model_copy(update={"data_hash": "0" * 64}))
    with pytest.raises(DataError, match="another hash"):
        execute(run, silent)
    assert run.status().state == "failed"


def test_a_disk_that_refuses_is_said_in_three_parts(run: RunFolder) -> None:
    run.checkpoints.write_text("a file where a folder should be")
    with pytest.raises(RunError, match="refused to read or write"):
        execute(run, silent)
    status = run.status()
    assert status.error is not None
    assert all(status.error.values())


@pytest.mark.slow
def test_a_defect_of_ours_leaves_its_trace_in_the_log_and_the_run_can_go_on(run: RunFolder) -> None:
    def broken(line: str) -> None:
        raise ZeroDivisionError("a defect")

    with pytest.raises(RunError, match="SeqDL itself made a mistake"):
        execute(run, broken)
    assert run.status().state == "failed"
    assert "Traceback" in run.log_path.read_text()
    with pytest.raises(RunError, match="The run is failed"):
        execute(run, silent)
    assert execute(run, silent, again=True).state == "finished"
    assert run.status().error is None


def test_a_run_stopped_before_its_first_step_is_stopped(run: RunFolder) -> None:
    run.change(state="queued")
    run.request_stop()
    assert execute(run, silent).state == "stopped"
    assert not run.stop_requested()


@pytest.mark.slow
def test_epochs_that_a_crash_kept_from_the_metrics_are_entered_later(run: RunFolder) -> None:
    assert execute(run, silent).state == "finished"
    whole = run.metrics()[1]
    lines = (run.path / "metrics.jsonl").read_bytes().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if b'"epoch", ' in line)
    (run.path / "metrics.jsonl").write_bytes(b"".join(lines[:last] + lines[last + 1 :]))
    assert run.metrics()[1] == whole[:-1]
    run.change(state="stopped", trained=False)
    assert execute(run, silent, again=True).state == "finished"
    assert run.metrics()[1] == whole


def test_the_process_that_the_worker_started_may_be_the_launcher_of_this_one(run: RunFolder) -> None:
    # A virtual environment's python.exe on Windows starts the real interpreter as its child.
    run.change(state="running", **signature(os.getppid()))
    run.request_stop()
    assert execute(run, silent).state == "stopped"


def test_a_run_that_another_process_has_is_left_to_it(run: RunFolder) -> None:
    run.change(state="running", **signature(1))
    with pytest.raises(RunError, match="The run is running"):
        execute(run, silent)


def test_a_validation_part_of_the_person_s_own_is_what_training_is_watched_on(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (64, 64), "validation": (10, 10), "test": (30, 30)})
    spec = new_spec(
        run_id="an id",
        owner="local",
        name="",
        architecture="deepbind",
        architecture_config={},
        training={"epochs": 1, "device": "cpu"},
        dataset=dataset,
    )
    run, said = RunFolder.create(tmp_path / "run", spec), []
    assert execute(run, said.append).state == "finished"
    assert any("on 128 sequences" in line and "20 validation rows" in line for line in said)
