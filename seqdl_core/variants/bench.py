"""What a model says about one sequence, letter by letter: its score, what holds it up, and what every change does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from seqdl_core.errors import DataError
from seqdl_core.interpretation.methods import METHODS, observed, zero_sum
from seqdl_core.model_file import Model
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import encode_all


@dataclass(frozen=True)
class SequenceView:
    """One sequence through one model's eyes; L is the sequence's own length, padding left out.

    Attributes:
        score: the raw score, in the task's unit.
        probability: what a person reads; for measured values the value itself, in the unit it was brought in.
        letters: how much each letter holds the score up: minus the mean change when it is replaced.
        changes: of the score, for each letter at each position; 0 for the letter that is there.
        probabilities: after each of these changes.
    """

    sequence: str
    score: float
    probability: float
    letters: Float[np.ndarray, " L"]
    changes: Float[np.ndarray, "A L"]
    probabilities: Float[np.ndarray, "A L"]


def view(model: Model, sequence: str) -> SequenceView:
    """Mutate every position and tell what happens. Costs (A - 1) L predictions.

    Raises:
        DataError: for a letter the model does not read, or a sequence longer than its input.
    """
    codes = _codes(model, [sequence])
    method = METHODS.get("mutagenesis")
    changes = method.attribute(model, codes, method.config())
    score = scores(model, codes)
    letters = observed(zero_sum(changes), codes)[0, : len(sequence)]
    own = changes[0, :, : len(sequence)]
    after = model.task.activation((own + score[0, 0]).reshape(-1, 1)).reshape(own.shape)
    return SequenceView(
        sequence, float(score[0, 0]), float(model.task.activation(score)[0, 0]), letters, own, np.asarray(after)
    )


def probabilities(model: Model, sequences: Sequence[str]) -> list[float]:
    """What the model gives each sequence, as a person reads it."""
    if not sequences:
        return []
    return [float(value) for value in model.task.activation(scores(model, _codes(model, sequences)))[:, 0]]


def _codes(model: Model, sequences: Sequence[str]) -> np.ndarray:
    if model.card.targets > 1 or model.task.output != "sequence":
        has = model.card.targets if model.task.output == "sequence" else "one for each place in the sequence"
        raise DataError(
            f"One output can be looked at letter by letter, and this model has {has}.",
            where=f"a model of {model.task.title}",
            fix="Choose a model with one output a sequence.",
        )
    longest = max(len(sequence) for sequence in sequences)
    if longest > model.card.length:
        unit = model.alphabet.unit
        raise DataError(
            f"The sequence has {longest} {unit}, but this model reads {model.card.length} {unit}.",
            where="sequence",
            fix=f"Cut it to {model.card.length} {unit} around the site of interest.",
        )
    return encode_all(list(sequences), model.alphabet, model.card.length)
