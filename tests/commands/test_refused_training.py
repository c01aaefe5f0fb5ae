"""A training that is refused leaves nothing behind, so that the corrected command finds its folder free."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import ConfigError
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.store import Store
from seqdl_core.sizing import Room, room
from tests.runs.conftest import make_dataset

Table = Callable[[Path, int, int, int], Path]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def small_set(tmp_path: Path) -> Dataset:
    return make_dataset(tmp_path / "set", {"train": (40, 40), "test": (20, 20)})


def refused(capsys: Captured, *words: str) -> str:
    assert main(["train", *words]) == 2
    said = capsys.readouterr().err
    assert "  where: " in said
    assert "  fix:   " in said
    return said


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (("--architecture", "deepsea"), "deepsea needs sequences of at least"),
        (("--architecture", "esm2"), "does not know"),
        (("--architecture", "cnn", "--set", "device=cuda", "filters=1"), "'filters' cannot be '1'"),
    ],
)
def test_what_does_not_suit_the_data_leaves_no_folder(
    settings: tuple[str, ...], told: str, small_set: Dataset, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "deep" / "er" / "run"
    assert told in refused(capsys, "--data", str(small_set.folder), *settings, "--out", str(out))
    assert not (tmp_path / "deep").exists()


def test_what_does_not_fit_the_memory_leaves_no_folder_and_files_are_not_kept(
    table: Table, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = table(tmp_path / "sites.tsv", 40, 40, 1), tmp_path / "run"
    command = ["--data", str(file), "--architecture", "deepbind", "--set", "epochs=1", "device=cpu", "--out", str(out)]
    with monkeypatch.context() as scarce:
        scarce.setattr(room, "room_of", lambda _: Room(10_000, 10**12, "computer"))
        assert "Training would need about" in refused(capsys, *command)
        assert not out.exists()
        out.mkdir()
        refused(capsys, *command)
        assert list(out.iterdir()) == [], "a folder that was there stays, empty"
    RunFolder.check_free(out)  # for the corrected command


def test_the_store_keeps_nothing_of_it_either(
    small_set: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "home")
    monkeypatch.setattr(room, "room_of", lambda _: Room(10_000, 10**12, "computer"))
    with pytest.raises(ConfigError, match="of memory"):
        store.create_run("local", small_set, architecture="deepbind")
    assert store.runs("local") == []
    assert not list((tmp_path / "home").rglob("run.json"))


def test_all_wrong_settings_are_told_at_once(small_set: Dataset, tmp_path: Path, capsys: Captured) -> None:
    said = refused(
        capsys, "--data", str(small_set.folder), "--architecture", "cnn", "--out", str(tmp_path / "run"),
        "--set", "fliters=3", "filter_width=1", "epochs=0", "dropout=much", "learning_rate=0.01",
    )  # fmt: skip
    for told in (
        "no setting called 'fliters'",
        "'filter_width' cannot be '1'",
        "'epochs' cannot be '0'",
        "'dropout' cannot be 'much'",
        "fliters: Did you mean 'filters'?",
        "epochs: Give a value from 1 to",
    ):
        assert told in said
    assert "'learning_rate'" not in said
