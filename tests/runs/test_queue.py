"""The queue with real processes: one training at a time, once, whatever is killed meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import RunError
from seqdl_core.runs import queue
from seqdl_core.runs.execute import execute
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import CORE_FOLDER
from seqdl_core.runs.store import Store
from seqdl_core.runs.worker import JobQueue, waiting_runs, worker_lock

PATIENCE = 60.0


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


@pytest.fixture
def workers(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[psutil.Process]]]:
    """The live workers of the store; whatever it or they started is ended after the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    def alive() -> list[psutil.Process]:
        workers = processes("seqdl_core", "worker")
        return [worker for worker in workers if worker.environ().get("SEQDL_HOME") == str(store.root)]

    yield alive
    for run in store.runs("local"):
        for process in [*alive(), *processes("train", str(run.path))]:
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
    [trainer] = processes("train", str(run.path))
    assert trainer.pid == run.status().pid
    if sys.platform != "win32":
        assert 10 <= trainer.nice() <= 19
        assert os.getsid(trainer.pid) == trainer.pid, "the terminal's Ctrl-C does not reach it"
    [worker] = workers()
    assert queue.position(run) is None

    # The worker dies. The training goes on, and the next worker leaves it alone.
    worker.kill()
    until(lambda: not worker_lock(store).held_by_someone(), "the worker is gone")
    second = long_run(store, dataset)
    queue.submit(store, "local", second.id)
    until(lambda: worker_lock(store).held_by_someone(), "there is a new worker")
    assert queue.position(second) == 1
    done = run.status().done
    until(lambda: run.status().done > done, "the training has gone on")
    assert [process.pid for process in processes("train", str(run.path))] == [trainer.pid]

    # One slot: the second run waits, and a waiting run is stopped at once.
    assert second.status().state == "queued"
    assert processes("train", str(second.path)) == []
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
    until(lambda: not processes("train", str(run.path)), "its process has ended")
    assert not run.stop_requested()
    assert any(run.checkpoints.iterdir())
    assert run.model_path.is_file(), "the best weights so far can be used"

    # With nothing left to do the worker leaves by itself.
    until(lambda: not worker_lock(store).held_by_someone(), "the worker has left")


def test_the_wakeful_queue_finds_runs_that_no_task_speaks_of(store: Store, dataset: Dataset) -> None:
    runs = [long_run(store, dataset) for _ in range(3)]
    for moment, run in zip("312", runs, strict=True):
        run.change(state="queued", queued=moment)
    assert [run.id for run in waiting_runs(store)] == [runs[1].id, runs[2].id, runs[0].id]
    assert [queue.position(run) for run in runs] == [3, 1, 2]
    jobs = JobQueue(store)
    try:
        assert jobs.put_all_waiting() == jobs.put_all_waiting() == 3
        assert jobs.huey.storage.queue_size() == 3, "nothing stands in the queue twice"
        assert [jobs.huey.dequeue().args[1] for _ in range(3)] == [runs[1].id, runs[2].id, runs[0].id]
    finally:
        jobs.close()


def test_tasks_are_json_and_nothing_that_could_run(store: Store) -> None:
    jobs = JobQueue(store)
    try:
        jobs.put("local", "an id")
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
    assert queue.position(run) is None


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
