"""Pages for values in bins and pairs of positions."""

from collections.abc import Callable

import pytest
from made_by_hand import finish_task, make_task
from streamlit.testing.v1 import AppTest
from test_pages_open import said
from told import plain

from pages._ui import state
from seqdl_core.data.dataset import TaskName
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


@pytest.mark.parametrize("place", [state.HOME, state.DESIGN, state.RUNS, state.VERDICT, state.SEQUENCES, state.BENCH])
@pytest.mark.parametrize("task", ["tracks", "contacts"])
def test_every_page_opens_with_a_finished_run(app: Open, task: TaskName, place: str) -> None:
    store = Store.default()
    data = make_task(store, task, ("cov",))
    page = app(place, run=finish_task(store, data).id, data=data.folder.name)
    assert not page.exception
    assert not page.error
    if place in (state.SEQUENCES, state.BENCH):
        assert "letters and filters are explained for one score a sequence" in plain(said(page))


def test_design_offers_networks_of_bins_and_says_what_they_are_asked(app: Open) -> None:
    page = app(state.DESIGN, data=make_task(Store.default(), "tracks", ("cov", "dnase")).folder.name)
    assert "For values in bins of 10 letters of 2 tracks on 30 bp DNA, 40 sequences." in plain(said(page))
    page.text_input(key="design:search").set_value("basenji").run()
    assert not page.exception
    offered = page.radio(key="design:architecture").options
    assert any(one.startswith("`basenji`") for one in offered)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("enformer", "enformer needs values in bins along each sequence: import intervals, their genome and a bigWig"),
        ("esm2", "esm2 reads proteins, and these sequences are DNA."),
        ("nonesuch", "No architecture here is called or does “nonesuch”; these are all."),
    ],
)
def test_a_network_that_does_not_fit_says_what_it_needs(app: Open, name: str, needs: str) -> None:
    page = app(state.DESIGN, data=make_task(Store.default(), "regression").folder.name)
    page.text_input(key="design:search").set_value(name).run()
    assert not page.exception
    assert needs in plain(said(page)).replace("`", "")
