"""What is kept on this machine: uploads, data sets, runs, and what a page does with a run. Nothing here is cached."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.data import catalogue
from seqdl_core.data.allowed import AllowedFile, allowed_file, allowed_files, allowed_folders
from seqdl_core.data.catalogue import CatalogueEntry
from seqdl_core.errors import DataError
from seqdl_core.runs import jobs
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.jobs import Job
from seqdl_core.runs.store import Store, Upload

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.importing import Inspection


def store() -> Store:
    """The store on this machine."""
    return Store.default()


MOST_FILES = 200
"""So many ids fit into a page address (5,000 letters)."""


def keep_files(owner: str, files: Sequence[Any], before: Sequence[str] = ()) -> list[str]:
    """Write what the browser sent to disk at once; the ids of these files after those that were there ``before``.

    Raises:
        DataError: when they are too many for one import, or the disk refuses.
    """
    return _keep(owner, [(file.name, file) for file in files], before)


def keep_text(owner: str, text: str, before: Sequence[str] = ()) -> list[str]:
    """The same for what was pasted."""
    return _keep(owner, [("pasted text", io.BytesIO(text.encode()))], before)


def open_folders() -> list[Path]:
    """The folders of this machine that files may be taken from."""
    return allowed_folders(store().root)


def files_on_this_machine() -> list[AllowedFile]:
    """The files in them."""
    return allowed_files(open_folders())


def keep_place(owner: str, path: str, before: Sequence[str] = ()) -> list[str]:
    """The ids after those of ``before``, with one for a file that stays where it lies.

    Raises:
        DataError: when it is no file in an allowed folder.
    """
    return [*before, store().add_place(owner, allowed_file(path, open_folders())).id]


def catalogue_entries() -> tuple[CatalogueEntry, ...]:
    """The public data sets."""
    return catalogue.entries()


def is_here(wanted: CatalogueEntry) -> bool:
    """Whether a public data set need not be fetched."""
    return catalogue.is_here(wanted, store().catalogue_folder)


def keep_public(
    owner: str, wanted: CatalogueEntry, agreed_host: str, progress: Callable[[int, int], None]
) -> list[str]:
    """Bring a public data set here, from the host that was agreed to where needed; the ids of its files."""
    files = catalogue.fetch(wanted, store().catalogue_folder, agreed_host, progress)
    return [store().add_place(owner, path, name).id for path, name in files]


def _keep(owner: str, brought: Sequence[tuple[str, Any]], before: Sequence[str]) -> list[str]:
    count = len(before) + len(brought)
    if count > MOST_FILES:
        raise DataError(
            f"{count:,} files are too many for one import.",
            where="files",
            fix=f"Bring at most {MOST_FILES}; join small ones first.",
        )
    return [*before, *(store().add_upload(owner, name, stream).id for name, stream in brought)]


def uploads(owner: str, ids: Sequence[str]) -> list[Upload]:
    """The uploads of these ids."""
    return [store().upload(owner, upload_id) for upload_id in ids]


def save_dataset(owner: str, found: "Inspection", name: str) -> str:
    """Write the data set and return its id."""
    from seqdl_core.data.importing import save

    return save(found, store().new_dataset_folder(owner), name).folder.name


def import_order(owner: str, ids: Sequence[str], choices: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The command that imports files too large to be read while a page waits."""
    flags = [f"--{setting.replace('_', '-')}={value}" for setting, value in choices]
    paths = [str(file.path) for file in uploads(owner, ids)]
    return ["import", *paths, f"--out={store().new_dataset_folder(owner)}", f"--name={name}", *flags]


def same_import(order: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two orders read the same files in the same way, wherever to and under whatever name."""
    own, others = (
        [part for part in one if not part.startswith(("--out=", "--name="))] for one in (order, other)
    )  # fmt: skip
    return own == others


def made_id(made: Mapping[str, Any]) -> str:
    """The id of the data set that a command made."""
    return Path(str(made["dataset"])).name


@dataclass(frozen=True)
class Example:
    """A data set that can be made on the spot."""

    name: str
    title: str
    line: str
    motifs: tuple[str, ...]


EXAMPLES = (
    Example("pair", "Two factors together", "ELK1 and SRF sites, 101 bp DNA", ("MA0028", "MA0083")),
    Example("ctcf", "A long motif", "CTCF sites, 101 bp DNA", ("MA0139",)),
    Example("elk1", "One transcription factor", "ELK1 sites, 101 bp DNA", ("MA0028",)),
)


def make_example(owner: str, example: Example) -> str:
    """Simulate a data set from JASPAR motifs and return its id."""
    from seqdl_core.data.simulation import simulate

    return simulate(store().new_dataset_folder(owner), motif_ids=example.motifs).folder.name


def start_job(owner: str, arguments: Sequence[str]) -> Job:
    """Have a command computed beside this process, or find what it computed before."""
    return jobs.start_job(store().jobs_folder(owner), arguments)


def find_job(owner: str, arguments: Sequence[str]) -> Job | None:
    """The same where it was started before; None where it was not."""
    return jobs.find_job(store().jobs_folder(owner), arguments)


def job_key(arguments: Sequence[str]) -> str:
    """What a command's job is known by, for a page address."""
    return jobs.key_of(arguments)


def job_arguments(owner: str, key: str) -> list[str]:
    """The command of a job by its key; empty where there is none."""
    found = jobs.job_of_key(store().jobs_folder(owner), key)
    return list(found.arguments) if found else []


def datasets(owner: str) -> "list[Dataset]":
    """All data sets, the newest first."""
    return store().datasets(owner)


def run(owner: str, run_id: str) -> RunFolder:
    """One run; its state is read from disk whenever it is asked."""
    return store().run(owner, run_id)


def dataset_ids(owner: str) -> list[str]:
    """The ids of all data sets, the newest first."""
    return [one.folder.name for one in datasets(owner)]


def runs(owner: str) -> list[RunFolder]:
    """All runs, the newest first."""
    return store().runs(owner)


def start_run(owner: str, data: "Dataset", **order: Any) -> str:
    """Prepare a run, hand it to the queue and return its id."""
    from seqdl_core.runs import queue

    made = store().create_run(owner, data, **order)
    queue.submit(store(), owner, made.id)
    return made.id


def stop_run(found: RunFolder) -> None:
    """Ask a run to write a checkpoint and end."""
    from seqdl_core.runs import queue

    queue.stop(found)


def resume_run(found: RunFolder) -> None:
    """Let a run go on from its last checkpoint."""
    from seqdl_core.runs import queue

    queue.resume(found)


def queue_place(found: RunFolder) -> int | None:
    """1 for the next run, None where it does not wait; also sees that a worker is there."""
    from seqdl_core.runs import queue

    queue.ensure_worker(store())
    return queue.position(found)
