"""Where intervals lie: read, counted from 0, held against the genome, and whether they are of this genome at all."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64
from numpy.typing import NDArray

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import DroppedRow, dropped_rows
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.contigs import build_of_names, build_title, builds_that_fit
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import WIDTHS, plain_name

_MOST_BEYOND = 0.02
_MANY_BEYOND = 10
_NARROWEST_MEASURED = 20
_FEWEST_MEASURED = 10
_FEWEST_ROUND = 4
_FORMATS = {
    "bed": "BED counts from 0",
    "bedgraph": "bedGraph counts from 0, as BED does",
    "narrowPeak": "narrowPeak counts from 0, as BED does",
    "broadPeak": "broadPeak counts from 0, as BED does",
    "bigbed": "bigBed counts from 0",
    "regions": "Region strings count from 1",
    "gff3": "GFF counts from 1",
}


@dataclass(eq=False)
class Places:
    """Intervals 0-based half-open; ``summits`` are places on the contig, -1 for none; ``own`` the genome's names."""

    chroms: list[str]
    starts: Int64[np.ndarray, " N"]
    ends: Int64[np.ndarray, " N"]
    summits: Int64[np.ndarray, " N"]
    minus: Bool[np.ndarray, " N"]
    own: list[str]
    lengths: Int64[np.ndarray, " N"]

    @property
    def known(self) -> Bool[np.ndarray, " N"]:
        """Which rows are on a contig that the genome has."""
        return self.lengths >= 0


class Reasons:
    """Why rows are left out; each row for the first reason that holds."""

    def __init__(self, table: RawTable) -> None:
        self._table = table
        self.kept = np.ones(len(table), bool)
        self.notices: list[NoticeRecord] = []
        self.dropped: list[DroppedRow] = []

    def add(self, wrong: Bool[np.ndarray, " N"], noun: str, rest: str) -> None:
        """Leave out rows that are still kept; ``rest`` says why and goes on after the noun."""
        rows = np.flatnonzero(wrong & self.kept)
        if rows.size:
            self.kept[rows] = False
            self.notices.append(notice(len(rows), noun, rest, self._where(int(rows[0]))))
            self.dropped += dropped_rows(self._table, rows.tolist(), f"{noun} {rest}")

    def _where(self, row: int) -> str:
        cells = self._table.cells
        region = f"{cells['chrom'].iloc[row]}:{cells['start'].iloc[row]}-{cells['end'].iloc[row]}"
        return f"{self._table.file.at(int(self._table.lines[row]))} (record {region[:80]})"


def read_places(table: RawTable, genome: Genome, shift: int) -> Places:
    """Intervals on the genome's contigs; ``shift`` is added to the starts that the reader made."""
    cells = table.cells
    chroms = cells["chrom"].astype(str).tolist()
    starts = whole_numbers(table, "start") + shift
    ends = whole_numbers(table, "end")
    summits = np.full(len(table), -1, np.int64)
    if "summit" in cells.columns:
        offsets = pd.to_numeric(cells["summit"], errors="coerce").fillna(-1).to_numpy(np.float64).astype(np.int64)
        summits = np.where((offsets >= 0) & (offsets < ends - starts), starts + offsets, -1)
    own = genome.resolve(dict.fromkeys(chroms))
    lengths = {chrom: genome.contigs[name] for chrom, name in own.items()}
    return Places(
        chroms,
        starts,
        ends,
        summits,
        strands_of(table) == "-",
        [own.get(chrom, "") for chrom in chroms],
        np.array([lengths.get(chrom, -1) for chrom in chroms], np.int64),
    )


def whole_numbers(table: RawTable, column: str) -> Int64[np.ndarray, " N"]:
    """A column of whole numbers; raises DataError that names the first other cell."""
    numbers = pd.to_numeric(table.cells[column], errors="coerce").to_numpy(np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers) | (np.abs(numbers) > 2**53))
    if wrong.size:
        text = str(table.cells[column].iloc[int(wrong[0])])[:40]
        raise DataError(
            f"'{text}' in the column {column} is no whole number.",
            where=table.where(int(wrong[0])),
            fix="Correct it, or remove the row.",
        )
    whole: Int64[np.ndarray, " N"] = numbers.astype(np.int64)
    return whole


def strands_of(table: RawTable) -> NDArray[np.object_]:
    """``+``, ``-`` or ``.`` per row."""
    if "strand" not in table.cells.columns:
        return np.full(len(table), ".", dtype=object)
    return np.array([text if text in ("+", "-") else "." for text in table.cells["strand"].tolist()], dtype=object)


def about_counting(table: RawTable, choices: ImportChoices) -> tuple[Finding, int]:
    """What the coordinates count from, and what to add to the starts that the reader made of them."""
    read_from_one = bool(table.one_based)
    starts, ends = whole_numbers(table, "start"), whole_numbers(table, "end")
    lengths = ends - starts
    from_one = read_from_one
    if table.one_based is not None:
        evidence = _FORMATS.get(table.layout, "")
        if evidence and not read_from_one and lengths.size and starts.min() == 0:
            evidence += "; a start of 0 fits"
        evidence = evidence or _said_by_columns(table, read_from_one, starts, int(lengths.max(initial=0)))
    elif lengths.size and starts.min() == 0:
        evidence = "A start is 0"
    elif lengths.size and lengths.min() == 0:
        from_one, evidence = True, "In some rows start and end are equal: an interval of one letter counted from 1"
    elif _round(lengths + 1):
        from_one, evidence = True, f"{_all_of(lengths + 1)}; counted from 0 they would be one shorter"
    elif _round(lengths):
        evidence = f"{_all_of(lengths)}; counted from 1 they would be one longer"
    else:
        evidence = "Nothing in the file tells; taken as in BED, so check this"
    if choices.counting != "auto":
        if (choices.counting == "from 1") != from_one:
            evidence = "Chosen by you"
        from_one = choices.counting == "from 1"
    shift = int(read_from_one) - int(from_one)
    sentence = (
        "Coordinates count from 1, both ends included." if from_one else "Coordinates count from 0, without the end."
    )
    options = (("from 0", "From 0, without the end (BED)"), ("from 1", "From 1, both ends (GFF, region strings)"))
    value = "from 1" if from_one else "from 0"
    return Finding("counting", "pin", sentence, evidence, "counting", value, options), shift


def _said_by_columns(table: RawTable, from_one: bool, starts: Int64[np.ndarray, " N"], longest: int) -> str:
    """What in a table tells what it counts from: a width, the name of its starts, or places of one letter."""
    widths = [str(name) for name in table.cells.columns if plain_name(str(name)) in WIDTHS]
    if widths:
        return f"The column {widths[0]} is end - start{' + 1' if from_one else ''}"
    if not from_one:
        return "A start is 0" if starts.size and starts.min() == 0 else "Its starts are named chromStart, as in BED"
    return "Each row is a position" if longest == 1 else "The file says that it counts from 1"


def _round(lengths: Int64[np.ndarray, " N"]) -> bool:
    """Whether all lengths are such as people choose: multiples of ten, alike or several of them."""
    if not lengths.size or int(lengths.min()) < _NARROWEST_MEASURED or (lengths % 10).any():
        return False
    return int(lengths.min()) == int(lengths.max()) or lengths.size >= _FEWEST_ROUND


def _all_of(lengths: Int64[np.ndarray, " N"]) -> str:
    short, long = int(lengths.min()), int(lengths.max())
    told = f"{short:,} bp long" if short == long else f"{short:,} to {long:,} bp long, multiples of ten"
    return f"All intervals are then {told}"


def another_build(table: RawTable, genome: Genome) -> DataError | None:
    """The problem that contigs are named by accessions of another build than the genome's; None where they are not."""
    chroms = table.cells["chrom"].astype(str).tolist()
    build = build_of_names(dict.fromkeys(chroms))
    if not build or not genome.build or build == genome.build:
        return None
    row = next(place for place, chrom in enumerate(chroms) if build_of_names([chrom]))
    return DataError(
        f"{chroms[row]} is a contig of {build_title(build)}, and this genome is {build_title(genome.build)}.",
        where=table.file.at(int(table.lines[row])),
        fix="Choose the genome that the coordinates refer to, or convert them with liftOver.",
    )


def backwards(table: RawTable, places: Places) -> DataError | None:
    """The problem that intervals end before they start; None where none does."""
    rows = np.flatnonzero(places.ends < places.starts)
    if not rows.size:
        return None
    row = int(rows[0])
    start, end = (str(table.cells[name].iloc[row]) for name in ("start", "end"))
    what = f"The interval {places.chroms[row][:60]}:{start}-{end} ends before it starts"
    more = f"; {rows.size - 1:,} further {'does' if rows.size == 2 else 'do'} so too." if rows.size > 1 else "."
    return DataError(
        what + more,
        where=table.file.at(int(table.lines[row])),
        fix="Write the smaller number first (the strand has a column of its own), or leave such rows out "
        "(`--bad-rows drop`).",
    )


def misfits(table: RawTable, genome: Genome, places: Places, beyond: Bool[np.ndarray, " N"]) -> list[SeqDLError]:
    """Whether coordinates are of another genome: many lie beyond the ends, or some do and another build fits all."""
    if not len(table):
        return []
    if not places.known.any():
        theirs, ours = places.chroms[0][:60], next(iter(genome.contigs), "")[:60]
        return [
            DataError(
                f"The genome has none of the contigs that the intervals are on ({theirs}; the genome has {ours}).",
                where=f"{table.file.name} and {genome.name}",
                fix="Choose the genome that the coordinates refer to (`--genome`).",
            )
        ]
    other = another_build(table, genome)
    if other:
        return [other]
    furthest: dict[str, int] = {}
    for own, end in zip(places.own, places.ends.tolist(), strict=True):
        if own:
            furthest[own] = max(furthest.get(own, 0), end)
    others = builds_that_fit(furthest, genome.build) if genome.build else []
    count, known = int(beyond.sum()), int(places.known.sum())
    wholly = bool((places.known & (places.starts >= places.lengths)).any())
    if not (count >= max(_MANY_BEYOND, _MOST_BEYOND * known) or (wholly and others)):
        return []
    row = int(np.argmax(beyond))
    what = f"These coordinates do not fit this genome: {count:,} of {known:,} intervals "
    what += "lies beyond the end of its contig." if count == 1 else "lie beyond the end of their contig."
    if others:
        fits = " or ".join(build_title(build) for build in others)
        what += f" They fit {fits}; this genome is {build_title(genome.build)}."
    end = f"{places.own[row]} has {int(places.lengths[row]):,} letters"
    return [
        DataError(
            what,
            where=f"{table.file.at(int(table.lines[row]))} ({end})",
            fix="Choose the genome that the coordinates refer to, or convert them with liftOver.",
        )
    ]


def measured_intervals(table: RawTable) -> RawTable:
    """A bedGraph whose intervals are all equally wide and wide enough to be sequences, as intervals with a value each.

    Any other track gives values to intervals that another file names, and stays what it is.
    """
    if table.kind != "track" or table.layout != "bedgraph" or len(table) < _FEWEST_MEASURED:
        return table
    widths = table.cells["end"].astype(np.int64) - table.cells["start"].astype(np.int64)
    if widths.nunique() > 1 or int(widths.iloc[0]) < _NARROWEST_MEASURED:
        return table
    said = notice(len(table), "interval", "of one width with a value each, read as the rows.", table.file.name)
    return replace(table, kind="intervals", notices=(*table.notices, said))
