"""What tracks give to windows bin by bin, for networks that predict counts along a sequence.

Each window gets one cell a track, a list of numbers in the order of its letters: ``0 0 3 12.5 nan``. On the minus
strand the letters are the reverse complement, so the bins are in reverse order too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.tracks import Track

__all__ = ["Binned", "bin_tracks"]

_WIDTHS = (128, 64, 32, 16, 8, 4, 2, 1)
"""Tried in this order where nobody chose a width; 128 is that of Basenji and Enformer."""

_MOST_NUMBERS = 50_000_000
_HOW = {"mean": "the mean over its letters", "sum": "the sum over its letters", "max": "the highest of its letters"}


@dataclass(frozen=True, eq=False)
class Binned:
    """A column of cells for each track, and what is to be said about them."""

    cells: dict[str, list[str]]
    finding: Finding
    notices: tuple[NoticeRecord, ...] = ()
    problems: tuple[DataError, ...] = ()


def bin_tracks(
    table: RawTable,
    tracks: Sequence[Track],
    chroms: Sequence[str],
    starts: Int64[np.ndarray, " K"],
    ends: Int64[np.ndarray, " K"],
    minus: Bool[np.ndarray, " K"],
    rows: Int64[np.ndarray, " K"],
    choices: ImportChoices,
) -> Binned:
    """The bins of K windows in each track; a problem, and no cells, where no whole number of bins fills a window.

    Args:
        table: the intervals; ``rows`` are those that the windows were made of.
    """
    lengths = np.unique(ends - starts)
    width = choices.bin or next(one for one in _WIDTHS if not (lengths % one).any())
    bins = int(lengths.max(initial=0)) // width
    finding = Finding(
        "bin", "bar_chart", f"Each window is measured in {counted(bins, 'bin')} of {counted(width, 'letter')}.",
        f"A bin gets {_HOW[choices.track_value]}; letters without a record count as 0", "bin", str(width), (),
    )  # fmt: skip
    odd = lengths[(lengths % width != 0) | (lengths < width)]
    if odd.size:
        return Binned({}, finding, problems=(_no_whole_number(table, int(odd[0]), width),))
    numbers = int(((ends - starts) // width).sum()) * len(tracks)
    if numbers > _MOST_NUMBERS:
        return Binned({}, finding, problems=(_too_many(table, numbers),))
    cells: dict[str, list[str]] = {}
    notices: list[NoticeRecord] = []
    for track in tracks:
        values = track.binned(chroms, starts, ends, width, choices.track_value)
        name, count = track.name, 1
        while name in cells:
            count += 1
            name = f"{track.name} ({count})"
        turned = (one[::-1] if back else one for one, back in zip(values, minus.tolist(), strict=True))
        cells[name] = [" ".join(f"{value:.9g}" for value in one.tolist()) for one in turned]
        empty = [row for row, one in zip(rows.tolist(), values, strict=True) if not one.any()]
        if empty:
            rest = f"where the track {name} records nothing, counted as 0 in every bin."
            notices.append(notice(len(empty), "window", rest, table.where(empty[0])))
        absent = [row for row, one in zip(rows.tolist(), values, strict=True) if np.isnan(one).all()]
        if absent:
            rest = f"on a contig that the track {name} does not have, not measured there."
            notices.append(notice(len(absent), "window", rest, table.where(absent[0])))
    return Binned(cells, finding, tuple(notices))


def _no_whole_number(table: RawTable, length: int, width: int) -> DataError:
    low = length // width * width
    wider = " or ".join(f"{size:,}" for size in (low, low + width) if size)
    return DataError(
        f"A window of {length:,} letters is no whole number of bins of {width:,}.",
        where=table.file.name,
        fix=f"Choose windows of {wider} letters (`--window`), or another width of the bins (`--bin`).",
    )


def _too_many(table: RawTable, numbers: int) -> DataError:
    return DataError(
        f"The windows have {numbers:,} bins over all tracks, more than the {_MOST_NUMBERS:,} that an import may make.",
        where=table.file.name,
        fix="Choose wider bins (`--bin`), or bring fewer intervals or tracks.",
    )
