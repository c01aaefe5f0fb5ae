"""How weights are changed by their gradients: AdamW, and a learning rate that rises and falls."""

import math

import torch

from seqdl_core.models import SequenceNetwork
from seqdl_core.training.config import TrainingConfig

_WARM_UP = 0.1


def learning_rate_at(step: int, steps: int, schedule: str = "one-cycle") -> float:
    """The rate as a share of the top rate.

    One cycle goes straight up over a tenth of the steps, then half a cosine to 0; cosine only falls.
    """
    if schedule == "constant":
        return 1.0
    rise = max(1, round(_WARM_UP * steps)) if schedule == "one-cycle" else 0
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def optimiser_of(network: SequenceNetwork, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW in one pass over the weights. Decay is for matrices and filters; offsets and scales are left alone."""
    decayed = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)
