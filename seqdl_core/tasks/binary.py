"""Binary: does the sequence do it or not? One raw score, the logit of the probability of the positive class."""

import numpy as np
from jaxtyping import Float
from scipy.special import expit
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from seqdl_core.tasks import Task


def auroc(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """Area under the ROC curve of the first target; NaN where only one class is present."""
    labels = targets[:, 0]
    if labels.size == 0 or labels.min() == labels.max():
        return float("nan")
    return float(roc_auc_score(labels, scores[:, 0]))


def auprc(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """Average precision of the first target; NaN without a positive."""
    labels = targets[:, 0]
    return float(average_precision_score(labels, scores[:, 0])) if labels.any() else float("nan")


def accuracy(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """The share of rows on the right side of a logit of 0; NaN without any."""
    return float(((scores[:, 0] > 0) == (targets[:, 0] > 0.5)).mean()) if len(targets) else float("nan")


def probability(scores: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
    """The logistic function."""
    return np.asarray(expit(scores))


def cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean binary cross-entropy in nats."""
    return binary_cross_entropy_with_logits(scores, targets)


TASK = Task(
    name="binary",
    title="binary labels",
    loss=cross_entropy,
    activation=probability,
    metric=auroc,
    metric_name="auroc",
    raw_unit="logit",
    answers="labels",
    further={"auprc": auprc, "accuracy": accuracy},
)
