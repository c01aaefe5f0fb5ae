"""Negatives from a genome: windows that are no positives, but of the same lengths, the same share of G and C.

A network told apart from windows drawn anywhere would mostly learn that peaks are rich in G and C. Matched windows take
that away. They touch no positive, no interval as it was brought and no other negative, and lie by default on the same
chromosome as their positive, so that a split by chromosome keeps its meaning. (Shuffled negatives are in
:mod:`seqdl_core.data.parts.written`.)
"""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.building import Built
from seqdl_core.data.places.coordinates import about_counting, read_places
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice

_TOLERANCE = 0.02
_ROUNDS = 60
_CANDIDATES = 16
_FEWEST_CANDIDATES = 512


@dataclass(frozen=True, eq=False)
class Matched:
    """Windows beside their positives.

    Attributes:
        windows: columns ``chrom``, ``start``, ``end`` (0-based half-open), ``gc`` (share) and ``positive`` (the row of
            the positive, from 0), in the order of the positives.
        asked: how many were asked for.
        positives_gc, negatives_gc: the mean shares of G and C, over positives that got a window and over windows.
        largest_difference: between a window's share and its positive's.
    """

    windows: pd.DataFrame
    asked: int
    positives_gc: float
    negatives_gc: float
    largest_difference: float

    @property
    def missing(self) -> int:
        """How many windows could not be found."""
        return self.asked - len(self.windows)


def matched_windows(
    genome: Genome,
    positives: pd.DataFrame,
    *,
    per_positive: int = 1,
    seed: int = 1,
    tolerance: float = _TOLERANCE,
    most_unknown: float = 0.0,
    same_chromosome: bool = True,
    avoid: pd.DataFrame | None = None,
) -> Matched:
    """For each positive, windows of the same length whose share of G and C differs by ``tolerance`` at most.

    Candidates are drawn at random, round after round; each positive that still lacks a window takes the candidate
    nearest in G and C. The share is over A, C, G and T.

    Args:
        positives: columns ``chrom``, ``start``, ``end`` (0-based half-open); all lie inside their contigs.
        most_unknown: the largest share of a window that may be N.
        avoid: further places, in the same columns, that no window may touch.
        same_chromosome: draw on the contig of the positive; otherwise on any, each by its length.

    Raises:
        DataError: where a positive is not inside the genome.
    """
    rng = np.random.default_rng(seed)
    names = list(genome.contigs)
    sizes = np.array(list(genome.contigs.values()), np.int64)
    own = genome.resolve(dict.fromkeys(positives["chrom"].tolist()))
    unknown = [chrom for chrom in positives["chrom"].tolist() if chrom not in own]
    if unknown:
        raise DataError(
            f"The genome has no contig called '{str(unknown[0])[:60]}'.",
            where=genome.name,
            fix="Choose the genome that the positives come from.",
        )
    numbers = {name: number for number, name in enumerate(names)}
    chroms = np.array([numbers[own[chrom]] for chrom in positives["chrom"].tolist()], np.int64)
    starts, ends = (positives[column].to_numpy(np.float64).astype(np.int64) for column in ("start", "end"))
    lengths = ends - starts
    composition = genome.composition([names[number] for number in chroms.tolist()], starts, ends)
    shares = _share(composition.gc, composition.known)
    taken = _Taken(len(names))
    taken.add(chroms, starts, ends)
    if avoid is not None:
        known = genome.resolve(dict.fromkeys(avoid["chrom"].tolist()))
        inside = avoid[avoid["chrom"].isin(list(known))]
        owners = np.array([numbers[known[chrom]] for chrom in inside["chrom"].tolist()], np.int64)
        taken.add(owners, inside["start"].to_numpy(np.int64), inside["end"].to_numpy(np.int64))

    wanted = np.repeat(np.arange(len(positives), dtype=np.int64), per_positive)
    asked = len(wanted)
    found: list[tuple[int, int, int, int, float]] = []
    for _ in range(_ROUNDS if asked else 0):
        if not wanted.size:
            break
        draws = np.repeat(wanted, max(_CANDIDATES, _FEWEST_CANDIDATES // len(wanted)))
        contigs = chroms[draws] if same_chromosome else rng.choice(len(names), len(draws), p=sizes / sizes.sum())
        room = sizes[contigs] - lengths[draws]
        possible = room >= 0
        draws, contigs, room = draws[possible], contigs[possible], room[possible]
        begin = rng.integers(0, room + 1) if len(room) else room
        free = ~taken.touched(contigs, begin, begin + lengths[draws])
        draws, contigs, begin = draws[free], contigs[free], begin[free]
        made = genome.composition([names[number] for number in contigs.tolist()], begin, begin + lengths[draws])
        share = _share(made.gc, made.known)
        difference = np.abs(share - shares[draws])
        fits = (difference <= tolerance) & (made.known >= (1 - most_unknown) * lengths[draws])
        still = Counter(wanted.tolist())
        nearest = np.flatnonzero(fits)[np.argsort(difference[fits], kind="stable")]
        chosen: list[int] = []
        for candidate in nearest.tolist():
            row = int(draws[candidate])
            if still[row] and taken.take(int(contigs[candidate]), int(begin[candidate]), int(lengths[row])):
                still[row] -= 1
                chosen.append(candidate)
        for candidate in chosen:
            row, at = int(draws[candidate]), int(begin[candidate])
            found.append((row, int(contigs[candidate]), at, at + int(lengths[row]), float(share[candidate])))
        taken.settle()
        wanted = np.repeat(np.array(list(still), np.int64), np.array(list(still.values()), np.int64))
    found.sort(key=lambda window: window[0])
    windows = pd.DataFrame(
        {
            "chrom": [names[window[1]] for window in found],
            "start": np.array([window[2] for window in found], np.int64),
            "end": np.array([window[3] for window in found], np.int64),
            "gc": np.array([window[4] for window in found], np.float64),
            "positive": np.array([window[0] for window in found], np.int64),
        }
    )
    theirs = shares[windows["positive"].to_numpy(np.int64)]
    gc = windows["gc"].to_numpy(np.float64)
    return Matched(
        windows,
        asked,
        float(theirs.mean()) if found else 0.0,
        float(gc.mean()) if found else 0.0,
        float(np.abs(gc - theirs).max()) if found else 0.0,
    )


def add_negatives(
    built: Sequence[Built], genome: Genome, choices: ImportChoices, brought: Sequence[RawTable] = ()
) -> list[Built]:
    """Tables of windows with one matched window a row under them, and a column ``label`` of 1 and 0.

    Done before training and test rows are told apart, so that a split sees both alike. No negative touches a row of any
    of the tables, nor an interval as it was brought: a window around a summit leaves the rest of its peak free. A
    negative is read on its positive's strand; columns that only a positive can have stay empty.

    Args:
        built: what :func:`seqdl_core.data.places.windows.cut_windows` made, one a file.
        brought: the tables of intervals that it was made from, rows that were left out among them.
    """
    places = [_places(one.table.cells) for one in built]
    whole = [_intervals(table, genome, choices) for table in brought]
    others = pd.concat([*places, *whole], ignore_index=True) if places else pd.DataFrame()
    done: list[Built] = []
    for one, positives in zip(built, places, strict=True):
        problem = _labelled(one, choices)
        if problem or not len(positives):
            done.append(replace(one, problems=(*one.problems, *problem)))
            continue
        matched = matched_windows(genome, positives, seed=choices.seed, avoid=others)
        others = pd.concat([others, matched.windows[["chrom", "start", "end"]]], ignore_index=True)
        done.append(_with_rows(one, matched, genome, choices.seed))
    return done


def _places(cells: pd.DataFrame) -> pd.DataFrame:
    columns = {"chrom": cells["chromosome"].tolist()}
    return pd.DataFrame(columns | {name: cells[name].to_numpy(np.int64) for name in ("start", "end")})


def _intervals(table: RawTable, genome: Genome, choices: ImportChoices) -> pd.DataFrame:
    """Intervals as they were brought, on contigs that the genome has."""
    places = read_places(table, genome, about_counting(table, choices)[1])
    bounds = np.sort([places.starts, places.ends], axis=0)
    return pd.DataFrame({"chrom": places.own, "start": bounds[0], "end": bounds[1]})[places.known]


def _labelled(built: Built, choices: ImportChoices) -> tuple[SeqDLError, ...]:
    """Negatives of rows that have labels of their own, or must not have any, would be labelled wrongly."""
    named = next(iter(built.label_columns), "label" if "label" in built.table.cells.columns else choices.label_column)
    if named in ("", "label") and "label" not in built.table.cells.columns:
        return ()
    what = f"Windows of the genome are negatives for rows without labels; here {named} is the label."
    fix = "Choose negatives `given`, or leave the label column to be found."
    return (DataError(what, where=built.table.file.name, fix=fix),)


def _with_rows(built: Built, matched: Matched, genome: Genome, seed: int) -> Built:
    table, windows = built.table, matched.windows
    cells = table.cells.assign(label="1")
    rows = windows["positive"].to_numpy(np.int64)
    starts, ends = (windows[column].to_numpy(np.int64) for column in ("start", "end"))
    strands = cells["strand"].to_numpy()[rows]
    chroms = windows["chrom"].tolist()
    added = pd.DataFrame(
        {
            "name": [f"{name}_matched" for name in cells["name"].to_numpy()[rows].tolist()],
            "sequence": genome.texts(chroms, starts, ends, strands == "-"),
            "chromosome": chroms,
            "start": starts.astype(str),
            "end": ends.astype(str),
            "strand": strands,
            "label": "0",
        },
        dtype=str,
    )
    whole = pd.concat([cells, added], ignore_index=True).fillna("")
    lines = np.concatenate([table.lines, table.lines[rows]])
    return replace(
        built,
        table=replace(table, cells=whole, lines=lines),
        notices=(*built.notices, *_notices(matched, genome, table.file.name, seed)),
        label_columns=("label",),
        task="binary",
    )


def _notices(matched: Matched, genome: Genome, name: str, seed: int) -> tuple[NoticeRecord, ...]:
    made = (
        f"of {genome.name} added as negatives (seed {seed}), matched in length and chromosome; G and C are "
        f"{matched.negatives_gc:.1%} of their letters and {matched.positives_gc:.1%} of the positives'."
    )
    rest = f"without a window of the genome within {_TOLERANCE:.0%} of its share of G and C."
    fix = "Bring negatives of your own for them."
    said = [
        notice(len(matched.windows), "window", made.replace("%", " %"), name),
        notice(matched.missing, "positive", rest.replace("%", " %"), name, fix),
    ]
    return tuple(record for record in said if record.count)


def _share(gc: Int64[np.ndarray, " N"], known: Int64[np.ndarray, " N"]) -> Float64[np.ndarray, " N"]:
    share: Float64[np.ndarray, " N"] = gc / np.maximum(known, 1)
    return share


class _Taken:
    """Stretches that no window may touch: sorted and merged per contig, and those of this round beside them."""

    def __init__(self, contigs: int) -> None:
        self._starts: list[Int64[np.ndarray, " M"]] = [np.zeros(0, np.int64) for _ in range(contigs)]
        self._ends: list[Int64[np.ndarray, " M"]] = [np.zeros(0, np.int64) for _ in range(contigs)]
        self._fresh: dict[int, list[tuple[int, int]]] = {}

    def add(
        self, contigs: Int64[np.ndarray, " N"], starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
    ) -> None:
        """Put stretches among the settled ones."""
        for contig in np.unique(contigs).tolist():
            rows = contigs == contig
            begin = np.concatenate([self._starts[contig], starts[rows]])
            stop = np.concatenate([self._ends[contig], ends[rows]])
            order = np.argsort(begin, kind="stable")
            begin, reach = begin[order], np.maximum.accumulate(stop[order])
            fresh = np.concatenate([[True], begin[1:] > reach[:-1]]) if len(begin) else np.zeros(0, bool)
            self._starts[contig] = begin[fresh]
            self._ends[contig] = reach[np.append(np.flatnonzero(fresh)[1:] - 1, len(begin) - 1)]

    def touched(
        self, contigs: Int64[np.ndarray, " N"], starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
    ) -> Bool[np.ndarray, " N"]:
        """Which windows touch a stretch that was settled before."""
        found = np.zeros(len(starts), bool)
        for contig in np.unique(contigs).tolist():
            rows = np.flatnonzero(contigs == contig)
            after = np.searchsorted(self._ends[contig], starts[rows], side="right")
            some = after < len(self._starts[contig])
            found[rows[some]] = self._starts[contig][after[some]] < ends[rows[some]]
        return found

    def take(self, contig: int, start: int, length: int) -> bool:
        """Take a window unless it touches one of this round."""
        windows = self._fresh.setdefault(contig, [])
        at = bisect(windows, (start, start))
        if (at and windows[at - 1][1] > start) or (at < len(windows) and windows[at][0] < start + length):
            return False
        windows.insert(at, (start, start + length))
        return True

    def settle(self) -> None:
        """Put this round's windows among the others."""
        for contig, windows in self._fresh.items():
            places = np.array(windows, np.int64)
            self.add(np.full(len(windows), contig, np.int64), places[:, 0], places[:, 1])
        self._fresh = {}
