"""By chromosome: whole chromosomes test, so that no window overlaps with one that trains."""

from pydantic import Field

from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, listed, named_parts, with_notices
from seqdl_core.errors import ConfigError, UnknownName
from seqdl_core.sequences.readers import notice

_NONE = "(none)"


class ChromosomeChoice(Shares):
    """Choices of a split by chromosome."""

    chromosomes: str = Field(
        "", title="Test chromosomes", description="Such as chr8, chr9; by default drawn to meet the test share."
    )
    validation_chromosomes: str = Field(
        "",
        title="Validation chromosomes",
        description="Only together with named test chromosomes.",
        json_schema_extra={"advanced": True},
    )


def _divide(rows: Rows, choice: ChromosomeChoice) -> Divided:
    names = [name or _NONE for name in rows.column("chromosome")]
    missing = names.count(_NONE)
    told = (
        (notice(missing, "row", "without a chromosome, kept together as if it were one.", part="test"),)
        if missing
        else ()
    )
    test, validation = listed(choice.chromosomes), listed(choice.validation_chromosomes)
    if not test and validation:
        raise ConfigError(
            "Validation chromosomes are named, but no test chromosomes.",
            where="chromosomes",
            fix="Name the test chromosomes too, or give shares.",
        )
    if not test:
        words = "by chromosome: none has rows on both sides"
        divided = by_groups(rows, names, choice, noun="one chromosome", words=words, stratify=True)
        return with_notices(divided, *told)
    if choice.folds:
        raise ConfigError(
            "Folds draw the test chromosomes, and here they are named.",
            where="folds, chromosomes",
            fix="Choose one of the two.",
        )
    known = sorted(set(names))
    for name in (*test, *validation):
        if name not in known:
            raise UnknownName("chromosome", name, known, where=rows.info.name)
    both = set(test) & set(validation)
    if both:
        raise ConfigError(
            f"{min(both)} cannot both test and validate.", where="chromosomes", fix="Name each chromosome once."
        )
    words = f"by chromosome: {', '.join(test)} {'tests' if len(test) == 1 else 'test'}"
    words += f", {', '.join(validation)} {'validates' if len(validation) == 1 else 'validate'}" if validation else ""
    return with_notices(named_parts(rows, names, test, validation, choice, words), *told)


WAY = Way(
    name="chromosome",
    title="By chromosome",
    summary="Whole chromosomes are held back, the usual split for genomic windows.",
    outcome="whole chromosomes test",
    config=ChromosomeChoice,
    divide=_divide,
    possible=lambda rows: len(set(rows.column("chromosome")) - {""}) > 1,
    needs="rows that say on which chromosome they lie, on two or more",
    fix="Import intervals with their genome, or a table with a chromosome column; or split by similarity.",
)
