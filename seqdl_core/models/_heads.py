"""Heads: from what a trunk made of each position to raw scores of the shape that the task asks for.

output     shape           how
sequence   (N, T)          the best place and the mean of every channel, one hidden layer, then the scores; of
                           sequences that are read as they stand also sums over positions with learned weights, since
                           where a motif lies counts there
positions  (N, T, L)       every position for itself; trunks do not pool where this is asked for
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


def make_head(
    shape: InputShape, channels: int, hidden: int = 0, dropout: float = 0.0, weightings: int = 0, positions: int = 0
) -> nn.Module:
    """The head for ``shape`` behind a trunk with ``channels`` features a position.

    Args:
        weightings: K, how many learned weightings of positions a score of the whole sequence sees; not used where a
            sequence and its reverse complement mean the same.
        positions: P, for which the weightings are.

    It is called with features ``(N, channels, P)`` and, where some positions are padding, which are not (``(N, P)``, at
    least one in each sequence).
    """
    if shape.output == "sequence":
        if weightings and not shape.alphabet.both_ways:
            return PlacesHead(channels, shape.targets, hidden, dropout, weightings, positions)
        return SequenceHead(channels, shape.targets, hidden, dropout)
    if shape.output == "positions":
        return PositionsHead(channels, shape.targets, hidden, dropout)
    if shape.output == "bins":
        return BinsHead(channels, shape.targets, shape.bins, hidden, dropout)
    return PairsHead(channels, shape.targets, shape.length, dropout)


class SequenceHead(nn.Sequential):
    def __init__(self, channels: int, targets: int, hidden: int, dropout: float) -> None:
        super().__init__(*_two_layers(nn.Linear, 2 * channels, hidden, targets, dropout))

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T"]:
        score: Tensor = super().forward(_best_and_mean(features, known))
        return score


class PlacesHead(nn.Module):
    """Beside best place and mean of each channel, K sums of it over positions, each with weights of its own.

    Weights that are learned for all channels together cost K P numbers, not C P for every hidden unit.
    """

    def __init__(
        self, channels: int, targets: int, hidden: int, dropout: float, weightings: int, positions: int
    ) -> None:
        super().__init__()
        self.places = nn.Linear(positions, weightings, bias=False)
        self.dense = _two_layers(nn.Linear, (2 + weightings) * channels, hidden, targets, dropout)

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T"]:
        here = features if known is None else features * known[:, None]
        gathered = torch.cat([_best_and_mean(features, known), self.places(here).flatten(1)], 1)
        score: Tensor = self.dense(gathered)
        return score


def _best_and_mean(features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None) -> Float[Tensor, "N G"]:
    if known is None:
        return torch.cat([features.amax(-1), features.mean(-1)], 1)
    here = known[:, None]
    best = features.masked_fill(~here, torch.finfo(features.dtype).min).amax(-1)
    return torch.cat([best, (features * here).sum(-1) / here.sum(-1)], 1)


class PositionsHead(nn.Module):
    def __init__(self, channels: int, targets: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.each = _two_layers(_pointwise, channels, hidden, targets, dropout)

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T P"]:
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
        self.join = nn.Sequential(nn.Conv2d(2 * _PAIR_CHANNELS, _PAIR_CHANNELS, 1), nn.ReLU(), nn.Dropout(dropout))
        self.pairs = nn.Sequential(
            nn.Conv2d(_PAIR_CHANNELS, _PAIR_CHANNELS, 3, padding=1), nn.ReLU(), nn.Conv2d(_PAIR_CHANNELS, targets, 1)
        )

    def forward(
        self, features: Float[Tensor, "N D P"], known: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N T L L"]:
        if features.shape[-1] != self.length:
            features = interpolate(features, self.length, mode="nearest")
            known = None if known is None else interpolate(known[:, None].float(), self.length)[:, 0] > 0
        narrow = self.narrow(features)
        row, column = narrow[..., :, None], narrow[..., None, :]
        joined = self.join(torch.cat([row + column, row * column], 1))
        if known is not None:  # what is padding looks to the next convolution like the edge
            joined = joined * (known[:, None, :, None] & known[:, None, None])
        scores: Tensor = self.pairs(joined)
        return (scores + scores.transpose(-1, -2)) / 2


def _pointwise(channels: int, outputs: int) -> nn.Conv1d:
    return nn.Conv1d(channels, outputs, 1)


def _two_layers(
    make: Callable[[int, int], nn.Module], channels: int, hidden: int, outputs: int, dropout: float
) -> nn.Sequential:
    if not hidden:
        return nn.Sequential(nn.Dropout(dropout), make(channels, outputs))
    return nn.Sequential(
        nn.Dropout(dropout), make(channels, hidden), nn.ReLU(), nn.Dropout(dropout), make(hidden, outputs)
    )
