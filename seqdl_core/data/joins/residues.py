"""A class for each residue: label strings beside the sequences, in files of their own or in a column of the table.

FLIP's secondary structure comes as three FASTA files with the same identifiers: the sequences, one letter H, E or C a
residue, and a mask with 1 where the residue was resolved. ``.`` in the result means that there is no label.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built, DroppedRow, dropped_rows
from seqdl_core.errors import DataError
from seqdl_core.sequences.columns import means_residues
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import is_missing, means_label, plain_name

__all__ = ["NO_LABEL", "RESIDUES", "STRUCTURE", "from_pairs_of_records", "join_residues"]

RESIDUES = "residues"
STRUCTURE = "structure"
NO_LABEL = "."

_MOST_CLASSES = 12
_MOST_DIFFERENT = 0.05
_SAMPLE = 500
_BRACKETS = frozenset("().[]{}<>")
_NUCLEOTIDES = frozenset("ACGTUN")
_SHORTEST = 5
_CLASSES_OF = re.compile(
    r"[_:.|-](?:ss[38]?|q[38]|sst[38]?|dssp[38]?|secstr|structure|labels?|classes|topology|disorder|annotation)$",
    re.IGNORECASE,
)
_MARK = re.compile(rf"(?:{_CLASSES_OF.pattern})|[_:.|-](?:seq|sequence|aa|protein)$", re.IGNORECASE)
"""What tells the two records of a protein apart, at the end of their names."""


@dataclass(frozen=True)
class _Strings:
    """One table's strings by the name of their row."""

    table: RawTable
    letters: frozenset[str]
    rows: dict[str, int]
    values: list[str]


def join_residues(tables: Sequence[RawTable], choices: ImportChoices) -> Built | None:
    """Join sequences with the files, or the column, that give each of their residues a class.

    Returns:
        the table of sequences with the column ``residues`` (or ``structure`` for dot-bracket strings) and the columns
        of the label file; ``None`` where no file and no column holds such strings.
    """
    sequences = [table for table in tables if table.kind == "sequences" and table.sequence_column]
    if len(sequences) in (2, 3):
        built = _from_files(sequences)
        if built:
            return built
    if len(sequences) == 1:
        return from_pairs_of_records(sequences[0]) or _from_column(sequences[0], choices)
    return None


def from_pairs_of_records(table: RawTable) -> Built | None:
    """Records and their classes in one file, by turns or apart: ``>prot0`` and ``>prot0_ss``, ``1A:seq``, ``1A:ss``."""
    if table.layout != "fasta" or not table.name_column or len(table) % 2:
        return None
    names = [str(name) for name in table.cells[table.name_column]]
    plain = [_MARK.sub("", name) for name in names]
    marked = np.array([_CLASSES_OF.search(name) is not None for name in names])
    if marked.sum() * 2 != len(names) or len(set(names)) < len(names):
        return None
    if {plain[row] for row in np.flatnonzero(marked)} != {plain[row] for row in np.flatnonzero(~marked)}:
        return None
    cells = table.cells.assign(**{table.name_column: plain})
    parts = [
        _strings(replace(table, cells=cells[of].reset_index(drop=True), lines=table.lines[of], letters_before=None))
        for of in (~marked, marked)
    ]
    residues, labels = parts
    if residues is None or labels is None or not _are_labels(labels, residues):
        return None
    place = f"the records named {names[int(marked.argmax())]} and alike"
    built = _joined(residues, labels, None, place)
    return replace(built, used=())


def _from_files(tables: Sequence[RawTable]) -> Built | None:
    strings = [_strings(table) for table in tables]
    if any(one is None for one in strings):
        return None
    known = [one for one in strings if one]
    masks = [one for one in known if one.letters and one.letters <= {"0", "1"}]
    rest = [one for one in known if one not in masks]
    if len(rest) == 1 and len(masks) == 1:  # 0 and 1 are the classes themselves, such as order and disorder
        rest, masks = [*rest, *masks], []
    if len(rest) != 2 or len(masks) > 1:
        return None
    residues, labels = sorted(rest, key=_labels_last)
    if not _are_labels(labels, residues) or len(labels.rows.keys() & residues.rows.keys()) * 2 < len(residues.rows):
        return None
    return _joined(residues, labels, masks[0] if masks else None)


def _joined(residues: _Strings, labels: _Strings, mask: _Strings | None, place: str = "") -> Built:
    """Rows that are in all files with equal lengths, and a count of the others."""
    table = residues.table
    kept: list[int] = []
    from_labels: list[int] = []
    built: list[str] = []
    missing: list[int] = []
    different: list[int] = []
    masked = total = 0
    for name, row in residues.rows.items():
        other = labels.rows.get(name)
        hidden = mask.rows.get(name) if mask else -1
        if other is None or hidden is None:
            missing.append(row)
            continue
        value = labels.values[other]
        cover = mask.values[hidden] if mask else ""
        if len(value) != len(residues.values[row]) or (mask and len(cover) != len(value)):
            different.append(row)
            continue
        total += len(value)
        if mask and "0" in cover:
            masked += cover.count("0")
            value = "".join(letter if seen == "1" else NO_LABEL for letter, seen in zip(value, cover, strict=True))
        kept.append(row)
        from_labels.append(other)
        built.append(value)
    used = tuple(one.table.file.name for one in (labels, mask) if one)
    agreeing = f"{len(kept):,} of {len(table):,} records agree in name and length"
    if len(different) > _MOST_DIFFERENT * len(table):
        row = different[0]
        problem = DataError(
            f"The sequence has {len(residues.values[row]):,} letters, its labels another number; "
            f"{len(different) - 1:,} further records differ too.",
            where=table.where(row),
            fix=f"Bring the sequences that {labels.table.file.name} belongs to.",
        )
        return Built(table, problems=(problem,), used=used)
    reasons = (
        (missing, f"not found in {' and '.join(used)}, left out."),
        (different, "with another number of labels than letters, left out."),
    )
    said = [notice(len(out), "record", why, table.where(out[0])) for out, why in reasons if out]
    dropped = [one for out, why in reasons for one in dropped_rows(table, out, f"record {why}")]
    cells = table.cells.iloc[kept].reset_index(drop=True)
    more = labels.table.cells.iloc[from_labels].reset_index(drop=True)
    for column in more.columns:
        if column not in cells.columns and column != labels.table.sequence_column:
            cells[column] = more[column]
    dotted = labels.letters <= _BRACKETS
    cells[STRUCTURE if dotted else RESIDUES] = pd.Series(built, dtype=str)
    result = replace(table, cells=cells, lines=table.lines[np.array(kept, np.int64)])
    evidence = agreeing + (f"; {masked:,} of {total:,} residues are masked" if mask else "")
    finding = _finding(labels.letters, place or labels.table.file.name, evidence, dotted)
    task: Literal["", "residues"] = "" if dotted else "residues"
    return Built(result, (finding,), tuple(said), dropped=tuple(dropped), used=used, task=task)


def _from_column(table: RawTable, choices: ImportChoices) -> Built | None:
    """A column of strings as long as the sequences. It is the label only where no other column is one."""
    sequences = (
        [str(value) for value in table.cells[choices.sequence_column or table.sequence_column]]
        if (not choices.sequence_column or choices.sequence_column in table.cells.columns)
        else []
    )
    if not sequences:
        return None
    candidates = [
        str(column)
        for column in table.cells.columns
        if column != table.sequence_column and _runs_along(sequences, table.cells[column].tolist())
    ]
    renamed: dict[str, str] = {}
    structures = [c for c in candidates if set("".join(table.cells[c].head(_SAMPLE))) <= _BRACKETS | {"-"}]
    if structures:
        renamed[structures[0]] = STRUCTURE
    labels = [c for c in candidates if c not in structures and (means_residues(c) or c == choices.label_column)]
    labelled = any(means_label(str(column)) for column in table.cells.columns)
    chosen = choices.label_column in labels
    if labels and (chosen or (not labelled and not choices.label_column)):
        renamed[choices.label_column if chosen else min(labels, key=_fewest_classes)] = RESIDUES
    renamed = {old: new for old, new in renamed.items() if old == new or new not in table.cells.columns}
    if not renamed:
        return None
    old = next((name for name, new in renamed.items() if new == RESIDUES), "")
    cells = table.cells.rename(columns=renamed)
    said: tuple[NoticeRecord, ...] = ()
    dropped: list[DroppedRow] = []
    if old:
        lengths = np.array([len(value) for value in sequences])
        fits = (cells[RESIDUES].str.len().to_numpy() == lengths) & np.array(
            [not is_missing(v) for v in cells[RESIDUES]]
        )
        if not fits.all():
            rest = "with another number of labels than letters, left out."
            said = (notice(int((~fits).sum()), "row", rest, table.where(int(np.argmin(fits)))),)
            dropped = dropped_rows(table, np.flatnonzero(~fits).tolist(), f"row {rest}")
            cells, table = cells[fits].reset_index(drop=True), replace(table, lines=table.lines[fits])
    column = old or next(iter(renamed))
    values = table.cells[column].tolist()
    letters = frozenset("".join(values))
    evidence = f"{len(cells):,} rows with a letter for each residue"
    finding = _finding(letters, f"the column {column}", evidence, not old)
    task: Literal["", "residues"] = "residues" if old else ""
    return Built(replace(table, cells=cells), (finding,), said, dropped=tuple(dropped), task=task)


def _finding(letters: frozenset[str], place: str, evidence: str, dotted: bool) -> Finding:
    if dotted:
        return Finding("structure", "account_tree", f"Base pairs come from {place}.", evidence, "", STRUCTURE, ())
    classes = ", ".join(sorted(letters - {NO_LABEL}))
    options = (("residues", "A class for each residue"), ("auto", "As the other columns say"))
    sentence = f"A class for each residue ({classes}), from {place}."
    return Finding("residues", "label", sentence, evidence, "task", "residues", options)


def _strings(table: RawTable) -> _Strings | None:
    """Names to rows; ``None`` where rows have no names or two share one."""
    column = table.name_column or next(
        (str(c) for c in table.cells.columns if plain_name(str(c)) in ("name", "id")), ""
    )
    if not column or column == table.sequence_column:
        return None
    names = table.cells[column].tolist()
    rows = {str(name): row for row, name in enumerate(names)}
    if len(rows) != len(names):
        return None
    values = [str(value) for value in table.cells[table.sequence_column]]
    return _Strings(table, frozenset("".join(values)), rows, values)


def _labels_last(strings: _Strings) -> tuple[bool, int]:
    """Brackets are labels; of two others, the one with fewer letters is, unless it is DNA or RNA."""
    nucleic = {letter.upper() for letter in strings.letters} <= _NUCLEOTIDES
    return strings.letters <= _BRACKETS | {"0", "1"}, 0 if nucleic else -len(strings.letters)


def _are_labels(labels: _Strings, residues: _Strings) -> bool:
    nucleic = {letter.upper() for letter in labels.letters} <= _NUCLEOTIDES
    few = len(labels.letters) <= _MOST_CLASSES
    return few and not nucleic and len(labels.letters) != len(residues.letters)


def _runs_along(sequences: list[str], values: list[str]) -> bool:
    """Whether a column has as many letters as the sequences, of few kinds."""
    pairs = [(s, v) for s, v in zip(sequences[:_SAMPLE], values[:_SAMPLE], strict=True) if not is_missing(v)]
    same = sum(len(s) == len(v) for s, v in pairs)
    if not pairs or same < (1 - _MOST_DIFFERENT) * len(pairs) or max(len(s) for s, _ in pairs) < _SHORTEST:
        return False
    return len(set("".join(value for _, value in pairs))) <= _MOST_CLASSES


def _fewest_classes(column: str) -> tuple[int, str]:
    """Three states before eight: the number in the name tells."""
    digits = [int(letter) for letter in column if letter.isdigit()]
    return (digits[0] if digits else 99), column
