"""The Runs page: its buttons, notes and tags, the search, runs side by side, and whose turn it is."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from made_by_hand import OWNER, SETTINGS, make_run
from streamlit.testing.v1 import AppTest

from pages._ui import state, storage, words
from seqdl_core.errors import ConfigError
from seqdl_core.runs import line
from seqdl_core.runs.line import Place
from seqdl_core.runs.records import RunNotes, RunStatus, now

App = Callable[..., AppTest]


def button(page: AppTest, label: str) -> list[object]:
    return [one for one in page.button if one.label == label]


def press(page: AppTest, label: str) -> AppTest:
    (found,) = button(page, label)
    return found.click().run()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place(1, None), "next in line; when it starts cannot be told yet"),
        (Place(1, (0.0, 1.0, 3.0)), "next in line, expected to start within seconds"),
        (Place(2, (0.0, 2.0, 40.0)), "second in line, expected to start within 40 s"),
        (Place(3, (480.0, 720.0, 1200.0)),
         "third in line, expected to start in about 12 min (between 8.0 and 20 min)"),
        (Place(11, (60.0, 60.0, 60.0)), "number 11 in line, expected to start in about 1.0 min"),
    ],
)  # fmt: skip
def test_the_turn_is_told_in_a_plain_sentence(place: Place, told: str) -> None:
    assert words.turn(place) == told


def test_a_waiting_run_says_its_turn_and_is_cancelled(app: App, workspace: SimpleNamespace) -> None:
    store, run = workspace.store, make_run(workspace.store, workspace.data)
    run.change(state="queued", queued=now())
    line.enter(store, run)
    page = app(state.RUNS, run=run.id)
    assert not page.exception
    assert any("next in line" in one.value for one in page.caption)
    page = press(page, "Cancel")
    assert run.status().state == "stopped"
    assert button(page, "Resume")
    assert not button(page, "Cancel")


def test_the_first_loss_is_shown_before_the_first_epoch() -> None:
    (_, loss, *_) = words.run_metrics(RunStatus(state="running", loss=0.6931), [])
    assert loss == ("Training loss", "0.693", "of the last step")


def test_the_same_order_twice_is_one_run(workspace: SimpleNamespace) -> None:
    order = {"architecture": "cnn", "architecture_config": SETTINGS, "training": {"epochs": 1}}
    first = storage.start_runs(OWNER, workspace.data, **order)
    assert storage.start_runs(OWNER, workspace.data, **order) == first
    assert len(storage.runs(OWNER)) == 2, "the finished one and one that waits"
    (notice,) = storage.run(OWNER, first).status().notices
    assert "ordered again" in notice
    other = storage.start_runs(OWNER, workspace.data, **order | {"training": {"epochs": 1, "seed": 2}})
    assert other != first


def test_duplicate_fills_the_form_with_the_settings_of_the_run(app: App, workspace: SimpleNamespace) -> None:
    run = workspace.store.create_run(
        OWNER, workspace.data, architecture="cnn", name="tuned",
        architecture_config={"filters": 8, "channels": 8, "blocks": 1, "hidden": 8, "dropout": 0.33},
        training={"epochs": 3, "batch_size": 48, "learning_rate": 0.0017, "reverse_complement": False, "seed": 9},
    )  # fmt: skip
    page = press(app(state.RUNS, run=run.id), "Duplicate")
    assert page.session_state["design:architecture"] == "cnn"
    page.switch_page(state.DESIGN).run()
    assert not page.exception
    page = press(page, "Train")
    newest = storage.runs(OWNER)[0]
    assert newest.id != run.id
    assert newest.spec.architecture_config == run.spec.architecture_config
    assert newest.spec.training == run.spec.training
    assert newest.spec.name == "tuned (copy)"


def test_notes_and_tags_are_kept_beside_the_run_and_found(app: App, workspace: SimpleNamespace) -> None:
    run, other = workspace.run, make_run(workspace.store, workspace.data)
    before = (run.path / "run.json").read_bytes()
    page = app(state.RUNS, run=run.id)
    page.text_area(f"note:{run.id}").set_value("<b>=1+1</b> $x$ kept for the **paper**").run()
    storage.keep_tags(run, ["baseline", "<i>odd</i>"])
    assert run.notes() == RunNotes(text="<b>=1+1</b> $x$ kept for the **paper**", tags=("baseline", "<i>odd</i>"))
    assert (run.path / "run.json").read_bytes() == before
    assert [one.id for one in (run, other) if storage.found_by(one, "PAPER base")] == [run.id]
    page = app(state.RUNS, run=run.id)
    assert not page.exception
    assert "\\*\\*paper" in page.expander[0].label or "\\*" in page.expander[0].label
    page.text_input("runs:search").set_value("baseline").run()
    assert list(page.dataframe[0].value["Tags"]) == ["baseline, <i>odd</i>"]


def test_a_tag_has_a_longest_length(workspace: SimpleNamespace) -> None:
    with pytest.raises(ConfigError):
        storage.keep_tags(workspace.run, ["x" * 41])
    assert workspace.run.notes() == RunNotes()


def test_runs_side_by_side_tell_what_differs_and_nothing_else(workspace: SimpleNamespace) -> None:
    from pages._ui import tables

    other = workspace.store.create_run(
        OWNER, workspace.data, architecture="cnn", architecture_config=SETTINGS | {"filters": 8},
        training={"epochs": 3}, name="wider",
    )  # fmt: skip
    table = tables.side_by_side(OWNER, [workspace.run, other]).set_index("")
    assert list(table.loc["filters"]) == ["4", "8"]
    assert "batch size" not in table.index
    assert table.loc["State"].tolist() == ["finished", "prepared"]
