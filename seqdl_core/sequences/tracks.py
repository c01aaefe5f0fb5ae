"""Tracks: numbers along a genome, and what they give to windows of it.

Where a track records nothing it says nothing: such places are NaN, not 0, and a mean is over recorded places only. Bins
are for counts, of which most files leave the zeros out: there a place without a record is 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int64
from numpy.typing import NDArray

from seqdl_core.errors import DataError, ReadError
from seqdl_core.sequences.bbi import BinaryTrack, Stretches
from seqdl_core.sequences.contigs import match_contigs
from seqdl_core.sequences.readers import BinaryFile, RawTable

How = Literal["mean", "sum", "max"]

_WINDOWS_AT_ONCE = 4096
_LETTERS_AT_ONCE = 2**22  # whose stretches are looked up together, for bins
_FIXED = ("chrom", "start", "end", "strand", "name")


@dataclass(frozen=True, eq=False)
class Track:
    """Values along contigs, from a bigWig file or from a table of stretches (bedGraph, WIG).

    Attributes:
        name: how a column with its values is called: the file's name without its endings.
    """

    name: str
    _binary: BinaryTrack | None = None
    _stretches: dict[str, Stretches] = field(default_factory=dict)

    @staticmethod
    def open(path: Path, name: str = "") -> "Track":
        """Open a bigWig file. Raises ReadError where it is none."""
        try:
            binary = BinaryTrack(path, name or path.name)
        except OSError as problem:
            raise ReadError(
                f"The file cannot be opened ({problem.strerror}).", where=name or path.name, fix="Check its name."
            ) from None
        if not binary.is_bigwig:
            raise ReadError(
                "A bigBed file holds intervals, not values.", where=binary.name, fix="Bring it as the intervals."
            )
        return Track(stem_of(name or path.name), binary)

    @staticmethod
    def of_table(table: RawTable) -> "Track":
        """The track that a file of the kind ``track`` holds.

        Raises:
            DataError: where two stretches overlap or a value is no number, with the line.
        """
        if isinstance(table.file, BinaryFile):
            return Track.open(table.file.path, table.file.name)
        import pandas as pd

        others = [column for column in table.cells.columns if column not in _FIXED]
        if not others or not {"chrom", "start", "end"} <= set(table.cells.columns):
            raise DataError(
                "The track has no column of values.", where=table.file.name, fix="A bedGraph file has four columns."
            )
        column = "value" if "value" in others else others[0]
        values = pd.to_numeric(table.cells[column], errors="coerce").to_numpy(np.float64)
        starts, ends = (pd.to_numeric(table.cells[name]).to_numpy(np.int64) for name in ("start", "end"))
        chroms = table.cells["chrom"].to_numpy(str)
        found: dict[str, Stretches] = {}
        for chrom in dict.fromkeys(chroms.tolist()):
            rows = np.flatnonzero(chroms == chrom)
            rows = rows[np.argsort(starts[rows], kind="stable")]
            over = np.flatnonzero(starts[rows][1:] < ends[rows][:-1])
            if over.size:
                first, second = sorted((int(rows[over[0]]), int(rows[over[0] + 1])))
                raise DataError(
                    f"This stretch overlaps the one on line {int(table.lines[first])}, so a place has two values.",
                    where=table.where(second),
                    fix="Merge the track, for instance with `bedtools merge -o mean`.",
                )
            found[chrom] = Stretches(starts[rows], ends[rows], values[rows])
        return Track(stem_of(table.file.name), None, found)

    @property
    def contigs(self) -> tuple[str, ...]:
        """The contigs that have values."""
        return tuple(self._binary.contigs if self._binary else self._stretches)

    def values(self, chrom: str, start: int, end: int) -> Float64[np.ndarray, " L"]:
        """The value at each place of one stretch, NaN where nothing is recorded (beyond the contig's end as well)."""
        found = np.full(max(end - start, 0), np.nan)
        known = self._near(chrom, np.array([start], np.int64), np.array([end], np.int64))
        for first, last, value in zip(known.starts - start, known.ends - start, known.values, strict=True):
            found[max(first, 0) : max(last, 0)] = value
        return found

    def summarise(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        ends: Int64[np.ndarray, " N"],
        how: How = "mean",
    ) -> Float64[np.ndarray, " N"]:
        """One number a window; NaN where nothing is recorded in it, or its contig is not in the track.

        Args:
            how: the ``mean`` over recorded places, the ``sum`` over places or the ``max``.
        """
        found = np.full(len(starts), np.nan)
        names = np.array(chroms, dtype=object)
        known = match_contigs(dict.fromkeys(chroms), self.contigs)
        for chrom, own in known.items():
            rows = np.flatnonzero(names == chrom)
            rows = rows[np.argsort(starts[rows], kind="stable")]
            for begin in range(0, len(rows), _WINDOWS_AT_ONCE):
                part = rows[begin : begin + _WINDOWS_AT_ONCE]
                near = self._near(own, starts[part], ends[part])
                found[part] = _summaries(near, starts[part], ends[part], how)
        return found

    def binned(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        ends: Int64[np.ndarray, " N"],
        width: int,
        how: How = "mean",
    ) -> list[Float32[np.ndarray, " _"]]:
        """The bins of each window in the order of its places, each ``width`` places wide; a rest of a bin is left out.

        A place without a record counts as 0. Bins are NaN in contigs that the track does not have, and where the file
        itself says that a value is not known.

        Args:
            how: the ``mean`` over all places of the bin, their ``sum`` or the ``max``.
        """
        counts = (ends - starts) // width
        found = [np.full(count, np.nan, np.float32) for count in counts.tolist()]
        names = np.array(chroms, dtype=object)
        for chrom, own in match_contigs(dict.fromkeys(chroms), self.contigs).items():
            rows = np.flatnonzero(names == chrom)
            rows = rows[np.argsort(starts[rows], kind="stable")]
            letters = np.cumsum(ends[rows] - starts[rows]) // _LETTERS_AT_ONCE
            for part in np.split(rows, np.flatnonzero(np.diff(letters)) + 1):
                near = self._near(own, starts[part], ends[part])
                bins = np.concatenate([starts[row] + width * np.arange(counts[row]) for row in part.tolist()])
                values = _of_bins(near, bins, width, how).astype(np.float32)
                for row, own_bins in zip(part.tolist(), np.split(values, np.cumsum(counts[part])[:-1]), strict=True):
                    found[row] = own_bins
        return found

    def _near(self, chrom: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Stretches:
        """Stretches of a contig, sorted and without overlap, among them all that touch the windows."""
        if self._binary is None:
            return self._stretches.get(chrom, _NOTHING)
        raw = self._binary.stretches(chrom, starts, ends)
        order = np.argsort(raw.starts, kind="stable")
        sound = Stretches(raw.starts[order], raw.ends[order], raw.values[order])
        if (sound.ends <= sound.starts).any() or (sound.starts[1:] < sound.ends[:-1]).any():
            raise ReadError(
                "The bigWig file is damaged: stretches overlap.", where=self._binary.name, fix="Copy it again."
            )
        return sound


_NOTHING = Stretches(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


def stem_of(name: str) -> str:
    """A file's name without folder and endings: ``signal`` of ``tracks/signal.bedGraph.gz``."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return plain.split(".")[0] or plain


def _summaries(
    known: Stretches, starts: NDArray[np.int64], ends: NDArray[np.int64], how: How
) -> Float64[np.ndarray, " N"]:
    """One number a window; ``known`` is sorted and does not overlap itself."""
    real = ~np.isnan(known.values)
    begins, stops, values = known.starts[real], known.ends[real], known.values[real]
    found = np.full(len(starts), np.nan)
    first = np.searchsorted(stops, starts, side="right")
    last = np.searchsorted(begins, ends, side="left")
    some = np.flatnonzero((last > first) & (ends > starts))
    for row in some.tolist():
        part = slice(first[row], last[row])
        if how == "max":
            found[row] = values[part].max()
            continue
        places = np.minimum(stops[part], ends[row]) - np.maximum(begins[part], starts[row])
        total = float((values[part] * places).sum())
        found[row] = total / float(places.sum()) if how == "mean" else total
    return found


def _of_bins(known: Stretches, starts: NDArray[np.int64], width: int, how: How) -> Float64[np.ndarray, " bins"]:
    """The mean, sum or maximum of each bin, 0 where nothing is recorded; ``known`` is sorted and without overlap."""
    ends = starts + width
    first = np.searchsorted(known.ends, starts, side="right")
    last = np.searchsorted(known.starts, ends, side="left")
    lost = np.isnan(known.values)
    values = np.where(lost, 0.0, known.values)
    found = np.zeros(len(starts))
    some = np.flatnonzero(last > first)
    if how == "max":
        for place in some.tolist():
            part = slice(first[place], last[place])
            covered = np.minimum(known.ends[part], ends[place]) - np.maximum(known.starts[part], starts[place])
            highest = float(values[part].max())
            found[place] = highest if covered.sum() == width else max(highest, 0.0)
    else:
        found[some] = _integral(known, values, starts[some], ends[some]) / (width if how == "mean" else 1)
        if values.size and values.min() >= 0:
            found = np.maximum(found, 0)  # sums of fractions are off by a rounding, counts never
    found[some[_integral(known, lost.astype(np.float64), starts[some], ends[some]) > 0]] = np.nan
    return found


def _integral(
    known: Stretches, values: Float64[np.ndarray, " S"], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Float64[np.ndarray, " bins"]:
    """The sum over the places of each bin of the value of the stretch that holds the place."""
    if not len(values):
        return np.zeros(len(starts))
    before = np.concatenate([[0.0], np.cumsum(values * (known.ends - known.starts))])

    def up_to(places: NDArray[np.int64]) -> NDArray[np.float64]:
        at = np.searchsorted(known.starts, places, side="right")
        last = np.maximum(at - 1, 0)
        inside = np.minimum(places, known.ends[last]) - known.starts[last]
        return np.where(at > 0, before[last] + values[last] * inside, 0.0)

    return up_to(ends) - up_to(starts)
