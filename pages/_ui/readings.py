"""How a model's answers read to a person: the probability of a class, or a value in the unit that was measured."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import plotly.graph_objects as go

from seqdl_core.figures.scales import probability_scale, value_scale
from seqdl_core.figures.text import one_line, quantity, score, signed

if TYPE_CHECKING:
    from seqdl_core.figures.palette import Palette
    from seqdl_core.variants.bench import SequenceView


class Reading(Protocol):
    """The words and the scale of one output. All text is plain: the page escapes it.

    Attributes:
        title: over the prediction.
        unit: of effects, such as logit or what was measured.
        digits: decimals of effects in the track; answers have one more.
        spoken: what a screen reader calls an answer.
        nothing: what is said where a choice of sequences finds none.
    """

    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def digits(self) -> int: ...
    @property
    def spoken(self) -> str: ...
    @property
    def nothing(self) -> str: ...

    def told(self, answer: float) -> str:
        """An answer as a number."""

    def effect(self, change: float) -> str:
        """A change of the raw score with its sign."""

    def note(self, label: float, answer: float) -> str:
        """What a sequence is, and what the model says."""

    def sentence(self, reference: "SequenceView", edited: "SequenceView") -> str:
        """What the edits do to the prediction."""

    def scale(self, reference: float, edited: float, palette: "Palette") -> go.Figure:
        """Both answers on one line."""


@dataclass(frozen=True)
class Probability:
    """The probability of the positive class; ``names`` are the negative and the positive one."""

    names: tuple[str, str]
    unit: str = "logit"
    title: str = "Prediction"
    digits: int = 2
    spoken: str = "probability"
    nothing: str = "Not one held-out sequence is on the wrong side of 0.5."

    def told(self, answer: float) -> str:
        return score(answer)

    def effect(self, change: float) -> str:
        return signed(change, self.digits)

    def note(self, label: float, answer: float) -> str:
        """``bound · 0.962``."""
        return f"{self.names[int(label)]} · {score(answer)}"

    def sentence(self, reference: "SequenceView", edited: "SequenceView") -> str:
        negative, positive = self.names
        if reference.sequence == edited.sequence:
            return f"The model calls this sequence {positive if reference.probability >= 0.5 else negative}."
        before, after = reference.probability >= 0.5, edited.probability >= 0.5
        if before != after:
            return f"Turns the prediction from {positive if before else negative} to {positive if after else negative}."
        if edited.score == reference.score:
            return "Changes nothing for this model."
        verb, now = "Raises" if edited.score > reference.score else "Lowers", positive if after else negative
        return f"{verb} the score of {positive}; the call stays {now}."

    def scale(self, reference: float, edited: float, palette: "Palette") -> go.Figure:
        return probability_scale(reference, edited, self.names, palette)


@dataclass(frozen=True)
class Value:
    """A measured value; ``ends`` are the lowest and the highest prediction of the held-out sequences."""

    unit: str
    digits: int
    ends: tuple[float, float]
    spoken: str = "predicted"
    nothing: str = "Not one held-out sequence was measured."

    @property
    def title(self) -> str:
        return f"Predicted {self.unit}"

    def told(self, answer: float) -> str:
        return quantity(answer, self.digits + 1)

    def effect(self, change: float) -> str:
        shown = self.told(change)
        return f"+{shown}" if change > 0 else shown

    def note(self, label: float, answer: float) -> str:
        """``measured 1.23 · predicted 1.10``."""
        measured = f"measured {quantity(label, self.digits)}" if label == label else "not measured"
        return f"{measured} · predicted {quantity(answer, self.digits)}"

    def sentence(self, reference: "SequenceView", edited: "SequenceView") -> str:
        if reference.sequence == edited.sequence:
            return f"The model predicts {self.told(reference.probability)} for this sequence."
        change = edited.probability - reference.probability
        if not change:
            return "Changes nothing for this model."
        size = self.told(abs(change))
        if not any(figure in size for figure in "123456789"):
            size = f"less than {self.told(10.0 ** -(self.digits + 1))}"
        return f"{'Raises' if change > 0 else 'Lowers'} the predicted {self.unit} by {size}."

    def scale(self, reference: float, edited: float, palette: "Palette") -> go.Figure:
        return value_scale(
            reference, edited, self.ends, palette, digits=self.digits, over="from the lowest to the highest held-out"
        )


def class_names(label_names: tuple[str, ...]) -> tuple[str, str]:
    """What the negative and the positive class are called."""
    negative, positive = label_names
    return ("negative", "positive") if (negative, positive) == ("0", "1") else (one_line(negative), one_line(positive))


def measured_name(targets: tuple[str, ...]) -> str:
    """What was measured; where nobody gave it a name it is a value."""
    name = one_line(targets[0], 32) if targets else ""
    return name if name not in ("", "label", "target") else "value"
