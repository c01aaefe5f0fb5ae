"""What a builder hands back: one table of sequences made from files that hold none as they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seqdl_core.data.findings import Finding
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import NoticeRecord, RawTable

__all__ = ["Built", "DroppedRow", "dropped_rows"]

DroppedRow = tuple[str, int, str, str, str]
"""A row that was left out: file, line, name, reason, and the row as it was brought, with tabs between its cells."""


@dataclass(frozen=True, eq=False)
class Built:
    """A table of the kind ``sequences``, with what was found, changed and left out on the way.

    Attributes:
        table: rows with a sequence each; the columns may use dataset.FURTHER_COLUMNS. Its ``lines`` are those of the
            file that the rows came from, so that a problem names the right one.
        dropped: the rows of the file that were left out.
        used: names of the files that were consumed and that make no rows of their own.
        wild_type: the sequence that all mutants differ from.
        first_position: the number that people give to the wild type's first letter.
        genome: the build, or the name of the file, that coordinates refer to.
        label_columns: columns of ``table`` that the builder knows to hold the labels; empty where it cannot tell.
        split_column: a column of ``table`` with train, validation and test, where the builder knows it.
        task: what the builder knows is to be learned; ``""`` where the labels decide.
        higher_is: ``better`` or ``worse`` where the builder knows what a higher number means.
        alphabet: the alphabet where the format fixes it (mutants of a protein); ``""`` where letters decide.
    """

    table: RawTable
    findings: tuple[Finding, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    problems: tuple[SeqDLError, ...] = ()
    dropped: tuple[DroppedRow, ...] = ()
    used: tuple[str, ...] = ()
    wild_type: str = ""
    first_position: int = 1
    genome: str = ""
    label_columns: tuple[str, ...] = ()
    split_column: str = ""
    task: Literal["", "binary", "multiclass", "multilabel", "regression", "residues", "tracks", "unlabelled"] = ""
    higher_is: Literal["", "better", "worse"] = ""
    alphabet: str = ""


def dropped_rows(
    table: RawTable, rows: Iterable[int], reason: str | Sequence[str], name_column: str = ""
) -> list[DroppedRow]:
    """Rows of a table, counted from 0, that are left out.

    Args:
        reason: as a notice says it, one for all rows or one for each; ``, left out.`` at its end is taken off.
        name_column: the column that names the rows; by default the table's own.
    """
    said_of = dict.fromkeys(rows, reason) if isinstance(reason, str) else dict(zip(rows, reason, strict=True))
    places = np.fromiter(said_of, np.int64)
    cells = table.cells.iloc[places]
    said = name_column or table.name_column
    said = said or next((name for name in ("name", "mutant", "id") if name in table.cells.columns), "")
    names = [str(name) for name in cells[said].tolist()] if said else [""] * len(places)
    columns = [cells.iloc[:, at].tolist() for at in range(cells.shape[1])]
    brought = ["\t".join(map(str, row)) for row in zip(*columns, strict=True)] or [""] * len(places)
    reasons = [why.removesuffix(".").removesuffix(", left out") for why in said_of.values()]
    lines = np.asarray(table.lines)[places].tolist()
    return [
        (table.file.name, line, name, why, row)
        for line, name, why, row in zip(lines, names, reasons, brought, strict=True)
    ]
