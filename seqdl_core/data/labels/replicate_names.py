"""Columns that hold the replicates of one measurement, told by their names.

rep1, rep2, rep3           score_1, score_2            expression_r1, expression_r2            rep1_score, rep2_score
"""

import re
from collections.abc import Sequence

from seqdl_core.sequences.columns import means_number
from seqdl_core.sequences.vocabulary import means_label, plain_name

__all__ = ["MEAN", "mean_named", "replicate_groups"]

MEAN = "mean of "

_WORD = r"(?:rep|replicate|replikat|r|run|biorep|techrep)"
_NAMED = (
    re.compile(rf"(?P<what>.*?)(?:^|_){_WORD}_?#?(?P<number>\d{{1,2}})"),
    re.compile(rf"{_WORD}_?#?(?P<number>\d{{1,2}})_(?P<what>.+)"),
)
_NUMBERED = re.compile(r"(?P<what>.*?[a-z])_?#?(?P<number>\d{1,2})")


def replicate_groups(columns: Sequence[str]) -> list[tuple[str, ...]]:
    """The columns whose names differ in the number of a replicate only; numbered ones must name a measurement."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        what = _measured(plain_name(column))
        if what is not None:
            groups.setdefault(what, []).append(column)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def mean_named(group: Sequence[str]) -> str:
    """What the mean of these columns is called: ``mean of rep1, rep2``."""
    return f"{MEAN}{', '.join(group)}"


def _measured(plain: str) -> str | None:
    """What is measured, and where the number of the replicate stands; None for other columns."""
    for place, pattern in enumerate(_NAMED):
        if found := pattern.fullmatch(plain):
            return f"{place} {found['what']}"
    found = _NUMBERED.fullmatch(plain)
    if found and means_number(found["what"]) and not means_label(found["what"]):
        return f"numbered {found['what']}"
    return None
