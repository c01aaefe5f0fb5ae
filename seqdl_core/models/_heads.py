"""Heads: from what a trunk made of each position to raw scores of the shape that the task asks for.

output     shape           how
sequence   (N, T)          the best place and the mean of every channel, one hidden layer, then the scores
positions  (N, T, L)       every position for itself; pooled features are stretched to L again
bins       (N, T, B)       the mean over each bin, then the logarithm of the expected count
pairs      (N, T, L, L)    both positions' features, joined in a way that has no order, then a little convolution
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d, interpolate

from seqdl_core.models import InputShape

_PAIR_CHANNELS = 32


def make_head(shape: InputShape, channels: int, hidden: int = 0, dropout: float = 0.0) -> nn.Module:
    """The head for ``shape`` behind a trunk with ``channels`` features a position.

    It is called with features ``(N, channels, P)`` and, where some positions are padding, which are not (``(N, P)``).
    """
    if shape.output == "sequence":
        return SequenceHead(channels, shape.targets, hidden, dropout)
    if shape.output == "positions":
        return PositionsHead(channels, shape.targets, shape.length, hidden, dropout)
    if shape.output == "bins":
        return BinsHead(channels, shape.targets, shape.bins, hidden, dropout)
    return PairsHead(channels, shape.targets, shape.length, dropout)


class SequenceHead(nn.Module):
    def __init__(self, channels: int, targets: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.dense = _two_layers(nn.Linear, 2 * channels, hidden, targets, dropout)

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T"]:
        if known is None:
            gathered = torch.cat([features.amax(-1), features.mean(-1)], 1)
        else:
            here = known[:, None]
            best = features.masked_fill(~here, torch.finfo(features.dtype).min).amax(-1)
            mean = (features * here).sum(-1) / here.sum(-1).clamp(min=1)
            gathered = torch.cat([torch.where(here.any(-1), best, torch.zeros_like(best)), mean], 1)
        score: Tensor = self.dense(gathered)
        return score


class PositionsHead(nn.Module):
    def __init__(self, channels: int, targets: int, length: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.length = length
        self.each = _two_layers(_pointwise, channels, hidden, targets, dropout)

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T L"]:
        if features.shape[-1] != self.length:
            features = interpolate(features, self.length, mode="nearest")
        score: Tensor = self.each(features)
        return score


class BinsHead(nn.Module):
    """The bins cover all positions that the trunk hands on, the same number each as nearly as that goes."""

    def __init__(self, channels: int, targets: int, bins: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.bins = bins
        self.each = _two_layers(_pointwise, channels, hidden, targets, dropout)

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T B"]:
        score: Tensor = self.each(adaptive_avg_pool1d(features, self.bins))
        return score


class PairsHead(nn.Module):
    """Outer concatenation of both positions' features, symmetric: their sum and their product know no order."""

    def __init__(self, channels: int, targets: int, length: int, dropout: float) -> None:
        super().__init__()
        self.length = length
        self.narrow = nn.Conv1d(channels, _PAIR_CHANNELS, 1)
        self.pairs = nn.Sequential(
            nn.Conv2d(2 * _PAIR_CHANNELS, _PAIR_CHANNELS, 1),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Conv2d(_PAIR_CHANNELS, _PAIR_CHANNELS, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(_PAIR_CHANNELS, targets, 1),
        )

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T L L"]:
        if features.shape[-1] != self.length:
            features = interpolate(features, self.length, mode="nearest")
        narrow = self.narrow(features)
        row, column = narrow[..., :, None], narrow[..., None, :]
        scores: Tensor = self.pairs(torch.cat([row + column, row * column], 1))
        return (scores + scores.transpose(-1, -2)) / 2


def _pointwise(channels: int, outputs: int) -> nn.Conv1d:
    return nn.Conv1d(channels, outputs, 1)


def _two_layers(
    make: Callable[[int, int], nn.Module], channels: int, hidden: int, outputs: int, dropout: float
) -> nn.Module:
    if not hidden:
        return nn.Sequential(nn.Dropout(dropout), make(channels, outputs))
    return nn.Sequential(
        nn.Dropout(dropout), make(channels, hidden), nn.ReLU(), nn.Dropout(dropout), make(hidden, outputs)
    )
