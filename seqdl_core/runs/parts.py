"""Parts: what of a dataset the network, the baselines and the judgement get to see.

Where the training part holds positives only, the network gets new dinucleotide shuffles every epoch. Everything else
needs negatives that stay the same: the baselines learn from the positives and one shuffle of each, and a test part
without negatives of its own is judged against one shuffle of each of its positives. Both are drawn from the run's seed,
so two models trained with the same seed on the same data are judged on the same sequences.

A validation part of the dataset's own is what the network watches its progress on and keeps its best epoch by; nobody
learns from it. Where there is none, the network holds a share of the training part back for that, and keeps together
there what the data set's split kept together, such as groups, chromosomes or similar sequences; the baselines have
nothing to choose by such a share, so nothing is held back from them.

A sequence whose only shuffle is itself gets no negative.

Targets are ``(N, T)``: one column for binary data, one a class for several classes (1 in the column of the class), one
a target for labels and numbers, NaN where not measured. Of a class at each position they are ``(N, L)`` numbers of the
classes, of tracks ``(N, T, B)`` with NaN in bins beyond a sequence's end, of pairs ``(N, L)`` partners as
:func:`seqdl_core.tasks.contacts.pair_matrix` takes them. Where letters are to be told, the network gets new ones hidden
every time; baselines and the judgement get some that are hidden once. Only what a network learns from is normalised;
baselines and the judgement see the unit that was brought.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8

from seqdl_core.data.dataset import Dataset, DatasetInfo, TaskName, label_columns
from seqdl_core.data.labels.along import partners
from seqdl_core.data.splits import Rows, kept_together
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named, encode_all
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.tasks import TASKS, Normalisation
from seqdl_core.training.batches import TrainingData, hidden_once
from seqdl_core.training.config import TrainingConfig

BY_POSITION = ("residues", "masked")
"""Tasks with a class at each position, whose targets are ``(N, L)``."""

ALONG = (*BY_POSITION, "tracks", "contacts")
"""Tasks whose targets lie along the sequence, so that a row has no label of its own."""

_TRAIN, _TEST, _VALIDATION = 2, 3, 4


@dataclass(frozen=True)
class Labelled:
    """Sequences with their names and targets; a shuffle is called like its positive, with ``_shuffled`` behind."""

    ids: tuple[str, ...]
    codes: UInt8[np.ndarray, "N L"]
    targets: Float[np.ndarray, "N ..."]
    alphabet: Alphabet
    task: TaskName = "binary"

    @property
    def labels(self) -> Float[np.ndarray, " N"]:
        """The first target; of several classes the number of the class; NaN where it is a matter of positions."""
        if self.task in ALONG:
            return np.full(len(self.ids), np.nan)
        return self.targets.argmax(1).astype(np.float64) if self.task == "multiclass" else self.targets[:, 0]


def outputs_of(info: DatasetInfo) -> int:
    """T: how many raw scores a network for this data gives a sequence, or one of its positions."""
    if info.task in ("masked", "unlabelled"):
        return alphabet_named(info.alphabet).size
    return len(info.label_names) if info.task in ("multiclass", "residues") else len(info.targets)


def targets_of(
    table: pd.DataFrame, task: TaskName, outputs: int, *, classes: Sequence[str] = (), length: int = 0, bins: int = 0
) -> Float[np.ndarray, "N ..."]:
    """The targets of rows with one label column a target, float64; of positions ``(N, L)`` float32.

    Args:
        classes: for residues, the letters of the classes in the order of their numbers.
        length: for what lies along the sequence, L.
        bins: for tracks, B.

    Raises:
        DataError: for a residue of another class.
    """
    if task == "masked":
        return np.zeros((len(table), 0), np.float32)
    if task == "residues":
        return _residues(table, classes, length)
    if task == "tracks":
        return _tracks(table, outputs, bins)
    if task == "contacts":
        return _partners(table, length)
    if task == "multiclass":
        return np.asarray(np.eye(outputs)[table["label"].to_numpy(np.intp)])
    return np.asarray(table[list(label_columns(outputs))], np.float64)


def _residues(table: pd.DataFrame, classes: Sequence[str], length: int) -> Float[np.ndarray, "N L"]:
    """The number of each residue's class, NaN where it is not measured (``.``) and beyond the end."""
    written = table["residues"].tolist()
    ends = np.cumsum([len(letters) for letters in written])
    used, which = np.unique(np.frombuffer("".join(written).encode("utf-32-le"), np.uint32), return_inverse=True)
    numbers = {ord(letter): float(number) for number, letter in enumerate(classes)} | {ord("."): np.nan}
    for place, code in enumerate(used.tolist()):
        if code not in numbers:
            row = int(np.searchsorted(ends, int((which == place).argmax()), "right"))
            raise DataError(
                f"'{chr(code)}' is none of the classes that the model tells apart.",
                where=f"residues of {table['id'].iloc[row]}",
                fix=f"It knows {', '.join(classes)}.",
            )
    targets = np.full((len(table), length), np.nan, np.float32)
    inside = np.arange(length) < np.diff(ends, prepend=0)[:, None]
    targets[inside] = np.array([numbers[code] for code in used.tolist()], np.float32)[which]
    return targets


def _tracks(table: pd.DataFrame, tracks: int, bins: int) -> Float[np.ndarray, "N T B"]:
    """The values of each bin, NaN where not measured and beyond the end."""
    targets = np.full((len(table), tracks, bins), np.nan, np.float32)
    for row, values in zip(targets, table["bins"], strict=True):
        own = np.asarray(values, np.float32).reshape(tracks, -1)
        row[:, : own.shape[1]] = own
    return targets


def _partners(table: pd.DataFrame, length: int) -> Float[np.ndarray, "N L"]:
    """The partner of each position, -1 for none, NaN beyond the end.

    Raises:
        DataError: where the brackets of a structure do not match.
    """
    targets = np.full((len(table), length), np.nan, np.float32)
    for number, (row, text) in enumerate(zip(targets, table["structure"].tolist(), strict=True)):
        found = partners(text)
        if found is None:
            raise DataError(
                "The brackets of the structure do not match.",
                where=f"structure of {table['id'].iloc[number]}",
                fix="Correct it, or leave the row out.",
            )
        row[: len(found)] = found
    return targets


def normalisation_of(dataset: Dataset, training: TrainingConfig) -> Normalisation:
    """What is to be done to the targets before training, fitted on the training rows alone."""
    if not TASKS.get(dataset.info.task).normalises:
        return Normalisation()
    kind = "z-score" if training.normalisation == "auto" else training.normalisation
    targets = targets_of(dataset.rows("train"), dataset.info.task, outputs_of(dataset.info))
    return Normalisation.fit(targets, kind)


def training_part(dataset: Dataset, normalisation: Normalisation | None = None) -> TrainingData:
    """What :func:`seqdl_core.training.loop.fit` learns from, padded to the longest sequence of the dataset."""
    table = _learned_from(dataset)
    targets = targets_of(
        table,
        dataset.info.task,
        outputs_of(dataset.info),
        classes=dataset.info.label_names,
        length=dataset.info.length,
        bins=dataset.info.bins,
    )
    return TrainingData(
        codes=encode_all(table["sequence"].tolist(), dataset.alphabet, dataset.info.length),
        targets=_as_learned(targets, normalisation),
        alphabet=dataset.alphabet,
        shuffle_negatives=dataset.info.negatives == "shuffle",
        together=None if dataset.has("validation") else kept_together(Rows(table, dataset.info)),
    )


def validation_part(dataset: Dataset, seed: int, normalisation: Normalisation | None = None) -> TrainingData | None:
    """The dataset's own validation rows, with fixed shuffles where they have no negatives; None where there are none.

    Raises:
        DataError: when they lack a class, so that nothing can be measured on them.
    """
    if not dataset.has("validation"):
        return None
    rng = np.random.default_rng([seed, _VALIDATION])
    part = _held_out(dataset, "validation", dataset.info.length, rng, hide=False)
    if TASKS.get(part.task).by_class and len(np.unique(part.labels)) < 2:
        raise DataError(
            f"The validation rows are all of class {part.labels[0]:g}, so nothing can be told apart there.",
            where=dataset.info.name,
            fix="Give both classes to the validation part, or call its rows training; a share is then held back.",
        )
    return TrainingData(part.codes, _as_learned(part.targets, normalisation), part.alphabet)


def baseline_part(dataset: Dataset, seed: int) -> Labelled:
    """The same rows as :func:`training_part`, with one fixed shuffle of each where training redraws them."""
    shuffle = dataset.info.negatives == "shuffle"
    rng = np.random.default_rng([seed, _TRAIN])
    return labelled(
        _learned_from(dataset),
        dataset.alphabet,
        dataset.info.length,
        rng,
        shuffle=shuffle,
        task=dataset.info.task,
        outputs=outputs_of(dataset.info),
        classes=dataset.info.label_names,
        bins=dataset.info.bins,
    )


def test_part(dataset: Dataset, length: int, seed: int) -> Labelled:
    """The test rows, padded to ``length``, with fixed shuffles where they have no negatives of their own."""
    return _held_out(dataset, "test", length, np.random.default_rng([seed, _TEST]))


def labelled(
    table: pd.DataFrame,
    alphabet: Alphabet,
    length: int,
    rng: np.random.Generator,
    *,
    shuffle: bool,
    task: TaskName = "binary",
    outputs: int = 1,
    classes: Sequence[str] = (),
    bins: int = 0,
    hide: bool = True,
) -> Labelled:
    """Rows with the columns id, sequence and label as codes; with ``shuffle`` one other shuffle of each as a negative.

    Args:
        task: what the labels mean.
        outputs: T, as :func:`outputs_of` counts them.
        classes: for residues, the letters of the classes.
        bins: for tracks, B.
        hide: for masked letters, whether to hide some here, by ``rng``; the training loop hides its own.

    Raises:
        DataError: when a sequence is longer than ``length`` or holds a foreign letter, or a residue a foreign class.
    """
    ids = tuple(table["id"].tolist())
    codes = encode_all(table["sequence"].tolist(), alphabet, length)
    targets = targets_of(table, task, outputs, classes=classes, length=length, bins=bins)
    way = TASKS.get(task).hide if hide else None
    if way:
        codes, targets = hidden_once(way, codes, alphabet, int(rng.integers(2**31)))
    if not shuffle:
        return Labelled(ids, codes, targets, alphabet, task)
    negatives, differs = other_shuffle(codes, rng)
    return Labelled(
        ids=(*ids, *(f"{name}_shuffled" for name, other in zip(ids, differs.tolist(), strict=True) if other)),
        codes=np.concatenate([codes, negatives[differs]]),
        targets=np.concatenate([targets, np.zeros((int(differs.sum()), 1))]),
        alphabet=alphabet,
    )


def _learned_from(dataset: Dataset) -> pd.DataFrame:
    """The training rows; of a set whose negatives are drawn as training goes, the positives alone."""
    rows = dataset.rows("train")
    return rows[rows["label"] == 1] if dataset.info.negatives == "shuffle" else rows


def _held_out(dataset: Dataset, split: str, length: int, rng: np.random.Generator, *, hide: bool = True) -> Labelled:
    """The rows of a part that nobody learns from, with shuffles where it has no negatives of its own."""
    rows = dataset.rows(split)
    shuffle = dataset.info.negatives == "shuffle" and bool(rows["label"].all())
    return labelled(
        rows,
        dataset.alphabet,
        length,
        rng,
        shuffle=shuffle,
        task=dataset.info.task,
        outputs=outputs_of(dataset.info),
        classes=dataset.info.label_names,
        bins=dataset.info.bins,
        hide=hide,
    )


def _as_learned(targets: Float[np.ndarray, "N ..."], normalisation: Normalisation | None) -> Float[np.ndarray, "N ..."]:
    normalised = normalisation.apply(targets) if normalisation and normalisation.kind != "none" else targets
    return normalised.astype(np.float32, copy=False)
