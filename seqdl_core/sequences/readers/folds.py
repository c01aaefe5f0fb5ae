"""Parts of a split as JSON: ``{"train": ["chr1", ...], "valid": ["chr8"], "test": ["chr9"]}``, as ChromBPNet has them.

The lists hold chromosomes, row numbers or row names. No other JSON is read.
"""

import json
import re

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.vocabulary import split_of

_BEGINS = re.compile(r"\s*\{\s*\"(\w+)\"\s*:\s*\[\s*(?:\"|\d|\])")
_MOST_LETTERS = 50 * 2**20


def recognises(text: str) -> bool:
    """Whether the text is an object whose first key is a part of a split, with a list of names or numbers."""
    first = _BEGINS.match(text[:4096])
    return bool(first and split_of(first[1]) and len(text) <= _MOST_LETTERS)


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """One row a member of a part, with the columns ``value`` and ``split``."""
    del layout  # there is only one
    try:
        parts = json.loads(file.text)
    except (ValueError, RecursionError) as problem:
        line = getattr(problem, "lineno", 1)
        raise ReadError("The JSON is damaged.", where=f"line {line} of {file.name}", fix="Make it again.") from None
    values: list[str] = []
    splits: list[str] = []
    for part, members in parts.items() if isinstance(parts, dict) else ():
        listed = isinstance(members, list) and all(type(member) in (str, int) for member in members)
        if not split_of(part) or not listed:
            raise ReadError(
                f"'{part[:60]}' is not a part of a split with a list of chromosomes or rows.",
                where=file.name,
                fix='Write {"train": [...], "valid": [...], "test": [...]}.',
            )
        values += [str(member) for member in members]
        splits += [split_of(part)] * len(members)
    if not values:
        raise ReadError("All parts of the split are empty.", where=file.name, fix="Name chromosomes or rows.")
    cells = pd.DataFrame({"value": values, "split": splits}, dtype=str)
    lines = np.ones(len(values), np.int64)
    return RawTable(file, "folds", cells, lines, kind="indices", header=True)


READER = Reader(name="folds", title="parts of a split", recognises=recognises, read=read, order=5)
