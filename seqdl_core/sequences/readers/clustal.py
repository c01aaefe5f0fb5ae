"""Clustal alignments (Clustal, MUSCLE and MAFFT write them): blocks of rows, each a name and a stretch of letters."""

import re

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._alignment import without_gaps

_FIRST_LINE = re.compile(r"\s*(?:CLUSTAL|MUSCLE \(|PROBCONS|MAFFT)", re.IGNORECASE)
_ROW = re.compile(r"(\S{1,200})[ \t]+([A-Za-z*.~-]+)(?:[ \t]+\d+)?[ \t]*$")
_MARKS = re.compile(r"[ \t*:.]+$")


def recognises(text: str) -> bool:
    """Whether the first line names the program."""
    return _FIRST_LINE.match(text) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Aligned sequences to rows with the columns ``name``, ``sequence`` and ``aligned``.

    Raises:
        ReadError: for a line that is no row, and for rows that differ in length.
    """
    del layout  # Clustal has only one
    rows: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    begun = False
    for number, line in enumerate(file.text.split("\n"), 1):
        if not begun:
            begun = bool(line.strip())
            continue
        if not line.strip() or (line[:1].isspace() and _MARKS.match(line)):
            continue
        row = _ROW.match(line)
        if row is None:
            raise ReadError(
                "This line is no row of an alignment, which is a name and letters with gaps.",
                where=f"line {number} of {file.name}",
                fix="Write the letters of a row without blanks.",
            )
        rows.setdefault(row[1], []).append(row[2])
        lines.setdefault(row[1], number)
    if not rows:
        raise ReadError("The alignment is empty.", where=file.name, fix="Choose a file with at least one sequence.")
    aligned = ["".join(parts) for parts in rows.values()]
    odd = next((name for name, row in zip(rows, aligned, strict=True) if len(row) != len(aligned[0])), "")
    if odd:
        raise ReadError(
            f"The rows of the alignment differ in length: {odd[:60]} is not as long as the first.",
            where=f"line {lines[odd]} of {file.name}",
            fix="Copy or download the file again.",
        )
    plain, gaps = without_gaps(aligned, file.name)
    return RawTable(
        file,
        "clustal",
        pd.DataFrame({"name": list(rows), "sequence": plain, "aligned": aligned}, dtype=str),
        np.array(list(lines.values()), np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        notices=gaps,
    )


READER = Reader(name="clustal", title="Clustal alignment", recognises=recognises, read=read, order=0)
