"""From read tables to rows ready to save, one step after the other: letters, labels, lengths, parts, names."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool

from seqdl_core.data.checks import CleanSequences, clean_sequences, fit_lengths
from seqdl_core.data.choices import AT_RANDOM, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import label_columns
from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.drawing import draw
from seqdl_core.data.findings import Finding, about_alphabet, about_format, about_names
from seqdl_core.data.inference import (
    Assembled,
    assemble,
    infer_alphabet,
    infer_fold_columns,
    infer_group_column,
    infer_name_columns,
    infer_reverse_copies,
    infer_split_column,
)
from seqdl_core.data.inspection import DROPPED_COLUMNS, FilePreview, Summary, preview, summarise
from seqdl_core.data.joining import Joined, join
from seqdl_core.data.label_findings import (
    about_direction,
    about_groups,
    about_labels,
    about_no_labels,
    about_positive,
    about_task,
)
from seqdl_core.data.labels import Labels, infer_labels
from seqdl_core.data.parts import Parts, check_classes, check_parts, decide_parts
from seqdl_core.data.rows import describe, features_of, rows_of, sketch, unique_ids, with_held_out_negatives
from seqdl_core.data.split import strand_free
from seqdl_core.data.split_findings import about_split
from seqdl_core.data.targets import Targets, label_problems, strata, targets_of
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice

SHARED_ROWS = "also found in training, as it stands or as its reverse complement."

CONFLICTS = {
    "binary": "with both labels, all rows kept.",
    "regression": "measured more than once with different values, all rows kept.",
}


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
    dropped: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    changed: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    table: pd.DataFrame | None = None
    info: DatasetInfo | None = None
    features: pd.DataFrame | None = None

    def note(self, count: int, noun: str, rest: str, where: str = "", part: str = "") -> None:
        """Record a notice, unless it is about nothing."""
        if count:
            self.notices.append(notice(count, noun, rest, where, part=part))


def interpret(
    tables: Sequence[RawTable],
    choices: ImportChoices,
    problems: Sequence[SeqDLError],
    folders: Sequence[Path] | None = None,
) -> Interpretation:
    """Find out what the tables hold. Problems are collected; what was found before a problem stays.

    Args:
        folders: the folders that the path of a genome may lead into; None allows all.
    """
    result = Interpretation(choices, problems=list(problems))
    if not tables:
        return result
    result.findings.append(about_format(tables, choices.sheet))
    try:
        joined = join(tables, choices, folders)
        result.findings.extend(joined.findings)
        result.problems.extend(joined.problems)
        told = [*(told for table in tables for told in table.notices), *joined.notices]
        result.notices.extend(_different(told))
        if joined.tables:
            _interpret(assemble(joined.tables, choices), joined, result)
    except SeqDLError as problem:
        result.problems.append(problem)
    return result


def _different(notices: Sequence[NoticeRecord]) -> list[NoticeRecord]:
    """Builders may hand on what the reader has told already."""
    kept: list[NoticeRecord] = []
    for told in notices:
        if told not in kept:
            kept.append(told)
    return kept


@dataclass(frozen=True)
class _Roles:
    """Which column serves what."""

    names: tuple[str, ...]
    split: str
    folds: tuple[str, ...]
    group: str

    @property
    def taken(self) -> list[str]:
        return [column for column in (*self.names, self.split, *self.folds) if column]


def _interpret(rows: Assembled, joined: Joined, result: Interpretation) -> None:
    choices = result.choices
    names = infer_name_columns(rows, choices)
    split = joined.split_column or infer_split_column(rows, [name for name in names if name], choices)
    folds = infer_fold_columns(rows, [*names, split])
    if split in folds:
        folds, split = (split, *(column for column in folds if column != split)), ""
    roles = _Roles(names, split, folds, infer_group_column(rows, choices))
    rows = _without_reverse_copies(rows, roles, result)
    result.previews = preview(rows, roles.names, None)

    alphabet, doubt = infer_alphabet(rows, choices, joined.alphabet)
    clean = clean_sequences(rows.sequences, alphabet, choices, rows.where)
    result.findings.append(about_alphabet(clean, alphabet, doubt))
    if doubt:
        result.problems.append(_which_alphabet(rows, doubt))
    result.problems.extend(clean.problems)
    result.notices.extend(clean.notices)
    _list_changed(rows, clean, roles, result)

    taken = [*roles.taken, *joined.taken]
    try:
        labels = infer_labels(rows, choices, taken, joined.labels)
        targets = targets_of(rows, labels, choices)
    except SeqDLError:
        result.findings.append(about_no_labels(rows, taken))
        raise
    if joined.higher_is and choices.direction == "auto" and labels.task == "regression":
        targets = replace(targets, direction=joined.higher_is, evidence="As the format says")
    result.findings += _about_labels(rows, labels, targets, taken)
    result.previews = preview(rows, roles.names, labels)
    rows, clean, targets, labels = _without_bad_rows(rows, clean, targets, labels, roles, result)
    problems = label_problems(rows, labels, targets)
    result.problems.extend(problems)
    if problems or not len(rows):
        return
    _finish(rows, clean.sequences, alphabet, labels, targets, roles, joined, result)


def _finish(
    rows: Assembled,
    letters: list[str],
    alphabet: Alphabet,
    labels: Labels,
    targets: Targets,
    roles: _Roles,
    joined: Joined,
    result: Interpretation,
) -> None:
    """Lengths, parts and names; then the rows as they would be saved."""
    choices = result.choices
    sequences, notices, problems = fit_lengths(letters, alphabet, choices, rows.where)
    result.notices.extend(notices)
    result.problems.extend(problems)
    groups = strand_free(sequences, alphabet)
    parts = decide_parts(rows, choices, roles.split, roles.folds)
    columns = label_columns(targets.values.shape[1])
    ids, repeated, missing = unique_ids(rows, roles.names)
    table = rows_of(rows, ids, sequences, letters, targets, parts, roles.group, joined.built_files)
    if choices.duplicates == "drop":
        again = table.duplicated(["sequence", *columns, "split", *({"residues"} & set(table.columns))]).to_numpy(bool)
        _list_dropped(rows, np.flatnonzero(again).tolist(), "a repeat with the same label", roles, result)
        result.note(int(again.sum()), "row", "left out as repeats of a sequence with the same label.")
        table = table.assign(repeat=again)
    way = ""
    if parts.way == "random":
        drawn = draw(table, groups, strata(labels.task, targets.values), sketch(alphabet, labels, targets), choices)
        parts, way = replace(parts, of_row=drawn.of_row), drawn.way
        table["split"] = parts.of_row
        result.notices.extend(drawn.notices)
        _list_dropped(rows, np.flatnonzero(parts.of_row == "").tolist(), f"left out by the {way} split", roles, result)
    shuffle = _check(rows, labels, targets, parts, alphabet, result)
    kept = np.ones(len(table), bool) if "repeat" not in table.columns else ~table.pop("repeat").to_numpy(bool)
    result.note(missing, "row", "without a name, named by their number.")
    result.note(repeated, "name", "that had occurred before, told apart by a number behind.")
    kept &= parts.of_row != ""
    table = table[kept].reset_index(drop=True)
    known = [group for group, keep in zip(groups, kept.tolist(), strict=True) if keep]
    result.summary = summarise(table, known, alphabet)
    shared = result.summary.shared
    if labels.task not in ("unlabelled", "residues"):
        rest = CONFLICTS.get(labels.task, "with different labels, all rows kept.")
        result.note(result.summary.conflicting, "sequence", rest)
    result.note(shared, "test row", SHARED_ROWS, part="test")
    result.findings.append(about_split(rows.tables, parts, shared, choices, way))
    used = [*labels.columns, roles.split, *roles.folds, roles.group, *joined.taken]
    result.findings.append(about_names(rows, roles.names, used, repeated))
    if roles.group:
        result.findings.append(about_groups(rows, roles.group))
    if result.problems:
        return
    if shuffle:
        table, notices = with_held_out_negatives(table, alphabet, choices.seed)
        result.notices.extend(notices)
    result.table = table
    result.features = features_of(rows, table["id"].tolist() if kept.all() else ids, sequences, letters)
    result.info = describe(table, rows, alphabet, labels, targets, parts, way, joined, result.notices, shuffle)


def _check(
    rows: Assembled, labels: Labels, targets: Targets, parts: Parts, alphabet: Alphabet, result: Interpretation
) -> bool:
    """Whether every part has what its task needs; whether shuffles serve as negatives."""
    if labels.task != "binary":
        result.problems.extend(check_parts(rows, parts))
        return False
    column, values = labels.column, targets.values[:, 0]
    result.positives_only, shuffle, problems = check_classes(rows, column, values, parts, alphabet, result.choices)
    result.problems.extend(problems)
    return shuffle


def _about_labels(rows: Assembled, labels: Labels, targets: Targets, taken: Sequence[str]) -> list[Finding]:
    found = [about_task(rows, labels, targets), about_labels(rows, labels, taken)]
    if labels.task == "binary" and len(labels.distinct) == 2 and targets.label_names != ("0", "1"):
        found.append(about_positive(targets))
    if labels.task == "regression":
        found.append(about_direction(targets))
    return found


def _without_reverse_copies(rows: Assembled, roles: _Roles, result: Interpretation) -> Assembled:
    """LegNet's tables hold each sequence twice: a copy on the other strand would stand on both sides of a split."""
    column = infer_reverse_copies(rows)
    if not column:
        return rows
    copies = np.array([value.strip().lower() not in ("0", "0.0", "false") for value in rows.values(column)])
    drop = result.choices.reverse_copies == "drop"
    count = int(copies.sum())
    told = f"{count:,} rows are reverse-complement copies of others{', left out' if drop else ''}."
    options = (("drop", "Leave copies out"), ("keep", "Keep copies"))
    evidence = f"The column {column} is not 0 there"
    choice = result.choices.reverse_copies
    result.findings.append(Finding("copies", "swap_horiz", told, evidence, "reverse_copies", choice, options))
    if not drop:
        return rows
    result.note(count, "row", f"left out as reverse-complement copies ({column} is not 0).")
    _list_dropped(rows, np.flatnonzero(copies).tolist(), "a reverse-complement copy", roles, result)
    return rows.kept(~copies)


def _without_bad_rows(
    rows: Assembled, clean: CleanSequences, targets: Targets, labels: Labels, roles: _Roles, result: Interpretation
) -> tuple[Assembled, CleanSequences, Targets, Labels]:
    """Rows without any measurement go by themselves, other bad rows where the person chose so."""
    reasons: dict[int, str] = {}
    if labels.task == "regression":
        reasons = dict.fromkeys(np.flatnonzero(targets.without).tolist(), "no value of any target")
        result.note(len(reasons), "row", "without a value of any target, left out.")
    if result.choices.bad_rows == "drop":
        bad = dict(clean.bad)
        if labels.task != "unlabelled":
            bad |= dict.fromkeys(np.flatnonzero(targets.without).tolist(), "no label")
        bad |= dict(targets.odd)
        bad = {row: reason for row, reason in bad.items() if row not in reasons}
        for reason in dict.fromkeys(reason.split(" in the column")[0] for reason in bad.values()):
            count = sum(one.startswith(reason) for one in bad.values())
            result.note(count, "row", f"left out: {reason}.")
        reasons |= bad
    if not reasons:
        return rows, clean, targets, labels
    for reason in dict.fromkeys(reasons.values()):
        members = [row for row, one in reasons.items() if one == reason]
        _list_dropped(rows, members, reason, roles, result)
    keep = np.ones(len(rows), bool)
    keep[list(reasons)] = False
    if not keep.any():
        raise DataError(
            "No row is left once those without a label are taken out.",
            where=rows.where(0),
            fix="Choose another label column (`--label-column`).",
        )
    return rows.kept(keep), _kept_letters(clean, keep), _kept_targets(targets, keep), _kept_labels(labels, keep)


def _kept_letters(clean: CleanSequences, keep: Bool[np.ndarray, "N"]) -> CleanSequences:
    stays = keep.tolist()
    return replace(clean, sequences=[s for s, kept in zip(clean.sequences, stays, strict=True) if kept], bad={})


def _kept_targets(targets: Targets, keep: Bool[np.ndarray, "N"]) -> Targets:
    places = np.cumsum(keep) - 1
    odd = tuple((int(places[row]), what) for row, what in targets.odd if keep[row])
    return replace(targets, values=targets.values[keep], without=targets.without[keep], odd=odd)


def _kept_labels(labels: Labels, keep: Bool[np.ndarray, "N"]) -> Labels:
    stays = keep.tolist()
    written = tuple(tuple(v for v, kept in zip(column, stays, strict=True) if kept) for column in labels.written)
    return replace(labels, written=written)


def _list_dropped(
    rows: Assembled, members: Sequence[int], reason: str, roles: _Roles, result: Interpretation
) -> None:  # fmt: skip
    for row in members:
        table, at = rows.tables[int(rows.table_of[row])], int(rows.row_of[row])
        name = roles.names[int(rows.table_of[row])]
        shown = str(table.cells[name].iloc[at]) if name else ""
        brought = "\t".join(map(str, table.cells.iloc[at].tolist()))
        result.dropped.append((table.file.name, int(table.lines[at]), shown, reason, brought))


def _list_changed(rows: Assembled, clean: CleanSequences, roles: _Roles, result: Interpretation) -> None:
    for row, what in clean.changed.items():
        table, at = rows.tables[int(rows.table_of[row])], int(rows.row_of[row])
        name = roles.names[int(rows.table_of[row])]
        shown = str(table.cells[name].iloc[at]) if name else ""
        result.changed.append((table.file.name, int(table.lines[at]), shown, what, rows.sequences[row]))


def _which_alphabet(rows: Assembled, doubt: str) -> DataError:
    return DataError(
        f"These may be DNA or peptides: {doubt}.",
        where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
        fix="Choose the alphabet (`--alphabet dna` or `--alphabet protein`).",
    )


__all__ = ["AT_RANDOM", "DROPPED_COLUMNS", "NO_LABELS", "SHARED_ROWS", "Interpretation", "interpret"]
