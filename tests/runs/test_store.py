"""The store: owners apart, ids from the store only, no path from a person."""

import io
import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import ConfigError, DataError, RunError, SeqDLError, UnknownName
from seqdl_core.runs.bin import delete_dataset, delete_run
from seqdl_core.runs.store import Store, new_id


def test_the_store_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEQDL_HOME", str(tmp_path / "there"))
    assert Store.default().root == tmp_path / "there"
    monkeypatch.delenv("SEQDL_HOME")
    assert Store.default().root == Path.home() / ".seqdl"


def test_an_upload_comes_back_whole_under_an_id_of_ours(store: Store) -> None:
    content = os.urandom(3_000_000)
    upload = store.add_upload("local", "peaks.seq.gz", io.BytesIO(content))
    assert store.upload("local", upload.id) == upload
    assert upload.path.read_bytes() == content
    assert upload.name == "peaks.seq.gz"
    assert upload.bytes == len(content)
    assert upload.path.name == "content.seq.gz"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/absolute/x.fa", "x.fa"),
        ("", "unnamed"),
        ("..", "unnamed"),
        ("a.\x00b", "a.\x00b"),
        ("<b>bold</b>.fa", "b>.fa"),
        ("x" * 5000 + ".fa", "x" * 197 + ".fa"),
        ("résumé.fa", "résumé.fa"),
    ],
)
def test_a_name_is_text_and_never_a_path(store: Store, name: str, kept: str) -> None:
    upload = store.add_upload("local", name, io.BytesIO(b">a\nACGT\n"))
    assert upload.name == kept
    inside = store.root / "owners" / "local" / "uploads" / upload.id
    assert upload.path.parent == inside
    assert upload.path.name.isascii()
    assert {entry.name for entry in inside.iterdir()} == {upload.path.name, "upload.json"}


@given(st.text(max_size=60))
def test_only_ids_of_the_store_s_own_kind_are_looked_up(tmp_path_factory: pytest.TempPathFactory, wish: str) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "hypothesis home")
    for call in (store.upload, store.dataset, store.run, partial(delete_run, store), partial(delete_dataset, store)):
        with pytest.raises(SeqDLError):
            call("local", wish)


@given(st.text(max_size=20).filter(lambda owner: not owner.isascii() or not owner.isalnum() or owner != owner.lower()))
def test_only_plain_owners_have_a_place(tmp_path_factory: pytest.TempPathFactory, owner: str) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "hypothesis home")
    if owner.strip("abcdefghijklmnopqrstuvwxyz0123456789_-") or not owner or owner[0] in "_-":
        with pytest.raises(RunError):
            store.runs(owner)


@pytest.mark.parametrize("wish", ["..", "../x", "/etc", "20260101-000000-0123456", "20260101-000000-0123456G", "a\x00"])
def test_traversal_finds_nothing(store: Store, dataset: Dataset, wish: str) -> None:
    with pytest.raises(DataError, match="no data set of this id"):
        store.dataset("local", wish)


def test_ids_sort_by_time_and_do_not_repeat() -> None:
    ids = [new_id() for _ in range(200)]
    assert len(set(ids)) == 200
    assert [found[:15] for found in ids] == sorted(found[:15] for found in ids)


def test_owners_see_only_their_own(store: Store, dataset: Dataset) -> None:
    run = store.create_run("local", dataset, architecture="deepbind")
    upload = store.add_upload("local", "a.fa", io.BytesIO(b"ACGT"))
    assert [found.folder.name for found in store.datasets("local")] == [dataset.folder.name]
    assert [found.id for found in store.runs("local")] == [run.id]
    assert store.datasets("other") == store.runs("other") == []
    for call, wish in ((store.dataset, dataset.folder.name), (store.run, run.id), (store.upload, upload.id)):
        with pytest.raises(SeqDLError, match="There is no"):
            call("other", wish)
    with pytest.raises(SeqDLError, match="There is no"):
        delete_run(store, "other", run.id)
    assert store.run("local", run.id).id == run.id


def test_a_run_finds_its_data_after_the_store_has_moved(store: Store, dataset: Dataset, tmp_path: Path) -> None:
    run_id = store.create_run("local", dataset, architecture="deepbind").id
    store.root.rename(tmp_path / "moved")
    moved = Store(tmp_path / "moved")
    assert Dataset.open(moved.run("local", run_id).data).hash == dataset.hash


def test_the_store_around_a_run(store: Store, dataset: Dataset, tmp_path: Path) -> None:
    run = store.create_run("local", dataset, architecture="deepbind")
    around = Store.around(run)
    assert around is not None
    assert around.root == store.root


def test_an_order_is_checked_before_anything_is_written(store: Store, dataset: Dataset) -> None:
    with pytest.raises(UnknownName, match="deepbind"):
        store.create_run("local", dataset, architecture="deepbnid")
    with pytest.raises(ConfigError, match="batch_size"):
        store.create_run("local", dataset, architecture="deepbind", training={"batchsize": 3})
    with pytest.raises(ConfigError, match="epochs"):
        store.create_run("local", dataset, architecture="deepbind", training={"epochs": 0})
    assert store.runs("local") == []


def test_a_damaged_run_does_not_hide_the_others_and_is_logged(
    store: Store, dataset: Dataset, caplog: pytest.LogCaptureFixture
) -> None:
    whole, damaged = (store.create_run("local", dataset, architecture="deepbind") for _ in range(2))
    (damaged.path / "run.json").write_text("{")
    assert [run.id for run in store.runs("local")] == [whole.id]
    assert "run.json is damaged" in caplog.text
    (dataset.folder / "dataset.json").write_text("{")
    assert store.datasets("local") == []
    assert "dataset.json cannot be read" in caplog.text


def test_a_disk_that_refuses_is_said_in_three_parts(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match="No space left") as caught:
        store.add_upload("local", "a.fa", Broken())
    assert all(caught.value.parts().values())
    assert list((store.root / "owners" / "local" / "uploads").iterdir()) == []


def test_a_home_that_cannot_be_made_is_said_in_three_parts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot keep its data") as caught:
        Store(tmp_path / "file").runs("local")
    assert all(caught.value.parts().values())
