"""What an import found: findings, problems, notices, first rows and counts. Plain values that a page can keep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64

from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.findings import Finding, short_name
from seqdl_core.data.inference import Assembled, Labels
from seqdl_core.data.split import shared_with_test
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord

_PREVIEWED = 20


@dataclass(frozen=True, eq=False)
class FilePreview:
    """The first rows of one file. ``head`` has the columns id, sequence, label (as written) and gc (0 to 1 or NaN).

    ``titles`` are the names that the file itself uses for id, sequence and label; ``""`` where it has none.
    """

    name: str
    short: str
    rows: int
    titles: tuple[str, str, str]
    head: pd.DataFrame


@dataclass(frozen=True)
class Summary:
    """Counts over all rows. ``duplicates`` repeat an earlier sequence; ``conflicting`` sequences have both labels.

    ``shared`` test rows are also outside the test set, as they are or as their reverse complement. ``gc`` is the mean
    share of G and C, ``gc_test_negatives`` that of the test set's negatives; None where that does not apply.
    """

    rows: int
    duplicates: int
    conflicting: int
    shared: int
    gc: float | None
    gc_test_negatives: float | None


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is in the files, and what stands in the way of saving them.

    Attributes:
        files: how many were brought; ``bytes`` as they lie on disk.
        problems: what blocks saving; empty where the data set can be saved.
        notices: what was changed, left out or assumed.
        positives_only: the training rows are all positives; the person chooses where negatives come from.
        tables: the first rows of each file that could be read.
        table: the rows as they would be saved; None while problems stand in the way.
        info: the data set's description, without a name; None while problems stand in the way.
    """

    files: int
    bytes: int
    seconds: float
    choices: ImportChoices
    findings: tuple[Finding, ...] = ()
    problems: tuple[SeqDLError, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    positives_only: bool = False
    tables: tuple[FilePreview, ...] = ()
    summary: Summary | None = None
    table: pd.DataFrame | None = None
    info: DatasetInfo | None = None


def preview(rows: Assembled, name_columns: Sequence[str], labels: Labels | None) -> tuple[FilePreview, ...]:
    """The first rows of each file, as written there."""
    previews = []
    start = 0
    for number, table in enumerate(rows.tables):
        shown = min(len(table), _PREVIEWED)
        sequences = rows.sequences[start : start + shown]
        column = name_columns[number]
        names = table.cells[column].tolist()[:shown] if column else [""] * shown
        values = list(labels.values[start : start + shown]) if labels else [""] * shown
        head = pd.DataFrame({"id": names, "sequence": sequences, "label": values}, dtype=str)
        head["gc"] = gc_share(sequences)
        title = labels.column if labels and labels.column not in (BY_FILE, NO_LABELS) else ""
        titles = (column, rows.sequence_columns[number], title)
        previews.append(FilePreview(table.file.name, short_name(table.file.name), len(table), titles, head))
        start += len(table)
    return tuple(previews)


def summarise(table: pd.DataFrame, groups: Sequence[str], alphabet: Alphabet) -> Summary:
    """Count what a person should know before training. ``groups`` are the sequences whichever strand they are on."""
    distinct = table.drop_duplicates(["sequence", "label"])
    is_test = (table["split"] == "test").to_numpy(bool)
    negatives = table.loc[is_test & (table["label"] == 0), "sequence"].tolist()
    return Summary(
        rows=len(table),
        duplicates=int(table["sequence"].duplicated().sum()),
        conflicting=int(distinct["sequence"].duplicated().sum()),
        shared=shared_with_test(groups, is_test),
        gc=_mean(gc_share(table["sequence"].tolist())) if alphabet.complement else None,
        gc_test_negatives=_mean(gc_share(negatives)) if alphabet.complement else None,
    )


def gc_share(sequences: Sequence[str]) -> Float64[np.ndarray, "N"]:
    """G and C among the known nucleotides of each sequence; NaN where there is none."""
    strong, all_known = [], []
    for sequence in sequences:
        letters = sequence.upper()
        gc = letters.count("G") + letters.count("C")
        strong.append(gc)
        all_known.append(gc + letters.count("A") + letters.count("T") + letters.count("U"))
    known = np.array(all_known, np.float64)
    shares = np.full(len(known), np.nan)
    np.divide(np.array(strong, np.float64), known, out=shares, where=known > 0)
    return shares


def _mean(values: Float64[np.ndarray, "N"]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
