"""Files that lie on this machine already and are too large for a browser: which of them may be used.

The administrator names the folders in ``SEQDL_FOLDERS`` (separated as in ``PATH``). Without it there is one,
``incoming`` in the folder that SeqDL keeps its data in. A path leads nowhere else, whatever links or ``..`` it holds;
since links can be changed at any time, a path is looked at again whenever it is about to be opened.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqdl_core.errors import DataError

_MOST_LISTED = 500


@dataclass(frozen=True)
class AllowedFile:
    """A file in an allowed folder; ``shown`` is its path within the folder, with the folder's name before it."""

    path: Path
    shown: str
    bytes: int


def allowed_folders(home: Path) -> list[Path]:
    """The folders that files may be taken from; ``home`` is where SeqDL keeps its data."""
    named = [part for part in os.environ.get("SEQDL_FOLDERS", "").split(os.pathsep) if part.strip()]
    if named:
        return [Path(part).expanduser().resolve() for part in named]
    incoming = home / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    return [incoming.resolve()]


def allowed_file(text: str, folders: Sequence[Path]) -> Path:
    """The file that a person's path means.

    Args:
        text: an absolute path, or one within any of the folders.

    Raises:
        DataError: for anything that is no file inside the folders; it does not tell whether others exist.
    """
    written = text.strip().strip("\"'")
    candidates = [Path(written).expanduser()] if written else []
    candidates += [folder / written for folder in folders] if written else []
    for candidate in candidates:
        path = _inside(candidate, folders)
        if path is not None:
            return path
    raise DataError(
        "There is no such file in the folders that may be used.",
        where=written[:200] or "no path",
        fix=f"Put the file into {' or '.join(map(str, folders))}, or have its folder added to SEQDL_FOLDERS.",
    )


def still_allowed(path: Path, name: str, folders: Sequence[Path]) -> Path:
    """The file itself, without links, of a path that was allowed once and is about to be opened.

    Args:
        name: what the person calls it.
        folders: the folders that it may lie in, without links.

    Raises:
        DataError: when it is gone, or leads elsewhere by now; it does not tell which.
    """
    found = _inside(path, folders)
    if found is None:
        raise DataError(
            "The file is not there any more, or not in a folder that may be used.",
            where=name,
            fix="Bring it again, or have its folder added to SEQDL_FOLDERS.",
        )
    return found


def allowed_files(folders: Sequence[Path]) -> list[AllowedFile]:
    """The files in the folders, at most 500, hidden ones left out; links that lead outside are not followed."""
    found: list[AllowedFile] = []
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                path = Path(place) / name
                if name.startswith(".") or not path.resolve().is_relative_to(folder) or not path.is_file():
                    continue
                shown = (Path(folder.name) / path.relative_to(folder)).as_posix()
                found.append(AllowedFile(path, shown, path.stat().st_size))
                if len(found) == _MOST_LISTED:
                    return found
    return found


def _inside(candidate: Path, folders: Sequence[Path]) -> Path | None:
    try:
        path = candidate.resolve()
        return path if any(path.is_relative_to(folder) for folder in folders) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None
