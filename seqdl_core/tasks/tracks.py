"""Tracks: how many reads fall into each bin along the sequence, for T experiments. Counts are taken as Poisson draws.

The raw score is the natural logarithm of the expected count, so that whatever link a paper used (softplus, exponential,
profile times total) is a matter of its network. A bin that was not measured is NaN.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from seqdl_core.tasks import Task

_HIGHEST = 30.0


def poisson_loss(scores: Float[Tensor, "N T B"], targets: Float[Tensor, "N T B"]) -> Float[Tensor, ""]:
    """Mean Poisson negative log-likelihood, ``rate - count * log(rate)``, without the term that no score changes."""
    known = ~torch.isnan(targets)
    log_rates = scores.clamp(max=_HIGHEST)  # a rate of 1e13 is wrong already, and beyond float's reach soon after
    each = log_rates.exp() - torch.nan_to_num(targets) * log_rates
    return torch.where(known, each, torch.zeros_like(each)).sum() / known.sum().clamp(min=1)


def expected_counts(scores: Float[np.ndarray, "N T B"]) -> Float[np.ndarray, "N T B"]:
    """The exponential: reads expected in each bin."""
    return np.asarray(np.exp(np.minimum(scores, _HIGHEST)))


def pearson_along(scores: Float[np.ndarray, "N T B"], targets: Float[np.ndarray, "N T B"]) -> float:
    """Correlation of expected with measured counts over all bins of all sequences, the mean over the tracks.

    Tracks without two different counts are left out; NaN where none is left.
    """
    expected, each = expected_counts(scores.astype(np.float64)), []
    for track in range(targets.shape[1]):
        known = np.isfinite(targets[:, track])
        one, two = expected[:, track][known], targets[:, track][known].astype(np.float64)
        if len(one) > 1 and one.std() > 0 and two.std() > 0:
            each.append(float(np.corrcoef(one, two)[0, 1]))
    return float(np.mean(each)) if each else float("nan")


TASK = Task(
    name="tracks",
    title="counts along the sequence",
    loss=poisson_loss,
    activation=expected_counts,
    metric=pearson_along,
    metric_name="pearson",
    raw_unit="log count",
    by_class=False,
    output="bins",
)
