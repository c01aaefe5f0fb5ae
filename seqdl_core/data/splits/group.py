"""By group: rows that share a value of the group column (a gene, a family, a donor) stay on one side."""

from pydantic import Field

from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, listed, named_parts, with_notices
from seqdl_core.errors import ConfigError, UnknownName
from seqdl_core.sequences.readers import notice


class GroupChoice(Shares):
    """Choices of a split by group."""

    groups: str = Field(
        "", title="Test groups", description="Names with commas between; by default drawn to meet the test share."
    )


def _divide(rows: Rows, choice: GroupChoice) -> Divided:
    found = rows.column("group")
    missing = found.count("")
    # A row without a group is a group of its own, shared with nothing but copies of the sequence.
    names = [f"group {name}" if name else f"alone {own}" for name, own in zip(found, rows.spelled, strict=True)]
    told = (notice(missing, "row", "without a group, each drawn by itself.", part="test"),) if missing else ()
    test = listed(choice.groups)
    if not test:
        words = f"by group: {len(set(found) - {''}):,} groups, none of them on both sides"
        divided = by_groups(rows, names, choice, noun="the group column", words=words, stratify=True)
        return with_notices(divided, *told)
    if choice.folds:
        raise ConfigError(
            "Folds draw the test groups, and here they are named.", where="folds, groups", fix="Choose one of the two."
        )
    for name in test:
        if name not in found:
            raise UnknownName("group", name, set(found) - {""}, where=rows.info.name)
    words = f"by group: {', '.join(test)} {'tests' if len(test) == 1 else 'test'}"
    return with_notices(named_parts(rows, names, [f"group {name}" for name in test], [], choice, words), *told)


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
)
