"""Tasks: what a network is asked to predict. One file a task; each brings its loss, its activation and its metrics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from seqdl_core.registry import Registry
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.tasks._normalisation import KINDS, Normalisation

__all__ = ["KINDS", "TASKS", "Hide", "Metric", "Normalisation", "Output", "Task", "facts_of"]

Metric = Callable[[Float[np.ndarray, "N T ..."], Float[np.ndarray, "N ..."]], float]
"""One figure from raw scores and targets; NaN where it is not defined."""

Output = Literal["sequence", "positions", "bins", "pairs"]
"""What one raw score is for: a whole sequence, one of its positions, one bin of it, or a pair of its positions."""


Hide = Callable[[UInt8[Tensor, "N L"], Alphabet, torch.Generator], tuple[UInt8[Tensor, "N L"], Float[Tensor, "N L"]]]
"""Codes to codes with some letters hidden, and the targets: the hidden letters' codes, NaN elsewhere."""


@dataclass(frozen=True)
class Task:
    """What a network is asked to predict.

    Attributes:
        name: ``binary`` and so on, as a data set's ``task``.
        title: how a sentence names it.
        loss: mean loss of raw scores against targets. Raw scores are ``(N, T)``, or as ``output`` says; targets have
            the same shape, but ``(N, L)`` class numbers where one of T classes is right at each position.
        activation: raw scores to what a person reads (a probability, a value), same shape.
        metric: the one figure that training is steered by, from raw scores and targets; larger is better.
        metric_name: its name in lower snake case, for example ``auroc``.
        raw_unit: the unit of the raw score, for example ``logit``; ``""`` for the unit of the targets.
        by_class: whether each row belongs to one class, so that parts are drawn class by class.
        normalises: whether targets are numbers that may be normalised for training.
        output: what one raw score is for.
        hide: for tasks that need no labels, what makes targets out of letters, batch by batch.
        answers: ``labels`` where each score is a yes or no of its own, ``classes`` where one of them is right; empty
            for numbers.
        dense: for targets that are kept in a smaller form, what gives them the shape of raw scores, batch by batch.
        further: other metrics that training can be steered by, by name; larger is better.
    """

    name: str
    title: str
    loss: Callable[[Tensor, Tensor], Tensor]
    activation: Callable[[Float[np.ndarray, "N T ..."]], Float[np.ndarray, "N T ..."]]
    metric: Metric
    metric_name: str
    raw_unit: str
    by_class: bool = True
    normalises: bool = False
    output: Output = "sequence"
    hide: Hide | None = None
    answers: Literal["labels", "classes", ""] = ""
    dense: Callable[[Tensor], Tensor] | None = None
    further: Mapping[str, Metric] = field(default_factory=dict)

    @property
    def metrics(self) -> dict[str, Metric]:
        """What training can be steered by, the task's own first."""
        return {self.metric_name: self.metric, **self.further}


TASKS: Registry[Task] = Registry("task", "seqdl_core.tasks", "TASK")


def facts_of(task: Task, alphabet: Alphabet) -> dict[str, str | bool]:
    """What settings may count for (:data:`seqdl_core.config.FACTS`), of data for this task in this alphabet."""
    return {
        "output": "letters" if task.hide else task.output,
        "alphabet": alphabet.name,
        "both_ways": alphabet.both_ways,
        "normalises": task.normalises,
    }
