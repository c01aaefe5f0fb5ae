"""What an import found: findings, problems, notices, first rows and counts. Plain values that a page can keep."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float64

from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.findings import Finding, short_names
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.labels import Labels
from seqdl_core.data.parts.by_letters import Shared, shared_by
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord

DROPPED_COLUMNS = ("file", "line", "name", "reason", "brought")

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
    """Counts over all rows. ``duplicates`` repeat an earlier sequence; ``conflicting`` sequences have unlike labels.

    ``shared`` rows are in two parts, as they are or as their reverse complement. ``gc`` is the mean
    share of G and C, ``gc_test_negatives`` and ``gc_test_positives`` that of the test set's classes; None where that
    does not apply.
    """

    rows: int
    duplicates: int
    conflicting: int
    shared: Shared
    gc: float | None
    gc_test_negatives: float | None
    gc_test_positives: float | None


@dataclass(frozen=True, eq=False)
class Inspection:
    """What is in the files, and what stands in the way of saving them.

    Attributes:
        files: how many were brought; ``bytes`` as they lie on disk.
        problems: what blocks saving; empty where the data set can be saved.
        notices: what was changed, left out or assumed.
        positives_only: the training rows are all positives; the person chooses where negatives come from.
        tables: the first rows of each file that could be read.
        dropped: the rows that were left out: file, line, name, reason, and the row as it was brought.
        changed: the rows whose letters were changed (not only from lower case): file, line, name, what was done, and
            the sequence as it was brought.
        unlisted: how many more rows were left out, and changed, than are listed here.
        table: the rows as they would be saved; None while problems stand in the way, and where they are not at hand.
        features: annotated stretches of the rows, with dataset.FEATURE_COLUMNS; None where there are none.
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
    dropped: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DROPPED_COLUMNS)))
    changed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DROPPED_COLUMNS)))
    unlisted: tuple[int, int] = (0, 0)
    table: pd.DataFrame | None = None
    info: DatasetInfo | None = None
    features: pd.DataFrame | None = None

    @property
    def in_batches(self) -> bool:
        """Whether a part of a large file was looked at, in whose way nothing stands: its rows are read to save them."""
        return self.table is None and self.info is None and bool(self.tables) and not self.problems

    @property
    def ready(self) -> bool:
        """Whether a data set can be made."""
        return not self.problems and (self.info is not None or self.in_batches)


def preview(rows: Assembled, name_columns: Sequence[str], labels: Labels | None) -> tuple[FilePreview, ...]:
    """The first rows of each file, as written there."""
    previews = []
    values_of_row = labels.values if labels else None
    short = short_names([table.file.name for table in rows.tables])
    for number, table in enumerate(rows.tables):
        members = np.flatnonzero(rows.table_of == number)
        shown = members[:_PREVIEWED].tolist()
        sequences = [rows.sequences[row] for row in shown]
        column = name_columns[number]
        names = [str(table.cells[column].iloc[int(rows.row_of[row])]) for row in shown] if column else [""] * len(shown)
        values = [values_of_row[row] for row in shown] if values_of_row else [""] * len(shown)
        head = pd.DataFrame({"id": names, "sequence": sequences, "label": values}, dtype=str)
        head["gc"] = gc_share(sequences)
        title = labels.column if labels and labels.column not in (BY_FILE, NO_LABELS) else ""
        titles = (column, rows.sequence_columns[number], title)
        previews.append(FilePreview(table.file.name, short[number], len(members), titles, head))
    return tuple(previews)


def summarise(table: pd.DataFrame, groups: Sequence[str], alphabet: Alphabet) -> Summary:
    """Count what a person should know before training. ``groups`` are the sequences whichever strand they are on."""
    distinct = _distinct(table)
    is_test = (table["split"] == "test").to_numpy(bool)
    of_class = [table.loc[is_test & (table["label"] == label), "sequence"].tolist() for label in (0, 1)]
    told = alphabet.complement and bool(table["label"].isin((0, 1)).all())
    return Summary(
        rows=len(table),
        duplicates=int(table["sequence"].duplicated().sum()),
        conflicting=int(distinct["sequence"].duplicated().sum()),
        shared=shared_by(groups, table["split"].tolist()),
        gc=_mean(gc_share(table["sequence"].tolist())) if alphabet.complement else None,
        gc_test_negatives=_mean(gc_share(of_class[0])) if told else None,
        gc_test_positives=_mean(gc_share(of_class[1])) if told else None,
    )


def first_conflict(table: pd.DataFrame) -> int:
    """The first row whose sequence stood before with another label; there must be one."""
    distinct = _distinct(table)
    return int(distinct.index[distinct["sequence"].duplicated()][0])


def _distinct(table: pd.DataFrame) -> pd.DataFrame:
    """The rows without repeats of a sequence with the same labels."""
    targets = ["label", *(column for column in table.columns if column.startswith("label_"))]
    return table.drop_duplicates(["sequence", *targets, *(["residues"] if "residues" in table.columns else [])])


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
