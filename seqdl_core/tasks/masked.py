"""Masked letters: a share of the letters is hidden, and the network says which they were. It needs no labels.

As in BERT (Devlin et al. 2019, arXiv 1810.04805): 15 % of the known letters are asked for. Of these 80 % are hidden (in
the one-hot picture a column of zeros, like any unknown letter), 10 % are replaced by a letter drawn evenly, 10 % stay.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.tasks import Task
from seqdl_core.tasks.residues import accuracy, positions_cross_entropy, probabilities

ASKED, HIDDEN, REPLACED = 0.15, 0.8, 0.1


def hide(
    codes: UInt8[Tensor, "N L"], alphabet: Alphabet, generator: torch.Generator
) -> tuple[UInt8[Tensor, "N L"], Float[Tensor, "N L"]]:
    """Codes with letters hidden or replaced, and the letters that are asked for (NaN where none is)."""
    known = codes < alphabet.size
    asked = known & (torch.rand(codes.shape, generator=generator, device=codes.device) < ASKED)
    lot = torch.rand(codes.shape, generator=generator, device=codes.device)
    drawn = torch.randint(0, alphabet.size, codes.shape, generator=generator, device=codes.device, dtype=torch.uint8)
    targets = torch.where(asked, codes.float(), torch.full(codes.shape, torch.nan, device=codes.device))
    unknown = torch.full_like(codes, alphabet.unknown_code)
    shown = torch.where(asked & (lot < HIDDEN), unknown, codes)
    return torch.where(asked & (lot >= 1 - REPLACED), drawn, shown), targets


TASK = Task(
    name="masked",
    title="hidden letters",
    loss=positions_cross_entropy,
    activation=probabilities,
    metric=accuracy,
    metric_name="accuracy",
    raw_unit="logit",
    by_class=False,
    output="positions",
    hide=hide,
    answers="classes",
)
