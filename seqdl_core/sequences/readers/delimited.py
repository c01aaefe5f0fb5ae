"""Tables as text: columns separated by tabs, commas, semicolons or runs of blanks, with a header line or without.

pandas holds the result, but does not parse: the line of each row must be known, and a row that is too short must not be
filled with blanks in silence.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import FileIdentity, NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._columns import is_letters, sequence_score
from seqdl_core.sequences.readers._table import check_size, common_width, make_table, without_titles
from seqdl_core.sequences.readers._text import lines_of
from seqdl_core.sequences.vocabulary import is_number

SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "blanks": ""}

_SNIFFED_ROWS = 200
_SNIFFED_COLUMNS = 500
_SNIFFED_LETTERS = 2**20
_LONGEST_CELL = 2**29
_PROSE_SHARE = 0.8
_NUCLEOTIDES = re.compile(r"[ACGTUNacgtun]{5,}")
_WORD = re.compile(r"\S+")


def recognises(text: str) -> bool:
    """Whether the first lines split into the same number of columns, or hold one word each."""
    return text[:1] not in ">@" and _sniff(text) != ""


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Rows to text columns, blanks around cells removed.

    Raises:
        ReadError: for a row with too few or too many fields, a broken quotation, more columns than any table of
            sequences has, or a single column without sequences.
    """
    layout = layout_of(file.text) if layout == "auto" else layout
    rows, lines = [], []
    for line, row in rows_in(lines_of(file.text), SEPARATORS[layout], file.name):
        rows.append(row)
        lines.append(line)
    return tabulate(file, layout, rows, lines)


def layout_of(text: str) -> str:
    """What separates the columns: a name in SEPARATORS."""
    return _sniff(text) or "tab"


def tabulate(file: FileIdentity, layout: str, rows: list[list[str]], lines: list[int]) -> RawTable:
    """Rows of cells to text columns; the rows are changed.

    Args:
        lines: the 1-based line on which each row begins.
    """
    if not rows:
        raise ReadError("The table has no filled cell.", where=file.name, fix="Add at least one sequence.")
    notices: list[NoticeRecord] = []
    width = common_width([len(row) for row in rows[-_SNIFFED_ROWS:]])
    comments = next((n for n, row in enumerate(rows) if not row[0].startswith("#") or len(row) == width), len(rows))
    if comments:
        notices.append(notice(comments, "comment line", "at the top, left out.", file.name))
        rows, lines = rows[comments:], lines[comments:]
    if not rows:
        raise ReadError("The file holds only comment lines.", where=file.name, fix="Add at least one sequence.")
    if width > 1 and " " in "".join(rows[0]).strip():  # one word in a row may be a sequence without its label
        rows, lines, titles = without_titles(rows, lines)
        if titles:
            notices.append(notice(titles, "title row", "above the table, left out.", file.name))
    width = common_width([len(row) for row in rows[:_SNIFFED_ROWS]])
    check_size(width, len(rows), file.name)
    if width > 1 and len(rows[0]) == width - 1 and all(len(row) == width for row in rows[1:]) and rows[1:]:
        rows[0].insert(0, "")  # as R writes tables with row names
    _refuse_ragged(rows, lines, width, file.name)
    columns = [list(column) for column in zip(*rows, strict=True)]
    del rows
    columns = _trimmed(columns, lines, file.name, notices)
    return make_table(file, layout, columns, lines, notices)


def _trimmed(columns: list[list[str]], lines: list[int], name: str, notices: list[NoticeRecord]) -> list[list[str]]:
    """Cells without blanks around them, and without the empty column that a separator at each line's end makes."""
    trimmed: list[list[str]] = []
    padded: set[int] = set()
    for column in columns:
        bare = [cell.strip() for cell in column]
        if bare != column:
            padded.update(row for row, (cell, given) in enumerate(zip(bare, column, strict=True)) if cell != given)
        trimmed.append(bare)
    if padded:
        place = f"line {lines[min(padded)]} of {name}"
        notices.append(notice(len(padded), "row", "with blanks around a cell, which were removed.", place))
    if len(trimmed) > 1 and not any(trimmed[-1]):
        trimmed.pop()
    return trimmed


def _sniff(text: str) -> str:
    """The separator that gives the first lines the same number of columns most often; ``""`` where none does."""
    start = text[:_SNIFFED_LETTERS]
    whole = start.rsplit("\n", 1)[0] if len(text) > len(start) and "\n" in start else start
    lines = [line for line in whole.split("\n") if line.strip()]
    lines = [line for line in lines if not line.startswith("#")] or lines
    lines = lines[:_SNIFFED_ROWS]
    if not lines:
        return ""
    best, best_score = "", 0.0
    for layout, separator in SEPARATORS.items():
        rows = [line.split() for line in lines] if not separator else _sniffed_rows(lines, separator)
        width, alike = Counter(map(len, rows)).most_common(1)[0]
        share = alike / len(rows)
        if width < 2 or share < 0.5 or (best and not separator):
            continue
        same = [row[:_SNIFFED_COLUMNS] for row in rows if len(row) == width]
        if (share < _PROSE_SHARE or not separator) and not _has_substance(same):
            continue
        if not separator and share < 1 and not (share * len(rows) >= len(rows) - 1 and len(rows) > 2):
            continue
        empty = sum(not cell.strip() for row in same for cell in row) / sum(map(len, same))
        letters = any(_letters(column) for column in zip(*(same[1:] or same), strict=True))
        score = share + width / 1e6 - empty / 1e3 + letters / 1e2  # lists of numbers hold commas beside a sequence
        if score > best_score:
            best, best_score = layout, score
    return best or ("tab" if _one_word_each(lines) else "")


def _sniffed_rows(lines: list[str], separator: str) -> list[list[str]]:
    if not any('"' in line for line in lines):
        return [line.split(separator) for line in lines]
    try:
        return [row for row in csv.reader(lines, delimiter=separator) if row] or [[]]
    except csv.Error:  # a field too long for the parser; it will say so itself
        return [line.split(separator) for line in lines]


def _letters(column: tuple[str, ...]) -> bool:
    return all(len(cell) > 4 and _NUCLEOTIDES.fullmatch(cell.strip()) for cell in column)


def _has_substance(rows: list[list[str]]) -> bool:
    """Whether some column holds numbers or nucleotides, which prose does not."""
    body = rows[1:] or rows
    columns = [[cell.strip() for cell in column] for column in zip(*body, strict=True)]
    return any(
        all(is_number(cell, "comma") for cell in column) or all(_NUCLEOTIDES.fullmatch(cell) for cell in column)
        for column in columns
    ) or any(sequence_score(name, column) > 0 and _named(name) for name, column in zip(rows[0], columns, strict=True))


def _named(name: str) -> bool:
    return sequence_score(name, ["ACDEFGHIKL"]) >= 1e9


def _one_word_each(lines: list[str]) -> bool:
    """Whether each line is one sequence, one number or one name, which has a digit; words are what prose is made of."""
    words = [line.strip() for line in lines]
    if any(_WORD.fullmatch(word) is None for word in words):
        return False
    return is_letters(words) or all(any(letter.isdigit() for letter in word) for word in words[1:] or words)


def rows_in(text_lines: Iterable[str], separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line that it begins on; a quoted cell may go on in the next line.

    Args:
        text_lines: the lines without their ends.
        separator: a sign, or "" for runs of blanks.

    Raises:
        ReadError: a quotation mark is not closed.
    """
    csv.field_size_limit(_LONGEST_CELL)  # of the whole process, as the module has it; genes exceed its default
    remaining, line = iter(text_lines), 0
    for text in remaining:
        line += 1
        if '"' not in text:
            cells = text.split(separator) if separator else text.split()
            if text and any(cell and not cell.isspace() for cell in cells):
                yield line, cells
            continue
        whole = chain([text], remaining)
        ended = (f"{one}\n" for one in (whole if separator else (one.replace("\t", " ") for one in whole)))
        parser = csv.reader(ended, delimiter=separator or " ", strict=True, skipinitialspace=not separator)
        try:
            cells = next(parser)
        except csv.Error:
            raise ReadError(
                "A quotation mark opens a field and is not closed properly.",
                where=f"line {line} of {name}",
                fix="Close it, or remove the quotation marks.",
            ) from None
        if any(cell and not cell.isspace() for cell in cells):
            yield line, cells
        line += parser.line_num - 1


def _refuse_ragged(rows: list[list[str]], lines: list[int], width: int, name: str) -> None:
    """Refuse rows of another width. Fields that are empty at the end of all rows that are too long do no harm."""
    odd = [number for number, row in enumerate(rows) if len(row) != width]
    if not odd:
        return
    for number in odd:
        row = rows[number]
        if len(row) > width and not any(cell.strip() for cell in row[width:]):
            del row[width:]
    odd = [number for number in odd if len(rows[number]) != width]
    if not odd:
        return
    more = f" {len(odd) - 1:,} further row{' differs' if len(odd) == 2 else 's differ'} too." if len(odd) > 1 else ""
    fields = "1 field" if len(rows[odd[0]]) == 1 else f"{len(rows[odd[0]])} fields"
    raise ReadError(
        f"This row has {fields}; the others have {width}.{more}",
        where=f"line {lines[odd[0]]} of {name}",
        fix="Give every row the same fields, an empty one where nothing is known.",
    )


READER = Reader(name="delimited", title="table", recognises=recognises, read=read, order=90)
