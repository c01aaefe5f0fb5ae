"""Tables that say the same in two formats, as an archive with a FASTA and a CSV file of each split holds them."""

from collections.abc import Sequence

from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.vocabulary import marks, number, plain_name

__all__ = ["without_twins"]


def without_twins(tables: Sequence[RawTable]) -> list[RawTable]:
    """The tables by name, one of those that have the same name before the ending, sequences and further columns."""
    kept: list[RawTable] = []
    for table in sorted(tables, key=lambda one: one.file.name):
        if not any(_same(table, other) for other in kept):
            kept.append(table)
    return kept


def _same(one: RawTable, other: RawTable) -> bool:
    if _stem(one.file.name) != _stem(other.file.name) or len(one) != len(other):
        return False
    if one.cells[one.sequence_column].tolist() != other.cells[other.sequence_column].tolist():
        return False
    columns, others = _columns(one), _columns(other)
    shared = columns.keys() & others.keys()
    return bool(shared) and all(_plain(one, columns[name]) == _plain(other, others[name]) for name in shared)


def _stem(name: str) -> str:
    last = name.rsplit("/", 1)[-1]
    return name.removesuffix(last) + last.split(".")[0]


def _columns(table: RawTable) -> dict[str, str]:
    beside = (str(column) for column in table.cells.columns if column not in (table.sequence_column, table.name_column))
    return {plain_name(column): column for column in beside}


def _plain(table: RawTable, column: str) -> list[bool | float | str]:
    """Cells without their spelling: ``""`` and ``False``, ``0.5`` and ``0.50000000001`` say the same."""
    found: list[bool | float | str] = []
    for cell in table.cells[column].tolist():
        said = marks(cell)
        value = number(cell) if said is None else None
        found.append(said if said is not None else cell.strip().lower() if value is None else float(f"{value:.9g}"))
    return found
