"""Tasks: what a network is asked to predict. One file a task; each brings its loss, its activation and its metrics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from torch import Tensor

from seqdl_core.registry import Registry
from seqdl_core.tasks._normalisation import KINDS, Normalisation

__all__ = ["KINDS", "TASKS", "Normalisation", "Task"]


@dataclass(frozen=True)
class Task:
    """What a network is asked to predict.

    Attributes:
        name: ``binary`` and so on, as a data set's ``task``.
        title: how a sentence names it.
        loss: mean loss of raw scores ``(N, T)`` against targets ``(N, T)``.
        activation: raw scores to what a person reads (a probability, a value), same shape.
        metric: the one figure that training is steered by, from raw scores and targets; larger is better.
        metric_name: its name in lower snake case, for example ``auroc``.
        raw_unit: the unit of the raw score, for example ``logit``; ``""`` for the unit of the targets.
        by_class: whether each row belongs to one class, so that parts are drawn class by class.
        normalises: whether targets are numbers that may be normalised for training.
    """

    name: str
    title: str
    loss: Callable[[Tensor, Tensor], Tensor]
    activation: Callable[[Float[np.ndarray, "N T"]], Float[np.ndarray, "N T"]]
    metric: Callable[[Float[np.ndarray, "N T"], Float[np.ndarray, "N T"]], float]
    metric_name: str
    raw_unit: str
    by_class: bool = True
    normalises: bool = False


TASKS: Registry[Task] = Registry("task", "seqdl_core.tasks", "TASK")
