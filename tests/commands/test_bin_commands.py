"""The commands delete and bin: a data set leaves the store and comes back."""

import json
import shutil
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.store import Store
from tests.runs.conftest import make_dataset


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Dataset:
    monkeypatch.setenv("SEQDL_HOME", str(tmp_path / "home"))
    store = Store.default()
    made = make_dataset(store.new_dataset_folder("local"), {"train": (8, 8), "test": (4, 4)})
    store.create_run("local", made, architecture="deepbind", name="mine")
    return made


def test_delete_restore_and_empty(data: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    for what in (str(data.folder), data.folder.name):
        assert main(["delete", what]) == 0
        assert "Trained on it, and usable as before: mine." in capsys.readouterr().out or what == data.folder.name
        assert not data.folder.exists()
        assert main(["bin", "list"]) == 0
        assert data.folder.name in capsys.readouterr().out
        assert main(["bin", "restore", data.folder.name]) == 0
        assert Dataset.open(data.folder).hash == data.hash
    run = Store.default().runs("local")[0]
    assert main(["delete", str(run.path)]) == 0
    capsys.readouterr()
    assert main(["bin", "empty", "--json"]) == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)["entries"]] == [run.id]
    assert main(["bin", "list"]) == 0
    assert capsys.readouterr().out == "The bin is empty.\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["delete", "no-such-thing"], "This is no data set and no run."),
        (["delete", ".."], "There is no data set of this id"),
        (["bin", "restore"], "restore takes an id"),
        (["bin", "restore", "20260101-000000-01234567"], "nothing of this id"),
    ],
)
def test_what_is_not_there_is_refused(
    data: Dataset, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    assert main(command) == 2
    assert said in capsys.readouterr().err
    assert data.folder.is_dir()


def test_a_folder_of_something_else_is_left_alone(data: Dataset, tmp_path: Path) -> None:
    elsewhere = tmp_path / data.folder.name
    elsewhere.mkdir()
    inside = data.folder.parents[1] / "runs" / "kept"
    shutil.copytree(data.folder, inside)
    for folder in (elsewhere, inside):
        assert main(["delete", str(folder)]) == 2
        assert folder.is_dir()
    assert data.folder.is_dir()


def test_a_data_set_that_was_written_elsewhere_goes_to_the_bin_and_back(
    data: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = Dataset.create(tmp_path / "my set", data.table, data.info)
    run = Store.default().create_run("local", elsewhere, architecture="deepbind", name="of elsewhere")
    assert main(["delete", str(elsewhere.folder), "--json"]) == 0
    gone = json.loads(capsys.readouterr().out)
    assert (gone["kind"], gone["name"], gone["runs_kept"]) == ("data set", data.info.name, ["of elsewhere"])
    assert not elsewhere.folder.exists()
    assert Dataset.open(Store.default().run("local", run.id).data).hash == elsewhere.hash
    elsewhere.folder.mkdir()
    assert main(["bin", "restore", gone["id"]]) == 2
    assert "something in its place" in capsys.readouterr().err
    elsewhere.folder.rmdir()
    assert main(["bin", "restore", gone["id"]]) == 0
    assert Dataset.open(elsewhere.folder).hash == elsewhere.hash
    assert main(["delete", str(elsewhere.folder)]) == 0
    assert main(["bin", "empty"]) == 0
    assert not [path for path in Store.default().bin_folder("local").rglob("*") if path.is_file()]


def test_a_run_elsewhere_is_deleted_once_it_is_over(
    data: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Store.default().runs("local")[0]
    elsewhere = tmp_path / "my run"
    shutil.move(run.path, elsewhere)
    RunFolder(elsewhere).change(state="queued")
    assert main(["delete", str(elsewhere)]) == 2
    assert "not over yet" in capsys.readouterr().err
    RunFolder(elsewhere).change(state="stopped")
    assert main(["delete", str(elsewhere)]) == 0
    assert not elsewhere.exists()
