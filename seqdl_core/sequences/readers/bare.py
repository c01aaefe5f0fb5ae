"""One sequence pasted without a header: letters and nothing else, on one line or broken into lines of one width.

Letters on lines of unequal lengths, or of the same length to the last, are one sequence a line: a table of one column.
"""

import re

import numpy as np
import pandas as pd

from seqdl_core.sequences.readers import RawTable, Reader, TextFile, notice

_NARROWEST = 40
_LETTERS = re.compile(r"[A-Za-z]+[*]?")
_COUNTED = re.compile(r"\s*\d+\s+[A-Za-z ]+")


def recognises(text: str) -> bool:
    """Whether there is one line, or all but a shorter last one have the same width, of at least 40 letters."""
    first = text[:1000].lstrip().partition("\n")[0].rstrip()
    if len(first) < _NARROWEST or not (_LETTERS.fullmatch(first) or _COUNTED.fullmatch(first)):
        return False
    if "\n" not in text.strip():
        return _LETTERS.fullmatch(_letters(text)) is not None
    lines = [_letters(line) for line in text.split("\n") if line.strip()]
    widths = {len(line) for line in lines[:-1]}
    return len(widths) == 1 and len(lines[-1]) < widths.pop() and all(map(_LETTERS.fullmatch, lines))


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """One row, with a notice that the lines were joined."""
    del layout
    lines = file.text.split("\n")
    kept = [_letters(line) for line in lines]
    begins = next(number for number, line in enumerate(kept, 1) if line)
    sequence = "".join(kept)
    said = notice(
        sum(map(bool, kept)),
        "line",
        "of letters without a header, read as one sequence.",
        file.name,
        "If each line is a sequence of its own, bring them as FASTA or under the column name 'sequence'.",
    )
    counts = np.concatenate([[0], np.cumsum([len(line) for line in kept])]).astype(np.int64)
    cells = pd.DataFrame({"name": ["pasted"], "sequence": [sequence]}, dtype=str)
    return RawTable(
        file,
        "bare",
        cells,
        np.array([begins], np.int64),
        sequence_column="sequence",
        name_column="name",
        letters_before=counts,
        notices=(said,),
    )


def _letters(line: str) -> str:
    """The letters of a line, without the blanks and numbers that GenBank puts between them."""
    plain = line.strip()
    return plain if plain.isalpha() else re.sub(r"[\s\d]", "", plain)


READER = Reader(name="bare", title="one sequence without a header", recognises=recognises, read=read, order=1)
