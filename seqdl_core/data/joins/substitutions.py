"""From variants to sequences: each variant built into its reference, one row each.

Two kinds of reference: a FASTA file whose headers name regions (``>LDLR chr19:11089231-11089548``), the elements of a
saturation experiment, where a row is the whole element with one change; or a genome, where a row is a window around
the variant. Positions in files count from 1. REF is held against the reference, and rows where it differs are left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built, DroppedRow, dropped_rows
from seqdl_core.data.places.coordinates import another_build
from seqdl_core.data.places.genomes import about_genome
from seqdl_core.data.places.regions import Region, element_column, element_regions, groups_of, named_regions
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.columns import means_number
from seqdl_core.sequences.contigs import contig_key
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import is_missing, is_number

USUAL_WINDOW = 101
"""Letters around a variant where nobody says how many."""

_FIXED = ("chrom", "pos", "id", "ref", "alt", "strand")
_LETTERS = frozenset("ACGTURYSWKMBDHVN")
_RELEASES = frozenset(["release", "build", "assembly", "genome", "genome_build", "genome_release", "reference_build"])
_EFFECTS = frozenset(
    ("coefficient", "effect", "log2_effect", "expression_effect", "log2fc", "logfc", "lfc", "log2foldchange", "beta")
)
_MOST_DIFFERING = 0.02
_MOST_DROPPED = 0.5


@dataclass(eq=False)
class _Variant:
    """One allele of one row; ``region`` is where it lies, None where the reference does not reach."""

    row: int
    chrom: str
    pos: int
    ref: str
    alt: str
    region: Region | None = None

    @property
    def agrees(self) -> bool:
        """Whether REF is what the reference has there; an unknown letter in the reference agrees with any."""
        if self.region is None:
            return False
        at = self.pos - 1 - self.region.start
        there = self.region.letters[at : at + len(self.ref)]
        same = (a == b or b == "N" for a, b in zip(self.ref, there, strict=False))
        return len(there) == len(self.ref) and all(same)


class _Told:
    """What is told about the rows of a table, and those that are left out."""

    def __init__(self, table: RawTable) -> None:
        self.table = table
        self.notices: list[NoticeRecord] = []
        self.dropped: list[DroppedRow] = []

    def leave_out(self, rows: Sequence[int], rest: str, where: str = "") -> None:
        """One variant of each of these rows, which may repeat, is left out; ``rest`` says why."""
        self.notices.append(notice(len(rows), "variant", rest, where or self.table.where(rows[0])))
        self.dropped += dropped_rows(self.table, rows, f"variant {rest}")


def build_variants(table: RawTable, reference: RawTable | Genome, choices: ImportChoices) -> Built:
    """Sequences with ALT built in, with the columns ``name``, ``sequence``, ``chromosome``, ``start``, ``end``,
    ``strand``, ``mutant`` and, for elements, ``group``; all other columns stay.

    ``start`` and ``end`` are those of the reference that was changed, so a deletion's sequence is shorter. ``mutant``
    is REF, the position as the file counts, ALT (``A396143G``; ``-`` for nothing). Elements that overlap share a group.

    Args:
        table: of the kind ``variants``: ``chrom``, ``pos`` (1-based), ``ref``, ``alt``.
        reference: records that name regions, or a genome (records that are whole contigs are taken as one).
    """
    told = _Told(table)
    variants = _variants(table, told)
    regions = named_regions(reference) if isinstance(reference, RawTable) else []
    used = (reference.file.name,) if isinstance(reference, RawTable) else ()
    genome = None if regions else reference if isinstance(reference, Genome) else Genome.of_table(reference)
    column = element_column(table, regions)
    elements = table.cells[column].tolist() if column else []
    counting = _count(table, variants, _fitting(variants, regions, elements, genome), choices)
    size = 0
    if genome is None:
        _place(variants, regions, elements)
    elif column and not choices.window:
        variants, _ = _of_release(table, variants, _first_letters(variants, genome), told)
        regions = element_regions(genome, [(elements[v.row], v.chrom, v.pos, v.ref) for v in variants])
        _place(variants, regions, elements)
    else:
        size = choices.window or USUAL_WINDOW
        _cut(variants, genome, size)
    variants, release = _of_release(table, variants, [variant.agrees for variant in variants], told)
    total = len(variants)
    variants = _left_out(table, variants, [v for v in variants if v.region is None], "outside the reference", told)
    differing = [variant for variant in variants if not variant.agrees]
    problems = _problems(table, variants, differing, reference, total, choices)
    other = another_build(table, genome) if genome is not None else None
    problems = [other] if other else problems
    variants = _left_out(table, variants, differing, "whose REF differs from the reference", told)

    effects = [str(name) for name in table.cells.columns if str(name).strip().lower().replace(" ", "_") in _EFFECTS]
    effects = [name for name in effects if _numeric(table.cells[name].tolist())][:1]
    if genome is not None and not effects and not any(_measured(table, str(name)) for name in table.cells.columns):
        what = "Variants without a measured effect became sequences with the other allele, all of one kind."
        told.notices.append(
            NoticeRecord(
                what=what,
                where=table.file.name,
                fix="`predict` scores each with its other allele; Mutation bench holds one against its reference.",
            )
        )
    findings = [_about_reference(table, variants, regions, reference, genome, total, release, choices)]
    if size:
        chosen = "Chosen by you" if choices.window else "Nothing says how many letters to take"
        sentence = f"Windows of {size:,} bp around each variant."
        findings.append(Finding("window", "straighten", sentence, chosen, "window", str(size), ()))
    findings.append(counting)
    built = replace(
        table,
        cells=_cells(table, variants, regions, column, size),
        lines=table.lines[[variant.row for variant in variants]],
        sequence_column="sequence",
        name_column="name",
        kind="sequences",
        letters_before=None,
    )
    return Built(
        built,
        findings=tuple(findings),
        notices=tuple(told.notices),
        problems=tuple(problems),
        dropped=tuple(told.dropped),
        used=used,
        genome=release or (genome.build if genome else "") or _file_name(reference),
        label_columns=tuple(effects),
        task="regression" if effects else "",
        alphabet="dna",
    )


def _count(table: RawTable, variants: Sequence[_Variant], fitting: tuple[int, int], choices: ImportChoices) -> Finding:
    """What positions count from; shifts those of the variants where that is 0.

    VCF counts from 1 (section 1.6.1 of its specification). Other tables count as makes more REF letters agree.

    Args:
        fitting: of how many variants the first letter of REF agrees, counted from 1 and from 0.
    """
    from_one, from_zero = fitting
    options = (("from 0", "From 0"), ("from 1", "From 1"))
    fits = f"REF agrees in {from_one:,} of {len(variants):,} variants so, in {from_zero:,} counted from 0"
    if table.layout == "vcf":
        return Finding("counting", "pin_drop", "Positions count from 1.", "VCF counts from 1", "", "from 1", ())
    zero = choices.counting == "from 0" or (choices.counting == "auto" and from_zero > from_one)
    if zero:
        fits = f"REF agrees in {from_zero:,} of {len(variants):,} variants so, in {from_one:,} counted from 1"
        for variant in variants:
            variant.pos += 1
    said = f"Positions count from {0 if zero else 1}."
    return Finding("counting", "pin_drop", said, fits, "counting", "from 0" if zero else "from 1", options)


def _fitting(
    variants: Sequence[_Variant], regions: Sequence[Region], elements: Sequence[str], genome: Genome | None
) -> tuple[int, int]:
    """Of how many variants the first letter of REF is that of the reference, counted from 1 and from 0."""
    found = []
    for shift in (0, 1):
        tried = [replace(variant, pos=variant.pos + shift, region=None) for variant in variants]
        if genome is not None:
            found.append(sum(_first_letters(tried, genome)))
        else:
            _place(tried, regions, elements)
            found.append(sum(variant.agrees for variant in tried))
    return found[0], found[1]


def _variants(table: RawTable, told: _Told) -> list[_Variant]:
    """One variant an allele, upper case; alleles that name no letters are left out. Positions are as they stand."""
    chroms, refs, alts = (table.cells[name].astype(str).tolist() for name in ("chrom", "ref", "alt"))
    positions = pd.to_numeric(table.cells["pos"], errors="coerce").fillna(-1).to_numpy(np.float64).astype(np.int64)
    found: list[_Variant] = []
    silent: list[int] = []
    inserting: list[int] = []
    several: list[int] = []
    for row, (chrom, pos, ref, alt) in enumerate(zip(chroms, positions.tolist(), refs, alts, strict=True)):
        alleles = alt.upper().split(",")
        several += [row] if len(alleles) > 1 else []
        for allele in alleles:
            letters = allele in ("-", "") or set(allele) <= _LETTERS
            if ref in ("-", "."):
                inserting.append(row)
            elif not letters or not set(ref.upper()) <= _LETTERS or not ref or pos < 0:
                silent.append(row)
            else:
                found.append(_Variant(row, chrom, pos, ref.upper(), "" if allele == "-" else allele))
    if several:
        rest = "with several alleles, one sequence each."
        told.notices.append(notice(len(several), "row", rest, table.where(several[0])))
    if silent:
        told.leave_out(silent, "with an allele or position that names no letters (such as *, <DEL>), left out.")
    if inserting:
        told.leave_out(inserting, "that insert letters without saying what they replace (REF is -), left out.")
    return found


def _place(variants: Sequence[_Variant], regions: Sequence[Region], elements: Sequence[str]) -> None:
    """Give each variant its region: the one its element names, otherwise the first that reaches around it."""
    by_name = {region.name: region for region in regions}
    by_contig: dict[str, list[Region]] = {}
    for region in regions:
        by_contig.setdefault(contig_key(region.chrom), []).append(region)
    for variant in variants:
        key = contig_key(variant.chrom)
        named = by_name.get(elements[variant.row]) if elements else None
        near = [named] if named and contig_key(named.chrom) == key else [] if elements else by_contig.get(key, [])
        last = variant.pos - 1 + len(variant.ref)
        variant.region = next((r for r in near if r.start < variant.pos and last <= r.end), None)


def _cut(variants: Sequence[_Variant], genome: Genome, size: int) -> None:
    """Give each variant a window with its first letter in the middle, and as many more as a deletion takes away."""
    own = genome.resolve(dict.fromkeys(variant.chrom for variant in variants))
    inside: list[_Variant] = []
    lengths: list[int] = []
    for variant in variants:
        start = variant.pos - 1 - size // 2
        shrinks, overhangs = len(variant.ref) - len(variant.alt), len(variant.ref) - (size - size // 2)
        length = size + max(0, shrinks, overhangs)
        if variant.chrom in own and start >= 0 and start + length <= genome.contigs[own[variant.chrom]]:
            inside.append(variant)
            lengths.append(length)
    starts = np.array([variant.pos - 1 - size // 2 for variant in inside], np.int64)
    chroms = [own[variant.chrom] for variant in inside]
    texts = genome.texts(chroms, starts, starts + np.array(lengths, np.int64))
    for variant, chrom, start, text in zip(inside, chroms, starts.tolist(), texts, strict=True):
        variant.region = Region("", chrom, start, start + len(text), "+", text.upper())


def _first_letters(variants: Sequence[_Variant], genome: Genome) -> list[bool]:
    """Whether the first letter of REF is what the genome has there."""
    own = genome.resolve(dict.fromkeys(variant.chrom for variant in variants))
    inside = [v.chrom in own and 0 < v.pos <= genome.contigs[own[v.chrom]] for v in variants]
    some = [variant for variant, is_inside in zip(variants, inside, strict=True) if is_inside]
    starts = np.array([variant.pos - 1 for variant in some], np.int64)
    letters = iter(genome.letters([own[v.chrom] for v in some], starts, 1).tobytes().decode("latin-1").upper())
    return [is_inside and v.ref[0] == next(letters) for v, is_inside in zip(variants, inside, strict=True)]


def _of_release(
    table: RawTable, variants: list[_Variant], agrees: Sequence[bool], told: _Told
) -> tuple[list[_Variant], str]:
    """The variants of the one release that the reference agrees with best; those of others are left out."""
    column = next((c for c in table.cells.columns if str(c).strip().lower().replace(" ", "_") in _RELEASES), None)
    if column is None:
        return variants, ""
    values = table.cells[column].astype(str).tolist()
    totals = Counter(values[variant.row] for variant in variants)
    matches = Counter(values[v.row] for v, fits in zip(variants, agrees, strict=True) if fits)
    best = max(totals, key=lambda value: matches[value] / totals[value], default="")
    others = [variant for variant in variants if values[variant.row] != best]
    if others:
        named = ", ".join(dict.fromkeys(values[variant.row][:40] for variant in others))
        rest = f"of another release ({named}) than the reference ({best[:40]}), left out."
        told.leave_out([variant.row for variant in others], rest)
    return [variant for variant in variants if values[variant.row] == best], best


def _left_out(
    table: RawTable, variants: list[_Variant], wrong: Sequence[_Variant], why: str, told: _Told
) -> list[_Variant]:
    if not wrong:
        return variants
    first = wrong[0]
    place = f"{table.where(first.row)}, {first.chrom}:{first.pos} {first.ref}>{first.alt or '-'}"
    told.leave_out([variant.row for variant in wrong], f"{why}, left out.", place)
    gone = set(map(id, wrong))
    return [variant for variant in variants if id(variant) not in gone]


def _problems(
    table: RawTable,
    inside: Sequence[_Variant],
    differing: Sequence[_Variant],
    reference: RawTable | Genome,
    total: int,
    choices: ImportChoices,
) -> list[SeqDLError]:
    name = _file_name(reference)
    fix = "Choose the reference that the positions refer to (`--genome`), or what they count from (`--counting`)."
    if not inside:
        what = f"None of the {total:,} variants lies in the reference {name}."
        return [DataError(what, where=table.file.name, fix=fix)]
    most = _MOST_DROPPED if choices.bad_rows == "drop" else _MOST_DIFFERING
    if len(differing) <= most * len(inside):
        return []
    first = differing[0]
    assert first.region is not None
    at = first.pos - 1 - first.region.start
    there = first.region.letters[at : at + len(first.ref)]
    what = (
        f"REF differs from the genome in {len(differing):,} of {len(inside):,} variants; the first says "
        f"{first.ref[:20]} where {name} has {there[:20]}."
    )
    fix = fix.removesuffix(".") + ", or leave such rows out (`--bad-rows drop`)."
    return [DataError(what, where=f"{table.where(first.row)}, {first.chrom}:{first.pos}", fix=fix)]


def _cells(
    table: RawTable, variants: Sequence[_Variant], regions: Sequence[Region], column: str, size: int
) -> pd.DataFrame:
    rows = [variant.row for variant in variants]
    placed = [(variant, variant.region) for variant in variants if variant.region]
    groups = groups_of(regions)
    columns: dict[str, object] = {
        "name": [_name(variant, region, bool(column)) for variant, region in placed],
        "sequence": [region.with_change(v.pos - 1, v.ref, v.alt)[: size or None] for v, region in placed],
        "chromosome": [region.chrom for _, region in placed],
        "start": [str(region.start) for _, region in placed],
        "end": [str(region.start + size if size else region.end) for _, region in placed],
        "strand": [region.strand for _, region in placed],
        "mutant": [f"{variant.ref}{variant.pos}{variant.alt or '-'}" for variant, _ in placed],
    }
    if regions:
        columns["group"] = [groups[region.name] for _, region in placed]
    for name in table.cells.columns:
        if name == "id" and any(table.cells[name].tolist()):
            columns["id of the file"] = table.cells[name].to_numpy()[rows]
        elif name not in _FIXED:
            columns[str(name) if name not in columns else f"{name} of the file"] = table.cells[name].to_numpy()[rows]
    return pd.DataFrame(columns, dtype=str)


def _name(variant: _Variant, region: Region, elements: bool) -> str:
    change = f"{region.chrom}:{variant.pos} {variant.ref}>{variant.alt or '-'}"
    return f"{region.name} {change}" if elements else change


def _file_name(reference: RawTable | Genome) -> str:
    return reference.name if isinstance(reference, Genome) else reference.file.name


def _measured(table: RawTable, name: str) -> bool:
    return means_number(name) and _numeric(table.cells[name].tolist())


def _numeric(values: Sequence[str]) -> bool:
    said = [value for value in values if not is_missing(value)]
    return bool(said) and all(map(is_number, said))


def _about_reference(
    table: RawTable,
    variants: Sequence[_Variant],
    regions: Sequence[Region],
    reference: RawTable | Genome,
    genome: Genome | None,
    total: int,
    release: str,
    choices: ImportChoices,
) -> Finding:
    if genome is not None:
        asked = list(dict.fromkeys(table.cells["chrom"].tolist()))
        found = about_genome(genome, asked, len(variants), total, "variant", choices.genome)
        return replace(found, evidence=f"{found.evidence} and agree in REF")
    name = _file_name(reference)
    built_in = len({id(variant.region) for variant in variants})
    elements = f"{built_in} element{'' if built_in == 1 else 's'}"
    shared = len(regions) - len(set(groups_of(regions).values()))
    evidence = f"REF is the reference's letter in {len(variants):,} of {total:,} variants"
    evidence += f" of {release}" if release else ""
    evidence += f"; {shared} of the elements overlap another and share its group" if shared else ""
    sentence = f"Each variant is built into its element of {name}, {elements} in all."
    return Finding("genome", "genetics", sentence, evidence, "genome", choices.genome or name, ())
