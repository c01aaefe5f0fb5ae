"""Several tables of one measurement, put under each other: whether their numbers lie on one scale."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.labels import Labels
from seqdl_core.data.labels.targets import Targets
from seqdl_core.sequences.readers import NoticeRecord, notice

__all__ = ["telling_apart", "unlike_ranges"]

_LEAST_ROWS = 20
_UNLIKE = 3.0
"""How many times as wide as the narrowest range of a table the widest is, at least; their outliers left aside."""
_SHOWN = 4


def unlike_ranges(rows: Assembled, labels: Labels, targets: Targets) -> NoticeRecord | None:
    """What is said where tables differ in the range of a number, as a measurement and a share do; else None."""
    if labels.task != "regression" or len(rows.tables) < 2:
        return None
    for place, name in enumerate(targets.names):
        of_table = [_known(targets.values[rows.table_of == number, place]) for number in range(len(rows.tables))]
        if min(map(len, of_table)) < _LEAST_ROWS:
            continue
        middle = [np.quantile(values, [0.05, 0.95]) for values in of_table]
        widths = [float(high - low) for low, high in middle]
        lies_apart = max(low for low, _ in middle) > min(high for _, high in middle)
        if lies_apart or max(widths) > _UNLIKE * min(widths):
            return _told(rows, name, of_table)
    return None


def telling_apart(rows: Assembled) -> str:
    """The column that has one value in each table, and another in every other table; ``""`` where there is none."""
    for column in (str(name) for name in rows.cells.columns):
        cells = rows.cells[column].to_numpy()
        inside = [set(cells[rows.table_of == number].tolist()) for number in range(len(rows.tables))]
        if all(len(values) == 1 for values in inside) and len(set().union(*inside)) == len(rows.tables):
            return column
    return ""


def _known(values: Float64[np.ndarray, "M"]) -> NDArray[np.float64]:
    return np.asarray(values[np.isfinite(values)])


def _told(rows: Assembled, name: str, of_table: Sequence[NDArray[np.float64]]) -> NoticeRecord:
    files = [table.file.name for table in rows.tables]
    told = [f"{file} {v.min():.3g} to {v.max():.3g}" for file, v in zip(files, of_table, strict=True)]
    told = told[:_SHOWN] + ([f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else [])
    return notice(
        len(files),
        "table",
        f"of unlike ranges of {name} put under each other ({', '.join(told)}): the numbers are learned as if they were "
        "of one scale.",
        fix="Bring one of them (`--table NAME`), or bring the numbers on one scale first.",
    )
