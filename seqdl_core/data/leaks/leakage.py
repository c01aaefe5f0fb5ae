"""The leak meter: which test sequences have a copy in training, as they are, turned, shifted or nearly so.

A model may remember what it has seen; a test sequence with a copy in training measures memory, not understanding. One
with a copy in validation was chosen by, since the best epoch is that of the best validation score; and validation rows
with copies in training choose the epoch that remembers best.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from jaxtyping import Bool
from numpy.typing import NDArray

from seqdl_core.data.dataset_info import PART_WORDS
from seqdl_core.data.leaks.similarity import OVERLAP_IDENTITY, Rule, compared_codes, find_partners, rule_for
from seqdl_core.data.parts.by_letters import COMPARED, strand_free
from seqdl_core.data.parts.relatives import contig_numbers, has_places
from seqdl_core.sequences.alphabets import Alphabet

PAIR_COLUMNS = ("test", "train", "kind", "identity", "letters", "offset", "strand", "test_row", "train_row")
"""Of ``Leaks.pairs``: both names, the kind, the share of equal letters (NaN where only coordinates tell), how many
letters were compared, where the training sequence's first letter lies in the test sequence (from 0; with strand ``-``,
in its reverse complement), and both rows of the table (from 0)."""

KINDS = ("exact", "reverse complement", "overlap", "near")

_LIMIT = "Identical stretches inside other letters count from 50 letters and a quarter of the shorter sequence on."
_MOST_PAIRS = 100_000
_LOOKED_AT = (64, 24)
_NEARLY_ALL = 0.95
_FEWEST_SIDES = 10
_Codes: TypeAlias = Sequence[NDArray[np.uint8]]


@dataclass(frozen=True, eq=False)
class Leaks:
    """What leaks from training into the test part, or between two other parts, which are then meant by these words.

    Attributes:
        pairs: one line a pair, ``PAIR_COLUMNS``; the best pair of each test row first, then further ones, at most eight
            a row and 100,000 in all.
        leaking: for each row of the table, whether it is a test row that leaks.
        sources: for each row of the table, whether it is a training row that a test row leaks from.
        kinds: leaking test rows by the kind of their best pair.
        held: rows of the test part.
        known: rows of the part it was compared with.
        rule: what counted as a near copy; for short sequences that is more than the asked identity.
        alike: nearly every test sequence is a near copy of nearly every training sequence, as in a mutational scan;
            then likeness tells nothing, and only exact copies count as leaks.
        shared: letters of a typical sequence that were not compared, because nearly all sequences share them.
        strands: whether the other strand was looked at too.
        seconds: how long it took.
        held_part, known_part: the parts that were compared, ``test`` with ``train`` where nothing else was asked.
    """

    pairs: pd.DataFrame
    leaking: Bool[np.ndarray, " rows"]
    sources: Bool[np.ndarray, " rows"]
    kinds: dict[str, int]
    held: int
    known: int
    rule: Rule
    alike: bool
    shared: int
    strands: bool
    seconds: float
    held_part: str = "test"
    known_part: str = "train"

    @property
    def test_rows(self) -> int:
        """How many test rows leak."""
        return int(self.leaking.sum())

    @property
    def sentence(self) -> str:
        """``212 of 1,000 test sequences have copies in training: 100 exact, 112 near (at least 80 % identity).``"""
        if not self.held or not self.known:
            return f"There is no {self._held} part and {self._known} part to compare."
        if self.alike:
            return f"{self._all_alike} {self._copies}"
        uncompared = f" Not compared: {self.shared:,} letters of each that nearly all share." if self.shared else ""
        if not self.test_rows:
            return (
                f"None of {self.held:,} {self._held} sequences is a copy of a {self._known} sequence, overlaps with "
                f"one or is nearly one ({self.rule.text}).{uncompared} {_LIMIT}"
            )
        words = {"near": f"near ({self.rule.text})", "overlap": "overlapping"}
        told = ", ".join(f"{count:,} {words.get(kind, kind)}" for kind, count in self.kinds.items() if count)
        have = "has a copy" if self.test_rows == 1 else "have copies"
        return (
            f"{self.test_rows:,} of {self.held:,} {self._held} sequences {have} in {self._known}: {told}.{uncompared}"
        )

    @property
    def _held(self) -> str:
        return PART_WORDS.get(self.held_part, self.held_part)

    @property
    def _known(self) -> str:
        return PART_WORDS.get(self.known_part, self.known_part)

    @property
    def _all_alike(self) -> str:
        return (
            f"Nearly all of these sequences are near copies of each other ({self.rule.text}), as the variants of a "
            "mutational scan are, so only exact copies count here; a split by position tests on positions that "
            "training has not seen."
        )

    @property
    def _copies(self) -> str:
        either = " or the other strand of one" if self.strands else ""
        if not self.test_rows:
            return f"None of {self.held:,} {self._held} sequences is an exact copy of a {self._known} sequence{either}."
        are = "is an exact copy" if self.test_rows == 1 else "are exact copies"
        return f"{self.test_rows:,} of {self.held:,} {self._held} sequences {are} of a {self._known} sequence{either}."


def find_leaks(
    table: pd.DataFrame,
    alphabet: Alphabet,
    identity: float = 0.8,
    held: str = "test",
    known: str = "train",
    threads: int = 0,
) -> Leaks:
    """Compare every test sequence with every training sequence.

    Args:
        table: the rows of a data set; with columns ``chromosome``, ``start`` and ``end`` (0-based half-open), and for
            RNA ``strand``, windows that share a position of the genome count as overlapping too.
        identity: from which share of equal letters, over at least 80 % of the shorter sequence, two are near copies.
        held, known: the parts of the split to compare.
        threads: 0 for as many as there are processors.

    Sequences without a known letter never leak: there is nothing to remember.
    """
    began = time.perf_counter()
    parts = table["split"].to_numpy()
    tests, trains = np.flatnonzero(parts == held), np.flatnonzero(parts == known)
    sequences = table["sequence"].tolist()
    codes, shared = compared_codes([sequences[row] for row in [*tests.tolist(), *trains.tolist()]], alphabet)
    sides = codes[: len(tests)], codes[len(tests) :]
    rule = rule_for(*sides, alphabet, identity)
    alike = _all_alike(*sides, alphabet, rule)
    best = _Pairs(tests, trains)
    _exact(best, sequences, alphabet)
    if not alike:
        _near(best, *sides, alphabet, rule, threads)
        if has_places(table):
            _by_coordinates(best, table, alphabet)
    pairs = best.table(table["id"].tolist())
    leaking, sources = np.zeros(len(table), bool), np.zeros(len(table), bool)
    leaking[tests[best.leaking]] = True
    sources[trains[best.sources]] = True
    # The best pair of a row is its first line, so dropping duplicates counts each row once.
    kinds = best.kinds()
    seconds = round(time.perf_counter() - began, 3)
    return Leaks(
        pairs, leaking, sources, kinds, len(tests), len(trains), rule, alike, shared, alphabet.double_stranded, seconds,
        held, known,
    )  # fmt: skip


def find_all_leaks(table: pd.DataFrame, alphabet: Alphabet, identity: float = 0.8, threads: int = 0) -> list[Leaks]:
    """Test against training, and where there is a validation part test against it and it against training."""
    there = set(table["split"].unique().tolist())
    return [
        find_leaks(table, alphabet, identity, held, known, threads)
        for held, known in COMPARED
        if (held, known) == COMPARED[0] or {held, known} <= there
    ]


@dataclass(eq=False)
class _Pairs:
    """What was found so far; places count from 0 within the test and the training part."""

    tests: NDArray[np.intp]
    trains: NDArray[np.intp]
    rows: list[tuple[int, int, str, float, int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.leaking = np.zeros(len(self.tests), bool)
        self.sources = np.zeros(len(self.trains), bool)
        self.best = np.full(len(self.tests), len(KINDS), np.int64)

    def add(self, test: int, train: int, kind: str, identity: float, letters: int, offset: int, strand: str) -> None:
        self.leaking[test] = self.sources[train] = True
        self.best[test] = min(self.best[test], KINDS.index(kind))
        self.rows.append((test, train, kind, identity, letters, offset, strand))

    def kinds(self) -> dict[str, int]:
        return {kind: int((self.best == number).sum()) for number, kind in enumerate(KINDS)}

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        columns = ["test", "train", "kind", "identity", "letters", "offset", "strand"]
        found = pd.DataFrame(self.rows, columns=columns)
        found["test_row"] = self.tests[found["test"].to_numpy(np.intp)]
        found["train_row"] = self.trains[found["train"].to_numpy(np.intp)]
        found["_kind"] = found["kind"].map({kind: number for number, kind in enumerate(KINDS)})
        found = found.sort_values(
            ["test_row", "_kind", "identity", "letters", "train_row"], ascending=[True, True, False, False, True]
        )
        found = found.drop_duplicates(["test_row", "train_row", "strand"])
        found["_place"] = found.groupby("test_row").cumcount()
        found = found.sort_values(["_place", "_kind", "test_row"], kind="stable").head(_MOST_PAIRS)
        found["test"] = [names[row] for row in found["test_row"].tolist()]
        found["train"] = [names[row] for row in found["train_row"].tolist()]
        return found[list(PAIR_COLUMNS)].reset_index(drop=True)


def _exact(best: _Pairs, sequences: Sequence[str], alphabet: Alphabet) -> None:
    """Copies and, on DNA, other strands; every training copy is a source, the first two stand among the pairs."""
    trains, tests = best.trains.tolist(), best.tests.tolist()
    met: dict[str, list[int]] = {}
    for place, key in enumerate(strand_free([sequences[row] for row in trains], alphabet)):
        if key.strip(alphabet.unknown):
            met.setdefault(key, []).append(place)
    for place, key in enumerate(strand_free([sequences[row] for row in tests], alphabet)):
        copies = met.get(key, [])
        for copy in copies:
            best.sources[copy] = True
        own = sequences[tests[place]]
        same = [copy for copy in copies if sequences[trains[copy]] == own]
        for copy in same[:1]:
            best.add(place, copy, "exact", 1.0, len(own), 0, "+")
        for copy in [copy for copy in copies if sequences[trains[copy]] != own][:1]:
            best.add(place, copy, "reverse complement", 1.0, len(own), 0, "-")


def _all_alike(tests: _Codes, trains: _Codes, alphabet: Alphabet, rule: Rule) -> bool:
    """Whether nearly all pairs of a sample are near copies."""
    some = [
        [rows[place] for place in np.unique(np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)).tolist()]
        for rows, most in zip((tests, trains), _LOOKED_AT, strict=True)
    ]
    if min(map(len, some)) < _FEWEST_SIDES:
        return False
    met = np.minimum(find_partners(some[0], some[1], alphabet, rule).count, len(some[1]))
    return float(met.mean()) >= _NEARLY_ALL * len(some[1])


def _near(best: _Pairs, tests: _Codes, trains: _Codes, alphabet: Alphabet, rule: Rule, threads: int) -> None:
    """Overlaps and near copies of test rows that have no exact copy, then of training rows that are no source yet."""
    open_tests = np.flatnonzero(~best.leaking)
    found = find_partners([tests[place] for place in open_tests.tolist()], trains, alphabet, rule, threads=threads)
    for at, place in enumerate(open_tests.tolist()):
        for other, strand, offset, same, compared, how in found.found[at, : int(found.count[at])].tolist():
            kind = _kind(same, compared, offset, how, len(tests[place]), len(trains[other]))
            # The alignment shifts the test sequence along the training sequence; people think the other way round.
            best.add(place, other, kind, same / compared, compared, -offset, "-" if strand else "+")
    open_trains = np.flatnonzero(~best.sources) if len(tests) else np.zeros(0, np.intp)
    back = find_partners([trains[p] for p in open_trains.tolist()], tests, alphabet, rule, partners=1, threads=threads)
    best.sources[open_trains[back.count > 0]] = True
    missed = np.flatnonzero((back.count > 0) & ~best.leaking[back.found[:, 0, 0]])
    for at in missed.tolist():
        other, strand, offset, same, compared, how = back.found[at, 0].tolist()
        place = int(open_trains[at])
        kind = _kind(same, compared, offset, how, len(tests[other]), len(trains[place]))
        turned = len(trains[place]) + offset - len(tests[other]) if strand else 0
        shift = -turned if strand else offset
        best.add(other, place, kind, same / compared, compared, shift, "-" if strand else "+")


def _kind(same: int, compared: int, offset: int, how: int, first: int, second: int) -> str:
    from seqdl_core.data.leaks._sketches import GAPPED, STRETCH

    if how == STRETCH:
        return "overlap"
    shifted = offset != 0 or (compared < max(first, second) and first != second)
    return "overlap" if shifted and how != GAPPED and same >= OVERLAP_IDENTITY * compared else "near"


def _by_coordinates(best: _Pairs, table: pd.DataFrame, alphabet: Alphabet) -> None:
    """Windows that share positions; of each test row, the training row that shares most with it."""
    code = contig_numbers(table, alphabet)
    start, end = table["start"].to_numpy(np.float64), table["end"].to_numpy(np.float64)
    known = [any(letter != alphabet.unknown for letter in set(sequence)) for sequence in table["sequence"].tolist()]
    placed = (code >= 0) & np.array(known, bool)
    trains = np.array([p for p, row in enumerate(best.trains.tolist()) if placed[row]], np.intp)
    order = trains[np.lexsort((start[best.trains[trains]], code[best.trains[trains]]))]
    rows = best.trains[order]
    widest = float((end[rows] - start[rows]).max()) if len(rows) else 0.0
    keys = _line(code[rows], start[rows])
    for place, row in enumerate(best.tests.tolist()):
        if not placed[row]:
            continue
        low = np.searchsorted(keys, _line(code[row], start[row] - widest))
        high = np.searchsorted(keys, _line(code[row], end[row]))
        near = rows[low:high]
        shared = np.minimum(end[near], end[row]) - np.maximum(start[near], start[row])
        shared[code[near] != code[row]] = 0
        best.sources[order[low:high][shared > 0]] = True
        if len(shared) and shared.max() > 0 and best.best[place] > KINDS.index("overlap"):
            at = int(np.argmax(shared))
            offset = int(start[near[at]] - start[row])
            best.add(place, int(order[low + at]), "overlap", float("nan"), int(shared[at]), offset, "+")


def _line(code: NDArray[np.intp] | np.intp, position: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Chromosome and position as one number; no chromosome is a tenth of 2**33 letters long."""
    return np.asarray(code * float(2**33) + 2.0**31 + np.maximum(position, -(2.0**30)), np.float64)
