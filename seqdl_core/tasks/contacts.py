"""A contact map: whether each pair of positions touches, or pairs. One logit a pair; NaN where it is not known.

The diagonal and its neighbours say nothing about folding, so targets hold NaN there.
"""

import numpy as np
from jaxtyping import Float
from scipy.special import expit
from sklearn.metrics import average_precision_score

from seqdl_core.tasks import Task
from seqdl_core.tasks.multilabel import masked_cross_entropy


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
)
