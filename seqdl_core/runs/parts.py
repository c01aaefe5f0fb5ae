"""Parts: what of a dataset the network, the baselines and the judgement get to see.

Where the training part holds positives only, the network gets new dinucleotide shuffles every epoch. Everything else
needs negatives that stay the same: the baselines learn from the positives and one shuffle of each, and a test part
without negatives of its own is judged against one shuffle of each of its positives. Both are drawn from the run's seed,
so two models trained with the same seed on the same data are judged on the same sequences.

A validation part of the dataset's own is what the network watches its progress on and keeps its best epoch by; nobody
learns from it. Where there is none, the network holds a share of the training part back for that; the baselines have
nothing to choose by such a share, so nothing is held back from them.

A sequence whose only shuffle is itself gets no negative.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8

from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet, encode_all
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.training.batches import TrainingData

_TRAIN, _TEST, _VALIDATION = 2, 3, 4


@dataclass(frozen=True)
class Labelled:
    """Sequences of both classes with their names; a shuffle is called like its positive, with ``_shuffled`` behind."""

    ids: tuple[str, ...]
    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"]
    alphabet: Alphabet


def training_part(dataset: Dataset) -> TrainingData:
    """What :func:`seqdl_core.training.loop.fit` learns from, padded to the longest sequence of the dataset."""
    table = _learned_from(dataset)
    return TrainingData(
        codes=encode_all(table["sequence"].tolist(), dataset.alphabet, dataset.info.length),
        targets=table["label"].to_numpy(np.float32)[:, None],
        alphabet=dataset.alphabet,
        shuffle_negatives=dataset.info.negatives == "shuffle",
    )


def validation_part(dataset: Dataset, seed: int) -> TrainingData | None:
    """The dataset's own validation rows, with fixed shuffles where they have no negatives; None where there are none.

    Raises:
        DataError: when they lack a class, so that nothing can be measured on them.
    """
    if not dataset.has("validation"):
        return None
    part = _held_out(dataset, "validation", dataset.info.length, np.random.default_rng([seed, _VALIDATION]))
    if len(np.unique(part.labels)) < 2:
        raise DataError(
            f"The validation rows are all of class {part.labels[0]:g}, so nothing can be told apart there.",
            where=dataset.info.name,
            fix="Give both classes to the validation part, or call its rows training; a share is then held back.",
        )
    return TrainingData(part.codes, part.labels.astype(np.float32)[:, None], part.alphabet)


def baseline_part(dataset: Dataset, seed: int) -> Labelled:
    """The same rows as :func:`training_part`, with one fixed shuffle of each where training redraws them."""
    shuffle = dataset.info.negatives == "shuffle"
    rng = np.random.default_rng([seed, _TRAIN])
    return labelled(_learned_from(dataset), dataset.alphabet, dataset.info.length, rng, shuffle=shuffle)


def test_part(dataset: Dataset, length: int, seed: int) -> Labelled:
    """The test rows, padded to ``length``, with fixed shuffles where they have no negatives of their own."""
    return _held_out(dataset, "test", length, np.random.default_rng([seed, _TEST]))


def labelled(
    table: pd.DataFrame, alphabet: Alphabet, length: int, rng: np.random.Generator, *, shuffle: bool
) -> Labelled:
    """Rows with the columns id, sequence and label as codes; with ``shuffle`` one other shuffle of each as a negative.

    Raises:
        DataError: when a sequence is longer than ``length`` or holds a foreign letter.
    """
    ids = tuple(table["id"].tolist())
    codes = encode_all(table["sequence"].tolist(), alphabet, length)
    labels = table["label"].to_numpy(np.float64)
    if not shuffle:
        return Labelled(ids, codes, labels, alphabet)
    negatives, differs = other_shuffle(codes, rng)
    return Labelled(
        ids=(*ids, *(f"{name}_shuffled" for name, other in zip(ids, differs.tolist(), strict=True) if other)),
        codes=np.concatenate([codes, negatives[differs]]),
        labels=np.concatenate([labels, np.zeros(int(differs.sum()))]),
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
    return labelled(rows, dataset.alphabet, length, rng, shuffle=shuffle)
