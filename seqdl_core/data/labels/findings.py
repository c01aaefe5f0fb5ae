"""What is said about the labels: the task, where they stand, which counts as 1, and which way is better."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Shaped

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.findings import Finding, column_named, from_header, listed
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.along import STRUCTURE, bins_told, pairs_told, residues_told
from seqdl_core.data.labels.classes import class_of_files, file_classes
from seqdl_core.data.labels.column_kinds import column_kind, several_parts
from seqdl_core.data.labels.labels import Labels, label_candidates
from seqdl_core.data.labels.replicate_names import MEAN, mean_named, replicate_groups
from seqdl_core.data.labels.spelling import german_tables, sign_of
from seqdl_core.data.labels.targets import Targets, labels_shown
from seqdl_core.data.labels.unlabelled import is_variants
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.vocabulary import number, positive_value

TASKS = {
    "binary": "Two classes",
    "multiclass": "Several classes",
    "multilabel": "Several labels a sequence",
    "regression": "Numbers",
    "residues": "A class for each residue",
    "tracks": "Values along each sequence",
    "contacts": "Pairs of positions",
    "unlabelled": "No labels",
}

_MOST_TOGETHER = 50
_FEW_WHOLE = 20
_MOST_ODD = 0.01
_BESIDE = ("aligned", "alignment", "quality", "structure", "genotypes", "info", "qual", "filter")
"""Columns of readers that go along with a sequence or a variant."""


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
        return _about_nothing(rows, taken)
    elif labels.place == NO_LABELS:
        sentence = "No labels: all rows are taken as positives."
        evidence = f"{counted(len(rows), 'row')}, no column tells classes"
    elif labels.place == BY_FILE:
        sentence, evidence = "Each file holds one class.", _classes_of_files(rows, labels)
    elif len(labels.columns) > 1:
        sentence, evidence = f"The labels are the columns {listed(labels.columns)}.", why
    else:
        place = f"{labels.column} in the headers" if from_header(rows) else column_named(labels.column)
        place = f"the {labels.column}" if labels.column.startswith(MEAN) else place
        place = "the structure of each sequence" if labels.column == STRUCTURE else place
        sentence, evidence = f"The label is {place}.", why
    evidence += _one_name(labels)
    candidates = label_candidates(rows, taken, worst=3)
    columns = list(dict.fromkeys([*([labels.column] if labels.columns else []), *candidates]))
    options = [(column, column.replace(";", ", ")) for column in columns]
    options += _together(rows, taken, labels.column)
    options += [one for one in _replicates(rows, taken) if one[0] not in {value for value, _ in options}]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 or labels.place == BY_FILE else []
    options += [(NO_LABELS, "All are positives")]
    return Finding("label", "sell", sentence, evidence, "label_column", labels.column, tuple(options))


def scarce_classes(task: str, targets: Targets, of_row: Shaped[np.ndarray, "N"]) -> list[NoticeRecord]:
    """Classes that one part of the data has no row of, so that they cannot be learned there, or not be judged.

    Args:
        of_row: the part of each row.
    """
    if task == "multiclass":
        has = targets.values[:, :1] == np.arange(len(targets.label_names))
        names = targets.label_names
    elif task == "multilabel":
        has, names = targets.values == 1, targets.names
    else:
        return []
    found = []
    for part, what in (("train", "so nothing can learn"), ("test", "so nothing is said of how well a network knows")):
        missing = [names[place] for place in np.flatnonzero(~has[of_row == part].any(axis=0)).tolist()]
        one = len(missing) == 1
        if missing and (of_row == part).any():
            noun = {"train": "training", "test": "test"}[part]
            rest = f"without a {noun} row ({listed(missing)}), {what} {'it' if one else 'them'}."
            found.append(notice(len(missing), "label", rest, part=part))
    return found


def _one_name(labels: Labels) -> str:
    """That a label such as ``a|b`` is one class and no list of two, where that is so."""
    if labels.task not in ("binary", "multiclass"):
        return ""
    joint = next((value for value in labels.distinct if len(several_parts(value)) > 1), "")
    return f"; {joint} is read as one name, for its parts hardly stand alone" if joint else ""


def _replicates(rows: Assembled, taken: Sequence[str]) -> list[tuple[str, str]]:
    """Replicates as one choice: their mean, or each a target of its own."""
    columns = [str(column) for column in rows.cells.columns if column not in taken]
    groups = replicate_groups([column for column in columns if column_kind(rows, column) == "number"])
    means = [(mean_named(group), f"Mean of {', '.join(group)}") for group in groups]
    return [*means, *((";".join(group), f"Each of {', '.join(group)}") for group in groups)]


def _about_nothing(rows: Assembled, taken: Sequence[str]) -> Finding:
    """Rows without labels; a person may call them positives, or name a column all the same."""
    likely = label_candidates(rows, taken)
    others = [str(c) for c in rows.cells.columns if c not in taken and c not in likely and c not in _BESIDE]
    others = [column for column in others if column_kind(rows, column) not in ("empty", "constant", "text")]
    options = [("", "No labels"), *((column, column) for column in (*likely, *others))]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 else []
    options += [(NO_LABELS, "All are positives")]
    sentence = "No labels: sequences to score with a trained network, or to learn hidden letters from."
    if is_variants(rows.tables):
        sentence = "No labels: each row is one variant, built into its stretch of the reference, to score."
    evidence = f"{counted(len(rows), 'row')}, no column is read as labels"
    return Finding("label", "sell", sentence, evidence, "label_column", "", tuple(options))


def about_open_task(chosen: str) -> Finding:
    """What is to be learned, while no label is found; a person may say that there is nothing to learn."""
    options = (("auto", "As the labels say"), *TASKS.items())
    return Finding("task", "label", "What is to be learned is open.", "No label is chosen", "task", chosen, options)


def about_no_labels(rows: Assembled, taken: Sequence[str]) -> Finding:
    """No labels could be found; the person chooses a column."""
    likely = label_candidates(rows, taken)
    columns = [*likely, *(str(c) for c in rows.cells.columns if c not in taken and c not in likely)]
    options = [("", "Choose a column"), *((column, column) for column in columns)]
    options += _together(rows, taken)
    options += [one for one in _replicates(rows, taken) if one[0] not in {value for value, _ in options}]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 else []
    options += [(NO_LABELS, "All are positives")]
    sentence = "It is not clear which column holds the labels."
    return Finding("label", "sell", sentence, f"Columns {listed(columns)}", "label_column", "", tuple(options))


def _together(rows: Assembled, taken: Sequence[str], chosen: str = "") -> list[tuple[str, str]]:
    """Several columns as one choice: all of numbers, all of two values, or all that may be labels at all."""
    likely = [c for c in label_candidates(rows, taken) if ";" not in c and not c.startswith(MEAN)]
    kinds = {column: column_kind(rows, column) for column in likely}
    sets = [[c for c in likely if kinds[c] == kind] for kind in ("number", "pair")]
    sets = [one for one in sets if len(one) > 1] or [likely if not chosen else []]
    return [
        (";".join(one), f"All of: {'; '.join(one)}")
        for one in sets
        if 1 < len(one) <= _MOST_TOGETHER and ";".join(one) != chosen
    ]


def about_positive(labels: Labels, targets: Targets) -> Finding:
    """Which label counts as 1, where the labels are words or a person made two classes of more."""
    negative, positive = targets.label_names
    evidence = f"{negative} counts as 0"
    evidence += "" if targets.sure else "; the names do not tell, so check this"
    options = [(positive, f"{positive} is 1"), (negative, f"{negative} is 1")]
    if targets.members:
        zeros = targets.members[0]
        evidence = f"As chosen; {labels_shown(zeros)} count{'s' if len(zeros) == 1 else ''} as 0"
        options = [(positive, f"{positive} is 1"), *_one_is_positive(labels.distinct, positive)]
    return Finding(
        "positive", "exposure_plus_1", f"{positive} counts as 1.", evidence, "positive_label", positive, tuple(options)
    )


def _one_is_positive(names: Sequence[str], but: str = "") -> list[tuple[str, str]]:
    """Each class as the one that counts as 1."""
    return [(name, f"{name} is 1") for name in names[:_MOST_TOGETHER] if name != but]


def about_many_classes(
    rows: Assembled, choices: ImportChoices, labels: Labels | None, taken: Sequence[str]
) -> list[Finding]:
    """The question which classes count as 1, where a person chose a binary task and there are more than two.

    Args:
        labels: the labels, None where they could not be told.
    """
    if choices.task != "binary":
        return []
    if labels is not None and labels.columns:
        names, about = labels.distinct, about_labels(rows, labels, taken)
    elif choices.label_column == BY_FILE or (not choices.label_column and file_classes(rows)):
        places = ((BY_FILE, "One file a class"), (NO_LABELS, "All are positives"))
        names = class_of_files(rows).distinct
        about = Finding("label", "sell", "Each file holds one class.", "", "label_column", BY_FILE, places)
    else:
        return []
    if not 2 < len(names) <= _MOST_TOGETHER:
        return []
    most = [";".join(other for other in names if other != name) for name in names]
    options = [("", "Choose what counts as 1"), *_one_is_positive(names)]
    options += [(rest, f"All but {name} are 1") for name, rest in zip(names, most, strict=True)]
    evidence = f"{len(names)} classes: {labels_shown(names)}"
    sentence = "Which classes count as 1 is open."
    return [
        replace(about, evidence=evidence),
        Finding("positive", "exposure_plus_1", sentence, evidence, "positive_label", "", tuple(options)),
    ]


def asks_whether_positive(labels: Labels, targets: Targets) -> bool:
    """Whether all rows have one label that does not say by itself whether it means yes or no."""
    return labels.task == "binary" and len(labels.distinct) == 1 and not targets.sure


def about_one_class(labels: Labels, chosen: str) -> Finding:
    """Whether the only label there is counts as 1, which a person has to say."""
    [only] = labels.distinct
    sentence = f"{only} counts as 1." if chosen else f"{only} is the only label, and may mean yes or no."
    evidence = "As chosen" if chosen else "The word alone does not tell"
    options = (("", "Choose what it means"), (only, f"{only} is 1"))
    return Finding("positive", "exposure_plus_1", sentence, evidence, "positive_label", chosen, options)


def which_class(rows: Assembled, labels: Labels) -> DataError:
    """The problem that what a single label means has to be chosen."""
    [only] = labels.distinct
    return DataError(
        f"All {counted(len(rows), 'row')} have the label {only}, which may be the positives or the negatives.",
        where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
        fix="Say that it counts as 1 (`--positive-label`), add a file with the other class, or choose another label "
        "column (`--label-column`).",
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


def about_decimal(rows: Assembled, labels: Labels) -> Finding | None:
    """What a comma or a point in the numbers is; None where neither is in question. Open: a finding without a value."""
    for column in labels.columns:
        written = rows.values(column)
        german = german_tables(rows)
        sign = sign_of(set(written), rows.decimal, german)
        if sign == "point" and rows.decimal == "point" and sign_of(set(written), "auto", german) == "unclear point":
            options = [("comma", "A point sets off thousands"), ("point", "A point is the decimal sign")]
            sentence = "A point is the decimal sign."
            return Finding("decimal", "decimal_increase", sentence, "As chosen", "decimal", "point", tuple(options))
        mark = "." if sign in ("unclear point", "grouped") else ","
        marked = [value.strip() for value in written if mark in value]
        if sign == "point" or not marked:
            continue
        example = marked[0]
        as_comma = number(example.replace(".", ""), "comma") if mark == "." else number(example, "comma")
        options = [("comma", f"{example} is {as_comma:.12g}")] if as_comma is not None else []
        if mark == ".":
            plain = number(example)
            options += [("point", f"{example} is {plain:.12g}")] if plain is not None else []
        else:
            bare = example.replace(",", "")
            options += [("point", f"{example} is {bare}")] if sign != "comma" or "." in example else []
        options += [("point", "A comma is no decimal sign")] if not any(v == "point" for v, _ in options) else []
        name = {".": "point", ",": "comma"}[mark]
        count = f"{len(marked):,} of {len(written):,} cells of {column_named(column)} hold a {name}"
        open_ = sign.startswith("unclear")
        if open_:
            one, other = (text.removeprefix(f"{example} is ") for _, text in options)
            options = [("", f"Choose what a {name} is"), *options]
            sentence = f"It is open whether {example} is {one} or {other}."
            evidence = f"{count}, each before three figures"
            evidence += "; semicolons separate the columns" if mark == "." else ""
        elif sign == "comma":
            sentence = "A comma is the decimal sign."
            evidence = "As chosen" if rows.decimal == "comma" else f"{count}, and none a point"
        elif sign == "grouped":
            sentence = "A point sets off thousands."
            evidence = "As chosen" if rows.decimal == "comma" else f"{count}, each before three figures"
        else:
            sentence = "A comma sets off thousands."
            evidence = "As chosen" if rows.decimal == "point" else f"{count}, and a point stands behind it"
        value = "" if open_ else "comma" if sign in ("comma", "grouped") else "point"
        return Finding("decimal", "decimal_increase", sentence, evidence, "decimal", value, tuple(options))
    return None


def which_decimal(rows: Assembled, found: Finding) -> DataError:
    """The problem that what a comma or a point is has to be chosen."""
    told = [f"`--decimal {value}` where {text}" for value, text in found.options if value]
    return DataError(
        found.sentence,
        where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
        fix=f"Choose the decimal sign ({', '.join(told)}).",
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
        "tracks": f"Values for every {counted(targets.bin_width, 'letter')}: {labels_shown(targets.names)}.",
        "contacts": "Which positions pair.",
        "unlabelled": "No labels.",
    }[labels.task]


def _task_evidence(rows: Assembled, labels: Labels, targets: Targets) -> str:
    known = ~np.isnan(targets.values)
    if labels.task == "regression" and known.any():
        low, high = float(np.nanmin(targets.values)), float(np.nanmax(targets.values))
        several = int(known.sum()) if len(targets.names) == 1 else len(rows)
        noun = "number" if len(targets.names) == 1 else "row"
        return f"{counted(several, noun)}, {low:.4g} to {high:.4g}{_hedged(rows, targets)}"
    if labels.task == "multilabel":
        shares = np.nansum(targets.values, axis=0)
        said = [f"{name} in {counted(int(n), 'row')}" for name, n in zip(targets.names, shares, strict=True)]
        return listed(said)
    if labels.task == "residues":
        return residues_told(labels.written[0], targets.label_names, structures=labels.columns == (STRUCTURE,))
    if labels.task in ("tracks", "contacts"):
        return bins_told(targets.bins) if targets.bins else pairs_told(labels.written[0])
    if labels.task == "unlabelled" or labels.place == NO_LABELS:
        return f"{counted(len(rows), 'row')}, no column tells classes"
    return _values(rows, labels)


def _hedged(rows: Assembled, targets: Targets) -> str:
    """What to check where numbers may be classes all the same: few whole ones, or 0 and 1 but for a few rows."""
    values = targets.values[:, 0]
    known = values[~np.isnan(values)]
    if targets.values.shape[1] > 1:
        return ""
    distinct, counts = np.unique(known, return_counts=True)
    if 2 < len(distinct) <= _FEW_WHOLE and (distinct % 1 == 0).all():
        shown = ", ".join(f"{value:.4g}" for value in distinct)
        return f"; only {shown}, read as numbers in their order and not as classes, so check this"
    usual = distinct[np.argsort(-counts)[:2]]
    odd = np.flatnonzero(~np.isnan(values) & ~np.isin(values, usual))
    if len(distinct) > 2 and 0 < len(odd) <= _MOST_ODD * len(known):
        first, second = sorted(usual.tolist())
        told = f"all but {len(odd):,} are {first:.4g} or {second:.4g}"
        return f"; {told}, {values[odd[0]]:.4g} in {rows.where(int(odd[0]))}, so check this"
    return ""


def _values(rows: Assembled, labels: Labels) -> str:
    counts = Counter(value for value in labels.written[0] if value)
    distinct = sorted(counts, key=lambda value: (-counts[value], value))[:4]
    if not distinct:
        return ""
    if len(counts) == 1:
        return f"Only the value {distinct[0]}, in {counted(len(rows), 'row')}"
    if len(counts) == 2:
        positive = labels.positive or positive_value(distinct)[0]
        distinct.sort(key=lambda value: value != positive)
    shares = ", ".join(f"{value} in {counted(counts[value], 'row')}" for value in distinct)
    if len(counts) > 2:
        return f"{len(counts):,} different values: {shares}"
    return f"Values {' and '.join(distinct)}; {shares}"


def _classes_of_files(rows: Assembled, labels: Labels) -> str:
    by_class: dict[str, list[str]] = {}
    for place, table in enumerate(rows.tables):
        members = rows.table_of == place
        if members.any():
            by_class.setdefault(labels.written[0][int(members.argmax())], []).append(table.file.name)
    return "; ".join(f"{value} in {listed(names)}" for value, names in sorted(by_class.items(), reverse=True))
