"""The run folder: all that a page, the command line, the queue or a cluster needs to know about one training run.

    run.json  notes.json  state.json  metrics.jsonl  log.txt  checkpoints/  model.safetensors
    evaluation.json  motifs.json  stop

Whoever holds the lock ``.running`` trains; ``state.json`` is changed under the lock ``.state``.
"""

import platform
from collections.abc import Container
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seqdl_core.errors import RunError
from seqdl_core.files import replace_file
from seqdl_core.runs.processes import OsLock, is_alive
from seqdl_core.runs.records import (
    RunNotes,
    RunSpec,
    RunState,
    RunStatus,
    metric_line,
    now,
    read_metric_lines,
    seconds_since,
)
from seqdl_core.training.callbacks import EpochReport, StepReport

_SILENCE_SECONDS = 120.0
"""A process on another machine cannot be looked at; after so long without a sign of life it counts as gone."""

GONE = (
    "The training process ended without finishing, for example because the computer was restarted. "
    "Resume goes on from the last checkpoint."
)


class RunFolder:
    """One run on disk. The object holds nothing but the path; every question reads the disk anew."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @staticmethod
    def create(path: Path, spec: RunSpec) -> "RunFolder":
        """Make the folder of a new run.

        Raises:
            RunError: when the folder holds something already.
        """
        RunFolder.check_free(path)
        path.mkdir(parents=True, exist_ok=True)
        run = RunFolder(path)
        run.write_spec(spec)
        return run

    @staticmethod
    def check_free(path: Path) -> None:
        """Raise RunError where a new run would land among other files."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunError(
                "The folder for the run exists and is not empty.",
                where=str(path),
                fix="Choose another folder, or go on with the run in it: python -m seqdl_core resume RUN.",
            )

    @staticmethod
    def open(path: Path) -> "RunFolder":
        """The run in this folder.

        Raises:
            RunError: when there is no run, or its ``run.json`` is damaged.
        """
        run = RunFolder(path)
        if not (path / "run.json").is_file():
            raise RunError(
                "There is no run in this folder." if path.is_dir() else "There is no such run folder.",
                where=str(path),
                fix="Give the folder that train --out made; it holds a file run.json.",
            )
        _ = run.spec
        return run

    @property
    def id(self) -> str:
        """The folder's name, so that a run that was copied or renamed is found where it lies."""
        return self.path.name

    @property
    def spec(self) -> RunSpec:
        """What was ordered; raises RunError where ``run.json`` is damaged."""
        place = self.path / "run.json"
        try:
            return RunSpec.model_validate_json(place.read_bytes())
        except FileNotFoundError:
            raise RunError("The run is gone.", where=str(self.path), fix="Choose another run.") from None
        except ValidationError as problem:
            raise RunError(
                f"run.json is damaged: {problem.errors()[0]['msg']}.",
                where=str(place),
                fix="Put back the file as SeqDL wrote it, or start a new run.",
            ) from None

    def notes(self) -> RunNotes:
        """What people wrote beside the run; raises RunError where ``notes.json`` is damaged."""
        place = self.path / "notes.json"
        try:
            return RunNotes.model_validate_json(place.read_bytes())
        except FileNotFoundError:
            return RunNotes()
        except ValidationError as problem:
            raise RunError(
                f"notes.json is damaged: {problem.errors()[0]['msg']}.",
                where=str(place),
                fix="Mend the file, or take it away; the run does not need it.",
            ) from None

    def write_notes(self, notes: RunNotes) -> None:
        """Keep what people wrote beside the run."""
        replace_file(self.path / "notes.json", notes.model_dump_json(indent=2))

    def write_spec(self, spec: RunSpec) -> None:
        """Write ``run.json``, last of all files of a new run: its presence makes the folder a run."""
        replace_file(self.path / "run.json", spec.model_dump_json(indent=2))

    @property
    def data(self) -> Path:
        """The dataset folder."""
        return (self.path / self.spec.data).resolve()

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model_path(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def evaluation_path(self) -> Path:
        return self.path / "evaluation.json"

    @property
    def motifs_path(self) -> Path:
        return self.path / "motifs.json"

    @property
    def log_path(self) -> Path:
        return self.path / "log.txt"

    def running_lock(self) -> OsLock:
        """Held by the one process that trains."""
        return OsLock(self.path / ".running")

    def state_lock(self) -> OsLock:
        """Held for the moment in which the state is changed."""
        return OsLock(self.path / ".state")

    def status(self) -> RunStatus:
        """The honest state: a run whose process is gone is ``interrupted``, whatever the file says."""
        status = self._recorded()
        if status.state != "running" or self._process_lives(status):
            return status
        changes: dict[str, Any] = {"state": "interrupted", "message": GONE, "seconds_left": None, "pid": None}
        return status.model_copy(update=changes)

    def change(self, **changes: Any) -> RunStatus:
        """Change fields of the state in one step that no other process can come between."""
        with self.state_lock():
            return self.put_status(self.status(), **changes)

    def change_from(self, states: Container[RunState], **changes: Any) -> RunStatus | None:
        """The same, only where the honest state is one of ``states``; None, and no change, where it is another."""
        with self.state_lock():
            status = self.status()
            return self.put_status(status, **changes) if status.state in states else None

    def put_status(self, status: RunStatus, **changes: Any) -> RunStatus:
        """Write a state; for whoever holds :meth:`state_lock`."""
        changed = RunStatus.model_validate({**status.model_dump(), **changes, "updated": now()})
        replace_file(self.path / "state.json", changed.model_dump_json())
        return changed

    def request_stop(self) -> None:
        """Ask the training process to write a checkpoint and end."""
        (self.path / "stop").touch()

    def stop_requested(self) -> bool:
        return (self.path / "stop").exists()

    def clear_stop(self) -> None:
        (self.path / "stop").unlink(missing_ok=True)

    def append(self, report: StepReport | EpochReport) -> None:
        """Add one line to ``metrics.jsonl`` in one write; a line torn by a crash is closed first."""
        with (self.path / "metrics.jsonl").open("ab+") as out:
            line = metric_line(report).encode()
            if out.tell():
                out.seek(-1, 2)
                line = line if out.read(1) == b"\n" else b"\n" + line
            out.write(line)

    def metrics(self) -> tuple[list[StepReport], list[EpochReport]]:
        """The steps and the epochs so far, in order; a line being written at this moment is left out."""
        place = self.path / "metrics.jsonl"
        return read_metric_lines(place.read_bytes().splitlines() if place.exists() else ())

    def log(self, text: str) -> None:
        """Add a line to ``log.txt``."""
        with self.log_path.open("a", encoding="utf-8") as out:
            out.write(text.rstrip("\n") + "\n")

    def _recorded(self) -> RunStatus:
        place = self.path / "state.json"
        try:
            return RunStatus.model_validate_json(place.read_bytes())
        except FileNotFoundError:
            return RunStatus()
        except ValidationError:
            problem = RunError(
                "state.json is damaged.", where=str(place), fix="Resume the run; it goes on from the last checkpoint."
            )
            return RunStatus(state="failed", message=problem.what, error=problem.parts())

    def _process_lives(self, status: RunStatus) -> bool:
        if status.host != platform.node():
            return seconds_since(status.updated) < _SILENCE_SECONDS
        if status.pid is None:
            return False
        return is_alive(status.pid, status.process_created) or self.running_lock().held_by_someone()
