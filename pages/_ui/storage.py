"""What is kept on this machine: uploads, data sets, runs, and what a page does with a run. Nothing here is cached."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqdl_core.config import parse
from seqdl_core.data import catalogue
from seqdl_core.data.allowed import AllowedFile, allowed_file, allowed_files, allowed_folders, still_allowed
from seqdl_core.data.catalogue import CatalogueEntry
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.weighing import unpacked_bytes
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.own_networks import title
from seqdl_core.runs import bin, jobs
from seqdl_core.runs.bin import Deleted
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.jobs import Job
from seqdl_core.runs.records import RunNotes
from seqdl_core.runs.store import Store, Upload

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.importing import Inspection
    from seqdl_core.runs.line import Place


def store() -> Store:
    """The store on this machine."""
    return Store.default()


MOST_FILES = 200
"""So many ids fit into a page address (5,000 letters)."""

AT_ONCE = 8_000_000
"""So many bytes, unpacked, are read while a page waits; more are read in a process beside it."""


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


def fetch_order(wanted: CatalogueEntry) -> list[str]:
    """The command that brings a public data set here; only for a person who read its host and its size."""
    return ["catalogue", wanted.name, "--fetch", f"--agree={wanted.host}"]


def keep_public(owner: str, wanted: CatalogueEntry) -> list[str]:
    """The ids of the files of a public data set that is here."""
    files = catalogue.fetch(wanted, store().catalogue_folder)
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
    """The uploads of these ids, each to be opened now: where it lies is looked at again.

    Raises:
        DataError: when one is gone, or was replaced by a link to a place that may not be used.
    """
    found = [store().upload(owner, upload_id) for upload_id in ids]
    places = [*open_folders(), *_own_folders(owner)]
    return [replace(file, path=still_allowed(file.path, file.name, places)) for file in found]


def _own_folders(owner: str) -> list[Path]:
    """Where SeqDL itself put files that this person may use, without links."""
    return [store().uploads_folder(owner).resolve(), *catalogue.copy_folders(store().catalogue_folder)]


def is_read_at_once(files: Sequence[Upload], choices: Sequence[tuple[str, str]]) -> bool:
    """Whether there is so little to read that a page can wait for it; a genome on this machine is never little."""
    genome = dict(choices).get("genome", "").strip()
    if genome and genome not in [file.name for file in files]:
        return False
    left = AT_ONCE
    for file in files:
        left -= unpacked_bytes(file.path, left)
        if left < 0:
            return False
    return True


def inspect_order(owner: str, ids: Sequence[str], choices: Sequence[tuple[str, str]]) -> list[str]:
    """The command that looks into files too large to be read while a page waits."""
    return ["inspect", "--for-page", *_order(owner, ids, choices)]


def save_dataset(owner: str, found: "Inspection", name: str) -> str:
    """Write the data set and return its id."""
    from seqdl_core.data.importing import save

    return save(found, store().new_dataset_folder(owner), name).folder.name


def import_order(owner: str, ids: Sequence[str], choices: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The command that imports files too large to be read while a page waits."""
    return ["import", f"--out={store().new_dataset_folder(owner)}", f"--name={name}", *_order(owner, ids, choices)]


def _order(owner: str, ids: Sequence[str], choices: Sequence[tuple[str, str]]) -> list[str]:
    """Files with their names, the folders that they and a genome may lie in, and the corrections, for a command.

    Raises:
        ConfigError: where a correction is none of an import: no other flag of a command is set from a page address.
    """
    parse(ImportChoices, dict(choices))
    files = uploads(owner, ids)
    return [
        *(f"--as={_speakable(file.name)}" for file in files),
        *(f"--within={folder}" for folder in open_folders()),
        *(f"--own={folder}" for folder in _own_folders(owner)),
        *(f"--{setting.replace('_', '-')}={value}" for setting, value in choices),
        *(str(file.path) for file in files),
    ]


def _speakable(name: str) -> str:
    """The name without what no command can carry: NUL, and bytes that are no text."""
    return name.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def import_name(order: Sequence[str]) -> str:
    """What the data set of an import is going to be called."""
    return next((part.removeprefix("--name=") for part in order if part.startswith("--name=")), "") or "a data set"


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
    from seqdl_core.data.simulation.simulate import simulate

    return simulate(store().new_dataset_folder(owner), motif_ids=example.motifs).folder.name


def start_job(owner: str, arguments: Sequence[str]) -> Job:
    """Have a command computed beside this process, or find what it computed before."""
    return jobs.start_job(store().jobs_folder(owner), arguments)


def find_job(owner: str, arguments: Sequence[str]) -> Job | None:
    """The same where it was started before; None where it was not."""
    return jobs.find_job(store().jobs_folder(owner), arguments)


def running_jobs(owner: str, command: str) -> list[Job]:
    """The jobs of a command that go on now."""
    return jobs.running_jobs(store().jobs_folder(owner), command)


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


def dataset_unread(owner: str, dataset_id: str) -> "Dataset":
    """One data set without a check of its rows, which may be damaged."""
    from seqdl_core.data.dataset import Dataset

    return Dataset.open(store().folder_of(owner, "datasets", dataset_id), verify=False)


def folder_bytes(folder: Path) -> int:
    """How much a data set or a run takes on disk."""
    return bin.folder_bytes(folder)


def trained_on(owner: str, dataset_id: str) -> list[RunFolder]:
    """The runs that read their rows from a data set."""
    return bin.trained_on(store(), owner, dataset_id)


def delete(owner: str, kind: bin.Kind, entry_id: str) -> Deleted:
    """Put a data set, a run or, by its architecture's name, a network of one's own into the bin."""
    ways = {"runs": bin.delete_run, "datasets": bin.delete_dataset, "networks": bin.delete_network}
    return ways[kind](store(), owner, entry_id)


def built_as(owner: str, architecture: str) -> list[RunFolder]:
    """The runs of an architecture."""
    return bin.built_as(store(), owner, architecture)


def in_the_bin(owner: str) -> list[Deleted]:
    """What is in the bin, what was deleted last first."""
    return bin.contents(store(), owner)


def restore(owner: str, entry_id: str) -> None:
    """Bring it back."""
    bin.restore(store(), owner, entry_id)


def start_runs(owner: str, data: "Dataset", folds: Sequence[int] = (0,), **order: Any) -> str:
    """Prepare a run for each fold that is to test (0: the parts as they are), queue them, return the first one's id."""
    from seqdl_core.runs import queue

    made: list[RunFolder] = []
    try:
        for fold in folds:
            made.append(store().create_run(owner, data, fold=fold, **order))
    except SeqDLError:
        for run in made:
            store().take_back(run)
        raise
    started = [queue.start(store(), run) for run in made]
    return started[0].id


def get_ready() -> None:
    """See that a worker with a warm process is there before Train is pressed; the first step then comes soon after."""
    from seqdl_core.runs import queue

    queue.ensure_worker(store())


def stop_run(found: RunFolder) -> None:
    """Ask a run to write a checkpoint and end."""
    from seqdl_core.runs import queue

    queue.stop(found)


def resume_run(found: RunFolder) -> None:
    """Let a run go on from its last checkpoint."""
    from seqdl_core.runs import queue

    queue.resume(found)


def queue_place(found: RunFolder) -> "Place | None":
    """Where a run stands in line, None where it does not wait; also sees that a worker is there."""
    from seqdl_core.runs import line, queue

    queue.ensure_worker(store())
    return line.place_of(found)


def keep_note(found: RunFolder, text: str) -> None:
    """Keep a text beside a run; raises ConfigError where it is too long."""
    found.write_notes(parse(RunNotes, {"text": text, "tags": found.notes().tags}, where="Note"))


def keep_tags(found: RunFolder, tags: Sequence[str]) -> None:
    """Keep tags beside a run; raises ConfigError where one is too long or they are too many."""
    found.write_notes(parse(RunNotes, {"text": found.notes().text, "tags": tuple(dict.fromkeys(tags))}, where="Tags"))


def tags_of(runs: Sequence[RunFolder]) -> list[str]:
    """Every tag that a run has."""
    return sorted({tag for run in runs for tag in run.notes().tags}, key=str.casefold)


def found_by(run: RunFolder, asked: str) -> bool:
    """Whether each word of a search is in the name, the architecture, the state, the note or the tags of a run."""
    spec, notes = run.spec, run.notes()
    told = " ".join((spec.name, title(spec.architecture), run.status().state, notes.text, *notes.tags)).casefold()
    return all(word in told for word in asked.casefold().split())


def dataset_in_store(owner: str, found: RunFolder) -> str:
    """The id of the data set that a run was made from; "" where its rows lie in the run itself."""
    return next((one.folder.name for one in datasets(owner) if one.folder.resolve() == found.data), "")
