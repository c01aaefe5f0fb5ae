"""Tables that are handed out and may be opened in a spreadsheet, which must not take a person's text for a formula."""

import re

import pandas as pd

_STARTS = ("=", "+", "-", "@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def cell(text: str) -> str:
    """The text on one line, with an apostrophe before what a spreadsheet would run as a formula; numbers stay numbers.

    A line break within a text would begin another row, and with it perhaps a formula; it becomes a space.

    >>> cell("=1+1"), cell("-0.5"), cell("seq_1")
    ("'=1+1", '-0.5', 'seq_1')
    """
    line = _CONTROL.sub(" ", text).strip() if _CONTROL.search(text) else text
    return f"'{line}" if line.lstrip().startswith(_STARTS) and not _is_number(line) else line


def as_csv(rows: pd.DataFrame, separator: str = ",") -> str:
    """Rows under their titles, every text through :func:`cell`."""
    safe = rows.map(lambda value: cell(value) if isinstance(value, str) else value)
    return str(
        safe.rename(columns=lambda name: cell(str(name))).to_csv(index=False, sep=separator, lineterminator="\n")
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
