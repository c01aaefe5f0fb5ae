"""From files to a data set: look, say what was found with its evidence, let the person correct it, then save.

    inspection = inspect([Path("ELK1_AC.seq.gz"), Path("ELK1_B.seq.gz")], ImportChoices(negatives="shuffle"))
    for finding in inspection.findings: ...
    dataset = save(inspection, Path("elk1"), "ELK1")

Nothing is dropped, changed or assumed in silence: what is wrong blocks saving, the rest is counted in the notices.
"""

import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from pathlib import Path

import pandas as pd

from seqdl_core.data.choices import AT_RANDOM, BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.findings import Finding, stem_of
from seqdl_core.data.inspection import DROPPED_COLUMNS, FilePreview, Inspection, Summary
from seqdl_core.data.interpreting import interpret
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.readers import RawTable, read_tables
from seqdl_core.sequences.readers._folders import LARGEST, Folders

__all__ = [
    "AT_RANDOM",
    "BY_FILE",
    "NO_LABELS",
    "FilePreview",
    "Finding",
    "ImportChoices",
    "Inspection",
    "Summary",
    "import_files",
    "inspect",
    "is_large",
    "save",
    "suggested_name",
]

_LONGEST_NAME = 80
_READING = 0.6
"""The share of an inspection that reading takes, about."""


def inspect(
    files: Sequence[Path],
    choices: ImportChoices | None = None,
    names: Sequence[str] | None = None,
    folders: Sequence[Path] | None = None,
    tell: Callable[[float, str], None] | None = None,
) -> Inspection:
    """Read files and say what they hold. Problems are collected, not raised.

    Args:
        names: what the person calls the files; by default their own names, with the folder where two are alike.
        folders: the folders that the path of a genome (``choices.genome``) may lead into; None allows all.
        tell: called before each file is read and before its meaning is found, with the share of the work that is done
            and words for it.
    """
    began = time.perf_counter()
    choices = choices or ImportChoices()
    if len(files) == 1 and is_large(Path(files[0])):
        from seqdl_core.data.large.sample import inspect_large

        looking = (lambda share: tell(_READING * share, "Looking through the file")) if tell else None
        found = inspect_large(Path(files[0]), choices, names[0] if names else "", looking)
        if found is not None:
            return found
    shown = names_of([Path(file) for file in files]) if names is None else unique_names(names)
    tables, problems = _read_all(files, choices, shown, tell)
    size = sum(table.file.bytes for table in tables)
    if tell:
        tell(_READING, "Finding out what they hold")
    result = interpret(tables, choices, problems, folders)
    return Inspection(
        files=len(files),
        bytes=size,
        seconds=time.perf_counter() - began,
        choices=choices,
        findings=tuple(result.findings),
        problems=tuple(result.problems),
        notices=tuple(result.notices),
        positives_only=result.positives_only,
        tables=result.previews,
        summary=result.summary,
        dropped=pd.DataFrame(result.dropped, columns=list(DROPPED_COLUMNS)),
        changed=pd.DataFrame(result.changed, columns=list(DROPPED_COLUMNS)),
        table=None if result.problems else result.table,
        info=None if result.problems else result.info,
        features=None if result.problems else result.features,
    )


def save(inspection: Inspection, folder: Path, name: str) -> Dataset:
    """Write the data set, or raise the first problem that stands in the way.

    What was found in a large file from a sample of it is saved by :mod:`seqdl_core.data.large.streaming`.
    """
    if inspection.problems:
        raise inspection.problems[0]
    if inspection.info is None or inspection.table is None:
        raise DataError("There are no files to save.", fix="Choose at least one file.")
    return Dataset.create(
        folder, inspection.table, inspection.info.model_copy(update={"name": name}), inspection.features
    )


def is_large(path: Path) -> bool:
    """Whether a file is so large that it is looked at in a sample and imported in batches, where that can be."""
    from seqdl_core.data.large import sample as large_sample

    return large_sample.is_large(path)


def import_files(files: Sequence[Path], folder: Path, choices: ImportChoices | None = None, name: str = "") -> Dataset:
    """Inspect and save in one go, for the command line. Raises the first problem."""
    inspection = inspect(files, choices)
    if inspection.in_batches:
        from seqdl_core.data.large.streaming import import_large

        return import_large(Path(files[0]), folder, choices, name or suggested_name(inspection))
    return save(inspection, folder, name or suggested_name(inspection))


def suggested_name(inspection: Inspection) -> str:
    """A name for the data set, on one line: what the files' names have in common, or the first file's name."""
    stems = [stem_of(table.name).split(".")[0] for table in inspection.tables]
    same = (letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*stems, strict=False)))
    common = "".join(same).rstrip("_-. (")
    first = stem_of(inspection.tables[0].name) if stems else ""
    name = common if len(stems) > 1 and len(common) > 2 else first
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    return line[:_LONGEST_NAME].strip() or "data set"


def names_of(files: Sequence[Path]) -> list[str]:
    """Names to show for paths: the last part, and as many folders before it as tell all files apart."""
    for depth in range(1, max((len(file.parts) for file in files), default=0) + 1):
        names = ["/".join(file.parts[-depth:]) for file in files]
        if len(set(names)) == len(names):
            return unique_names(names)
    return unique_names([file.name for file in files])


def unique_names(names: Sequence[str]) -> list[str]:
    """The names with (2), (3) behind repeats, and without bytes that are no text."""
    seen: set[str] = set()
    unique: list[str] = []
    for name in names:
        plain = wanted = name.encode("utf-8", "replace").decode() or "file"
        count = 1
        while plain in seen:
            count += 1
            plain = f"{wanted} ({count})"
        seen.add(plain)
        unique.append(plain)
    return unique


def _read_all(
    files: Sequence[Path],
    choices: ImportChoices,
    names: Sequence[str],
    tell: Callable[[float, str], None] | None = None,
) -> tuple[list[RawTable], list[SeqDLError]]:
    """Every file that can be read, and a problem for every other."""
    tables: list[RawTable] = []
    problems: list[SeqDLError] = []
    sizes = [path.stat().st_size if path.is_file() else 0 for path in map(Path, files)] if tell else [0] * len(files)
    folders = Folders([name for name in names if "/" in name])
    for number, (path, name) in enumerate(zip(files, names, strict=True)):
        if name in folders and folders.take(name, _start_of(Path(path))):
            continue
        if tell:
            tell(_READING * sum(sizes[:number]) / max(sum(sizes), 1), f"Reading {name}")
        for table in read_tables(Path(path), name, choices.separator, choices.sheet, problems):
            twin = next((other.file.name for other in tables if other.file.sha256 == table.file.sha256), "")
            if twin:
                problems.append(
                    DataError(f"The file is the same as {twin}.", where=table.file.name, fix="Bring each file once.")
                )
            else:
                tables.append(table)
    return [*tables, *folders.tables()], problems


def _start_of(path: Path) -> bytes:
    """Enough of a file to tell whether it is one sequence; nothing of one that cannot be opened."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError):
        return b""
