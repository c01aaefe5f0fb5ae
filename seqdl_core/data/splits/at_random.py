"""At random: every row alike, copies of a sequence and of its other strand together."""

from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, with_notices
from seqdl_core.sequences.readers import NoticeRecord

SIMILAR = NoticeRecord(
    what="Sequences that are merely similar may fall on both sides and flatter the result.",
    fix="Split by similarity where sequences are related.",
    part="test",
)


class RandomChoice(Shares):
    """Choices of a random split."""


def _divide(rows: Rows, choice: RandomChoice) -> Divided:
    words = "at random; copies of a sequence stay together"
    divided = by_groups(rows, rows.spelled, choice, noun="different sequences", words=words, stratify=False)
    return with_notices(divided, SIMILAR)


WAY = Way(
    name="random",
    title="At random",
    summary="Every row has the same chance; right where no two sequences are related.",
    outcome="drawn at random",
    config=RandomChoice,
    divide=_divide,
)
