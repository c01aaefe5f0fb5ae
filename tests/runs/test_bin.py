"""The bin: what was deleted is gone from the lists, whole in the bin, and back where it was when restored."""

from pathlib import Path

import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import DataError, RunError
from seqdl_core.runs import bin as kept
from seqdl_core.runs.store import Store

OWNER = "local"


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_deleted_run_comes_back_as_it_was(store: Store, dataset: Dataset) -> None:
    run = store.create_run(OWNER, dataset, architecture="deepbind", name="mine")
    before = files_of(run.path)
    gone = kept.delete_run(store, OWNER, run.id)
    assert (gone.kind, gone.id, gone.name, gone.bytes) == ("runs", run.id, "mine", sum(map(len, before.values())))
    assert store.runs(OWNER) == []
    assert [one.id for one in kept.contents(store, OWNER)] == [run.id]
    kept.restore(store, OWNER, run.id)
    assert files_of(store.run(OWNER, run.id).path) == before
    assert Dataset.open(run.data).hash == dataset.hash
    assert kept.contents(store, OWNER) == []


def test_what_goes_on_is_not_deleted(store: Store, dataset: Dataset) -> None:
    run = store.create_run(OWNER, dataset, architecture="deepbind", name="mine")
    run.change(state="queued")
    with pytest.raises(RunError, match="not over yet") as refused:
        kept.delete_run(store, OWNER, run.id)
    assert all(refused.value.parts().values())
    with pytest.raises(DataError, match="not over yet") as kept_back:
        kept.delete_dataset(store, OWNER, dataset.folder.name)
    assert all(kept_back.value.parts().values())
    assert Dataset.open(store.run(OWNER, run.id).data).hash == dataset.hash
    run.change(state="stopped")
    kept.delete_dataset(store, OWNER, dataset.folder.name)
    kept.delete_run(store, OWNER, run.id)
    assert store.runs(OWNER) == store.datasets(OWNER) == []


def test_runs_keep_the_rows_of_a_deleted_data_set(store: Store, dataset: Dataset) -> None:
    shown, binned = (store.create_run(OWNER, dataset, architecture="deepbind") for _ in range(2))
    kept.delete_run(store, OWNER, binned.id)
    rows = len(dataset.table)
    kept.delete_dataset(store, OWNER, dataset.folder.name)
    assert store.datasets(OWNER) == []
    assert not dataset.folder.exists()
    kept.restore(store, OWNER, binned.id)
    kept.empty(store, OWNER)
    for run in (shown, binned):
        again = Dataset.open(store.run(OWNER, run.id).data)
        assert again.hash == run.spec.data_hash == dataset.hash
        assert len(again.table) == rows


def test_a_data_set_comes_back_and_does_not_take_its_rows_from_runs(store: Store, dataset: Dataset) -> None:
    run = store.create_run(OWNER, dataset, architecture="deepbind")
    dataset_id = dataset.folder.name
    for _ in range(2):
        kept.delete_dataset(store, OWNER, dataset_id)
        kept.restore(store, OWNER, dataset_id)
    assert store.dataset(OWNER, dataset_id).hash == Dataset.open(run.data).hash == dataset.hash


def test_the_bin_is_its_owner_s_and_restores_what_it_holds_only(store: Store, dataset: Dataset) -> None:
    kept.delete_dataset(store, OWNER, dataset.folder.name)
    for owner, wish in (("other", dataset.folder.name), (OWNER, "../datasets"), (OWNER, "")):
        with pytest.raises(DataError, match="nothing of this id"):
            kept.restore(store, owner, wish)
    assert kept.empty(store, "other") == []
    assert [one.name for one in kept.empty(store, OWNER)] == ["small"]
    assert kept.contents(store, OWNER) == []


def test_a_damaged_data_set_can_be_deleted(store: Store, dataset: Dataset) -> None:
    (dataset.folder / "dataset.json").write_text("{")
    assert kept.delete_dataset(store, OWNER, dataset.folder.name).name == dataset.folder.name
