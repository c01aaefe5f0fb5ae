"""What networks share that predict counts in the bins of a sequence's middle (Basenji, Enformer, BPNet)."""

from typing import Annotated, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from pydantic import AfterValidator
from torch import Tensor
from torch.nn.functional import softplus

from seqdl_core.errors import ConfigError
from seqdl_core.models import InputShape

_FAR_BELOW = -8.0


@runtime_checkable
class HasBins(Protocol):
    """The settings of a network that fix how wide a bin is; others divide the sequence into as many as are asked."""

    def bin_width(self) -> int: ...


def sigmoid_gelu(inputs: Float[Tensor, "*S"]) -> Float[Tensor, "*S"]:
    """``x * sigmoid(1.702 x)``: near the Gaussian error linear unit, at most 0.0203 from it."""
    return inputs * torch.sigmoid(1.702 * inputs)


def log_softplus(inputs: Float[Tensor, "*S"]) -> Float[Tensor, "*S"]:
    """``log(log(1 + exp(x)))``, exact and with a gradient where softplus itself is too small to take a logarithm of.

    Far below zero softplus(x) is exp(x) - exp(2x)/2 + ..., whose logarithm is x - exp(x)/2 + ...
    """
    below = inputs.clamp(max=_FAR_BELOW)
    return torch.where(inputs < _FAR_BELOW, below - below.exp() / 2, softplus(inputs.clamp(min=_FAR_BELOW)).log())


def middle(features: Float[Tensor, "N D P"], positions: int) -> Float[Tensor, "N D B"]:
    """The given number of positions from the middle; the same number is cut off both ends."""
    cut = (features.shape[-1] - positions) // 2
    return features[..., cut : cut + positions]


def require_bins(name: str, shape: InputShape, width: int) -> None:
    """Refuse lengths that are no whole number of bins, and numbers of bins that cannot lie in the middle.

    Raises:
        ConfigError: with the lengths or numbers of bins that fit.
    """
    if shape.bin_width and shape.bin_width != width:
        raise ConfigError(
            f"With these settings {name} makes bins of {width:,} bases; the data were measured in bins of "
            f"{shape.bin_width:,}.",
            where=f"{name} on bins of {shape.bin_width:,} bases",
            fix=f"Import the tracks again with bins of {width:,} bases (`--bin {width}`), or choose another network.",
        )
    total, rest = divmod(shape.length, width)
    if rest or not total:
        lengths = [f"{number * width:,}" for number in (total, total + 1) if number]
        raise ConfigError(
            f"With these settings {name} makes one bin of {width:,} bases; "
            f"{shape.length:,} bases are no whole number of them.",
            where=f"{name} on {shape.length:,} bases",
            fix=f"Bring sequences of {' or '.join(lengths)} bases, or of another multiple of {width:,}.",
        )
    if not 1 <= shape.bins <= total or (total - shape.bins) % 2:
        fitting = [f"{bins:,}" for bins in range(total, 0, -2)]
        listed = ", ".join(fitting[:4]) + (", ... down to " + fitting[-1] if len(fitting) > 4 else "")
        raise ConfigError(
            f"{name} makes {total:,} bins of {width:,} bases from sequences of {shape.length:,}; "
            f"{shape.bins:,} of them cannot lie in the middle.",
            where=f"{name} on {shape.bins:,} bins",
            fix=f"Measure this many bins: {listed}.",
        )


def _odd(width: int) -> int:
    if width % 2 == 0:
        raise ValueError("a filter needs a middle, so its width must be odd")
    return width


Odd = Annotated[int, AfterValidator(_odd)]
"""The width of a filter that keeps the length with the same padding on both sides."""
