"""Rows of a data set from batches of FASTA records, each held to what a sample of the file told."""

import gzip
import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float64, UInt8, UInt64
from numpy.typing import NDArray

from seqdl_core.data.batch_tally import Tally
from seqdl_core.data.checks import clean_sequences
from seqdl_core.data.choices import NO_LABELS, ImportChoices
from seqdl_core.data.dataset import label_columns
from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.data.labels import several_parts
from seqdl_core.data.large_headers import HeaderReader
from seqdl_core.data.large_sample import Plan
from seqdl_core.data.parts import meanings_of
from seqdl_core.data.spelling import sign_of, spelled_as
from seqdl_core.data.split import drawn_alone
from seqdl_core.errors import DataError, ReadError
from seqdl_core.sequences.fasta_batches import (
    AMBIGUOUS,
    KNOWN,
    LOWER,
    ODD,
    STOPPED,
    SWAPPED,
    Batch,
    Letters,
    clean,
    hash_texts,
    mix,
    rules,
)
from seqdl_core.sequences.vocabulary import is_label_value, is_number, means_zero

_TEST = SPLITS.index("test")


@dataclass(frozen=True, eq=False)
class Hashed:
    """Rows with what finds repeats among them; see :class:`seqdl_core.data.spilling.Spill`."""

    rows: pd.DataFrame
    names: UInt64[np.ndarray, "N"]
    sequences: UInt64[np.ndarray, "N"]
    strand_free: UInt64[np.ndarray, "N"]
    labels: UInt64[np.ndarray, "N"]
    parts: UInt8[np.ndarray, "N"]


class BatchReader:
    """Turns batches of records into rows; the first record that contradicts the sample is named."""

    def __init__(self, path: Path, plan: Plan, choices: ImportChoices) -> None:
        self.tally = Tally()
        self._path, self._plan, self._choices = path, plan, choices
        self._file = plan.sample.table.file.name
        self._rules = rules(plan.alphabet, choices.ambiguous != "refuse", choices.alphabet != "auto")
        cells = plan.sample.table.cells
        self._headers = HeaderReader(plan)
        labels = plan.labels
        self._signs = {column: sign_of(set(cells[column]), choices.decimal) for column in labels.columns}
        self._places = {name: float(place) for place, name in enumerate(plan.targets.label_names)}
        self._usual = Counter(cells[plan.sample.table.sequence_column].str.len().tolist()).most_common(1)[0][0]

    def read(self, batch: Batch) -> Hashed:
        """The batch's rows. Raises ReadError or DataError that names the record."""
        plan, tally = self._plan, self.tally
        letters = clean(batch, self._rules, plan.width)
        headers = self._headers.read(batch, tally.rows)
        columns = headers.cells
        tally.kinds["nameless"] += headers.nameless
        lengths = np.diff(letters.offsets)
        keep = self._check_letters(batch, letters)
        keep &= self._check_lengths(batch, lengths, keep)
        values, usable = self._targets(batch, columns, keep)
        keep &= usable
        parts, named = self._parts(batch, columns, letters)
        tally.dropped[f"no part in the column {plan.split_column}"] += int((keep & ~named).sum())
        keep &= named
        self._count_letters(letters, lengths, keep)
        rows = pd.DataFrame(
            {
                "id": _text(columns["name"]),
                "sequence": _strings(letters.ascii, letters.offsets),
                **{name: values[:, at] for at, name in enumerate(label_columns(values.shape[1]))},
                "split": _text(pa.DictionaryArray.from_arrays(parts, pa.array(SPLITS)).cast(pa.large_string())),
                "source": self._file,
            }
        )
        if plan.group_column:
            rows["group"] = _text(columns[plan.group_column])
        if self._headers.has_chromosomes:
            rows["chromosome"] = _text(columns["chrom"])
        names = _hashes_of(columns["name"])
        tally.kinds["numbered names"] += int(
            pc.sum(pc.match_substring_regex(columns["name"], r" \(\d+\)$")).as_py() or 0
        )
        sequences, strand_free = letters.hashes, letters.strand_free
        tally.rows += len(rows)
        if not keep.all():
            rows = rows[keep].reset_index(drop=True)
            names, sequences, strand_free = names[keep], sequences[keep], strand_free[keep]
            parts, values = parts[keep], values[keep]
        if len(rows):
            tally.count_rows(rows)
        return Hashed(rows, names, sequences, strand_free, _bits(values), parts)

    def _check_letters(self, batch: Batch, letters: Letters) -> Bool[np.ndarray, "N"]:
        """Which rows have a sequence of good letters; others are left out where the person chose so."""
        odd = (letters.seen & ODD) != 0
        empty = np.diff(letters.offsets) == 0
        bad = odd | empty
        if bad.any() and self._choices.bad_rows != "drop":
            row = int(bad.argmax())
            raise self._about_letters(batch, row)
        self.tally.dropped["no sequence"] += int(empty.sum())
        self.tally.dropped["letters outside the alphabet"] += int((odd & ~empty).sum())
        return np.asarray(~bad)

    def _about_letters(self, batch: Batch, row: int) -> ReadError | DataError:
        lines = _record_lines(self._path, int(batch.lines[row]))

        def where(_: int, letter: int | None) -> str:
            line, before = int(batch.lines[row]), 0
            for number, text in lines:
                if letter is not None and before <= letter < before + len(text):
                    line = number
                before += len(text)
            place = batch.where(row, self._file)
            return place.replace(f"line {int(batch.lines[row])} ", f"line {line} ", 1)

        whole = "".join(text for _, text in lines).removesuffix("*")
        found = clean_sequences([whole], self._plan.alphabet, self._choices, where).problems
        problem = found[0] if found else ReadError("A letter is of no use.", where=where(0, None))
        assert isinstance(problem, ReadError | DataError)
        return problem

    def _check_lengths(
        self, batch: Batch, lengths: NDArray[np.int64], keep: Bool[np.ndarray, "N"]
    ) -> Bool[np.ndarray, "N"]:
        """Unequal lengths are refused where the person chose so, and sequences shorter than the crop always."""
        way = self._choices.lengths
        least = self._plan.width if way == "crop" else self._usual if way == "refuse" else 0
        odd = keep & ((lengths != least) if way == "refuse" else (lengths < least))
        if odd.any():
            row = int(odd.argmax())
            unit = self._plan.alphabet.unit
            raise DataError(
                f"This sequence has {int(lengths[row]):,} {unit}; those looked at first have "
                f"{'at least ' if way == 'crop' else ''}{least:,}.",
                where=batch.where(row, self._file),
                fix="Choose to pad shorter sequences (`--lengths pad`), or remove the record.",
            )
        return np.ones(len(batch), bool)

    def _targets(
        self, batch: Batch, columns: dict[str, Any], keep: Bool[np.ndarray, "N"]
    ) -> tuple[Float64[np.ndarray, "N T"], Bool[np.ndarray, "N"]]:
        """Labels as numbers, and which rows have one; each different label is looked at once."""
        labels, targets = self._plan.labels, self._plan.targets
        rows = len(batch)
        if labels.task == "unlabelled":
            return np.full((rows, 1), np.nan), np.ones(rows, bool)
        if labels.place == NO_LABELS:
            return np.ones((rows, 1)), np.ones(rows, bool)
        values = np.full((rows, targets.values.shape[1]), np.nan)
        problems: dict[int, str] = {}
        for at, column in enumerate(labels.columns):
            coded = columns[column].dictionary_encode()
            places = np.asarray(coded.indices, np.int64)
            written = spelled_as(coded.dictionary.to_pylist(), self._signs[column])
            numbers = np.full((len(written), values.shape[1] if labels.task == "multilabel" else 1), np.nan)
            for number, value in enumerate(written):
                problem = self._number(value, column, numbers[number]) if value else ""
                if problem:
                    problems |= dict.fromkeys(np.flatnonzero(places == number).tolist(), problem)
            if labels.task == "multilabel":
                values = numbers[places]
            else:
                values[:, at] = numbers[places, 0]
        missing = np.isnan(values).all(axis=1)
        missing[list(problems)] = False
        self._refuse_labels(batch, problems, missing, keep)
        bad = missing.copy()
        bad[list(problems)] = True
        return values, ~bad

    def _number(self, value: str, column: str, numbers: NDArray[np.float64]) -> str:
        """Fill in what one label means; what is wrong with it, ``""`` where nothing is."""
        task = self._plan.labels.task
        if task == "regression":
            if not is_number(value) or not np.isfinite(float(value)):
                return f"'{value[:30]}' ({column}) is not a number"
            numbers[0] = float(value)
            return ""
        if task == "multilabel":
            place = {name: at for at, name in enumerate(self._plan.targets.names)}
            parts = several_parts(value)
            unknown = next((part for part in parts if part not in place), None)
            if unknown is not None:
                return self._unknown(unknown, column)
            numbers[:] = 0.0
            numbers[[place[part] for part in parts]] = 1.0
            return ""
        found = self._place(value)
        if found is None:
            return self._unknown(value, column)
        numbers[0] = found
        return ""

    def _refuse_labels(
        self, batch: Batch, problems: dict[int, str], missing: Bool[np.ndarray, "N"], keep: Bool[np.ndarray, "N"]
    ) -> None:
        drop, task = self._choices.bad_rows == "drop", self._plan.labels.task
        gone = missing & keep
        if gone.any() and not drop and task != "regression":
            raise DataError(
                f"The label is missing ({self._plan.labels.column}).",
                where=batch.where(int(gone.argmax()), self._file),
                fix="Fill it in, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        first = next((row for row in sorted(problems) if keep[row]), None)
        if first is not None and not drop:
            raise DataError(
                f"{problems[first]}.",
                where=batch.where(first, self._file),
                fix="Correct it, remove the row, or leave such rows out (`--bad-rows drop`).",
            )
        self.tally.dropped["no value of any target" if task == "regression" else "no label"] += int(gone.sum())
        self.tally.dropped["a label that was not met before"] += sum(bool(keep[row]) for row in problems)

    def _place(self, value: str) -> float | None:
        """The number of a label; where the sample held one label only, a word for "no" is the other."""
        if value in self._places:
            return self._places[value]
        distinct = self._plan.labels.distinct
        if value and self._plan.labels.task == "binary" and len(distinct) < 2:
            if value == distinct[0]:
                return float(self._plan.targets.values[0, 0])
            if is_label_value(value) and is_label_value(distinct[0]):
                return 0.0 if means_zero(value) else 1.0
        return None

    def _unknown(self, value: str, column: str) -> str:
        names = self._plan.targets.names if self._plan.labels.task == "multilabel" else tuple(self._places)
        listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        return (
            f"The label '{value[:40]}' ({column}) is none of those in the {len(self._plan.sample.table):,} records "
            f"looked at first: {listed}"
        )

    def _parts(
        self, batch: Batch, columns: dict[str, Any], letters: Letters
    ) -> tuple[UInt8[np.ndarray, "N"], Bool[np.ndarray, "N"]]:
        """0 for train, 1 for validation, 2 for test, and which rows have one; drawn by the sequence itself."""
        plan = self._plan
        parts, named = np.zeros(len(batch), np.uint8), np.ones(len(batch), bool)
        if plan.way == "all test":
            parts[:] = _TEST
        if plan.split_column:
            coded = columns[plan.split_column].dictionary_encode()
            seen = set(plan.sample.table.cells[plan.split_column])
            meaning = meanings_of(plan.split_column, seen | set(coded.dictionary.to_pylist()))
            said = [meaning[value] for value in coded.dictionary.to_pylist()]
            indices = np.asarray(coded.indices, np.int64)
            parts = np.array([SPLITS.index(part or "train") for part in said], np.uint8)[indices]
            named = np.array([bool(part) for part in said])[indices]
        if plan.way == "random":
            test = drawn_alone(letters.strand_free, self._choices.test_fraction, self._choices.seed)
            parts[test & (parts == 0)] = _TEST
        return parts, named

    def _count_letters(self, letters: Letters, lengths: NDArray[np.int64], keep: Bool[np.ndarray, "N"]) -> None:
        kinds = self.tally.kinds
        for name, bit in (("lower", LOWER), ("ambiguous", AMBIGUOUS), ("swapped", SWAPPED), ("stopped", STOPPED)):
            kinds[name] += letters.with_bit(bit)
        kinds["cropped"] += letters.cropped
        kinds["ambiguous letters"] += letters.ambiguous
        kinds["blank"] += int((((letters.seen & (KNOWN | ODD)) == 0) & (lengths > 0)).sum())
        found, counts = np.unique(lengths[keep], return_counts=True)
        self.tally.lengths.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))


def _record_lines(path: Path, header: int) -> list[tuple[int, str]]:
    """The lines of one record, each with its number; ``header`` is the line of the record's header."""
    found = []
    with path.open("rb") as raw, io.TextIOWrapper(_unpacked(raw), encoding="latin-1") as file:
        for number, line in enumerate(islice(file, header, None), header + 1):
            if line[:1] == ">":
                break
            if line[:1] != ";":
                found.append((number, line.rstrip().replace(" ", "").replace("\t", "")))
    return found


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[return-value]


def _strings(letters: UInt8[np.ndarray, "M"], offsets: NDArray[np.int64]) -> pd.Series:
    """Pieces of one text as a column, without copying them."""
    pieces = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(letters))
    return pd.Series(pd.array(pieces, dtype="str"))


def _text(column: Any) -> pd.Series:
    return pd.Series(pd.array(column, dtype="str"))


def _hashes_of(texts: Any) -> UInt64[np.ndarray, "N"]:
    """A hash of each text of a list or an arrow array."""
    if not len(texts):
        return np.zeros(0, np.uint64)
    column = texts if isinstance(texts, pa.LargeStringArray) else pa.array(texts, pa.large_string())
    _, offsets, content = column.buffers()
    ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return hash_texts(np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8), ends)


def _bits(values: Float64[np.ndarray, "N T"]) -> UInt64[np.ndarray, "N"]:
    """One number for the labels of a row."""
    bits = np.zeros(len(values), np.uint64)
    for column in values.T:
        bits = mix(bits ^ np.ascontiguousarray(column).view(np.uint64), 0)
    return bits
