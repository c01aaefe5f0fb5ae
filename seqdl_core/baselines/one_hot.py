"""One-hot logistic regression: how far do single letters at their places go, where all sequences are aligned?

Sequences cut around a splice site, a start of transcription or a cleavage site have the same thing at the same place.
There a weight for each letter at each position is a strong opponent, and a count of words, which forgets places, a weak
one. Of sequences that are not aligned it learns little more than their composition. For measured values
:mod:`seqdl_core.baselines.ridge` weighs letters at their places too.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.sequences.alphabets import Alphabet, one_hot_array

_VARIANCES = (0.003, 0.03, 0.3)
"""Variances of the Gaussian prior on the weights (scikit-learn's C) that cross-validation chooses from."""

_FOLDS = 3
_MOST_NUMBERS = 40_000_000
_CHOOSING_MOST = 6000


@dataclass(frozen=True, eq=False)
class OneHotModel:
    """Logits = ``bias`` + the weights ``(T, A, L)`` of the letters at their places; an unknown letter adds 0."""

    alphabet: Alphabet
    weights: Float[Tensor, "T A L"]
    bias: Float[Tensor, " T"]
    name: str = "one_hot"
    raw_unit: str = "logit"
    title: str = "one-hot logistic regression"
    short: str = "one-hot baseline"

    @property
    def device(self) -> torch.device:
        return self.weights.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        shared = min(one_hot.shape[2], self.weights.shape[2])
        return torch.einsum("nal,tal->nt", one_hot[:, :, :shared], self.weights[:, :, :shared]) + self.bias


def applies(training: TrainingSet) -> bool:
    """Whether nearly all sequences reach to the last position, and their one-hot letters fit into memory."""
    if training.codes.size * training.alphabet.size > _MOST_NUMBERS:
        return False
    return bool((training.codes[:, -1] < training.alphabet.size).mean() > 0.9) if training.codes.size else False


def fit(training: TrainingSet, seed: int) -> OneHotModel:
    """One regression for two classes, one for each class or label otherwise; the prior is chosen inside training."""
    letters = one_hot_array(training.codes, training.alphabet.size)
    features = letters.reshape(len(letters), -1)
    targets = training.labels[:, None] if training.targets is None else training.targets
    if training.task == "binary":
        targets = targets[:, :1]
    members = [_member(features, column, seed) for column in targets.T]
    weights = np.stack([weight for weight, _ in members]).reshape(-1, *letters.shape[1:])
    bias = np.array([bias for _, bias in members], np.float32)
    return OneHotModel(training.alphabet, torch.from_numpy(weights), torch.from_numpy(bias))


def _member(
    features: Float[np.ndarray, "N F"], column: Float[np.ndarray, " N"], seed: int
) -> tuple[Float[np.ndarray, " F"], float]:
    """Weights and bias of one class or label, from the rows where it is measured; a constant where they agree."""
    known = np.isfinite(column)
    inputs, labels = features[known], column[known]
    counts = np.bincount(labels.astype(np.intp), minlength=2) if labels.size else np.zeros(2, int)
    if not counts.all():
        bound = float(np.log(labels.size + 1))
        return np.zeros(features.shape[1], np.float32), bound if counts[1] else -bound
    regression = LogisticRegression(C=_variance(inputs, labels, int(counts.min()), seed), max_iter=2000)
    regression.fit(inputs, labels)
    return regression.coef_[0].astype(np.float32), float(regression.intercept_[0])


def _variance(inputs: Float[np.ndarray, "N F"], labels: Float[np.ndarray, " N"], fewest: int, seed: int) -> float:
    if fewest < _FOLDS:
        return _VARIANCES[1]
    rows = np.random.default_rng(seed).permutation(len(labels))[:_CHOOSING_MOST]
    if np.bincount(labels[rows].astype(np.intp), minlength=2).min() < _FOLDS:
        return _VARIANCES[1]
    losses = dict.fromkeys(_VARIANCES, 0.0)
    for train, held in StratifiedKFold(_FOLDS).split(rows, labels[rows]):
        for variance in _VARIANCES:
            regression = LogisticRegression(C=variance, max_iter=500)
            regression.fit(inputs[rows[train]], labels[rows[train]])
            logits = regression.decision_function(inputs[rows[held]])
            signs = 2 * labels[rows[held]] - 1
            losses[variance] += float(np.logaddexp(0, -signs * logits).sum())
    return min(losses, key=lambda variance: losses[variance])


BASELINE = Baseline(
    name="one_hot",
    title="one-hot logistic regression",
    summary="Weighs each letter at each position by itself; strong where sequences are aligned to something.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("binary", "multiclass", "multilabel"),
    source="logistic regression on one-hot letters",
    applies=applies,
)
