"""The Transformer's layers, as ``transformer`` and ``conv_transformer`` use them.

Vaswani et al. 2017 (arXiv 1706.03762), with the norm before each part instead of behind it (Xiong et al. 2020, arXiv
2002.04745), which trains without a warm-up:

    x = x + attend(norm(x))      every position asks (query), offers (key) and tells (value); 4 D^2 + 4 D parameters
    x = x + dense(norm(x))       D -> 4 D -> D with GELU; 8 D^2 + 5 D parameters

With the two norms (4 D) a layer has 12 D^2 + 13 D parameters. Attention itself knows no order. Where a position is, is
told in one of three ways:

    sinusoidal   sin(i w), cos(i w) for D/2 rates w from 1 down to 1/10,000, side by side, added to the letters
    learned      a vector for each position of the longest sequence, added to the letters
    rotary       queries and keys are turned by an angle that grows with i, so that they see how far apart they are
                 (Su et al. 2021, arXiv 2104.09864)
"""

from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from seqdl_core.errors import ConfigError

Positions = Literal["sinusoidal", "learned", "rotary"]
POSITION_WORDS: dict[str, Any] = {"words": ["places, as waves (sinusoidal)", "places, learned", "distances (rotary)"]}
"""What a form calls them."""
_SLOWEST = 10_000.0


def angles(positions: int, width: int, device: torch.device) -> Float[Tensor, "P R"]:
    """``i * w`` for every position and W/2 rates w, each a constant factor slower than the one before."""
    rates = _SLOWEST ** (-torch.arange(0, width, 2, device=device, dtype=torch.float32) / width)
    return torch.arange(positions, device=device, dtype=torch.float32)[:, None] * rates


def sinusoids(positions: int, width: int, device: torch.device) -> Float[Tensor, "P W"]:
    """Even columns are sines, odd ones cosines of the same angles."""
    turned = angles(positions, width, device)
    return torch.stack([turned.sin(), turned.cos()], -1).flatten(1)


def rotate(features: Float[Tensor, "N H P W"]) -> Float[Tensor, "N H P W"]:
    """Each pair of neighbouring columns turned by its angle there; products then depend on distance alone."""
    turned = angles(features.shape[-2], features.shape[-1], features.device).to(features.dtype)
    even, odd = features[..., ::2], features[..., 1::2]
    sine, cosine = turned.sin(), turned.cos()
    return torch.stack([even * cosine - odd * sine, even * sine + odd * cosine], -1).flatten(-2)


def check_heads(width: int, heads: int, positions: Positions) -> None:
    """Refuse widths that cannot be shared out among the heads.

    Raises:
        ConfigError: for a remainder, or an odd share with rotary positions, which turn pairs of columns.
    """
    step = 2 * heads if positions == "rotary" else heads
    if width % step or width % 2:
        raise ConfigError(
            f"A width of {width} cannot be shared out among {heads} heads"
            + (" in pairs of columns." if positions == "rotary" else "."),
            where="width",
            fix=f"Take a multiple of {step if step % 2 == 0 else 2 * step}.",
        )


class TransformerLayer(nn.Module):
    """Attention, then a dense part, each behind a norm and added to what came in."""

    def __init__(self, width: int, heads: int, dropout: float, rotary: bool) -> None:
        super().__init__()
        self.heads, self.rotary = heads, rotary
        self.norm = nn.LayerNorm(width)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.dense_norm = nn.LayerNorm(width)
        self.dense = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Float[Tensor, "N P D"], within: Bool[Tensor, "N P"]) -> Float[Tensor, "N P D"]:
        normed = self.norm(features)
        query, key = self._asked(normed)
        told = scaled_dot_product_attention(query, key, self._split(self.value(normed)), within[:, None, None])
        features = features + self.dropout(self.out(told.transpose(1, 2).flatten(2)))
        thought: Tensor = self.dropout(self.dense(self.dense_norm(features)))
        return features + thought

    def weights(self, features: Float[Tensor, "N P D"], within: Bool[Tensor, "N P"]) -> Float[Tensor, "N H P P"]:
        """How much each position (row) listens to each other one (column), as :meth:`forward` weighs them."""
        query, key = self._asked(self.norm(features))
        scores: Tensor = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
        return scores.masked_fill(~within[:, None, None], -torch.inf).softmax(-1)

    def _asked(self, normed: Tensor) -> tuple[Tensor, Tensor]:
        query, key = self._split(self.query(normed)), self._split(self.key(normed))
        return (rotate(query), rotate(key)) if self.rotary else (query, key)

    def _split(self, features: Float[Tensor, "N P D"]) -> Float[Tensor, "N H P W"]:
        split: Tensor = features.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        return split


class TransformerStack(nn.Module):
    """Positions, a number of layers, and a last norm; features are ``(N, D, P)`` outside and inside of the heads."""

    def __init__(self, width: int, heads: int, layers: int, dropout: float, positions: Positions, longest: int) -> None:
        super().__init__()
        self.positions = positions
        if positions == "learned":
            self.places = nn.Parameter(torch.randn(longest, width) * 0.02)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            TransformerLayer(width, heads, dropout, positions == "rotary") for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, features: Float[Tensor, "N D P"], within: Bool[Tensor, "N P"]) -> Float[Tensor, "N D P"]:
        steps = self._placed(features)
        for layer in self.layers:
            steps = layer(steps, within)
        normed: Tensor = self.norm(steps)
        return normed.transpose(1, 2)

    def attention(
        self, features: Float[Tensor, "N D P"], within: Bool[Tensor, "N P"]
    ) -> tuple[Float[Tensor, "N H P P"], ...]:
        """The weights of each layer."""
        steps, seen = self._placed(features), []
        for layer in self.layers:
            assert isinstance(layer, TransformerLayer)
            seen.append(layer.weights(steps, within))
            steps = layer(steps, within)
        return tuple(seen)

    def _placed(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N P D"]:
        steps = features.transpose(1, 2)
        if self.positions == "learned":
            steps = steps + self.places[: steps.shape[1]]
        elif self.positions == "sinusoidal":
            steps = steps + sinusoids(steps.shape[1], steps.shape[2], steps.device).to(steps.dtype)
        placed: Tensor = self.dropout(steps)
        return placed
