"""What the journeys do over and over again."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

SCREENSHOTS = Path(__file__).parent / "screenshots"


def settled(page: Page) -> None:
    """The page has been drawn to its end."""
    page.wait_for_selector("[data-test-script-state='notRunning']", state="attached")


def shot(page: Page, name: str) -> None:
    """A picture to hold beside the design; the settled page, without a running mark."""
    SCREENSHOTS.mkdir(exist_ok=True)
    settled(page)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def heading(page: Page, text: str, seconds: float = 30) -> None:
    expect(page.get_by_role("heading", level=1).filter(has_text=text)).to_be_visible(timeout=seconds * 1000)


def menu(page: Page, entry: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=entry).click()


def no_error(page: Page) -> None:
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("Traceback").count() == 0


def metric(page: Page, label: str) -> str:
    """The figure of a metric, such as REF or ALT."""
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True)).first
    return found.get_by_test_id("stMetricValue").inner_text()


def says(page: Page, text: str | re.Pattern[str], seconds: float = 30) -> None:
    expect(page.get_by_text(text).first).to_be_visible(timeout=seconds * 1000)


def press(page: Page, name: str, seconds: float = 30) -> None:
    """Press a button once it can be pressed."""
    button = page.get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled(timeout=seconds * 1000)
    button.click()


def choose(page: Page, label: str, option: str) -> None:
    """Take another option of a select box."""
    settled(page)
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def write(page: Page, label: str, text: str) -> None:
    """Type into a field and leave it."""
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    settled(page)


def drop(page: Page, *files: Path) -> None:
    """Bring files as a person does who drops them."""
    page.locator("input[type=file]").first.set_input_files([str(file) for file in files])
