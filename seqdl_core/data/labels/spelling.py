"""One spelling for a label: 1, 1.0 and +1 are the same; 1,5 is a number where a comma is the decimal sign."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Literal

from seqdl_core.data.inference import Assembled
from seqdl_core.sequences.vocabulary import decimal_sign, is_missing, is_multilabel_value, number

__all__ = [
    "FEW_CLASSES",
    "Sign",
    "german_tables",
    "recased",
    "said_limits",
    "said_missing",
    "sign_of",
    "spelled",
    "spelled_as",
    "spelled_column",
]

Sign = Literal["point", "comma", "thousands", "unclear", "grouped", "unclear point"]
"""What a comma or a point in a number is: with ``thousands`` a comma sets off thousands, with ``grouped`` a point does;
``point`` says that there are no commas; where it is ``unclear`` a person has to say.
"""

FEW_CLASSES = 50
_SAMPLE = 1000
_LONGEST_LIMIT = 50
_ABSENT = frozenset(
    ["-", "--", "–", "—", "n.d.", "n.d", "nd", "n/d", "n.a.", "n.t.", "n.m.", "not determined", "not detected",
     "not measured", "not tested", "no data"]
)  # fmt: skip
"""What stands among numbers where nothing was measured; beside words, some of them are classes."""
_UNTESTED = frozenset(
    ["n.d.", "n.d", "n/d", "n.a.", "n.t.", "n.m.", "not determined", "not measured", "not tested", "no data"]
)
"""What says of a class, too, that nobody knows it."""
_LIMIT = re.compile(r"\s*(?:[<>]=?|[≤≥])\s?[+-]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][+-]?\d{1,3})?(?:\s?[^\s\d]{1,8})?\s*")
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?\s*", re.ASCII)
_GROUPED = re.compile(r"\s*[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?\s*", re.ASCII)
_BOTH = re.compile(r"\s*[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+\s*", re.ASCII)


def sign_of(values: Collection[str], decimal: str = "auto", german: bool = False) -> Sign:
    """What a comma is in these labels, which are all different.

    Args:
        decimal: what the person chose; with ``point``, a comma before three figures sets off thousands, with ``comma``
            a point does.
        german: whether the table is separated by semicolons, as programs write it where a comma is the decimal sign;
            a point before three figures in every cell that has one may set off thousands then.
    """
    with_point = [value for value in values if "." in value and not is_missing(value)]
    grouped = bool(with_point) and all(_GROUPED.fullmatch(value) for value in with_point)
    with_comma = [value for value in values if "," in value]
    if decimal == "comma":
        return "grouped" if grouped else "comma"
    if grouped and decimal == "auto" and any(value.count(".") > 1 or "," in value for value in with_point):
        return "grouped"  # 1.234.567 and 1.234,5
    if grouped and german and decimal == "auto":
        return "grouped" if with_comma else "unclear point"
    if not with_comma:
        return "point"
    if decimal == "point" or any(_BOTH.fullmatch(value) for value in with_comma):
        return "thousands" if any(_THOUSANDS.fullmatch(value) for value in with_comma) else "point"
    sign = decimal_sign([values])
    if sign == "comma" and all(is_multilabel_value(v) or v.isdecimal() for v in values):
        return "comma" if any(_only_a_number(value) for value in with_comma) else "point"
    return "comma" if sign == "comma" else "unclear" if sign == "unclear" else "point"


def german_tables(rows: Assembled) -> bool:
    """Whether all rows stand in tables separated by semicolons."""
    return all(table.layout == "semicolon" for table in rows.tables)


def spelled(values: Sequence[str], decimal: str = "auto", german: bool = False) -> tuple[str, ...]:
    """All labels in one spelling; a missing one is empty.

    Where 1,234 may be a thousand or little more than one, it is read as a number all the same (with a decimal comma);
    :func:`sign_of` tells that a person has to be asked.
    """
    return spelled_as(values, sign_of(set(values), decimal, german))


def spelled_as(values: Sequence[str], sign: Sign) -> tuple[str, ...]:
    """All labels in one spelling, where it is known what a comma is."""
    distinct = set(values)
    one = {value: _spelling(value, sign) for value in distinct}
    nothing = [value for value in distinct if value.strip().lower() == "none"]
    words = any(word and number(word) is None for value, word in one.items() if value not in nothing)
    one |= {value: value.strip() if words else "" for value in nothing}  # beside words, none is a class
    one |= {value: "" for value in distinct if _untested(value)}
    if words:
        one |= _absent(one, values) or _one_case(one, values)
    return tuple(one[value] for value in values)


def spelled_column(rows: Assembled, column: str) -> tuple[str, ...]:
    """A column's labels in one spelling; a column of long words as it is, for it holds no labels."""
    if column not in rows.spellings:
        values = rows.values(column)
        first = [value for value in values[:_SAMPLE] if not is_missing(value)]
        words = len(set(first)) > FEW_CLASSES and not any(_number(value, "comma") is not None for value in first)
        german = german_tables(rows)
        rows.spellings[column] = tuple(values) if words else spelled(values, rows.decimal, german)
    return rows.spellings[column]


def recased(written: Sequence[str], raw: Sequence[str]) -> list[int]:
    """The rows whose label was put in another case, as ``positive`` where most rows say ``Positive``."""
    return [
        row
        for row, (one, given) in enumerate(zip(written, raw, strict=True))
        if one != given and one != given.strip() and one.casefold() == given.strip().casefold()
    ]


def said_missing(raw: Sequence[str]) -> list[int]:
    """The rows whose cell says in a word that there is no label (N/A, NaN); an empty cell may be a slip."""
    return [row for row, value in enumerate(raw) if value.strip() and (is_missing(value) or _untested(value))]


def said_limits(raw: Sequence[str]) -> list[int]:
    """The rows whose cell gives a limit instead of a number: ``<0.5``, ``> 100 nM``."""
    return [row for row, value in enumerate(raw) if len(value) < _LONGEST_LIMIT and _LIMIT.fullmatch(value)]


def _untested(value: str) -> bool:
    return value.strip().lower() in _UNTESTED


def _absent(one: dict[str, str], values: Sequence[str]) -> dict[str, str]:
    """Signs for "not measured" among numbers, read as missing; nothing where there are other words."""
    words = {value for value, word in one.items() if word and number(word) is None}
    limits = {value for value in words if said_limits([value])}
    if not all(value.strip().lower() in _ABSENT for value in words - limits):
        return {}
    said = sum(value in words for value in values)
    filled = sum(bool(one[value]) for value in values)
    return dict.fromkeys(words, "") if said * 2 < filled or (limits and said < filled) else {}


def _one_case(one: dict[str, str], values: Sequence[str]) -> dict[str, str]:
    """Words that differ in case only, all in the spelling that most rows have."""
    alike: dict[str, list[str]] = {}
    for word in dict.fromkeys(one.values()):
        alike.setdefault(word.casefold(), []).append(word)
    several = {key: words for key, words in alike.items() if len(words) > 1 and len(key) > 1}
    if not several:
        return {}
    counts = Counter(one[value] for value in values)
    usual = {key: max(words, key=lambda word: counts[word]) for key, words in several.items()}
    return {value: usual.get(word.casefold(), word) for value, word in one.items()}


def _number(value: str, sign: str) -> float | None:
    if sign == "thousands":
        return number(value.replace(",", "")) if _THOUSANDS.fullmatch(value) else number(value)
    if sign == "grouped" and _GROUPED.fullmatch(value):
        return number(value.replace(".", "").replace(",", "."))
    return number(value, "comma" if sign in ("comma", "unclear", "grouped") else "point")


def _spelling(value: str, sign: Sign) -> str:
    plain = value.strip()
    if is_missing(plain):
        return ""
    found = _number(plain, sign)
    return plain if found is None else f"{found:.12g}"


def _only_a_number(value: str) -> bool:
    """Whether ``0,25`` cannot be meant as the classes 0 and 25: a zero behind the comma, or falling numbers."""
    parts = [part.strip() for part in value.split(",")]
    return len(parts) == 2 and (len(parts[1]) > 2 or parts[1][:1] == "0" or int(parts[0]) >= int(parts[1]))
