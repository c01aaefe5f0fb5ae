"""From a file as people keep it to an honest split, in a real Chromium; and what large, odd and hostile files do."""

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import openpyxl
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect
from steps import choose, drop, heading, menu, metric, no_error, press, says, settled, write

from seqdl_core.runs.store import Store

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data-journey")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this machine that the administrator opened."""
    return tmp_path_factory.mktemp("open")


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], home: Path, here: Path) -> str:
    settings = {"SEQDL_FOLDERS": str(here), "SEQDL_LARGE_MB": "16", "SEQDL_WORKER": "off"}
    return serve(ROOT / "app.py", SEQDL_HOME=str(home), **settings)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(60_000)
    expect.set_options(timeout=30_000)
    yield page
    no_error(page)
    context.close()


def sequences(count: int, length: int, seed: int) -> list[str]:
    letters = np.random.default_rng(seed).choice(np.frombuffer(b"ACGT", np.uint8), (count, length))
    return [row.tobytes().decode() for row in letters]


def workbook(path: Path) -> Path:
    """A lab's sheet: columns of no known name, a title row of its own, and 12 test rows that are copies of training."""
    site, rows = "TGACTCATCC", sequences(240, 80, 5)
    rows = [f"{row[:30]}{site}{row[40:]}" if number % 2 else row for number, row in enumerate(rows)]
    rows[200:212] = rows[:12]
    book = openpyxl.Workbook()
    book.active.append(["well no", "insert read", "lit up", "batch of use"])
    for number, row in enumerate(rows):
        book.active.append([f"W{number:03d}", row, "yes" if number % 2 else "no", "train" if number < 180 else "test"])
    book.save(path)
    return path


def measured(path: Path) -> Path:
    """Semicolons and decimal commas, as a German spreadsheet writes them; one value is missing."""
    values = np.random.default_rng(7).normal(size=60)
    lines = [f"c{n};{row};{value:.3f}".replace(".", ",") for n, (row, value) in enumerate(zip(
        sequences(60, 50, 6), values, strict=True))]  # fmt: skip
    lines[4] = ";".join([*lines[4].split(";")[:2], ""])
    path.write_text("\n".join(["Klon;Abschnitt;Ausbeute", *lines]) + "\n")
    return path


def fresh_import(page: Page, address: str) -> None:
    page.goto(f"{address}/import")
    heading(page, "Bring sequences", 60)
    settled(page)


@pytest.mark.slow
def test_decimal_commas_one_correction_and_the_rows_left_out(page: Page, address: str, tmp_path: Path) -> None:
    fresh_import(page, address)
    drop(page, measured(tmp_path / "Ausbeute März.csv"))
    heading(page, "Here is what I found", 60)
    says(page, "One semicolon-separated table, one header line.")
    says(page, "The label is the column Ausbeute.")
    choose(page, "Direction", "Higher is worse")
    says(page, "A higher number is worse.")
    page.reload()
    says(page, "A higher number is worse.")
    settled(page)
    says(page, "1 row left out")
    expect(page.get_by_role("button", name="Rows left out, 1")).to_be_in_viewport()
    press(page, "Save data set")
    heading(page, "Design a network", 60)


@pytest.mark.slow
def test_from_a_lab_sheet_to_an_honest_split(page: Page, address: str, tmp_path: Path) -> None:
    fresh_import(page, address)
    drop(page, workbook(tmp_path / "plate 3.xlsx"))
    heading(page, "Here is what I found", 60)
    for sentence in ("DNA, every sequence 80 bp.", "Binary task.", "The label is the column lit up."):
        says(page, sentence)
    choose(page, "Positive label", "no is 1")
    says(page, "no counts as 1.")
    press(page, "Save data set")
    heading(page, "Design a network", 60)

    menu(page, "Quality")
    heading(page, "Quality")
    expect(page.get_by_role("heading", level=2).filter(has_text="alone reach")).to_be_visible(timeout=90_000)
    assert metric(page, "Rows") == "240"
    assert page.locator(".js-plotly-plot").count() >= 4

    page.get_by_role("button", name="Look at the split").click()
    heading(page, "Split")
    said = page.get_by_role("heading", level=2).filter(has_text="12 of 60 test sequences have copies in training")
    expect(said).to_be_visible(timeout=90_000)
    settled(page)
    says(page, "W200 of the test set")
    page.get_by_test_id("stDataFrame").first.click(position={"x": 18, "y": 35 * 2 + 17})
    says(page, "W201 of the test set")
    expect(page.get_by_test_id("stCode")).to_contain_text("|" * 60)
    before = page.url
    expect(page.get_by_role("radio", name="By similarity")).to_be_checked()
    press(page, "Make this split")
    expect(page.get_by_role("heading", level=2).filter(has_text="None of")).to_be_visible(timeout=90_000)
    assert page.url != before
    assert metric(page, "Test rows that leak") == "0"


@pytest.mark.slow
def test_a_large_file_is_imported_beside_the_page(page: Page, address: str, home: Path, here: Path) -> None:
    rows = np.random.default_rng(3).choice(np.frombuffer(b"ACGT", np.uint8), (200_000, 250))
    with (here / "reads.fa").open("wb") as file:
        file.writelines(b">r%d|%d\n%s\n" % (n, n % 2, row.tobytes()) for n, row in enumerate(rows))
    server = warm_server(page, address)
    before = server.memory_info().rss
    fresh_import(page, address)
    there = set(kept(home))

    page.get_by_role("tab", name="A file on this machine").click()
    page.get_by_label("Or its path").fill(str(here / "reads.fa"))
    press(page, "Add")
    heading(page, "Here is what I found", 60)
    says(page, "a part of it was looked at, saving checks all of it")
    press(page, "Save data set")
    says(page, "Importing.")
    settled(page)
    expect(page.get_by_role("button", name="Save data set")).to_be_disabled()
    page.reload()
    says(page, "Importing.")
    press(page, "Cancel")
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    assert set(kept(home)) == there
    press(page, "Start again")
    heading(page, "Design a network", 120)
    (made,) = set(kept(home)) - there
    assert sum(Store(home).dataset("local", made).info.counts.values()) == 200_000
    assert server.memory_info().rss - before < 300 * MEGABYTE


def kept(home: Path) -> list[str]:
    """What lies among the data sets, beginnings and remains too."""
    folder = home / "owners" / "local" / "datasets"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def warm_server(page: Page, address: str) -> psutil.Process:
    """The web process, once it has loaded what it loads after its first page."""
    page.goto(f"{address}/simulate")
    heading(page, "Simulate", 60)
    settled(page)
    port = f"--server.port={urlsplit(address).port}"
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return next(child for child in living if port in child.cmdline())


def packed(inside: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inside, content)
    return made.getvalue()


@pytest.mark.slow
def test_hostile_files_get_three_parts_and_the_page_stays_up(page: Page, address: str, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(64 * MEGABYTE), mtime=0)
    assert len(bomb) < 2**17
    nest = packed("deep.zip", packed("deeper.zip", packed("a.fa", b">a\nACGTACGTACGT\n")))
    server = warm_server(page, address)
    before = server.memory_info().rss
    for name, content in (("nest.zip", nest), ("bomb.fa.gz", bomb)):
        (tmp_path / name).write_bytes(content)
        fresh_import(page, address)
        drop(page, tmp_path / name)
        alert = page.get_by_test_id("stAlert").first
        expect(alert).to_contain_text(name)
        parts = [line for line in alert.inner_text().split("\n") if len(line) > 3 and line != "error"]
        assert len(parts) >= 3, parts
        assert page.get_by_role("button", name="Start over").is_visible()
        no_error(page)
    assert server.memory_info().rss - before < 300 * MEGABYTE


@pytest.mark.slow
def test_names_with_html_stay_text(page: Page, address: str, tmp_path: Path) -> None:
    attack = "<script>window.ran=1</script><img src=x onerror=window.ran=1>"
    lines = [f">{attack}{n}|{n % 2}\n{row}" for n, row in enumerate(sequences(60, 40, 9))]
    path = tmp_path / "<img src=x onerror=window.ran=1>.fa"
    path.write_text("\n".join(lines))
    fresh_import(page, address)
    drop(page, path)
    heading(page, "Here is what I found", 60)
    settled(page)
    press(page, "Save data set")
    heading(page, "Design a network", 60)
    menu(page, "Split")
    heading(page, "Split")
    expect(page.get_by_role("heading", level=2).filter(has_text="test sequences")).to_be_visible(timeout=90_000)
    settled(page)
    assert page.evaluate("window.ran") is None
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.slow
def test_a_wrong_genome_is_told_and_its_box_stays(page: Page, address: str, here: Path, tmp_path: Path) -> None:
    rows = sequences(2, 3000, 11)
    (here / "tiny.fa").write_text("".join(f">chr{n + 1}\n{row}\n" for n, row in enumerate(rows)))
    (tmp_path / "peaks.bed").write_text("".join(f"chr{n % 2 + 1}\t{40 * n}\t{40 * n + 101}\tp{n}\n" for n in range(60)))
    fresh_import(page, address)
    drop(page, tmp_path / "peaks.bed")
    heading(page, "Here is what I found", 60)
    settled(page)
    write(page, "Genome", "/no/such/genome.fa")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("genome.fa")
    page.reload()
    expect(page.get_by_label("Genome", exact=True)).to_have_value("/no/such/genome.fa")
    settled(page)
    write(page, "Genome", str(here / "tiny.fa"))
    says(page, "DNA, every sequence 101 bp.")
    write(page, "Window", "a few")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("'window' cannot be 'a few'")
    write(page, "Window", "61")
    says(page, "DNA, every sequence 61 bp.")


@pytest.mark.slow
def test_a_simulation_by_logic_in_two_tabs_and_over_a_refresh(page: Page, address: str) -> None:
    page.goto(f"{address}/simulate")
    heading(page, "Simulate", 60)
    settled(page)
    write(page, "Motifs", "AP1=TGACTCA, ETS=CCGGAAGT")
    write(page, "Logic", "AP1 and not ETS")
    write(page, "Sequences", "200")
    press(page, "Make this data set")
    expect(page).to_have_url(re.compile("job="))
    page.reload()
    says(page, "those of planted sites in capitals", 60)
    made = page.get_by_role("heading", level=2).filter(has_text="Simulated")
    expect(made).to_be_in_viewport()  # below its button, and not below all settings
    second = page.context.new_page()
    second.goto(page.url)
    for tab in (page, second):
        says(tab, "those of planted sites in capitals")
        expect(tab.get_by_label("Logic", exact=True)).to_have_value("AP1 and not ETS")
        lines = tab.get_by_test_id("stCode").last.inner_text().split("\n")
        planted = ["".join(letter for letter in line if letter.isupper()) for line in lines]
        assert [sites in ("TGACTCA", "TGAGTCA") for sites in planted] == [True] * 4 + [False] * 4
    second.get_by_role("button", name="Quality", exact=True).click()
    heading(second, "Quality")
    no_error(second)
