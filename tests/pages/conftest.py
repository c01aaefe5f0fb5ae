"""Pages under test: the whole app in Streamlit's own test runner, with nothing there or with a finished run."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_by_hand import finish, make_dataset, make_run
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages._ui import state
from seqdl_core.runs.store import Store

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(scope="session", autouse=True)
def _packages_are_searched_once() -> Iterator[None]:
    """Each app under test looks for components in every installed package, 0.3 s; what it found is remembered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_WORKER", "off")  # no process of its own from a test


@pytest.fixture
def app() -> Callable[..., AppTest]:
    """``app(page, run=...)`` opens a page of the whole app, with these words in its address."""

    def open_page(page: str = "", **address: str) -> AppTest:
        test = AppTest.from_file(str(APP), default_timeout=20)
        if page == state.IMPORT:
            test.run()  # its address is not its file's name, so the app has to list its pages first
        if page:
            test.switch_page(page)
        for name, value in address.items():
            test.query_params[name] = value
        return test.run()

    return open_page


@pytest.fixture
def workspace() -> SimpleNamespace:
    """``store``, ``data`` and a finished ``run``."""
    store = Store.default()
    data = make_dataset(store)
    return SimpleNamespace(store=store, data=data, run=finish(make_run(store, data), data))
