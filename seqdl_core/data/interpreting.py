"""From read tables to rows ready to save, one step after the other: letters, labels, lengths, parts, names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float64

from seqdl_core.data.checks import check_labels, clean_sequences, fit_lengths
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import SPLITS, DatasetInfo, Source
from seqdl_core.data.findings import (
    Finding,
    about_alphabet,
    about_format,
    about_names,
    about_no_task,
    about_positive,
    about_split,
    about_task,
)
from seqdl_core.data.inference import (
    Assembled,
    Labels,
    assemble,
    infer_alphabet,
    infer_labels,
    infer_name_columns,
    infer_split_column,
)
from seqdl_core.data.inspection import FilePreview, Summary, preview, summarise
from seqdl_core.data.parts import check_classes, decide_parts, draw_test_rows, shuffled_copies
from seqdl_core.data.split import strand_free
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice
from seqdl_core.sequences.vocabulary import means_zero, positive_value

SHARED_ROWS = "also found in training, as it stands or as its reverse complement."

_SHUFFLED = "dinucleotide shuffle"
_NO_SHUFFLE = "with no other dinucleotide shuffle, used without a negative."


@dataclass
class Interpretation:
    """What is known so far; the steps below fill it."""

    choices: ImportChoices
    findings: list[Finding] = field(default_factory=list)
    problems: list[SeqDLError] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    positives_only: bool = False
    previews: tuple[FilePreview, ...] = ()
    summary: Summary | None = None
    table: pd.DataFrame | None = None
    info: DatasetInfo | None = None

    def note(self, count: int, noun: str, rest: str, where: str = "", part: str = "") -> None:
        """Record a notice, unless it is about nothing."""
        if count:
            self.notices.append(notice(count, noun, rest, where, part=part))


def interpret(tables: Sequence[RawTable], choices: ImportChoices, problems: Sequence[SeqDLError]) -> Interpretation:
    """Find out what the tables hold. Problems are collected; what was found before a problem stays."""
    result = Interpretation(choices, problems=list(problems))
    if tables:
        try:
            _interpret(assemble(tables, choices), result)
        except SeqDLError as problem:
            result.problems.append(problem)
    return result


def _interpret(rows: Assembled, result: Interpretation) -> None:
    choices = result.choices
    for table in rows.tables:
        result.notices.extend(table.notices)
        if table.file.encoding == "latin-1":
            result.note(1, "file", "not in UTF-8, read as Latin-1; accents in names may be wrong.", table.file.name)
    name_columns = infer_name_columns(rows, choices)
    split_column = infer_split_column(rows, name_columns)
    taken = [column for column in (*name_columns, split_column) if column]
    result.findings.append(about_format(rows.tables))
    result.previews = preview(rows, name_columns, None)

    alphabet = infer_alphabet(rows.sequences, choices)
    clean = clean_sequences(rows.sequences, alphabet, choices, rows.where)
    result.findings.append(about_alphabet(clean, alphabet))
    result.problems.extend(clean.problems)
    result.notices.extend(clean.notices)

    try:
        labels = infer_labels(rows, choices, taken)
    except SeqDLError:
        result.findings.append(about_no_task(rows, taken))
        raise
    result.findings.append(about_task(rows, labels, taken))
    result.previews = preview(rows, name_columns, labels)
    label_problems = check_labels(rows, labels)
    result.problems.extend(label_problems)
    if label_problems:
        return
    targets, label_names = _targets(labels, result)

    sequences, notices, problems = fit_lengths(clean.sequences, alphabet, choices, rows.where)
    result.notices.extend(notices)
    result.problems.extend(problems)
    groups = strand_free(sequences, alphabet)
    parts = decide_parts(rows, choices, split_column)
    kept = np.ones(len(rows), bool)
    if choices.duplicates == "drop":
        kept = ~pd.DataFrame({"s": sequences, "y": targets, "p": parts.of_row}).duplicated().to_numpy(bool)
        result.note(int((~kept).sum()), "row", "left out as repeats of a sequence with the same label.")
    if parts.way == "random":
        parts, drawn = draw_test_rows(parts, groups, targets, choices)
        result.notices.extend([drawn] if drawn.count else [])
    result.positives_only, shuffle, problems = check_classes(rows, labels.column, targets, parts, alphabet, choices)
    result.problems.extend(problems)

    ids, repeated = _ids(rows, name_columns, result)
    sources = np.array([table.file.name for table in rows.tables], dtype=object)[rows.table_of]
    columns = {"id": ids, "sequence": sequences, "label": targets, "split": parts.of_row, "source": sources}
    table = pd.DataFrame(columns)[kept].reset_index(drop=True)
    result.summary = summarise(
        table, [group for group, keep in zip(groups, kept.tolist(), strict=True) if keep], alphabet
    )
    shared = result.summary.shared
    result.note(result.summary.conflicting, "sequence", "with both labels, all rows kept.")
    result.note(shared, "test row", SHARED_ROWS, part="test")
    result.findings.append(about_split(rows.tables, parts, split_column, shared, choices))
    result.findings.append(about_names(rows, name_columns, [labels.column, split_column], repeated))
    if result.problems:
        return
    result.table = _with_held_out_negatives(table, alphabet, result) if shuffle else table
    result.info = _info(rows, result, alphabet, label_names, shuffle)


def _targets(labels: Labels, result: Interpretation) -> tuple[Float64[np.ndarray, "N"], tuple[str, str]]:
    """Labels as 0.0 and 1.0, and what the person calls the two; adds a finding where the labels are not 0 and 1."""
    distinct, chosen = labels.distinct, result.choices.positive_label
    if len(distinct) == 1:
        positive = not means_zero(distinct[0]) if not chosen else distinct[0] == chosen
        return np.full(len(labels.values), float(positive)), ("0", "1")
    positive_name, sure = positive_value(distinct)
    if chosen:
        if chosen not in distinct:
            raise DataError(
                f"There is no label called '{chosen}'.",
                where=labels.column,
                fix=f"Choose one of: {', '.join(distinct)}.",
            )
        positive_name, sure = chosen, True
    negative_name = next(value for value in distinct if value != positive_name)
    if (negative_name, positive_name) != ("0", "1"):
        result.findings.append(about_positive(positive_name, negative_name, sure))
    return np.array([float(value == positive_name) for value in labels.values]), (negative_name, positive_name)


def _ids(rows: Assembled, name_columns: Sequence[str], result: Interpretation) -> tuple[list[str], int]:
    """A name for each row that no other row has, and how many had to be told apart by a number."""
    names: list[str] = []
    missing = 0
    for table, column in zip(rows.tables, name_columns, strict=True):
        written = table.cells[column].tolist() if column else [""] * len(table)
        missing += sum(not name for name in written) if column else 0
        names += [name or f"row_{number}" for number, name in enumerate(written, len(names) + 1)]
    seen: set[str] = set(names)
    used: set[str] = set()
    repeated = 0
    counts: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in used:
            repeated += 1
            count = counts.get(name, 1) + 1
            while f"{name} ({count})" in seen:
                count += 1
            counts[name] = count
            names[number] = f"{name} ({count})"
            seen.add(names[number])
        used.add(name)
    result.note(missing, "row", "without a name, named by their number.")
    result.note(repeated, "name", "that had occurred before, told apart by a number behind.")
    return names, repeated


def _with_held_out_negatives(table: pd.DataFrame, alphabet: Alphabet, result: Interpretation) -> pd.DataFrame:
    """Give test and validation rows that are positives only one fixed shuffle each; training redraws its own."""
    added = []
    for part in ("validation", "test"):
        rows = table[table["split"] == part]
        if len(rows) and rows["label"].min() == 1:
            copies = shuffled_copies(rows["sequence"].tolist(), alphabet, result.choices.seed)
            negatives = rows.assign(id=rows["id"] + "_shuffled", sequence=copies, label=0.0, source=_SHUFFLED)
            negatives = negatives[negatives["sequence"] != ""]
            added.append(negatives)
            rest = f"added to the {part} set as negatives."
            result.note(len(negatives), "dinucleotide shuffle", rest, part=part)
            result.note(len(rows) - len(negatives), f"{part} sequence", _NO_SHUFFLE, part=part)
    training = table.loc[table["split"] == "train", "sequence"].tolist()
    rest = "without negatives; a dinucleotide shuffle of each serves as one and is redrawn every epoch."
    result.note(len(training), "training positive", rest, part="train")
    unchanged = shuffled_copies(training, alphabet, result.choices.seed).count("")
    result.note(unchanged, "training sequence", _NO_SHUFFLE, part="train")
    whole = pd.concat([table, *added], ignore_index=True)
    if whole["id"].duplicated().any():
        taken = whole["id"].duplicated()
        whole.loc[taken, "id"] = [f"{name} ({number})" for number, name in enumerate(whole.loc[taken, "id"], 2)]
    return whole


def _info(
    rows: Assembled, result: Interpretation, alphabet: Alphabet, label_names: tuple[str, str], shuffle: bool
) -> DatasetInfo:
    table = result.table
    assert table is not None
    parts = [part for part in SPLITS if (table["split"] == part).any()]
    return DatasetInfo(
        name="",
        alphabet=alphabet.name,
        task="binary",
        length=int(table["sequence"].str.len().max()),
        label_names=label_names,
        negatives="shuffle" if shuffle else "given",
        counts={part: int((table["split"] == part).sum()) for part in parts},
        positives={part: int(((table["split"] == part) & (table["label"] == 1)).sum()) for part in parts},
        sources=tuple(
            Source(name=t.file.name, sha256=t.file.sha256, bytes=t.file.bytes, rows=len(t)) for t in rows.tables
        ),
        notices=tuple(result.notices),
    )
