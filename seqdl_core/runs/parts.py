"""Parts: what of a dataset the network, the baselines and the judgement get to see.

Where the training part holds positives only, the network gets new dinucleotide shuffles every epoch. Everything else
needs negatives that stay the same: the baselines learn from the positives and one shuffle of each, and a test part
without negatives of its own is judged against one shuffle of each of its positives. Both are drawn from the run's seed,
so two models trained with the same seed on the same data are judged on the same sequences.

A validation part of the dataset's own is what the network watches its progress on and keeps its best epoch by; nobody
learns from it. Where there is none, the network holds a share of the training part back for that; the baselines have
nothing to choose by such a share, so nothing is held back from them.

A sequence whose only shuffle is itself gets no negative.

Targets are ``(N, T)``: one column for binary data, one a class for several classes (1 in the column of the class), one
a target for labels and numbers, NaN where not measured. Only what a network learns from is normalised; baselines and
the judgement see the unit that was brought.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8

from seqdl_core.data.dataset import Dataset, DatasetInfo, TaskName, label_columns
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet, encode_all
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.tasks import TASKS, Normalisation
from seqdl_core.training.batches import TrainingData
from seqdl_core.training.config import TrainingConfig

_TRAIN, _TEST, _VALIDATION = 2, 3, 4


@dataclass(frozen=True)
class Labelled:
    """Sequences with their names and targets; a shuffle is called like its positive, with ``_shuffled`` behind."""

    ids: tuple[str, ...]
    codes: UInt8[np.ndarray, "N L"]
    targets: Float[np.ndarray, "N T"]
    alphabet: Alphabet
    task: TaskName = "binary"

    @property
    def labels(self) -> Float[np.ndarray, " N"]:
        """The first target; of several classes the number of the class."""
        return self.targets.argmax(1).astype(np.float64) if self.task == "multiclass" else self.targets[:, 0]


def outputs_of(info: DatasetInfo) -> int:
    """T: how many raw scores a network for this data gives."""
    return len(info.label_names) if info.task == "multiclass" else len(info.targets)


def targets_of(table: pd.DataFrame, task: TaskName, outputs: int) -> Float[np.ndarray, "N T"]:
    """The targets of rows with one label column a target, float64."""
    if task == "multiclass":
        return np.asarray(np.eye(outputs)[table["label"].to_numpy(np.intp)])
    return np.asarray(table[list(label_columns(outputs))], np.float64)


def normalisation_of(dataset: Dataset, training: TrainingConfig) -> Normalisation:
    """What is to be done to the targets before training, fitted on the training rows alone."""
    if not TASKS.get(dataset.info.task).normalises:
        return Normalisation()
    kind = "z-score" if training.normalisation == "auto" else training.normalisation
    return Normalisation.fit(_targets(dataset, dataset.rows("train")), kind)


def training_part(dataset: Dataset, normalisation: Normalisation | None = None) -> TrainingData:
    """What :func:`seqdl_core.training.loop.fit` learns from, padded to the longest sequence of the dataset."""
    table = _learned_from(dataset)
    return TrainingData(
        codes=encode_all(table["sequence"].tolist(), dataset.alphabet, dataset.info.length),
        targets=_as_learned(_targets(dataset, table), normalisation),
        alphabet=dataset.alphabet,
        shuffle_negatives=dataset.info.negatives == "shuffle",
    )


def validation_part(dataset: Dataset, seed: int, normalisation: Normalisation | None = None) -> TrainingData | None:
    """The dataset's own validation rows, with fixed shuffles where they have no negatives; None where there are none.

    Raises:
        DataError: when they lack a class, so that nothing can be measured on them.
    """
    if not dataset.has("validation"):
        return None
    part = _held_out(dataset, "validation", dataset.info.length, np.random.default_rng([seed, _VALIDATION]))
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
) -> Labelled:
    """Rows with the columns id, sequence and label as codes; with ``shuffle`` one other shuffle of each as a negative.

    Args:
        task: what the labels mean.
        outputs: T, as :func:`outputs_of` counts them.

    Raises:
        DataError: when a sequence is longer than ``length`` or holds a foreign letter.
    """
    ids = tuple(table["id"].tolist())
    codes = encode_all(table["sequence"].tolist(), alphabet, length)
    targets = targets_of(table, task, outputs)
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


def _held_out(dataset: Dataset, split: str, length: int, rng: np.random.Generator) -> Labelled:
    """The rows of a part that nobody learns from, with shuffles where it has no negatives of its own."""
    rows = dataset.rows(split)
    shuffle = dataset.info.negatives == "shuffle" and bool(rows["label"].all())
    return labelled(
        rows, dataset.alphabet, length, rng, shuffle=shuffle, task=dataset.info.task, outputs=outputs_of(dataset.info)
    )


def _targets(dataset: Dataset, table: pd.DataFrame) -> Float[np.ndarray, "N T"]:
    return targets_of(table, dataset.info.task, outputs_of(dataset.info))


def _as_learned(targets: Float[np.ndarray, "N T"], normalisation: Normalisation | None) -> Float[np.ndarray, "N T"]:
    return (normalisation.apply(targets) if normalisation else targets).astype(np.float32)
