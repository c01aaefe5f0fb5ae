"""Files that say which rows, or which chromosomes, train, validate and test: they become a column of the tables.

train.txt, tune.txt, test.txt      one row number (from 0) or one row name a line; the file's name tells the part
fold_0.json                        {"train": ["chr1", ...], "valid": [...], "test": [...]}
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import DroppedRow, dropped_rows
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.contigs import contig_key
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import split_of_file

__all__ = ["SPLIT", "Indexed", "apply_indices"]

SPLIT = "split"
"""The column that the tables get; ``split (2)`` and so on where they have one of this name."""

_CHROMOSOMES = ("chrom", "chr", "chromosome", "seqnames", "contig")
_LONGEST_NUMBER = 20


@dataclass(frozen=True, eq=False)
class Indexed:
    """All tables but the index files. ``column`` is the one that tells the parts, ``""`` where nothing was applied."""

    tables: tuple[RawTable, ...]
    column: str = ""
    findings: tuple[Finding, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    problems: tuple[SeqDLError, ...] = ()
    used: tuple[str, ...] = ()
    dropped: tuple[DroppedRow, ...] = ()


@dataclass(frozen=True)
class _Part:
    """The members of one part according to one file."""

    file: str
    part: str
    members: tuple[str, ...]


def apply_indices(tables: Sequence[RawTable], choices: ImportChoices) -> Indexed:
    """Give the tables a column with train, validation or test, from the index files among them.

    Row numbers and names need one table of rows, the largest; chromosomes are looked up in every table that has them.
    Rows that no file names are left out. Must come before rows are built or left out: the numbers count the file's.
    """
    others = tuple(table for table in tables if table.kind != "indices")
    indices = [table for table in tables if table.kind == "indices"]
    if not indices or not others:
        return Indexed(tuple(tables))
    used = tuple(table.file.name for table in indices)
    parts, notices, problems = _parts(indices)
    if problems or choices.split_column:
        return Indexed(others, notices=tuple(notices), problems=tuple(problems), used=used)
    values = {member for part in parts for member in part.members}
    by_chromosome = {contig_key(value) for value in values}
    rows: list[RawTable] = []
    dropped: list[DroppedRow] = []
    column, named = "", 0
    for table in others:
        place = next((name for name in table.cells.columns if str(name).lower() in _CHROMOSOMES), None)
        if place is None or not by_chromosome & {contig_key(cell) for cell in set(table.cells[place])}:
            rows.append(table)
            continue
        of_value = {contig_key(member): part.part for part in parts for member in part.members}
        said = [of_value.get(contig_key(cell), "") for cell in table.cells[place]]
        column, kept, without = _with_column(table, said, "on chromosomes that no part names, left out.", notices)
        dropped += without
        rows.append(kept)
        named += len(kept)
    if column:
        found = _indexed(rows, column, named, parts, "chromosomes", notices, used)
        return replace(found, dropped=tuple(dropped))
    return _by_row(others, parts, notices, used)


def _by_row(
    others: tuple[RawTable, ...], parts: list[_Part], notices: list[NoticeRecord], used: tuple[str, ...]
) -> Indexed:
    target = max(range(len(others)), key=lambda number: len(others[number]))
    table = others[target]
    try:
        said, way = _rows_named(table, parts)
    except DataError as problem:
        return Indexed(others, notices=tuple(notices), problems=(problem,), used=used)
    column, kept, dropped = _with_column(table, said, "in none of the index files, left out.", notices)
    rows = [*others[:target], kept, *others[target + 1 :]]
    return replace(_indexed(rows, column, len(kept), parts, way, notices, used), dropped=tuple(dropped))


def _parts(indices: Sequence[RawTable]) -> tuple[list[_Part], list[NoticeRecord], list[SeqDLError]]:
    """What each file says; a file that repeats another one's rows for the same part is left out."""
    parts: list[_Part] = []
    notices: list[NoticeRecord] = []
    problems: list[SeqDLError] = []
    for table in indices:
        name = table.file.name
        values = table.cells["value"].tolist()
        if "split" in table.cells.columns:
            splits = table.cells["split"].tolist()
            parts += [
                _Part(name, part, tuple(v for v, s in zip(values, splits, strict=True) if s == part))
                for part in SPLITS
                if part in splits
            ]
            continue
        part = split_of_file(name.rsplit("/", 1)[-1])[0]
        if not part:
            problems.append(
                DataError(
                    "The file lists rows, but its name does not say whether they train, validate or test.",
                    where=name,
                    fix="Call it train.txt, validation.txt or test.txt.",
                )
            )
            continue
        twin = next((p.file for p in parts if p.part == part and set(p.members) == set(values)), "")
        if twin:
            notices.append(notice(1, "index file", f"with the same rows as {twin}, left out.", name))
            continue
        repeated = len(values) - len(set(values))
        if repeated:
            notices.append(notice(repeated, "row", "named twice, used once.", name))
        parts.append(_Part(name, part, tuple(values)))
    return parts, notices, problems


def _rows_named(table: RawTable, parts: list[_Part]) -> tuple[list[str], str]:
    """The part of every row, ``""`` for none, and in which way the rows are named."""
    total = len(table)
    members = [member for part in parts for member in part.members]
    if all(member.isascii() and member.isdigit() and len(member) < 10 for member in members):
        numbers = [int(member) for member in members]
        first = 1 if max(numbers) == total and min(numbers) >= 1 else 0
        if max(numbers) < total + first:
            places = [np.array([int(member) - first for member in part.members], np.int64) for part in parts]
            return _spread(table, parts, places), f"row numbers from {first}"
    found = _name_column(table, set(members))
    if not found:
        file, member = next((part.file, part.members[0]) for part in parts if part.members)
        numbered = all(member.isascii() and member.isdigit() and len(member) < _LONGEST_NUMBER for member in members)
        largest = max(members, key=int) if numbered else ""
        what = (
            f"Row {int(largest):,} is named, but there are only {total:,} rows"
            if numbered
            else (f"'{member[:60]}' is not the name of a row")
        )
        raise DataError(
            f"{what} in {table.file.name}.", where=file, fix="Bring the table that the index files belong to."
        )
    of_name = {name: row for row, name in enumerate(table.cells[found].tolist())}
    unknown = [member for member in members if member not in of_name]
    if unknown:
        raise DataError(
            f"'{unknown[0][:60]}' is not among the names in {found} of {table.file.name}"
            f"{f'; {len(unknown) - 1:,} more are not' if len(unknown) > 1 else ''}.",
            where=next(part.file for part in parts if unknown[0] in part.members),
            fix="Bring the table that the index files belong to.",
        )
    places = [np.array([of_name[member] for member in part.members], np.int64) for part in parts]
    return _spread(table, parts, places), f"names in {found}"


def _spread(table: RawTable, parts: list[_Part], places: list[NDArray[np.int64]]) -> list[str]:
    said = np.full(len(table), "", dtype=object)
    for part, rows in zip(parts, places, strict=True):
        taken = rows[(said[rows] != "") & (said[rows] != part.part)]
        if len(taken):
            raise DataError(
                f"{len(taken):,} rows are named as {said[taken[0]]} and as {part.part}, the first being row "
                f"{int(taken[0]) + 1:,} of {table.file.name}.",
                where=part.file,
                fix="Name every row in one part only, or leave the file out.",
            )
        said[rows] = part.part
    return [str(part) for part in said]


def _name_column(table: RawTable, members: set[str]) -> str:
    """The column that has nine tenths of the names, each on one row."""
    order = [table.name_column, *map(str, table.cells.columns)] if table.name_column else list(table.cells.columns)
    for column in order:
        values = table.cells[column].tolist()
        known = set(values)
        if len(known) == len(values) and len(members & known) >= 0.9 * len(members):
            return str(column)
    return ""


def _with_column(
    table: RawTable, said: list[str], why: str, notices: list[NoticeRecord]
) -> tuple[str, RawTable, list[DroppedRow]]:
    """The table with the new column, without rows that have no part, and those rows."""
    dropped: list[DroppedRow] = []
    column, count = SPLIT, 1
    while column in table.cells.columns:
        count += 1
        column = f"{SPLIT} ({count})"
    cells = table.cells.assign(**{column: pd.Series(said, dtype=str)})
    kept = np.array([part != "" for part in said])
    if not kept.all():
        notices.append(notice(int((~kept).sum()), "row", why, table.where(int(np.argmin(kept)))))
        dropped = dropped_rows(table, np.flatnonzero(~kept).tolist(), f"row {why}")
        cells = cells[kept].reset_index(drop=True)
    return column, replace(table, cells=cells, lines=table.lines[kept]), dropped


def _indexed(
    rows: list[RawTable],
    column: str,
    named: int,
    parts: list[_Part],
    way: str,
    notices: list[NoticeRecord],
    used: tuple[str, ...],
) -> Indexed:
    shares = "; ".join(f"{part.part} {len(set(part.members)):,} by {part.file}" for part in parts)
    files = list(dict.fromkeys(part.file for part in parts))
    finding = Finding(
        "indices",
        "rule",
        f"{'The file tells' if len(files) == 1 else f'{len(files)} files tell'} which rows train and test, by {way}.",
        f"{named:,} rows named; {shares}",
        "split_column",
        column,
        ((column, "As the files say"), ("(none)", "Leave the files out")),
    )
    return Indexed(tuple(rows), column, (finding,), tuple(notices), used=used)
