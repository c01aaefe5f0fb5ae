"""Regression: how much? One number a target; the raw score is that number, in the unit of the targets.

A network is trained on normalised targets (:class:`seqdl_core.tasks.Normalisation`), and the model undoes it, so that
nobody but the training loop meets normalised numbers. A target that was not measured is NaN and counts nowhere.
"""

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import rankdata
from torch import Tensor

from seqdl_core.tasks import Task


def squared_error(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error over the measured targets; 0 where none is."""
    known = ~torch.isnan(targets)
    differences = torch.where(known, scores - torch.nan_to_num(targets), torch.zeros_like(scores))
    return differences.square().sum() / known.sum().clamp(min=1)


def spearman(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """Rank correlation, the mean over the targets; NaN where no target has two different values."""
    each = [_rank_correlation(score, target) for score, target in zip(scores.T, targets.T, strict=True)]
    defined = [value for value in each if np.isfinite(value)]
    return float(np.mean(defined)) if defined else float("nan")


def _rank_correlation(scores: Float[np.ndarray, " N"], targets: Float[np.ndarray, " N"]) -> float:
    known = np.isfinite(targets)
    if known.sum() < 2:
        return float("nan")
    first, second = (ranks - ranks.mean() for ranks in (rankdata(scores[known]), rankdata(targets[known])))
    spread = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / spread) if spread > 0 else float("nan")


def value(scores: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
    """The scores as they are."""
    return scores


TASK = Task(
    name="regression",
    title="measured values",
    loss=squared_error,
    activation=value,
    metric=spearman,
    metric_name="spearman",
    raw_unit="",
    by_class=False,
    normalises=True,
)
