"""What Keras's layers call their tensors and how they lay them out, in torch's terms.

layer           Keras                              torch
convolution     kernel (K, C, F), bias (F)         weight (F, C, K), bias; both cross-correlate
dense           kernel (C, F), bias (F)            weight (F, C), bias
normalisation   gamma, beta, moving_mean,          weight, bias, running_mean, running_var
                moving_variance
"""

import re
from collections.abc import Iterable

from torch import Tensor

from seqdl_core.conversion._tensors import Tensors


def convolution(found: Tensors, layer: str, place: str) -> dict[str, Tensor]:
    """A one-dimensional convolution."""
    kernel = found.take(f"{layer}/kernel", -1, -1, -1)
    return {
        f"{place}.weight": kernel.permute(2, 1, 0).contiguous(),
        f"{place}.bias": found.take(f"{layer}/bias", kernel.shape[2]),
    }


def dense(found: Tensors, layer: str, place: str) -> dict[str, Tensor]:
    kernel = found.take(f"{layer}/kernel", -1, -1)
    return {f"{place}.weight": kernel.T.contiguous(), f"{place}.bias": found.take(f"{layer}/bias", kernel.shape[1])}


def normalisation(found: Tensors, layer: str, place: str) -> dict[str, Tensor]:
    """Batch normalisation. Keras's epsilon, 0.001, is the network's own to have."""
    return {
        f"{place}.{ours}": found.take(f"{layer}/{theirs}", -1)
        for ours, theirs in (
            ("weight", "gamma"),
            ("bias", "beta"),
            ("running_mean", "moving_mean"),
            ("running_var", "moving_variance"),
        )
    }


def numbered(keys: Iterable[str], kind: str) -> list[str]:
    """The layers that Keras named by itself (``conv1d_1``, ``conv1d_2``, ...), in the order they were made.

    The first of them has no number in later versions, and a program that made other networks before counts on.
    """
    found = {key.split("/")[0] for key in keys}
    numbers = {name: re.fullmatch(rf"{kind}(?:_(\d+))?", name) for name in found}
    return sorted((name for name in found if numbers[name]), key=lambda name: int((numbers[name] or [0, 0])[1] or 0))
