"""Files: replaced whole, with the rights that the person's umask gives."""

import os
import sys
from pathlib import Path

import pytest

from seqdl_core.files import replace_file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_gets_the_rights_of_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        replace_file(tmp_path / "new", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == mode


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    replace_file(tmp_path / "below" / "file", "old")
    replace_file(tmp_path / "below" / "file", b"new")
    assert [(entry.name, entry.read_text()) for entry in (tmp_path / "below").iterdir()] == [("file", "new")]
