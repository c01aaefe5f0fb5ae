"""Baselines: simple models fitted on the same training part, to hold a network's score against.

One file a baseline. A fitted baseline is a predictor like any network, so every page and method can use it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, UInt8

from seqdl_core.errors import DataError
from seqdl_core.predict import Predictor
from seqdl_core.registry import Registry
from seqdl_core.sequences.alphabets import Alphabet


@dataclass(frozen=True)
class TrainingSet:
    """What a baseline learns from: the training part only; for binary data both classes, one label in {0, 1} a row.

    Where the negatives are shuffles that training redraws, the caller passes the positives and one shuffle of each.
    ``jaspar`` names a JASPAR motif (id or factor) that the PWM should also consider; empty for none. Other tasks learn
    from ``targets``: numbers, or 0 and 1 in a column for each class or label, NaN where not measured; where each
    position has one of ``classes`` classes, ``(N, L)`` of their numbers.

    Raises:
        DataError: if there are no two classes, or another label than 0 and 1.
    """

    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"]
    alphabet: Alphabet
    jaspar: str = ""
    task: str = "binary"
    targets: Float[np.ndarray, "N ..."] | None = None
    classes: int = 0

    def __post_init__(self) -> None:
        if self.task != "binary":
            return
        if not np.isin(self.labels, (0, 1)).all():
            raise DataError(
                "A baseline needs labels 0 and 1.", where="training part", fix="Use data with two classes, 0 and 1."
            )
        if not 0 < self.labels.sum() < len(self.labels):
            raise DataError(
                f"All {len(self.labels):,} training sequences have the same label; a baseline needs both.",
                where="training part",
                fix="Bring negatives, or make dinucleotide-shuffled ones.",
            )

    def position_targets(self) -> Float[np.ndarray, "N L"]:
        """Of each position the number of its class, NaN where it is not known."""
        return np.full(self.codes.shape, np.nan, np.float32) if self.targets is None else self.targets


@runtime_checkable
class FittedBaseline(Predictor, Protocol):
    """A predictor with the words a table and a sentence need.

    ``title`` is the row's name ("6-mer logistic regression"), ``short`` the name within a sentence ("6-mer baseline"),
    ``raw_unit`` the unit of the score: ``logit``, where the logistic function gives a probability, ``bits``, or ``""``
    for the unit of measured values.
    """

    @property
    def title(self) -> str: ...

    @property
    def short(self) -> str: ...

    @property
    def raw_unit(self) -> str: ...


@dataclass(frozen=True)
class Baseline:
    """A simple model that can be chosen by name.

    Attributes:
        name: the file's name.
        title: what it is, for a list.
        summary: one sentence for the person who asks what it is good for.
        alphabets: the names of the alphabets it reads.
        fit: training part and seed to a predictor.
        source: where the method comes from.
        tasks: the names of the tasks it learns.
        applies: whether this training part is one that it can say something about.
    """

    name: str
    title: str
    summary: str
    alphabets: tuple[str, ...]
    fit: Callable[[TrainingSet, int], FittedBaseline]
    source: str
    tasks: tuple[str, ...] = ("binary",)
    applies: Callable[[TrainingSet], bool] = lambda training: True


BASELINES: Registry[Baseline] = Registry("baseline", "seqdl_core.baselines", "BASELINE")


def fit_baselines(training: TrainingSet, seed: int) -> list[FittedBaseline]:
    """Fit every baseline that reads this alphabet and learns this task, in alphabetical order of their names."""
    return [
        baseline.fit(training, seed)
        for baseline in BASELINES
        if training.alphabet.name in baseline.alphabets
        and training.task in baseline.tasks
        and baseline.applies(training)
    ]
