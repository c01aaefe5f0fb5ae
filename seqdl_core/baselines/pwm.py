"""PWM: one binding site, each position on its own; found in the training part, or from JASPAR if that does better."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.baselines._discovery import discover
from seqdl_core.baselines._scan import best_site, strands
from seqdl_core.baselines._words import both_strands
from seqdl_core.errors import DataError
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.motifs import Motif, jaspar

FOUND = "found"
"""The id of a motif that was found in the training part."""

_CHOOSING_SHARE = 0.25
_CHOOSING_MOST = 2000
_CHOOSING_FEWEST = 5
_PSEUDOCOUNT = 1.0


@dataclass(frozen=True, eq=False)
class PwmModel:
    """Score in bits: the largest log-odds sum of ``motif`` over all places and both strands (one on RNA)."""

    motif: Motif
    alphabet: Alphabet
    kernels: Float[Tensor, "S A W"]
    name: str = "pwm"
    short: str = "PWM baseline"
    raw_unit: str = "bits"

    @property
    def title(self) -> str:
        return "PWM found in training" if self.motif.id == FOUND else f"PWM {self.motif.id} {self.motif.name}, JASPAR"

    @property
    def device(self) -> torch.device:
        return self.kernels.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        return best_site(one_hot, self.kernels)


def fit(training: TrainingSet, seed: int) -> PwmModel:
    """Find motifs in three quarters of the training part and keep what separates the last quarter best.

    A chosen JASPAR motif is one more candidate in that choice, and wins a tie. The quarter set aside keeps the choice
    fair: on the rows it was made from, a motif found does better than it is. With fewer than 20 sequences of a class
    nothing can be set aside, and all rows serve both ends.

    Raises:
        DataError: for proteins.
        UnknownName: for a JASPAR motif that does not exist.
    """
    alphabet = training.alphabet
    if alphabet.size != 4:
        raise DataError(
            f"There is no PWM baseline for a {alphabet.title} alphabet.",
            where="baseline 'pwm'",
            fix="Compare with the k-mer baseline.",
        )
    background = letter_frequencies(training.codes, alphabet)
    rng = np.random.default_rng(seed)
    positives, negatives = (rng.permutation(training.codes[training.labels == label]) for label in (1, 0))
    aside = int(_CHOOSING_SHARE * min(len(positives), len(negatives)))
    first = aside if aside >= _CHOOSING_FEWEST else 0
    motifs = [jaspar(training.jaspar)] if training.jaspar else []
    for candidate in discover(positives[first:], negatives[first:], alphabet, background):
        motifs.append(Motif(FOUND, FOUND, candidate.probabilities, max(1, round(candidate.sites))))
    chosen = [part[: min(first, _CHOOSING_MOST) or None] for part in (positives, negatives)]
    codes = np.concatenate(chosen)
    truth = np.arange(len(codes)) < len(chosen[0])
    models = [pwm(motif, alphabet, background) for motif in motifs]
    return max(models, key=lambda model: roc_auc_score(truth, scores(model, codes)[:, 0]))


def pwm(motif: Motif, alphabet: Alphabet, background: Float[np.ndarray, " A"]) -> PwmModel:
    """A motif as a predictor: log2 ratios against ``background``, one pseudocount so that no letter is impossible."""
    odds = torch.from_numpy(motif.log_odds(background, _PSEUDOCOUNT)).float()
    return PwmModel(motif, alphabet, strands(odds.T, alphabet))


def letter_frequencies(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> NDArray[np.float64]:
    """How frequent each letter is, one pseudocount each; on DNA over both strands, so that A = T and C = G."""
    counts = np.bincount(codes.ravel(), minlength=alphabet.size + 1)[: alphabet.size] + 1.0
    if both_strands(alphabet):
        counts = counts + counts[alphabet.complement_codes[: alphabet.size]]
    return np.asarray(counts / counts.sum())


BASELINE = Baseline(
    name="pwm",
    title="PWM",
    summary="Looks for the one best binding site; knows nothing of further sites or of context.",
    alphabets=("dna", "rna"),
    fit=fit,
    source="Stormo 2000, doi:10.1093/bioinformatics/16.1.16; motif by our own finder or from JASPAR",
)
