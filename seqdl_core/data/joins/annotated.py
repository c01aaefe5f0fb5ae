"""Annotated records (GenBank, EMBL, GFF3 with its sequence): a row a record, or a row a feature.

A feature's row holds its letters in the order of reading: the reverse complement for the other strand, and the
stretches of a compound feature one after the other. Its kind (promoter, CDS) is in the column ``feature``, its name in
``label``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built
from seqdl_core.sequences.alphabets import complements
from seqdl_core.sequences.readers import Feature, NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import means_label

WHOLE_RECORD = "source"
_FEWEST = 2
_LISTED = 4
_DNA = complements()
_RNA = complements(rna=True)
_PARENTS = frozenset(["gene", "operon", "mRNA", "transcript"])


@dataclass(frozen=True)
class _Stretches:
    """One feature with all its stretches, in the order of reading."""

    parts: tuple[Feature, ...]

    @property
    def places(self) -> frozenset[tuple[int, int, int, str]]:
        return frozenset((part.row, part.start, part.end, part.strand) for part in self.parts)


def features_to_rows(table: RawTable, choices: ImportChoices) -> Built:
    """Make a row of each feature, or leave the records whole, as the choices or the features say.

    Without a choice features become rows where at least two kinds have two features each and the records themselves
    carry no label. Features that name the whole record (``source``) are left out, and so are genes and transcripts that
    lie where another feature lies, for one stretch cannot be of two kinds.
    """
    whole = [feature for feature in table.features if feature.kind == WHOLE_RECORD]
    found = list(_together(feature for feature in table.features if feature.kind != WHOLE_RECORD))
    if not found:
        return Built(table)
    kinds = Counter(one.parts[0].kind for one in found)
    several = sum(count >= _FEWEST for count in kinds.values()) >= _FEWEST
    labelled = any(means_label(str(column)) for column in table.cells.columns)
    as_rows = choices.records == "features" or (choices.records == "auto" and several and not labelled)
    finding = _finding(table, kinds, as_rows, several, labelled)
    if not as_rows:
        return Built(table, (finding,))
    kept, shadowed = _one_kind_a_stretch(found)
    notices = _left_out(table, whole, shadowed)
    return Built(_rows(table, kept), (finding,), notices, label_columns=("feature",))


def _together(features: Iterator[Feature]) -> Iterator[_Stretches]:
    """Features with their further stretches, which follow them and are counted by ``part``."""
    held: list[Feature] = []
    for feature in features:
        if held and feature.part == 0:
            yield _Stretches(tuple(held))
            held = []
        held.append(feature)
    if held:
        yield _Stretches(tuple(held))


def _one_kind_a_stretch(found: Sequence[_Stretches]) -> tuple[list[_Stretches], list[_Stretches]]:
    """Leave out genes and transcripts that lie exactly where a feature of another kind lies."""
    others = {one.places for one in found if one.parts[0].kind not in _PARENTS}
    kept = [one for one in found if one.parts[0].kind not in _PARENTS or one.places not in others]
    return kept, [one for one in found if one.parts[0].kind in _PARENTS and one.places in others]


def _left_out(table: RawTable, whole: Sequence[Feature], shadowed: Sequence[_Stretches]) -> tuple[NoticeRecord, ...]:
    notices: list[NoticeRecord] = []
    if whole:
        place = table.where(whole[0].row)
        notices.append(notice(len(whole), "feature", "of a whole record (source), left out.", place))
    if shadowed:
        place = table.where(shadowed[0].parts[0].row)
        rest = "in the very place of a feature of another kind (a gene and its coding sequence), left out."
        notices.append(notice(len(shadowed), "parent feature", rest, place))
    return tuple(notices)


def _finding(table: RawTable, kinds: Counter[str], as_rows: bool, several: bool, labelled: bool) -> Finding:
    named = [f"{kind} {count:,}" for kind, count in kinds.most_common(_LISTED)]
    more = f" and {len(kinds) - _LISTED} more kinds" if len(kinds) > _LISTED else ""
    total = sum(kinds.values())
    records = f"{len(table):,} record" + ("s" if len(table) != 1 else "")
    if as_rows:
        sentence = f"Each of {total:,} features is a row, cut out of {records}."
        reason = "a column of the records can be the label too" if labelled else "the kind of feature can be the label"
    else:
        sentence = f"Each record is a row; its {total:,} features stay with it as tracks."
        reason = "" if several else "fewer than two kinds with two features each"
        reason = "the records have a label of their own" if labelled else reason
    evidence = f"Features: {', '.join(named)}{more}" + (f"; {reason}" if reason else "")
    options = (("features", "A row a feature"), ("whole", "A row a record"))
    return Finding("features", "bookmarks", sentence, evidence, "records", "features" if as_rows else "whole", options)


def _rows(table: RawTable, kept: Sequence[_Stretches]) -> RawTable:
    sequences = table.cells[table.sequence_column].tolist()
    names = (
        table.cells[table.name_column].tolist() if table.name_column else [f"row_{n + 1}" for n in range(len(table))]
    )
    tables = {row: _RNA if _is_rna(str(sequences[row])) else _DNA for row in {one.parts[0].row for one in kept}}
    columns: dict[str, list[str]] = {
        key: [] for key in ("name", "sequence", "feature", "label", "chromosome", "start", "end", "strand")
    }
    lines = []
    for one in kept:
        first = one.parts[0]
        letters = str(sequences[first.row])
        pieces = (letters[part.start : part.end] for part in one.parts)
        turned = (
            piece.translate(tables[first.row])[::-1] if part.strand == "-" else piece
            for piece, part in zip(pieces, one.parts, strict=True)
        )
        values = (
            _title(str(names[first.row]), one),
            "".join(turned),
            first.kind,
            first.name,
            str(names[first.row]),
            str(min(part.start for part in one.parts)),
            str(max(part.end for part in one.parts)),
            first.strand,
        )
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
        lines.append(int(table.lines[first.row]))
    return replace(
        table,
        cells=pd.DataFrame(columns, dtype=str),
        lines=np.array(lines, np.int64),
        sequence_column="sequence",
        name_column="name",
        letters_before=None,
        features=(),
    )


def _is_rna(letters: str) -> bool:
    upper = letters.upper()
    return "U" in upper and "T" not in upper


def _title(record: str, one: _Stretches) -> str:
    """``U49845:687-3158(+) AXL2``, counting from 1; several stretches are separated by commas."""
    stretches = ",".join(f"{part.start + 1}-{part.end}" for part in one.parts)
    strand = f"({one.parts[0].strand})" if one.parts[0].strand != "." else ""
    return f"{record}:{stretches}{strand} {one.parts[0].name}".strip()
