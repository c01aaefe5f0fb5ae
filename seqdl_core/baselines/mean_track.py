"""Mean track: how far does one and the same track for every sequence get? For values in bins along sequences.

Windows around peaks are alike in shape whatever their letters are, so a network has learned of letters only what it
knows beyond this.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet

_LEAST = 1e-6  # a rate of 0 has no logarithm


@dataclass(frozen=True, eq=False)
class MeanTrack:
    """Logarithms of rates ``(T, B)``, for every sequence the same."""

    alphabet: Alphabet
    rates: Float[Tensor, "T B"]
    name: str = "mean_track"
    title: str = "mean track of the training part"
    short: str = "mean track baseline"
    raw_unit: str = "log count"

    @property
    def device(self) -> torch.device:
        return self.rates.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T B"]:
        return self.rates.expand(len(one_hot), -1, -1)


def fit(training: TrainingSet, seed: int) -> MeanTrack:
    """The mean of each bin over the rows where it is known, drawn towards its track's mean as by one row more.

    Raises:
        DataError: for a training part without targets.
    """
    del seed
    if training.targets is None:
        raise DataError("There are no tracks.", where="training part", fix="Bring sequences with tracks.")
    known = np.isfinite(training.targets)
    values = np.where(known, training.targets, 0).astype(np.float64)
    whole = values.sum((0, 2)) / np.maximum(known.sum((0, 2)), 1)
    rates = (values.sum(0) + whole[:, None]) / (known.sum(0) + 1)
    return MeanTrack(training.alphabet, torch.from_numpy(np.log(np.maximum(rates, _LEAST)).astype(np.float32)))


BASELINE = Baseline(
    name="mean_track",
    title="Mean track",
    summary="Expects in every sequence what training sequences had on average in each bin, whatever the letters.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("tracks",),
    source="averaging",
)
