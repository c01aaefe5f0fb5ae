"""What commands take as data: a dataset folder as it is, or files that are imported on the way."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from seqdl_core.commands import say
from seqdl_core.config import parse
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.importing import ImportChoices, inspect, names_of, save, suggested_name
from seqdl_core.data.split import shared_with_test, strand_free
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import alphabet_named


def gather_data(files: Sequence[Path], test: Path | None, folder: Path, negatives: str) -> Dataset:
    """The dataset that is meant: the one in a folder as it is, or a new one in ``folder`` made from files.

    Raises:
        SeqDLError: when a file cannot be read, or the files do not make a dataset.
    """
    if len(files) == 1 and files[0].is_dir():
        dataset = Dataset.open(files[0])
        return dataset if test is None else _with_test_file(dataset, test, folder)
    everything = [*files, *([test] if test else [])]
    names = names_of(everything)
    choices = {"negatives": negatives, "test_file": names[-1] if test else ""}
    found = inspect(everything, parse(ImportChoices, choices), names)
    for notice in found.notices:
        say(f"Note: {notice.sentence}")
    return save(found, folder, suggested_name(found))


@dataclasses.dataclass(frozen=True)
class LabelledRows:
    """Rows with the columns id, sequence, label and source; ``need_shuffles`` when all are positives."""

    table: pd.DataFrame
    need_shuffles: bool


def labelled_rows(path: Path, alphabet: str, positive: str, *, shuffles: bool) -> LabelledRows:
    """All labelled rows of a file, or the test part of a dataset folder (all its rows where it has no test part).

    Args:
        alphabet: the name of the alphabet that the letters are read in.
        positive: what the label 1 was called in training; a file that uses this word keeps its meaning.
        shuffles: whether positives alone will do, because the model learned to tell positives from their shuffles.

    Raises:
        SeqDLError: when the data cannot be read, or have one class only.
    """
    if path.is_dir():
        dataset = Dataset.open(path)
        rows = dataset.rows("test") if dataset.has("test") else dataset.table
        return LabelledRows(rows, shuffles and bool(rows["label"].all()))
    choices = {"alphabet": alphabet, "lengths": "pad", "test_file": "none"}
    found = inspect([path], parse(ImportChoices, choices))
    if found.positives_only and shuffles:
        found = inspect([path], parse(ImportChoices, choices | {"negatives": "shuffle"}))
    elif found.info is not None and found.info.label_names[0] == positive:
        found = inspect([path], parse(ImportChoices, choices | {"positive_label": positive}))
    if found.problems:
        raise found.problems[0]
    if found.table is None or found.info is None:
        raise DataError("The file holds no labelled sequences.", where=path.name, fix="Give a file with labels.")
    if found.info.negatives != "shuffle":
        return LabelledRows(found.table, False)
    say(f"{path.name} holds positives only; they are judged against a dinucleotide shuffle of each.")
    return LabelledRows(found.table[found.table["label"] == 1], True)


def _with_test_file(dataset: Dataset, test: Path, folder: Path) -> Dataset:
    """A new dataset: the training rows of one, and a file in the place of its test part."""
    info = dataset.info
    brought = labelled_rows(test, info.alphabet, info.label_names[1], shuffles=info.negatives == "shuffle").table
    longest = int(brought["sequence"].str.len().max())
    if longest > info.length:
        raise DataError(
            f"The test file has sequences of up to {longest} letters, the data set of up to {info.length}.",
            where=test.name,
            fix="Cut them to the same length around the site of interest.",
        )
    training = dataset.table[dataset.table["split"] != "test"]
    renamed = brought["id"].where(~brought["id"].isin(set(training["id"])), "test " + brought["id"])
    table = pd.concat([training, brought.assign(id=renamed, split="test")], ignore_index=True)
    groups = strand_free(table["sequence"].tolist(), alphabet_named(info.alphabet))
    shared = shared_with_test(groups, (table["split"] == "test").to_numpy(bool))
    if shared:
        say(f"Note: {shared:,} test rows are also found in training, as they stand or as their reverse complement.")
    say(f"The training part of {info.name} and {test.name} make a new data set in {folder}.")
    return Dataset.create(folder, table, _described(table, info))


def _described(table: pd.DataFrame, info: DatasetInfo) -> DatasetInfo:
    counts = {str(split): int(count) for split, count in table["split"].value_counts().items()}
    positives = {split: int(table.loc[table["split"] == split, "label"].sum()) for split in counts}
    length = int(table["sequence"].str.len().max())
    return info.model_copy(update={"counts": counts, "positives": positives, "length": length})
