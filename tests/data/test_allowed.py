"""A path on this machine leads into the allowed folders and nowhere else."""

import os
from pathlib import Path

import pytest

from seqdl_core.data.allowed import allowed_file, allowed_files, allowed_folders
from seqdl_core.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "inside"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "a.fa").write_text(">a\nACGT\n")
    (inside / ".hidden.fa").write_text(">h\nACGT\n")
    (tmp_path / "secret.fa").write_text(">s\nACGT\n")
    (inside / "link.fa").symlink_to(tmp_path / "secret.fa")
    return inside


def test_without_a_setting_there_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEQDL_FOLDERS", raising=False)
    assert allowed_folders(tmp_path) == [(tmp_path / "incoming").resolve()]
    assert (tmp_path / "incoming").is_dir()


def test_the_setting_names_folders(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_FOLDERS", os.pathsep.join([str(folder), "", str(tmp_path)]))
    assert allowed_folders(tmp_path) == [folder.resolve(), tmp_path.resolve()]


def test_a_path_within_a_folder_is_found(folder: Path) -> None:
    expected = (folder / "deep" / "a.fa").resolve()
    for text in ("deep/a.fa", str(expected), f' "{expected}" ', "deep/../deep/a.fa"):
        assert allowed_file(text, [folder.resolve()]) == expected


@pytest.mark.parametrize(
    "text", ["", "../secret.fa", "link.fa", "/etc/passwd", "deep", "deep/b.fa", "a\0b", "x" * 5000, "~root/x"]
)
def test_nothing_else_is(folder: Path, text: str) -> None:
    with pytest.raises(DataError, match="no such file in the folders"):
        allowed_file(text, [folder.resolve()])


def test_the_list_shows_what_may_be_used(folder: Path) -> None:
    (found,) = allowed_files([folder.resolve()])
    assert (found.shown, found.bytes) == ("inside/deep/a.fa", 8)
