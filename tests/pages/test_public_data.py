"""Public data sets on the Import page: fetched beside the page, once a line with host and size is agreed to."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import state, storage
from seqdl_core.data import catalogue
from seqdl_core.runs import jobs
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]
OWNER = "local"


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> catalogue.CatalogueEntry:
    monkeypatch.delenv("SEQDL_DATA", raising=False)
    return catalogue.entries()[0]


def ordered(app: Open, entry: catalogue.CatalogueEntry, *, started: bool) -> AppTest:
    """The page as a person finds it who comes back to a download."""
    order = storage.fetch_order(entry)
    if started:
        jobs.start_job(Store.default().jobs_folder(OWNER), order)
    page = app(state.IMPORT)
    page.session_state["order:catalogue"] = order
    return page.run()


def test_the_button_names_host_and_size_and_nothing_starts_before_it(
    app: Open, entry: catalogue.CatalogueEntry
) -> None:
    page = ordered(app, entry, started=False)
    assert not page.exception
    labels = [one.label for one in page.button]
    assert any(label.startswith("Fetch ") and label.endswith(f" from {entry.host}") for label in labels)
    assert storage.find_job(OWNER, storage.fetch_order(entry)) is None


def test_a_download_without_connection_fails_in_words_and_keeps_nothing(
    app: Open, entry: catalogue.CatalogueEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # a port that nobody listens on: the job reaches no host
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    order = storage.fetch_order(entry)
    job = jobs.start_job(Store.default().jobs_folder(OWNER), order)
    assert jobs.wait_for(job, 60) == "failed"
    page = ordered(app, entry, started=False)
    assert "could not be fetched" in page.error[0].proto.title
    assert "Try again" in [one.label for one in page.button]
    assert not list(Store.default().catalogue_folder.iterdir())


def test_what_was_fetched_is_imported_and_asked_for_anew_another_time(
    app: Open, entry: catalogue.CatalogueEntry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = b">a|1\nACGTACGTAC\n>b|0\nTTGACATTGA\n"
    kept = Store.default().catalogue_folder / hashlib.sha256(content).hexdigest()
    file = catalogue.CatalogueFile(url="https://example.org/x/a.fa", bytes=len(content), sha256=kept.name)
    own = entry.model_copy(update={"files": (file,), "choices": {}})
    monkeypatch.setattr(catalogue, "entries", lambda: (own,))
    kept.write_bytes(content)
    page = ordered(app, own, started=False)
    next(one for one in page.button if one.label == "Use it").click().run()
    assert page.title[0].value == "Here is what I found"
    assert not page.exception
