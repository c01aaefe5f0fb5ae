"""Blocks that two architecture files share."""

import torch
from jaxtyping import Float
from torch import Tensor

_COMPLEMENT = [3, 2, 1, 0]


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
