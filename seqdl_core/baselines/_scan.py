"""Scanning sequences with a motif: the best place on either strand."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv1d, pad

from seqdl_core.baselines._words import both_strands
from seqdl_core.sequences.alphabets import Alphabet


def strands(kernel: Float[Tensor, "A W"], alphabet: Alphabet) -> Float[Tensor, "S A W"]:
    """The kernel, and on DNA its reverse complement beside it."""
    if not both_strands(alphabet):
        return kernel[None]
    mirrored = kernel[torch.from_numpy(alphabet.complement_codes[: alphabet.size].astype(np.int64))].flip(1)
    return torch.stack([kernel, mirrored])


def best_site(one_hot: Float[Tensor, "N A L"], kernels: Float[Tensor, "S A W"]) -> Float[Tensor, "N 1"]:
    """The largest sum of kernel entries over all places that lie inside the sequence, and over the strands.

    Unknown letters add 0. A sequence shorter than the motif is laid inside it at every place that holds it whole.
    """
    missing = max(0, kernels.shape[2] - one_hot.shape[2])
    return conv1d(pad(one_hot, (missing, missing)), kernels).amax(dim=(1, 2))[:, None]
