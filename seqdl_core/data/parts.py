"""Which rows train and which test, and whether each part has both classes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Shaped

from seqdl_core.data.choices import AT_RANDOM, NO_LABELS, ImportChoices
from seqdl_core.data.dataset import SPLITS
from seqdl_core.data.inference import Assembled
from seqdl_core.data.split import random_test_rows
from seqdl_core.errors import DataError, SeqDLError, UnknownName
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.sequences.vocabulary import file_tokens, split_of, split_of_file


@dataclass(frozen=True, eq=False)
class Parts:
    """``train``, ``validation`` or ``test`` per row. ``way`` is ``files``, ``column``, ``random`` or ``all test``."""

    way: str
    of_row: Shaped[np.ndarray, "N"]
    test_files: tuple[str, ...] = ()


def decide_parts(rows: Assembled, choices: ImportChoices, split_column: str) -> Parts:
    """Follow the person's choice, then the files' names, then a column; ``random`` still has to be drawn."""
    names = [table.file.name for table in rows.tables]
    if choices.test_file not in ("", AT_RANDOM):
        test = _chosen(choices.test_file, names)
        kinds = ["test" if name == test else "train" for name in names]
        return Parts("files" if len(names) > 1 else "all test", np.array(kinds)[rows.table_of], (test,))
    kinds = _kinds_of_files(names)
    if choices.test_file == "" and "test" in kinds and "train" in kinds:
        tests = tuple(name for name, kind in zip(names, kinds, strict=True) if kind == "test")
        return Parts("files", np.array(kinds)[rows.table_of], tests)
    if choices.test_file == "" and split_column:
        found = [split_of(value) or "train" for value in rows.values(split_column)]
        return Parts("column" if "test" in found else "random", np.array(found))
    return Parts("random", np.full(len(rows), "train", dtype="<U10"))


def draw_test_rows(
    parts: Parts, groups: Sequence[str], labels: Float64[np.ndarray, "N"], choices: ImportChoices
) -> tuple[Parts, NoticeRecord]:
    """Hold back a random share of the training rows, and say what that does not guard against."""
    train = np.flatnonzero(parts.of_row == "train")
    held = random_test_rows([groups[row] for row in train.tolist()], labels[train], choices.test_fraction, choices.seed)
    of_row = parts.of_row.astype("<U10")
    of_row[train[held]] = "test"
    told = notice(
        int(held.sum()),
        "row",
        f"drawn at random (seed {choices.seed}) as the test set. A sequence and its reverse complement stay together; "
        "sequences that are merely similar may fall on both sides and flatter the result.",
        fix="Bring a test file of its own where sequences are related.",
        part="test",
    )
    return replace(parts, of_row=of_row), told


def check_classes(
    rows: Assembled,
    column: str,
    labels: Float64[np.ndarray, "N"],
    parts: Parts,
    alphabet: Alphabet,
    choices: ImportChoices,
) -> tuple[bool, bool, list[SeqDLError]]:
    """Whether shuffles are an answer to training rows that are positives only, whether to make them, what is wrong.

    A shuffled protein is no protein, so shuffles of proteins are made only where the person asks for them.
    """
    classes = {part: set(labels[parts.of_row == part].tolist()) for part in SPLITS}
    if parts.way == "all test":
        return _check_test_alone(parts.test_files[0], classes["test"], alphabet, choices)
    files = sorted({rows.tables[number].file.name for number in rows.table_of[parts.of_row == "train"].tolist()})
    alone = classes["train"] == {1.0}
    offered = alone and (bool(alphabet.complement) or choices.negatives == "shuffle")
    shuffle = offered and (
        choices.negatives == "shuffle" or (choices.negatives == "auto" and classes["test"] == {0.0, 1.0})
    )
    problems: list[SeqDLError] = []
    if alone and not shuffle:
        problems.append(_positives_only(files, column, parts, offered))
    elif classes["train"] == {0.0}:
        problems.append(
            DataError(
                "The training rows are all of class 0, so there are no positives.",
                where=", ".join(files),
                fix="Add a file with positives, or choose another label column (`--label-column`, `--positive-label`).",
            )
        )
    elif len(classes["test"]) == 1 and parts.way != "random" and not shuffle:
        problems.append(
            DataError(
                f"The test rows are all of class {min(classes['test']):g}, so nothing can be told apart there.",
                where=", ".join(parts.test_files),
                fix="Bring a test file with both classes, or choose to draw the test set at random.",
            )
        )
    if len(classes["validation"]) == 1 and not (shuffle and classes["validation"] == {1.0}):
        only = min(classes["validation"])
        problems.append(
            DataError(
                f"The validation rows are all of class {only:g}, so nothing can be told apart there.",
                where=", ".join(table.file.name for table in rows.tables),
                fix="Give both classes to the validation part, or call its rows training; a share is then held back.",
            )
        )
    if parts.way == "random" and len(classes["test"]) < len(classes["train"]):
        scarce = min(classes["train"] - classes["test"])
        problems.insert(
            0,
            DataError(
                f"There are too few different sequences of class {scarce:g} to hold any back as a test set.",
                where=", ".join(files),
                fix="Bring more sequences, or a test file of its own.",
            ),
        )
    return offered, shuffle, problems


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


def _positives_only(files: Sequence[str], column: str, parts: Parts, offered: bool) -> DataError:
    place = files[0] if len(files) == 1 else f"{len(files)} files"
    shuffles = "Choose dinucleotide-shuffled negatives (`--negatives shuffle`), or"
    says = "are without a label" if column == NO_LABELS else f"have {column} = 1"
    count = len(parts.of_row) if parts.way == "random" else int((parts.of_row == "train").sum())
    return DataError(
        f"The training {'file holds' if len(files) == 1 else 'files hold'} positives only.",
        where=f"All {count:,} rows of {place} {says}",
        fix=f"{shuffles if offered else 'Bring labels, or'} add a file of negatives.",
    )
