"""Batches: which rows, on which strand, moved how far, beside which negatives. A pure function of seed and epoch.

Strand and shift are drawn here and carried out by :mod:`seqdl_core.training.augmentation`, on the device.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import NDArray
from torch import Tensor

from seqdl_core.data.leaks.similarity import clusters
from seqdl_core.data.parts.relatives import joined
from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.shuffles import other_shuffle
from seqdl_core.tasks import Hide
from seqdl_core.training.config import TrainingConfig

_HOLD_OUT, _EPOCH = 0, 1

NEAR_LETTERS = 1_000_000
"""Among so many letters near copies are looked for before some rows are held out, which takes seconds; of more, copies
alone are kept together where nothing else is known of the rows."""

_MOST = 3
"""A set of related rows is not held out where it has more than so many times the rows that are to be held out."""

ALIKE = 32
"""Batches whose rows are shared out by their length. Fewer leave more padding; more let less chance into a batch."""


@dataclass(frozen=True)
class TrainingData:
    """The training part. With ``shuffle_negatives`` all rows are positives and negatives are redrawn every epoch.

    Targets are as the task's loss wants them; of shape ``(N, 0)`` where the task makes them from the letters.
    ``together`` is a number per row that related rows share, where it is known which are; see :func:`hold_out`.
    """

    codes: UInt8[np.ndarray, "N L"]
    targets: Float[np.ndarray, "N ..."]
    alphabet: Alphabet
    shuffle_negatives: bool = False
    together: Int[np.ndarray, " N"] | None = None

    def rows(self, chosen: NDArray[np.intp]) -> "TrainingData":
        """The same data with only these rows."""
        together = None if self.together is None else self.together[chosen]
        return TrainingData(self.codes[chosen], self.targets[chosen], self.alphabet, self.shuffle_negatives, together)

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


class Batch(NamedTuple):
    """Rows as they are brought, and what is to be done to each: its other strand first, then the shift (to the right).

    ``flipped`` is all False where the alphabet has one strand only.
    """

    codes: UInt8[np.ndarray, "N L"]
    targets: Float[np.ndarray, "N ..."]
    flipped: Bool[np.ndarray, " N"]
    shifts: Int[np.ndarray, " N"]


def hidden_once(
    hide: Hide, codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet, seed: int
) -> tuple[UInt8[np.ndarray, "N L"], Float[np.ndarray, "N L"]]:
    """Codes with letters hidden, and those as targets, to measure by: drawn on the processor, so everywhere the same.

    Only letters that are out of sight count here. What training leaves in sight or replaces, so that a network looks
    at every letter, could be told by looking.
    """
    shown, asked = hide(torch.from_numpy(codes), alphabet, torch.Generator().manual_seed(seed))
    targets = torch.where(shown < alphabet.size, torch.full_like(asked, torch.nan), asked)
    return shown.numpy(), targets.numpy()


def hold_out(
    data: TrainingData, fraction: float, seed: int, *, by_class: bool = True
) -> tuple[TrainingData, TrainingData]:
    """Split off the validation part: the same share of each class, related rows kept together.

    Related are identical sequences and the two strands of one, and besides the rows that ``data.together`` says; where
    it says nothing, near copies and overlapping windows of at least 80 % identity, among up to :data:`NEAR_LETTERS`
    letters (see :mod:`seqdl_core.data.leaks.similarity`). Where most rows belong to sets too large to hold out, as the
    variants of one sequence do, or a part would lack a class, copies alone are kept together.

    Negatives of the validation part are drawn once, so that its metric is comparable between epochs. The same data and
    seed give the same parts.

    Args:
        by_class: rows with equal targets are a class; False for numbers and for several labels a row.

    Raises:
        DataError: when a part would lack a class, or hold fewer than two sequences.
    """
    copies = _copies(data)
    related = _related(data, copies)
    most = _MOST * max(1, round(fraction * len(copies)))
    for groups, largest in ((copies, len(copies)),) if related is None else ((related, most), (copies, len(copies))):
        rng = np.random.default_rng([seed, _HOLD_OUT])
        held = _held(groups, copies, data.targets, fraction, rng, largest, by_class=by_class)
        train, validation = data.rows(np.flatnonzero(~held)), data.rows(np.flatnonzero(held)).with_shuffles(rng)
        if not any(_lacks(part, by_class) for part in (train.with_shuffles(rng), validation)):
            return train, validation
    raise DataError(
        f"The training part has {len(data.codes)} sequences, too few of one class to hold some back."
        if by_class
        else f"The training part has {len(data.codes)} sequences, too few to hold some back.",
        where="validation",
        fix="Bring at least two different sequences of each class, better some hundreds."
        if by_class
        else "Bring at least two different sequences, better some hundreds.",
    )


def _lacks(part: TrainingData, by_class: bool) -> bool:
    return len(part.targets) < 2 or bool(by_class and (part.targets == part.targets[0]).all())


def _held(
    groups: NDArray[np.intp],
    copies: NDArray[np.intp],
    targets: Float[np.ndarray, "N ..."],
    fraction: float,
    rng: np.random.Generator,
    largest: int,
    *,
    by_class: bool,
) -> NDArray[np.bool_]:
    """Which rows are held out: of each class whole groups in a random order, where they bring it nearer to its share.

    Groups of more than ``largest`` rows are left; where those have most of the rows, nothing is held out.
    """
    total = np.bincount(groups)
    small = total <= largest
    held = np.zeros(len(total), bool)
    of_copy = np.zeros(int(copies.max(initial=-1)) + 1, np.intp)
    of_copy[copies] = groups
    if total[~small].sum() > len(groups) / 2:
        return held[groups]
    classes = _classes(targets) if by_class else np.zeros(len(groups), np.intp)
    for label in np.unique(classes):
        of_label = groups[classes == label]
        sizes = np.bincount(of_label, minlength=len(held))
        if targets.shape[1] > 1 and (sizes > 0).sum() < 2:
            continue  # of several classes, one with a single sequence can only be learned, not watched
        missing = max(1, round(fraction * len(of_label))) - int(sizes[held].sum())
        there = np.bincount(copies[classes == label], minlength=len(of_copy)) > 0
        drawn = rng.permutation(np.flatnonzero(there & ~held[of_copy] & small[of_copy]))
        order = np.array(list(dict.fromkeys(of_copy[drawn].tolist())), np.intp)  # one pair changes little of the draw
        nothing = missing > 0 and not (held & (sizes > 0)).any()
        for group in order.tolist():
            if missing <= 0:
                break
            if sizes[group] < 2 * missing:
                held[group], nothing = True, False
                missing -= int(sizes[group])
        if nothing and len(order):
            held[order[np.argmin(sizes[order])]] = True
    return np.asarray(held[groups])


def _related(data: TrainingData, copies: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """A number per row that related rows share, those of ``copies`` among them; None where there are no others.

    Each is the least number of its copies, so that without relatives the draw is that of copies alone.
    """
    together = data.together
    if together is None:
        if not 1 < len(data.codes) <= data.codes.size <= NEAR_LETTERS:
            return None
        padding = data.alphabet.unknown
        together = clusters([data.alphabet.decode(row).strip(padding) for row in data.codes], data.alphabet)
    found = joined(copies.astype(np.int64), together.astype(np.int64))
    least = np.full(int(found.max(initial=-1)) + 1, len(found), np.intp)
    np.minimum.at(least, found, copies)
    if len(least) == copies.max(initial=-1) + 1:
        return None
    return np.unique(least[found], return_inverse=True)[1].astype(np.intp).reshape(-1)


def _classes(targets: Float[np.ndarray, "N T"]) -> NDArray[np.intp]:
    """A number per row that rows with the same targets share, in the order of the targets."""
    return np.unique(targets, axis=0, return_inverse=True)[1].astype(np.intp).reshape(-1)


def _copies(data: TrainingData) -> NDArray[np.intp]:
    """A number per row that identical sequences, and in DNA the two strands of one, share; padding does not count."""
    padding = bytes([data.alphabet.unknown_code])
    keys = [row.tobytes().strip(padding) for row in data.codes]
    if data.alphabet.double_stranded:
        other = data.alphabet.complement_codes[data.codes[:, ::-1]]
        keys = [min(key, row.tobytes().strip(padding)) for key, row in zip(keys, other, strict=True)]
    return np.unique(np.array(keys, dtype=object), return_inverse=True)[1].astype(np.intp)


def _balanced(targets: Float[np.ndarray, "N ..."], rng: np.random.Generator, *, by_class: bool) -> NDArray[np.intp]:
    """Rows in a random order in which each class comes as often as the largest: all its rows, again and again."""
    if not by_class:
        raise ConfigError(
            "Balanced drawing shows each class equally often, and these rows do not belong to one class each.",
            where="balanced",
            fix="Switch it off.",
        )
    classes = _classes(targets)
    most = int(np.bincount(classes).max())
    drawn = []
    for label in range(int(classes.max()) + 1):
        rows = np.flatnonzero(classes == label)
        times = -(-most // len(rows))
        drawn.append(np.concatenate([rng.permutation(rows) for _ in range(times)])[:most])
    return rng.permutation(np.concatenate(drawn))


def lengths_of(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> Int[np.ndarray, " N"]:
    """How far each row's last known letter reaches; behind it there is padding."""
    known = codes[:, ::-1] < alphabet.size
    return np.where(known.any(1), codes.shape[1] - known.argmax(1), 0)


def shown_up_to(codes: UInt8[Tensor, "N L"], margin: int, letters: int) -> int:
    """How many positions of a batch to show to a network with this margin: up to the last known letter and so many."""
    known = (codes < letters).any(0).nonzero()
    last = int(known[-1]) + 1 if len(known) else 1
    return min(last + margin, codes.shape[1])


class Batches:
    """The batches of one epoch, the same for the same seed and epoch wherever and whenever they are asked for.

    Args:
        alike: put sequences of like length into a batch, for networks that need not be shown the padding: the rows of
            every :data:`ALIKE` batches are sorted by length, and the batches drawn again.
        by_class: whether each row belongs to one class, as balanced drawing wants.
        processes: how many share each batch, which has the config's size for each.

    Raises:
        ConfigError: for balanced drawing of rows that do not belong to one class each.
    """

    def __init__(
        self,
        data: TrainingData,
        config: TrainingConfig,
        epoch: int,
        *,
        alike: bool = False,
        by_class: bool = True,
        processes: int = 1,
    ) -> None:
        rng = np.random.default_rng([config.seed, _EPOCH, epoch])
        both = data.with_shuffles(rng)
        self._codes, self._targets = both.codes, both.targets
        rows = len(both.codes)
        self._order = _balanced(both.targets, rng, by_class=by_class) if config.balanced else rng.permutation(rows)
        self._size = min(config.batch_size, rows // processes) * processes
        self._epoch_size = config.epoch_size
        flip = config.reverse_complement and both.alphabet.both_ways
        self._other_strand = rng.random(rows) < 0.5 if flip else np.zeros(rows, bool)
        self._shifts = rng.integers(-config.shift, config.shift + 1, rows)
        if alike:
            used = self._order[: len(self) * self._size]
            lengths = lengths_of(both.codes[used], both.alphabet)
            drawn = np.arange(len(used)) // (ALIKE * self._size)
            used = used[np.lexsort((lengths, drawn))].reshape(len(self), self._size)
            self._order = used[rng.permutation(len(self))].ravel()

    def __len__(self) -> int:
        """Whole batches up to the epoch's size; the rest of the permutation waits for another epoch."""
        return max(1, min(len(self._order), self._epoch_size) // self._size)

    @property
    def size(self) -> int:
        """Sequences in a batch."""
        return self._size

    def start_at(self, step: int) -> Iterator[Batch]:
        """Each batch from ``step`` on."""
        for number in range(step, len(self)):
            rows = self._order[number * self._size : (number + 1) * self._size]
            yield Batch(self._codes[rows], self._targets[rows], self._other_strand[rows], self._shifts[rows])
