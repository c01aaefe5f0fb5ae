"""The store: uploads, datasets and runs of each owner, kept under ids that the store itself makes.

    SEQDL_HOME/owners/<owner>/uploads/<id>/  datasets/<id>/  runs/<id>/      SEQDL_HOME/queue/

Paths are built from an owner and an id that match a fixed pattern, never from what a person typed.
"""

import hashlib
import logging
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import ValidationError

from seqdl_core.config import Config
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.parts.resplit import resplit
from seqdl_core.errors import DataError, RunError, SeqDLError
from seqdl_core.files import replace_file
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import new_spec
from seqdl_core.runs.records import now

_OWNER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")
_CHUNK = 1 << 20
_LONGEST_NAME = 200

_log = logging.getLogger(__name__)


@runtime_checkable
class ByteStream(Protocol):
    """Anything that bytes can be read from in pieces: an open file, an upload of the web page."""

    def read(self, size: int, /) -> bytes: ...

    def seekable(self) -> bool: ...

    def seek(self, place: int, /) -> int: ...


class UploadRecord(Config):
    """What is kept beside an uploaded file: the name it came with (text from a person), its size and its hash.

    ``place`` is set where the file stays where it lies on this machine instead of being copied; it has no hash then.
    """

    name: str
    bytes: int
    sha256: str
    created: str
    place: str = ""


@dataclass(frozen=True)
class Upload:
    """A file that a person brought, on disk under an id of ours."""

    id: str
    name: str
    path: Path
    bytes: int
    sha256: str
    created: str


class Store:
    """All that is kept on this machine. Every call about people's things takes the owner."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @staticmethod
    def default() -> "Store":
        """The store in ``SEQDL_HOME``, or in ``.seqdl`` in the person's home folder."""
        return Store(Path(os.environ.get("SEQDL_HOME") or Path.home() / ".seqdl").absolute())

    @staticmethod
    def around(run: RunFolder) -> "Store | None":
        """The store that a run folder lies in; None for a folder elsewhere."""
        parts = run.path.absolute().parents
        inside = len(parts) > 3 and run.path.absolute().parent.name == "runs" and parts[2].name == "owners"
        return Store(parts[3]) if inside else None

    @property
    def queue_folder(self) -> Path:
        """Where the queue and its worker keep their files."""
        return _made(self.root / "queue")

    @property
    def catalogue_folder(self) -> Path:
        """Where files of the public catalogue are kept, under their SHA-256; they are nobody's own."""
        return _made(self.root / "catalogue")

    def jobs_folder(self, owner: str) -> Path:
        """Where what pages had computed for this owner is kept (:mod:`seqdl_core.runs.jobs`)."""
        return self._place(owner, "jobs")

    def uploads_folder(self, owner: str) -> Path:
        """Where the files that this owner brought are kept."""
        return self._place(owner, "uploads")

    def bin_folder(self, owner: str) -> Path:
        """Where what this owner deleted is kept (:mod:`seqdl_core.runs.bin`)."""
        return self._place(owner, ".bin")

    def owners(self) -> list[str]:
        """Everyone who keeps something here; for the worker, never for a page."""
        place = self.root / "owners"
        return sorted(entry.name for entry in place.iterdir() if _OWNER.fullmatch(entry.name)) if place.is_dir() else []

    def add_upload(self, owner: str, name: str, stream: ByteStream) -> Upload:
        """Write what a person brought to disk at once, in pieces.

        Args:
            owner: whose it is.
            name: the file's name as it came; kept as text, never used as a path.
            stream: the bytes, read from the start where it can be rewound.

        Raises:
            DataError: when the disk refuses.
        """
        folder = _made(self._place(owner, "uploads") / new_id())
        path = folder / _content_name(name)
        digest, size = hashlib.sha256(), 0
        try:
            if stream.seekable():
                stream.seek(0)
            with path.open("wb") as out:
                while piece := stream.read(_CHUNK):
                    out.write(piece)
                    digest.update(piece)
                    size += len(piece)
                out.flush()
                os.fsync(out.fileno())
            record = UploadRecord(name=_base_name(name), bytes=size, sha256=digest.hexdigest(), created=now())
            replace_file(folder / "upload.json", record.model_dump_json())
        except OSError as problem:
            shutil.rmtree(folder, ignore_errors=True)
            raise DataError(
                f"The file could not be kept: {problem.strerror or problem}.",
                where=_base_name(name),
                fix="Free some space on the disk that SeqDL keeps its data on, then bring the file again.",
            ) from None
        return self.upload(owner, folder.name)

    def add_place(self, owner: str, path: Path, name: str = "") -> Upload:
        """Remember a file that lies on this machine under an id, without copying it.

        The caller makes sure that the person may use it, now and whenever it is opened
        (:mod:`seqdl_core.data.allowed`).
        """
        folder = _made(self._place(owner, "uploads") / new_id())
        record = UploadRecord(
            name=_base_name(name or path.name), bytes=path.stat().st_size, sha256="", created=now(), place=str(path)
        )
        replace_file(folder / "upload.json", record.model_dump_json())
        return self.upload(owner, folder.name)

    def upload(self, owner: str, upload_id: str) -> Upload:
        """One upload; raises DataError where there is none of this id."""
        folder = self._known(owner, "uploads", upload_id, "upload.json")
        try:
            record = UploadRecord.model_validate_json((folder / "upload.json").read_bytes())
        except ValidationError:
            raise DataError("The upload is damaged.", where=upload_id, fix="Bring the file again.") from None
        path = Path(record.place) if record.place else folder / _content_name(record.name)
        return Upload(id=upload_id, path=path, **record.model_dump(exclude={"place"}))

    def new_dataset_folder(self, owner: str) -> Path:
        """A path for a new dataset; the folder is not there yet. Its name is the dataset's id."""
        return self._place(owner, "datasets") / new_id()

    def dataset(self, owner: str, dataset_id: str) -> Dataset:
        """One dataset, its hash verified; raises DataError where there is none of this id or its files changed."""
        return Dataset.open(self._known(owner, "datasets", dataset_id, "dataset.json"))

    def datasets(self, owner: str) -> list[Dataset]:
        """The owner's datasets that can be opened, the newest first; the id is the folder's name. Others are logged.

        The rows are not verified.
        """
        found = []
        for folder in self._entries(owner, "datasets", "dataset.json"):
            try:
                found.append(Dataset.open(folder, verify=False))
            except SeqDLError as problem:
                _log.warning("left out of the list: %s", problem)
        return found

    def create_run(
        self,
        owner: str,
        dataset: Dataset,
        *,
        architecture: str,
        name: str = "",
        architecture_config: Mapping[str, Any] | None = None,
        training: Mapping[str, Any] | None = None,
        jaspar: str = "",
        fold: int = 0,
    ) -> RunFolder:
        """Prepare a run; :func:`seqdl_core.runs.queue.submit` starts it.

        Args:
            fold: the fold of the data set that tests, from 1; its parts are a data set of the run's own. 0 takes the
                data set's own parts.

        Raises:
            UnknownName, ConfigError, DataError: when the order does not make sense (see :func:`new_spec`).
        """
        folder = self._place(owner, "runs") / new_id()
        try:
            own = resplit(dataset, folder / "dataset", "folds", {"fold": fold}) if fold else dataset
            spec = new_spec(
                run_id=folder.name,
                owner=owner,
                name=name,
                architecture=architecture,
                architecture_config=architecture_config or {},
                training=training or {},
                dataset=own,
                data=Path(os.path.relpath(own.folder, folder)).as_posix() if _is_under(own.folder, self.root) else None,
                jaspar=jaspar,
                fold=fold,
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        folder.mkdir(parents=True, exist_ok=True)
        run = RunFolder(folder)
        run.write_spec(spec)
        return run

    def run(self, owner: str, run_id: str) -> RunFolder:
        """One run; raises RunError where there is none of this id."""
        return RunFolder.open(self._known(owner, "runs", run_id, "run.json", RunError))

    def runs(self, owner: str) -> list[RunFolder]:
        """The owner's runs whose order can be read, the newest first; others are logged."""
        found = []
        for folder in self._entries(owner, "runs", "run.json"):
            try:
                found.append(RunFolder.open(folder))
            except SeqDLError as problem:
                _log.warning("left out of the list: %s", problem)
        return found

    def take_back(self, run: RunFolder) -> None:
        """Remove a run that was prepared and given to nobody. What a person deletes goes to the bin instead
        (:mod:`seqdl_core.runs.bin`).
        """
        shutil.rmtree(run.path, ignore_errors=True)

    def folder_of(self, owner: str, kind: Literal["datasets", "runs"], entry_id: str) -> Path:
        """Where a data set or a run of this id lies, without a look at what is in it.

        Raises:
            DataError, RunError: where there is none of this id.
        """
        needed, problem = {"datasets": ("dataset.json", DataError), "runs": ("run.json", RunError)}[kind]
        return self._known(owner, kind, entry_id, needed, problem)

    def _place(self, owner: str, kind: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise RunError("There is no such owner.", where=repr(owner[:40]), fix="Sign in again.")
        return _made(self.root / "owners" / owner / kind)

    def _entries(self, owner: str, kind: str, needed: str) -> list[Path]:
        entries = [entry for entry in self._place(owner, kind).iterdir() if _ID.fullmatch(entry.name)]
        return sorted((entry for entry in entries if (entry / needed).is_file()), reverse=True)

    def _known(self, owner: str, kind: str, entry_id: str, needed: str, problem: type[SeqDLError] = DataError) -> Path:
        folder = self._place(owner, kind) / entry_id if _ID.fullmatch(entry_id) else None
        if folder is None or not (folder / needed).is_file():
            title = {"uploads": "upload", "datasets": "data set", "runs": "run"}[kind]
            raise problem(
                f"There is no {title} of this id.", where=repr(entry_id[:40]), fix="Choose one from the list."
            )
        return folder


def new_id() -> str:
    """A new id: date and time (UTC), and eight random hexadecimal digits."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise RunError(
            f"SeqDL cannot keep its data here: {problem.strerror or problem}.",
            where=str(folder),
            fix="Set SEQDL_HOME to a folder that you may write to.",
        ) from None
    return folder


def _base_name(name: str) -> str:
    base = PurePosixPath(name.replace("\\", "/")).name[-_LONGEST_NAME:]
    return base if base.strip(".") else "unnamed"


def _content_name(name: str) -> str:
    """``content`` with the endings of the name where they are plain letters, because readers look at them."""
    endings = [ending.lower() for ending in PurePosixPath(_base_name(name)).suffixes[-2:]]
    return "content" + "".join(ending for ending in endings if re.fullmatch(r"\.[a-z0-9]{1,8}", ending))


def _is_under(path: Path, root: Path) -> bool:
    return path.absolute().is_relative_to(root)
