"""Batches: which rows, on which strand, moved how far, beside which negatives. A pure function of seed and epoch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.training.config import TrainingConfig

_HOLD_OUT, _EPOCH = 0, 1


@dataclass(frozen=True)
class TrainingData:
    """The training part. With ``shuffle_negatives`` all rows are positives and negatives are redrawn every epoch."""

    codes: UInt8[np.ndarray, "N L"]
    targets: Float[np.ndarray, "N T"]
    alphabet: Alphabet
    shuffle_negatives: bool = False

    def rows(self, chosen: NDArray[np.intp]) -> "TrainingData":
        """The same data with only these rows."""
        return TrainingData(self.codes[chosen], self.targets[chosen], self.alphabet, self.shuffle_negatives)

    def with_shuffles(self, rng: np.random.Generator) -> "TrainingData":
        """Positives followed by one dinucleotide shuffle of each; unchanged where negatives are given.

        A sequence with no other shuffle, such as a run of one letter, gets none: it would carry both labels.
        """
        if not self.shuffle_negatives:
            return self
        shuffles, differs = other_shuffle(self.codes, rng)
        return TrainingData(
            np.concatenate([self.codes, shuffles[differs]]),
            np.concatenate([self.targets, np.zeros_like(self.targets[differs])]),
            self.alphabet,
        )


def hold_out(data: TrainingData, fraction: float, seed: int) -> tuple[TrainingData, TrainingData]:
    """Split off the validation part: the same share of each class, identical sequences and other strands kept together.

    Negatives of the validation part are drawn once, so that its metric is comparable between epochs.

    Raises:
        DataError: when a part would lack a class.
    """
    rng = np.random.default_rng([seed, _HOLD_OUT])
    groups = _groups(data)
    held_groups = np.zeros(groups.max(initial=0) + 1, bool)
    for label in np.unique(data.targets[:, 0]):
        of_label = groups[data.targets[:, 0] == label]
        sizes = np.bincount(of_label, minlength=len(held_groups))
        missing = max(1, round(fraction * len(of_label))) - int(sizes[held_groups].sum())
        order = rng.permutation(np.flatnonzero((sizes > 0) & ~held_groups))
        before = np.cumsum(sizes[order]) - sizes[order]
        held_groups[order[before < missing]] = True
    held = held_groups[groups]
    train, validation = data.rows(np.flatnonzero(~held)), data.rows(np.flatnonzero(held)).with_shuffles(rng)
    for part in (train.with_shuffles(rng), validation):
        labels = part.targets[:, 0]
        if labels.size < 2 or labels.min() == labels.max():
            raise DataError(
                f"The training part has {len(data.codes)} sequences, too few of one class to hold some back.",
                where="validation",
                fix="Bring at least two different sequences of each class, better some hundreds.",
            )
    return train, validation


def _groups(data: TrainingData) -> NDArray[np.intp]:
    """A number per row that identical sequences, and in DNA the two strands of one, share."""
    keys = [row.tobytes() for row in data.codes]
    if data.alphabet.double_stranded:
        other = data.alphabet.complement_codes[data.codes[:, ::-1]]
        keys = [min(key, row.tobytes()) for key, row in zip(keys, other, strict=True)]
    return np.unique(np.array(keys, dtype=object), return_inverse=True)[1].astype(np.intp)


class Batches:
    """The batches of one epoch, the same for the same seed and epoch wherever and whenever they are asked for."""

    def __init__(self, data: TrainingData, config: TrainingConfig, epoch: int) -> None:
        rng = np.random.default_rng([config.seed, _EPOCH, epoch])
        both = data.with_shuffles(rng)
        self._codes, self._targets, self._alphabet = both.codes, both.targets, both.alphabet
        rows = len(both.codes)
        self._order = rng.permutation(rows)
        self._size = min(config.batch_size, rows)
        self._epoch_size = config.epoch_size
        flip = config.reverse_complement and both.alphabet.double_stranded
        self._other_strand = rng.random(rows) < 0.5 if flip else np.zeros(rows, bool)
        self._shifts = rng.integers(-config.shift, config.shift + 1, rows)

    def __len__(self) -> int:
        """Whole batches up to the epoch's size; the rest of the permutation waits for another epoch."""
        return max(1, min(len(self._order), self._epoch_size) // self._size)

    @property
    def size(self) -> int:
        """Sequences in a batch."""
        return self._size

    def start_at(self, step: int) -> Iterator[tuple[UInt8[np.ndarray, "N L"], Float[np.ndarray, "N T"]]]:
        """Codes and targets of each batch from ``step`` on."""
        for number in range(step, len(self)):
            rows = self._order[number * self._size : (number + 1) * self._size]
            yield self._augment(rows), self._targets[rows]

    def _augment(self, rows: NDArray[np.intp]) -> UInt8[np.ndarray, "N L"]:
        codes = self._codes[rows]
        flipped = self._other_strand[rows]
        if flipped.any():
            codes[flipped] = self._alphabet.complement_codes[codes[flipped][:, ::-1]]
        for shift in np.unique(self._shifts[rows]):
            if shift:
                moved = self._shifts[rows] == shift
                codes[moved] = _shifted(codes[moved], int(shift), self._alphabet.unknown_code)
        return codes


def _shifted(codes: UInt8[np.ndarray, "N L"], shift: int, fill: int) -> UInt8[np.ndarray, "N L"]:
    """Rows moved right by ``shift`` (left when negative), the gap filled with the unknown letter."""
    moved = np.full_like(codes, fill)
    if abs(shift) < codes.shape[1]:
        if shift > 0:
            moved[:, shift:] = codes[:, :-shift]
        else:
            moved[:, :shift] = codes[:, -shift:]
    return moved
