"""The run folder: honest states, whole files, metric lines that survive a crash."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdl_core.errors import RunError
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import signature
from seqdl_core.runs.records import RunStatus, read_metric_lines, seconds_since
from seqdl_core.training.callbacks import EpochReport, StepReport


def step(number: int, loss: float = 0.5) -> StepReport:
    return StepReport(
        epoch=1, epochs=2, step=number, steps=20, loss=loss, learning_rate=0.001, sequences_per_second=100.0
    )


def epoch(number: int, metric: float = 0.9) -> EpochReport:
    return EpochReport(
        epoch=number,
        epochs=3,
        train_loss=0.5,
        validation_loss=0.6,
        validation_metric=metric,
        metric_name="auroc",
        learning_rate=0.001,
        seconds=1.0,
        sequences_per_second=100.0,
        best=True,
    )


def test_a_new_run_is_prepared_and_holds_its_order(run: RunFolder) -> None:
    assert run.status() == RunStatus()
    assert RunFolder.open(run.path).spec == run.spec
    assert run.spec.training["epochs"] == 2
    assert run.spec.training["batch_size"] == 64, "the defaults are written out too"


def test_a_folder_that_holds_something_is_refused(run: RunFolder) -> None:
    with pytest.raises(RunError, match="not empty"):
        RunFolder.create(run.path, run.spec)


def test_a_file_in_the_way_is_refused(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(RunError, match="not empty"):
        RunFolder.create(tmp_path / "file", run.spec)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 1}', "\x00\xff"])
def test_a_damaged_order_is_said_in_three_parts(run: RunFolder, content: str) -> None:
    (run.path / "run.json").write_text(content)
    with pytest.raises(RunError, match="damaged") as caught:
        RunFolder.open(run.path)
    assert all(caught.value.parts().values())


def test_a_folder_without_a_run_is_said_in_three_parts(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RunError) as caught:
            RunFolder.open(place)
        assert all(caught.value.parts().values())


def test_a_damaged_state_reads_as_failed_and_can_be_written_again(run: RunFolder) -> None:
    (run.path / "state.json").write_text('{"state": "runn')
    assert run.status().state == "failed"
    run.change(state="queued")
    assert run.status().state == "queued"


def test_a_running_run_with_this_process_is_running(run: RunFolder) -> None:
    run.change(state="running", **signature(os.getpid()))
    assert run.status().state == "running"


def test_a_run_whose_process_is_gone_is_interrupted(run: RunFolder) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    run.change(state="running", **signature(child.pid))
    assert run.status().state == "running"
    child.kill()
    while child.poll() is None and run.status().state == "running":
        pass
    assert run.status().state == "interrupted", "a process that nobody has collected yet is gone all the same"
    child.communicate()
    assert run.status().state == "interrupted"


def test_a_process_id_used_again_is_not_the_run(run: RunFolder) -> None:
    run.change(state="running", **signature(os.getpid()) | {"process_created": 1.0})
    assert run.status().state == "interrupted"


def test_whoever_holds_the_lock_trains_whatever_the_clock_says(run: RunFolder) -> None:
    lock = run.running_lock()
    assert lock.acquire()
    run.change(state="running", **signature(os.getpid()) | {"process_created": 1.0})
    assert run.status().state == "running"
    lock.release()
    assert run.status().state == "interrupted"


def test_another_machine_counts_as_long_as_it_gives_signs_of_life(run: RunFolder) -> None:
    run.change(state="running", pid=1, process_created=1.0, host="a cluster node")
    assert run.status().state == "running"
    old = run.status().model_copy(update={"updated": "2020-01-01T00:00:00.000000+00:00"})
    (run.path / "state.json").write_text(old.model_dump_json())
    assert run.status().state == "interrupted"


def test_a_change_is_made_from_the_named_states_only(run: RunFolder) -> None:
    assert run.change_from(["queued"], state="running") is None
    assert run.status().state == "prepared"
    changed = run.change_from(["prepared"], state="queued")
    assert changed is not None
    assert changed.state == run.status().state == "queued"


def test_writing_leaves_nothing_beside_the_files(run: RunFolder) -> None:
    for _ in range(3):
        run.change(message="again")
    assert sorted(entry.name for entry in run.path.iterdir()) == [".state", "run.json", "state.json"]


def test_metric_lines_come_back_as_written(run: RunFolder) -> None:
    assert run.metrics() == ([], [])
    run.append(step(1))
    run.append(epoch(1, metric=math.nan))
    run.append(step(2))
    steps, epochs = run.metrics()
    assert steps == [step(1), step(2)]
    assert len(epochs) == 1
    assert math.isnan(epochs[0].validation_metric)
    assert b"NaN" not in (run.path / "metrics.jsonl").read_bytes(), "JSON has no word for it"


def test_a_torn_last_line_is_passed_over_and_closed_by_the_next(run: RunFolder) -> None:
    run.append(step(1))
    run.append(step(2))
    place = run.path / "metrics.jsonl"
    place.write_bytes(place.read_bytes()[:-30])
    assert run.metrics() == ([step(1)], [])
    run.append(step(2))
    assert run.metrics() == ([step(1), step(2)], [])


def test_a_line_that_goes_back_in_time_replaces_what_came_after(run: RunFolder) -> None:
    for number in (1, 2, 3):
        run.append(step(number))
        run.append(epoch(number))
    run.append(step(2, loss=0.1))
    run.append(epoch(2, metric=0.7))
    assert run.metrics() == ([step(1), step(2, loss=0.1)], [epoch(1), epoch(2, metric=0.7)])


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_upset_the_reader(lines: list[bytes]) -> None:
    assert read_metric_lines(lines) == ([], [])


@given(cut=st.integers(0, 400))
def test_cut_anywhere_the_whole_lines_before_remain(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("cut"))
    for number in (1, 2, 3):
        folder.append(step(number))
    place = folder.path / "metrics.jsonl"
    content = place.read_bytes()
    ends = [end + 1 for end, byte in enumerate(content) if byte == ord("\n")]
    place.write_bytes(content[:cut])
    # A line that only lacks its line break is whole.
    whole = sum(end - 1 <= cut for end in ends)
    assert folder.metrics()[0] == [step(number) for number in range(1, whole + 1)]


def test_no_time_is_infinitely_long_ago() -> None:
    assert seconds_since("") == math.inf
