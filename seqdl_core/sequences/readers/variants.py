"""Variants written as text, one a line, and variant-scorer's ``bed`` without a header.

chr1:100 C>G        chr1-100-C-G        chr1:100:C:G               positions count from 1
chr1   99   100   C   G   rs1                                      counted from 0, as the end behind it shows
"""

import re

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._intervals import ragged, sample_lines
from seqdl_core.sequences.readers._places import is_variant, variants_of
from seqdl_core.sequences.readers._text import lines_of

_FURTHER = re.compile(r"[\t,;]|\s\S+\s")
"""What separates a variant from further columns; one blank may stand inside a variant."""
_WITH_END = re.compile(
    r"(\w[\w.]{0,60})[\t ]+(\d{1,10})[\t ]+(\d{1,10})[\t ]+([ACGT]{1,500})[\t ]+([ACGT]{1,500})(?=\s|$)"
)
_TITLES = ["chr", "pos", "end", "allele1", "allele2", "variant_id"]


def recognises(text: str) -> bool:
    """Whether most of the first lines are a variant and nothing else, or all have a start, an end and two alleles."""
    lines = [line.strip() for line in sample_lines(text) if not line.startswith("#")]
    alone = [line for line in lines if not _FURTHER.search(line) and is_variant(line)]
    return bool(lines) and (len(alone) * 2 > len(lines) or all(map(_has_end, lines)))


def _has_end(line: str) -> bool:
    found = _WITH_END.match(line)
    return found is not None and int(found[3]) - int(found[2]) in (1, len(found[4])) and found[4] != found[5]


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Lines to rows with ``chrom``, ``pos`` (1-based), ``id``, ``ref`` and ``alt``.

    Raises:
        ReadError: for a line that is no variant, or has more or fewer fields than the others.
    """
    del layout  # each line is one variant
    found = [(number, line.strip()) for number, line in enumerate(lines_of(file.text), 1)]
    found = [(number, line) for number, line in found if line and not line.startswith("#")]
    columns = _in_columns(found, file.name) if _has_end(found[0][1]) else [[line for _, line in found]]
    titles = [*_TITLES, *(f"column {place}" for place in range(7, len(columns) + 1))][: len(columns)]
    titles = titles if len(columns) > 1 else [""]
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=str)
    frame.columns = pd.Index(titles if len(columns) > 1 else ["variant"], dtype=str)
    table = RawTable(file, "variants", frame, np.array([number for number, _ in found], np.int64))
    variants = variants_of(table, titles, columns)
    if variants is None:
        raise ReadError(
            "Many lines of this list are no variants.",
            where=file.name,
            fix="Write one variant a line, such as chr1:100 C>G.",
        )
    return variants


def _in_columns(found: list[tuple[int, str]], name: str) -> list[list[str]]:
    rows = [line.split("\t") if "\t" in line else line.split() for _, line in found]
    odd = next((place for place, row in enumerate(rows) if len(row) != len(rows[0])), -1)
    if odd >= 0:
        raise ragged(rows[odd], len(rows[0]), found[odd][0], name)
    return [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]


READER = Reader(name="variants", title="list of variants", recognises=recognises, read=read, order=0)
