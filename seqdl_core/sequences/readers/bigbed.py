"""bigBed: the intervals of a BED file, binary. Columns are named as BED names them."""

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import BinaryFile, RawTable, Reader

_COLUMNS = ("name", "score", "strand")
_MOST_ROWS = 5_000_000


def recognises_bytes(head: bytes) -> bool:
    """Whether the file begins with bigBed's number, in either byte order."""
    return head[:4] in (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")


def read_binary(file: BinaryFile, layout: str = "auto") -> RawTable:
    """Intervals as rows, 0-based half-open. ``lines`` are the numbers of the intervals, as there are no lines."""
    from seqdl_core.sequences.bbi import BinaryTrack

    del layout  # bigBed has only one
    rows: list[list[str]] = []
    for chrom, start, end, rest in BinaryTrack(file.path, file.name).intervals():
        rows.append([chrom, str(start), str(end), *(rest.split("\t") if rest else [])])
        if len(rows) > _MOST_ROWS:
            raise ReadError(
                f"The file holds more than {_MOST_ROWS:,} intervals.", where=file.name, fix="Bring a part of it."
            )
    width = max((len(row) for row in rows), default=3)
    names = ["chrom", "start", "end", *_COLUMNS, *(f"column {number}" for number in range(7, width + 1))][:width]
    cells = pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=names, dtype=str)
    if "strand" in cells:
        cells["strand"] = cells["strand"].where(cells["strand"].isin(["+", "-"]), ".")
    return RawTable(
        file,
        "bigbed",
        cells,
        np.arange(1, len(rows) + 1, dtype=np.int64),
        kind="intervals",
        name_column="name" if "name" in cells else "",
        one_based=False,
    )


READER = Reader(name="bigbed", title="bigBed", order=3, recognises_bytes=recognises_bytes, read_binary=read_binary)
