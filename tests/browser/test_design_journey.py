"""The Design page in a real Chromium: another architecture and preset, the figures that follow, two side by side."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from steps import choose, heading, metric, no_error, press, says, settled

from seqdl_core.own_networks.source import EXAMPLE
from seqdl_core.runs.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from seqdl_core.data.simulation.simulate import simulate

    home = tmp_path_factory.mktemp("design")
    for motifs in (("MA0028",), ("MA0139",)):
        simulate(Store(home).new_dataset_folder("local"), motif_ids=motifs)
    return home


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], home: Path) -> str:
    return serve(ROOT / "app.py", SEQDL_HOME=str(home), SEQDL_WORKER="off", SEQDL_OWN_NETWORKS="on")


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{address}/design")
    heading(page, "Design a network", 60)
    page.get_by_role("button", name="Train", exact=True).wait_for(timeout=60_000)
    settled(page)
    yield page
    context.close()


def take(page: Page, architecture: str) -> None:
    page.get_by_role("radiogroup", name="Architecture").get_by_text(architecture, exact=True).click()
    page.wait_for_timeout(300)
    settled(page)


def changes(page: Page, label: str, before: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    expect(found.get_by_test_id("stMetricValue")).not_to_have_text(before, timeout=30_000)
    return metric(page, label)


@pytest.mark.slow
def test_the_figures_follow_data_architecture_and_preset_and_two_are_compared(page: Page) -> None:
    page.get_by_test_id("stMain").get_by_role("combobox").first.click()
    page.get_by_role("option", name=re.compile("CTCF")).first.click()
    settled(page)
    cnn = metric(page, "Parameters")
    take(page, "conv_transformer")
    published = changes(page, "Parameters", cnn)
    page.get_by_role("radio", name="Small").or_(page.get_by_role("button", name="Small", exact=True)).first.click()
    small = changes(page, "Parameters", published)
    assert int(small.replace(",", "")) < int(published.replace(",", ""))

    page.get_by_text("Compare two", exact=True).click()
    choose(page, "Compared with", "deepbind")
    table = page.get_by_test_id("stTable")
    expect(table).to_contain_text("deepbind")
    expect(table.get_by_role("row").filter(has_text="Parameters")).to_contain_text(small)
    no_error(page)


@pytest.mark.slow
def test_what_does_not_fit_cannot_be_trained_until_a_preset_is_taken(page: Page) -> None:
    page.get_by_text("In the literature", exact=True).click()
    take(page, "beluga")
    says(page, re.compile("needs sequences of at least"))
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    press(page, "Take the small preset")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled(timeout=30_000)
    no_error(page)


@pytest.mark.slow
def test_a_file_of_ones_own_is_dropped_tried_and_drawn(page: Page, tmp_path: Path) -> None:
    file, broken = tmp_path / "motif.py", tmp_path / "broken.py"
    file.write_text(EXAMPLE)
    broken.write_text(EXAMPLE.replace("nn.Linear(16", "nn.Linear(9"))
    press(page, "Add a network of your own")
    dialog = page.get_by_role("dialog")
    add = dialog.get_by_role("button", name="Try and add")
    dialog.locator("input[type=file]").set_input_files(str(broken))
    expect(add).to_be_enabled()
    add.click()
    expect(dialog.get_by_text(re.compile("cannot score sequences"))).to_be_visible(timeout=90_000)
    dialog.get_by_role("button", name=re.compile("(Remove|Delete)")).first.click()
    expect(add).to_be_disabled()
    dialog.locator("input[type=file]").set_input_files(str(file))
    expect(add).to_be_enabled()
    add.click()
    expect(dialog).to_be_hidden(timeout=90_000)
    expect(page.get_by_text("own: MotifNet").first).to_be_visible()
    settled(page)
    assert metric(page, "Parameters") == "609"
    no_error(page)
