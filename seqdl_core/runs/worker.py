"""The worker: starts the waiting run whose turn it is while a slot is free, and supervises the processes that train.

The state in the run folder is the truth; the queue only wakes the worker, which then asks :mod:`seqdl_core.runs.line`
whose turn it is. So a task that comes twice, a worker that is killed between two steps, or two workers started at once
never train a run twice: a run is started only from the state ``queued``, under its lock, and the process that trains
holds a lock of its own. What still runs when a worker begins holds a slot until it ends.
"""

import json
import logging
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import psutil
from huey import SqliteHuey
from huey.consumer import Consumer, ConsumerStopped
from huey.registry import Message
from huey.serializer import Serializer

from seqdl_core.errors import RunError
from seqdl_core.runs import line
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.line import Going
from seqdl_core.runs.processes import Detached, OsLock, give_way, signature
from seqdl_core.runs.records import now
from seqdl_core.runs.slots import environment, slots
from seqdl_core.runs.spare import Spare
from seqdl_core.runs.store import Store

_POLL_SECONDS = 0.5
_WATCH_SECONDS = 0.2
_STOP_SECONDS = 9.0
"""A stopped process that has not ended by then is killed; it ends by itself within 8 s unless it hangs."""

_LOOK_SECONDS = 15.0
_TAKE_OVER_SECONDS = 2.0
_ROOM_BESIDE = 1_500_000_000
"""Bytes of memory that must be free before a training starts beside others; with none running it always may."""

Process = subprocess.Popen[bytes]

_log = logging.getLogger(__name__)


class _JsonSerializer(Serializer):
    """Tasks as JSON: whoever can write to the queue's file must not be able to run code through a pickle."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class JobQueue:
    """The queue of a store: it wakes the worker, which starts the run whose turn it is.

    ``begin`` starts the process that does a run in a slot; by default it trains, in the spare where there is one.
    """

    def __init__(self, store: Store, begin: Callable[[RunFolder, int], Process] | None = None) -> None:
        self.store = store
        self._begin = begin or self._train
        self.stopping: Callable[[], bool] = lambda: False
        self.idle_since = time.monotonic()
        self.huey = SqliteHuey(
            "seqdl",
            filename=str(store.queue_folder / "queue.db"),
            results=False,
            serializer=_JsonSerializer(),
            strict_fifo=True,
        )
        self.spare = Spare(store)
        self._busy = 0
        self._turn = threading.Lock()
        self._task = self.huey.task(name="start the next")(self.work)

    @property
    def busy(self) -> bool:
        """Whether this worker starts or supervises anything."""
        return self._busy > 0

    def put(self) -> None:
        """Wake the worker: a run waits."""
        self._task()

    def put_all_waiting(self) -> int:
        """Wake the worker once for each run that waits, also for those that nobody noted."""
        line.enter_all(self.store)
        waiting = sum(one.waits for one in line.going(self.store))
        self.huey.storage.flush_queue()
        for _ in range(waiting):
            self.put()
        return waiting

    def keep_spare(self) -> None:
        """See that there is a warm spare, unless a run is being started with it now."""
        if self._turn.acquire(blocking=False):
            try:
                self.spare.keep()
            finally:
                self._turn.release()

    def close(self) -> None:
        """Let go of the database, and of the spare."""
        self.spare.end()
        self.huey.storage.close()

    def work(self) -> None:
        """Start runs and see them through, one after the other, until nobody waits."""
        with self._turn:
            self._busy += 1
        try:
            while started := self._start_next():
                if not self._see_through(*started):
                    return
        finally:
            with self._turn:
                self._busy -= 1
                self.idle_since = time.monotonic()

    def _start_next(self) -> tuple[RunFolder, Process] | None:
        """Start the run whose turn it is, once a slot is free; None where nobody waits, or the worker is to end."""
        while not self.stopping():
            with self._turn:
                there = line.going(self.store)
                waiting = [one for one in there if one.waits]
                running = [one for one in there if one.takes_slot]
                if not waiting:
                    return None
                if len(running) < slots() and (not running or _memory_allows()):
                    starts = line.last_starts(self.store)
                    chosen = line.next_of(waiting, Counter(one.owner for one in running), starts)
                    process = self._start(chosen, _free_slot(running))
                    if process is not None:
                        return chosen.run, process
                    continue  # it was stopped meanwhile
            time.sleep(_POLL_SECONDS)
        return None

    def _start(self, chosen: Going, slot: int) -> Process | None:
        """Start the process and note who it is, while nobody else can touch the state; None where it waits no more.

        It starts before the state says so: a worker that is killed in between leaves a waiting run whose process begins
        by itself.
        """
        run = chosen.run
        if not run.path.is_dir():
            return None
        with run.state_lock():
            status = run.status()
            if status.state != "queued":
                return None
            process = self._begin(run, slot)
            run.put_status(status, state="running", started="", slot=slot, **signature(process.pid))
        line.note_start(self.store, chosen.owner)
        _log.info("run %s: process %s in slot %s", run.id, process.pid, slot)
        return process

    def _train(self, run: RunFolder, slot: int) -> Process:
        told = self.spare.hand_over(run.path, slot)
        if told is not None:
            return told
        process = Detached(["train", str(run.path)], run.log_path, environment(slot))
        give_way(process.pid)
        return process

    def _see_through(self, run: RunFolder, process: Process) -> bool:
        """Wait for the end of the process, which is killed where it does not stop; False where the worker is to end."""
        stop_seen: float | None = None
        while process.poll() is None:
            if self.stopping():
                return False
            if run.stop_requested():
                stop_seen = stop_seen or time.monotonic()
                if time.monotonic() - stop_seen > _STOP_SECONDS:
                    process.kill()
            time.sleep(_WATCH_SECONDS)
        _close(run, process.returncode, stopped=stop_seen is not None)
        with self._turn:
            line.note_length(self.store, run.status())
        return True


def _free_slot(running: Sequence[Going]) -> int:
    """The first slot that no running run has."""
    taken = {one.status.slot for one in running}
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)


def _memory_allows() -> bool:
    return int(psutil.virtual_memory().available) > _ROOM_BESIDE


def consume(store: Store, idle_seconds: float) -> bool:
    """Be this machine's worker until there has been nothing to do for a while; False where there is one already.

    Raises:
        ConfigError: where ``SEQDL_SLOTS`` is no number of trainings.
    """
    number, lock = slots(), worker_lock(store)
    if not lock.acquire(_TAKE_OVER_SECONDS):
        return False
    queue = JobQueue(store)
    try:
        queue.keep_spare()
        give_way(Detached(["warm-up"], store.queue_folder / "warm-up.log").pid)  # done while the first run trains
        queue.put_all_waiting()
        _Slots(queue, number, lock, idle_seconds).run()
    finally:
        lock.release()
        queue.close()
    return True


def worker_lock(store: Store) -> OsLock:
    """Held by the one worker of this machine."""
    return OsLock(store.queue_folder / "worker.lock")


class _Slots(Consumer):
    """huey's consumer with a thread for each slot; it leaves when idle, and leaves running trainings alone."""

    def __init__(self, queue: JobQueue, number: int, lock: OsLock, idle_seconds: float) -> None:
        super().__init__(queue.huey, workers=number, periodic=False, backoff=1.0, max_delay=0.2, initial_delay=0.2)
        self._queue, self._lock, self._idle_seconds = queue, lock, idle_seconds
        self._looked = time.monotonic()
        queue.stopping = self.stop_flag.is_set

    def start(self) -> None:
        super().start()
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def loop(self, health_check_ts: float | None = None) -> Any:
        self._queue.keep_spare()
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
