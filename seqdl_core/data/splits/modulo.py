"""Modulo: every n-th mutated position of a scan tests, so that neighbours of each test position were seen."""

from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.data.splits import Divided, Rows, Way
from seqdl_core.data.splits._positions import (
    FIX,
    NEEDS,
    all_positions,
    by_position,
    is_scan,
    mutated_positions,
    sharing_positions,
)
from seqdl_core.errors import ConfigError, DataError


class ModuloChoice(Config):
    """Choices of a split by every n-th position, after ProteinGym's modulo scheme."""

    every: int = Field(5, ge=2, le=50, title="Every", description="5 holds back each fifth position; also the folds.")
    fold: int = Field(1, ge=1, le=50, title="Fold", description="Which position of each run of n tests, from 1.")
    validation: bool = Field(
        False,
        title="Validation",
        description="Whether the next position of each run validates.",
        json_schema_extra={"advanced": True},
    )


def _divide(rows: Rows, choice: ModuloChoice) -> Divided:
    if choice.fold > choice.every or (choice.validation and choice.every < 3):
        raise ConfigError(
            f"There is no position {choice.fold} in runs of {choice.every}."
            if choice.fold > choice.every
            else "Runs of 2 positions leave nothing to validate on.",
            where="fold, every",
            fix=f"Choose a fold from 1 to {choice.every}." if choice.fold > choice.every else "Choose 3 or more.",
        )
    found, notices = mutated_positions(rows)
    positions = all_positions(found, rows)
    if choice.every > len(positions):
        raise DataError(
            f"There are {len(positions):,} mutated positions, too few to take each {choice.every}th.",
            where=rows.info.name,
            fix="Choose a smaller number.",
        )
    fold_of = {position: number % choice.every for number, position in enumerate(positions)}
    test = frozenset(position for position in positions if fold_of[position] == choice.fold - 1)
    after = choice.fold % choice.every if choice.validation else -1
    watched = frozenset(position for position in positions if fold_of[position] == after)
    words = f"by position: changes at each {choice.every}th mutated position test"
    return by_position(rows, found, test, watched, words, notices, fold_of)


WAY = Way(
    name="modulo",
    title="By every n-th position",
    summary="Positions of a mutational scan are dealt out in turn; easier than a whole stretch, harder than random.",
    outcome="every so many positions test",
    config=ModuloChoice,
    divide=_divide,
    possible=is_scan,
    needs=NEEDS,
    fix=FIX,
    together=sharing_positions,
)
