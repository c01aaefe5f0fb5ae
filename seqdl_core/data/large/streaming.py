"""A file larger than memory to a data set, a batch of records or rows after the other, with progress and Cancel.

    dataset = import_large(Path("reads.fa.gz"), Path("reads"), ImportChoices(), "reads", show, lambda: False)

A sample decides what the rows hold (:mod:`seqdl_core.data.large.sample`); every row is then held to it, and the first
one that contradicts is named. What repeats is found through hashes on disk. So memory does not grow with the file, but
for two numbers a row where names repeat.
"""

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from jaxtyping import Bool, UInt32

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import Dataset, DatasetWriter
from seqdl_core.data.dataset_info import SPLITS, DatasetInfo, Source
from seqdl_core.data.labels.targets import DRAWN_BY_CLASS
from seqdl_core.data.large.rows import BatchReader, Hashed
from seqdl_core.data.large.sample import NotInBatches, Plan, make_plan, sample_of
from seqdl_core.data.large.spilling import NOTHING_MOVED, Moved, Repeats, Spill
from seqdl_core.data.large.tally import Tally, counts_of
from seqdl_core.data.parts.relatives import overlapping
from seqdl_core.data.rows import with_held_out_negatives
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.fasta_batches import BATCH_BYTES, batches, text_table
from seqdl_core.sequences.fasta_scanner import Scanner
from seqdl_core.sequences.readers._spreadsheets import EatenCells
from seqdl_core.sequences.table_batches import TableScanner

_HASHED_AT_ONCE = 2**20
_SECONDS_TO_JUDGE = 0.5
_ABOVE = ("comment line", "title row")


@dataclass(frozen=True)
class Progress:
    """How far an import is. ``seconds_left`` is of this stage, None while that cannot be told.

    The stages are, for a table, ``looking`` (for the words that its columns hold); ``measuring`` (how short the
    shortest row is) where all are cropped to it; then ``reading``, ``checking`` (the file's checksum) and, where names
    or rows repeat, a class has few sequences or shuffles are the negatives, ``rewriting``.
    """

    stage: str
    bytes_done: int
    bytes_total: int
    rows: int
    seconds: float
    seconds_left: float | None


class ImportCancelled(DataError):
    """The person cancelled the import; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__(
            "The import was cancelled, and nothing of it was kept.", fix="Start it again when it is wanted."
        )


@dataclass
class _Watch:
    """Tells progress and asks whether to go on."""

    progress: Callable[[Progress], None]
    cancelled: Callable[[], bool]
    total: int
    began: float = field(default_factory=time.perf_counter)
    _stage: str = ""
    _stage_began: float = 0.0

    def at(self, stage: str, share: float, rows: int) -> None:
        """``share`` of this stage is done."""
        if self.cancelled():
            raise ImportCancelled
        now = time.perf_counter()
        if stage != self._stage:
            self._stage, self._stage_began = stage, now
        spent = now - self._stage_began
        left = spent * (1 - share) / share if share and spent > _SECONDS_TO_JUDGE else None
        before = stage in ("looking", "measuring")
        done = 0 if before else round(share * self.total) if stage == "reading" else self.total
        self.progress(Progress(stage, done, self.total, rows, now - self.began, left))


def import_large(
    path: Path,
    folder: Path,
    choices: ImportChoices | None = None,
    name: str = "",
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    called: str = "",
) -> Dataset:
    """Read a FASTA file or a table in batches and write the data set. The folder appears whole or not at all.

    Args:
        name: what to call the data set; by default the file's name.
        progress: called after every batch.
        cancelled: asked before every batch; True ends the import.
        called: what the person calls the file; by default its own name.

    Raises:
        ImportCancelled: ``cancelled`` said so.
        ReadError, DataError: the file cannot be read, or a row contradicts what the sample of rows told.
    """
    choices, shown = choices or ImportChoices(), called or path.name
    watch = _Watch(progress, cancelled, path.stat().st_size)
    sample = sample_of(path, shown, choices, lambda share: watch.at("looking", share, 0))
    if sample is None:
        raise NotInBatches(
            "This table has to be read as a whole, not in batches.", where=shown, fix="Import it with import_files."
        )
    plan = make_plan(sample, choices)
    if choices.lengths == "crop":
        plan = replace(plan, width=_shortest(path, plan, choices, watch))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".import-", dir=folder.parent) as place, DatasetWriter(folder) as writer:
        with Spill(Path(place)) as spill:
            tally = _read_rows(path, plan, choices, watch, "reading", lambda found: _keep(found, writer, spill))
            tally.check_lengths(plan.alphabet, choices, shown)
            moved, grouped = NOTHING_MOVED, None
            if plan.way == "random" and plan.group_column and choices.split_way == "auto":
                grouped = spill.draw_by_group(choices.test_fraction, choices.seed)
            if grouped is not None:
                moved = grouped
            elif plan.way == "random":
                moved = spill.draw_again(choices.test_fraction, choices.seed, _by_class(plan, choices))
            again = spill.repeated_names()
            left_out = spill.repeated_rows() if choices.duplicates == "drop" else None
            repeats = spill.repeats(left_out)
        if left_out is not None and not left_out.any():
            left_out = None
        if again is not None and tally.kinds["numbered names"]:
            raise _names_in_the_way(shown)
        source = Source(name=shown, sha256=_sha256(path, watch, tally.rows), bytes=watch.total, rows=tally.usable)
        described = _Described(plan, choices, repeats, source, name or shown, grouped is not None)
        if again is None and left_out is None and not len(moved) and not plan.shuffle:
            return writer.finish(described.info(tally, 0, 0))
        tally.start_again()
        with DatasetWriter(folder) as second:
            shuffle = (plan.alphabet, choices.seed) if plan.shuffle else None
            renamed = _write_again(writer, second, again, left_out, moved, shuffle, tally, watch)
            return second.finish(described.info(tally, renamed, 0 if left_out is None else int(left_out.sum())))


def _shortest(path: Path, plan: Plan, choices: ImportChoices, watch: _Watch) -> int:
    """The letters of the shortest row that is used, to which all are cropped."""
    whole = choices.model_copy(update={"lengths": "pad"})
    return _read_rows(path, plan, whole, watch, "measuring", lambda _: None).shortest


def _read_rows(
    path: Path, plan: Plan, choices: ImportChoices, watch: _Watch, stage: str, take: Callable[[Hashed], None]
) -> Tally:
    """Read the whole file once; ``take`` gets each batch."""
    reader = BatchReader(path, plan, choices)
    form = plan.sample.form
    if form:
        eaten = EatenCells(plan.sample.table.file)
        with closing(TableScanner(path, form.layout, plan.sample.table.file.name)) as table:
            for rows in table.batches(form, BATCH_BYTES):
                take(reader.read(rows))
                for column, cells in rows.cells.items():
                    eaten.look(column, cells.to_pylist(), rows.lines)
                watch.at(stage, table.bytes_read / watch.total, reader.tally.rows)
            for told in eaten.told():
                reader.tally.count_notice(told)
            reader.tally.kinds |= {"padded": table.padded, "repeated": table.repeated}
            name = plan.sample.table.file.name
            reader.tally.first |= {"padded": f"line {table.padded_line} of {name}"}
            reader.tally.first |= {"repeated": f"line {table.repeated_line} of {name}"}
        return reader.tally
    with closing(Scanner(path, text_table(), BATCH_BYTES)) as scanner:
        for batch in batches(scanner):
            take(reader.read(batch))
            watch.at(stage, scanner.bytes_read / watch.total, reader.tally.rows)
        reader.tally.kinds["comments"] = scanner.comments
        reader.tally.kinds["lines with blanks"] = scanner.lines_with_blanks
    return reader.tally


def _by_class(plan: Plan, choices: ImportChoices) -> bool:
    """Whether rows of unlike labels are drawn separately."""
    return choices.split_way != "random" and plan.labels.task in DRAWN_BY_CLASS and not plan.shuffle


def _keep(found: Hashed, writer: DatasetWriter, spill: Spill) -> None:
    writer.add(found.rows)
    spill.add(found.names, found.sequences, found.strand_free, found.labels, found.groups, found.parts)


def _write_again(
    first: DatasetWriter,
    second: DatasetWriter,
    again: UInt32[np.ndarray, "N"] | None,
    left_out: Bool[np.ndarray, "N"] | None,
    moved: Moved,
    shuffle: tuple[Alphabet, int] | None,
    tally: Tally,
    watch: _Watch,
) -> int:
    """The rows again, without repeats, with a number behind repeated names; how many names got one.

    Args:
        moved: rows whose part changes.
        shuffle: of rows that are all positives, the alphabet and the seed for shuffles of those that test.
    """
    at = renamed = 0
    for rows in first.written():
        stretch = slice(at, at + len(rows))
        at += len(rows)
        if again is not None:
            numbers = again[stretch]
            repeated = np.flatnonzero(numbers)
            names = rows["id"].to_numpy(object, copy=True)
            names[repeated] = [f"{names[row]} ({numbers[row]})" for row in repeated]
            rows["id"] = names
            renamed += len(repeated) if left_out is None else int((~left_out[stretch][repeated]).sum())
        here = slice(*np.searchsorted(moved.rows, [stretch.start, stretch.stop]))
        split = rows["split"].to_numpy(object, copy=True)
        split[moved.rows[here] - stretch.start] = np.array(SPLITS, object)[moved.parts[here]]
        rows["split"] = split
        if left_out is not None:
            rows = rows[~left_out[stretch]].reset_index(drop=True)
        if shuffle and len(rows):
            rows, notices = with_held_out_negatives(rows, shuffle[0], shuffle[1] + at)
            for told in notices:
                tally.count_notice(told)
        if len(rows):
            tally.count_rows(rows)
            second.add(rows)
        watch.at("rewriting", at / first.rows, at)
    return renamed


@dataclass(frozen=True)
class _Described:
    """What the description of the data set is made of."""

    plan: Plan
    choices: ImportChoices
    repeats: Repeats
    source: Source
    name: str
    grouped: bool

    def info(self, tally: Tally, renamed: int, left_out: int) -> DatasetInfo:
        plan, task = self.plan, self.plan.labels.task
        there = [part for part in SPLITS if tally.counts[part]]
        if plan.way != "all test" and not {"train", "test"} <= set(there):
            raise DataError(
                f"There are no {'test' if 'train' in there else 'training'} rows.",
                where=self.source.name,
                fix="Choose to draw the test set at random (`--test-file none`).",
            )
        drawn = plan.way == "random"
        binary = task == "binary"
        held = (tally.positives if plan.shuffle else tally.counts)["test"] if drawn else 0
        return DatasetInfo(
            name=self.name,
            alphabet=plan.alphabet.name,
            directed=plan.alphabet.directed,
            task=task,
            length=max(tally.lengths),
            targets=("label",) if binary else plan.targets.names,
            label_names=plan.targets.label_names,
            negatives="shuffle" if plan.shuffle else "given",
            counts=counts_of(tally.counts, there),
            positives=counts_of(tally.positives, there) if binary else {},
            sources=(self.source,),
            notices=tally.notices(
                task,
                plan.alphabet,
                self.choices,
                self.repeats,
                renamed,
                left_out,
                held,
                plan.split_column,
                self._apart(),
                self.grouped,
                [told for told in plan.sample.table.notices if told.what.startswith(_ABOVE)],
            ),
            split_way=self._way() if drawn else plan.way,
            higher_is=plan.targets.direction if task == "regression" else "",
        )

    def _way(self) -> str:
        """How the test rows were drawn."""
        return "group" if self.grouped else "stratified" if _by_class(self.plan, self.choices) else "random"

    def _apart(self) -> tuple[str, ...]:
        """What may fall on both sides: groups that the draw does not heed, intervals that overlap in the sample."""
        cells, places = self.plan.sample.table.cells, {"chrom": "chromosome", "start": "start", "end": "end"}
        overlap = set(places) <= set(map(str, cells.columns))
        if overlap:
            rows = cells[list(places)].rename(columns=places)
            rows = rows.assign(**{name: pd.to_numeric(rows[name], errors="coerce") for name in ("start", "end")})
            numbers = overlapping(rows, self.plan.alphabet)
            overlap = len(np.unique(numbers[numbers >= 0])) < int((numbers >= 0).sum())
        groups = bool(self.plan.group_column) and not self.grouped
        return (*(("group",) if groups else ()), *(("overlap",) if overlap else ()))


def _sha256(path: Path, watch: _Watch, rows: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASHED_AT_ONCE):
            digest.update(block)
            watch.at("checking", file.tell() / watch.total, rows)
    return digest.hexdigest()


def _names_in_the_way(file: str) -> DataError:
    return DataError(
        "Some names repeat, and others end in a number in brackets, which is how repeated names are told apart.",
        where=file,
        fix="Give each record a name of its own, or number the rows (`--name-column (none)`).",
    )
