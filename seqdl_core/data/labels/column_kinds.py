"""What sort of values a column has: two classes, several, numbers or text."""

import re
from collections.abc import Sequence
from typing import Literal

from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.hints import counts_rows, lists_classes
from seqdl_core.data.labels.spelling import FEW_CLASSES, spelled_column
from seqdl_core.sequences.columns import means_number
from seqdl_core.sequences.vocabulary import is_number, means_label

__all__ = ["Kind", "column_kind", "kind_of", "several_parts"]

Kind = Literal["empty", "constant", "pair", "classes", "several", "number", "text"]

_MOST_WHOLE = 20
_FEW_WHOLE = 8
_SEVERAL = re.compile(r"\d{1,3}(\s*[,;|]\s*\d{1,3})*")


def kind_of(values: Sequence[str]) -> Kind:
    """What sort of values a column has, from its spelled values."""
    filled = [value for value in values if value]
    distinct = set(filled)
    numbers = [value for value in distinct if is_number(value)]
    if len(distinct) < 2:
        return "constant" if distinct else "empty"
    if len(numbers) == len(distinct) and any(not float(value).is_integer() for value in numbers):
        return "number"
    if len(distinct) == 2:
        return "several" if any(_several(value) for value in distinct) else "pair"
    if len(numbers) == len(distinct):
        rare = len(distinct) > _FEW_WHOLE and len(distinct) * 2 > len(filled)
        return "number" if rare or len(numbers) > _MOST_WHOLE else "classes"
    if any(_several(value) for value in distinct) and all(_SEVERAL.fullmatch(value) for value in distinct):
        return "several"
    if len(numbers) >= 0.9 * len(distinct) and len(numbers) > _MOST_WHOLE:
        return "number"
    return "classes" if len(distinct) <= FEW_CLASSES and len(distinct) * 2 <= len(filled) else "text"


def column_kind(rows: Assembled, column: str) -> Kind:
    """The sort of a column; one that is named as a measurement may hold words such as ``n.d.`` among its numbers."""
    if column not in rows.kinds:
        rows.kinds[column] = _column_kind(rows, column)
    kind: Kind = rows.kinds[column]
    return kind


def _column_kind(rows: Assembled, column: str) -> Kind:
    values = spelled_column(rows, column)
    kind = kind_of(values)
    if kind == "number" and counts_rows(rows, column):
        return "text"
    if kind in ("text", "classes") and lists_classes(values):
        return "several"
    if kind in ("text", "classes", "pair") and means_number(column):
        filled = [value for value in values if value]
        numbers = [value for value in filled if is_number(value)]
        if len(numbers) < len(filled) <= 2 * len(numbers) and any("." in value for value in numbers):
            return "number"
    if kind == "classes" and means_number(column) and not means_label(column):
        return "number" if all(is_number(value) for value in set(values) - {""}) else kind  # a score of 1 to 5
    return kind


def several_parts(value: str) -> list[str]:
    """``0,2`` to ``["0", "2"]``; ``nucleus;cytoplasm`` to its two words."""
    signs = r"[,;|]" if _SEVERAL.fullmatch(value) else r"[;|]" if re.search(r"[;|]", value) else ","
    return [part for part in (piece.strip() for piece in re.split(signs, value)) if part]


def _several(value: str) -> bool:
    return any(sign in value for sign in ",;|") and _SEVERAL.fullmatch(value) is not None
