"""The bin: data sets and runs that a person deleted, whole, until the bin is emptied.

    owners/<owner>/.bin/datasets/<time>.<id>/  owners/<owner>/.bin/runs/<time>.<id>/

A run that was trained on a data set keeps its rows when that is deleted: they become a folder of the run's own.
"""

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
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.store import Store

Kind = Literal["datasets", "runs"]

TITLES: dict[Kind, str] = {"datasets": "data set", "runs": "run"}

_GOING = ("queued", "running")
_ENTRY = re.compile(r"(\d{8}-\d{6})\.([0-9a-f-]+)")
_TIME = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Deleted:
    """Something in the bin; ``deleted`` is when, UTC in ISO 8601."""

    kind: Kind
    id: str
    name: str
    deleted: str
    bytes: int
    folder: Path


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
    home = store.bin_folder(owner).parent
    for run in users:
        _keep_rows(run, folder)
    for entry in _entries(store, owner):
        if entry[0] == "runs" and (home / "runs" / entry[2] / RunFolder(entry[3]).spec.data).resolve() == folder:
            _keep_rows(RunFolder(entry[3]), folder)
    return _put(store, owner, "datasets", folder)


def contents(store: Store, owner: str) -> list[Deleted]:
    """What is in the bin, what was deleted last first."""
    return sorted((_described(*entry) for entry in _entries(store, owner)), key=lambda one: one.deleted, reverse=True)


def restore(store: Store, owner: str, entry_id: str) -> Deleted:
    """Put something back to where it was; raises DataError where the bin does not hold it."""
    found = next((one for one in contents(store, owner) if one.id == entry_id), None)
    if found is None:
        raise DataError(
            "The bin holds nothing of this id.", where=repr(entry_id[:40]), fix="See what it holds: bin list."
        )
    _move(found.folder, store.bin_folder(owner).parent / found.kind / found.id)
    return found


def empty(store: Store, owner: str) -> list[Deleted]:
    """Remove what is in the bin for good, and say what that was."""
    gone = contents(store, owner)
    for one in gone:
        shutil.rmtree(one.folder)
    return gone


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _put(store: Store, owner: str, kind: Kind, folder: Path) -> Deleted:
    moment = f"{datetime.now(UTC):{_TIME}}"
    place = store.bin_folder(owner) / kind / f"{moment}.{folder.name}"
    _move(folder, place)
    return _described(kind, moment, folder.name, place)


def _move(folder: Path, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(place)
    except OSError as problem:
        raise DataError(
            f"The folder could not be moved: {problem.strerror or problem}.",
            where=str(folder),
            fix="Close programs that have a file of it open, then try again.",
        ) from None


def _entries(store: Store, owner: str) -> Iterator[tuple[Kind, str, str, Path]]:
    """Kind, time, id and folder of all that is in the bin."""
    for kind in TITLES:
        place = store.bin_folder(owner) / kind
        for folder in place.iterdir() if place.is_dir() else ():
            parts = _ENTRY.fullmatch(folder.name)
            if parts:
                yield kind, parts[1], parts[2], folder


def _described(kind: Kind, moment: str, entry_id: str, folder: Path) -> Deleted:
    try:
        name = Dataset.open(folder, verify=False).info.name if kind == "datasets" else RunFolder.open(folder).spec.name
    except SeqDLError:  # a damaged one can be deleted and restored too
        name = entry_id
    deleted = datetime.strptime(moment, _TIME).replace(tzinfo=UTC).isoformat()
    return Deleted(kind, entry_id, name, deleted, folder_bytes(folder), folder)


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
