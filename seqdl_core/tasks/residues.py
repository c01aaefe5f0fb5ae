"""A class for each residue (or base): one of T classes at every position; where it is not known, the target is NaN."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import softmax
from torch import Tensor
from torch.nn.functional import cross_entropy

from seqdl_core.tasks import Task


def positions_cross_entropy(scores: Float[Tensor, "N T L"], targets: Float[Tensor, "N L"]) -> Float[Tensor, ""]:
    """Mean cross-entropy in nats over the positions whose class is known; 0 where none is."""
    known = ~torch.isnan(targets)
    each = cross_entropy(scores, torch.nan_to_num(targets).long(), reduction="none")
    return torch.where(known, each, torch.zeros_like(each)).sum() / known.sum().clamp(min=1)


def accuracy(scores: Float[np.ndarray, "N T L"], targets: Float[np.ndarray, "N L"]) -> float:
    """The share of known positions whose class has the highest score (Q3 where there are three); NaN without any."""
    known = np.isfinite(targets)
    return float((scores.argmax(1) == targets)[known].mean()) if known.any() else float("nan")


def probabilities(scores: Float[np.ndarray, "N T L"]) -> Float[np.ndarray, "N T L"]:
    """Of the classes; they sum to 1 at each position."""
    return np.asarray(softmax(scores, axis=1))


TASK = Task(
    name="residues",
    title="a class for each position",
    loss=positions_cross_entropy,
    activation=probabilities,
    metric=accuracy,
    metric_name="accuracy",
    raw_unit="logit",
    by_class=False,
    output="positions",
    answers="classes",
)
