"""Pairing: which letters pair, and how far apart? For pairs of positions, each without what is around it.

The logit of a pair is that of its distance (how many of all pairs of positions so far apart are pairs) and the log of
how much more frequent its two letters are among pairs than among all: a naive Bayes model with two features. On RNA it
knows A-U, C-G and G-U, and nothing of stems.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.sequences.alphabets import Alphabet

_BOUNDS = (0, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512, 1024)
_SMALL = 0.5  # added to every count


@dataclass(frozen=True, eq=False)
class PairingModel:
    """Logits = of the distance + of the two letters.

    Attributes:
        distances: ``(D,)``, one for each class of distances of ``_BOUNDS``.
        letters: ``(A, A)``, symmetric.
    """

    alphabet: Alphabet
    distances: Float[Tensor, " D"]
    letters: Float[Tensor, "A A"]
    name: str = "pairing"
    title: str = "distance and letters of a pair"
    short: str = "pairing baseline"
    raw_unit: str = "logit"

    @property
    def device(self) -> torch.device:
        return self.distances.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N 1 L L"]:
        place = torch.arange(one_hot.shape[2], device=one_hot.device)
        bounds = torch.tensor(_BOUNDS, device=one_hot.device)
        which = torch.bucketize((place[:, None] - place[None, :]).abs(), bounds, right=True) - 1
        of_letters = one_hot.transpose(1, 2) @ (self.letters @ one_hot)
        return (of_letters + self.distances[which])[:, None]


def fit(training: TrainingSet, seed: int) -> PairingModel:
    """Count distances and letters of pairs, and of all pairs of positions, each once."""
    del seed
    size, targets = training.alphabet.size, training.position_targets()
    paired_at, all_at = np.zeros(len(_BOUNDS)), np.zeros(len(_BOUNDS))
    paired, every = np.zeros((size + 1, size + 1)), np.zeros((size, size))
    for codes, partners in zip(training.codes.astype(np.intp), targets, strict=True):
        here = np.flatnonzero(np.isfinite(partners))
        first = here[partners[here] > here]
        second = partners[first].astype(np.intp)
        np.add.at(paired_at, _class(second - first), 1)
        np.add.at(paired, (codes[first].clip(max=size), codes[second].clip(max=size)), 1)
        apart = np.arange(1, len(here))
        np.add.at(all_at, _class(apart), len(here) - apart)
        counts = np.bincount(codes[here], minlength=size + 1)[:size].astype(np.float64)
        every += np.outer(counts, counts) - np.diag(counts)
    share = (paired_at + _SMALL) / (np.maximum(all_at, paired_at) + 2 * _SMALL)
    known = paired[:size, :size]
    both = known + known.T + _SMALL
    ratio = np.log(both / both.sum()) - np.log((every + _SMALL) / (every + _SMALL).sum())
    logits = torch.from_numpy(np.log(share / (1 - share)).astype(np.float32))
    return PairingModel(training.alphabet, logits, torch.from_numpy(ratio.astype(np.float32)))


def _class(distances: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.searchsorted(_BOUNDS, distances, side="right") - 1


BASELINE = Baseline(
    name="pairing",
    title="Distance and letters of a pair",
    summary="Knows how far apart pairs are and which letters pair, but not what is around them.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("contacts",),
    source="naive Bayes",
)
