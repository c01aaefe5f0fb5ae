"""What is said about the labels: the task, where they stand, which counts as 1, and which way is better."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import BY_FILE, NO_LABELS
from seqdl_core.data.findings import Finding, column_named, from_header, listed
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels import Labels, label_candidates
from seqdl_core.data.targets import Targets, labels_shown
from seqdl_core.sequences.vocabulary import positive_value

TASKS = {
    "binary": "Two classes",
    "multiclass": "Several classes",
    "multilabel": "Several labels a sequence",
    "regression": "Numbers",
    "residues": "A class for each residue",
    "unlabelled": "No labels",
}


def about_task(rows: Assembled, labels: Labels, targets: Targets) -> Finding:
    """What is to be learned, and how many rows have each label."""
    return Finding(
        "task", "label", _task_sentence(labels, targets), _task_evidence(rows, labels, targets), "task", labels.task,
        tuple(TASKS.items()),
    )  # fmt: skip


def about_labels(rows: Assembled, labels: Labels, taken: Sequence[str]) -> Finding:
    """Where the labels stand, and what spoke for that."""
    why = labels.why[:1].upper() + labels.why[1:]
    if labels.task == "unlabelled":
        sentence, evidence = "No labels are read.", f"{counted(len(rows), 'row')}"
    elif labels.place == NO_LABELS:
        sentence = "No labels: all rows are taken as positives."
        evidence = f"{counted(len(rows), 'row')}, no column tells classes"
    elif labels.place == BY_FILE:
        sentence, evidence = "Each file holds one class.", _classes_of_files(rows, labels)
    elif len(labels.columns) > 1:
        sentence, evidence = f"The labels are the columns {listed(labels.columns)}.", why
    else:
        place = f"{labels.column} in the headers" if from_header(rows) else column_named(labels.column)
        sentence, evidence = f"The label is {place}.", why
    candidates = label_candidates(rows, taken)
    columns = list(dict.fromkeys([*([labels.column] if labels.columns else []), *candidates]))
    options = [(column, column.replace(";", ", ")) for column in columns]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 or labels.place == BY_FILE else []
    options += [(NO_LABELS, "No labels" if labels.task == "unlabelled" else "All are positives")]
    return Finding("label", "sell", sentence, evidence, "label_column", labels.column, tuple(options))


def about_no_labels(rows: Assembled, taken: Sequence[str]) -> Finding:
    """No labels could be found; the person chooses a column."""
    likely = label_candidates(rows, taken)
    columns = [*likely, *(str(c) for c in rows.cells.columns if c not in taken and c not in likely)]
    options = [("", "Choose a column"), *((column, column) for column in columns)]
    options += [(";".join(likely), f"All of {listed(likely)}")] if 1 < len(likely) <= 8 else []
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 else []
    options += [(NO_LABELS, "All are positives")]
    sentence = "It is not clear which column holds the labels."
    return Finding("label", "sell", sentence, f"Columns {listed(columns)}", "label_column", "", tuple(options))


def about_positive(targets: Targets) -> Finding:
    """Which label counts as 1, where the labels are words."""
    negative, positive = targets.label_names
    evidence = f"{negative} counts as 0"
    evidence += "" if targets.sure else "; the names do not tell, so check this"
    options = ((positive, f"{positive} is 1"), (negative, f"{negative} is 1"))
    return Finding(
        "positive", "exposure_plus_1", f"{positive} counts as 1.", evidence, "positive_label", positive, options
    )


def about_direction(targets: Targets) -> Finding:
    """Whether a higher number is better."""
    sentence = {
        "better": "A higher number is better.",
        "worse": "A higher number is worse.",
        "": "Whether a higher number is better is not known.",
    }[targets.direction]
    options = (("auto", "Not known"), ("better", "Higher is better"), ("worse", "Higher is worse"))
    return Finding(
        "direction", "trending_up", sentence, targets.evidence, "direction", targets.direction or "auto", options
    )


def about_groups(rows: Assembled, column: str) -> Finding:
    """Which rows are related."""
    values = rows.values(column)
    evidence = f"{counted(len(set(values)), 'different value')} in {counted(len(values), 'row')}; kept with each row"
    options = [(column, column), (NO_LABELS, "No groups")]
    sentence = f"Related rows share a value of {column_named(column)}."
    return Finding("group", "group_work", sentence, evidence, "group_column", column, tuple(options))


def _task_sentence(labels: Labels, targets: Targets) -> str:
    count = len(targets.names)
    return {
        "binary": "Binary task.",
        "multiclass": f"{len(targets.label_names)} classes: {labels_shown(targets.label_names)}.",
        "multilabel": f"Several labels a sequence: {labels_shown(targets.names)}.",
        "regression": "Regression."
        if count == 1
        else f"Regression with {count} targets: {labels_shown(targets.names)}.",
        "residues": f"A class for each residue: {labels_shown(targets.label_names)}.",
        "unlabelled": "No labels.",
    }[labels.task]


def _task_evidence(rows: Assembled, labels: Labels, targets: Targets) -> str:
    known = ~np.isnan(targets.values)
    if labels.task == "regression" and known.any():
        low, high = float(np.nanmin(targets.values)), float(np.nanmax(targets.values))
        several = int(known.sum()) if len(targets.names) == 1 else len(rows)
        noun = "number" if len(targets.names) == 1 else "row"
        return f"{counted(several, noun)}, {low:.4g} to {high:.4g}"
    if labels.task == "multilabel":
        shares = np.nansum(targets.values, axis=0)
        said = [f"{name} in {counted(int(n), 'row')}" for name, n in zip(targets.names, shares, strict=True)]
        return listed(said)
    if labels.task == "residues":
        letters = Counter("".join(labels.written[0]))
        total = sum(count for letter, count in letters.items() if letter != ".")
        shares = ", ".join(f"{letter} {letters[letter] / max(total, 1):.0%}" for letter in targets.label_names)
        unmeasured = f"; {letters['.']:,} not measured" if letters["."] else ""
        return f"{total:,} residues: {shares}{unmeasured}".replace("%", " %")
    if labels.task == "unlabelled" or labels.place == NO_LABELS:
        return f"{counted(len(rows), 'row')}, no column tells classes"
    return _values(rows, labels)


def _values(rows: Assembled, labels: Labels) -> str:
    counts = Counter(value for value in labels.written[0] if value)
    distinct = sorted(counts, key=lambda value: (-counts[value], value))[:4]
    if not distinct:
        return ""
    if len(counts) == 1:
        return f"Only the value {distinct[0]}, in {counted(len(rows), 'row')}"
    if len(counts) == 2:
        positive, _ = positive_value(distinct)
        distinct.sort(key=lambda value: value != positive)
    shares = ", ".join(f"{value} in {counted(counts[value], 'row')}" for value in distinct)
    if len(counts) > 2:
        return f"{len(counts):,} different values: {shares}"
    return f"Values {' and '.join(distinct)}; {shares}"


def _classes_of_files(rows: Assembled, labels: Labels) -> str:
    by_class: dict[str, list[str]] = {}
    for number, table in enumerate(rows.tables):
        members = rows.table_of == number
        if members.any():
            by_class.setdefault(labels.written[0][int(members.argmax())], []).append(table.file.name)
    return "; ".join(f"{value} in {listed(names)}" for value, names in sorted(by_class.items(), reverse=True))
