"""What a file too large for memory holds, told from a part of it: its beginning and some stretches further on.

The sample goes through the ordinary interpretation, so a large file is described as a small one is.
"""

import gzip
import os
import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.inference import (
    assemble,
    infer_alphabet,
    infer_group_column,
    infer_name_columns,
    infer_split_column,
)
from seqdl_core.data.inspection import Inspection
from seqdl_core.data.interpreting import Interpretation, interpret
from seqdl_core.data.labels.labels import NOTHING, Labels, infer_labels
from seqdl_core.data.labels.replicate_names import mean_named, replicate_groups
from seqdl_core.data.labels.replicates import with_chosen_mean, with_mean
from seqdl_core.data.labels.spelling import Sign, said_missing, sign_of, spelled_column
from seqdl_core.data.labels.targets import Targets, targets_of
from seqdl_core.data.labels.unlabelled import columns_beside, without_question
from seqdl_core.data.large.tables import looks_like_a_table, sample_table
from seqdl_core.data.large.words import Sampled
from seqdl_core.data.parts.written import decide_parts, meanings_of
from seqdl_core.errors import ConfigError, DataError, ReadError, SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import READERS, RawTable
from seqdl_core.sequences.readers._structure_aware import TOLD
from seqdl_core.sequences.readers._text import to_text
from seqdl_core.sequences.table_batches import TableForm

LARGE_MB = 256
"""From this size on (``SEQDL_LARGE_MB``) a FASTA file is imported in batches, a table from a quarter of it on, for it
takes more memory. Packed with gzip, a quarter of either."""

SAMPLED_ROWS = 20_000

_HEAD = 8 * 2**20
_SLICES = 32
_SLICE = 2**18
_SLICE_ROWS = 200
_TITLES = 200
_GZIP = b"\x1f\x8b"
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n|;[^\n]*\n)*>")
_UNFIT = ("structure", "aligned", "residues")


@dataclass(frozen=True, eq=False)
class Sample:
    """Some records of a file, and how many there are about; ``whole`` where the sample is all of them.

    ``titles`` are some of its headers, from all over the sample, ``lengths`` the letters of their records. ``form``
    tells how the rows of a table lie; of a table ``rows`` is exact.
    """

    table: RawTable
    titles: tuple[str, ...]
    lengths: tuple[int, ...]
    rows: int
    whole: bool
    form: TableForm | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """What the sample decides for all rows.

    Attributes:
        name_column: the header part that names the rows, ``""`` where they are numbered.
        split_column: the header part that tells training from test, ``""`` where none does.
        validation_column: the column that marks validation rows beside it, ``""`` where none does.
        way: ``column``, ``random`` or ``all test``.
        shuffle: whether all rows are positives with shuffles as negatives.
        mean_of: the replicates of which the label is the mean.
        signs: what a comma is in each label column, and ``spellings`` how each label of the sample is spelled.
        leaves_unknown: whether rows are left out whose cell says in a word that there is no label.
        width: letters to keep of each sequence, 0 for all; no sample tells how short the shortest of all rows is.
    """

    alphabet: Alphabet
    labels: Labels
    targets: Targets
    name_column: str
    split_column: str
    group_column: str
    way: str
    shuffle: bool
    sample: Sample
    validation_column: str
    mean_of: tuple[str, ...]
    signs: dict[str, Sign]
    spellings: dict[str, dict[str, str]]
    leaves_unknown: bool
    width: int = 0

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns of the file that the labels are read from."""
        return self.mean_of or self.labels.columns


class NotInBatches(DataError):
    """What the file holds cannot be read in batches."""


def large_bytes() -> int:
    """From how many bytes on a FASTA file is imported in batches.

    Raises:
        ConfigError: where ``SEQDL_LARGE_MB`` is no positive number.
    """
    said = os.environ.get("SEQDL_LARGE_MB", "") or str(LARGE_MB)
    if not said.isdecimal() or not int(said):
        raise ConfigError(
            f"SEQDL_LARGE_MB cannot be {said}.", where="the environment", fix="Give a whole number of megabytes."
        )
    return int(said) * 2**20


def is_large(path: Path, limit: int | None = None) -> bool:
    """Whether a file is FASTA or a table, plain or gzip, and so large that it is imported in batches if it can be."""
    limit = large_bytes() if limit is None else limit
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        size = path.stat().st_size * (4 if packed else 1)
        if size < limit // 4:
            return False
        head = _head(path, 2**16)
    except (OSError, EOFError, zlib.error, ValueError):
        return False
    return size >= limit if _FIRST.match(head) else looks_like_a_table(head)


def inspect_large(
    path: Path,
    choices: ImportChoices | None = None,
    name: str = "",
    tell: Callable[[float], None] | None = None,
) -> Inspection | None:
    """Say what a large file holds, from a sample. Problems are collected, not raised.

    There are no rows to save: :func:`seqdl_core.data.large.streaming.import_large` reads them all. None for a table
    that has to be read as a whole.

    Args:
        tell: called with the share that was read.
    """
    began = time.perf_counter()
    choices, name = choices or ImportChoices(), name or path.name
    size = path.stat().st_size
    try:
        sample = sample_of(path, name, choices, tell)
    except SeqDLError as problem:
        return Inspection(1, size, time.perf_counter() - began, choices, problems=(problem,))
    if sample is None:
        return None
    result = _interpreted(sample, choices)
    problems = list(result.problems)
    if not problems:
        try:
            make_plan(sample, choices)
        except NotInBatches as problem:
            if sample.form:
                return None
            problems.append(problem)
        except SeqDLError as problem:
            problems.append(problem)
    said = Sampled(len(sample.table), sample.rows, sample.form is not None)
    return Inspection(
        files=1,
        bytes=size,
        seconds=time.perf_counter() - began,
        choices=choices,
        findings=tuple(result.findings if sample.whole else map(said.finding, result.findings)),
        problems=tuple(problems if sample.whole else map(said.problem, problems)),
        notices=tuple(result.notices if sample.whole else (said.looked(name), *map(said.notice, result.notices))),
        positives_only=result.positives_only,
        tables=tuple(replace(one, rows=sample.rows) for one in result.previews),
        summary=result.summary if sample.whole else None,
    )


def sample_of(
    path: Path, name: str, choices: ImportChoices, tell: Callable[[float], None] | None = None
) -> Sample | None:
    """A sample of a FASTA file or a table; None for a table that has to be read as a whole."""
    try:
        head = _head(path, 2**20)
    except (OSError, EOFError, zlib.error, ValueError):
        head = b""
    if not head or _FIRST.match(head) or not looks_like_a_table(head):
        return take_sample(path, name)
    found = sample_table(path, name, head, choices, SAMPLED_ROWS, tell)
    if found is None:
        return None
    return Sample(found.table, (), (), found.rows, len(found.table) == found.rows, found.form)


def make_plan(sample: Sample, choices: ImportChoices) -> Plan:
    """Decide from the sample how all rows are read. Raises the first problem that stands in the way."""
    result = _interpreted(sample, choices)
    if result.problems:
        raise result.problems[0]
    table = sample.table
    rows = assemble([table], choices)
    unfit = [column for column in _UNFIT if column in table.cells.columns]
    [names] = infer_name_columns(rows, choices)
    split = infer_split_column(rows, [names] if names else [], choices)
    group = infer_group_column(rows, choices)
    alphabet, _ = infer_alphabet(rows, choices)
    known = without_question(NOTHING, rows, alphabet)
    rows = with_chosen_mean(rows, choices)
    taken = [column for column in (names, split) if column]
    found = infer_labels(rows, choices, [*taken, *columns_beside(rows.tables)], known)
    spellings = {column: dict(zip(rows.values(column), spelled_column(rows, column), strict=True))
                 for column in rows.cells.columns if column in found.columns or found.task == "regression"}  # fmt: skip
    rows, labels = with_mean(rows, found, choices)
    parts = decide_parts(rows, choices, split)
    if any(told.what.endswith(TOLD) for told in table.notices):
        raise _not_in_batches("structure-aware sequences", table)
    if unfit or labels.task in ("residues", "tracks", "contacts"):
        raise _not_in_batches(f"records with {unfit[0] if unfit else 'labels along each sequence'}", table)
    if labels.task == "multilabel" and len(labels.columns) > 1:
        raise _not_in_batches(f"several labels in each {'row' if sample.form else 'header'}", table)
    if choices.split_way not in ("auto", "random", "stratified"):
        raise _not_in_batches(f"a split by {choices.split_way}", table)
    if choices.sequence_column not in ("", table.sequence_column):
        raise _not_in_batches("another sequence column", table)
    assert result.info is not None
    named = set(meanings_of(parts.column, set(rows.values(parts.column))).values()) if parts.column else set()
    column = parts.column if parts.way == "column" or "train" in named else ""
    further = next((str(c) for c in rows.cells.columns if str(c).strip().lower() == "validation"), "")
    means = {mean_named(group): group for group in replicate_groups(list(map(str, table.cells.columns)))}
    mean_of = means.get(labels.columns[0], ()) if len(labels.columns) == 1 else ()
    raw = rows.values(labels.columns[0]) if labels.columns else []
    said = said_missing(raw) if labels.task in ("binary", "multiclass") else []
    targets = targets_of(rows, labels, choices)
    return Plan(
        alphabet=result.info.letters,
        labels=labels,
        targets=targets,
        name_column=names,
        split_column=column,
        group_column=group,
        way=parts.way,
        shuffle=result.info.negatives == "shuffle",
        sample=sample,
        validation_column=further if column and further != column else "",
        mean_of=mean_of,
        signs={
            name: sign_of(set(table.cells[name]), choices.decimal, table.layout == "semicolon")
            for name in mean_of or labels.columns
        },
        spellings=spellings,
        leaves_unknown=0 < len(said) <= len(rows) / 2 and bool(targets.without[said].all()),
    )


def take_sample(path: Path, name: str, most: int = SAMPLED_ROWS) -> Sample:
    """The first records of a file and, where it is not packed, some from stretches further on.

    Raises:
        ReadError: the file cannot be opened or is no FASTA file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        head = _head(path, _HEAD)
        whole = len(head) < _HEAD
        head, cut = _whole_records(head, most, whole)
        slices = [] if whole or packed else _further_on(path, len(head), size)
        before = _lines_before(path, [at for at, _ in slices]) if slices else []
    except (OSError, EOFError, zlib.error, ValueError):
        raise ReadError(
            "The file cannot be opened, or is damaged.", where=name, fix="Copy or download it again."
        ) from None
    read = READERS.get("fasta").read
    assert read is not None
    file_text = to_text(b"".join([head, *(piece for _, piece in slices)]), name)
    table = read(replace(file_text, bytes=size, sha256="", compressed=packed), "auto")
    lines, at = table.lines.copy(), len(_starts(head))
    first_line = head.count(b"\n") + 1
    for (_, piece), line in zip(slices, before, strict=True):
        count, length = len(_starts(piece)), piece.count(b"\n")
        lines[at : at + count] += line - (first_line - 1)
        at, first_line = at + count, first_line + length
    table = replace(table, lines=lines, letters_before=None if slices else table.letters_before)
    share = len(head) / size if not packed else 0.0
    rows = len(table) if not cut and whole else round(len(_starts(head)) / share) if share else len(table)
    titles = [line[1:].strip() for line in file_text.text.split("\n") if line[:1] == ">"]
    step = max(1, len(titles) // _TITLES)
    lengths = table.cells[table.sequence_column].str.len().tolist()
    return Sample(table, tuple(titles[::step]), tuple(lengths[::step]), rows, whole and not cut)


def _interpreted(sample: Sample, choices: ImportChoices) -> Interpretation:
    return interpret([sample.table], choices, (), in_batches=True)


def _not_in_batches(what: str, table: RawTable) -> NotInBatches:
    return NotInBatches(
        f"A file of {table.file.bytes:,} bytes is read in batches, and that cannot be done with {what}.",
        where=table.file.name,
        fix="Bring a smaller part of the file.",
    )


def _head(path: Path, most: int) -> bytes:
    """The first bytes of a file's text."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            file.seek(0)
            return file.read(most)
        file.seek(0)
        with gzip.GzipFile(fileobj=file) as text:
            return text.read(most)


def _whole_records(text: bytes, most: int, whole: bool) -> tuple[bytes, bool]:
    """The first ``most`` records without the last one where that may be cut off; whether any were left out."""
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    starts = _starts(text)
    if len(starts) > most:
        return text[: starts[most]], True
    if whole or len(starts) < 2:
        return text, not whole
    return text[: starts[-1]], True


def _starts(text: bytes) -> NDArray[np.int64]:
    """Where records begin."""
    raw = np.frombuffer(text, np.uint8)
    found = np.flatnonzero(raw == ord(">"))
    return np.asarray(found[(found == 0) | (raw[found - 1] == ord("\n"))], np.int64)


def _further_on(path: Path, first: int, size: int) -> list[tuple[int, bytes]]:
    """Some records each from places spread over the rest of the file, each with its offset."""
    pieces = []
    with path.open("rb") as file:
        for number in range(1, _SLICES + 1):
            at = first + (size - first) * number // (_SLICES + 1)
            file.seek(at)
            text = file.read(_SLICE)
            starts = _starts(text)
            starts = starts[starts > 0][: _SLICE_ROWS + 1]
            if len(starts) > 1:
                pieces.append((at + int(starts[0]), text[starts[0] : starts[-1]]))
    return [piece for number, piece in enumerate(pieces) if not number or piece[0] > pieces[number - 1][0] + _SLICE]


def _lines_before(path: Path, places: list[int]) -> list[int]:
    """How many lines end before each of some places in a file."""
    counts, total, at = [], 0, 0
    with path.open("rb") as file:
        for place in places:
            while at < place:
                block = file.read(min(_HEAD, place - at))
                if not block:
                    break
                total += block.count(b"\n")
                at += len(block)
            counts.append(total)
    return counts
