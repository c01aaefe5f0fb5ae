"""Blocks that two architecture files share."""

from abc import abstractmethod
from collections.abc import Callable
from itertools import count
from math import log

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from seqdl_core.errors import ConfigError
from seqdl_core.models import FilterNetwork, InputShape

_COMPLEMENT = [3, 2, 1, 0]
_AGCT = [0, 2, 1, 3]


def other_strand(one_hot: Float[Tensor, "N 4 L"]) -> Float[Tensor, "N 4 L"]:
    """The reverse complement of one-hot DNA or RNA: both letter (ACGT order) and position axes reversed."""
    return one_hot[:, _COMPLEMENT].flip(-1)


def fill_unknown(one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N A L"]:
    """Unknown letters as an even mixture: an all-zero column becomes 1/A in every row; others stay as they are."""
    letters = one_hot.shape[1]
    return one_hot + (1 - one_hot.detach().sum(1, keepdim=True)).clamp(min=0) / letters


def pad_unknown(one_hot: Float[Tensor, "N A L"], width: int) -> Float[Tensor, "N A P"]:
    """``width`` unknown letters (1/A in every row) on both ends; P = L + 2 width."""
    return torch.nn.functional.pad(one_hot, (width, width), value=1 / one_hot.shape[1])


def to_agct(one_hot: Float[Tensor, "N 4 L"]) -> Float[Tensor, "N 4 L"]:
    """Our rows A, C, G, T (or U) in the order A, G, C, T of DeepSEA's data bundle; done twice it is undone."""
    return one_hot[:, _AGCT]


def require_length(name: str, shape: InputShape, positions: Callable[[int], int]) -> None:
    """Refuse sequences that are too short for a network's convolutions and pools.

    Args:
        positions: how many positions the last of them puts out for L letters; below 1 where L is too short.

    Raises:
        ConfigError: with the shortest length that fits.
    """
    if positions(shape.length) >= 1:
        return
    shortest = next(length for length in count(1) if positions(length) >= 1)
    raise ConfigError(
        f"With these settings {name} needs sequences of at least {shortest:,} {shape.alphabet.unit}; "
        f"these have {shape.length:,}.",
        where="architecture",
        fix="Choose narrower filters or less pooling, as its small preset does, or bring longer sequences.",
    )


def same_length(layer: nn.Conv1d, features: Float[Tensor, "N C P"]) -> Float[Tensor, "N D P"]:
    """A convolution between zeros that keeps the length; where the width is even, the right end gets one zero more.

    That is Keras's and Lua Torch's rule. Torch's own ``padding="same"`` agrees, but warns where the width is even.
    """
    missing = layer.kernel_size[0] - 1
    answers: Tensor = layer(torch.nn.functional.pad(features, (missing // 2, missing - missing // 2)))
    return answers


def known_positions(one_hot: Float[Tensor, "N A L"]) -> Bool[Tensor, "N L"]:
    """Which positions belong to the sequence: all up to its last known letter. Behind it there is padding.

    A blank sequence, as attribution methods show one, counts as a long one of unknown letters, not as an empty one.
    """
    known = one_hot.detach().abs().amax(1) > 0
    behind_is_known = known.flip(-1).cummax(-1).values.flip(-1)
    return behind_is_known | ~known.any(-1, keepdim=True)


def pool_known(within: Bool[Tensor, "N L"], width: int) -> Bool[Tensor, "N P"]:
    """What of ``within`` is left after a pool of this width, which keeps a last, shorter window."""
    return within[:, ::width]


def turn_within(features: Float[Tensor, "N C P"], within: Bool[Tensor, "N P"]) -> Float[Tensor, "N C P"]:
    """The positions of each sequence in reverse order, its padding left at the end; done twice it is undone."""
    here = torch.arange(within.shape[-1], device=within.device).expand_as(within)
    source = torch.where(within, within.sum(-1, keepdim=True) - 1 - here, here)
    return features.gather(-1, source[:, None].expand(features.shape))


def turn_back(scores: Float[Tensor, "N T ..."], shape: InputShape) -> Float[Tensor, "N T ..."]:
    """Raw scores of the other strand at the places, and for the letters, of the strand given."""
    turned = scores.flip(tuple(range(2, scores.ndim)))
    return turned[:, _COMPLEMENT] if shape.of_letters else turned


class StrandsAveraged(FilterNetwork):
    """A network of one strand that is trained on one and, where ``both_strands`` is on, used on the mean of both.

    It scores the other strand of the whole row, padding and all, as the published pipelines of such networks do.
    """

    both_strands: bool

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        score = self.one_strand(one_hot)
        if self.training or not self.both_strands:
            return score
        return (score + self.one_strand(other_strand(one_hot))) / 2

    @abstractmethod
    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""


def mean_count(one: Float[Tensor, "N T B"], other: Float[Tensor, "N T B"]) -> Float[Tensor, "N T B"]:
    """The logarithm of the mean of two expected counts, from their logarithms."""
    return torch.logaddexp(one, other) - log(2)


def average_strands(
    read: Callable[[Tensor], Tensor], one_hot: Float[Tensor, "N 4 L"], shape: InputShape
) -> Float[Tensor, "N T ..."]:
    """The mean of what ``read`` makes of both strands, padding left at the end of either.

    Bins lie where they lie, padding or not, so there the whole row of letters is turned.
    """
    if shape.output == "bins":
        other = turn_back(read(other_strand(one_hot)), shape)
        return mean_count(read(one_hot), other)
    within = known_positions(one_hot)
    other = read(turn_within(one_hot[:, _COMPLEMENT], within))
    if shape.output == "positions":
        other = turn_within(other[:, _COMPLEMENT] if shape.of_letters else other, within)
    elif shape.output == "pairs":
        rows, length = other.flatten(1, 2), within.shape[-1]
        other = turn_within(rows, within).reshape(other.shape).transpose(-1, -2)
        other = turn_within(other.flatten(1, 2), within).reshape(-1, shape.targets, length, length).transpose(-1, -2)
    return (read(one_hot) + other) / 2
