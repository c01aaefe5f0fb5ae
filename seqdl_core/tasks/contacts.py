"""A contact map: whether each pair of positions touches, or pairs. One logit a pair; NaN where it is not known.

The diagonal and its neighbours say nothing about folding, so targets hold NaN there.

Targets of pairs alone, where each position has one partner at most, are kept as the partner of each position and made
a matrix a batch at a time: for 1,000 sequences of 500 letters 2 MB instead of 1 GB.
"""

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import expit
from sklearn.metrics import average_precision_score
from torch import Tensor

from seqdl_core.tasks import Task
from seqdl_core.tasks.multilabel import masked_cross_entropy

ALONE = -1.0
"""What stands for the partner of a position that pairs with none; NaN is beyond the sequence, or not known."""

NEIGHBOURS = 1
"""Positions so near to each other touch in any case."""


def pair_matrix(partners: Float[Tensor, "N L"] | Float[Tensor, "N T L L"]) -> Float[Tensor, "N T L L"]:
    """1 where two positions pair, 0 where they do not, NaN where it is not known or they are neighbours.

    Args:
        partners: the place of each position's partner, from 0; :data:`ALONE` where it has none. What is a matrix
            already, as contacts of a protein are, stays as it is.
    """
    if partners.ndim == 4:
        return partners
    length = partners.shape[1]
    places = torch.arange(length, device=partners.device)
    known = ~torch.isnan(partners)
    far = (places[:, None] - places[None, :]).abs() > NEIGHBOURS
    told = known[:, :, None] & known[:, None, :] & far
    pairs = (partners[:, :, None] == places).to(partners.dtype)
    return torch.where(told, pairs, torch.full_like(pairs, torch.nan))[:, None]


def average_precision(scores: Float[np.ndarray, "N T L L"], targets: Float[np.ndarray, "N T L L"]) -> float:
    """The mean over the sequences of the area under the precision-recall curve of their known pairs.

    Sequences without a contact are left out; NaN where none is left.
    """
    each = []
    for score, target in zip(scores, targets, strict=True):
        known = np.isfinite(target)
        if known.any() and target[known].max() > 0:
            each.append(float(average_precision_score(target[known], score[known])))
    return float(np.mean(each)) if each else float("nan")


def probabilities(scores: Float[np.ndarray, "N T L L"]) -> Float[np.ndarray, "N T L L"]:
    """The logistic function."""
    return np.asarray(expit(scores))


TASK = Task(
    name="contacts",
    title="pairs of positions that touch",
    loss=masked_cross_entropy,
    activation=probabilities,
    metric=average_precision,
    metric_name="average_precision",
    raw_unit="logit",
    by_class=False,
    output="pairs",
    answers="labels",
    dense=pair_matrix,
)
