"""By overlap: intervals of a genome that share a position stay on one side, and so do copies of a sequence."""

import numpy as np
from numpy.typing import NDArray

from seqdl_core.data.parts.relatives import joined
from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups


class OverlapChoice(Shares):
    """Choices of a split by overlap."""


def _divide(rows: Rows, choice: OverlapChoice) -> Divided:
    together = _together(rows)
    sizes = np.bincount(together)
    words = (
        f"by overlap: {int((sizes > 1).sum()):,} sets of overlapping intervals or copies, none of them on both sides"
    )
    return by_groups(
        rows, [str(one) for one in together.tolist()], choice, noun="overlapping intervals", words=words, stratify=True
    )


def _together(rows: Rows) -> NDArray[np.int64]:
    return joined(rows.overlaps, rows.copies)


def has_overlaps(rows: Rows) -> bool:
    """Whether any two intervals share a position."""
    placed = rows.overlaps[rows.overlaps >= 0]
    return len(placed) > len(np.unique(placed))


WAY = Way(
    name="overlap",
    title="By overlap",
    summary="Overlapping windows of a genome stay on one side; neighbours that do not overlap may part.",
    outcome="overlapping intervals are kept together",
    config=OverlapChoice,
    divide=_divide,
    possible=has_overlaps,
    needs="rows with a chromosome, a start and an end, some of which overlap",
    fix="Import intervals with their genome; or split at random where nothing overlaps, or by similarity.",
    together=_together,
)
