"""From what files hold to rows with a sequence each: which file is the genome, the wild type, the labels, the parts.

Each kind of table has a builder of its own; here is decided which files go to which builder.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding, listed
from seqdl_core.data.joins.building import Built, DroppedRow
from seqdl_core.data.joins.pairing import attach_tables
from seqdl_core.data.joins.twins import without_twins
from seqdl_core.data.joins.useless import about_useless
from seqdl_core.data.labels.labels import Known
from seqdl_core.data.places.coordinates import measured_intervals
from seqdl_core.data.sequence_columns import choose_sequences
from seqdl_core.errors import DataError, SeqDLError, UnknownName
from seqdl_core.sequences.columns import means_mutant
from seqdl_core.sequences.readers import FileIdentity, NoticeRecord, RawTable, notice
from seqdl_core.sequences.readers._chains import STRUCTURES

if TYPE_CHECKING:
    from seqdl_core.data.places.genomes import FoundGenome

__all__ = ["Joined", "join"]


@dataclass(frozen=True, eq=False)
class Joined:
    """Tables of sequences only, and what the builders of their rows know.

    Attributes:
        built: what builders handed back, their tables among ``tables``.
        dropped: the rows that builders left out.
        used_files: files that served another one (a genome, a wild type) and make no rows.
        split_column: the column with train, validation and test that index files or builders made.
    """

    tables: tuple[RawTable, ...]
    findings: tuple[Finding, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    problems: tuple[SeqDLError, ...] = ()
    built: tuple[Built, ...] = ()
    dropped: tuple[DroppedRow, ...] = ()
    used_files: tuple[FileIdentity, ...] = ()
    split_column: str = ""

    @property
    def labels(self) -> Known:
        """The columns that builders know to hold labels."""
        columns = dict.fromkeys(column for one in self.built for column in one.label_columns)
        return Known(tuple(columns), _first([one.task for one in self.built]))

    @property
    def alphabet(self) -> str:
        return _first([one.alphabet for one in self.built])

    @property
    def higher_is(self) -> Literal["", "better", "worse"]:
        return next((one.higher_is for one in self.built if one.higher_is), "")

    @property
    def wild_type(self) -> str:
        return _first([one.wild_type for one in self.built])

    @property
    def first_position(self) -> int:
        return next((one.first_position for one in self.built if one.wild_type), 1)

    @property
    def cut_from_genome(self) -> bool:
        """Whether all rows are intervals of a genome that is at hand."""
        cut = [one for one in self.built if one.genome and one.table.kind == "sequences"]
        return len(cut) == len(self.tables) and not any("mutant" in one.table.cells.columns for one in cut)

    @property
    def genome(self) -> str:
        return _first([one.genome for one in self.built])

    @property
    def built_files(self) -> frozenset[str]:
        return frozenset(one.table.file.name for one in self.built)

    @property
    def taken(self) -> tuple[str, ...]:
        """Columns of built tables that say where rows come from, and are no labels."""
        peaks = any(one.table.layout in _PEAKS for one in self.built)
        return (*(_PLACES if self.built else ()), *(_PEAK_COLUMNS if peaks else ()))


_PEAKS = ("bed", "narrowPeak", "broadPeak", "bigbed", "gff3", "regions")
_PEAK_COLUMNS = (
    "score", "signal", "signalValue", "pvalue", "pValue", "qvalue", "qValue", "summit", "peak", "thickStart",
    "thickEnd", "itemRgb", "blockCount", "blockSizes", "blockStarts", "phase", "attributes", "seqid",
)  # fmt: skip
_PLACES = ("chromosome", "start", "end", "strand", "mutant", "structure")


@dataclass
class _Desk:
    """The files that are left, and what was made of the others."""

    tables: list[RawTable]
    choices: ImportChoices
    folders: Sequence[Path] | None = None
    split_column: str = ""
    built: list[Built] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[SeqDLError] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    dropped: list[DroppedRow] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[RawTable]:
        return [table for table in self.tables if table.kind in kinds]

    def take(self, *tables: RawTable) -> None:
        self.tables = [table for table in self.tables if not any(table is one for one in tables)]

    def place(self, built: Built, *sources: RawTable) -> None:
        """Put the built table in the place of what it was made from."""
        used = [table for table in self.tables if table.file.name in built.used]
        self.take(*sources, *used)
        self.built.append(built)
        self.tell(built)

    def tell(self, built: Built) -> None:
        self.findings.extend(built.findings)
        self.problems.extend(built.problems)
        self.notices.extend(built.notices)
        self.dropped.extend(built.dropped)


def join(tables: Sequence[RawTable], choices: ImportChoices, folders: Sequence[Path] | None = None) -> Joined:
    """Turn all tables into tables of sequences; what cannot be turned is a problem that says what is missing.

    Args:
        folders: the folders that the path of a genome may lead into; None allows all.
    """
    desk = _Desk(_chosen(tables, choices), choices, folders)
    desk.tables, asked, unknown = choose_sequences(desk.tables, choices.sequence_column)
    desk.findings.extend(asked)
    desk.problems.extend(unknown)
    if any(isinstance(problem, UnknownName) for problem in unknown):
        return Joined((), tuple(desk.findings), problems=tuple(desk.problems))
    _refuse_empty(desk)
    _join_indices(desk)
    _join_residues(desk)
    _join_features(desk)
    _join_mutants(desk)
    _lay_structures_aside(desk)
    _join_places(desk)
    desk.tables, told, unpaired = attach_tables(desk.tables)
    desk.notices.extend(told)
    desk.dropped.extend(unpaired)
    _refuse_rest(desk)
    _ask_which(desk)
    _know_mutants(desk)
    usable = [one for one in desk.built if len(one.table) and one.table.kind == "sequences"]
    rows = [*desk.of_kind("sequences"), *(one.table for one in usable)]
    named = {table.file.name for table in rows}
    return Joined(
        tables=tuple(rows),
        findings=tuple(desk.findings),
        notices=tuple(desk.notices),
        problems=tuple(desk.problems),
        built=tuple(usable),
        dropped=tuple(desk.dropped),
        split_column=desk.split_column or _first([one.split_column for one in usable]),
        used_files=tuple(table.file for table in tables if table.file.name not in named),
    )


def _chosen(tables: Sequence[RawTable], choices: ImportChoices) -> list[RawTable]:
    """All tables, or of those with sequences the one that the person chose."""
    wanted = choices.table
    if not wanted:
        return list(tables)
    names = [table.file.name for table in tables]
    found = [name for name in names if name == wanted or name.endswith(f"/{wanted}")]
    if not found:
        raise UnknownName("file", wanted, names)
    return [table for table in tables if table.file.name in found or table.kind != "sequences"]


def _join_residues(desk: _Desk) -> None:
    from seqdl_core.data.joins.residues import from_pairs_of_records, join_residues

    found = desk.of_kind("sequences")
    built = from_pairs_of_records(found[0]) if len(found) == 1 else None
    built = join_residues(desk.tables, desk.choices) if len(found) > 1 else built
    if built is not None:
        made_from = [table for table in desk.tables if table.file.name == built.table.file.name]
        desk.place(built, *made_from)


def _join_features(desk: _Desk) -> None:
    annotated = [table for table in desk.of_kind("sequences") if table.features]
    if annotated:
        from seqdl_core.data.joins.annotated import features_to_rows

        for table in annotated:
            desk.place(features_to_rows(table, desk.choices), table)


def _join_mutants(desk: _Desk) -> None:
    mutants = desk.of_kind("mutants")
    if mutants:
        from seqdl_core.data.joins.mutants import build_mutants

        others = [table for table in desk.tables if table.kind != "mutants"]
        for table in mutants:
            desk.place(build_mutants(table, others, desk.choices), table)


def _lay_structures_aside(desk: _Desk) -> None:
    """A structure beside files with rows of their own makes none."""
    structures = [table for table in desk.tables if table.layout in STRUCTURES]
    if structures and len(structures) < len(desk.tables):
        desk.take(*structures)
        where = ", ".join(table.file.name for table in structures)
        desk.notices.append(notice(len(structures), "structure", "left aside: the rows have their own letters.", where))


def _join_places(desk: _Desk) -> None:
    """Intervals and variants get their letters from a genome, and intervals their targets from tracks."""
    if desk.of_kind("sequences") and not desk.of_kind("intervals", "variants"):
        desk.tables = [measured_intervals(table) for table in desk.tables]
    intervals, variants, tracks = desk.of_kind("intervals"), desk.of_kind("variants"), desk.of_kind("track")
    if not intervals and not variants:
        return
    from seqdl_core.data.joins.substitutions import build_variants

    placed = [*intervals, *variants]
    reference = _named_regions(desk) if variants and not intervals and not desk.choices.genome else None
    if reference is not None:
        desk.take(reference)
        for one in variants:
            desk.place(build_variants(one, reference, desk.choices), one)
        return
    try:
        genome = _genome(desk, placed)
    except SeqDLError as problem:
        desk.take(*placed, *tracks, *desk.of_kind("sequences"))  # the problem says so of them
        desk.problems.append(problem)
        desk.findings.append(_about_missing_genome(placed[0], "intervals" if intervals else "variants"))
        return
    desk.take(*(table for table in desk.tables if table.file.name == genome.used), *tracks)
    if intervals:
        from seqdl_core.data.places.windows import cut_windows
        from seqdl_core.sequences.tracks import Track

        sources = intervals
        intervals = [_of_one_type(desk, one) for one in intervals]
        opened = [Track.of_table(table) for table in tracks]
        cut = [cut_windows(one, genome.genome, opened, desk.choices) for one in intervals]
        if desk.choices.negatives == "genome":
            from seqdl_core.data.places.negatives import add_negatives

            cut = add_negatives(cut, genome.genome, desk.choices, intervals)
        for one, built in zip(sources, cut, strict=True):
            known = [track.name for track in opened if track.name in built.table.cells.columns]
            if one.layout == "gff3" and "type" in built.table.cells.columns and built.table.cells["type"].nunique() > 1:
                known = known or ["type"]
            desk.place(replace(built, label_columns=built.label_columns or tuple(known)), one)
    if variants:
        for one in variants:
            desk.place(build_variants(one, genome.genome, desk.choices), one)


def _of_one_type(desk: _Desk, table: RawTable) -> RawTable:
    if table.layout != "gff3" or "type" not in table.cells.columns:
        return table
    from seqdl_core.data.joins.feature_types import one_type

    found = one_type(table, desk.choices)
    desk.tell(found)
    return found.table


def _named_regions(desk: _Desk) -> RawTable | None:
    """The FASTA file whose headers name stretches of a genome, as the reference of a saturation mutagenesis does."""
    from seqdl_core.data.places.regions import named_regions

    return next((table for table in desk.of_kind("sequences") if named_regions(table)), None)


def _genome(desk: _Desk, placed: Sequence[RawTable]) -> "FoundGenome":
    from seqdl_core.data.places.genomes import find_genome

    contigs = list(dict.fromkeys(str(name) for table in placed for name in table.cells["chrom"].tolist()))
    return find_genome(desk.tables, contigs, desk.choices, desk.folders)


def _join_indices(desk: _Desk) -> None:
    """Lists of rows become a column first, for their numbers count the rows of a file as it is."""
    if not desk.of_kind("indices"):
        return
    from seqdl_core.data.joins.indices import apply_indices

    found = apply_indices(desk.tables, desk.choices)
    desk.tables = list(found.tables)
    desk.split_column = found.column
    desk.findings.extend(found.findings)
    desk.notices.extend(found.notices)
    desk.dropped.extend(found.dropped)
    desk.problems.extend(found.problems)


def _know_mutants(desk: _Desk) -> None:
    """Sequences that come with the names of their mutants tell the wild type."""
    from seqdl_core.data.joins.mutants import frame_of_sequences, without_stops

    for table in desk.of_kind("sequences"):
        column = next((str(name) for name in table.cells.columns if means_mutant(str(name))), "")
        if not column:
            continue
        names = table.cells[column].tolist()
        frame = frame_of_sequences(table.cells[table.sequence_column].tolist(), names)
        if frame is None:
            continue
        left, told_stops, dropped = without_stops(table, column)
        names = left.cells[column].tolist()
        wild_type, first = frame
        given = desk.choices.first_position.strip()
        first = int(given) if given.lstrip("-").isdecimal() else first
        told = f"Mutants of one sequence of {len(wild_type):,} letters, numbered from {first}."
        finding = Finding(
            "wild type", "fingerprint", told,
            f"Each sequence with the changes in the column {column} undone is the same",
            "first_position", str(first), (),
        )  # fmt: skip
        cells = left.cells if "mutant" in left.cells.columns else left.cells.assign(mutant=names)
        known = Built(replace(left, cells=cells), (finding,), tuple(told_stops), (), tuple(dropped))
        desk.place(replace(known, wild_type=wild_type, first_position=first), table)


def _refuse_empty(desk: _Desk) -> None:
    """Files of a header alone, as filters that let nothing pass leave them behind."""
    nouns = {"variants": "variants", "intervals": "intervals", "mutants": "mutants", "track": "values"}
    for table in desk.of_kind(*nouns):
        if len(table) or table.layout in ("bigwig", "bigWig"):
            continue
        desk.take(table)
        noun = "features" if table.layout == "gff3" else nouns[table.kind]
        said = f"The file has a header and no {noun}."
        fix = f"Bring a file with {noun} below its header; a filter may have taken all of them out."
        desk.problems.append(DataError(said, where=table.file.name, fix=fix))


def _refuse_rest(desk: _Desk) -> None:
    """Tables that make no rows and serve no other file."""
    for table in desk.of_kind("sequences"):
        if not len(table):
            desk.take(table)
            said = "The file has records and no sequence in any of them."
            fix = "Bring the records with their letters (GenBank: with ORIGIN, not with CONTIG alone)."
            desk.problems.append(DataError(said, where=table.file.name, fix=fix))
    for table in desk.of_kind("track", "indices", "other", "variants", "intervals", "mutants"):
        desk.take(table)
        desk.problems.append(about_useless(table))


def _ask_which(desk: _Desk) -> None:
    """Several tables of the same sequences, as in an archive with one file for each way to split, are one choice."""
    tables = desk.of_kind("sequences")
    if len(tables) < 2 or desk.choices.table:
        return
    contents = [frozenset(table.cells[table.sequence_column].tolist()) for table in tables]
    alike = [t for t, content in zip(tables, contents, strict=True) if len(content) > 1 and contents.count(content) > 1]
    if not alike:
        return
    names = [table.file.name for table in without_twins(alike)]
    names = names if len(names) > 1 else [table.file.name for table in alike]
    short = [name.rsplit("/", 1)[-1] for name in names]
    options = (("", "Choose a table"), *zip(names, short, strict=True))
    more = f"; {len(alike) - len(names)} more say the same in another format" if len(alike) > len(names) else ""
    evidence = f"Each of {listed(short)} has them{more}"
    sentence = f"{len(names)} tables hold the same sequences."
    desk.findings.append(Finding("table", "table_rows", sentence, evidence, "table", "", options))
    said = f"{sentence[:-1]}, so one of them is to be chosen."
    desk.problems.append(DataError(said, where=", ".join(names[:5]), fix="Choose the table (`--table NAME`)."))
    desk.take(*alike[1:])


def _about_missing_genome(table: RawTable, what: str) -> Finding:
    return Finding(
        "genome", "genetics", f"{what.capitalize()} without a genome.",
        f"{len(table):,} {what}; chromosomes {listed([str(c) for c in table.cells['chrom'].unique()[:8].tolist()])}",
        "genome", "", (),
    )  # fmt: skip


def _first(values: Sequence[str]) -> str:
    return next((value for value in values if value), "")
