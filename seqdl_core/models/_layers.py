"""Blocks that two architecture files share."""

from abc import abstractmethod
from collections.abc import Callable
from itertools import count
from math import log

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor
from torch.nn.functional import max_pool1d

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
        where=f"{name} on {shape.length:,} {shape.alphabet.unit}",
        fix="Choose narrower filters or less pooling, as its small preset does, or bring longer sequences.",
    )


def same_length(layer: nn.Conv1d, features: Float[Tensor, "N C P"]) -> Float[Tensor, "N D P"]:
    """A convolution between zeros that keeps the length; where the width is even, the right end gets one zero more.

    That is Keras's and Lua Torch's rule. Torch's own ``padding="same"`` agrees, but warns where the width is even.
    """
    missing = layer.kernel_size[0] - 1
    answers: Tensor = layer(torch.nn.functional.pad(features, (missing // 2, missing - missing // 2)))
    return answers


def start_as_keras(network: nn.Module) -> None:
    """Glorot's uniform weights and no offsets in every convolution and dense layer, which are Keras's defaults."""
    for layer in network.modules():
        if isinstance(layer, (nn.Conv1d, nn.Linear)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def known_positions(one_hot: Float[Tensor, "N A L"]) -> Bool[Tensor, "N L"]:
    """Which positions belong to the sequence: all up to its last known letter. Behind it there is padding.

    A blank sequence, as attribution methods show one, counts as a long one of unknown letters, not as an empty one.
    """
    known = one_hot.detach().abs().amax(1) > 0
    behind_is_known = known.flip(-1).cummax(-1).values.flip(-1)
    return behind_is_known | ~known.any(-1, keepdim=True)


def whole_rows(one_hot: Float[Tensor, "N A L"]) -> bool:
    """Whether every row begins and ends with a known letter, as rows without padding do; two columns tell.

    Tensors without content count as whole.
    """
    if one_hot.is_meta or isinstance(one_hot, FakeTensor):
        return True
    ends = one_hot.detach()[..., :: max(one_hot.shape[-1] - 1, 1)]
    return bool((ends != 0).any(1).all())


def known_span(one_hot: Float[Tensor, "N A L"]) -> Bool[Tensor, "N L"]:
    """Which positions stand between the first and the last known letter of each sequence; all of a blank one."""
    return known_positions(one_hot) & known_positions(one_hot.flip(-1)).flip(-1)


def pool_any(within: Bool[Tensor, "N L"], width: int, step: int = 0) -> Bool[Tensor, "N P"]:
    """Which windows of this width, as far apart (by default one behind the other), hold a position of ``within``."""
    return max_pool1d(within.float(), width, step or width, ceil_mode=True) > 0


def normalise_known(
    norm: nn.BatchNorm1d, features: Float[Tensor, "N C P"], within: Bool[Tensor, "N P"]
) -> Float[Tensor, "N C P"]:
    """Batch normalisation by the known positions alone; padding becomes 0, as is what lies beyond the end of a row."""
    places = within.flatten().nonzero()[:, 0]
    if not norm.training or len(places) < 2:  # one value has no spread
        normalised: Tensor = norm(features)
        return normalised * within[:, None]
    rows = features.transpose(1, 2).flatten(0, 1)
    known = norm(rows[places])
    filled = torch.zeros_like(rows, dtype=known.dtype).index_copy(0, places, known)
    in_rows: Tensor = filled.unflatten(0, within.shape)
    return in_rows.transpose(1, 2).contiguous()


def pool_known(within: Bool[Tensor, "N L"], width: int) -> Bool[Tensor, "N P"]:
    """What of ``within`` is left after a pool of this width, which keeps a last, shorter window."""
    return within[:, ::width]


def turn_within(features: Float[Tensor, "N C P"], within: Bool[Tensor, "N P"]) -> Float[Tensor, "N C P"]:
    """The positions of each sequence in reverse order, its padding left at the end; done twice it is undone."""
    return features.gather(-1, _turned(within)[:, None].expand(features.shape))


def _turned(within: Bool[Tensor, "N P"]) -> Int[Tensor, "N P"]:
    here = torch.arange(within.shape[-1], device=within.device).expand_as(within)
    return torch.where(within, within.sum(-1, keepdim=True) - 1 - here, here)


def turn_back(scores: Float[Tensor, "N T ..."], shape: InputShape) -> Float[Tensor, "N T ..."]:
    """Raw scores of the other strand at the places, and for the letters, of the strand given."""
    turned = scores.flip(tuple(range(2, scores.ndim)))
    return turned[:, _COMPLEMENT] if shape.of_letters else turned


def both_strands(
    read: Callable[[Tensor], Tensor], one_hot: Float[Tensor, "N 4 L"], shape: InputShape
) -> tuple[Float[Tensor, "N T ..."], Float[Tensor, "N T ..."]]:
    """What ``read`` makes of either strand, both at the places of the strand given.

    Unknown letters at both ends are padding. Rows that have some are read from their first known letter on, so that it
    stands behind either strand. Bins lie where they lie, so there the whole row is turned.
    """
    if shape.output == "bins" or whole_rows(one_hot):
        return read(one_hot), turn_back(read(other_strand(one_hot)), shape)
    here = torch.arange(one_hot.shape[-1], device=one_hot.device)
    first = known_span(one_hot).byte().argmax(-1, keepdim=True)
    moved = _at(one_hot, (here + first) % len(here))
    within, back = known_positions(moved), (here - first) % len(here)
    other = read(turn_within(moved[:, _COMPLEMENT], within))
    if shape.of_letters:
        other = other[:, _COMPLEMENT]
    return _at(read(moved), back), _at(other, _turned(within).gather(-1, back))


def _at(features: Float[Tensor, "N C ..."], places: Int[Tensor, "N P"]) -> Float[Tensor, "N C ..."]:
    """The features of each row at other places, along every axis of positions."""
    for axis in range(2, features.ndim):
        index = places.reshape(len(places), *(places.shape[1] if one == axis else 1 for one in range(1, features.ndim)))
        features = features.gather(axis, index.expand(features.shape))
    return features


def mean_count(one: Float[Tensor, "N T B"], other: Float[Tensor, "N T B"]) -> Float[Tensor, "N T B"]:
    """The logarithm of the mean of two expected counts, from their logarithms."""
    return torch.logaddexp(one, other) - log(2)


def average_strands(
    read: Callable[[Tensor], Tensor], one_hot: Float[Tensor, "N 4 L"], shape: InputShape
) -> Float[Tensor, "N T ..."]:
    """The mean of what ``read`` makes of :func:`both_strands`."""
    one, other = both_strands(read, one_hot, shape)
    return mean_count(one, other) if shape.output == "bins" else (one + other) / 2


class StrandsAveraged(FilterNetwork):
    """A network of one strand that is trained on one and, where ``both_strands`` is on, used on the mean of both.

    The published pipelines of such networks turn rows of full length. A shorter sequence is turned here within itself,
    its padding left behind it: to these networks the place counts.
    """

    strands_alike = True

    def __init__(self, shape: InputShape, *, both_strands: bool) -> None:
        super().__init__()
        self.shape = shape
        self.both_strands = both_strands and shape.alphabet.both_ways

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        if self.training or not self.both_strands:
            return self.one_strand(one_hot)
        return average_strands(self.one_strand, one_hot, self.shape)

    @abstractmethod
    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
