"""Processes and locks of the operating system, the same on Linux, macOS and Windows."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

_SAME_START_SECONDS = 2.0
"""Clocks are corrected while a process lives, which moves the start time that the system reports."""

_LOWEST = 19
_QUOTA = Path("/sys/fs/cgroup/cpu.max")

CORE_FOLDER = Path(__file__).resolve().parents[2]
"""The folder that holds ``seqdl_core``; our own processes start in it."""


def signature(pid: int) -> dict[str, Any]:
    """What a run's state says of the process that works on it: its id, when it was created, and on which machine."""
    try:
        created = float(psutil.Process(pid).create_time())
    except psutil.Error:
        created = 0.0
    return {"pid": pid, "process_created": created, "host": platform.node()}


def is_alive(pid: int, created: float) -> bool:
    """Whether the very process that had this id and start time still runs; an id used again is another process."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return bool(abs(process.create_time() - created) < _SAME_START_SECONDS)
    except psutil.Error:
        return False


class Detached(subprocess.Popen[bytes]):
    """``python -m seqdl_core ARGUMENTS`` in a process that outlives this one and its terminal.

    What it says is added to ``log``; what it writes to standard output goes to ``result`` where that is given. With
    ``told`` its standard input is a pipe that this process writes to. It may go on when the object is forgotten, which
    is no reason for a warning.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        result: Path | None = None,
        *,
        told: bool = False,
    ) -> None:
        windows: dict[str, Any] = {}
        if sys.platform == "win32":
            windows = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        with log.open("ab") as said, (result or log).open("ab") as out:
            super().__init__(
                [sys.executable, "-m", "seqdl_core", *arguments],
                stdin=subprocess.PIPE if told else subprocess.DEVNULL,
                stdout=out,
                stderr=said,
                cwd=CORE_FOLDER,
                env=os.environ | (environment or {}),
                start_new_session=True,
                **windows,
            )

    def __del__(self) -> None:
        """Say nothing."""


def give_way(pid: int) -> None:
    """Give a process, and all it will start, the lowest priority; nothing where it is gone."""
    with suppress(psutil.Error, OSError):
        if sys.platform == "linux":  # where each thread has its own
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _LOWEST)
        else:
            psutil.Process(pid).nice(psutil.IDLE_PRIORITY_CLASS if sys.platform == "win32" else _LOWEST)


def cores() -> int:
    """How many processor cores this process may use; a container may be given the time of fewer than it sees."""
    if hasattr(os, "sched_getaffinity"):
        seen = len(os.sched_getaffinity(0))
    else:
        seen = int(psutil.cpu_count(logical=False) or 1)
    try:
        quota, period = _QUOTA.read_text().split()
        return max(1, min(seen, int(quota) // int(period)))
    except (OSError, ValueError):  # no container, or "max"
        return seen


def usable_cores() -> int:
    """How many threads a computation takes here: ``OMP_NUM_THREADS``, or else one for each core."""
    wished = os.environ.get("OMP_NUM_THREADS", "")
    return int(wished) if wished.isdigit() and int(wished) > 0 else cores()


def peak_memory_mb() -> float:
    """The most memory this process has held at once, in MB (10^6 bytes).

    On Linux from ``VmHWM``: ``getrusage`` would count the parent's memory at the time of the fork too.
    """
    if sys.platform == "linux":
        return _linux_memory_mb("VmHWM")
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def own_memory_mb() -> float:
    """The memory that only this process holds now, in MB; what it shares with others, such as libraries, is left out.

    Elsewhere than on Linux, where that is not told apart, all that it holds.
    """
    if sys.platform == "linux":
        return _linux_memory_mb("RssAnon")
    return float(psutil.Process().memory_info().rss) / 1e6


def added_memory_mb(before: float) -> float:
    """By how much this process's own memory grew at most, in MB, since :func:`own_memory_mb` gave ``before``."""
    shared = _linux_memory_mb("RssFile") if sys.platform == "linux" else 0.0
    return max(0.0, peak_memory_mb() - shared - before)


def _linux_memory_mb(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


class OsLock:
    """A lock on a file that the operating system lets go when its holder ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, timeout: float = 0.0) -> bool:
        """Try to take the lock for up to ``timeout`` seconds; False where another holder kept it."""
        deadline = time.monotonic() + timeout
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return False
            time.sleep(0.02)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let go; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def held_by_someone(self) -> bool:
        """Whether anyone holds it now."""
        probe = OsLock(self.path)
        if probe.acquire():
            probe.release()
            return False
        return True

    def __enter__(self) -> "OsLock":
        if not self.acquire(timeout=30.0):
            raise TimeoutError(f"nobody let go of {self.path} for 30 seconds")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
