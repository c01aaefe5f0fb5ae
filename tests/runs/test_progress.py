"""Progress: hearing the wish to stop in every phase, and saying how long the rest takes."""

import subprocess
import sys
import threading
import time

import pytest

from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import CORE_FOLDER
from seqdl_core.runs.progress import Pace, Recorder, Stopped


def silent(line: str) -> None:
    """Nobody listens."""


def test_the_loop_hears_the_stop_file(run: RunFolder) -> None:
    recorder = Recorder(run, silent)
    with recorder.listening():
        assert not recorder.should_stop()
        run.request_stop()
        deadline = time.monotonic() + 5
        while not recorder.should_stop():
            assert time.monotonic() < deadline


@pytest.mark.parametrize("phase", ["judging", "explaining"])
def test_the_later_phases_end_at_the_stop_file(run: RunFolder, phase: str) -> None:
    recorder = Recorder(run, silent)
    started = time.monotonic()

    def work() -> None:
        with recorder.listening(), recorder.phase(phase):
            assert run.status().phase == phase
            run.request_stop()
            threading.Event().wait(30)

    with pytest.raises(Stopped):
        work()
    assert time.monotonic() - started < 5


def test_a_wish_from_before_ends_the_next_phase_at_its_start(run: RunFolder) -> None:
    recorder = Recorder(run, silent)
    run.request_stop()
    begun = []

    def work() -> None:
        with recorder.listening():
            while not recorder.should_stop():
                pass
            with recorder.phase("judging"):
                begun.append("judging")

    with pytest.raises(Stopped):
        work()
    assert not begun


_HANGING = """
import ctypes, sys
from pathlib import Path
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.progress import Recorder
run = RunFolder(Path(sys.argv[1]))
recorder = Recorder(run, print, force_seconds=0.5)
with recorder.listening(), recorder.phase("explaining"):
    run.request_stop()
    lock = __import__("threading").Lock()
    lock.acquire()
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    ctypes.CDLL(None).sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the C library is called by its POSIX name")
def test_code_that_cannot_be_interrupted_is_ended_from_within(run: RunFolder) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HANGING, str(run.path)], cwd=CORE_FOLDER, timeout=20, check=False, capture_output=True
    )
    assert ended.returncode == 0, ended.stderr
    assert run.status().state == "stopped"
    assert not run.stop_requested()


def test_the_rest_is_estimated_from_the_paces() -> None:
    pace = Pace()
    assert pace.seconds_left(10) is None
    for seconds, step in ((0, 0), (1, 10), (3, 20), (6, 30)):
        pace.add(seconds, step)
    low, middle, high = pace.seconds_left(100) or (0, 0, 0)
    # Paces of 0.1, 0.2 and 0.3 s a step; percentiles 10, 50 and 90 by linear interpolation.
    assert (low, middle, high) == pytest.approx((12.0, 20.0, 28.0))
    assert pace.seconds_left(0) == (0.0, 0.0, 0.0)
