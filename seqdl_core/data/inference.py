"""Which column is what: sequences, labels, names and split, found from names and values and open to correction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet, alphabet_named
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.vocabulary import (
    is_label_value,
    is_missing,
    is_number,
    is_split_value,
    means_label,
    means_name,
    means_split,
    names_negatives,
)

_NUCLEOTIDE_SHARE = 0.9
_FEW_CLASSES = 20
_NUCLEOTIDES = b"ACGTUNacgtun"


@dataclass(frozen=True, eq=False)
class Assembled:
    """The rows of all files, one after the other. ``cells`` holds every column but the sequences, as text."""

    tables: tuple[RawTable, ...]
    table_of: NDArray[np.int64]
    row_of: NDArray[np.int64]
    sequences: list[str]
    sequence_columns: tuple[str, ...]
    cells: pd.DataFrame

    def __len__(self) -> int:
        return len(self.sequences)

    def where(self, number: int, letter: int | None = None) -> str:
        """Words for the place of a row, counted over all files."""
        table: RawTable = self.tables[int(self.table_of[number])]
        return table.where(int(self.row_of[number]), letter)

    def values(self, column: str) -> list[str]:
        """One column over all files; empty where a file does not have it."""
        return list(self.cells[column].tolist())


def assemble(tables: Sequence[RawTable], choices: ImportChoices) -> Assembled:
    """Put the files under each other. Raises UnknownName where the chosen sequence column is in none of them."""
    wanted = choices.sequence_column
    if wanted and not any(wanted in table.cells.columns for table in tables):
        raise UnknownName("column", wanted, {column for table in tables for column in table.cells.columns})
    columns = tuple(wanted if wanted in table.cells.columns else table.sequence_column for table in tables)
    others = [table.cells.drop(columns=[column]) for table, column in zip(tables, columns, strict=True)]
    return Assembled(
        tables=tuple(tables),
        table_of=np.concatenate([np.full(len(table), number, np.int64) for number, table in enumerate(tables)]),
        row_of=np.concatenate([np.arange(len(table), dtype=np.int64) for table in tables]),
        sequences=[s for table, column in zip(tables, columns, strict=True) for s in table.cells[column].tolist()],
        sequence_columns=columns,
        cells=pd.concat(others, ignore_index=True).fillna("").astype(str),
    )


@dataclass(frozen=True)
class Labels:
    """``values`` holds the labels as written, numbers in one spelling and ``""`` where missing.

    ``column`` is the column, ``(file)`` for one file a class, or ``(none)`` where nothing tells labels.
    """

    column: str
    values: tuple[str, ...]

    @property
    def distinct(self) -> tuple[str, ...]:
        """The different labels, in the order they appear."""
        return tuple(dict.fromkeys(value for value in self.values if value))


def infer_labels(rows: Assembled, choices: ImportChoices, taken: Sequence[str]) -> Labels:
    """Find the labels. ``taken`` are columns that serve something else.

    Raises:
        UnknownName: the chosen column does not exist.
        DataError: there are columns that may be meant as labels, but none with two values.
    """
    columns = [column for column in rows.cells.columns if column not in taken]
    chosen = choices.label_column
    if chosen and chosen not in (BY_FILE, NO_LABELS):
        if chosen not in rows.cells.columns:
            raise UnknownName("column", chosen, rows.cells.columns)
        return _label_values(rows, chosen)
    if chosen == BY_FILE or (not chosen and not _labelled(rows, columns) and _one_file_a_class(rows)):
        return Labels(BY_FILE, tuple(_class_of_files(rows)[number] for number in rows.table_of.tolist()))
    if chosen == NO_LABELS:
        return Labels(NO_LABELS, ("1",) * len(rows))
    likely = _labelled(rows, columns)
    if likely and (len(likely) == 1 or means_label(likely[0])):
        return _label_values(rows, likely[0])
    if likely:
        raise DataError(
            f"{len(likely)} columns hold two values and could be the label: {', '.join(likely[:6])}.",
            where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
            fix="Choose the label column.",
        )
    suspects = [column for column in columns if _may_be_target(rows.values(column))]
    if suspects:
        raise DataError(
            "No column holds labels with two values; only binary labels are supported at present.",
            where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
            fix=f"Bring a column of 1 and 0 ({', '.join(suspects[:3])} {'has' if len(suspects) == 1 else 'have'} more "
            f"than two values), or choose '{NO_LABELS}' as label column: all rows are positives.",
        )
    return Labels(NO_LABELS, ("1",) * len(rows))


def label_candidates(rows: Assembled, taken: Sequence[str]) -> list[str]:
    """The columns a person may want as labels, the likeliest first."""
    columns = [column for column in rows.cells.columns if column not in taken]
    likely = _labelled(rows, columns)
    return likely + [c for c in columns if c not in likely and len(set(rows.values(c))) in range(2, _FEW_CLASSES + 1)]


def infer_name_columns(rows: Assembled, choices: ImportChoices) -> tuple[str, ...]:
    """Per file the column that names its rows, ``""`` where the rows are to be numbered."""
    wanted = choices.name_column
    if wanted and wanted != NO_LABELS and wanted not in rows.cells.columns:
        raise UnknownName("column", wanted, rows.cells.columns)
    return tuple(
        _name_column(table, column, wanted) for table, column in zip(rows.tables, rows.sequence_columns, strict=True)
    )


def infer_split_column(rows: Assembled, taken: Sequence[str]) -> str:
    """The column whose cells say training and test, or ``""``."""
    for column in rows.cells.columns:
        if column in taken:
            continue
        found = set(rows.values(column))
        if len(found) > 1 and len(found) <= _FEW_CLASSES and all(is_split_value(value) for value in found):
            return str(column)
    return ""


def infer_alphabet(sequences: Sequence[str], choices: ImportChoices) -> Alphabet:
    """DNA or RNA where at least half of the sequences are nine tenths A, C, G, T, U and N; protein otherwise."""
    if choices.alphabet != "auto":
        return alphabet_named(choices.alphabet)
    total = nucleic = thymine = uracil = 0
    for sequence in sequences:
        letters = sequence.encode("latin-1", "replace")
        total += bool(letters)
        if letters and is_nucleic(letters):
            nucleic += 1
            thymine += b"T" in letters or b"t" in letters
            uracil += b"U" in letters or b"u" in letters
    if nucleic * 2 < total or not total:
        return PROTEIN
    return RNA if uracil > thymine else DNA


def is_nucleic(letters: bytes) -> bool:
    """Whether a sequence is nine tenths nucleotides."""
    return len(letters.translate(None, _NUCLEOTIDES)) <= (1 - _NUCLEOTIDE_SHARE) * len(letters)


def _labelled(rows: Assembled, columns: Sequence[str]) -> list[str]:
    """Columns that look like labels: named so with two values, two values like 1 and 0, named so, two words."""
    ranked: list[tuple[int, int, str]] = []
    for place, column in enumerate(columns):
        values = {_spelling(value) for value in set(rows.values(column))} - {""}
        named = means_label(column)
        known = all(is_label_value(value) for value in values)
        other = column.strip().lower() in ("strand", "orientation", "sense", "chrom", "chr") or means_split(column)
        if not values or other:
            continue
        if len(values) == 2:
            ranked.append((0 if named else 1 if known else 3, place, column))
        elif named:
            ranked.append((2, place, column))
    return [column for _, _, column in sorted(ranked)]


def _label_values(rows: Assembled, column: str) -> Labels:
    written = rows.values(column)
    spelled = {value: _spelling(value) for value in set(written)}
    return Labels(column, tuple(spelled[value] for value in written))


def _spelling(value: str) -> str:
    """One spelling for a label: 1, 1.0 and +1 are the same, a missing one is empty."""
    plain = value.strip()
    if is_missing(plain):
        return ""
    return f"{float(plain):.12g}" if is_number(plain) else plain


def _may_be_target(values: list[str]) -> bool:
    distinct = {value for value in values if not is_missing(value)}
    if len(distinct) <= 2:
        return False
    return all(map(is_number, distinct)) or (len(distinct) <= _FEW_CLASSES and len(distinct) * 2 <= len(values))


def _one_file_a_class(rows: Assembled) -> bool:
    negatives = [names_negatives(table.file.name) for table in rows.tables]
    return any(negatives) and not all(negatives)


def _class_of_files(rows: Assembled) -> list[str]:
    """``1`` or ``0`` per file; where no name speaks of negatives, the last file holds them."""
    negatives = [names_negatives(table.file.name) for table in rows.tables]
    if not any(negatives) or all(negatives):
        negatives = [number == len(rows.tables) - 1 for number in range(len(rows.tables))]
    return ["0" if negative else "1" for negative in negatives]


def _name_column(table: RawTable, sequence_column: str, wanted: str) -> str:
    if wanted == NO_LABELS:
        return ""
    if wanted in table.cells.columns:
        return wanted
    if table.name_column:
        return table.name_column
    best: tuple[int, int, str] | None = None
    for place, column in enumerate(table.cells.columns):
        values = table.cells[column].tolist()
        distinct = len(set(values))
        if column == sequence_column or means_label(column) or (distinct < 2 and len(values) > 1):
            continue
        named, unique = means_name(column), distinct == len(values)
        numeric = all(map(is_number, values))
        if named or (unique and not (numeric and any("." in value for value in values))):
            rank = (3 if not unique else 0 if named else 2 if numeric else 1, place, str(column))
            best = min(best, rank) if best else rank
    return best[2] if best else ""
