"""What ``contact_map`` and ``rna_structure`` share: a trunk along the sequence and a grid of all pairs of positions.

Padding takes no part in either: the same sequence in a longer window gets the same scores.
"""

from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from seqdl_core.models import InputShape
from seqdl_core.models._attention import TransformerStack, check_heads
from seqdl_core.models._layers import same_length, turn_within

TrunkKind = Literal["lstm", "transformer"]

_NEAR, _RINGS = 24, 36
_DILATIONS = (1, 2, 4)
_FRONT_WIDTH = 7


class PairTrunk(nn.Module):
    """A convolution over the letters, then either LSTMs in both directions or layers of attention.

    Letters ``(N, A, L)`` become features ``(N, width, L)``.
    """

    def __init__(self, kind: TrunkKind, shape: InputShape, width: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.front = nn.Conv1d(shape.letters, width, _FRONT_WIDTH)
        self.stack = TransformerStack(width, heads, layers, dropout, "rotary", 0) if kind == "transformer" else None
        self.lstms = nn.ModuleList(_BothWays(width, dropout) for _ in range(0 if kind == "transformer" else layers))

    def forward(self, one_hot: Float[Tensor, "N A L"], within: Bool[Tensor, "N L"]) -> Float[Tensor, "N D L"]:
        features = torch.relu(same_length(self.front, one_hot)) * within[:, None]
        if self.stack is not None:
            attended: Tensor = self.stack(features, within)
            return attended * within[:, None]
        for lstm in self.lstms:
            features = lstm(features, within)
        return features


class _BothWays(nn.Module):
    """One LSTM from the left, one from the last letter back; each gives half of the features, added to what came in."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.onward = nn.LSTM(width, width // 2, batch_first=True)
        self.back = nn.LSTM(width, width // 2, batch_first=True)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Float[Tensor, "N D L"], within: Bool[Tensor, "N L"]) -> Float[Tensor, "N D L"]:
        onward = self.onward(features.transpose(1, 2))[0].transpose(1, 2)
        back = self.back(turn_within(features, within).transpose(1, 2))[0].transpose(1, 2)
        both = torch.cat([onward, turn_within(back, within)], 1)
        added: Tensor = (features + self.dropout(both)) * within[:, None]
        return added


class PairGrid(nn.Module):
    """Outer concatenation: the features of both positions, how far apart they are, and what else is known of a pair.

    A dense layer on two vectors side by side is the sum of one on each, which is how it is written here. Residual
    blocks of 3 x 3 convolutions with dilations 1, 2, 4, 1, ... then let neighbouring pairs speak: helices, sheets and
    stems run along diagonals. The scores of (i, j) and (j, i) are averaged.
    """

    def __init__(self, width: int, channels: int, blocks: int, targets: int, dropout: float, known: int = 0) -> None:
        super().__init__()
        self.row, self.column = nn.Conv1d(width, channels, 1), nn.Conv1d(width, channels, 1, bias=False)
        self.distance = nn.Embedding(_RINGS, channels)
        self.known = nn.Conv2d(known, channels, 1, bias=False) if known else None
        self.blocks = nn.ModuleList(
            _PairBlock(channels, _DILATIONS[index % len(_DILATIONS)], dropout) for index in range(blocks)
        )
        self.norm = nn.LayerNorm(channels)
        self.score = nn.Linear(channels, targets)

    def forward(
        self,
        features: Float[Tensor, "N D L"],
        within: Bool[Tensor, "N L"],
        known: Float[Tensor, "N K L L"] | None = None,
    ) -> Float[Tensor, "N T L L"]:
        both = (within[:, None, :, None] & within[:, None, None, :]).to(features)
        grid = self.row(features)[..., :, None] + self.column(features)[..., None, :]
        grid = grid + self.distance(rings(features.shape[-1], features.device)).permute(2, 0, 1)
        if self.known is not None and known is not None:
            grid = grid + self.known(known)
        grid = grid * both
        for block in self.blocks:
            grid = block(grid, both)
        scores: Tensor = self.score(torch.relu(self.norm(grid.permute(0, 2, 3, 1)))).permute(0, 3, 1, 2)
        return (scores + scores.transpose(-1, -2)) / 2


class _PairBlock(nn.Module):
    def __init__(self, channels: int, dilation: int, dropout: float) -> None:
        super().__init__()
        # A norm over the channels of each pair alone: one over the grid would see the padding.
        self.norm = nn.LayerNorm(channels)
        self.around = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, grid: Float[Tensor, "N C L L"], both: Float[Tensor, "N 1 L L"]) -> Float[Tensor, "N C L L"]:
        normed = torch.relu(self.norm(grid.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)) * both
        added: Tensor = grid + self.dropout(self.mix(torch.relu(self.around(normed)))) * both
        return added


def rings(length: int, device: torch.device) -> Int[Tensor, "L L"]:
    """How far apart two positions are, in 36 steps: each distance up to 23, then wider and wider ones."""
    place = torch.arange(length, device=device)
    apart = (place[:, None] - place[None, :]).abs()
    far = _NEAR + (2 * torch.log2(apart.clamp(min=_NEAR) / _NEAR)).long()
    return torch.where(apart < _NEAR, apart, far.clamp(max=_RINGS - 1))


def check_trunk(kind: TrunkKind, width: int, heads: int) -> None:
    """Refuse widths that cannot be shared out among the heads, where there are any.

    Raises:
        ConfigError: with a width that fits.
    """
    check_heads(width, heads if kind == "transformer" else 1, "rotary")
