"""Frequencies: how far does calling the most frequent class get, whatever the sequence? For a class at each position.

The score of a class is the logarithm of its share of the training positions, the same everywhere, so it is a
probability model too: of hidden letters it gives the perplexity of one who knows how frequent each letter is, and no
more.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.sequences.alphabets import Alphabet


@dataclass(frozen=True, eq=False)
class FrequencyModel:
    """Logits ``(T,)`` for every position of every sequence."""

    alphabet: Alphabet
    logits: Float[Tensor, " T"]
    title: str
    short: str
    name: str = "frequencies"
    raw_unit: str = "logit"

    @property
    def device(self) -> torch.device:
        return self.logits.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T L"]:
        return self.logits[None, :, None].expand(len(one_hot), -1, one_hot.shape[2])


def fit(training: TrainingSet, seed: int) -> FrequencyModel:
    """Count; one more of each class, so that a class that training lacks is not impossible."""
    del seed
    targets = training.position_targets()
    counts = np.bincount(targets[np.isfinite(targets)].astype(np.intp), minlength=training.classes) + 1.0
    logits = torch.from_numpy(np.log(counts / counts.sum()).astype(np.float32))
    if training.task == "masked":
        return FrequencyModel(training.alphabet, logits, "letter frequencies", "letter frequency baseline")
    return FrequencyModel(training.alphabet, logits, "most frequent class", "majority baseline")


BASELINE = Baseline(
    name="frequencies",
    title="Class frequencies",
    summary="Calls the most frequent class, or letter, at every position.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("residues", "masked"),
    source="counting",
)
