"""A file of sequences and a table of measurements that belong together: by the names of the rows, or row by row."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from seqdl_core.data.joins.building import DroppedRow, dropped_rows
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import split_of_file

_MOST_MISSED = 0.5


def attach_tables(tables: Sequence[RawTable]) -> tuple[list[RawTable], list[NoticeRecord], list[DroppedRow]]:
    """Put each table without sequences beside the file of sequences that it measures.

    DeepSTARR, for one, keeps sequences in FASTA files and activities in tables with as many rows.
    """
    left = [table for table in tables if table.kind == "other"]
    joined: list[RawTable] = []
    notices: list[NoticeRecord] = []
    dropped: list[DroppedRow] = []
    for table in tables:
        if table.kind == "other":
            continue
        partner = _partner(table, left) if table.kind == "sequences" else None
        if partner is None:
            joined.append(table)
            continue
        left.remove(partner[0])
        made, told, unpaired = _beside(table, *partner)
        joined.append(made)
        notices.extend(told)
        dropped.extend(unpaired)
    return [*joined, *left], notices, dropped


def _partner(table: RawTable, others: Sequence[RawTable]) -> tuple[RawTable, str] | None:
    """The table that measures these sequences, and the column that names them (``""``: row by row)."""
    if not table.name_column:
        return None
    names = set(table.cells[table.name_column].tolist())
    ranked = []
    for place, other in enumerate(others):
        for column in other.cells.columns:
            values = other.cells[column]
            shared = len(names & set(values.tolist()))
            if shared > (1 - _MOST_MISSED) * len(names) and values.is_unique:
                ranked.append((0, -shared, place, str(column)))
        if len(other) == len(table):
            alike = split_of_file(other.file.name)[0] == split_of_file(table.file.name)[0]
            ranked.append((1 if alike else 2, 0, place, ""))
    if not ranked:
        return None
    _, _, place, column = min(ranked)
    return others[place], column


def _beside(table: RawTable, other: RawTable, column: str) -> tuple[RawTable, list[NoticeRecord], list[DroppedRow]]:
    where = other.file.name
    cells = other.cells.rename(columns={name: _free(str(name), table) for name in other.cells.columns})
    if not column:
        merged = pd.concat([table.cells.reset_index(drop=True), cells.reset_index(drop=True)], axis=1)
        told = notice(len(table), "row", f"put beside the sequences of {table.file.name} in their order.", where)
        return replace(table, cells=merged), [told], []
    key = _free(column, table)
    found = table.cells[table.name_column].isin(cells[key]).to_numpy(bool)
    beside = cells.set_index(key).reindex(table.cells[table.name_column][found]).reset_index(drop=True)
    merged = pd.concat([table.cells[found].reset_index(drop=True), beside.fillna("")], axis=1)
    notices = [notice(len(merged), "row", f"put beside the sequences of {table.file.name} by {column}.", where)]
    lost = np.flatnonzero(~found)
    unused = np.flatnonzero(~other.cells[column].isin(table.cells[table.name_column]).to_numpy(bool))
    dropped: list[DroppedRow] = []
    for one, rows, noun, partner in ((table, lost, "sequence", where), (other, unused, "row", table.file.name)):
        if rows.size:
            rest = f"without a {'row' if one is table else 'sequence'} in {partner}, left out."
            notices.append(notice(len(rows), noun, rest, one.where(int(rows[0]))))
            dropped += dropped_rows(one, rows.tolist(), f"{noun} {rest}", "" if one is table else column)
    return replace(table, cells=merged, lines=table.lines[found], features=()), notices, dropped


def _free(name: str, table: RawTable) -> str:
    count, wanted = 1, name
    while name in table.cells.columns:
        count += 1
        name = f"{wanted} ({count})"
    return name
