"""By group: rows that share a value of the group column (a gene, a family, a donor) stay on one side.

So do copies of a sequence and overlapping intervals: groups that share one of these stay together too.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.data.parts.relatives import joined
from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, listed, named_parts, with_notices
from seqdl_core.errors import ConfigError, UnknownName
from seqdl_core.sequences.readers import NoticeRecord, notice

_MOST = 0.5


class GroupChoice(Shares):
    """Choices of a split by group."""

    groups: str = Field(
        "", title="Test groups", description="Names with commas between; by default drawn to meet the test share."
    )


def _divide(rows: Rows, choice: GroupChoice) -> Divided:
    found = rows.column("group")
    together = _together(rows)
    names = [str(number) for number in together.tolist()]
    missing, groups = found.count(""), len(set(found) - {""})
    told = []
    if missing:
        told.append(notice(missing, "row", "without a group, each drawn by itself and its copies.", part="test"))
    test = listed(choice.groups)
    if not test:
        chains = len(np.unique(together[rows.groups >= 0]))
        if chains < groups:
            what = f"The {groups:,} groups make {chains:,} that share no sequence and no stretch of the genome; "
            told.append(NoticeRecord(what=what + "those that share some stay together.", part="test"))
        words = f"by group: {groups:,} groups, none of them on both sides"
        divided = by_groups(rows, names, choice, noun="the group column", words=words, stratify=True)
        return with_notices(divided, *told)
    if choice.folds:
        raise ConfigError(
            "Folds draw the test groups, and here they are named.", where="folds, groups", fix="Choose one of the two."
        )
    for name in test:
        if name not in found:
            raise UnknownName("group", name, set(found) - {""}, where=rows.info.name)
    wanted = np.isin(np.array(found, object), test)
    chosen = np.isin(together, together[wanted])
    if chosen.sum() > wanted.sum():
        rest = "of other groups, or of none, test too: they share sequences or stretches of the genome."
        told.append(notice(int(chosen.sum() - wanted.sum()), "row", rest, part="test"))
    words = f"by group: {', '.join(test)} {'tests' if len(test) == 1 else 'test'}"
    tested = [names[row] for row in np.flatnonzero(chosen).tolist()]
    return with_notices(named_parts(rows, names, tested, [], choice, words), *told)


def _together(rows: Rows) -> NDArray[np.int64]:
    """Chains of groups, copies and overlapping intervals; intervals do not count where they chain most rows in one."""
    groups = joined(rows.groups, rows.copies)
    wider = joined(groups, rows.overlaps)
    largest = [int(np.bincount(one).max(initial=0)) for one in (groups, wider)]
    return wider if largest[1] <= max(_MOST * len(wider), largest[0]) else groups


WAY = Way(
    name="group",
    title="By group",
    summary="Rows of one gene, family or donor stay on one side.",
    outcome="whole groups test",
    config=GroupChoice,
    divide=_divide,
    possible=lambda rows: len(set(rows.column("group")) - {""}) > 1,
    needs="rows that say to which group they belong, to two or more",
    fix="Import the files again with a group column (`--group-column`), or split by similarity.",
    together=_together,
)
