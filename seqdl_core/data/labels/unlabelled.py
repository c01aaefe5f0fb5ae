"""Files whose rows are scored rather than learned from by labels: reads, alignments, variants, proteins.

Rows of DNA without labels are usually the positives of an experiment, so a person is asked for negatives. Nobody has
negatives for a proteome, an alignment, the reads of a sequencer or molecules with their structures.
"""

from collections.abc import Sequence
from dataclasses import replace

from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.labels import Known
from seqdl_core.sequences.alphabets import PROTEIN, Alphabet
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.vocabulary import plain_name

__all__ = ["columns_beside", "is_variants", "ways_on", "without_question"]

_READS = ("fastq", "connect")
_ALIGNMENTS = ("stockholm", "clustal", "fasta")
_VARIANTS = ("vcf", "variants")
_BESIDE = {
    "fastq": ("quality",),
    "vcf": ("id", "qual", "filter", "info", "genotypes", "id of the file"),
    "variants": ("id", "qual", "filter", "info", "genotypes", "id of the file"),
    "pdb": ("chains", "records"),
    "mmcif": ("chains", "records"),
}
_UNIPROT = frozenset(["entry", "entry_name", "reviewed"])
_OF_UNIPROT = (
    "reviewed", "organism", "organism_(id)", "length", "mass", "annotation", "protein_existence", "gene_names",
    "protein_names", "fragment", "date_of_creation", "date_of_last_modification", "entry_version",
)  # fmt: skip


def without_question(known: Known, rows: Assembled, alphabet: Alphabet) -> Known:
    """The same, saying whether rows in which nothing tells labels are to be asked about."""
    tables = rows.tables
    reads = all(table.layout in _READS or _is_alignment(table) for table in tables)
    variants = is_variants(tables)
    folded = all("structure" in table.cells.columns for table in tables)
    built_in = all({"mutant", "chromosome"} <= set(table.cells.columns) for table in tables)
    silent = reads or variants or built_in or folded or alphabet is PROTEIN
    return replace(known, silent=silent, certain=reads or variants)


def is_variants(tables: Sequence[RawTable]) -> bool:
    """Whether all rows come from lists of variants."""
    return all(table.layout in _VARIANTS for table in tables)


def ways_on(dataset: str) -> tuple[str, ...]:
    """What can be done with a data set without labels, as commands; ``dataset`` is its folder."""
    start = "python -m seqdl_core"
    return (
        f"Score every row with a trained network: {start} predict MODEL --sequences {dataset} --out scores.tsv",
        f"Learn hidden letters, judged on the rows set apart for that: {start} train --masked --data {dataset} "
        "--architecture NAME --out RUN",
    )


def columns_beside(tables: Sequence[RawTable]) -> list[str]:
    """Columns that formats and data banks put beside each sequence, and that are no labels unless a person says so."""
    found = [column for table in tables for column in _BESIDE.get(table.layout, ())]
    found += ["aligned"] if any(_is_alignment(table) for table in tables) else []
    for table in tables:
        named = {plain_name(str(column)): str(column) for column in table.cells.columns}
        if "entry" in named and len(_UNIPROT & named.keys()) > 1:
            found += [named[plain] for plain in _OF_UNIPROT if plain in named]
    return list(dict.fromkeys(found))


def _is_alignment(table: RawTable) -> bool:
    """Whether a reader took gaps out of the sequences and kept the aligned rows beside them."""
    return table.layout in _ALIGNMENTS and "aligned" in table.cells.columns
