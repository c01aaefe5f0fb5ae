"""A test set drawn from the rows, the way that the person chose, else by what is known of which rows are related."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.parts.by_letters import kept_together, random_test_rows
from seqdl_core.data.parts.resplit import SplitResult, make_split
from seqdl_core.data.splits import AT_RANDOM_WAYS, WAYS, Rows
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice

BATCHES = "the rows of a file read in batches are drawn one by one"
"""Why the overlapping intervals of a large file are not kept together."""

TOO_FEW = "whole groups would leave too little to test on, or to train on"
"""Why its groups are not."""

_SIMILAR = "merely similar may fall on both sides and flatter the result."
_KNOWN = {"group": "Rows of one group", "overlap": "Overlapping intervals"}
_FEWEST = 0.25
"""Whole groups are not drawn where they give less than this part of the asked share."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """``train``, ``validation`` or ``test`` per row, ``""`` for rows that this way leaves out.

    ``way`` is how the test rows were drawn, ``kept`` what stays on one side, ``""`` where copies alone do.
    """

    of_row: Shaped[np.ndarray, "N"]
    way: str
    notices: tuple[NoticeRecord, ...]
    kept: str = ""


def draw(
    table: pd.DataFrame,
    strata: Float64[np.ndarray, "N"],
    info: DatasetInfo,
    choices: ImportChoices,
    *,
    in_batches: bool = False,
) -> Drawn:
    """Hold back a share of the training rows, and say what that does not guard against.

    Where no way is chosen, rows of one group stay together, and intervals of a genome that overlap; where the rows tell
    nothing of the kind, or that leaves too little to test on, they are drawn at random.

    Args:
        table: the rows with a ``split`` so far; rows marked ``repeat`` are to be left out and stay where they are.
        strata: the class of each row, of which the test set gets the same share.
        info: what the rows are; its counts do not matter.
        in_batches: the rows are a sample of a file whose rows are drawn one by one, or by their group.

    Raises:
        SeqDLError: where the rows do not have what the chosen way needs.
    """
    of_row = table["split"].to_numpy().astype("<U10")
    train = np.flatnonzero(of_row == "train")
    rows = Rows(table.iloc[train].reset_index(drop=True), info)
    kept = ~table["repeat"].to_numpy(bool)[train] if "repeat" in table.columns else np.ones(len(train), bool)
    if choices.split_way not in ("auto", *AT_RANDOM_WAYS):
        made = _make(rows, choices.split_way, choices)
        of_row[train] = made.of_row.astype("<U10")
        return Drawn(of_row, made.way, made.notices)
    known = [way for way in _KNOWN if WAYS.get(way).possible(rows)]
    why = BATCHES if in_batches and choices.split_way == "auto" else ""
    if known and choices.split_way == "auto" and (not in_batches or known[0] == "group"):
        try:
            made = _make(rows, known[0], choices)
        except DataError as problem:
            why = problem.what.rstrip(".")
        else:
            tested = made.of_row == "test"
            if tested.mean() >= _FEWEST * choices.test_fraction:
                of_row[train] = made.of_row.astype("<U10")
                drawn = _drawn_by(known[0], int((tested & kept).sum()), choices, info.task)
                apart = [way for way in known[1:] if _parted(rows, way, tested)]
                more = (notice_apart(apart[0]),) if apart else ()
                return Drawn(of_row, made.way, (drawn, *made.notices, *more), f"{_words(known[0])} stay on one side")
            why = f"whole groups would give {100 * tested.mean():.1f} % of the rows to the test set"
    strata = np.zeros_like(strata) if choices.split_way == "random" else strata
    held = random_test_rows(rows.sequences, rows.alphabet, strata[train], choices.test_fraction, choices.seed)
    of_row[train[held]] = "test"
    apart = known if in_batches else [way for way in known if _parted(rows, way, held)]
    told = drawn_notice(int((held & kept).sum()), choices.seed, info.letters, apart, why, info.task)
    return Drawn(of_row, "stratified" if len(np.unique(strata)) > 1 else "random", (told,) if told.count else ())


def drawn_notice(
    count: int, seed: int, alphabet: Alphabet, apart: Sequence[str] = (), why: str = "", task: str = ""
) -> NoticeRecord:
    """What is said of rows drawn at random.

    Args:
        apart: ``group`` where rows of one group are in both parts, ``overlap`` where overlapping intervals are.
        why: the reason, where a person did not choose so.
        task: what is learned.
    """
    split = "split the data set by similarity, group or chromosome"
    fix = f"Where sequences are related, {split}, or bring a test file of its own."
    said = f"drawn at random (seed {seed}) {_purpose(task)}. {kept_together(alphabet)} stay together; sequences that"
    rest = f"{said} are {_SIMILAR}"
    if apart:
        because = f": {why}" if why else ""
        rest += f" {' and '.join(_lower_after(apart))} may fall on both sides{because}."
        if not why:
            fix = f"Keep them together with `--split-way {apart[0]}`. {fix}"
        elif why != BATCHES:
            fix = f"Choose a way to split that fits (`--split-way chromosome`, `--split-way similarity`). {fix}"
    return notice(count, "row", rest, fix=fix, part="test")


def drawn_by(count: int, choices: ImportChoices, task: str, apart: Sequence[str] = ()) -> list[NoticeRecord]:
    """What is said of whole groups of a file read in batches; ``apart`` is what may fall on both sides all the same."""
    more = [
        NoticeRecord(what=f"{_KNOWN[way]} may fall on both sides: {BATCHES}, or by group.", part="test")
        for way in apart
    ]
    return [_drawn_by("group", count, choices, task), *more]


def notice_apart(way: str) -> NoticeRecord:
    """That one kind of related rows is in both parts though another is kept together."""
    return NoticeRecord(
        what=f"{_KNOWN[way]} may fall on both sides: they would chain most rows in one.",
        fix="Split the data set by chromosome where that matters more.",
        part="test",
    )


def _lower_after(apart: Sequence[str]) -> list[str]:
    return [_KNOWN[way] if not place else _KNOWN[way].lower() for place, way in enumerate(apart)]


def _make(rows: Rows, way: str, choices: ImportChoices) -> SplitResult:
    every = min(max(2, round(1 / choices.test_fraction)), 50)
    known = {"test": choices.test_fraction, "seed": choices.seed, "every": every}
    asked = WAYS.get(way).config.model_fields
    return make_split(rows.table, rows.info, way, {name: value for name, value in known.items() if name in asked})


def _words(way: str) -> str:
    return f"{_KNOWN[way].lower()} and copies of a sequence"


def _purpose(task: str) -> str:
    """What rows are set apart for."""
    if task == "unlabelled":
        return "to test what is learned from hidden letters; whoever only scores them scores all"
    return "as the test set"


def _drawn_by(way: str, count: int, choices: ImportChoices, task: str) -> NoticeRecord:
    return notice(
        count,
        "row",
        f"drawn by {way} (seed {choices.seed}) {_purpose(task)}. {_KNOWN[way]} and copies of a sequence stay together; "
        f"others that are {_SIMILAR}",
        fix="Where others are related too, split the data set by similarity or chromosome, or bring a test file of its "
        "own.",
        part="test",
    )


def _parted(rows: Rows, way: str, tested: Shaped[np.ndarray, "N"]) -> bool:
    """Whether related rows are in both parts."""
    numbers = rows.groups if way == "group" else rows.overlaps
    return bool(np.isin(numbers[tested & (numbers >= 0)], numbers[~tested]).any())
