"""The worker: takes waiting runs one after the other and supervises the process that trains each.

The state in the run folder is the truth; the queue only wakes the worker. So a task that comes twice, a worker that is
killed between two steps, or two workers started at once never train a run twice: a run is started only from the state
``queued``, under its lock, and the process that trains holds a lock of its own.
"""

import json
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from huey import SqliteHuey
from huey.consumer import Consumer, ConsumerStopped
from huey.registry import Message
from huey.serializer import Serializer

from seqdl_core.errors import RunError, SeqDLError
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import Detached, OsLock, give_way, signature
from seqdl_core.runs.records import now
from seqdl_core.runs.store import Store

_POLL_SECONDS = 0.5
_STOP_SECONDS = 9.0
"""A stopped process that has not ended by then is killed; it ends by itself within 8 s unless it hangs."""

_LOOK_SECONDS = 15.0
_TAKE_OVER_SECONDS = 2.0

_log = logging.getLogger(__name__)


class _JsonSerializer(Serializer):
    """Tasks as JSON: whoever can write to the queue's file must not be able to run code through a pickle."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class JobQueue:
    """The queue of a store: which run to look at next."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.stopping: Callable[[], bool] = lambda: False
        self.busy = False
        self.idle_since = time.monotonic()
        self.huey = SqliteHuey(
            "seqdl",
            filename=str(store.queue_folder / "queue.db"),
            results=False,
            serializer=_JsonSerializer(),
            strict_fifo=True,
        )
        self._task = self.huey.task(name="supervise")(self._supervise)

    def put(self, owner: str, run_id: str) -> None:
        """Wake the worker for this run."""
        self._task(owner, run_id)

    def put_all_waiting(self) -> int:
        """Fill the queue anew with all runs that wait, in the order they were submitted."""
        waiting = waiting_runs(self.store)
        self.huey.storage.flush_queue()
        for run in waiting:
            self.put(run.spec.owner, run.id)
        return len(waiting)

    def close(self) -> None:
        """Let go of the database."""
        self.huey.storage.close()

    def _supervise(self, owner: str, run_id: str) -> None:
        self.busy = True
        try:
            supervise(self, owner, run_id)
        finally:
            self.busy, self.idle_since = False, time.monotonic()


def waiting_runs(store: Store) -> list[RunFolder]:
    """All queued runs of all owners, the one that came first first."""
    runs = [run for owner in store.owners() for run in store.runs(owner)]
    waiting = [(status.queued, run) for run in runs if (status := run.status()).state == "queued"]
    return [run for _, run in sorted(waiting, key=lambda pair: (pair[0], pair[1].path.name))]


def consume(store: Store, idle_seconds: float) -> bool:
    """Be this machine's worker until there has been nothing to do for a while; False where there is one already."""
    lock = worker_lock(store)
    if not lock.acquire(_TAKE_OVER_SECONDS):
        return False
    queue = JobQueue(store)
    try:
        give_way()
        Detached(["warm-up"], store.queue_folder / "warm-up.log")  # done while the first run trains
        queue.put_all_waiting()
        _OneAtATime(queue, lock, idle_seconds).run()
    finally:
        lock.release()
        queue.close()
    return True


def worker_lock(store: Store) -> OsLock:
    """Held by the one worker of this machine."""
    return OsLock(store.queue_folder / "worker.lock")


class _OneAtATime(Consumer):
    """huey's consumer with one thread, which leaves when idle and leaves running trainings alone when it ends."""

    def __init__(self, queue: JobQueue, lock: OsLock, idle_seconds: float) -> None:
        super().__init__(queue.huey, workers=1, periodic=False, backoff=1.0, max_delay=0.2, initial_delay=0.2)
        self._queue, self._lock, self._idle_seconds = queue, lock, idle_seconds
        self._looked = time.monotonic()
        queue.stopping = self.stop_flag.is_set

    def start(self) -> None:
        super().start()
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def loop(self, health_check_ts: float | None = None) -> Any:
        if self._may_leave():
            self.stop(graceful=True)
            raise ConsumerStopped
        return super().loop(health_check_ts)

    def _may_leave(self) -> bool:
        present = time.monotonic()
        if self._queue.busy or present - self._looked < min(_LOOK_SECONDS, self._idle_seconds):
            return False
        self._looked = present
        idle = present - self._queue.idle_since
        if self.huey.storage.queue_size() or self._queue.put_all_waiting() or idle < self._idle_seconds:
            return False
        # Whoever submits now finds the lock free and starts a new worker; whoever did so just before left a task.
        self._lock.release()
        return not (self.huey.storage.queue_size() and self._lock.acquire())


def supervise(queue: JobQueue, owner: str, run_id: str) -> None:
    """Wait for the slot, start ``train RUN`` in a process of its own, and see it through to its end."""
    try:
        run = queue.store.run(owner, run_id)
    except SeqDLError as problem:
        _log.warning("passed over: %s", problem)
        return
    while run.status().state == "queued" and _slot_taken(queue.store):
        if queue.stopping():
            return
        time.sleep(_POLL_SECONDS)
    process = _start(run)
    if process is None:
        return
    _log.info("run %s: process %s", run_id, process.pid)
    stop_seen: float | None = None
    while process.poll() is None:
        if queue.stopping():
            return
        if run.stop_requested():
            stop_seen = stop_seen or time.monotonic()
            if time.monotonic() - stop_seen > _STOP_SECONDS:
                process.kill()
        time.sleep(_POLL_SECONDS)
    _close(run, process.returncode, stopped=stop_seen is not None)


def _slot_taken(store: Store) -> bool:
    """Whether a training still runs, such as one whose worker was killed. There is one slot."""
    return any(run.status().state == "running" for owner in store.owners() for run in store.runs(owner))


def _start(run: RunFolder) -> Detached | None:
    """Start the process and note who it is, while nobody else can touch the state; None where the run waits no more."""
    if not run.path.is_dir():
        return None
    with run.state_lock():
        status = run.status()
        if status.state != "queued":
            return None
        process = Detached(["train", str(run.path)], run.log_path)
        run.put_status(status, state="running", started="", **signature(process.pid))
    return process


def _close(run: RunFolder, returncode: int, *, stopped: bool) -> None:
    """Give a run whose process has ended a last word, where the process left none."""
    status = run.status()
    if stopped:
        run.change_from(["interrupted"], state="stopped", message="Stopped.", ended=now())
    elif status.state == "interrupted" and not status.started:
        problem = RunError(
            f"The training process ended with status {returncode} before it began.",
            where=str(run.log_path),
            fix="Read the end of this file for the reason, then resume the run.",
        )
        run.change_from(["interrupted"], state="failed", message=problem.what, error=problem.parts(), ended=now())
    else:
        run.change_from(["interrupted"], ended=now())
