"""Deleting from the pages: asked first, said what goes, taken back with one click."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from made_by_hand import OWNER
from streamlit.testing.v1 import AppTest
from told import plain

from pages._ui import state
from seqdl_core.data.dataset import Dataset

Open = Callable[..., AppTest]


def said(page: AppTest) -> str:
    return "\n".join(plain(one.value) for one in [*page.markdown, *page.caption])


def asked(page: AppTest, key: str, label: str = "") -> AppTest:
    page.session_state[key] = {"row": 0, "label": label}
    return page.run()


def confirmed(page: AppTest, key: str, label: str = "") -> AppTest:
    """A browser runs the question alone; the test runner runs the whole page, so the table is pressed again."""
    page.session_state[key] = {"row": 0, "label": label}
    return press(page, "Delete")


def press(page: AppTest, label: str) -> AppTest:
    return next(one for one in page.button if one.label == label).click().run()


def test_a_data_set_goes_to_the_bin_and_comes_back(app: Open, workspace: SimpleNamespace) -> None:
    page = asked(app(), "home:datasets:Delete")
    assert "40 rows" in said(page)
    assert "Trained on it: toy run. It keeps the rows and can be used as before." in said(page)
    assert len(workspace.store.datasets(OWNER)) == 1
    page = confirmed(page, "home:datasets:Delete")
    assert not page.exception
    assert workspace.store.datasets(OWNER) == []
    assert "The data set toy is in the bin." in said(page)
    for place in (state.VERDICT, state.SEQUENCES):
        other = app(place, run=workspace.run.id)
        assert not other.exception
        assert not other.error
    page = press(page, "Undo")
    assert [one.hash for one in workspace.store.datasets(OWNER)] == [workspace.data.hash]
    assert "in the bin" not in said(page)


def test_a_deleted_data_set_is_not_shown_from_memory(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.DESIGN, data=workspace.data.folder.name)
    assert not page.error
    page = confirmed(asked(app(), "home:datasets:Delete"), "home:datasets:Delete")
    page = app(state.DESIGN, data=workspace.data.folder.name)
    assert page.error[0].value


def test_home_lists_the_bin_and_restores_after_a_reload(app: Open, workspace: SimpleNamespace) -> None:
    assert not [one.label for one in app().expander]
    confirmed(asked(app(), "home:datasets:Delete"), "home:datasets:Delete")
    confirmed(asked(app(), "home:runs:Delete"), "home:runs:Delete")
    page = app()  # a session that deleted nothing itself
    (shown,) = (one for one in page.expander if one.label.startswith("Bin"))
    assert shown.label == "Bin, 2 deleted things"
    told = plain("\n".join(one.value for one in shown.markdown))
    assert "toy\n" in told.replace("  \n", "\n")
    assert "deleted now" in told
    page = page.button(key=f"restore:{workspace.data.folder.name}").click().run()
    assert not page.exception
    assert [one.hash for one in workspace.store.datasets(OWNER)] == [workspace.data.hash]
    page = press(page, "Restore")
    assert [one.id for one in workspace.store.runs(OWNER)] == [workspace.run.id]
    assert not [one for one in page.expander if one.label.startswith("Bin")]


@pytest.mark.parametrize(("page_file", "key"), [(state.HOME, "home:runs:Delete"), (state.RUNS, "runs:table:Delete")])
def test_a_run_goes_to_the_bin_and_comes_back(app: Open, workspace: SimpleNamespace, page_file: str, key: str) -> None:
    page = asked(app(page_file), key)
    assert "with its model, curves and verdict" in said(page)
    page = confirmed(page, key)
    assert not page.exception
    assert workspace.store.runs(OWNER) == []
    page = press(page, "Undo")
    assert [one.id for one in workspace.store.runs(OWNER)] == [workspace.run.id]
    assert Dataset.open(workspace.store.runs(OWNER)[0].data).hash == workspace.data.hash


def test_a_run_that_goes_on_is_refused_in_three_parts(app: Open, workspace: SimpleNamespace) -> None:
    workspace.run.change(state="queued")
    page = confirmed(asked(app(), "home:runs:Delete"), "home:runs:Delete")
    assert "Stop it first" in page.error[0].value
    assert len(workspace.store.runs(OWNER)) == 1
