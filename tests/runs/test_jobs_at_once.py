"""Two tabs that start the same work at once, work that goes on found again, and results of another version."""

import multiprocessing
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psutil
import pytest

from seqdl_core.errors import RunError
from seqdl_core.runs import jobs
from seqdl_core.runs.jobs import find_job, running_jobs, start_job

ENDLESS = ["worker", "--idle", "600"]


def _start(folder: Path, ready: Barrier) -> None:
    ready.wait(60)
    start_job(folder, ENDLESS)


def _workers(folder: Path) -> list[int]:
    """The workers whose log lies in the folder; the process that one keeps warm is not counted."""
    record = jobs.JobRecord.model_validate_json((folder / jobs.key_of(ENDLESS) / "job.json").read_bytes())
    return [
        one.pid
        for one in psutil.process_iter(["cmdline", "environ", "status"])
        if (
            (one.info["environ"] or {}).get(jobs.PROGRESS_FILE, "").startswith(str(folder))
            and one.info["status"] != psutil.STATUS_ZOMBIE
            and ENDLESS[0] in (one.info["cmdline"] or [])
        )
        or one.pid == record.pid
    ]


@pytest.mark.slow
def test_two_processes_that_start_the_same_job_end_with_one(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(3)
    callers = [context.Process(target=_start, args=(tmp_path, ready)) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    job = find_job(tmp_path, ENDLESS)
    assert job is not None
    try:
        assert [caller.exitcode for caller in callers] == [0, 0, 0]
        assert len(_workers(tmp_path)) == 1
    finally:
        job.cancel()
    assert not job.folder.exists()


def test_a_running_job_is_found_by_its_command(tmp_path: Path) -> None:
    assert running_jobs(tmp_path / "none", "worker") == []
    job = start_job(tmp_path, ENDLESS)
    try:
        assert running_jobs(tmp_path, "worker") == [job]
        assert running_jobs(tmp_path, "import") == []
        assert abs(job.started - time.time()) < 60
    finally:
        job.cancel()
    assert running_jobs(tmp_path, "worker") == []


def test_what_another_version_computed_is_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = jobs.key_of(["quality", "x"])
    monkeypatch.setattr(jobs, "__version__", "0.0.0")
    assert jobs.key_of(["quality", "x"]) != own
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "_FORMAT", -1)
    assert jobs.key_of(["quality", "x"]) != own


@pytest.mark.parametrize("word", ["--name=a\0b", "--name=\ud800"])
def test_a_word_that_no_command_can_carry_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(RunError, match="no command can carry"):
        start_job(tmp_path, ["inspect", word])
    assert not (tmp_path / jobs.key_of(["inspect", word])).exists()
