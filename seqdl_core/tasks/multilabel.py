"""Multi-label: which of T things, any number of them, does the sequence do? One logit a thing; NaN is not measured."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from seqdl_core.tasks import Task


def masked_cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy in nats over the measured targets; 0 where none is."""
    known = ~torch.isnan(targets)
    each = binary_cross_entropy_with_logits(scores, torch.nan_to_num(targets), reduction="none")
    return torch.where(known, each, torch.zeros_like(each)).sum() / known.sum().clamp(min=1)


def macro_auroc(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """The mean over the targets of the area under the ROC curve; targets of one class only are left out of it."""
    each = []
    for score, target in zip(scores.T, targets.T, strict=True):
        known = np.isfinite(target)
        if known.any() and target[known].min() < target[known].max():
            each.append(float(roc_auc_score(target[known], score[known])))
    return float(np.mean(each)) if each else float("nan")


def probabilities(scores: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
    """The logistic function."""
    return np.asarray(expit(scores))


TASK = Task(
    name="multilabel",
    title="labels, any number of them",
    loss=masked_cross_entropy,
    activation=probabilities,
    metric=macro_auroc,
    metric_name="macro_auroc",
    raw_unit="logit",
    by_class=False,
    answers="labels",
)
