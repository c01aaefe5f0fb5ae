"""Rows of a data set from batches of records or of a table's rows, each held to what a sample of the file told."""

import gzip
import io
from collections import Counter
from collections.abc import Callable
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

from seqdl_core.data.checks import clean_sequences
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import label_columns
from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.data.large.headers import HeaderReader, TableColumns
from seqdl_core.data.large.labels import LabelReader
from seqdl_core.data.large.sample import Plan
from seqdl_core.data.large.tally import Tally
from seqdl_core.data.parts.by_letters import drawn_alone
from seqdl_core.data.parts.written import meanings_of
from seqdl_core.data.rows import cropped_places
from seqdl_core.errors import DataError, ReadError
from seqdl_core.sequences.alphabets import PROTEIN
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
from seqdl_core.sequences.table_batches import TableBatch
from seqdl_core.sequences.vocabulary import is_missing

_TEST = SPLITS.index("test")
_MARKED = ("true", "1", "1.0", "yes")


@dataclass(frozen=True, eq=False)
class Hashed:
    """Rows with what finds repeats among them; see :class:`seqdl_core.data.large.spilling.Spill`."""

    rows: pd.DataFrame
    names: UInt64[np.ndarray, "N"]
    sequences: UInt64[np.ndarray, "N"]
    strand_free: UInt64[np.ndarray, "N"]
    labels: UInt64[np.ndarray, "N"]
    groups: UInt64[np.ndarray, "N"]
    parts: UInt8[np.ndarray, "N"]


class BatchReader:
    """Turns batches of records into rows; the first record that contradicts the sample is named."""

    def __init__(self, path: Path, plan: Plan, choices: ImportChoices) -> None:
        self.tally = Tally()
        self._path, self._plan, self._choices = path, plan, choices
        self._file = plan.sample.table.file.name
        self._rules = rules(plan.alphabet, choices.ambiguous != "refuse", choices.alphabet != "auto")
        table = plan.sample.table
        self._headers = TableColumns(plan) if plan.sample.form else HeaderReader(plan)
        told = (one.what.partition(" ") for one in table.notices)
        self._placed = next((rest for noun, _, rest in told if noun in ("header", "headers")), "")
        self._labels = LabelReader(plan, choices, self.tally)
        self._usual = Counter(table.cells[table.sequence_column].str.len().tolist()).most_common(1)[0][0]

    def read(self, batch: Batch) -> Hashed:
        """The batch's rows. Raises ReadError or DataError that names the record."""
        plan, tally = self._plan, self.tally
        letters = clean(batch, self._rules, plan.width)
        headers = self._headers.read(batch, tally.rows)
        columns = headers.cells
        tally.kinds["nameless"] += headers.nameless
        lengths = np.diff(letters.offsets)
        keep = self._check_letters(batch, letters)
        self._check_lengths(batch, lengths, keep)
        values, usable = self._labels.read(batch, columns, keep)
        keep &= usable
        tally.shortest = int(lengths[keep].min(initial=tally.shortest))
        names = self._names(batch, columns, keep)
        parts, named = self._parts(batch, columns, letters, keep)
        keep &= named
        self._count_letters(batch, letters, lengths, keep)
        rows = pd.DataFrame(
            {
                "id": _text(names),
                "sequence": _strings(letters.ascii, letters.offsets),
                **{name: values[:, at] for at, name in enumerate(label_columns(values.shape[1]))},
                "split": _text(pa.DictionaryArray.from_arrays(parts, pa.array(SPLITS)).cast(pa.large_string())),
                "source": self._file,
            }
        )
        if plan.group_column:
            rows["group"] = _text(columns[plan.group_column])
        for name, column in self._headers.places.items():
            numeric = name in ("start", "end")
            rows[name] = pd.to_numeric(_text(columns[column]).replace("", None)) if numeric else _text(columns[column])
        if self._placed:
            placed = np.asarray(pc.not_equal(columns[self._headers.places["chromosome"]], ""))
            tally.see(f"placed {self._placed}", placed, lambda _: self._file)
        rows = self._cropped(batch, rows)
        hashed = _hashes_of(names)
        tally.kinds["numbered names"] += int(pc.sum(pc.match_substring_regex(names, r" \(\d+\)$")).as_py() or 0)
        sequences, strand_free = letters.hashes, letters.strand_free
        groups = self._groups(columns, strand_free)
        tally.rows += len(rows)
        if not keep.all():
            rows = rows[keep].reset_index(drop=True)
            hashed, sequences, strand_free = hashed[keep], sequences[keep], strand_free[keep]
            groups, parts, values = groups[keep], parts[keep], values[keep]
        if len(rows):
            tally.count_rows(rows)
        return Hashed(rows, hashed, sequences, strand_free, _bits(values), groups, parts)

    def _groups(self, columns: dict[str, Any], strand_free: UInt64[np.ndarray, "N"]) -> UInt64[np.ndarray, "N"]:
        """A hash of the group of each row; a row without one is kept together with its copies alone."""
        if not self._plan.group_column:
            return strand_free
        cells = columns[self._plan.group_column]
        return np.where(np.asarray(pc.equal(cells, "")), strand_free, _hashes_of(cells))

    def _where(self, batch: Batch) -> Callable[[int], str]:
        return lambda row: batch.where(row, self._file)

    def _names(self, batch: Batch, columns: dict[str, Any], keep: Bool[np.ndarray, "N"]) -> Any:
        """A name for each row; those without one are numbered, rows that were left out not counted."""
        numbers = self.tally.usable + np.cumsum(keep)
        self.tally.usable += int(keep.sum())
        column = self._plan.name_column
        empty = np.asarray(pc.equal(columns[column], "")) if column else np.ones(len(batch), bool)
        if not empty.any():
            return columns[column]
        if column:
            self.tally.see("unnamed", empty & keep, self._where(batch))
        row, sign = (pa.scalar(text, pa.large_string()) for text in ("row", "_"))
        numbered = pc.binary_join_element_wise(row, pa.array(numbers).cast(pa.large_string()), sign)
        return pc.if_else(pa.array(empty), numbered, columns[column]) if column else numbered

    def _cropped(self, batch: Batch, rows: pd.DataFrame) -> pd.DataFrame:
        """Starts and ends of the letters that were kept."""
        if not self._plan.width or "start" not in rows:
            return rows
        whole = np.diff(batch.offsets)
        rows, told = cropped_places(rows, [" " * length for length in whole.tolist()], self._where(batch))
        for one in told:
            self.tally.count_notice(one)
        return rows

    def _check_letters(self, batch: Batch, letters: Letters) -> Bool[np.ndarray, "N"]:
        """Which rows have a sequence of good letters; others are left out where the person chose so."""
        stops = STOPPED if self._plan.alphabet is not PROTEIN else 0  # only a protein ends in a stop sign
        odd = (letters.seen & (ODD | stops)) != 0
        empty = np.diff(letters.offsets) == 0
        bad = odd | empty
        if bad.any() and self._choices.bad_rows != "drop":
            row = int(bad.argmax())
            raise self._about_letters(batch, row)
        self.tally.leave_out("left out: no sequence.", empty, self._where(batch))
        self.tally.leave_out("left out: letters outside the alphabet.", odd & ~empty, self._where(batch))
        return np.asarray(~bad)

    def _about_letters(self, batch: Batch, row: int) -> ReadError | DataError:
        begin = int(batch.lines[row])
        if isinstance(batch, TableBatch):
            written = batch.letters[batch.offsets[row] : batch.offsets[row + 1]].tobytes().decode("latin-1")
            lines = [(begin, written)]
        else:
            lines = _record_lines(self._path, begin)

        def where(_: int, letter: int | None) -> str:
            line, before = begin, 0
            for number, text in lines:
                if letter is not None and before <= letter < before + len(text):
                    line = number
                before += len(text)
            return batch.where(row, self._file).replace(f"line {begin} ", f"line {line} ", 1)

        whole = "".join(text for _, text in lines)
        found = clean_sequences([whole], self._plan.alphabet, self._choices, where).problems
        problem = found[0] if found else ReadError("A letter is of no use.", where=where(0, None))
        assert isinstance(problem, ReadError | DataError)
        return problem

    def _check_lengths(self, batch: Batch, lengths: NDArray[np.int64], keep: Bool[np.ndarray, "N"]) -> None:
        """Refuse unequal lengths where the person chose so."""
        odd = keep & (lengths != self._usual)
        if self._choices.lengths == "refuse" and odd.any():
            row = int(odd.argmax())
            unit = self._plan.alphabet.unit
            raise DataError(
                f"This sequence has {int(lengths[row]):,} {unit}; those looked at first have {self._usual:,}.",
                where=batch.where(row, self._file),
                fix="Choose to pad shorter sequences (`--lengths pad`), or remove the record.",
            )

    def _parts(
        self, batch: Batch, columns: dict[str, Any], letters: Letters, keep: Bool[np.ndarray, "N"]
    ) -> tuple[UInt8[np.ndarray, "N"], Bool[np.ndarray, "N"]]:
        """0 for train, 1 for validation, 2 for test, and which rows have one; drawn by the sequence itself."""
        plan = self._plan
        parts, named = np.zeros(len(batch), np.uint8), np.ones(len(batch), bool)
        if plan.way == "all test":
            parts[:] = _TEST
        if plan.split_column:
            coded = columns[plan.split_column].dictionary_encode()
            seen = set(plan.sample.table.cells[plan.split_column])
            raw = coded.dictionary.to_pylist()
            meaning = meanings_of(plan.split_column, seen | set(raw))
            said = [meaning[value] for value in raw]
            indices = np.asarray(coded.indices, np.int64)
            parts = np.array([SPLITS.index(part or "train") for part in said], np.uint8)[indices]
            named = np.array([bool(part) for part in said], bool)[indices]
            self._count_cells(batch, raw, indices, named, keep)
        if plan.validation_column:
            marked = np.asarray(
                pc.is_in(pc.utf8_lower(columns[plan.validation_column]), pa.array(_MARKED, pa.large_string()))
            )
            parts[marked & named & (parts == 0)] = SPLITS.index("validation")
        if plan.way == "random":
            test = drawn_alone(letters.strand_free, self._choices.test_fraction, self._choices.seed)
            parts[test & (parts == 0)] = _TEST
        return parts, named

    def _count_cells(
        self,
        batch: Batch,
        raw: list[str],
        places: NDArray[np.int64],
        named: Bool[np.ndarray, "N"],
        keep: Bool[np.ndarray, "N"],
    ) -> None:
        """Count the cells of the split column that are empty, or name no part."""
        blank = np.array([is_missing(value) for value in raw], bool)[places] & keep
        odd = keep & ~named & ~blank
        self.tally.see("no part", blank, self._where(batch))
        self.tally.see("odd part", odd, self._where(batch))
        if blank.any():
            self.tally.kinds["trains"] |= int(named[int(blank.argmax())])
        self.tally.words |= dict.fromkeys(raw[place] for place in dict.fromkeys(places[odd].tolist()))

    def _count_letters(
        self,
        batch: Batch,
        letters: Letters,
        lengths: NDArray[np.int64],
        keep: Bool[np.ndarray, "N"],
    ) -> None:
        kinds, where = self.tally.kinds, self._where(batch)
        for name, bit in (("lower", LOWER), ("ambiguous", AMBIGUOUS), ("swapped", SWAPPED), ("stopped", STOPPED)):
            self.tally.see(name, (letters.seen & bit) != 0, where)
        kinds["cropped"] += letters.cropped
        kinds["ambiguous letters"] += letters.ambiguous
        if letters.ambiguous:
            kinds["gaps"] += int((batch.letters == ord("-")).sum())
        self.tally.see("blank", ((letters.seen & (KNOWN | ODD)) == 0) & (lengths > 0), where)
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
