"""From rows of cells to a table: where the header is, which column holds sequences, what a row is.

Text tables and workbooks end here alike. Cells come without blanks around them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.columns import are_partners, means_mutant, means_residues, means_wild_type
from seqdl_core.sequences.mutations import is_mutant
from seqdl_core.sequences.readers import FileIdentity, NoticeRecord, RawTable, notice
from seqdl_core.sequences.readers._cells import plain_cells
from seqdl_core.sequences.readers._columns import SAMPLE, has_header, is_letters, named_sequence, sequence_score
from seqdl_core.sequences.readers._mutant_tables import mutants_in_a_map, mutants_in_columns
from seqdl_core.sequences.readers._nearest import nearest
from seqdl_core.sequences.readers._places import intervals_of, variants_of
from seqdl_core.sequences.readers._spreadsheets import eaten_cells
from seqdl_core.sequences.vocabulary import is_number, plain_name

MOST_COLUMNS = 2_000
MOST_CELLS = 50_000_000
LONGEST_CELL = 2**20
_UNIT = re.compile(
    r"\([^()]{1,40}\)|\[[^\[\]]{1,40}\]|[pnuµμm]?M|%|bp|nt|a\.u\.|AU|[Rr][Ff][Uu]|[Rr][Ll][Uu]|°C|k(?:cal|J)/mol|[nµu]g/m[lL]"
)


def make_table(
    file: FileIdentity,
    layout: str,
    columns: list[list[str]],
    lines: list[int],
    notices: Sequence[NoticeRecord] = (),
    header: bool | None = None,
) -> RawTable:
    """Columns of cells to a table of the kind that they are.

    Args:
        columns: the cells, column by column, the header among them.
        lines: the 1-based line of each row.
        header: whether the first row names the columns; None where the cells have to tell.

    Raises:
        ReadError: for a table of one column that holds neither sequences nor names, and for one without rows.
    """
    said = list(notices)
    units = _units_below(columns) if header is None else []
    if units:
        shown = ", ".join(dict.fromkeys(unit[:20] for unit in units))
        said.append(notice(1, "row", f"of units below the header ({shown}), left out.", file.at(lines[1])))
        columns, lines = [[column[0], *column[2:]] for column in columns], [lines[0], *lines[2:]]
    header = has_header(columns) if header is None else header
    names = unique_names([column[0] for column in columns] if header else [], len(columns))
    if header:
        columns, lines, repeated = _without_headers(columns, lines)
        if repeated:
            said.append(notice(len(repeated), "repeated header line", "left out.", file.at(repeated[0])))
    if not lines:
        raise ReadError("The table has a header line and no rows.", where=file.name, fix="Add at least one sequence.")
    titled = names if header else [""] * len(names)
    columns, emptied = _without_giants(titled, columns, lines, file, _sequence_place(titled, columns))
    said += emptied
    columns, stripped = plain_cells(titled, columns, file.name)
    said += stripped
    place = _sequence_place(titled, columns)
    said += eaten_cells(file, names, columns, lines, place)
    frame = pd.DataFrame(dict(enumerate(columns)), dtype=str)
    frame.columns = pd.Index(names, dtype=str)
    table = RawTable(
        file,
        layout,
        frame,
        np.array(lines, np.int64),
        sequence_column=names[place] if place >= 0 else "",
        header=header,
        tabular=True,
        notices=tuple(said),
    )
    return _of_its_kind(table, titled, columns, place)


def _units_below(columns: list[list[str]]) -> list[str]:
    """The units of a second header line, ``(a.u.)`` below ``Expression``; empty where the second row is none.

    Every filled cell of such a line is a unit or stands in brackets, which no cell of its column does above or below.
    """
    if len(columns) < 2 or len(columns[0]) < 3:
        return []
    units = [column[1] for column in columns if column[1]]
    if not units or not all(map(_UNIT.fullmatch, units)) or not all(column[0] for column in columns if column[1]):
        return []
    others = (cell for column in columns if column[1] for cell in (column[0], *column[2:SAMPLE]))
    return [] if any(map(_UNIT.fullmatch, others)) else units


def _without_giants(
    titled: list[str], columns: list[list[str]], lines: list[int], file: FileIdentity, sequences: int
) -> tuple[list[list[str]], list[NoticeRecord]]:
    """Columns in which cells too long for anything but a sequence are empty, each counted with its line.

    Every later look at such a cell, for a number, a date or a word, would take seconds.

    Args:
        sequences: the column of the sequences, where too long a row is refused by its letters.
    """
    said: list[NoticeRecord] = []
    kept = list(columns)
    for place, column in enumerate(columns):
        rows = [row for row, cell in enumerate(column) if len(cell) > LONGEST_CELL]
        if not rows or place == sequences or named_sequence(titled[place]):
            continue
        rest = f"of {titled[place] or f'column {place + 1}'} with more than {LONGEST_CELL:,} characters, read as empty."
        said.append(notice(len(rows), "cell", rest, file.at(lines[rows[0]])))
        kept[place] = ["" if len(cell) > LONGEST_CELL else cell for cell in column]
    return kept, said


def unique_names(header: list[str], width: int) -> list[str]:
    """Unique names: ``column 3`` for one without a name, ``seq (2)`` for a second ``seq``."""
    names: list[str] = []
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    for place in range(width):
        plain = header[place].lstrip("#").strip() if header else ""
        name = wanted = plain or f"column {place + 1}"
        while name in taken:
            counts[wanted] += 1
            name = f"{wanted} ({counts[wanted] + 1})"
        taken.add(name)
        names.append(name)
    return names


def _of_its_kind(table: RawTable, titled: list[str], columns: list[list[str]], place: int) -> RawTable:
    """The table as sequences, variants, intervals, mutants, indices or anything else."""
    mutant = _mutant_place(titled, columns)
    constant = place >= 0 and mutant >= 0 and len(columns[place]) > 1 and len(set(columns[place])) == 1
    if place >= 0 and not constant:
        return _with_pairs(table, titled, columns, place)
    bare = replace(table, sequence_column="")
    found = variants_of(bare, titled, columns)
    if found is None and mutant < 0:
        found = intervals_of(bare, titled, columns)
    if found is not None:
        return found
    if mutant >= 0:
        names = [str(name) for name in table.cells.columns]
        names = unique_names([f"{name} of the file" if name == "mutant" else name for name in names], len(names))
        names[mutant] = "mutant"
        cells = table.cells.set_axis(names, axis=1)
        unique = len(set(columns[mutant])) == len(columns[mutant])
        return replace(bare, kind="mutants", cells=cells, name_column="mutant" if unique else "")
    if len(columns) == 1:
        return _indices(bare, columns[0])
    spread = mutants_in_a_map(bare, titled, columns) or mutants_in_columns(bare, titled, columns)
    if spread is not None:
        return spread
    return replace(bare, kind="other")


def _with_pairs(table: RawTable, titled: list[str], columns: list[list[str]], place: int) -> RawTable:
    """Tables of pairs name two sequence columns alike; a person says which of them is to be learned from."""
    partners = [
        titled[other]
        for other in range(len(titled))
        if other != place
        and are_partners(titled[place], titled[other])
        and is_letters(columns[other][:SAMPLE])
        and len(set(columns[other])) > 1
    ]
    if not partners:
        return table
    said = notice(
        1,
        "table",
        f"of pairs of sequences ({', '.join([titled[place], *partners])}); SeqDL learns from one sequence a row.",
        table.file.name,
        fix=f"Choose {titled[place]} or {' or '.join(partners)} as the sequence column.",
    )
    return replace(table, notices=(*table.notices, said))


def _indices(table: RawTable, values: list[str]) -> RawTable:
    """One column of row numbers or of names, which tells which rows of another file are one part of a split."""
    blanks = next((row for row, value in enumerate(values) if not value or any(c.isspace() for c in value)), -1)
    if blanks >= 0 or table.header:
        near = nearest(table) if table.header else None
        why, row = (near.why, near.row) if near else (f"its first row is {_shown(values[0])}", max(blanks, 0))
        raise ReadError(
            f"No column of the table holds sequences: {why}.",
            where=table.where(row),
            fix="Add a column with one sequence a row, written in letters.",
        )
    return replace(table, kind="indices", cells=table.cells.set_axis(["value"], axis=1))


def _without_headers(columns: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int], list[int]]:
    """The rows below the header, and the lines that repeat it: files put under each other with ``cat`` have them."""
    first = [column[0] for column in columns]
    again = [row for row, cell in enumerate(columns[0]) if cell == first[0] and row]
    again = [row for row in again if all(column[row] == name for column, name in zip(columns, first, strict=True))]
    out = {0, *again}
    if not again:
        return [column[1:] for column in columns], lines[1:], []
    kept = [row for row in range(len(lines)) if row not in out]
    left = [[column[row] for row in kept] for column in columns]
    return left, [lines[row] for row in kept], [lines[row] for row in again]


def _sequence_place(titled: list[str], columns: list[list[str]]) -> int:
    """The index of the column that looks most like sequences, or -1."""
    best, best_score = -1, 0.0
    for place, column in enumerate(columns):
        if means_wild_type(titled[place]) or means_residues(titled[place]):
            continue
        score = sequence_score(titled[place], column[:SAMPLE], alone=len(columns) == 1)
        if score > best_score:
            best, best_score = place, score
    if best < 0:  # a wild type on every row is all there is
        named = [place for place, title in enumerate(titled) if named_sequence(title) or means_wild_type(title)]
        best = next((place for place in named if is_letters(columns[place][:SAMPLE])), -1)
    return best


def _mutant_place(titled: list[str], columns: list[list[str]]) -> int:
    """The column of mutants: the one called so, hgvs_pro before hgvs_nt; else the first that is nothing but mutants."""
    best, most = -1, 0.0
    for place, column in enumerate(columns):
        values = list(dict.fromkeys(value for value in column[:SAMPLE] if value))
        if not values or all(map(is_number, values)):
            continue
        share = sum(map(is_mutant, values)) / len(values)
        named = means_mutant(titled[place])
        if share < (0.5 if named else 0.95) or (not named and len(values) < 3):
            continue
        plain = plain_name(titled[place])
        score = share + 2 * named - ("nt" in plain.split("_")) - 0.5 * plain.startswith("hgvs_c")
        if score > most:
            best, most = place, score
    return best


def without_titles(rows: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int], int]:
    """Leave out rows above the table that have one filled cell only, such as the title of a supplementary table."""
    usual = sorted(sum(map(bool, row)) for row in rows[-SAMPLE:])[len(rows[-SAMPLE:]) // 2]
    titles = 0
    while usual > 1 and titles < len(rows) - 1 and sum(map(bool, rows[titles])) == 1:
        titles += 1
    return rows[titles:], lines[titles:], titles


def check_size(columns: int, rows: int, name: str) -> None:
    """Refuse a table that is no table of sequences but would fill the memory."""
    if columns > MOST_COLUMNS:
        raise ReadError(
            f"The table has {columns:,} columns; SeqDL reads at most {MOST_COLUMNS:,}.",
            where=name,
            fix="Bring the columns with sequences, names and labels only, one sequence a row.",
        )
    if columns * rows > MOST_CELLS:
        raise ReadError(
            f"The table has {columns:,} columns and {rows:,} rows, more than {MOST_CELLS:,} cells.",
            where=name,
            fix="Bring the columns with sequences, names and labels only.",
        )


def common_width(widths: Sequence[int]) -> int:
    """The number of fields that most rows have."""
    return Counter(widths).most_common(1)[0][0]


def _shown(text: str) -> str:
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
