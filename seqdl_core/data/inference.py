"""Which column is what: sequences, labels, names and split, found from names and values and open to correction."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool
from numpy.typing import NDArray

from seqdl_core.data.choices import NO_LABELS, ImportChoices
from seqdl_core.errors import UnknownName
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet, alphabet_named
from seqdl_core.sequences.columns import means_fold, means_group, means_noise, means_number, means_strand_copy
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.vocabulary import (
    file_tokens,
    is_missing,
    is_number,
    is_split_value,
    marks,
    means_label,
    means_name,
    means_split,
    plain_name,
    split_marked_by,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUCLEOTIDE_SHARE = 0.9
_FEW_PARTS = 20
_NUCLEOTIDES = b"ACGTUNacgtun"
_GAPS = frozenset("-.")
_IUPAC = frozenset("ACGTUNRYSWKMBDHV") | _GAPS
_MOST_FOREIGN = 0.02
_LEAST_LETTERS = 60
_SHORT = 25.0
_EQUAL_DNA = 15
_ALIKE = 0.9
_CHROMOSOMES = ("chrom", "chr", "chromosome", "scaffold")
_NEARLY = 0.95
_LOOKED_AT = 50
_SHORTEST_RUN = 8
_LETTERS = re.compile(r"[A-Za-z*.\-]+")
_NUCLEIC_WORDS = _words(
    "dna rna seq nucleotide nt utr guide grna sgrna grnas oligo oligos probe probes primer primers promoter enhancer "
    "motif kmer site sites peak peaks chip genome genomic mirna crispr spacer barcode splice reads aptamer"
)
_EITHER_WORDS = {"seq", "site", "sites"}
_RNA_WORDS = _words(
    "rna mrna rrna trna mirna sirna srna snrna lncrna ncrna rbp clip clipseq eclip iclip parclip hitsclip utr utr5 utr3"
)
_PEPTIDE_WORDS = _words("peptide peptides protein proteins aa amp amps amino epitope epitopes residues")


@dataclass(frozen=True, eq=False)
class Assembled:
    """The rows of all files, one after the other. ``cells`` holds every column but the sequences, as text.

    ``spellings`` keeps the columns that were spelled as labels and ``kinds`` the sort of each, for both take long and
    are asked for again.
    """

    tables: tuple[RawTable, ...]
    table_of: NDArray[np.int64]
    row_of: NDArray[np.int64]
    sequences: list[str]
    sequence_columns: tuple[str, ...]
    cells: pd.DataFrame
    decimal: str = "auto"
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    kinds: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.sequences)

    def where(self, number: int, letter: int | None = None) -> str:
        """Words for the place of a row, counted over all files."""
        table: RawTable = self.tables[int(self.table_of[number])]
        return table.where(int(self.row_of[number]), letter)

    def values(self, column: str) -> list[str]:
        """One column over all files; empty where a file does not have it."""
        return list(self.cells[column].tolist())

    def kept(self, keep: Bool[np.ndarray, "N"]) -> "Assembled":
        """Some of the rows; each still knows its file and line."""
        return replace(
            self,
            table_of=self.table_of[keep],
            row_of=self.row_of[keep],
            sequences=[sequence for sequence, stays in zip(self.sequences, keep.tolist(), strict=True) if stays],
            cells=self.cells[keep].reset_index(drop=True),
            spellings={},
            kinds={},
        )


def assemble(tables: Sequence[RawTable], choices: ImportChoices) -> Assembled:
    """Put the files under each other. Raises UnknownName where the chosen sequence column is in none of them."""
    wanted = choices.sequence_column
    if wanted and not any(wanted in table.cells.columns for table in tables):
        raise UnknownName("column", wanted, {column for table in tables for column in table.cells.columns})
    columns = tuple(wanted if wanted in table.cells.columns else table.sequence_column for table in tables)
    others = [table.cells.drop(columns=[column]) for table, column in zip(tables, columns, strict=True)]
    return Assembled(
        tables=tuple(tables),
        table_of=np.concatenate([np.full(len(table), number, np.int64) for number, table in enumerate(tables)]),
        row_of=np.concatenate([np.arange(len(table), dtype=np.int64) for table in tables]),
        sequences=[s for table, column in zip(tables, columns, strict=True) for s in table.cells[column].tolist()],
        sequence_columns=columns,
        cells=pd.concat(others, ignore_index=True).fillna("").astype(str),
        decimal=choices.decimal,
    )


def infer_name_columns(rows: Assembled, choices: ImportChoices) -> tuple[str, ...]:
    """Per file the column that names its rows, ``""`` where the rows are to be numbered."""
    wanted = choices.name_column
    if wanted and wanted != NO_LABELS and wanted not in rows.cells.columns:
        raise UnknownName("column", wanted, rows.cells.columns)
    return tuple(
        _name_column(table, column, wanted) for table, column in zip(rows.tables, rows.sequence_columns, strict=True)
    )


def infer_split_column(rows: Assembled, taken: Sequence[str], choices: ImportChoices) -> str:
    """The column whose cells say training and test, or ``""``. An empty cell says nothing.

    Raises:
        UnknownName: the chosen column does not exist.
    """
    if choices.split_column == NO_LABELS:
        return ""
    if choices.split_column:
        if choices.split_column not in rows.cells.columns:
            raise UnknownName("column", choices.split_column, rows.cells.columns)
        return choices.split_column
    for column in rows.cells.columns:
        if column in taken:
            continue
        cells = [value for value in rows.values(column) if not is_missing(value)]
        found = set(cells)
        if split_marked_by(str(column)) and len(found) > 1 and all(marks(value) is not None for value in found):
            return str(column)
        known = sum(map(is_split_value, cells))
        if means_split(str(column)) and known * 2 > len(cells):
            return str(column)  # cells that name no part are counted, and their rows left out
        if 1 < len(found) <= _FEW_PARTS and known == len(cells):
            return str(column)
    return ""


def infer_unclear_split(rows: Assembled, taken: Sequence[str], choices: ImportChoices) -> str:
    """The column that is called a split and holds a few values of which none names a part, such as A and B; or ``""``.

    Nobody but the person can say which of the values tests.
    """
    if choices.split_column or choices.test_file or choices.split_way != "auto":
        return ""
    for column in (str(name) for name in rows.cells.columns):
        values = set(rows.values(column))
        few = 1 < len(values) <= _FEW_PARTS and len(values) * 2 <= len(rows)
        known = any(is_missing(value) or is_split_value(value) for value in values)
        if column not in taken and means_split(column) and few and not known:
            return column
    return ""


def infer_fold_columns(rows: Assembled, taken: Sequence[str]) -> tuple[str, ...]:
    """Columns such as ``fold_num`` that number the folds of a cross-validation; contiguous ones first."""
    found = []
    for column in (str(name) for name in rows.cells.columns):
        values = set(rows.values(column))
        if column in taken or not means_fold(column) or not 1 < len(values) <= 2 * _FEW_PARTS:
            continue
        if all(is_number(value) and float(value).is_integer() for value in values):
            found.append(column)
    return tuple(sorted(found, key=lambda column: "contiguous" not in column.lower()))


def infer_reverse_copies(rows: Assembled) -> str:
    """The column that marks rows as reverse-complement copies of others with a 1, or ``""``."""
    for column in (str(name) for name in rows.cells.columns):
        if means_strand_copy(column):
            values = {value.strip().lower() for value in rows.values(column)}
            if values <= {"0", "1", "0.0", "1.0", "true", "false"} and len(values) > 1:
                return column
    return ""


def infer_group_column(rows: Assembled, choices: ImportChoices) -> str:
    """The column whose values tell related rows, or ``""``. Raises UnknownName for a chosen one that is not there."""
    wanted = choices.group_column
    if wanted == NO_LABELS:
        return ""
    if wanted:
        if wanted not in rows.cells.columns:
            raise UnknownName("column", wanted, rows.cells.columns)
        return wanted
    columns = sorted((str(name) for name in rows.cells.columns), key=lambda column: column != "group")
    for column in columns:
        related = means_group(column) and plain_name(column) not in _CHROMOSOMES
        if related and 1 < len(set(rows.values(column))) < len(rows):
            return column
    return ""


def infer_alphabet(rows: Assembled, choices: ImportChoices, known: str = "") -> tuple[Alphabet, str]:
    """The alphabet, and why that is in doubt (``""`` where it is not).

    DNA or RNA where at least half of the sequences are nine tenths A, C, G, T, U and N, or where no letter is one that
    only proteins have and half of them are A, C, G, T, U and N: R, Y and others are ambiguous letters then. Short
    sequences of A, C, G and T alone may be peptides: alanine, cysteine, glycine and threonine. They are DNA where the
    names of the column or the file say so, or where all are equally long; else a person has to say.

    Args:
        known: the alphabet that the format fixes, ``""`` where the letters decide.
    """
    if choices.alphabet != "auto":
        return alphabet_named(choices.alphabet), ""
    if known:
        return alphabet_named(known), ""
    sequences = rows.sequences
    total = nucleic = thymine = uracil = 0
    pure = True
    for sequence in sequences:
        letters = sequence.encode("latin-1", "replace")
        total += bool(letters)
        if letters and is_nucleic(letters):
            nucleic += 1
            thymine += b"T" in letters or b"t" in letters
            uracil += b"U" in letters or b"u" in letters
        pure = pure and not letters.upper().translate(None, b"ACGT")
    if nucleic * 2 < total or not total:
        return _protein_or_ambiguous(rows)
    if uracil > thymine:
        return RNA, ""
    return DNA, _doubt(rows) if pure else ""


def doubt_of_thymine(rows: Assembled) -> str:
    """What the letters of DNA cannot tell: many tools write RNA with T. Names of columns and files may speak of RNA."""
    said = sorted(_said(rows) & _RNA_WORDS)
    spelled = "RNA that is written with T looks the same"
    return f"the name says {said[0]}, and {spelled}" if said else spelled


def _protein_or_ambiguous(rows: Assembled) -> tuple[Alphabet, str]:
    """Proteins have E, F, I, L, P and Q, a third of all their letters, which stand for nothing in DNA (IUPAC 1984)."""
    letters: Counter[str] = Counter()
    foreign = 0
    for sequence in rows.sequences:
        used = sequence.upper()
        letters.update(used)
        foreign += not _IUPAC.issuperset(used)
    known = sum(letters[letter] for letter in _IUPAC - _GAPS)
    plain = sum(letters[letter] for letter in "ACGTUN")
    if foreign > _MOST_FOREIGN * len(rows) or known < _LEAST_LETTERS or _said(rows) & _PEPTIDE_WORDS:
        return PROTEIN, ""
    if plain * 2 >= known:
        return (RNA if letters["U"] > letters["T"] else DNA), ""
    return DNA, "every letter is one of DNA, of which many stand for several bases, and one of a protein as well"


def _said(rows: Assembled) -> set[str]:
    """The words of the sequence columns and of the files."""
    of_column = {token for column in rows.sequence_columns for token in re.split(r"[^a-z]+", column.lower())}
    return of_column | {token.lower() for table in rows.tables for token in file_tokens(table.file.name)}


def _doubt(rows: Assembled) -> str:
    """Why sequences of A, C, G and T may be peptides all the same."""
    lengths = [len(sequence) for sequence in rows.sequences if sequence]
    mean = sum(lengths) / len(lengths)
    if mean >= _SHORT:
        return ""
    of_column = {token for column in rows.sequence_columns for token in re.split(r"[^a-z]+", column.lower())}
    if of_column & (_NUCLEIC_WORDS - _EITHER_WORDS):
        return ""
    words = _said(rows)
    if words & _PEPTIDE_WORDS:
        said = sorted(words & _PEPTIDE_WORDS)[0]
        return f"the name says {said}, and all letters are A, C, G and T"
    alike = max(lengths.count(length) for length in set(lengths)) >= _ALIKE * len(lengths)
    if alike and (mean >= _EQUAL_DNA or words & _NUCLEIC_WORDS):
        return ""
    if words & (_NUCLEIC_WORDS - _EITHER_WORDS):
        return ""
    return f"short sequences, {mean:.0f} letters on average, and all letters are A, C, G and T"


def is_nucleic(letters: bytes) -> bool:
    """Whether a sequence is nine tenths nucleotides, gaps left aside."""
    bare = letters.translate(None, b"-.")
    return bool(bare) and len(bare.translate(None, _NUCLEOTIDES)) <= (1 - _NUCLEOTIDE_SHARE) * len(bare)


def reads_like_sequences(values: Sequence[str]) -> bool:
    """Whether nearly all of the first cells are runs of letters, not all the same and too long for words."""
    cells = [str(cell).strip() for cell in values[:_LOOKED_AT]]
    letters = [cell for cell in cells if len(cell) >= _SHORTEST_RUN and _LETTERS.fullmatch(cell)]
    return len(letters) >= _ALIKE * max(len(cells), 1) and len(set(letters)) > 1


def _name_column(table: RawTable, sequence_column: str, wanted: str) -> str:
    if wanted == NO_LABELS:
        return ""
    if wanted in table.cells.columns:
        return wanted
    if table.name_column:
        return table.name_column
    best: tuple[int, int, str] | None = None
    for place, column in enumerate(table.cells.columns):
        values = table.cells[column].tolist()
        distinct = len(set(values))
        named, unique = means_name(column), distinct == len(values)
        meant = means_label(column) or means_number(column) or (means_noise(column) and not named)
        meant = meant or (not named and reads_like_sequences(values))
        if column == sequence_column or meant or (distinct < 2 and len(values) > 1):
            continue
        nearly = distinct > _NEARLY * len(values)
        numeric = all(map(is_number, values))
        if named or (unique and not (numeric and any("." in value for value in values))) or (nearly and not numeric):
            rank = (3 if not unique else 0 if named else 2 if numeric else 1, place, str(column))
            best = min(best, rank) if best else rank
    return best[2] if best else ""
