"""Jobs: one command of the command line in a process of its own, for a page that asks how it goes.

A page never computes for long. It starts a job, shows its progress and reads the JSON that the command wrote:

    jobs/<key>/  job.json (the command and its process)  progress.json  result.json  log.txt

The key is a hash of the command and of SeqDL's version, so that asking for the same thing again finds what was computed
before, and what another version computed is not taken for this one's.
"""

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil
from pydantic import ValidationError

from seqdl_core import __version__
from seqdl_core.config import Config
from seqdl_core.errors import RunError
from seqdl_core.files import replace_file
from seqdl_core.runs.processes import Detached, OsLock, is_alive, signature

PROGRESS_FILE = "SEQDL_PROGRESS"
"""The environment variable that tells a command where to say how far it is (:func:`seqdl_core.commands.report`)."""

_FORMAT = 2
"""Goes up whenever what a command writes as JSON changes its meaning or its shape."""

_END_SECONDS = 5.0
_KEY = re.compile(r"[0-9a-f]{24}")

JobState = Literal["running", "finished", "failed", "interrupted"]


class JobRecord(Config):
    """What is kept of a job: its command and the process that works on it."""

    arguments: tuple[str, ...]
    pid: int = 0
    process_created: float = 0.0
    host: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a job is: ``done`` from 0 to 1, and words for it."""

    done: float
    text: str


@dataclass(frozen=True)
class Job:
    """A job in its folder; its state is read from disk whenever it is asked."""

    folder: Path

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command; empty where the job's record cannot be read."""
        record = self._record()
        return record.arguments if record else ()

    @property
    def started(self) -> float:
        """When its process was created, in seconds since 1970; 0 where the record cannot be read."""
        record = self._record()
        return record.process_created if record else 0.0

    def state(self) -> JobState:
        """``interrupted`` is a job whose process is gone without a result."""
        if self._answer() is not None:
            return "failed" if "error" in (self._answer() or {}) else "finished"
        record = self._record()
        alive = record is not None and is_alive(record.pid, record.process_created)
        if alive:
            return "running"
        answer = self._answer()  # it may have ended between the two looks
        return "interrupted" if answer is None else "failed" if "error" in answer else "finished"

    def progress(self) -> Progress:
        """What the command said last."""
        try:
            said = json.loads((self.folder / "progress.json").read_text("utf-8"))
            return Progress(float(said["done"]), str(said["text"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Progress(0.0, "")

    def result(self) -> dict[str, Any]:
        """What the command wrote; raises RunError where it failed or was interrupted."""
        answer = self._answer()
        if answer is None:
            raise RunError("The work ended without a result.", where=self.folder.name, fix="Start it again.")
        if "error" in answer:
            parts = answer["error"]
            raise RunError(str(parts.get("what", "")), where=str(parts.get("where", "")), fix=str(parts.get("fix", "")))
        return answer

    def cancel(self) -> None:
        """End the process, first kindly, and forget the job: what it had begun is not kept."""
        record = self._record()
        if record is not None and is_alive(record.pid, record.process_created):
            process = psutil.Process(record.pid)
            try:
                process.terminate()
                process.wait(_END_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
            except psutil.Error:
                pass
        with _lock(self.folder.parent):
            if self._record() in (record, None):  # not the same work, started anew in the meantime
                shutil.rmtree(self.folder, ignore_errors=True)

    def _record(self) -> JobRecord | None:
        try:
            return JobRecord.model_validate_json((self.folder / "job.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def _answer(self) -> dict[str, Any] | None:
        """The command's JSON; None until all of it is there."""
        try:
            answer = json.loads((self.folder / "result.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) else None


def start_job(jobs_folder: Path, arguments: Sequence[str]) -> Job:
    """Start a command, or find it where it was started before and goes on or has a result.

    Of any number of callers at once, in one process or several, one starts it and the others find it.

    Args:
        arguments: what would follow ``python -m seqdl_core``, without ``--json``; paths in it are the store's own.

    Raises:
        RunError: where a word of the command cannot be handed to another process.
    """
    _refuse_unspeakable(arguments)
    with _lock(jobs_folder):
        job = find_job(jobs_folder, arguments)
        if job is not None and job.state() in ("running", "finished"):
            return job
        folder = jobs_folder / key_of(arguments)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        process = Detached(
            [*arguments, "--json"],
            folder / "log.txt",
            {PROGRESS_FILE: str(folder / "progress.json")},
            result=folder / "result.json",
        )
        record = JobRecord(arguments=tuple(arguments), **signature(process.pid))
        replace_file(folder / "job.json", record.model_dump_json())
        return Job(folder)


def running_jobs(jobs_folder: Path, command: str) -> list[Job]:
    """The jobs of a command (its first word) that go on now, the latest first."""
    found = []
    for entry in jobs_folder.iterdir() if jobs_folder.is_dir() else ():
        job = job_of_key(jobs_folder, entry.name)
        if job is not None and job.arguments[:1] == (command,) and job.state() == "running":
            found.append(job)
    return sorted(found, key=lambda job: job.started, reverse=True)


def find_job(jobs_folder: Path, arguments: Sequence[str]) -> Job | None:
    """The job of this command; None where it was never started, or cancelled."""
    return job_of_key(jobs_folder, key_of(arguments))


def job_of_key(jobs_folder: Path, key: str) -> Job | None:
    """The same by the key, which a page address may carry; None too where the key is none of ours."""
    folder = jobs_folder / key
    return Job(folder) if _KEY.fullmatch(key) and (folder / "job.json").is_file() else None


def wait_for(job: Job, seconds: float) -> JobState:
    """The state once the job is over, or after so many seconds: short work is then shown without a second look."""
    end = time.monotonic() + seconds
    while job.state() == "running" and time.monotonic() < end:
        time.sleep(0.05)
    return job.state()


def tell_progress(done: float, text: str) -> None:
    """Say how far the command of this process is, where somebody asked for it."""
    place = os.environ.get(PROGRESS_FILE, "")
    if place:
        replace_file(Path(place), json.dumps({"done": min(max(done, 0.0), 1.0), "text": text}))


def key_of(arguments: Sequence[str]) -> str:
    """What a command's job is known by."""
    known = [__version__, str(_FORMAT), *arguments]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:24]


def _lock(jobs_folder: Path) -> OsLock:
    """Held while a job of this folder is started or taken away."""
    jobs_folder.mkdir(parents=True, exist_ok=True)
    return OsLock(jobs_folder / ".lock")


def _refuse_unspeakable(arguments: Sequence[str]) -> None:
    for word in arguments:
        try:
            os.fsencode(word)
        except UnicodeEncodeError:
            fine = False
        else:
            fine = "\0" not in word
        if not fine:
            raise RunError(
                "A setting holds a character that no command can carry.",
                where=ascii(word)[:80],
                fix="Take it out of the setting or of the name.",
            )
