"""The Design page of a data set in folds: which fold tests, and a run for each."""

from collections.abc import Callable

import pytest
from made_by_hand import OWNER, make_dataset
from streamlit.testing.v1 import AppTest

from pages._ui import state
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.parts.resplit import resplit
from seqdl_core.runs.store import Store

Open = Callable[..., AppTest]


@pytest.fixture
def folded() -> Dataset:
    store = Store.default()
    whole = make_dataset(store)
    return resplit(whole, store.new_dataset_folder(OWNER), "stratified", {"folds": 4})


def asked(page: AppTest) -> list[str]:
    return [one.label for one in page.selectbox]


def train(page: AppTest, fold: str) -> None:
    (box,) = (one for one in page.selectbox if one.label == "Fold that tests")
    page = box.select(fold).run()
    (button,) = (one for one in page.button if one.label == "Train")
    page = button.click().run()
    assert not page.exception
    assert not page.error


def test_only_a_data_set_with_folds_asks_for_one(app: Open, folded: Dataset) -> None:
    page = app(state.DESIGN, data=folded.folder.name)
    (box,) = (one for one in page.selectbox if one.label == "Fold that tests")
    assert box.options == [
        "As the data set is split", "Fold 1 of 4", "Fold 2 of 4", "Fold 3 of 4", "Fold 4 of 4", "All in turn",
    ]  # fmt: skip
    plain = make_dataset(Store.default(), "plain")
    assert "Fold that tests" not in asked(app(state.DESIGN, data=plain.folder.name))


def test_one_fold_or_all_in_turn_are_queued(app: Open, folded: Dataset) -> None:
    store = Store.default()
    train(app(state.DESIGN, data=folded.folder.name), "Fold 2 of 4")
    (run,) = store.runs(OWNER)
    own = Dataset.open(run.data)
    assert (run.spec.fold, run.status().state) == (2, "queued")
    assert run.spec.data_hash == own.hash != folded.hash
    assert (own.info.parent, run.data.parent) == (folded.hash, run.path.resolve())
    assert own.ids("test") == folded.table.loc[folded.table["fold"] == 1, "id"].tolist()
    train(app(state.DESIGN, data=folded.folder.name), "All in turn")
    assert sorted(one.spec.fold for one in store.runs(OWNER)) == [1, 2, 3, 4], "fold 2 waits already"
    train(app(state.DESIGN, data=folded.folder.name), "As the data set is split")
    assert sum(one.data == folded.folder.resolve() for one in store.runs(OWNER)) == 1
    page = app(state.RUNS)
    assert not page.exception
