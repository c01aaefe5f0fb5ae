"""Stratified: at random, with the same mix of classes, or of low and high numbers, in every part."""

from seqdl_core.data.dataset_info import WITHOUT_NUMBER
from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, with_notices
from seqdl_core.data.splits.at_random import SIMILAR


class StratifiedChoice(Shares):
    """Choices of a stratified split."""


def _divide(rows: Rows, choice: StratifiedChoice) -> Divided:
    mix = "fifths of the numbers" if rows.info.task == "regression" else "classes"
    words = f"at random with the same mix of {mix}; copies of a sequence stay together"
    divided = by_groups(rows, rows.spelled, choice, noun="different sequences", words=words, stratify=True)
    return with_notices(divided, SIMILAR)


WAY = Way(
    name="stratified",
    title="Stratified",
    summary="At random, but every part has the same share of each class; for rare classes and small data sets.",
    outcome="drawn at random within each class",
    config=StratifiedChoice,
    divide=_divide,
    possible=lambda rows: rows.info.task not in WITHOUT_NUMBER,
    needs="a label for each row",
    fix="Split at random, or by similarity.",
)
