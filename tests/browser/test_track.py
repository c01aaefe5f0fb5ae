"""The sequence track in a real Chromium: what it draws, what it tells Python, and that the keyboard does it all."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages._ui.components.track import _makes_sense, _plain

APP = Path(__file__).with_name("track_app.py")
MINUS = "\u2212"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def address(serve: Callable[..., str]) -> str:
    return serve(APP)


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that Streamlit's own scripts are loaded once; two device pixels a CSS pixel."""
    context = chromium.new_context(device_scale_factor=2)
    yield context
    context.close()


@pytest.fixture
def open_track(context: BrowserContext, address: str) -> Iterator[Callable[..., Page]]:
    opened = []

    def go(query: str = "", width: int = 1440, scheme: str = "light") -> Page:
        page = context.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 1000})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(15000)
        page.goto(f"{address}/?{query}", wait_until="commit")
        page.wait_for_selector(".stage[data-draws]", timeout=30000)
        return page

    yield go
    for page in opened:
        page.close()


def layout(page: Page) -> dict:
    return json.loads(page.locator(".stage").get_attribute("data-layout"))


def place(page: Page, position: int, letter: str = "", letters: str = "ACGT") -> tuple[float, float]:
    """Where a cell of the map, or a base of the base row, is on screen. 0-based position."""
    at = layout(page)
    box = page.locator(".stage canvas").first.bounding_box()
    x = at["left"] + (position + 0.5 - at["start"]) * at["pitch"]
    y = at["map"]["y"] + (letters.index(letter) + 0.5) * at["map"]["cell"] if letter else at["bases"]["y"] - 4
    return box["x"] + x, box["y"] + y


def told(page: Page, text: str) -> None:
    expect(page.get_by_text(text, exact=True)).to_be_visible()


def go_to(page: Page, position: int) -> None:
    page.locator(".stage").focus()
    page.keyboard.press("Home")
    for _ in range(position):
        page.keyboard.press("ArrowRight")


@pytest.mark.slow
def test_canvas_is_crisp_and_the_page_never_scrolls_sideways(open_track):
    for width in (1440, 700):
        page = open_track(width=width)
        sizes = page.locator(".stage canvas").first.evaluate("c => [c.width, c.clientWidth, c.height, c.clientHeight]")
        assert sizes[0] == 2 * sizes[1]
        assert sizes[2] == pytest.approx(2 * sizes[3], abs=1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        painted = page.locator(".stage canvas").first.evaluate(
            "c => c.getContext('2d').getImageData(0, 0, c.width, 400).data.filter((v, i) => i % 4 === 3 && v).length"
        )
        assert painted > 20000


def test_a_cell_tells_itself_and_a_click_applies_it(open_track):
    page = open_track()
    page.mouse.move(*place(page, 46, "A"))
    expect(page.locator(".readout")).to_have_text(
        re.compile(rf"^T47A {MINUS}\d\.\d\d logit · 0\.\d{{3}} · click to apply$")
    )
    expect(page.locator(".spoken")).to_have_text(
        re.compile(r"^Position 47, T to A, minus \d\.\d\d logit, probability 0\.\d\d$")
    )
    page.mouse.down()
    page.mouse.up()
    told(page, "kind=mutate position=46 letter=A")
    expect(page.locator(".readout")).to_contain_text("A47 changed from T")
    expect(page.locator(".spoken")).to_have_text(re.compile(r"^ALT 0\.\d+$"))


def test_the_change_shows_before_the_server_answers(open_track):
    page = open_track()
    x, y = place(page, 46, "A")
    shown = page.evaluate(
        """([x, y]) => {
          const root = document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot;
          const stage = root.querySelector('.stage');
          const at = { bubbles: true, clientX: x, clientY: y, button: 0, pointerId: 1 };
          const before = Number(stage.dataset.draws);
          for (const type of ['move', 'down', 'up']) stage.dispatchEvent(new PointerEvent('pointer' + type, at));
          return [root.querySelector('.readout').textContent, stage.dataset.draws - before];
        }""",
        [x, y],
    )
    assert shown[0].startswith("T47A waiting for the prediction")
    assert shown[1] == 1  # within the same task of the browser: no answer can have come between
    told(page, "kind=mutate position=46 letter=A")


def test_a_base_offers_the_other_three_and_applies_nothing_by_itself(open_track):
    page = open_track()
    page.mouse.click(*place(page, 46))
    choices = page.locator(".chooser button b")
    expect(choices).to_have_text(["A", "C", "G"])
    expect(page.locator(".chooser")).to_have_attribute("aria-label", "Change T at position 47 to")
    page.wait_for_timeout(300)
    assert page.get_by_text("kind=").count() == 0
    page.keyboard.press("Escape")
    expect(page.locator(".chooser")).to_be_hidden()
    page.mouse.click(*place(page, 46))
    choices.nth(2).click()
    told(page, "kind=mutate position=46 letter=G")
    page.mouse.click(*place(page, 47))
    page.keyboard.press("a")
    told(page, "kind=mutate position=47 letter=A")


@pytest.mark.slow
def test_the_keyboard_does_everything_and_is_never_trapped(open_track):
    page = open_track()
    go_to(page, 46)
    expect(page.locator(".track")).to_have_class(re.compile("keys"))
    assert page.locator(".stage").evaluate("e => getComputedStyle(e).outlineWidth") == "2px"
    page.keyboard.press("c")  # Streamlit itself listens for C on the page
    told(page, "kind=mutate position=46 letter=C")
    assert page.get_by_role("dialog").count() == 0
    page.keyboard.press("Delete")
    told(page, "kind=reset position=46 positions=[46]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".readout")).to_contain_text("press Enter or click to apply")
    page.keyboard.press("Enter")
    told(page, "kind=mutate position=46 letter=A")
    page.keyboard.press("Control+z")
    told(page, "kind=undo")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".readout")).to_contain_text("47–49 TCC · 3 bp")
    span = layout(page)["span"]
    page.keyboard.press("+")
    page.wait_for_function("s => JSON.parse(document.querySelector('[data-testid=stBidiComponentIsolated]')"
                           ".shadowRoot.querySelector('.stage').dataset.layout).span < s", arg=span)  # fmt: skip
    page.keyboard.press("End")
    expect(page.locator(".spoken")).to_contain_text("Position 101")
    page.keyboard.press("Tab")
    assert not page.locator(".stage").evaluate("e => e.matches(':focus')")
    page.locator(".stage").focus()
    page.keyboard.press("Escape")
    assert not page.locator(".stage").evaluate("e => e.matches(':focus')")


@pytest.mark.slow
def test_zoom_and_focus_outlive_a_change_and_a_rerun(open_track):
    page = open_track()
    go_to(page, 46)
    for _ in range(2):
        page.keyboard.press("+")
    page.keyboard.press("g")
    told(page, "kind=mutate position=46 letter=G")
    before = layout(page)
    assert before["span"] < 50
    assert page.locator(".stage").evaluate("e => e.matches(':focus')")
    page.get_by_role("button", name="Run again").click()
    page.wait_for_timeout(500)
    after = layout(page)
    assert (after["start"], after["span"]) == (before["start"], before["span"])


def test_the_window_of_the_overview_can_be_dragged_and_the_wheel_zooms(open_track):
    page = open_track()
    at = layout(page)
    box = page.locator(".stage canvas").first.bounding_box()
    plot = at["pitch"] * at["span"]
    y = box["y"] + 18
    middle = box["x"] + at["left"] + (at["start"] + at["span"] / 2) / 101 * plot
    page.mouse.move(middle, y)
    page.mouse.down()
    page.mouse.move(middle + 600, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert layout(page)["start"] == pytest.approx(101 - at["span"])
    page.mouse.move(*place(page, 60))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert layout(page)["span"] < at["span"]
    page.get_by_role("button", name="Pan").click()
    start = layout(page)["start"]
    x, y = place(page, 60)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert layout(page)["start"] < start
    assert page.get_by_text("kind=").count() == 0


@pytest.mark.slow
def test_quick_changes_all_arrive_in_order(open_track):
    page = open_track()
    go_to(page, 43)
    page.locator(".stage").evaluate(
        """stage => {
          for (let i = 0; i < 4; i++) for (const key of ['g', 'ArrowRight'])
            stage.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        }"""
    )
    told(page, "kind=mutate position=46 letter=G")
    kinds = [text for text in page.get_by_text("kind=").all_inner_texts() if "mutate" in text]
    assert kinds == [f"kind=mutate position={i} letter=G" for i in range(43, 47)]


def test_an_event_is_told_once_without_a_callback(open_track):
    page = open_track("style=return")
    page.mouse.click(*place(page, 46, "A"))
    told(page, "kind=mutate position=46 letter=A")
    expect(page.locator(".readout")).to_contain_text("A47 changed from T")
    page.get_by_role("button", name="Run again").click()
    page.wait_for_timeout(500)
    assert page.get_by_text("kind=").count() == 1


def test_svg_is_vectors_and_text_from_people_stays_text(open_track):
    page = open_track("name=%3Cimg src=x onerror=%22window.hit=1%22%3E %26 co")
    expect(page.locator(".caption .name")).to_have_text('<img src=x onerror="window.hit=1"> & co')
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    assert saved.value.suggested_filename.endswith(".svg")
    assert re.fullmatch(r"[\w.-]+", saved.value.suggested_filename)
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    tree = ElementTree.fromstring(text)
    assert {child.tag for child in tree.iter()} <= {
        SVG + t
        for t in ("svg", "title", "desc", "defs", "path", "clipPath", "g", "rect", "use", "text", "circle", "polyline")
    }
    words = [node.text for node in tree.iter(SVG + "text")]
    assert "In-silico mutagenesis, cnn" in words
    assert '<img src=x onerror="window.hit=1"> & co' in words
    assert {MINUS + "3.8", "+3.8", "REF", "ALT", "50", "ELK1 (−)"} <= set(words)
    assert len(list(tree.iter(SVG + "use"))) > 15
    assert page.evaluate("window.hit") is None


@pytest.mark.slow
def test_png_is_three_times_as_fine(open_track):
    page = open_track()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").click()
    data = Path(saved.value.path()).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width = page.locator(".stage canvas").first.evaluate("c => c.clientWidth")
    assert int.from_bytes(data[16:20]) == 3 * width


@pytest.mark.slow
def test_stack_shows_each_row_and_refuses_one(open_track):
    page = open_track("mode=stack")
    at = layout(page)
    assert (at["start"], at["span"]) == (0, 101)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").click()
    tree = ElementTree.fromstring(Path(saved.value.path()).read_text(encoding="utf-8"))
    words = [node.text for node in tree.iter(SVG + "text")]
    assert sum(bool(re.match(r"seq_\d+_peak", word)) for word in words) == 5
    assert any(word.startswith("Not to be read") for word in words)
    assert words.count("ELK1 (−)") == 4
    assert any("one scale for all rows" in word for word in words)
    box = page.locator(".stage canvas").first.bounding_box()
    page.mouse.move(box["x"] + at["left"] + 48.5 * at["pitch"], box["y"] + 80)
    expect(page.locator(".readout")).to_have_text(re.compile(r"^C49 seq_00604_peak · \+\d\.\d\d logit$"))
    page.locator(".stage").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".spoken")).to_contain_text("not to be read")


@pytest.mark.slow
def test_proteins_have_a_map_of_twenty_rows(open_track):
    page = open_track("alphabet=protein&length=56")
    letters = "ACDEFGHIKLMNPQRSTVWY"
    page.mouse.click(*place(page, 10))
    expect(page.locator(".chooser button")).to_have_count(19)
    page.keyboard.press("Escape")
    page.mouse.click(*place(page, 10, "A", letters))
    told(page, "kind=mutate position=10 letter=A")


def test_letters_take_the_colours_of_the_mode_and_follow_a_change_of_it(open_track):
    page = open_track()
    for scheme, used, unused in (("light", "#109648", "#2FBF71"), ("dark", "#2FBF71", "#109648")):
        before = page.locator(".stage").get_attribute("data-draws")
        page.emulate_media(color_scheme=scheme)
        if scheme == "dark":
            expect(page.locator(".stage")).not_to_have_attribute("data-draws", before)
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as SVG").click()
        text = Path(saved.value.path()).read_text(encoding="utf-8")
        assert used in text
        assert unused not in text


@pytest.mark.parametrize(("length", "limit"), [(101, 50), (1000, 100)])
@pytest.mark.slow
def test_drawing_is_quick(open_track, length, limit):
    page = open_track(f"length={length}")
    page.locator(".stage").focus()
    if length > 101:
        page.keyboard.press("0")  # everything at once is the most to draw
        page.wait_for_timeout(200)
    spent = []
    for key in ("+", "-", "+", "-", "0"):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        spent.append(float(page.locator(".stage").get_attribute("data-draw-ms")))
    assert sorted(spent)[2] < limit


def test_a_click_is_repainted_within_a_second(open_track):
    page = open_track()
    spent = []
    for position, letter in ((46, "A"), (47, "A"), (48, "A")):  # the best of three: other tests share the machine
        page.evaluate("window.began = performance.now()")
        page.mouse.click(*place(page, position, letter))
        answered = """at => document.querySelector('[data-testid=stBidiComponentIsolated]').shadowRoot
            .querySelector('.readout').textContent.includes(at + ' changed from')"""
        page.wait_for_function(answered, arg=f"{letter}{position + 1}", polling=10)
        spent.append(page.evaluate("performance.now() - window.began"))
    assert min(spent) < 1000


def test_an_event_that_makes_no_sense_is_dropped():
    data = {"mode": "bench", "letters": "ACGT", "sequence": "ACGT", "rows": []}
    good = [
        {"kind": "mutate", "position": 3, "letter": "A", "serial": 1},
        {"kind": "reset", "position": 0, "positions": [0, 3], "serial": 2},
        {"kind": "undo", "serial": 3},
    ]
    assert all(_makes_sense(event, data) for event in good)
    bad = [
        {"position": 4},
        {"position": -1},
        {"position": "0"},
        {"letter": "<b>"},
        {"letter": []},
        {"serial": None},
        {"kind": "x"},
    ]
    for change in bad:
        assert not _makes_sense({**good[0], **change}, data)
    assert not _makes_sense({"kind": "reset", "position": 0, "positions": [9], "serial": 2}, data)
    assert not _makes_sense("mutate", data)


def test_numbers_travel_short_and_what_is_not_finite_is_missing():
    values = np.array([[1.234567, np.nan], [np.inf, -2.0]])
    assert _plain({"values": values}) == {"values": [[1.2346, None], [None, -2.0]]}
