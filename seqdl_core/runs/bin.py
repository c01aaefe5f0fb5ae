"""The bin: data sets, runs and networks that a person deleted, whole, until the bin is emptied.

    owners/<owner>/.bin/datasets/<time>.<id>/  owners/<owner>/.bin/runs/<time>.<id>/  ../networks/<time>.<id>/

A run that was trained on a data set keeps its rows when that is deleted: they become a folder of the run's own. Beside
a folder that lay elsewhere than in the store stands a file ``<time>.<id>.from`` that says where.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import DataError, RunError, SeqDLError
from seqdl_core.own_networks import folder_of, named
from seqdl_core.own_networks.source import name_in
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.store import Store, new_id

Kind = Literal["datasets", "runs", "networks"]

TITLES: dict[Kind, str] = {"datasets": "data set", "runs": "run", "networks": "network"}

_GOING = ("queued", "running")
_ENTRY = re.compile(r"(\d{8}-\d{6})\.([0-9a-f-]+)")
_TIME = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Deleted:
    """Something in the bin; ``deleted`` is when, UTC in ISO 8601; ``place`` is where it lay."""

    kind: Kind
    id: str
    name: str
    deleted: str
    bytes: int
    folder: Path
    place: Path


@dataclass(frozen=True)
class _Entry:
    """A folder of the bin, with the moment it was deleted and the place where it lay."""

    kind: Kind
    moment: str
    id: str
    folder: Path
    place: Path


def delete_run(store: Store, owner: str, run_id: str) -> Deleted:
    """Put a run into the bin with all it made; raises RunError while it runs or waits."""
    run = store.run(owner, run_id)
    if run.status().state in _GOING:
        raise RunError("The run is not over yet.", where=run.spec.name, fix="Stop it first, then delete it.")
    return _put(store, owner, "runs", run.path)


def trained_on(store: Store, owner: str, dataset_id: str) -> list[RunFolder]:
    """The owner's runs that read their rows from this data set."""
    folder = store.folder_of(owner, "datasets", dataset_id).resolve()
    return [run for run in store.runs(owner) if run.data == folder]


def delete_dataset(store: Store, owner: str, dataset_id: str) -> Deleted:
    """Put a data set into the bin; its runs keep the rows and stay as usable as before.

    Raises:
        DataError: while a run that needs it runs or waits.
    """
    folder = store.folder_of(owner, "datasets", dataset_id)
    users = trained_on(store, owner, dataset_id)
    going = [run.spec.name for run in users if run.status().state in _GOING]
    if going:
        raise DataError(
            "A run on this data set is not over yet.", where=", ".join(going[:3]), fix="Stop it first, then delete."
        )
    _keep_rows_of(store, owner, users, folder)
    return _put(store, owner, "datasets", folder)


def built_as(store: Store, owner: str, architecture: str) -> list[RunFolder]:
    """The owner's runs of this architecture."""
    return [run for run in store.runs(owner) if run.spec.architecture == architecture]


def delete_network(store: Store, owner: str, architecture: str) -> Deleted:
    """Put a network of one's own into the bin; its runs keep their models, which are not read until it is back.

    Raises:
        ConfigError: where it is not kept here.
        RunError: while a run of it runs or waits.
    """
    own = named(architecture)
    going = [one.spec.name for one in built_as(store, owner, own.architecture) if one.status().state in _GOING]
    if going:
        raise RunError(
            "A run of this network is not over yet.", where=", ".join(going[:3]), fix="Stop it first, then delete."
        )
    return _put(store, owner, "networks", folder_of(own), new_id())


def delete_folder(store: Store, owner: str, folder: Path) -> Deleted:
    """Put a data set or a run that lies outside of the store into the bin; ``restore`` brings it back to its place.

    Runs in the store keep the rows of a data set; runs elsewhere are not known, and need it back.

    Raises:
        DataError, RunError: where the folder is neither, holds the store or is a part of it; while a run is not over.
    """
    place, root = folder.resolve(), store.root.resolve()
    files: dict[Kind, str] = {"runs": "run.json", "datasets": "dataset.json"}
    kind = next((kind for kind, file in files.items() if (place / file).is_file()), None)
    if kind is None or place.is_relative_to(root) or root.is_relative_to(place):
        raise RunError(
            "This is no data set and no run.",
            where=str(folder),
            fix="Give the folder of a data set or a run, or an id of the store.",
        )
    if kind == "runs" and RunFolder.open(place).status().state in _GOING:
        raise RunError("The run is not over yet.", where=str(folder), fix="Stop it first, then delete it.")
    if kind == "datasets":
        users = [run for run in store.runs(owner) if run.data == place]
        going = [run.spec.name for run in users if run.status().state in _GOING]
        if going:
            raise DataError(
                "A run on this data set is not over yet.", where=", ".join(going[:3]), fix="Stop it first, then delete."
            )
        _keep_rows_of(store, owner, users, place)
    return _put(store, owner, kind, place, new_id())


def contents(store: Store, owner: str) -> list[Deleted]:
    """What is in the bin, what was deleted last first."""
    return sorted((_described(entry) for entry in _entries(store, owner)), key=lambda one: one.deleted, reverse=True)


def restore(store: Store, owner: str, entry_id: str) -> Deleted:
    """Put something back to where it was; raises DataError where the bin does not hold it, or its place is taken."""
    found = next((one for one in contents(store, owner) if one.id == entry_id), None)
    if found is None:
        raise DataError(
            "The bin holds nothing of this id.", where=repr(entry_id[:40]), fix="See what it holds: bin list."
        )
    _move(found.folder, found.place)
    _note_of(found.folder).unlink(missing_ok=True)
    return found


def empty(store: Store, owner: str) -> list[Deleted]:
    """Remove what is in the bin for good, and say what that was."""
    gone = contents(store, owner)
    for one in gone:
        shutil.rmtree(one.folder)
        _note_of(one.folder).unlink(missing_ok=True)
    return gone


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _put(store: Store, owner: str, kind: Kind, folder: Path, entry_id: str = "") -> Deleted:
    """Into the bin: a folder of the store under its own id, one of elsewhere under ``entry_id`` with a note."""
    moment = f"{datetime.now(UTC):{_TIME}}"
    kept = store.bin_folder(owner) / kind / f"{moment}.{entry_id or folder.name}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if entry_id:
        _note_of(kept).write_text(str(folder))
    try:
        _move(folder, kept)
    except DataError:
        _note_of(kept).unlink(missing_ok=True)
        raise
    return _described(_Entry(kind, moment, entry_id or folder.name, kept, folder))


def _note_of(kept: Path) -> Path:
    """The file that says where a folder of the bin lay."""
    return kept.with_name(f"{kept.name}.from")


def _move(folder: Path, place: Path) -> None:
    if place.exists():
        raise DataError("There is something in its place.", where=str(place), fix="Move that away, then try again.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.rename(place)
        except OSError as problem:
            if problem.errno != errno.EXDEV:
                raise
            shutil.move(folder, place)  # to another disk by way of a copy
    except OSError as problem:
        raise DataError(
            f"The folder could not be moved: {problem.strerror or problem}.",
            where=str(folder),
            fix="Close programs that have a file of it open, then try again.",
        ) from None


def _entries(store: Store, owner: str) -> Iterator[_Entry]:
    """All that is in the bin."""
    home = store.bin_folder(owner)
    for kind in TITLES:
        for folder in (home / kind).iterdir() if (home / kind).is_dir() else ():
            parts = _ENTRY.fullmatch(folder.name)
            if parts:
                note = _note_of(folder)
                place = Path(note.read_text()) if note.is_file() else home.parent / kind / parts[2]
                yield _Entry(kind, parts[1], parts[2], folder, place)


def _described(entry: _Entry) -> Deleted:
    kind, folder = entry.kind, entry.folder
    try:
        name = _name_of(kind, folder)
    except (SeqDLError, OSError):  # a damaged one can be deleted and restored too
        name = entry.id
    deleted = datetime.strptime(entry.moment, _TIME).replace(tzinfo=UTC).isoformat()
    return Deleted(kind, entry.id, name, deleted, folder_bytes(folder), folder, entry.place)


def _name_of(kind: Kind, folder: Path) -> str:
    if kind == "networks":
        return name_in((folder / "network.py").read_bytes(), folder.name)
    return Dataset.open(folder, verify=False).info.name if kind == "datasets" else RunFolder.open(folder).spec.name


def _keep_rows_of(store: Store, owner: str, users: list[RunFolder], folder: Path) -> None:
    """Give the runs that read from a data set, and those in the bin, its rows before it goes."""
    for run in users:
        _keep_rows(run, folder)
    for entry in _entries(store, owner):
        if entry.kind == "runs" and (entry.place / RunFolder(entry.folder).spec.data).resolve() == folder:
            _keep_rows(RunFolder(entry.folder), folder)


def _keep_rows(run: RunFolder, folder: Path) -> None:
    """Give a run the rows of a data set as files of its own, which take no further space where the disk can link."""
    own = run.path / "dataset"
    shutil.rmtree(own, ignore_errors=True)  # what an earlier try left
    shutil.copytree(folder, own, copy_function=_link)
    run.write_spec(run.spec.model_copy(update={"data": own.name}))


def _link(source: str, target: str) -> None:
    """Files of a data set never change, so two folders may hold the same one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
