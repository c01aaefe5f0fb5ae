"""Stretches of a genome with their letters, and what one changed letter makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.sequences.alphabets import complements
from seqdl_core.sequences.contigs import contig_key
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import RawTable

_ELEMENTS = frozenset(["element", "region", "locus", "enhancer", "promoter", "target_region", "oligo"])
_MOST_LETTERS = 100_000
_PAIRS = complements()


@dataclass(frozen=True)
class Region:
    """A stretch, 0-based half-open; ``letters`` are those of the plus strand in upper case, whatever ``strand`` is."""

    name: str
    chrom: str
    start: int
    end: int
    strand: str
    letters: str

    def with_change(self, at: int, ref: str, alt: str) -> str:
        """The sequence, read on ``strand``, with ``alt`` in the place of ``ref`` at the contig's position ``at``."""
        place = at - self.start
        changed = self.letters[:place] + alt + self.letters[place + len(ref) :]
        return changed[::-1].translate(_PAIRS) if self.strand == "-" else changed


def named_regions(table: RawTable) -> list[Region]:
    """The regions that the headers of a FASTA file name, one a record; empty unless every record names one that fits.

    A record on the minus strand is turned, so that its letters are those of the plus strand.
    """
    cells = table.cells
    if not {"chrom", "start", "end"} <= set(cells.columns) or not table.sequence_column or not len(table):
        return []
    strands = cells["strand"].tolist() if "strand" in cells.columns else ["+"] * len(table)
    names = cells[table.name_column].tolist() if table.name_column else [""] * len(table)
    found: list[Region] = []
    rows = (cells["chrom"], cells["start"], cells["end"], cells[table.sequence_column], strands, names)
    for chrom, start, end, sequence, strand, name in zip(*rows, strict=True):
        if not chrom or not str(start).isdigit() or not str(end).isdigit() or int(end) - int(start) != len(sequence):
            return []
        letters = sequence.upper().replace("U", "T")
        letters = letters[::-1].translate(_PAIRS) if strand == "-" else letters
        found.append(Region(name, chrom, int(start), int(end), "-" if strand == "-" else "+", letters))
    return found if len({region.name for region in found}) == len(found) else []


def element_column(table: RawTable, regions: Sequence[Region]) -> str:
    """The column that says which element a variant is of: its values name regions, or its name says so; or ``""``."""
    names = {region.name for region in regions}
    best, most = "", 0
    for column in table.cells.columns:
        values = table.cells[column].astype(str).tolist()
        fitting = sum(value in names for value in values)
        if fitting * 2 > len(values) and fitting > most:
            best, most = str(column), fitting
    if best or regions:
        return best
    return next((str(c) for c in table.cells.columns if str(c).strip().lower().replace(" ", "_") in _ELEMENTS), "")


def element_regions(genome: Genome, variants: Sequence[tuple[str, str, int, str]]) -> list[Region]:
    """Each element's stretch of the genome, from its first to its last variant.

    Args:
        variants: element, contig, position (1-based) and REF of each.
    """
    own = genome.resolve(dict.fromkeys(chrom for _, chrom, _, _ in variants))
    spans: dict[str, tuple[str, int, int]] = {}
    for element, chrom, pos, ref in variants:
        if chrom in own:
            known, start, end = spans.get(element, (own[chrom], pos - 1, pos - 1))
            if known == own[chrom]:
                spans[element] = known, min(start, pos - 1), max(end, pos - 1 + len(ref))
    return [
        Region(element, chrom, start, end, "+", genome.fetch(chrom, start, end).upper())
        for element, (chrom, start, end) in spans.items()
        if end <= genome.contigs[chrom] and end - start <= _MOST_LETTERS
    ]


def groups_of(regions: Sequence[Region]) -> dict[str, str]:
    """For each region the name of the first one, in the order given, of those that overlap it directly or in a chain.

    Repeats of one element under several names (LDLR, LDLR.2) are the same sequence, and belong on one side of a split.
    """
    order = sorted(range(len(regions)), key=lambda number: (contig_key(regions[number].chrom), regions[number].start))
    groups: dict[str, str] = {}
    chain: list[int] = []
    reach = -1
    for number in [*order, -1]:
        region = regions[number] if number >= 0 else None
        if chain and (region is None or _key(regions[chain[0]]) != _key(region) or region.start >= reach):
            groups |= {regions[member].name: regions[min(chain)].name for member in chain}
            chain, reach = [], -1
        if region is not None:
            chain.append(number)
            reach = max(reach, region.end)
    return groups


def _key(region: Region) -> str:
    return contig_key(region.chrom)
