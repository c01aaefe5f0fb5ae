"""The epochs of a run that trains, for a page that asks every two seconds."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from seqdl_core.runs.records import read_metric_lines

if TYPE_CHECKING:
    from seqdl_core.training.callbacks import EpochReport


class EpochTail:
    """Reads a growing ``metrics.jsonl`` from where it stopped, and keeps the lines of whole epochs.

    Steps are many and not kept. Several sessions may ask at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._read = 0
        self._lines: list[bytes] = []

    def epochs(self) -> "list[EpochReport]":
        """The epochs so far, in order; a line being written at this moment is left for the next time."""
        with self._lock:
            size = self._path.stat().st_size if self._path.exists() else 0
            if size < self._read:  # another file
                self._read, self._lines = 0, []
            if size > self._read:
                with self._path.open("rb") as file:
                    file.seek(self._read)
                    new = file.read()
                whole = new[: new.rfind(b"\n") + 1]
                self._read += len(whole)
                self._lines += [line for line in whole.splitlines() if read_metric_lines([line])[1]]
            return read_metric_lines(self._lines)[1]
