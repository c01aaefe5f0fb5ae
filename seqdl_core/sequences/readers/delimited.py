"""Tables: one sequence a row, columns separated by tabs, commas or semicolons, with a header line or without.

The standard library's parser is used rather than pandas': it knows the line of each row, and it does not fill short
rows with blanks in silence. pandas holds the result.
"""

import csv
import io
import re
from collections import Counter

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.vocabulary import is_number, means_label, means_name, means_sequence, means_split

SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";"}

_SAMPLE_ROWS = 200
_SHORTEST_TYPICAL = 5
_LETTERS = re.compile(r"[A-Za-z*.-]+")
_NUCLEOTIDES = re.compile(r"[ACGTUNacgtun]+")


def recognises(text: str) -> bool:
    """Whether the first lines split into the same number of columns, or are sequences and nothing else."""
    return text[:1] not in ">@" and _sniff(text) != ""


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Rows to text columns, blanks around cells removed.

    Raises:
        ReadError: for a row with too few or too many fields, a broken quotation, or no column of sequences.
    """
    layout = _sniff(file.text) if layout == "auto" else layout
    rows, lines = _parse(file, SEPARATORS[layout])
    if not rows:
        raise ReadError("The table has no filled cell.", where=file.name, fix="Add at least one sequence.")
    notices: list[NoticeRecord] = []
    width = Counter(len(row) for row in rows[:_SAMPLE_ROWS]).most_common(1)[0][0]
    comments = next((n for n, row in enumerate(rows) if not row[0].startswith("#") or len(row) == width), len(rows))
    if comments:
        notices.append(notice(comments, "comment line", "at the top, left out.", file.name))
        rows, lines = rows[comments:], lines[comments:]
    _refuse_ragged(rows, lines, width, file.name)
    padded = sum(any(cell != cell.strip() for cell in row) for row in rows)
    if padded:
        notices.append(notice(padded, "row", "with blanks around a cell, which were removed.", file.name))
    rows = [[cell.strip() for cell in row] for row in rows]
    place = _sequence_place(rows)
    if place < 0:
        raise ReadError(
            f"No column of the table holds sequences; its first row is {_shown(rows[0])}.",
            where=f"line {lines[0]} of {file.name}",
            fix="Add a column with one sequence a row, written in letters.",
        )
    header = _has_header(rows, place)
    columns = _column_names(rows[0] if header else [], width)
    body = rows[1:] if header else rows
    if not body:
        raise ReadError("The table has a header line and no rows.", where=file.name, fix="Add at least one sequence.")
    return RawTable(
        file,
        layout,
        pd.DataFrame(body, columns=columns, dtype=str),
        np.array(lines[1:] if header else lines, np.int64),
        sequence_column=columns[place],
        header=header,
        notices=tuple(notices),
    )


def sequence_score(column: str, values: list[str]) -> float:
    """How much a column looks like sequences; 0 means not at all. A telling name beats length."""
    filled = [value for value in values if value]
    if not filled or sum(_LETTERS.fullmatch(value) is not None for value in filled) < 0.6 * len(filled):
        return 0.0
    mean = sum(map(len, filled)) / len(filled)
    nucleotides = sum(_NUCLEOTIDES.fullmatch(value) is not None for value in filled) / len(filled)
    named = means_sequence(column)
    if mean < _SHORTEST_TYPICAL and not (named or (nucleotides == 1.0 and mean >= 2)):
        return 0.0
    return mean * (1 + nucleotides) + (1e9 if named else 0.0)


def _sniff(text: str) -> str:
    """The separator that gives the first lines the same number of columns most often; ``""`` where none does."""
    lines = [line for line in text[: 2**20].split("\n") if line.strip()][:_SAMPLE_ROWS]
    best, best_score = "", 0.0
    for layout, separator in SEPARATORS.items() if lines else ():
        try:
            rows = [row for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:  # a field too long for the parser; it will say so itself
            rows = [line.split(separator) for line in lines]
        width, alike = Counter(map(len, rows)).most_common(1)[0]
        empty = sum(not cell.strip() for row in rows for cell in row) / sum(map(len, rows))
        score = alike / len(rows) + width / 1e6 - empty / 1e3
        if width > 1 and alike * 2 >= len(rows) and score > best_score:
            best, best_score = layout, score
    if not best and all(_LETTERS.fullmatch(line.strip()) for line in lines):
        return "tab"
    return best


def _parse(file: TextFile, separator: str) -> tuple[list[list[str]], list[int]]:
    """Rows that are not blank, and the line each begins on."""
    parser = csv.reader(io.StringIO(file.text), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for row in parser:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(begins)
            begins = parser.line_num + 1
    except csv.Error as problem:
        long = "field larger" in str(problem)
        raise ReadError(
            f"A field holds more than {csv.field_size_limit():,} characters."
            if long
            else "A quotation mark opens a field and is not closed properly.",
            where=f"line {begins} of {file.name}",
            fix="Bring long sequences as FASTA." if long else "Close it, or remove the quotation marks.",
        ) from None
    return rows, lines


def _refuse_ragged(rows: list[list[str]], lines: list[int], width: int, name: str) -> None:
    odd = [number for number, row in enumerate(rows) if len(row) != width]
    if odd:
        more = (
            f" {len(odd) - 1:,} further row{' differs' if len(odd) == 2 else 's differ'} too." if len(odd) > 1 else ""
        )
        fields = "1 field" if len(rows[odd[0]]) == 1 else f"{len(rows[odd[0]])} fields"
        raise ReadError(
            f"This row has {fields}; the others have {width}.{more}",
            where=f"line {lines[odd[0]]} of {name}",
            fix="Give every row the same fields, an empty one where nothing is known.",
        )


def _sequence_place(rows: list[list[str]]) -> int:
    """The index of the column that looks most like sequences, or -1. The first row may be a header."""
    best, best_score = -1, 0.0
    sample = rows[1 : _SAMPLE_ROWS + 1] or rows
    for place in range(len(rows[0])):
        score = sequence_score(rows[0][place], [row[place] for row in sample])
        if score > best_score:
            best, best_score = place, score
    return best


def _has_header(rows: list[list[str]], place: int) -> bool:
    """Whether the first row names the columns: by known words, or because it differs in kind from the rows below."""
    first = rows[0]
    if any(word(cell) for cell in first for word in (means_sequence, means_label, means_name, means_split)):
        return True
    if any(is_number(cell) for cell in first) or not all(first):
        return False
    body = [row[place] for row in rows[1 : _SAMPLE_ROWS + 1]]
    used = set("".join(body).upper())
    if not set(first[place].upper()) <= used:
        return True
    return bool(body) and len(first[place]) * 2 < min(map(len, body)) and len(used) > len("ACGTUN")


def _column_names(header: list[str], width: int) -> list[str]:
    """Unique names: ``column 3`` for one without a name, ``seq (2)`` for a second ``seq``."""
    names: list[str] = []
    for place in range(width):
        plain = header[place].lstrip("#").strip() if header else ""
        name = wanted = plain or f"column {place + 1}"
        count = 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        names.append(name)
    return names


def _shown(row: list[str]) -> str:
    text = ", ".join(row)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"


READER = Reader(name="delimited", title="table", recognises=recognises, read=read, order=2)
