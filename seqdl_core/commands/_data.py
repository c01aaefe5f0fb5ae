"""What commands take as data: a dataset folder as it is, or files that are imported on the way."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from seqdl_core.commands import note, say
from seqdl_core.commands._choices import flag_of
from seqdl_core.config import parse
from seqdl_core.data.dataset import Dataset, DatasetInfo, NoticeRecord, Source
from seqdl_core.data.importing import ImportChoices, inspect, names_of, save, suggested_name, unique_names
from seqdl_core.data.parts.by_letters import shared_by, strand_free
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.alphabets import alphabet_named


def gather_data(files: Sequence[Path], test: Path | None, folder: Path, choices: Mapping[str, str]) -> Dataset:
    """The dataset that is meant: the one in a folder as it is, or a new one in ``folder`` made from files.

    Args:
        choices: what the person corrects about the import; without a word about negatives, ``auto``.

    Raises:
        SeqDLError: when a file cannot be read, or the files do not make a dataset.
    """
    if test is not None and "test_file" in choices:
        raise ConfigError("--test and --test-file both name the test file.", where="train", fix="Give one of them.")
    if len(files) == 1 and files[0].is_dir():
        dataset = Dataset.open(files[0])
        if test is not None:
            return _with_test_file(dataset, test, folder, choices)
        _refuse_choices(files[0], choices)
        return dataset
    everything = [*files, *([test] if test else [])]
    names = names_of(everything)
    wishes = {"negatives": "auto", **choices, **({"test_file": names[-1]} if test else {})}
    found = inspect(everything, parse(ImportChoices, wishes, where="train"), names)
    for problem in found.problems[1:]:
        say(f"Also: {problem}")
    for told in found.notices:
        say(note(told.sentence, told.where))
    return save(found, folder, suggested_name(found))


@dataclasses.dataclass(frozen=True)
class LabelledRows:
    """Rows with the columns id, sequence, label and source; ``need_shuffles`` when all are positives.

    ``info`` says what the labels mean.
    """

    table: pd.DataFrame
    need_shuffles: bool
    sources: tuple[Source, ...]
    notices: tuple[NoticeRecord, ...]
    info: DatasetInfo


def labelled_rows(
    path: Path,
    alphabet: str,
    positive: str,
    *,
    shuffles: bool,
    choices: Mapping[str, str] | None = None,
    task: str = "binary",
    targets: Sequence[str] = (),
) -> LabelledRows:
    """All labelled rows of a file, or the test part of a dataset folder (all its rows where it has no test part).

    Args:
        alphabet: the name of the alphabet that the letters are read in.
        positive: what the label 1 was called in training; a file that uses this word keeps its meaning.
        shuffles: whether positives alone will do, because the model learned to tell positives from their shuffles.
        choices: what the person corrects about the reading of a file.
        task: what the labels must mean.
        targets: what the targets were called in training; columns of a file that bear these names are read.

    Raises:
        SeqDLError: when the data cannot be read, have one class only, or have another task.
    """
    if path.is_dir():
        _refuse_choices(path, choices or {})
        dataset = Dataset.open(path)
        rows = dataset.rows("test") if dataset.has("test") else dataset.table
        told = tuple(one for one in dataset.info.notices if one.part in ("", "test"))
        if dataset.info.task != task and task != "masked":
            raise _another_task(path, dataset.info.task, task)
        need = shuffles and bool(rows["label"].all())
        return LabelledRows(rows, need, dataset.info.sources, told, dataset.info)
    wishes = {"alphabet": alphabet, "lengths": "pad", **(choices or {}), "test_file": path.name}
    task = "unlabelled" if task == "masked" else task
    if task != "binary":
        wishes = {"task": task, **wishes}
    found = inspect([path], parse(ImportChoices, wishes, where=path.name))
    if targets and "label_column" not in wishes and (found.info is None or found.info.targets != tuple(targets)):
        named = inspect([path], parse(ImportChoices, wishes | {"label_column": ";".join(targets)}, where=path.name))
        found = named if named.info is not None else found
    if found.positives_only and shuffles:
        found = inspect([path], parse(ImportChoices, wishes | {"negatives": "shuffle"}))
    elif "positive_label" not in wishes and found.info is not None and _other_way_round(found.info, positive):
        found = inspect([path], parse(ImportChoices, wishes | {"positive_label": positive}))
    if found.problems:
        raise found.problems[0]
    if found.table is None or found.info is None:
        raise DataError("The file holds no labelled sequences.", where=path.name, fix="Give a file with labels.")
    info = found.info
    if info.task != task:
        raise _another_task(path, info.task, task)
    told = tuple(one.model_copy(update={"where": one.where or path.name}) for one in info.notices)
    if info.negatives != "shuffle":
        return LabelledRows(found.table, False, info.sources, told, info)
    say(f"{path.name} holds positives only; they are judged against a dinucleotide shuffle of each.")
    return LabelledRows(found.table[found.table["label"] == 1], True, info.sources, told, info)


def _other_way_round(info: DatasetInfo, positive: str) -> bool:
    """Whether a word that meant 1 in training is read as 0 here, or as one of several classes."""
    names = info.label_names
    return names[:1] == (positive,) or (info.task == "multiclass" and {*positive.split(";")} <= {*names})


def _another_task(path: Path, task: str, wanted: str) -> DataError:
    return DataError(
        f"The labels are read as {task}, and the model learned {wanted}.",
        where=str(path),
        fix=f"Give data with {wanted} labels, or say with --label-column which column holds them.",
    )


def _refuse_choices(folder: Path, choices: Mapping[str, str]) -> None:
    if choices:
        raise ConfigError(
            f"{flag_of(next(iter(choices)))} corrects the reading of files, and this is a data set.",
            where=str(folder),
            fix="Leave the option away, or import the files again with it.",
        )


def _with_test_file(dataset: Dataset, test: Path, folder: Path, choices: Mapping[str, str]) -> Dataset:
    """A new dataset: the training rows of one, and a file in the place of its test part."""
    info = dataset.info
    shuffles = info.negatives == "shuffle"
    positive = info.label_names[1] if info.task == "binary" else ""
    brought = labelled_rows(test, info.alphabet, positive, shuffles=shuffles, choices=choices, task=info.task)
    if (brought.info.targets, brought.info.label_names) != (info.targets, info.label_names) and info.task != "binary":
        raise DataError(
            "The test file has other targets or classes than the data set.",
            where=test.name,
            fix=f"Give a file with {', '.join(info.label_names or info.targets)}.",
        )
    longest = int(brought.table["sequence"].str.len().max())
    if longest > info.length:
        raise DataError(
            f"The test file has sequences of up to {longest} letters, the data set of up to {info.length}.",
            where=test.name,
            fix="Cut them to the same length around the site of interest.",
        )
    training = dataset.table[dataset.table["split"] != "test"]
    kept = [source for source in info.sources if source.name in set(training["source"])]
    names = unique_names([source.name for source in (*kept, *brought.sources)])[len(kept) :]
    renamed = dict(zip([source.name for source in brought.sources], names, strict=True))
    rows = brought.table.assign(
        id=brought.table["id"].where(~brought.table["id"].isin(set(training["id"])), "test " + brought.table["id"]),
        source=brought.table["source"].replace(renamed),
        split="test",
    )
    table = pd.concat([training, rows], ignore_index=True)
    alphabet = alphabet_named(info.alphabet)
    groups = strand_free(table["sequence"].tolist(), alphabet)
    shared = shared_by(groups, table["split"].tolist()).notices(alphabet)
    notices = [one for one in info.notices if one.part != "test"] + [
        one.model_copy(update={"part": "test"}) for one in brought.notices if not _is_about_shuffles(one, brought)
    ]
    brought_along = [one for one in shared if one.part == "test"]
    for told in brought_along:
        say(f"Note: {told.sentence}")
    notices += brought_along
    say(f"The training part of {info.name} and {test.name} make a new data set in {folder}.")
    sources = [source.model_copy(update={"name": renamed[source.name]}) for source in brought.sources]
    described = {"sources": (*kept, *sources), "notices": tuple(notices)}
    features = dataset.features[dataset.features["id"].isin(set(training["id"]))]
    return Dataset.create(folder, table, _described(table, info).model_copy(update=described), features)


def _is_about_shuffles(told: NoticeRecord, brought: LabelledRows) -> bool:
    """The shuffles that the reading added were taken out again; the run draws its own."""
    return brought.need_shuffles and told.part == "test"


def _described(table: pd.DataFrame, info: DatasetInfo) -> DatasetInfo:
    counts = {str(split): int(count) for split, count in table["split"].value_counts().items()}
    positives = {split: int(table.loc[table["split"] == split, "label"].sum()) for split in counts}
    positives = positives if info.task == "binary" else {}
    length = int(table["sequence"].str.len().max())
    return info.model_copy(update={"counts": counts, "positives": positives, **info.of_length(length)})
