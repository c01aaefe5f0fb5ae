"""A table too large for memory: which rows speak for it, whether it can be read in batches, and its columns then.

The file is read through once and a sample of its rows is kept: the first ones, some from all over the rest, and every
row with a word that its column did not have before. So the sample knows all classes, and the words among numbers.
"""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.inference import assemble, infer_fold_columns, infer_reverse_copies
from seqdl_core.data.joins.joining import join
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import READERS, RawTable, TextFile
from seqdl_core.sequences.readers._foreign import recognise_foreign
from seqdl_core.sequences.readers._text import to_text
from seqdl_core.sequences.readers.delimited import layout_of, tabulate
from seqdl_core.sequences.table_batches import TableForm, TableScanner, plain_text

LAYOUTS = ("tab", "comma", "semicolon")

_SPREAD = 4_000
_MOST_WORDS = 1_000
_NUMERIC = frozenset("0123456789+-.")
_UNFIT = ("structure", "residues", "mutant", "aligned", "fold")
_KEPT_NOTICES = re.compile(
    r"rows? with blanks|repeated header|comment line|title row|cells? of .{1,500} that a spreadsheet (?:turned|cut) ",
    re.DOTALL,
)


@dataclass(frozen=True, eq=False)
class SampledTable:
    """Some rows of a table, how its rows lie, and how many there are."""

    table: RawTable
    form: TableForm
    rows: int


@dataclass
class _Words:
    """The different cells of one column, as long as they are few; of numbers only those that are none."""

    seen: set[str] = field(default_factory=set)
    numbers: bool = False

    def is_new(self, cell: str) -> bool:
        if self.numbers and cell[:1] in _NUMERIC:
            return False
        if cell in self.seen or len(self.seen) > _MOST_WORDS:
            return False
        self.seen.add(cell)
        if len(self.seen) > _MOST_WORDS and not self.numbers:
            words = {one for one in self.seen if one[:1] not in _NUMERIC}
            if len(words) * 2 < len(self.seen):
                self.seen, self.numbers = words, True
        return True


def looks_like_a_table(head: bytes) -> bool:
    """Whether a file that begins so is read as a table with a sign between its columns."""
    return _layout(head, "auto") != ""


def sample_table(
    path: Path, name: str, head: bytes, choices: ImportChoices, most: int, tell: Callable[[float], None] | None = None
) -> SampledTable | None:
    """A sample of the rows; None where the table is to be read as a whole, as tables of several kinds are.

    Args:
        head: the first bytes of its text.
        most: so many rows from the beginning.
        tell: called with the share of the file that was read.
    """
    layout = _layout(head, choices.separator)
    if not layout or not plain_text(path):
        return None
    try:
        rows, lines, total = _some_rows(path, layout, name, most, tell)
        packed = head_is_packed(path)
        file = TextFile(name, path.stat().st_size, "", packed, "utf-8")
        table = tabulate(file, layout, rows, lines)
        if not _fits(table, choices):
            return None
    except SeqDLError:
        return None  # reading it as a whole says what is wrong
    first = int(table.lines[0])
    header = [row for row, line in zip(rows, lines, strict=True) if line < first]
    names = tuple(str(column) for column in table.cells.columns)
    form = TableForm(
        layout,
        first,
        len(rows[-1]),
        names,
        table.sequence_column,
        tuple(cell.strip() for cell in header[-1]) if table.header and header else (),
    )
    above = sum(line < first for line in lines)
    return SampledTable(table, form, total - above)


def head_is_packed(path: Path) -> bool:
    """Whether a file is gzip."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _layout(head: bytes, wanted: str) -> str:
    """What separates the columns of a table; ``""`` for text that another reader takes."""
    try:
        text = to_text(head[: head.rfind(b"\n") + 1], "").text
    except SeqDLError:
        return ""
    if recognise_foreign(text):
        return ""
    in_order = sorted(READERS, key=lambda one: one.order)
    reader = next((one for one in in_order if one.read and one.recognises and one.recognises(text)), None)
    if reader is None or reader.name != "delimited":
        return ""
    layout = layout_of(text) if wanted == "auto" else wanted
    return layout if layout in LAYOUTS else ""


def _some_rows(
    path: Path, layout: str, name: str, most: int, tell: Callable[[float], None] | None
) -> tuple[list[list[str]], list[int], int]:
    """The rows of the sample in their order, their lines, and how many rows there are."""
    kept: list[tuple[int, list[str]]] = []
    spread: list[tuple[int, list[str]]] = []
    new: list[tuple[int, list[str]]] = []
    words: list[_Words] = []
    total, step, size = 0, 1, path.stat().st_size
    with closing(TableScanner(path, layout, name)) as scanner:
        for line, row in scanner.rows():
            total += 1
            while len(words) < len(row):
                words.append(_Words())
            fresh = [word.is_new(cell) for word, cell in zip(words, row, strict=False)]
            if total <= most:
                kept.append((line, row))
            elif any(fresh):
                new.append((line, row))
            elif total % step == 0:
                spread.append((line, row))
                if len(spread) >= 2 * _SPREAD:
                    step *= 2
                    spread = spread[1::2]
            if tell and total % 100_000 == 0:
                tell(scanner.bytes_read / max(size, 1))
    chosen = kept + sorted(spread + new, key=lambda one: one[0])
    return [row for _, row in chosen], [line for line, _ in chosen], total


def _fits(table: RawTable, choices: ImportChoices) -> bool:
    """Whether all rows can be read as the sample's are, each for itself."""
    if table.kind != "sequences" or choices.negatives == "genome" or choices.table:
        return False
    if not all(_KEPT_NOTICES.match(told.what) for told in table.notices):
        return False
    columns = [str(column) for column in table.cells.columns]
    if any(column in _UNFIT for column in columns):
        return False
    if choices.split_way not in ("auto", "random", "stratified"):
        return False
    joined = join([table], choices)
    if joined.problems or joined.built or joined.dropped or [id(one) for one in joined.tables] != [id(table)]:
        return False
    rows = assemble([table], choices)
    return not infer_fold_columns(rows, []) and not infer_reverse_copies(rows)
