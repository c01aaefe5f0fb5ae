"""Multi-class: which of C classes? One raw score a class; targets are one-hot rows, 1 in the column of the class."""

import numpy as np
from jaxtyping import Float
from scipy.special import softmax
from torch import Tensor
from torch.nn.functional import cross_entropy

from seqdl_core.tasks import Task
from seqdl_core.tasks.multilabel import macro_auroc


def softmax_cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy in nats."""
    return cross_entropy(scores, targets)


def accuracy(scores: Float[np.ndarray, "N T"], targets: Float[np.ndarray, "N T"]) -> float:
    """The share of rows whose class has the highest score; NaN without any."""
    return float((scores.argmax(1) == targets.argmax(1)).mean()) if len(targets) else float("nan")


def probabilities(scores: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
    """Of the classes; each row sums to 1."""
    return np.asarray(softmax(scores, axis=1))


TASK = Task(
    name="multiclass",
    title="classes",
    loss=softmax_cross_entropy,
    activation=probabilities,
    metric=macro_auroc,
    metric_name="macro_auroc",
    raw_unit="logit",
    answers="classes",
    further={"accuracy": accuracy},
)
