"""Enformer's attention: who looks at whom depends on what both bins hold and on how far apart they are.

For one head, bin i looks at bin j with the weight softmax over j of

    (q_i / sqrt(K) + a) . k_j  +  (q_i / sqrt(K) + b) . r(j - i)

where r(d) is a learned linear picture of the features of distance d, and a, b are learned: how much is looked at any
content and at any distance. As in Transformer-XL (Dai et al. 2019, arXiv 1901.02860), r is computed once for each of
the 2P - 1 distances and what comes of it is shifted into place.

The features of a distance d among P bins are three families of as many curves each, once as they are and once with the
sign of d, so that left can be told from right:

    exponential    1/2 to the power |d|/h, half-lives h from 8 bins to P in equal factors
    central        1 where |d| < 2^k - 1, for k = 1, 2, 3, ...: the same bin, then ever wider surroundings
    gamma          density of a gamma distribution whose mean goes from P/F to P and whose deviation is P/2F, divided by
                   the highest value it takes at any distance: far bins, but not nearer ones

The division runs over distances, as in the released TensorFlow code; a widely used port divides over the curves, which
is another network unless the published table of gammas is loaded in its place.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import dropout, pad

KINDS = 6
"""Three families of curves, each with and without the sign of the distance."""

_SHORTEST_HALF_LIFE = 3.0  # an exponent of 2: 8 bins
_NOWHERE_ZERO = 1e-8


class DistanceAttention(nn.Module):
    def __init__(
        self,
        channels: int,
        heads: int,
        key_width: int,
        position_features: int,
        attention_dropout: float,
        position_dropout: float,
    ) -> None:
        super().__init__()
        self.heads, self.key_width = heads, key_width
        self.attention_dropout, self.position_dropout = attention_dropout, position_dropout
        self.query = nn.Linear(channels, heads * key_width, bias=False)
        self.key = nn.Linear(channels, heads * key_width, bias=False)
        self.value = nn.Linear(channels, channels, bias=False)
        self.distance = nn.Linear(position_features, heads * key_width, bias=False)
        self.content_bias = nn.Parameter(torch.empty(heads, 1, key_width))
        self.distance_bias = nn.Parameter(torch.empty(heads, 1, key_width))
        self.out = nn.Linear(channels, channels)
        for layer in (self.query, self.key, self.value, self.distance):
            _scale_variance(layer.weight, layer.in_features)
        for bias in (self.content_bias, self.distance_bias):
            _scale_variance(bias, heads)
        nn.init.zeros_(self.out.weight)  # at first nothing is added to what is known of each bin
        nn.init.zeros_(self.out.bias)

    def forward(
        self, features: Float[Tensor, "N P D"], distances: Float[Tensor, "Q E"]
    ) -> tuple[Float[Tensor, "N P D"], Float[Tensor, "N H P P"]]:
        """What each bin gathers, and where it looked; Q = 2P - 1."""
        weights = self.weights(features, distances)
        value = self._by_head(self.value(features))
        gathered = dropout(weights, self.attention_dropout, self.training) @ value
        out: Tensor = self.out(gathered.transpose(1, 2).flatten(2))
        return out, weights

    def weights(
        self, features: Float[Tensor, "N P D"], distances: Float[Tensor, "Q E"]
    ) -> Float[Tensor, "N H P P"]:  # fmt: skip
        """Where each bin looks: rows sum to 1."""
        query = self._by_head(self.query(features)) * self.key_width**-0.5
        key = self._by_head(self.key(features))
        known = dropout(distances, self.position_dropout, self.training)
        distance = self.distance(known).unflatten(-1, (self.heads, self.key_width)).transpose(0, 1)
        content = (query + self.content_bias) @ key.mT
        away = relative_shift((query + self.distance_bias) @ distance.mT)
        weights: Tensor = (content + away).softmax(-1)
        return weights

    def _by_head(self, rows: Float[Tensor, "N P D"]) -> Float[Tensor, "N H P K"]:
        by_head: Tensor = rows.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        return by_head


def _scale_variance(weight: Tensor, fan_in: int) -> None:
    """Sonnet's VarianceScaling(2): variance 2 / fan_in, from a normal distribution cut at two deviations.

    The cut takes the deviation down to 0.8796 of what it was, which is made up for.
    """
    deviation = math.sqrt(2 / fan_in) / 0.87962566103423978
    nn.init.trunc_normal_(weight, std=deviation, a=-2 * deviation, b=2 * deviation)


def relative_shift(rows: Float[Tensor, "... P Q"]) -> Float[Tensor, "... P P"]:
    """Entry (i, j) of the result is entry (i, j - i + P - 1) of the rows, which list distances -(P - 1) to P - 1.

    With one column more on the left, reading the table row by row with another row length moves every row one step
    further than the one above.
    """
    positions, distances = rows.shape[-2:]
    turned = pad(rows, (1, 0)).flatten(-2).unflatten(-1, (distances + 1, positions))
    shifted: Tensor = turned[..., 1:, :].flatten(-2).unflatten(-1, (positions, distances))
    return shifted[..., :positions]


def distance_features(
    positions: int, features: int, precision: torch.dtype = torch.float64
) -> Float[Tensor, "Q E"]:  # fmt: skip
    """Features of the distances -(P - 1) to P - 1 among P positions, E a multiple of six; Q = 2P - 1."""
    curves = features // KINDS
    signed = torch.arange(1 - positions, positions, dtype=precision)
    away = signed.abs()[:, None]
    shapes = torch.cat(
        [_exponential(away, curves, positions), _central(away, curves), _gamma(away, curves, positions)], 1
    )
    return torch.cat([shapes, signed.sign()[:, None] * shapes], 1).float()


def _exponential(away: Float[Tensor, "Q 1"], curves: int, positions: int) -> Float[Tensor, "Q C"]:
    half_life = 2 ** torch.linspace(_SHORTEST_HALF_LIFE, math.log2(positions), curves, dtype=away.dtype)
    return torch.exp(-math.log(2) / half_life * away)


def _central(away: Float[Tensor, "Q 1"], curves: int) -> Float[Tensor, "Q C"]:
    width = 2 ** torch.arange(1, curves + 1, dtype=away.dtype) - 1
    return (width > away).to(away.dtype)


def _gamma(away: Float[Tensor, "Q 1"], curves: int, positions: int) -> Float[Tensor, "Q C"]:
    mean = torch.linspace(positions / curves, positions, curves, dtype=away.dtype)
    deviation = positions / (2 * curves)
    concentration, rate = (mean / deviation) ** 2, mean / deviation**2
    log_density = torch.xlogy(concentration - 1, away) - rate * away
    log_total = torch.lgamma(concentration) - concentration * rate.log()
    density = torch.exp(log_density - log_total) + _NOWHERE_ZERO
    return density / density.amax(0)
