"""The queue with real processes: each run trains once, whatever is killed meanwhile, and a spare trains the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import RunError
from seqdl_core.runs import line, queue
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import CORE_FOLDER, Detached
from seqdl_core.runs.spare import Spare
from seqdl_core.runs.store import Store
from seqdl_core.runs.worker import JobQueue, worker_lock

PATIENCE = 120.0


def until(holds: Callable[[], bool], what: str) -> float:
    """Wait for something that another process does; how long it took in seconds."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < PATIENCE, f"waited in vain until {what}"
        time.sleep(0.05)
    return time.monotonic() - started


def processes(*words: str) -> list[psutil.Process]:
    """This machine's live processes with these words on their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and all(word in line for word in words):
            found.append(process)
    return found


def trainers(run: RunFolder) -> list[psutil.Process]:
    """The live process that the run's state names."""
    status = run.status()
    return [psutil.Process(status.pid)] if status.state == "running" and status.pid else []


@pytest.fixture
def workers(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[psutil.Process]]]:
    """The live workers of the store; whatever it or they started is ended after the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("SEQDL_SLOTS", "1")

    def alive() -> list[psutil.Process]:
        workers = processes("seqdl_core", "worker")
        return [worker for worker in workers if worker.environ().get("SEQDL_HOME") == str(store.root)]

    yield alive
    for run in store.runs("local"):
        for process in [*alive(), *trainers(run)]:
            process.kill()
            process.wait()


def long_run(store: Store, dataset: Dataset) -> RunFolder:
    """A run of many quick epochs, long enough to be killed in the middle."""
    return store.create_run("local", dataset, architecture="deepbind", training={"epochs": 1000, "device": "cpu"})


@pytest.mark.slow
def test_a_run_survives_whatever_is_killed_around_it(
    store: Store, dataset: Dataset, workers: Callable[[], list[psutil.Process]]
) -> None:
    run = long_run(store, dataset)

    # Two submits, as from two tabs, start it once.
    queue.submit(store, "local", run.id)
    queue.submit(store, "local", run.id)
    until(lambda: bool(run.metrics()[1]), "the first epoch is through")
    assert run.status().state == "running"
    [trainer] = trainers(run)
    if sys.platform == "linux":
        assert {os.getpriority(os.PRIO_PROCESS, thread.id) for thread in trainer.threads()} == {19}
        assert workers()[0].nice() == 0
        assert os.getsid(trainer.pid) == trainer.pid, "the terminal's Ctrl-C does not reach it"
    [worker] = workers()
    assert line.place_of(run) is None

    # The worker dies. The training goes on, and the next worker leaves it alone.
    worker.kill()
    until(lambda: not worker_lock(store).held_by_someone(), "the worker is gone")
    second = long_run(store, dataset)
    queue.submit(store, "local", second.id)
    until(lambda: worker_lock(store).held_by_someone(), "there is a new worker")
    place = line.place_of(second)
    assert place is not None
    assert place.position == 1
    done = run.status().done
    until(lambda: run.status().done > done, "the training has gone on")
    assert trainers(run) == [trainer]

    # One slot: the second run waits, and a waiting run is stopped at once.
    assert second.status().state == "queued"
    assert trainers(second) == []
    queue.stop(second)
    assert second.status().state == "stopped"

    # The trainer dies without a last word.
    trainer.kill()
    until(lambda: run.status().state != "running", "the death is seen")
    assert run.status().state == "interrupted"
    before = run.metrics()[1][-1].epoch

    # Resumed, it goes on from its checkpoint; stopped, it ends within 10 s.
    queue.resume(run)
    until(lambda: run.metrics()[1][-1].epoch > before + 1, "the resumed run has gone on")
    epochs = [epoch.epoch for epoch in run.metrics()[1]]
    assert epochs == list(range(1, len(epochs) + 1)), "none twice, none left out"
    queue.stop(run)
    assert until(lambda: run.status().state == "stopped", "the run has stopped") < 10
    assert not run.stop_requested()
    assert any(run.checkpoints.iterdir())
    assert run.model_path.is_file(), "the best weights so far can be used"

    # With nothing left to do the worker leaves by itself.
    until(lambda: not worker_lock(store).held_by_someone(), "the worker has left")


def test_the_worker_finds_runs_that_nobody_noted(store: Store, dataset: Dataset) -> None:
    for moment in "312":
        long_run(store, dataset).change(state="queued", queued=moment)
    jobs = JobQueue(store)
    try:
        assert jobs.put_all_waiting() == jobs.put_all_waiting() == 3
        assert jobs.huey.storage.queue_size() == 3, "it is woken once for each"
    finally:
        jobs.close()


@pytest.mark.slow
def test_a_spare_trains_the_same_as_a_fresh_process(store: Store, dataset: Dataset, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    runs = [
        store.create_run("local", dataset, architecture="cnn", training={"epochs": 2, "device": "cpu"}) for _ in "ab"
    ]
    fresh = Detached(["train", str(runs[0].path)], tmp_path / "log", {"OMP_NUM_THREADS": "1"})
    spare = Spare(store)
    spare.keep()
    told = spare.hand_over(runs[1].path, 0)
    assert told is not None
    assert spare.hand_over(runs[1].path, 0) is None, "there is one"
    with fresh, told:
        for run in runs:
            until(lambda run=run: run.status().trained, "the training is done")
        fresh.kill()
        told.kill()
    weights = [load_file(run.model_path) for run in runs]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert "epoch 2 of 2" in runs[1].log_path.read_text()


@pytest.mark.slow
def test_a_spare_ends_with_its_worker(store: Store) -> None:
    spare = Spare(store)
    spare.keep()
    process = psutil.Process().children()[-1]
    assert process.is_running()
    spare.end()
    assert process.wait(PATIENCE) == 0


def test_tasks_are_json_and_nothing_that_could_run(store: Store) -> None:
    jobs = JobQueue(store)
    try:
        jobs.put()
        [stored] = jobs.huey.storage.enqueued_items()
        assert bytes(stored).startswith(b'["')
    finally:
        jobs.close()


def test_what_is_over_is_not_stopped_and_what_is_finished_not_resumed(store: Store, dataset: Dataset) -> None:
    run = long_run(store, dataset)
    run.change(state="finished")
    with pytest.raises(RunError, match="nothing to stop"):
        queue.stop(run)
    assert not run.stop_requested()
    with pytest.raises(RunError, match="nothing to resume"):
        queue.resume(run)
    with pytest.raises(RunError, match="started before"):
        queue.submit(store, "local", run.id)


def test_a_run_outside_the_store_is_resumed_by_command(run: RunFolder) -> None:
    with pytest.raises(RunError, match="outside") as caught:
        queue.resume(run)
    assert "resume RUN" in caught.value.fix


def test_a_run_is_worked_on_by_one_process_only(run: RunFolder) -> None:
    lock = run.running_lock()
    assert lock.acquire()
    try:
        with pytest.raises(RunError, match="running already"):
            execute(run, lambda line: None)
        assert run.status().state == "prepared", "the other process's state is left alone"
    finally:
        lock.release()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_worker_that_is_told_to_end_ends(store: Store) -> None:
    environment = os.environ | {"SEQDL_HOME": str(store.root)}
    command = [sys.executable, "-m", "seqdl_core", "worker", "--idle", "60"]
    worker = subprocess.Popen(command, cwd=CORE_FOLDER, env=environment, stderr=subprocess.PIPE, text=True)
    with worker:
        until(lambda: worker_lock(store).held_by_someone(), "it is at work")
        assert worker.stderr is not None
        until(lambda: "Huey consumer started" in (worker.stderr.readline() if worker.stderr else ""), "it listens")
        second = subprocess.run(command, cwd=CORE_FOLDER, env=environment, capture_output=True, check=False)
        assert second.returncode == 0
        assert b"Another worker" in second.stdout
        worker.send_signal(signal.SIGTERM)
        worker.stderr.read()
    assert worker.returncode == 0
