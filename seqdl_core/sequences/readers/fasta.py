"""FASTA: a header line that begins with '>', then letters on any number of lines.

A header may carry a label and the part of the split, in the ways that are in use:

    >chr1:5-105|1               iLearn and its kin: name, label and, as a third field, training or testing
    >chr1:5-105|0|testing
    >Sequence0 TARGET=1 SET=train            FLIP: key=value
    > chr1,+,367697,367797; class:0          RBP-31: key:value, for keys that mean "label" or "split"
    >peak_17 1                               a description that is nothing but a label
"""

import io
import re

import numpy as np
import pandas as pd
from Bio.SeqIO.FastaIO import SimpleFastaParser
from numpy.typing import NDArray

from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.vocabulary import LABEL_WORDS, SPLIT_WORDS, is_label_value, is_split_value, means_label

_KEYS = "|".join(sorted(LABEL_WORDS | SPLIT_WORDS))
_PAIR = re.compile(rf"(?:^|(?<=[\s;,|]))({_KEYS})\s*[=:]\s*([^\s;,|]+)", re.IGNORECASE)
_FIRST_HEADER = re.compile(r"(?:[ \t]*\n)*>")
_DATABASES = frozenset(
    ["gi", "sp", "tr", "ref", "gb", "emb", "dbj", "pdb", "lcl", "pir", "prf", "bbs", "gnl", "pat", "tpg", "tpe", "tpd"]
)


def recognises(text: str) -> bool:
    """Whether the first line with anything on it begins with a '>'."""
    return _FIRST_HEADER.match(text) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Records to rows with the columns ``name``, ``sequence`` and what the headers say besides."""
    del layout  # FASTA has only one
    lines = file.text.split("\n")
    starts = np.array([number for number, line in enumerate(lines, 1) if line[:1] == ">"], np.int64)
    records = list(SimpleFastaParser(io.StringIO(file.text)))
    titles = [title.strip() for title, _ in records]
    sequences = [sequence for _, sequence in records]
    cells: dict[str, list[str]] = {"name": [_name(title) for title in titles], "sequence": sequences}
    cells |= _from_headers(titles, cells)
    notices = _notices(file, lines, titles)
    nameless = [row for row, name in enumerate(cells["name"]) if not name]
    for row in nameless:
        cells["name"][row] = f"record_{row + 1}"
    return RawTable(
        file,
        "fasta",
        pd.DataFrame(cells, dtype=str),
        starts,
        sequence_column="sequence",
        name_column="name",
        header=True,
        letters_before=_letters_before(lines),
        notices=notices,
    )


def _letters_before(lines: list[str]) -> NDArray[np.int64]:
    """Entry ``n`` counts the letters on lines 1 to n, without headers and blanks, as the parser counts."""
    counts = [0 if line[:1] == ">" else len(line.rstrip().replace(" ", "")) for line in lines]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _name(title: str) -> str:
    """The first word of a header; in ``chr1,+,10,20; class:0`` and ``id|1`` the part before the label."""
    return re.split(r"[\s;]", title, maxsplit=1)[0] if title else ""


def _from_headers(titles: list[str], cells: dict[str, list[str]]) -> dict[str, list[str]]:
    """The columns that the headers hold besides the name; shortens the names that carry a label behind a '|'."""
    found: dict[str, list[str]] = {}
    for row, title in enumerate(titles):
        for key, value in _PAIR.findall(title):
            found.setdefault(key, [""] * len(titles))[row] = value
    fields = [title.split("|") for title in titles]
    piped = [parts for parts in fields if len(parts) > 1]
    if piped and all(_carries_label(parts) for parts in piped):
        cells["name"] = [parts[0].strip() for parts in fields]
        found["label"] = [parts[1].strip() if len(parts) > 1 else "" for parts in fields]
        if any(len(parts) > 2 for parts in piped):
            found["split"] = [parts[2].strip() if len(parts) > 2 else "" for parts in fields]
    if not any(means_label(column) for column in found):
        rests = [title[len(_name(title)) :].strip() for title in titles]
        if any(rests) and all(is_label_value(rest) for rest in rests if rest):
            found["label"] = rests
    return found


def _carries_label(parts: list[str]) -> bool:
    if parts[0].strip().lower() in _DATABASES or not is_label_value(parts[1]):
        return False
    return len(parts) == 2 or (len(parts) == 3 and is_split_value(parts[2]))


def _notices(file: TextFile, lines: list[str], titles: list[str]) -> tuple[NoticeRecord, ...]:
    nameless = sum(not title for title in titles)
    blanks = sum(" " in line.rstrip() for line in lines if line[:1] != ">")
    found = (
        notice(nameless, "record", "without a name, named by their number.", file.name),
        notice(blanks, "sequence line", "with blanks inside, which were removed.", file.name),
    )
    return tuple(record for record in found if record.count)


READER = Reader(name="fasta", title="FASTA", recognises=recognises, read=read, order=1)
