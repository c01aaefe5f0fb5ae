"""How quick and how small the dashboard is, measured on the real server in a real Chromium, on 127.0.0.1 only."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks import Measurement, Row, row

ROOT = Path(__file__).parents[1]

# Sizes and targets in one place.
REPEATS = 7
READY_SECONDS = 5.0
PAGE_SECONDS = 1.0
CLICK_SECONDS = 1.0
WEB_MB = 700.0
_PAGES = (
    ("Import", "Bring sequences"),
    ("Design", "Design a network"),
    ("Runs", ""),  # titled with the name of the run
    ("Verdict", "Verdict"),
    ("Sequences", "What the network saw"),
    ("Filters", "What the filters learned"),
    ("Mutation bench", "Mutation bench"),
    ("Home", "What do your sequences say?"),
)

# Counts the repaints of the track that new data from the server caused.
_WATCH = """(stage) => {
  window.updates = 0;
  new MutationObserver(() => { window.updates += 1; })
    .observe(stage, { attributes: true, attributeFilter: ["data-update-ms"] });
}"""


@contextmanager
def server(home: Path, command: list[str]) -> Iterator[tuple[str, psutil.Process, float]]:
    """The address, the web process and the seconds until it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "SEQDL_HOME": str(home), "STREAMLIT_SERVER_PORT": str(port)}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}"
        while not _healthy(address):
            if time.perf_counter() - started > 120:
                raise TimeoutError("the server did not answer within two minutes")
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        web = next(one for one in family if any("streamlit" in part for part in one.cmdline()) and one.name() != "make")
        yield address, web, seconds
    finally:
        for one in reversed([psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]):
            one.terminate()
        process.wait(15)


def ready() -> Iterator[Row]:
    """Seconds from a second ``make app`` to the first answer."""
    subprocess.run(["make", "--question", ".venv/.installed"], cwd=ROOT, check=True)
    seconds = []
    with tempfile.TemporaryDirectory(prefix="seqdl-ready-") as home:
        for _ in range(3):
            with server(Path(home), ["make", "app"]) as (*_, took):
                seconds.append(took)
    yield row(
        "server_ready_seconds",
        statistics.median(seconds),
        low=min(seconds),
        high=max(seconds),
        target=READY_SECONDS,
        want="at most",
    )


def click_and_page_change(run: Path) -> Iterator[Row]:
    """With a finished run in ``HOME/owners/local/runs``: clicks on the bench, page changes, the server's memory."""
    home = run.parents[3]
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    with server(home, command) as (address, web, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        clicks = _clicks(page, f"{address}/bench?run={run.name}")
        changes = _changes(page, json.loads((run / "run.json").read_text("utf-8"))["name"][:12])
        memory = web.memory_info().rss / 1e6
        browser.close()
    for figure, seconds, target in (
        ("click_to_repaint_seconds", clicks, CLICK_SECONDS),
        ("page_change_seconds", changes, PAGE_SECONDS),
    ):
        yield row(
            figure, statistics.median(seconds), low=min(seconds), high=max(seconds), target=target, want="at most"
        )
    yield row("web_memory_mb", memory, target=WEB_MB, want="at most")


def _clicks(page: Page, address: str) -> list[float]:
    """Seconds from a click on a cell of the map to the track repainted with the server's answer."""
    page.goto(address)
    stage = page.locator(".stage[data-draws]").first
    stage.wait_for(timeout=120_000)
    page.wait_for_timeout(3000)
    stage.evaluate(_WATCH)
    seconds: list[float] = []
    for number in range(REPEATS + 1):
        seconds.append(_one_click(page, stage, 2 + 3 * number))
        page.wait_for_timeout(700)
    return seconds[1:]


def _one_click(page: Page, stage: Locator, column: int) -> float:
    """Seconds of one click; a click on the reference letter's own cell changes nothing, so the next letter is tried."""
    for letter in range(4):
        layout = stage.evaluate("(stage) => JSON.parse(stage.dataset.layout)")
        before = page.evaluate("window.updates")
        x = layout["left"] + (column + 0.5) * layout["pitch"]
        y = layout["map"]["y"] + (letter + 0.5) * layout["map"]["cell"]
        started = time.perf_counter()
        stage.locator("canvas").first.click(position={"x": x, "y": y}, force=True)
        try:
            page.wait_for_function("(before) => window.updates > before", arg=before, timeout=3000, polling=10)
        except PlaywrightTimeout:
            continue
        return time.perf_counter() - started
    raise TimeoutError("no click on the map reached the server")


def _changes(page: Page, run: str) -> list[float]:
    """Seconds from a click in the menu to the other page's title and its last element drawn."""
    seconds = []
    for _ in range(2):
        for entry, title in _PAGES:
            started = time.perf_counter()
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=entry, exact=False).click()
            page.get_by_role("heading", level=1).filter(has_text=title or run).first.wait_for(timeout=30_000)
            page.wait_for_selector("[data-test-script-state='notRunning']", state="attached", timeout=30_000)
            seconds.append(time.perf_counter() - started)
    return seconds[len(_PAGES) :]


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


MEASUREMENTS = (Measurement(("server_ready_seconds",), ready),)
