"""Parts: what of a dataset the network, the baselines and the judgement get to see.

Where the training part holds positives only, the network gets new dinucleotide shuffles every epoch. Everything else
needs negatives that stay the same: the baselines learn from the positives and one shuffle of each, and a test part
without negatives of its own is judged against one shuffle of each of its positives. Both are drawn from the run's seed,
so two models trained with the same seed on the same data are judged on the same sequences.

The baselines see the whole training part. The network holds a share of it back to watch its progress and keep its best
epoch; the baselines have nothing to choose by such a share, so nothing is held back from them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8

from seqdl_core.data.dataset import Dataset
from seqdl_core.sequences.alphabets import Alphabet, encode_all
from seqdl_core.sequences.shuffles import dinucleotide_shuffle
from seqdl_core.training.batches import TrainingData

_TRAIN, _TEST = 2, 3


@dataclass(frozen=True)
class Labelled:
    """Sequences of both classes with their names; a shuffle is called like its positive, with ``_shuffled`` behind."""

    ids: tuple[str, ...]
    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"]
    alphabet: Alphabet


def training_part(dataset: Dataset) -> TrainingData:
    """What :func:`seqdl_core.training.loop.fit` gets, padded to the longest sequence of the dataset.

    Rows that the dataset calls validation belong to it: the loop holds back a share by itself.
    """
    table = _learned_from(dataset)
    return TrainingData(
        codes=encode_all(table["sequence"].tolist(), dataset.alphabet, dataset.info.length),
        targets=table["label"].to_numpy(np.float32)[:, None],
        alphabet=dataset.alphabet,
        shuffle_negatives=dataset.info.negatives == "shuffle",
    )


def baseline_part(dataset: Dataset, seed: int) -> Labelled:
    """The same rows as :func:`training_part`, with one fixed shuffle of each where training redraws them."""
    shuffle = dataset.info.negatives == "shuffle"
    rng = np.random.default_rng([seed, _TRAIN])
    return labelled(_learned_from(dataset), dataset.alphabet, dataset.info.length, rng, shuffle=shuffle)


def test_part(dataset: Dataset, length: int, seed: int) -> Labelled:
    """The test rows, padded to ``length``, with fixed shuffles where they have no negatives of their own."""
    rows = dataset.rows("test")
    shuffle = dataset.info.negatives == "shuffle" and bool(rows["label"].all())
    return labelled(rows, dataset.alphabet, length, np.random.default_rng([seed, _TEST]), shuffle=shuffle)


def labelled(
    table: pd.DataFrame, alphabet: Alphabet, length: int, rng: np.random.Generator, *, shuffle: bool
) -> Labelled:
    """Rows with the columns id, sequence and label as codes; with ``shuffle`` one shuffle of each as a negative.

    Raises:
        DataError: when a sequence is longer than ``length`` or holds a foreign letter.
    """
    ids = tuple(table["id"].tolist())
    codes = encode_all(table["sequence"].tolist(), alphabet, length)
    labels = table["label"].to_numpy(np.float64)
    if not shuffle:
        return Labelled(ids, codes, labels, alphabet)
    return Labelled(
        ids=(*ids, *(f"{name}_shuffled" for name in ids)),
        codes=np.concatenate([codes, dinucleotide_shuffle(codes, rng)]),
        labels=np.concatenate([labels, np.zeros_like(labels)]),
        alphabet=alphabet,
    )


def _learned_from(dataset: Dataset) -> pd.DataFrame:
    return dataset.table[dataset.table["split"] != "test"]
