"""Which rows train and which test, and whether each part has both classes."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Shaped

from seqdl_core.data.choices import AT_RANDOM, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import SPLITS
from seqdl_core.data.findings import listed
from seqdl_core.data.inference import Assembled
from seqdl_core.errors import DataError, SeqDLError, UnknownName
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.sequences.vocabulary import (
    file_tokens,
    is_missing,
    is_number,
    marks,
    split_marked_by,
    split_of,
    split_of_file,
)


@dataclass(frozen=True, eq=False)
class Parts:
    """``train``, ``validation`` or ``test`` per row, ``""`` for rows that name no part, and what says so.

    Attributes:
        way: ``files``, ``column``, ``folds``, ``all test``, or ``random`` where a test set has still to be drawn.
        column: the column with the parts or the folds.
        folds: the folds that there are, and ``test_folds`` those that test; ``fold_of_row`` counts them from 0.
        ignored: why the column that names parts does not split, ``""`` where it does.
        asked: the values of a column called a split, where none of them was said to test.
    """

    way: str
    of_row: Shaped[np.ndarray, "N"]
    test_files: tuple[str, ...] = ()
    column: str = ""
    folds: tuple[str, ...] = ()
    test_folds: tuple[str, ...] = ()
    fold_of_row: Float64[np.ndarray, "N"] | None = None
    ignored: str = ""
    asked: tuple[str, ...] = ()


def decide_parts(
    rows: Assembled,
    choices: ImportChoices,
    split_column: str,
    fold_columns: Sequence[str] = (),
    unclear_column: str = "",
) -> Parts:
    """Follow the person's choice, then the files' names, a column, folds; ``random`` still has to be drawn.

    Args:
        unclear_column: one that is called a split and whose values name no parts; the person may say which one tests.
    """
    names = [table.file.name for table in rows.tables]
    plain = np.full(len(rows), "train", dtype="<U10")
    if choices.split_way != "auto":
        return _with_folds(rows, Parts("random", plain), fold_columns)
    if choices.test_file not in ("", AT_RANDOM):
        test = _chosen(choices.test_file, names)
        kinds = ["test" if name == test else "train" for name in names]
        return Parts("files" if len(names) > 1 else "all test", np.array(kinds)[rows.table_of], (test,))
    if choices.test_file == "":
        kinds = _kinds_of_files(names)
        if "test" in kinds and "train" in kinds:
            tests = tuple(name for name, kind in zip(names, kinds, strict=True) if kind == "test")
            return _with_folds(rows, Parts("files", np.array(kinds)[rows.table_of], tests), fold_columns)
        if split_column:
            found = _by_column(rows, split_column)
            if not found.ignored or not fold_columns:
                return _with_folds(rows, found, fold_columns)
        if fold_columns and choices.test_folds != AT_RANDOM:
            return _by_fold(rows, fold_columns[0], choices)
        if unclear_column and choices.test_folds not in ("", AT_RANDOM):
            return _by_fold(rows, unclear_column, choices)
        if "validation" in kinds and "train" in kinds:
            return Parts("random", np.array(kinds, "<U10")[rows.table_of])
        if unclear_column:
            values = _folds(rows, unclear_column)[0]
            ignored = f"{unclear_column} holds {listed(values)}, and which of them tests is not said"
            return Parts("random", plain, column=unclear_column, ignored=ignored, asked=values)
    return _with_folds(rows, Parts("random", plain), fold_columns)


def _by_column(rows: Assembled, column: str) -> Parts:
    """Parts from words in a column; FLIP marks the validation rows in a further column."""
    meaning = meanings_of(column, set(rows.values(column)))
    found = np.array([meaning[value] for value in rows.values(column)], dtype="<U10")
    further = next((str(c) for c in rows.cells.columns if str(c).strip().lower() == "validation"), "")
    if further and further != column:
        marked = np.array([value.strip().lower() in ("true", "1", "1.0", "yes") for value in rows.values(further)])
        found[marked & (found == "train")] = "validation"
    parts = set(found.tolist()) - {""}
    if "test" in parts and "train" in parts:
        return Parts("column", found, column=column)
    only = (
        f"says {sorted(parts)[0]} in every row"
        if parts == set(found.tolist()) and len(parts) == 1
        else "names no training rows"
    )
    ignored = "" if "train" in parts else f"{column} {only}, so it does not split"
    kept = found if "train" in parts else np.full(len(found), "train", dtype="<U10")
    return Parts("random", kept, column=column, ignored=ignored)


def meanings_of(column: str, values: Collection[str]) -> dict[str, str]:
    """The part that each different cell of a column names, ``""`` for none.

    Rows with an empty cell train where no cell speaks of training, as where only the test rows are marked; else nobody
    can say what they are for.
    """
    marked = split_marked_by(column)
    if marked:
        parts = {True: marked, False: "test" if marked == "train" else "train", None: ""}
        return {value: parts[marks(value)] for value in values}
    found = {value: split_of(value) for value in values}
    rest = "" if "train" in found.values() else "train"
    return {value: rest if is_missing(value) else part for value, part in found.items()}


def about_cells(rows: Assembled, parts: Parts) -> list[NoticeRecord]:
    """How many cells of the column with the parts are empty, or name none, and what became of their rows."""
    if not parts.column or parts.way == "folds" or parts.asked:
        return []
    values = rows.values(parts.column)
    without = [row for row, value in enumerate(values) if is_missing(value)]
    unknown = [row for row, value in enumerate(values) if not is_missing(value) and not parts.of_row[row]]
    said = (len(without), rows.where(without[0]), str(parts.of_row[without[0]])) if without else (0, "", "")
    words = list(dict.fromkeys(values[row] for row in unknown))
    return cells_said(parts.column, said, (len(unknown), rows.where(unknown[0]) if unknown else "", words))


def cells_said(
    column: str, without: tuple[int, str, str], unknown: tuple[int, str, Sequence[str]]
) -> list[NoticeRecord]:  # fmt: skip
    """Words for rows whose cell names no part.

    Args:
        without: how many cells are empty, where the first one is, and the part of its row, "" for none.
        unknown: how many cells name no part that is known, where the first one is, and the different words.
    """
    found = []
    if without[0] and not split_marked_by(column):
        became = "read as training." if without[2] else "left out of every part."
        found.append(notice(without[0], "row", f"without a part in the column {column}, {became}", without[1]))
    if unknown[0]:
        words = list(dict.fromkeys(word[:30] for word in unknown[2]))
        shown = ", ".join(f"'{word}'" for word in words[:3]) + (", …" if len(words) > 3 else "")
        rest = f"of which the column {column} names no part that is known ({shown}), left out of every part."
        fix = "Write train, validation or test there, or choose another split column."
        found.append(notice(unknown[0], "row", rest, unknown[1], fix=fix))
    return found


def _by_fold(rows: Assembled, column: str, choices: ImportChoices) -> Parts:
    """The chosen folds test, by default the last."""
    folds, fold_of_row = _folds(rows, column)
    wanted = [part.strip() for part in choices.test_folds.split(",") if part.strip()] or [folds[-1]]
    for fold in wanted:
        if fold not in folds:
            raise UnknownName("fold", fold, folds)
    test = np.isin(fold_of_row, [folds.index(fold) for fold in wanted])
    of_row = np.where(test, "test", "train").astype("<U10")
    return Parts("folds", of_row, (), column, folds, tuple(wanted), fold_of_row)


def _with_folds(rows: Assembled, parts: Parts, fold_columns: Sequence[str]) -> Parts:
    """The folds stay with the rows whatever splits them."""
    if not fold_columns:
        return parts
    folds, fold_of_row = _folds(rows, fold_columns[0])
    return replace(parts, folds=folds, fold_of_row=fold_of_row)


def _folds(rows: Assembled, column: str) -> tuple[tuple[str, ...], Float64[np.ndarray, "N"]]:
    values = rows.values(column)
    if all(map(is_number, values)):
        values = [f"{float(value):.12g}" for value in values]
        folds = tuple(sorted(set(values), key=float))
    else:
        folds = tuple(sorted(set(values)))
    place = {fold: float(number) for number, fold in enumerate(folds)}
    return folds, np.array([place[value] for value in values], np.float64)


def check_parts(rows: Assembled, parts: Parts, task: str) -> list[SeqDLError]:
    """Whether a task without classes has rows to train on and rows to test on; without labels one part will do."""
    there = set(parts.of_row.tolist())
    if parts.way == "all test" or {"train", "test"} <= there or task == "unlabelled":
        return []
    missing = "test" if "train" in there else "training"
    drawn = "There are too few different sequences to hold any back as a test set."
    return [
        DataError(
            drawn if missing == "test" else "There are no training rows.",
            where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
            fix="Bring more sequences, or a test file of its own.",
        )
    ]


def check_classes(
    rows: Assembled,
    column: str,
    labels: Float64[np.ndarray, "N"],
    parts: Parts,
    alphabet: Alphabet,
    choices: ImportChoices,
    places: bool = False,
    names: Sequence[str] = (),
) -> tuple[bool, bool, list[SeqDLError]]:
    """Whether shuffles are an answer to training rows that are positives only, whether to make them, what is wrong.

    A shuffled protein is no protein, so shuffles of proteins are made only where the person asks for them.

    Args:
        places: whether the rows are intervals of a genome that is at hand, which can give negatives too.
        names: what the labels 0 and 1 are called; by default 0 and 1.
    """
    names = names or ("0", "1")
    classes = {part: set(labels[parts.of_row == part].tolist()) for part in SPLITS}
    if parts.way == "all test":
        return _check_test_alone(parts.test_files[0], classes["test"], alphabet, choices)
    files = _files_of(rows, parts, "train")
    alone = classes["train"] == {1.0}
    offered = alone and (bool(alphabet.complement) or choices.negatives == "shuffle")
    shuffle = offered and (
        choices.negatives == "shuffle" or (choices.negatives == "auto" and classes["test"] == {0.0, 1.0})
    )
    problems: list[SeqDLError] = []
    if classes["train"] == {0.0}:
        problems.append(
            DataError(
                f"The training rows are all of class {names[0]}, so there are no positives.",
                where=", ".join(files),
                fix="Add a file with positives, or choose another label column (`--label-column`, `--positive-label`).",
            )
        )
    elif len(classes["test"]) == 1 and parts.way != "random" and not alone:
        only = names[int(min(classes["test"]))]
        problems.append(
            DataError(
                f"The test rows are all of class {only}, so nothing can be told apart there.",
                where=_where(rows, parts, "test"),
                fix="Bring a test file with both classes, or choose to draw the test set at random.",
            )
        )
    if len(classes["validation"]) == 1 and not (alone and classes["validation"] == {1.0}):
        only = names[int(min(classes["validation"]))]
        problems.append(
            DataError(
                f"The validation rows are all of class {only}, so nothing can be told apart there.",
                where=_where(rows, parts, "validation"),
                fix="Give both classes to the validation part, or call its rows training; a share is then held back.",
            )
        )
    if parts.way == "random" and len(classes["test"]) < len(classes["train"]):
        scarce = names[int(min(classes["train"] - classes["test"]))]
        problems.insert(
            0,
            DataError(
                f"There are too few different sequences of class {scarce} to hold any back as a test set.",
                where=", ".join(files),
                fix="Bring more sequences, or a test file of its own.",
            ),
        )
    if alone and not shuffle:  # the last one, so that a page can offer to resolve it once the others are
        problems.append(_positives_only(files, column, parts, offered, places))
    return offered, shuffle, problems


def _files_of(rows: Assembled, parts: Parts, part: str) -> list[str]:
    """The files that rows of a part come from."""
    return sorted({rows.tables[number].file.name for number in rows.table_of[parts.of_row == part].tolist()})


def _where(rows: Assembled, parts: Parts, part: str) -> str:
    """The files that a part comes from, and the column that names it where one does."""
    files = ", ".join(_files_of(rows, parts, part))
    return f"{files} (column {parts.column})" if parts.column else files


def _check_test_alone(
    file: str, classes: set[float], alphabet: Alphabet, choices: ImportChoices
) -> tuple[bool, bool, list[SeqDLError]]:
    """The same for a file that is a test set and nothing else."""
    alone = classes == {1.0}
    offered = alone and (bool(alphabet.complement) or choices.negatives == "shuffle")
    shuffle = offered and choices.negatives == "shuffle"
    if len(classes) > 1 or shuffle:
        return offered, shuffle, []
    other = "negatives" if alone else "positives"
    more = ", or choose dinucleotide-shuffled negatives (`--negatives shuffle`)" if offered else ""
    problem = DataError(
        f"The file holds only {'positives' if alone else 'negatives'}; AUROC needs both.",
        where=file,
        fix=f"Add {other} to the file{more}.",
    )
    return offered, False, [problem]


def shuffled_copies(sequences: Sequence[str], alphabet: Alphabet, seed: int) -> list[str]:
    """One other dinucleotide shuffle of each sequence, the same for the same seed; ``""`` where there is none."""
    rng = np.random.default_rng(seed)
    copies = [""] * len(sequences)
    for length in sorted(Counter(map(len, sequences))):
        places = [place for place, sequence in enumerate(sequences) if len(sequence) == length]
        codes = np.stack([alphabet.encode(sequences[place]) for place in places])
        shuffles, differs = other_shuffle(codes, rng)
        for place, row, other in zip(places, shuffles, differs.tolist(), strict=True):
            copies[place] = alphabet.decode(row) if other else ""
    return copies


def _chosen(wanted: str, names: Sequence[str]) -> str:
    for name in names:
        if wanted == name or wanted.replace("\\", "/").rsplit("/", 1)[-1] == name:
            return name
    raise UnknownName("file", wanted, names)


def _kinds_of_files(names: Sequence[str]) -> list[str]:
    """What the names say: words such as train and test, or DeepBind's pair of _AC (training) and _B (test)."""
    kinds = [split_of_file(name)[0] for name in names]
    if not any(kinds):
        tokens = [[token.lower() for token in file_tokens(name)] for name in names]
        ends = [words[-1] if words else "" for words in tokens]
        stems = {tuple(words[:-1]) for words in tokens}
        if sorted(ends) == ["ac", "b"] and len(stems) == 1:
            return ["train" if end == "ac" else "test" for end in ends]
    return [kind or "train" for kind in kinds]


def _positives_only(files: Sequence[str], column: str, parts: Parts, offered: bool, places: bool) -> DataError:
    place = files[0] if len(files) == 1 else f"{len(files)} files"
    shuffles = "Choose dinucleotide-shuffled negatives (`--negatives shuffle`), "
    shuffles += "windows of the genome (`--negatives genome`), or" if places else "or"
    count = len(parts.of_row) if parts.way == "random" else int((parts.of_row == "train").sum())
    rows, verbs = ("The only row", ("is", "has")) if count == 1 else (f"All {count:,} rows", ("are", "have"))
    says = f"{verbs[0]} without a label" if column == NO_LABELS else f"{verbs[1]} {column} = 1"
    return DataError(
        f"The training {'file holds' if len(files) == 1 else 'files hold'} positives only.",
        where=f"{rows} of {place} {says}",
        fix=f"{shuffles if offered else 'Bring labels, or'} add a file of negatives. Where there are no labels at all, "
        "say so (`--task unlabelled`).",
    )
