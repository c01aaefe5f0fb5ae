"""Progress: what a training process tells the run folder while it works, and how it hears that it should stop."""

import _thread
import math
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from types import FrameType

import numpy as np
import torch

from seqdl_core.evaluation.wording import metric_title
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import added_memory_mb, own_memory_mb, peak_memory_mb
from seqdl_core.runs.records import now
from seqdl_core.training.callbacks import Callback, EpochReport, StepReport

_LISTEN_SECONDS = 0.25
_WRITE_SECONDS = 0.5
_BEAT_SECONDS = 5.0
_FORCE_SECONDS = 7.0
"""A process that has not ended by then hangs in code that cannot be interrupted, and is ended from within."""

_PACES = 20


class Stopped(BaseException):
    """The person asked the run to stop. Not an Exception, so that no ``except Exception`` swallows it."""


class Recorder(Callback):
    """Writes metric lines and the state while training goes on, and listens for the wish to stop.

    A wish comes as the file ``stop`` or as SIGTERM or SIGINT. During training the loop asks :meth:`should_stop` after
    every step and writes a checkpoint. In the later phases :class:`Stopped` is raised in the main thread; what they
    write is written at once or not at all, so nothing is lost but their own work. A process that does neither within
    7 s ends itself.
    """

    def __init__(self, run: RunFolder, say: Callable[[str], None], force_seconds: float = _FORCE_SECONDS) -> None:
        self._run, self._say, self._force_seconds = run, say, force_seconds
        self._wish = threading.Event()
        self._over = threading.Event()
        self._hears_signals = False
        self._interruptible = False
        self._written = 0.0
        self._pace = Pace()
        self._before = own_memory_mb()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for the wish to stop until the block ends. Signals are heard where this is the main thread."""
        before: dict[int, object] = {}
        self._hears_signals = threading.current_thread() is threading.main_thread()
        if self._hears_signals:
            before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        listener = threading.Thread(target=self._listen, name="stop listener", daemon=True)
        listener.start()
        try:
            yield
        finally:
            self._over.set()
            listener.join()
            for number, handler in before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """A phase after training: a wish to stop raises :class:`Stopped` in it, at once when it is there already."""
        self._run.change(phase=name, memory_mb=peak_memory_mb(), seconds_left=None)
        self._interruptible = True
        try:
            if self._wish.is_set():
                raise Stopped
            yield
        finally:
            self._interruptible = False

    def training_begins(self) -> None:
        """From now on the process grows by what training takes."""
        self._before = own_memory_mb()

    def should_stop(self) -> bool:
        return self._wish.is_set()

    def on_step(self, report: StepReport) -> None:
        moment = time.monotonic()
        if moment - self._written < _WRITE_SECONDS and report.step < report.steps:
            return
        self._written = moment
        self._pace.add(moment, report.step)
        self._run.append(report)
        self._run.change(
            epoch=report.epoch,
            epochs=report.epochs,
            done=report.done,
            loss=report.loss if math.isfinite(report.loss) else None,
            sequences_per_second=report.sequences_per_second,
            seconds_left=self._pace.seconds_left(report.steps - report.step),
            waits_for="",
            **self._memory(),
        )

    def on_epoch(self, report: EpochReport) -> None:
        self._run.append(report)
        self._run.change(**self._memory())  # validated and written down too
        best = " (best)" if report.best else ""
        self._say(
            f"epoch {report.epoch} of {report.epochs}: training loss {report.train_loss:.3f}, "
            f"validation loss {report.validation_loss:.3f}, "
            f"validation {metric_title(report.metric_name)} {report.validation_metric:.3f}{best}, "
            f"{report.sequences_per_second:,.0f} sequences a second"
        )

    def _memory(self) -> dict[str, float]:
        on_gpu = torch.cuda.max_memory_reserved() if torch.cuda.is_initialized() else 0
        return {"memory_mb": peak_memory_mb(), "training_mb": on_gpu / 1e6 or added_memory_mb(self._before)}

    def on_notice(self, text: str) -> None:
        self._say(text)
        self._run.change(notices=(*self._run.status().notices, text))

    def on_wait(self, text: str) -> None:
        with suppress(OSError):  # on a full disk there may be no room to say so
            self._say(text)
            self._run.change(waits_for=text)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._wish.set()
        if self._interruptible:
            self._interruptible = False
            raise Stopped

    def _listen(self) -> None:
        wished_at: float | None = None
        beat = time.monotonic()
        while not self._over.wait(_LISTEN_SECONDS):
            moment = time.monotonic()
            if wished_at is None and (self._wish.is_set() or self._run.stop_requested()):
                wished_at = moment
                self._wish.set()
                if self._interruptible and self._hears_signals:
                    _interrupt_main_thread()
            if wished_at is not None and moment - wished_at > self._force_seconds:
                self._end_from_within()
            if moment - beat > _BEAT_SECONDS:
                beat = moment
                self._run.change(memory_mb=peak_memory_mb())

    def _end_from_within(self) -> None:
        self._run.change(state="stopped", message="Stopped.", ended=now(), seconds_left=None, pid=None)
        self._run.clear_stop()
        self._say("Stopped.")
        os._exit(0)


def _interrupt_main_thread() -> None:
    """Have the handler of SIGTERM run in the main thread, even while it waits."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGTERM)
    else:
        _thread.interrupt_main(signal.SIGTERM)


class Pace:
    """How fast the steps go, and so how long the rest takes."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque(maxlen=_PACES + 1)

    def add(self, seconds: float, step: int) -> None:
        """At this moment of a clock, so many steps were done."""
        self._points.append((seconds, step))

    def seconds_left(self, steps: int) -> tuple[float, float, float] | None:
        """Low, middle and high estimate for ``steps`` more; from the slow, middle and fast tenth of the last paces."""
        paces = seconds_per_step(list(self._points))
        if len(paces) < 2:
            return None
        low, middle, high = np.percentile(paces, [10, 50, 90]) * steps
        return float(low), float(middle), float(high)


def seconds_per_step(points: Sequence[tuple[float, int]]) -> list[float]:
    """The pace between neighbouring points ``(seconds, steps done)``."""
    return [
        (later[0] - earlier[0]) / (later[1] - earlier[1])
        for earlier, later in pairwise(points)
        if later[1] > earlier[1]
    ]
