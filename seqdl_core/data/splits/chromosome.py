"""By chromosome: whole chromosomes test, so that no window overlaps with one that trains."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from seqdl_core.data.parts.relatives import contig_keys
from seqdl_core.data.splits import Divided, Rows, Shares, Way
from seqdl_core.data.splits._assign import by_groups, listed, named_parts, with_notices
from seqdl_core.errors import ConfigError, UnknownName
from seqdl_core.sequences.contigs import contig_key
from seqdl_core.sequences.readers import NoticeRecord, notice

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
    names = _names(rows)
    missing = names.count(_NONE)
    told = _spellings(rows.column("chromosome"), names)
    if missing:
        told.append(notice(missing, "row", "without a chromosome, kept together as if it were one.", part="test"))
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
    keys = [[name if name == _NONE else contig_key(name) for name in wanted] for wanted in (test, validation)]
    for name, key in zip((*test, *validation), (*keys[0], *keys[1]), strict=True):
        if key not in names:
            known = sorted({name or _NONE for name in rows.column("chromosome")})
            raise UnknownName("chromosome", name, known, where=rows.info.name)
    both = [name for name, key in zip(test, keys[0], strict=True) if key in keys[1]]
    if both:
        raise ConfigError(
            f"{min(both)} cannot both test and validate.", where="chromosomes", fix="Name each chromosome once."
        )
    words = f"by chromosome: {', '.join(test)} {'tests' if len(test) == 1 else 'test'}"
    words += f", {', '.join(validation)} {'validates' if len(validation) == 1 else 'validate'}" if validation else ""
    return with_notices(named_parts(rows, names, keys[0], keys[1], choice, words), *told)


def _names(rows: Rows) -> list[str]:
    """One spelling a chromosome: chr2 and 2 are the same."""
    if "chromosome" not in rows.table.columns:
        return [_NONE] * len(rows.table)
    return [key or _NONE for key in contig_keys(rows.table["chromosome"])]


def _spellings(written: Sequence[str], names: Sequence[str]) -> list[NoticeRecord]:
    """Which names were read as one chromosome."""
    found: dict[str, dict[str, None]] = {}
    for name, key in zip(written, names, strict=True):
        if key != _NONE:
            found.setdefault(key, {})[name] = None
    several = [" and ".join(spelled) for spelled in found.values() if len(spelled) > 1]
    if not several:
        return []
    more = f", and {len(several) - 3} more alike" if len(several) > 3 else ""
    what = f"{'; '.join(several[:3])}{more}: different names of one chromosome, kept together."
    return [NoticeRecord(what=what, part="test")]


def _together(rows: Rows) -> NDArray[np.int64]:
    return np.asarray(pd.factorize(np.array(_names(rows), object))[0], np.int64)


WAY = Way(
    name="chromosome",
    title="By chromosome",
    summary="Whole chromosomes are held back, the usual split for genomic windows.",
    outcome="whole chromosomes test",
    config=ChromosomeChoice,
    divide=_divide,
    possible=lambda rows: len(set(_names(rows)) - {_NONE}) > 1,
    needs="rows that say on which chromosome they lie, on two or more",
    fix="Import intervals with their genome, or a table with a chromosome column; or split by similarity.",
    together=_together,
)
