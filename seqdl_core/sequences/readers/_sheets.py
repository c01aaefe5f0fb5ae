"""Sheets of one workbook that belong together: parts of a split (Train, Test), or one class a sheet."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from seqdl_core.sequences.readers import RawTable, notice
from seqdl_core.sequences.vocabulary import split_of

__all__ = ["together"]

_MOST_SHEETS = 50
_COLUMN = "sheet"


def together(tables: Sequence[RawTable], hidden: Sequence[str] = ()) -> RawTable | None:
    """The sheets under each other with a column that names them; ``None`` where each stands for itself.

    They belong together where all have the same columns and their names say training and test, or where they hold
    sequences and their names and nothing that could be a label.

    Args:
        hidden: sheets that are not shown.
    """
    named = [table for table in tables if split_of(table.sheet)]
    if len({split_of(table.sheet) for table in named}) < 2:
        named = [table for table in tables if _without_values(table)]
        if len(named) != len(tables):
            return None
    first = named[0] if named else None
    if first is None or not 1 < len(named) <= _MOST_SHEETS or _COLUMN in first.cells.columns:
        return None
    if any(list(t.cells.columns) != list(first.cells.columns) or t.kind != first.kind for t in named):
        return None
    cells = pd.concat([table.cells.assign(**{_COLUMN: table.sheet}) for table in named], ignore_index=True)
    names = [table.sheet for table in named]
    told = [said for table in named for said in table.notices if " not read (" not in said.what]
    rest = f"with the same columns ({', '.join(names[:8])}), put under each other; the column {_COLUMN} names them."
    told.append(notice(len(names), "sheet", rest, first.file.name, "Choose one sheet if they are not to be mixed."))
    others = [name for name in first.sheets if name not in names]
    if others:
        shown = ", ".join(f"{name} (hidden)" if name in hidden else name for name in others[:8])
        told.append(notice(len(others), "sheet", f"not read ({shown}).", first.file.name))
    return replace(
        first,
        cells=cells,
        lines=np.concatenate([table.lines for table in named]),
        notices=tuple(told),
        sheet="",
    )


def _without_values(table: RawTable) -> bool:
    """Whether a sheet holds sequences and, at most, one column of names."""
    if table.kind != "sequences" or len(table) < 2:
        return False
    rest = [column for column in table.cells.columns if column != table.sequence_column]
    return len(rest) <= 1 and all(table.cells[column].is_unique for column in rest)
