"""Queueing: thirty people press Train within a second, and what is killed meanwhile.

``python -m benchmarks.queueing``. Real workers and real, tiny trainings in stores of their own under the temporary
folder; the dashboard and Chromium on 127.0.0.1. Times are seconds of the clock, with whatever else this machine does.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks import Measurement, Row, main, row
from benchmarks.dashboard import server

ROOT = Path(__file__).parents[1]
OWNERS, ROUNDS = 30, 3
PATIENCE = 1800.0
TINY = {"epochs": 1, "device": "cpu", "epoch_size": 256}

# A process of its own for each way to submit, as a page would: what it imports is not counted.
_SUBMIT = """
import json, sys, time
from pathlib import Path
from seqdl_core.runs import queue
from seqdl_core.runs.store import Store
store = Store(Path(sys.argv[1]))
for owner, run in json.load(sys.stdin):
    began = time.monotonic()
    queue.start(store, store.run(owner, run))
    print(json.dumps([owner, time.monotonic() - began]), flush=True)
"""


def thirty_at_once() -> Iterator[Row]:
    """Thirty owners submit within a second; half of them twice, so that turns matter."""
    with _store() as (home, place):
        runs = _prepared(place, [f"owner{number:02}" for number in range(OWNERS)], TINY)
        second = _prepared(place, [f"owner{number:02}" for number in range(OWNERS // 2)], TINY | {"seed": 2})
        slots = _slots(home)
        with _watched(runs + second) as most:
            taken = _submitted(place, runs + second, home)
            seconds = _until_over(runs + second)
        states = [_state(run)["state"] for run in runs + second]
        order = sorted(runs + second, key=lambda run: _state(run)["started"])
        owners = [run.parents[1].name for run in order]
        yield row("submissions_accepted_within_1_s", sum(one < 1.0 for one in taken), target=len(taken),
                  note=f"median {statistics.median(taken):.3f} s, longest {max(taken):.3f} s")  # fmt: skip
        yield row("most_running_over_slots", max(most) - slots, target=0, want="at most", note=f"{slots} slots")
        finished = states.count("finished")
        yield row("submissions_finished", finished, target=len(states), note=f"{seconds:.0f} s for all")
        yield row("jobs_longer_than_another", _unfair(owners), target=1, want="at most",
                  note="most that another owner began while one waited for the first")  # fmt: skip


def first_metric() -> Iterator[Row]:
    """From the click on Train to the first loss on the page: with no worker yet, and with a worker and its spare."""
    cold, warm = [], []
    for _ in range(ROUNDS):
        with _store() as (home, place):
            data = _data(place, "local")
            with _page(home) as (page, address, _):
                cold.append(_pressed(page, f"{address}/design?data={data}", place))
                _until_over(_runs(place))
                _until_spare_is_ready(home)
                page.get_by_role("button", name="Duplicate", exact=True).click()
                warm.append(_pressed(page, "", place))
                _until_over(_runs(place))
    for name, told, target in (("cold", cold, 8.0), ("warm", warm, 3.0)):
        times = [phases["page"] for phases in told]
        note = ", ".join(f"{phase} {statistics.median(one[phase] for one in told):.2f} s" for phase in told[0])
        yield row(f"seconds_to_first_metric_{name}", statistics.median(times), low=min(times), high=max(times),
                  target=target, want="at most", note=f"median of {ROUNDS}: {note}")  # fmt: skip


def without_the_dashboard() -> Iterator[Row]:
    """kill -9 of the web process while a run trains: the run ends, and another web process shows it."""
    with _store() as (home, place):
        data = _data(place, "local")
        with _page(home) as (page, address, web):
            _pressed(page, f"{address}/design?data={data}", place)
            web.kill()
            web.wait()
            [run] = _runs(place)
            running = _state(run)["state"] == "running"
        _until_over([run])
        epochs = (run / "metrics.jsonl").read_text().count('"kind": "epoch"')
        with _page(home) as (page, address, _):
            page.goto(f"{address}/runs?run={run.name}")
            page.get_by_role("button", name="Open the verdict").wait_for(timeout=1000 * PATIENCE)
        whole = running and _state(run)["state"] == "finished" and epochs == _state(run)["epochs"]
        yield row("runs_whole_after_kill_of_web", int(whole), target=1, note=f"{epochs} epochs")


@contextmanager
def _page(home: Mapping[str, str]) -> Iterator[tuple[Page, str, psutil.Process]]:
    """A browser, the address of a dashboard of this store, and the web process."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    with server(Path(home["SEQDL_HOME"]), command) as (address, web, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser.new_page(viewport={"width": 1440, "height": 1000}), address, web
        browser.close()


def _pressed(page: Page, address: str, place: Path) -> dict[str, float]:
    """Press Train on Design; seconds until the order, its process, a loss in the run folder, and on the page."""
    if address:
        page.goto(address)
    train = page.locator("button:enabled", has_text=re.compile("Train$"))
    train.wait_for(timeout=1000 * PATIENCE)
    page.wait_for_selector("[data-test-script-state='notRunning']", state="attached")
    before = set(_runs(place))
    began = time.monotonic()
    train.click()
    _until(lambda: len(_runs(place)) > len(before), "the run")
    [run] = set(_runs(place)) - before
    found = {"order": time.monotonic() - began}
    shown = page.get_by_test_id("stMetric").filter(has_text=re.compile("(Training|Validation) loss\\s*-?[0-9]"))
    reached = {
        "process": lambda: bool(_state(run).get("started")),
        "folder": lambda: _state(run).get("loss") is not None,
        "page": lambda: shown.count() > 0,
    }
    for name, holds in reached.items():
        _until(holds, name)
        found[name] = time.monotonic() - began
    return found


def _runs(place: Path) -> list[Path]:
    return [folder.parent for folder in (place / "owners" / "local" / "runs").glob("*/run.json")]


def _unfair(owners: list[str]) -> int:
    """The most runs that one owner began while another waited for its first."""
    most = 0
    for owner in set(owners):
        before = owners[: owners.index(owner)]
        most = max([most, *(before.count(other) for other in set(before))])
    return most


@contextmanager
def _store() -> Iterator[tuple[dict[str, str], Path]]:
    """The environment of a store of its own and its folder; what it started is ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="seqdl-queueing-", ignore_cleanup_errors=True) as place:
        home = {**os.environ, "SEQDL_HOME": place}
        try:
            yield home, Path(place)
        finally:
            for process in psutil.process_iter(["cmdline"]):
                if "seqdl_core" in (process.info["cmdline"] or []) and _home_of(process) == place:
                    process.kill()


def _home_of(process: psutil.Process) -> str:
    try:
        return str(process.environ().get("SEQDL_HOME", ""))
    except psutil.Error:
        return ""


def _data(place: Path, owner: str) -> str:
    """The id of a small data set of this owner."""
    from seqdl_core.data.simulation.simulate import simulate
    from seqdl_core.runs.store import Store

    return simulate(Store(place).new_dataset_folder(owner), ("MA0028",), n=400).folder.name


def _prepared(place: Path, owners: list[str], training: Mapping[str, object]) -> list[Path]:
    """A run for each owner, given to nobody yet."""
    from seqdl_core.runs.store import Store

    store = Store(place)
    for owner in owners:
        if not store.datasets(owner):
            _data(place, owner)
    return [
        store.create_run(owner, store.datasets(owner)[0], architecture="cnn", training=training).path
        for owner in owners
    ]


def _submitted(place: Path, runs: list[Path], home: Mapping[str, str]) -> list[float]:
    """Submit the runs from six processes at once, and how long each submission took."""
    parts = [runs[first::6] for first in range(6) if runs[first::6]]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _SUBMIT, str(place)], cwd=ROOT, env=dict(home), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in parts
    ]  # fmt: skip
    for process, part in zip(processes, parts, strict=True):
        assert process.stdin is not None
        process.stdin.write(json.dumps([[run.parents[1].name, run.name] for run in part]))
        process.stdin.close()
    taken = []
    for process in processes:
        assert process.stdout is not None
        taken += [float(json.loads(told)[1]) for told in process.stdout]
        process.wait()
    return taken


def _until_spare_is_ready(home: Mapping[str, str]) -> None:
    """The spare of this store is there, and has come to wait."""

    def ready() -> bool:
        for process in psutil.process_iter(["cmdline"]):
            if "--wait" in (process.info["cmdline"] or []) and _home_of(process) == home["SEQDL_HOME"]:
                with suppress(psutil.Error):  # the one that trained the first run ends now
                    before = sum(process.cpu_times()[:2])
                    time.sleep(1.0)
                    if before > 2 and sum(process.cpu_times()[:2]) - before < 0.02:
                        return True
        return False

    _until(ready, "the spare")


def _slots(home: Mapping[str, str]) -> int:
    from seqdl_core.runs.slots import slots

    return int(home.get("SEQDL_SLOTS") or slots())


@contextmanager
def _watched(runs: list[Path]) -> Iterator[list[int]]:
    """How many of the runs ran at once, looked at ten times a second."""
    most, over = [0], threading.Event()

    def watch() -> None:
        from seqdl_core.runs.folder import RunFolder

        while not over.wait(0.1):
            most.append(sum(RunFolder(run).status().state == "running" for run in runs))

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield most
    over.set()
    watcher.join()


def _state(run: Path) -> dict[str, Any]:
    place = run / "state.json"
    found: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {}
    return found


def _until_over(runs: list[Path]) -> float:
    began = time.monotonic()
    _until(lambda: all(_state(run)["state"] not in ("queued", "running") for run in runs), "the end of all runs")
    return time.monotonic() - began


def _until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"waited {PATIENCE:g} s for {what}")
        time.sleep(0.02)


MEASUREMENTS = (
    Measurement(
        ("submissions_accepted_within_1_s", "most_running_over_slots", "submissions_finished",
         "jobs_longer_than_another"),
        thirty_at_once,
    ),
    Measurement(("seconds_to_first_metric_cold", "seconds_to_first_metric_warm"), first_metric),
    Measurement(("runs_whole_after_kill_of_web",), without_the_dashboard),
)  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], MEASUREMENTS))
