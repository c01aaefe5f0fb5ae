"""Predictions in batches: from codes ``(N, L)`` to raw scores, with the predictor left as it was.

Raw scores are ``(N, T)``, or ``(N, T, ...)`` where the task asks for positions, bins or pairs.
"""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from seqdl_core.sequences.alphabets import Alphabet, one_hot_array

_CELLS = 2**20
"""Most letters, or pairs of them, to look at together: sequences of up to 2,000 letters still go 512 at a time."""


@runtime_checkable
class Predictor(Protocol):
    """Anything that scores one-hot sequences: a network, a PWM, a k-mer model. All pages and methods need no more."""

    @property
    def name(self) -> str: ...

    @property
    def alphabet(self) -> Alphabet: ...

    @property
    def device(self) -> torch.device: ...

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]: ...


def one_hot(codes: UInt8[Tensor, "N L"], letters: int) -> Float[Tensor, "N A L"]:
    """Codes to one-hot on the device of ``codes``; the unknown code becomes an all-zero column."""
    if codes.device.type == "cpu":  # numpy writes it a quarter faster
        return torch.from_numpy(one_hot_array(codes.numpy(), letters))
    encoded = torch.empty((len(codes), letters, codes.shape[1]), device=codes.device)
    every = torch.arange(letters, dtype=torch.uint8, device=codes.device)[:, None]
    return torch.eq(codes.unsqueeze(1), every, out=encoded)


def rows_at_once(length: int, most: int, *, pairs: bool = False) -> int:
    """How many sequences of L letters to ask about together: ``most``, or fewer where they are long."""
    return max(1, min(most, _CELLS // max(1, length * length if pairs else length)))


def scores(
    predictor: Predictor, codes: UInt8[np.ndarray, "N L"], batch_size: int = 256
) -> Float[np.ndarray, "N T ..."]:
    """Raw scores of all sequences, in float32 whatever precision training used.

    Args:
        batch_size: how many sequences at once; fewer where they are long.
    """
    letters, batch_size = predictor.alphabet.size, rows_at_once(codes.shape[1], batch_size)
    parts = []
    with torch.inference_mode():
        for start in range(0, len(codes), batch_size):
            batch = torch.from_numpy(np.ascontiguousarray(codes[start : start + batch_size])).to(predictor.device)
            parts.append(predictor(one_hot(batch, letters)).float().cpu().numpy())
    return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
