"""From read tables to rows ready to save, one step after the other: letters, labels, lengths, parts, names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from seqdl_core.data.checks import clean_sequences, fit_lengths, refuse_giants
from seqdl_core.data.choices import AT_RANDOM, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import label_columns
from seqdl_core.data.dataset_info import WITHOUT_NUMBER
from seqdl_core.data.direction import direction_of
from seqdl_core.data.findings import Finding, about_alphabet, about_format, about_names, about_strands
from seqdl_core.data.inference import (
    Assembled,
    assemble,
    doubt_of_thymine,
    infer_alphabet,
    infer_fold_columns,
    infer_group_column,
    infer_name_columns,
    infer_split_column,
    infer_unclear_split,
)
from seqdl_core.data.inspection import (
    DROPPED_COLUMNS,
    first_conflict,
    preview,
    summarise,
)
from seqdl_core.data.interpretation import Interpretation, Roles
from seqdl_core.data.joins.joining import Joined, join
from seqdl_core.data.labels.findings import (
    about_decimal,
    about_direction,
    about_groups,
    about_labels,
    about_many_classes,
    about_no_labels,
    about_one_class,
    about_open_task,
    about_positive,
    about_task,
    asks_whether_positive,
    scarce_classes,
    which_class,
    which_decimal,
)
from seqdl_core.data.labels.labels import Labels, infer_labels
from seqdl_core.data.labels.replicates import with_chosen_mean, with_mean
from seqdl_core.data.labels.scales import telling_apart, unlike_ranges
from seqdl_core.data.labels.spelling import recased, said_limits
from seqdl_core.data.labels.targets import Targets, label_problems, strata, targets_of
from seqdl_core.data.labels.unlabelled import columns_beside, without_question
from seqdl_core.data.left_out import list_changed, list_dropped, without_bad_rows, without_reverse_copies
from seqdl_core.data.parts.by_letters import shared_rows, strand_free
from seqdl_core.data.parts.drawing import draw
from seqdl_core.data.parts.findings import about_split, is_certain_split, which_value_tests
from seqdl_core.data.parts.written import Parts, about_cells, check_classes, check_parts, decide_parts
from seqdl_core.data.rows import (
    cropped_places,
    cut_apart,
    describe,
    features_of,
    repeated_rows,
    rows_of,
    sketch,
    unique_ids,
    with_held_out_negatives,
)
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named
from seqdl_core.sequences.readers import NoticeRecord, RawTable

_PLACES = re.compile(r"\.(?:bed\d*|narrowpeak|broadpeak|gff3?|gtf|vcf|bedgraph|bdg)\b", re.IGNORECASE)
"""Endings of the names of files that give places of a genome."""

CONFLICTS = {
    "binary": "with both labels, all rows kept.",
    "regression": "measured more than once with different values, all rows kept.",
}


def interpret(
    tables: Sequence[RawTable],
    choices: ImportChoices,
    problems: Sequence[SeqDLError],
    folders: Sequence[Path] | None = None,
    *,
    in_batches: bool = False,
) -> Interpretation:
    """Find out what the tables hold. Problems are collected; what was found before a problem stays.

    Args:
        folders: the folders that the path of a genome may lead into; None allows all.
        in_batches: the table is a sample of a file that is read in batches.
    """
    result = Interpretation(choices, problems=list(problems), in_batches=in_batches)
    if not tables:
        return result
    result.findings.append(about_format(tables))
    if any(_PLACES.search(problem.where) for problem in problems) and all(one.layout == "fasta" for one in tables):
        return result  # the genome of intervals that cannot be read is no data
    try:
        joined = join(tables, choices, folders)
        result.findings.extend(joined.findings)
        result.problems.extend(joined.problems)
        result.dropped.extend(joined.dropped)
        told = [*(told for table in tables for told in table.notices), *joined.notices]
        result.notices.extend(_different(told))
        if joined.tables:
            _interpret(assemble(joined.tables, choices), joined, result)
    except SeqDLError as problem:
        problem.where = problem.where or ", ".join(dict.fromkeys(table.file.name for table in tables))
        result.problems.append(problem)
    return result


def _different(notices: Sequence[NoticeRecord]) -> list[NoticeRecord]:
    """Builders may hand on what the reader has told already."""
    return list({(one.what, one.where, one.fix, one.count, one.part): one for one in notices}.values())


def _interpret(rows: Assembled, joined: Joined, result: Interpretation) -> None:
    choices = result.choices
    refuse_giants(rows.sequences, rows.where)
    names = infer_name_columns(rows, choices)
    split = joined.split_column if joined.split_column in rows.cells.columns else ""  # its table may be refused
    split = split or infer_split_column(rows, [name for name in names if name], choices)
    folds = infer_fold_columns(rows, [*names, split])
    if split in folds:
        folds, split = (split, *(column for column in folds if column != split)), ""
    unclear = "" if split or folds else infer_unclear_split(rows, names, choices)
    roles = Roles(names, split, folds, infer_group_column(rows, choices), unclear)
    rows = without_reverse_copies(rows, roles, result)
    result.previews = preview(rows, roles.names, None)

    alphabet, doubt = infer_alphabet(rows, choices, joined.alphabet)
    clean = clean_sequences(rows.sequences, alphabet, choices, rows.where)
    inferred = choices.alphabet == "auto" and not joined.alphabet and not joined.genome
    thymine = doubt_of_thymine(rows) if inferred and alphabet.name == "dna" else ""
    result.findings.append(about_alphabet(clean, alphabet, doubt, thymine))
    if doubt:
        result.problems.append(_which_alphabet(rows, doubt))
    result.problems.extend(clean.problems)
    if not any(clean.sequences) and clean.problems:
        return
    if alphabet.double_stranded:
        found = direction_of(clean.sequences, alphabet)
        directed = found.directed or bool(joined.wild_type)
        directed = directed if choices.strands == "auto" else choices.strands == "given"
        alphabet = alphabet_named(alphabet.name, directed)
        result.findings.append(about_strands(found, directed, mutants=bool(joined.wild_type)))
    result.notices.extend(clean.notices)
    list_changed(rows, clean, roles, result)

    taken = [*roles.taken, *joined.taken]
    labels: Labels | None = None
    try:
        known = without_question(joined.labels, rows, alphabet)
        rows = with_chosen_mean(rows, choices)
        labels = infer_labels(rows, choices, [*taken, *columns_beside(rows.tables)], known)
        if roles.group in labels.columns and not choices.group_column:
            roles = replace(roles, group="")  # a column has one role
        decimal = about_decimal(rows, labels) if labels.task == "regression" else None
        measured = labels.columns if labels.task == "regression" else ()
        rows, labels = with_mean(rows, labels, choices)
        targets = targets_of(rows, labels, choices)
        unlike = unlike_ranges(rows, labels, targets)
        if unlike:
            result.notices.append(unlike)
            roles = replace(roles, group=roles.group or ("" if choices.group_column else telling_apart(rows)))
    except SeqDLError:
        if joined.problems and choices.task == "tracks":
            return  # their bins were refused, and that problem says why
        asked = about_many_classes(rows, choices, labels, taken) or [about_no_labels(rows, taken)]
        result.findings += [about_open_task(choices.task), *asked]
        raise
    if joined.higher_is and choices.direction == "auto" and labels.task == "regression":
        targets = replace(targets, direction=joined.higher_is, evidence="As the format says")
    for column, written in zip(labels.columns, labels.written, strict=False):
        odd = recased(written, rows.values(column)) if labels.task != "residues" else []
        place = rows.where(odd[0]) if odd else ""
        result.note(len(odd), "label", f"of {column} in another case than most rows have, read alike.", place)
    result.findings += _about_labels(rows, labels, targets, taken, choices)
    for column in measured:
        at = said_limits(rows.values(column))
        if at:
            rest = f"of {column} with a limit such as {rows.values(column)[at[0]][:20]}, read as not measured."
            result.note(len(at), "cell", rest, rows.where(at[0]))
    if decimal:
        result.findings.append(decimal)
        result.problems.extend([] if decimal.value else [which_decimal(rows, decimal)])
    result.previews = preview(rows, roles.names, labels)
    if asks_whether_positive(labels, targets):
        result.problems.append(which_class(rows, labels))
        return
    before = len(rows)
    rows, clean, targets, labels = without_bad_rows(rows, clean, targets, labels, roles, result)
    if len(rows) < before:  # what is said of the letters is of the rows that are kept
        anew = about_alphabet(clean, alphabet, doubt, thymine)
        result.findings = [anew if one.key == "alphabet" else one for one in result.findings]
    problems = label_problems(rows, labels, targets, choices)
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
    roles: Roles,
    joined: Joined,
    result: Interpretation,
) -> None:
    """Lengths, parts and names; then the rows as they would be saved."""
    choices = result.choices
    sequences, notices, problems = fit_lengths(letters, alphabet, choices, rows.where)
    result.notices.extend(notices)
    result.problems.extend(problems)
    result.problems.extend(cut_apart(rows, sequences, labels))
    groups = strand_free(sequences, alphabet)
    parts = decide_parts(rows, choices, roles.split, roles.folds, roles.unclear_split)
    result.notices.extend(about_cells(rows, parts))
    if parts.asked and not choices.test_folds and is_certain_split(roles.unclear_split):
        result.problems.append(which_value_tests(rows, roles.unclear_split, parts))
    apart = parts.of_row == ""
    list_dropped(rows, np.flatnonzero(apart).tolist(), "no part of the split", roles, result)
    columns = label_columns(targets.values.shape[1])
    ids, repeated, missing = unique_ids(rows, roles.names)
    table = rows_of(rows, ids, sequences, letters, targets, parts, roles.group, joined.built_files)
    table, notices = cropped_places(table, letters, rows.where)
    result.notices.extend(notices)
    if choices.duplicates == "drop":
        again = repeated_rows(table, columns)
        list_dropped(rows, np.flatnonzero(again).tolist(), "a repeat with the same label", roles, result)
        rest = "left out as repeats of a sequence with the same label."
        result.note(int(again.sum()), "row", rest, rows.where(int(again.argmax())))
        table = table.assign(repeat=again)
    way = kept_words = ""
    if parts.way == "random":
        known = sketch(alphabet, labels, targets)
        drawn = draw(table, strata(labels.task, targets.values), known, choices, in_batches=result.in_batches)
        parts, way, kept_words = replace(parts, of_row=drawn.of_row), drawn.way, drawn.kept
        table["split"] = parts.of_row
        result.notices.extend(drawn.notices)
        list_dropped(
            rows, np.flatnonzero((parts.of_row == "") & ~apart).tolist(), f"left out by the {way} split", roles, result
        )
    result.notices.extend(scarce_classes(labels.task, targets, parts.of_row))
    shuffle = _check(rows, labels, targets, parts, alphabet, joined.cut_from_genome, result)
    kept = np.ones(len(table), bool) if "repeat" not in table.columns else ~table.pop("repeat").to_numpy(bool)
    at = rows.where(missing[0]) if missing else ""
    result.note(len(missing), "row", "without a name, named by their number.", at)
    at = rows.where(repeated[0]) if repeated else ""
    result.note(len(repeated), "name", "that had occurred before, told apart by a number behind.", at)
    kept &= parts.of_row != ""
    table = table[kept].reset_index(drop=True)
    place_of = np.flatnonzero(kept)
    spelled = [group for group, keep in zip(groups, kept.tolist(), strict=True) if keep]
    result.summary = summarise(table, spelled, alphabet)
    if labels.task not in WITHOUT_NUMBER:
        rest = CONFLICTS.get(labels.task, "with different labels, all rows kept.")
        at = rows.where(int(place_of[first_conflict(table)])) if result.summary.conflicting else ""
        result.note(result.summary.conflicting, "sequence", rest, at)
    firsts = [found[:1] for found in shared_rows(spelled, table["split"].tolist())]
    places = ["".join(rows.where(int(place_of[row])) for row in first) for first in firsts]
    result.notices.extend(result.summary.shared.notices(alphabet, places))
    result.findings.append(
        about_split(rows.tables, parts, result.summary.shared, choices, way, kept_words, labels.task)
    )
    used = [*labels.columns, roles.split, *roles.folds, roles.group, *joined.taken]
    result.findings.append(about_names(rows, roles.names, used, len(repeated)))
    if roles.group:
        result.findings.append(about_groups(rows, roles.group))
    if result.problems:
        return
    if shuffle:
        table, notices = with_held_out_negatives(table, alphabet, choices.seed)
        result.notices.extend(notices)
    result.table = table
    result.features, notices = features_of(rows, ids, sequences, letters, set(table["id"]))
    result.notices.extend(notices)
    result.info = describe(table, rows, alphabet, labels, targets, parts, way, joined, result.notices, shuffle)


def _check(
    rows: Assembled,
    labels: Labels,
    targets: Targets,
    parts: Parts,
    alphabet: Alphabet,
    cut: bool,
    result: Interpretation,
) -> bool:
    """Whether every part has what its task needs; whether shuffles serve as negatives."""
    if labels.task != "binary":
        result.problems.extend(check_parts(rows, parts, labels.task))
        return False
    column, values = labels.column, targets.values[:, 0]
    found = check_classes(rows, column, values, parts, alphabet, result.choices, cut, targets.label_names)
    result.positives_only, shuffle, problems = found
    result.problems.extend(problems)
    return shuffle


def _about_labels(
    rows: Assembled, labels: Labels, targets: Targets, taken: Sequence[str], choices: ImportChoices
) -> list[Finding]:
    found = [about_task(rows, labels, targets), about_labels(rows, labels, taken)]
    if labels.task == "binary" and len(labels.distinct) > 1 and targets.label_names != ("0", "1"):
        found.append(about_positive(labels, targets))
    if asks_whether_positive(labels, targets) or labels.distinct == (choices.positive_label,):
        found.append(about_one_class(labels, choices.positive_label))
    if labels.task == "regression":
        found.append(about_direction(targets))
    return found


def _which_alphabet(rows: Assembled, doubt: str) -> DataError:
    return DataError(
        f"These may be DNA or peptides: {doubt}.",
        where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
        fix="Choose the alphabet (`--alphabet dna` or `--alphabet protein`).",
    )


__all__ = ["AT_RANDOM", "DROPPED_COLUMNS", "NO_LABELS", "Interpretation", "interpret"]
