"""A job: started once, found again, cancelled, and honest about how it ended."""

import time
from pathlib import Path

import psutil
import pytest

from seqdl_core.errors import RunError
from seqdl_core.runs import jobs
from seqdl_core.runs.jobs import find_job, start_job, wait_for


def test_a_command_is_run_once_and_its_result_kept(tmp_path: Path) -> None:
    job = start_job(tmp_path, ["catalogue", "uci-splice"])
    assert wait_for(job, 60) == "finished"
    assert job.result()["entries"][0]["name"] == "uci-splice"
    written = (job.folder / "result.json").stat().st_mtime_ns
    again = start_job(tmp_path, ["catalogue", "uci-splice"])
    assert again == job
    assert (again.folder / "result.json").stat().st_mtime_ns == written
    assert find_job(tmp_path, ["catalogue", "other"]) is None


def test_a_refusal_comes_back_in_three_parts(tmp_path: Path) -> None:
    job = start_job(tmp_path, ["catalogue", "no-such-thing"])
    assert wait_for(job, 60) == "failed"
    with pytest.raises(RunError, match="no-such-thing") as problem:
        job.result()
    assert problem.value.fix


def test_a_job_is_cancelled_and_leaves_nothing(tmp_path: Path) -> None:
    job = start_job(tmp_path, ["worker", "--idle", "600"])
    record = jobs.JobRecord.model_validate_json((job.folder / "job.json").read_bytes())
    assert job.state() == "running"
    job.cancel()
    end = time.monotonic() + 10
    while psutil.pid_exists(record.pid) and psutil.Process(record.pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert not job.folder.exists()


def test_a_process_that_is_gone_is_no_running_job(tmp_path: Path) -> None:
    folder = tmp_path / "abc"
    folder.mkdir()
    record = jobs.JobRecord(arguments=("x",), pid=2**22 + 1, process_created=1.0)
    (folder / "job.json").write_text(record.model_dump_json())
    job = jobs.Job(folder)
    assert job.state() == "interrupted"
    with pytest.raises(RunError, match="without a result"):
        job.result()


def test_progress_is_told_where_somebody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(jobs.PROGRESS_FILE, str(tmp_path / "progress.json"))
    jobs.tell_progress(0.25, "a quarter")
    assert jobs.Job(tmp_path).progress() == jobs.Progress(0.25, "a quarter")
    monkeypatch.delenv(jobs.PROGRESS_FILE)
    jobs.tell_progress(0.5, "half")
    assert jobs.Job(tmp_path).progress().done == 0.25
