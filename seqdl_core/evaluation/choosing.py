"""Which sequences to look at: the surest, the least sure, the wrong ones, or some at random."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Int

Choice = Literal["surest", "least sure", "wrong", "random"]
CHOICES: tuple[Choice, ...] = ("surest", "least sure", "wrong", "random")


def choose_rows(
    choice: Choice, labels: Float[np.ndarray, " N"], probabilities: Float[np.ndarray, " N"], count: int, seed: int = 1
) -> Int[np.ndarray, " M"]:
    """Row numbers of at most ``count`` sequences, the clearest case of the choice first.

    ``surest`` are positives with the highest probability; ``least sure`` are nearest to 0.5; ``wrong`` are on the wrong
    side of 0.5, the furthest first, and may be none. Ties go by row number.
    """
    rows = np.arange(len(labels))
    if choice == "random":
        return np.asarray(np.random.default_rng(seed).permutation(rows)[:count])
    if choice == "surest":
        rows = rows[labels == 1]
        order = np.argsort(-probabilities[rows], kind="stable")
    elif choice == "least sure":
        order = np.argsort(np.abs(probabilities - 0.5), kind="stable")
    else:
        rows = rows[(probabilities >= 0.5) != (labels == 1)]
        order = np.argsort(-np.abs(probabilities[rows] - 0.5), kind="stable")
    return np.asarray(rows[order][:count])


def row_to_edit(labels: Float[np.ndarray, " N"], probabilities: Float[np.ndarray, " N"]) -> int:
    """A sequence to begin editing with: a positive the model is sure of, but not so sure that no edit could tell.

    It is the positive whose probability is nearest to 0.95; the surest sequence where there is no positive.
    """
    distance = np.where(labels == 1, np.abs(probabilities - 0.95), np.inf)
    return int(np.argmin(distance)) if (labels == 1).any() else int(np.argmax(probabilities))


ValueChoice = Literal["highest", "lowest", "furthest off", "random"]
VALUE_CHOICES: tuple[ValueChoice, ...] = ("highest", "lowest", "furthest off", "random")


def choose_by_value(
    choice: ValueChoice,
    measured: Float[np.ndarray, " N"],
    predicted: Float[np.ndarray, " N"],
    count: int,
    seed: int = 1,
) -> Int[np.ndarray, " M"]:
    """The same for measured values: highest and lowest as predicted, or where prediction and measurement differ most.

    Rows that were not measured (NaN) are never the furthest off. Ties go by row number.
    """
    rows = np.arange(len(predicted))
    if choice == "random":
        return np.asarray(np.random.default_rng(seed).permutation(rows)[:count])
    if choice == "furthest off":
        rows = rows[np.isfinite(measured)]
        order = np.argsort(-np.abs(predicted[rows] - measured[rows]), kind="stable")
    else:
        order = np.argsort(predicted if choice == "lowest" else -predicted, kind="stable")
    return np.asarray(rows[order][:count])
