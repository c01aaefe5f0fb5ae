"""The main job in a real Chromium: from the upload of a real file to the click on a base, and the same with no data."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from steps import heading, menu, metric, no_error, shot

from seqdl_core.data.simulation.simulate import simulate
from seqdl_core.runs.store import new_id

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journey")


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], home: Path) -> str:
    return serve(ROOT / "app.py", SEQDL_HOME=str(home), SEQDL_WORKER_IDLE="20")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def choose_few_epochs(page: Page, epochs: int) -> None:
    page.get_by_text("Training settings and name").click()
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill(str(epochs))
    field.press("Enter")


def train_to_the_end(page: Page) -> None:
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile("running|queued|prepared")).first).to_be_visible()
    expect(page.get_by_role("button", name="Open the verdict")).to_be_visible(timeout=280_000)


def click_a_base(page: Page) -> str:
    """Click the map where A is not the reference, and give back the edit as the page names it."""
    stage = page.locator(".stage[data-draws]")
    stage.wait_for()
    before = metric(page, "Δ logit")
    layout = json.loads(stage.get_attribute("data-layout") or "{}")
    canvas = stage.locator("canvas").first
    for column in range(20, 30):
        x = layout["left"] + (column + 0.5) * layout["pitch"]
        y = layout["map"]["y"] + 0.5 * layout["map"]["cell"]
        canvas.hover(position={"x": x, "y": y}, force=True)
        readout = page.locator(".readout").first.inner_text()
        if "logit" in readout:
            canvas.click(position={"x": x, "y": y}, force=True)
            break
    edit = page.get_by_text(re.compile(r"n\.\d+[CGT]>A")).first
    expect(edit).to_be_visible(timeout=15_000)
    assert metric(page, "Δ logit") != before, "the click changed no prediction"
    return edit.inner_text()


@pytest.mark.slow
def test_from_the_real_file_to_the_click_on_a_base(page: Page, address: str, home: Path, encode: Path) -> None:
    files = sorted(encode.glob("ELK1_*.seq.gz"))
    page.goto(address)
    heading(page, "What do your sequences say?", 60)
    shot(page, "01-home")

    page.locator("input[type=file]").first.set_input_files([str(file) for file in files])
    heading(page, "Here is what I found", 60)
    for sentence in (
        "Two tab-separated tables, one header line each.",
        "DNA, every sequence 101 bp.",
        "Binary task.",
        "The label is the column Bound.",
        "The files are a training and a test set.",
        "Names come from the column EventID.",
    ):
        expect(page.get_by_text(sentence, exact=True).first).to_be_visible()
    expect(page.get_by_text("The training file holds positives only.").first).to_be_visible()
    expect(page.get_by_role("button", name="Save data set")).to_be_disabled()
    shot(page, "02-import")
    page.get_by_role("button", name="Make dinucleotide-shuffled negatives").click()
    expect(page.get_by_role("button", name="Save data set")).to_be_enabled()
    page.get_by_role("button", name="Save data set").click()

    heading(page, "Design a network", 60)
    expect(page.get_by_text("recommended")).to_be_visible(timeout=30_000)  # the first page of a process takes longer
    shot(page, "03-design")
    choose_few_epochs(page, 3)
    page.get_by_role("button", name="Train", exact=True).click()
    under_way = re.compile("Epoch [123] of 3|judging|explaining|finished")  # the first may be over before it is drawn
    expect(page.get_by_text(under_way).first).to_be_visible(timeout=90_000)
    shot(page, "04-run")
    page.reload()
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    second = opened.value
    expect(second.get_by_text(under_way).first).to_be_visible()
    second.close()
    expect(page.get_by_role("button", name="Open the verdict")).to_be_visible(timeout=280_000)
    assert len(list(home.glob("owners/local/runs/2*"))) == 1
    page.get_by_role("button", name="Open the verdict").click()

    heading(page, "Verdict")
    expect(page.get_by_text("6-mer baseline").first).to_be_visible()
    expect(page.get_by_text("AUPRC", exact=True).first).to_be_visible()
    shot(page, "05-verdict")

    menu(page, "Filters")
    heading(page, "What the filters learned")
    expect(page.get_by_text(re.compile(r"filter \d+")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"MA\d{4}\.\d")).first).to_be_visible()
    shot(page, "06-filters")

    menu(page, "Sequences")
    heading(page, "What the network saw")
    page.locator(".stage[data-draws]").wait_for()
    shot(page, "06-explain")

    menu(page, "Mutation bench")
    heading(page, "Mutation bench")
    name = click_a_base(page)
    assert re.fullmatch(r"n\.\d+[CGT]>A", name)
    shot(page, "07-mutation-bench")
    page.reload()
    expect(page.get_by_text(name).first).to_be_visible(timeout=30_000)
    no_error(page)


def test_an_example_needs_no_data(page: Page, address: str) -> None:
    page.goto(address)
    heading(page, "What do your sequences say?", 60)
    page.get_by_role("button", name=re.compile("Open$")).first.click()
    heading(page, "Design a network", 60)
    choose_few_epochs(page, 2)
    train_to_the_end(page)
    menu(page, "Mutation bench")
    heading(page, "Mutation bench")
    click_a_base(page)
    no_error(page)


def test_dark_theme_and_a_deep_link(chromium: Browser, address: str, run: str) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/bench?run={run}")
    page.locator(".stage[data-draws]").wait_for(timeout=60_000)
    shot(page, "10-mutation-bench-dark")
    no_error(page)
    context.close()


@pytest.mark.slow
def test_bad_files_get_three_parts_and_lose_nothing(page: Page, address: str, tmp_path: Path) -> None:
    bad = {
        "empty.fa": (b"", "empty"),
        "picture.fa": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "PNG"),
        "protein.fa": (b">a|1\nACGTACGT\n>b|0\nMKVLAAGE\n", "not a DNA letter"),
        "letter.fa": (b">a|1\nACGTACGT\n>b|0\nACJTACGA\n", "'J' is not a DNA letter"),
        "short.fa": (b">a|1\nACGTACGT\n>b|0\nACGG\n>c|1\nACGTACCT\n>d|0\nACGTA\n", "may be DNA or peptides"),
        "one_class.fa": (b">a|0\nACGTACGN\n>b|0\nACGTACCA\n", "all of class 0, so there are no positives"),
    }
    for name, (content, told) in bad.items():
        path = tmp_path / name
        path.write_bytes(content)
        page.goto(f"{address}/import")
        page.locator("input[type=file]").first.set_input_files(str(path))
        alert = page.get_by_test_id("stAlert").first
        expect(alert).to_be_visible(timeout=30_000)
        expect(alert).to_contain_text(re.compile(told))
        expect(page.get_by_role("button", name="Save data set")).to_be_disabled()
        no_error(page)


@pytest.fixture
def run(home: Path, tmp_path: Path) -> str:
    """A finished run in the journey's store: the newest, or a small one of its own when the test runs alone."""
    runs = home / "owners" / "local" / "runs"
    if not runs.is_dir() or not any(runs.iterdir()):
        data = simulate(tmp_path / "data", n=400)
        command = [
            sys.executable,
            "-m",
            "seqdl_core",
            "train",
            "--data",
            str(data.folder),
            "--architecture",
            "deepbind",
        ]
        subprocess.run([*command, "--set", "epochs=1", "--out", str(runs / new_id())], check=True, cwd=ROOT)
    return max(path.name for path in runs.glob("2*"))


def test_the_command_line_reads_what_the_page_made(home: Path, run: str) -> None:
    folder = home / "owners" / "local" / "runs" / run
    done = subprocess.run(
        [sys.executable, "-m", "seqdl_core", "evaluate", str(folder), "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    evaluation = json.loads(done.stdout)
    assert set(evaluation["baselines"]) == {"kmer", "one_hot", "pwm"}
    assert evaluation["verdict"]
