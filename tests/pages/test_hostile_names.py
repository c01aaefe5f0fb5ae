"""Names that people bring are text on every page: not markup, not a link, not a formula."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_by_hand import finish, finish_task, make_dataset, make_run, make_task
from streamlit.testing.v1 import AppTest

from pages._ui import state
from seqdl_core.runs.store import Store

HOSTILE = "<script>alert(1)</script> $x$ [a](javascript:alert(1)) :red[x] **b** :material/home: =1+1"
LIVE = [r"(?<!\\)\[a\](?<!\\)\(javascript", r"(?<!\\):red(?<!\\)\[x", r"(?<!\\)<script", r"(?<!\\)\*\*b", r"(?<!\\)\$x",
        r":material/home:"]  # fmt: skip
Open = Callable[..., AppTest]


@pytest.fixture
def hostile() -> SimpleNamespace:
    store = Store.default()
    data = make_dataset(
        store, HOSTILE, labels=("<b>un</b>", ":red[bound]"), ids="[a](javascript:alert(1)) $x$ <script>"
    )
    return SimpleNamespace(data=data, run=finish(make_run(store, data, HOSTILE), data))


def markdown_of(page: AppTest) -> list[str]:
    """Everything that the browser will read as Markdown."""
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption, page.warning, page.info)
    texts = [str(element.value) for kind in kinds for element in kind]
    texts += [str(element.proto) for element in page.error]
    texts += [str(part) for metric in page.metric for part in (metric.label, metric.value, metric.delta)]
    texts += [one.label for one in page.button]
    texts += [str(cell) for table in page.table for cell in table.value.to_numpy().ravel()]
    return texts


@pytest.mark.parametrize(
    "place", [state.HOME, state.DESIGN, state.RUNS, state.VERDICT, state.SEQUENCES, state.FILTERS, state.BENCH]
)
def test_no_page_hands_a_name_to_markdown_unescaped(app: Open, hostile: SimpleNamespace, place: str) -> None:
    page = app(place, run=hostile.run.id, data=hostile.data.folder.name)
    assert not page.exception
    for text in markdown_of(page):
        for pattern in LIVE:
            assert not re.search(pattern, text), (place, text)


@pytest.mark.parametrize("place", [state.DESIGN, state.VERDICT, state.FILTERS, state.BENCH])
def test_nor_the_name_of_what_was_measured(app: Open, place: str) -> None:
    store = Store.default()
    data = make_task(store, "regression", (HOSTILE,))
    page = app(place, run=finish_task(store, data).id, data=data.folder.name)
    assert not page.exception
    told = markdown_of(page)
    assert any("script" in text for text in told)
    for text in told:
        for pattern in LIVE:
            assert not re.search(pattern, text), (place, text)


def test_an_uploaded_file_with_a_hostile_header_is_shown_as_it_is(app: Open, tmp_path: Path) -> None:
    store = Store.default()
    path = tmp_path / "x.fa"
    path.write_text("".join(f">{HOSTILE} {number}\nACGTACGT\n" for number in range(6)))
    with path.open("rb") as stream:
        upload = store.add_upload("local", f"{HOSTILE}.fa", stream)
    page = app(state.IMPORT, files=upload.id)
    assert not page.exception
    for text in markdown_of(page):
        for pattern in LIVE:
            assert not re.search(pattern, text), text


def test_no_page_switches_off_the_escaping() -> None:
    root = Path(__file__).parents[2]
    for path in [root / "app.py", *(root / "pages").rglob("*.py")]:
        source = path.read_text()
        assert "unsafe_allow_html" not in source, path
        if path.name != "app.py":
            assert "st.html" not in source, path
            assert "unsafe_allow_javascript" not in source, path


DOORS = ("doors.py", "data_doors.py", "motif_doors.py", "design_doors.py")


def test_session_and_caches_have_one_home_each() -> None:
    root = Path(__file__).parents[2] / "pages"
    for path in root.rglob("*.py"):
        source = path.read_text()
        if path.name != "state.py":
            assert "session_state" not in source, path
        if path.name not in DOORS:
            assert "@st.cache" not in source, path


def test_every_cache_is_keyed_by_its_owner_where_it_holds_peoples_things() -> None:
    folder = Path(__file__).parents[2] / "pages" / "_ui"
    source = "".join((folder / name).read_text() for name in DOORS)
    without_owner = {"warm_up", "_anatomy", "_parameters", "_size", "_too_large", "jaspar_names", "_logo", "_sites"}
    for name, first in re.findall(r"@st\.cache_\w+\([^)]*\)\ndef (\w+)\(\s*(\w*)", source):
        assert first == "owner" or name in without_owner, name


def test_pages_are_short_and_know_no_torch() -> None:
    root = Path(__file__).parents[2] / "pages"
    for path in root.rglob("*.py"):
        if "_ui" in path.parts:
            continue
        lines = path.read_text().splitlines()
        assert len(lines) <= 120, path
        assert not any(re.match(r"\s*(import|from) torch", line) for line in lines), path
