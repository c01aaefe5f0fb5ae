"""The work behind ``train RUN``: what goes wrong is kept in the run as three parts, and can be resumed."""

import pytest

from seqdl_core.errors import ConfigError, DataError, RunError
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder


def silent(line: str) -> None:
    """Nobody listens."""


def test_settings_that_were_changed_by_hand_are_refused(run: RunFolder) -> None:
    run.write_spec(run.spec.model_copy(update={"training": {**run.spec.training, "epochs": -1}}))
    with pytest.raises(ConfigError, match="epochs"):
        execute(run, silent)
    status = run.status()
    assert (status.state, status.pid) == ("failed", None)
    assert status.error is not None
    assert status.error["where"] == "run.json"


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
