"""From intervals and a genome to sequences: windows around summits or middles, one a row.

Rows that the genome cannot give letters for are left out and counted, the first one named: contigs it does not have,
intervals or windows beyond a contig's end. Where that befalls many, the coordinates belong to another build, and that
is a problem, not a notice.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64
from numpy.typing import NDArray

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built
from seqdl_core.data.places.binning import bin_tracks
from seqdl_core.data.places.coordinates import (
    Places,
    Reasons,
    about_counting,
    backwards,
    misfits,
    read_places,
    strands_of,
)
from seqdl_core.data.places.genomes import about_genome, renamed_contigs
from seqdl_core.errors import DataError
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.tracks import Track

_MOST_LETTERS = 1_000_000_000
_FIXED = ("chrom", "start", "end", "strand", "summit")


def cut_windows(table: RawTable, genome: Genome, tracks: Sequence[Track], choices: ImportChoices) -> Built:
    """Sequences of intervals, with the columns ``name``, ``sequence``, ``chromosome``, ``start``, ``end``, ``strand``.

    All other columns stay; each track adds one, named after its file. On the minus strand the sequence is the reverse
    complement, while ``start`` and ``end`` stay those of the plus strand.

    Args:
        table: of the kind ``intervals``.
        tracks: each gives a window one number, as ``choices.track_value`` says; one a bin where tracks are the task.
    """
    counting, shift = about_counting(table, choices)
    places = read_places(table, genome, shift)
    reasons = Reasons(table)
    reasons.add(~places.known, "interval", "on a contig that the genome does not have, left out.")
    turned = backwards(table, places)
    if choices.bad_rows == "drop":
        reasons.add(places.ends < places.starts, "interval", "where the end comes before the start, left out.")
    reasons.kept &= places.ends >= places.starts
    reasons.add(places.ends == places.starts, "interval", "of no letters, left out.")
    beyond = places.known & ((places.starts < 0) | (places.ends > places.lengths))
    reasons.add(beyond, "interval", "beyond the end of its contig, left out.")
    inside = int(reasons.kept.sum())
    problems = misfits(table, genome, places, beyond)
    if turned and choices.bad_rows != "drop":
        problems.append(turned)

    size, window = _about_window(places, reasons.kept, choices)
    starts, ends = _windows(places, size)
    hanging = reasons.kept & ((starts < 0) | (ends > places.lengths))
    reasons.add(hanging, "window", f"of {size:,} bp that would reach beyond the end of its contig, left out.")
    kept = np.flatnonzero(reasons.kept)
    letters = int((ends - starts)[kept].sum())
    if letters > _MOST_LETTERS:
        problems.append(_too_many(table, letters, len(kept)))
        kept = kept[:0]
    if not kept.size and not problems:
        problems.append(
            DataError(
                f"None of the {len(table):,} windows lies inside the genome.",
                where=table.file.name,
                fix="Choose smaller windows (`--window`), or the genome that the coordinates refer to.",
            )
        )
    own = [places.own[row] for row in kept.tolist()]
    strands = strands_of(table)
    columns: dict[str, object] = {
        "name": _names(table, places, starts, ends)[kept],
        "sequence": genome.texts(own, starts[kept], ends[kept], places.minus[kept]),
        "chromosome": own,
        "start": starts[kept].astype(str),
        "end": ends[kept].astype(str),
        "strand": strands[kept],
    }
    others = table.cells.drop(columns=[name for name in _FIXED if name in table.cells.columns])
    for name in others.columns:
        new = name if name not in columns else "feature" if "feature" not in others.columns else f"{name} of the file"
        if name != "name" or _repeats(others["name"].tolist()):
            columns[new] = others[name].to_numpy()[kept]
    if choices.task == "tracks" and tracks and kept.size:
        chroms = [places.own[row] for row in kept.tolist()]
        binned = bin_tracks(table, tracks, chroms, starts[kept], ends[kept], places.minus[kept], kept, choices)
        values, silent = binned.cells, list(binned.notices)
        problems.extend(binned.problems)
        about_bins: tuple[Finding, ...] = (binned.finding,)
    else:
        values, silent = _track_values(table, tracks, places, starts, ends, kept, choices)
        about_bins = ()
    for name, text in values.items():
        columns[name if name not in columns else f"{name} (track)"] = text
    cells = pd.DataFrame(columns, dtype=str)
    built = replace(
        table,
        cells=cells,
        lines=table.lines[kept],
        sequence_column="sequence",
        name_column="name",
        kind="sequences",
        letters_before=None,
        one_based=False,
    )
    genome_found = about_genome(genome, places.chroms, inside, len(table), "interval", choices.genome)
    labels = tuple(list(cells.columns)[len(cells.columns) - len(values) :]) if values else ()
    return Built(
        built,
        findings=(genome_found, counting, window, *about_bins),
        notices=(*reasons.notices, *_notices(table, places, kept, size), *silent),
        problems=tuple(problems),
        dropped=tuple(reasons.dropped),
        genome=genome.build or genome.name,
        label_columns=labels,
        task="" if not labels else "tracks" if about_bins else "regression",
        alphabet="dna",
    )


def _too_many(table: RawTable, letters: int, windows: int) -> DataError:
    return DataError(
        f"{windows:,} windows hold {letters:,} letters, more than the {_MOST_LETTERS:,} that an import may make.",
        where=table.file.name,
        fix="Choose smaller windows (`--window`), or bring fewer intervals.",
    )


def _about_window(places: Places, kept: Bool[np.ndarray, " N"], choices: ImportChoices) -> tuple[int, Finding]:
    """The length of the windows, 0 for the intervals as they are, and a line about it."""
    lengths = (places.ends - places.starts)[kept]
    short, long = (int(lengths.min()), int(lengths.max())) if lengths.size else (0, 0)
    size = choices.window
    evidence = (
        f"The intervals are {short:,} bp long" if short == long else f"The intervals are {short:,} to {long:,} bp long"
    )
    if not size and short != long and choices.lengths in ("auto", "refuse"):
        median = int(np.median(lengths))
        size = min(max(1, median if median < 20 else round(median, -1)), 1_000_000)
        evidence += f", half of them at most {median:,}; a network needs one length"
    if not size:
        sentence = (
            f"Sequences are the intervals as they are, {short:,} bp."
            if short == long
            else "Sequences are the intervals as they are."
        )
        return 0, Finding("window", "straighten", sentence, evidence, "window", "0", ())
    summits = int((places.summits[kept] >= 0).sum())
    around = "the middle of each interval"
    if summits:
        around = "each summit" if summits == lengths.size else "each summit, or the middle where there is none"
        evidence += f"; {summits:,} of {lengths.size:,} {'has' if summits == 1 else 'have'} a summit"
    return size, Finding(
        "window", "straighten", f"Windows of {size:,} bp around {around}.", evidence, "window", str(size), ()
    )


def _windows(places: Places, size: int) -> tuple[Int64[np.ndarray, " N"], Int64[np.ndarray, " N"]]:
    if not size:
        return places.starts, places.ends
    centres = np.where(places.summits >= 0, places.summits, (places.starts + places.ends) // 2)
    starts = centres - size // 2
    return starts, starts + size


def _names(
    table: RawTable, places: Places, starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
) -> NDArray[np.object_]:
    """The file's own names where they tell rows apart, otherwise regions as people write them, counted from 1."""
    strands = strands_of(table)
    column = table.name_column or ("name" if "name" in table.cells.columns else "")
    given = table.cells[column].astype(str).tolist() if column else [""] * len(table)
    useful = bool(column) and not _repeats(given)
    regions = zip(places.own, places.chroms, (starts + 1).tolist(), ends.tolist(), strands.tolist(), strict=True)
    made = [f"{own or chrom}:{start}-{end}" + (f"({s})" if s in "+-" else "") for own, chrom, start, end, s in regions]
    return np.array([g if useful and g not in ("", ".") else m for g, m in zip(given, made, strict=True)], dtype=object)


def _repeats(names: Sequence[str]) -> bool:
    """Whether names say what kind a row is, not which one."""
    said = [name for name in names if name not in ("", ".")]
    return bool(said) and len(set(said)) * 10 < len(said) * 9


def _track_values(
    table: RawTable,
    tracks: Sequence[Track],
    places: Places,
    starts: Int64[np.ndarray, " N"],
    ends: Int64[np.ndarray, " N"],
    kept: Int64[np.ndarray, " K"],
    choices: ImportChoices,
) -> tuple[dict[str, list[str]], list[NoticeRecord]]:
    found: dict[str, list[str]] = {}
    silent: list[NoticeRecord] = []
    chroms = [places.own[row] for row in kept.tolist()]
    for track in tracks:
        values = track.summarise(chroms, starts[kept], ends[kept], choices.track_value)
        name, count = track.name, 1
        while name in found:
            count += 1
            name = f"{track.name} ({count})"
        found[name] = ["" if np.isnan(value) else repr(float(value)) for value in values]
        nothing = kept[np.isnan(values)]
        if nothing.size:
            rest = f"where the track {name} records nothing, without a value."
            silent.append(notice(len(nothing), "window", rest, table.where(int(nothing[0]))))
    return found, silent


def _notices(table: RawTable, places: Places, kept: Int64[np.ndarray, " K"], size: int) -> list[NoticeRecord]:
    found: list[NoticeRecord] = []

    def tell(rows: Sequence[int], rest: str) -> None:
        if rows:
            found.append(notice(len(rows), "interval", rest, table.where(rows[0])))

    tell(kept[places.minus[kept]].tolist(), "on the minus strand, read as the reverse complement.")
    names = {chrom: own for chrom, own in zip(places.chroms, places.own, strict=True) if own}
    renamed = renamed_contigs(names)
    if renamed:
        pairs = enumerate(zip(places.chroms, places.own, strict=True))
        others = [row for row, (chrom, own) in pairs if own and chrom != own]
        tell(others, f"on a contig that the genome names otherwise ({renamed}).")
    missing = kept[places.summits[kept] < 0].tolist()
    if size and len(missing) < len(kept):
        tell(missing, "without a summit, the middle used.")
    return found
