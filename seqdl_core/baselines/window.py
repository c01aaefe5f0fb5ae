"""A window slid along the sequence: which class do the letters around a position speak for, each by itself?

A logistic regression on the one-hot letters of 15 positions, as wide as the windows of the first networks for secondary
structure (13 in Qian & Sejnowski 1988, doi:10.1016/0022-2836(88)90564-5; 17 in Garnier, Osguthorpe & Robson 1978).
Positions beyond the ends and unknown letters are all zero. It is fitted on positions drawn at random: with so few
weights more would change little.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from torch.nn.functional import conv1d

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet

_WIDTH = 15
_MOST_CELLS = 1_200_000  # positions times classes
_LEAST_LIKELY = -10.0  # the logit of a class that training did not hold


@dataclass(frozen=True, eq=False)
class WindowModel:
    """Logits = ``bias`` + the weights of the letters around a position.

    Attributes:
        weights: ``(T, A, K)``.
        bias: ``(T,)``.
    """

    alphabet: Alphabet
    weights: Float[Tensor, "T A K"]
    bias: Float[Tensor, " T"]
    name: str = "window"
    raw_unit: str = "logit"

    @property
    def title(self) -> str:
        return f"{self.weights.shape[2]}-letter window logistic regression"

    @property
    def short(self) -> str:
        return f"{self.weights.shape[2]}-letter window baseline"

    @property
    def device(self) -> torch.device:
        return self.weights.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T L"]:
        return conv1d(one_hot, self.weights, self.bias, padding=self.weights.shape[2] // 2)


def fit(training: TrainingSet, seed: int) -> WindowModel:
    """Fit on positions drawn with ``seed``.

    Raises:
        DataError: where fewer than two classes are known.
    """
    targets, alphabet, classes = training.position_targets(), training.alphabet, training.classes
    rows, places = np.nonzero(np.isfinite(targets))
    most = _MOST_CELLS // max(classes, 1)
    if len(rows) > most:
        drawn = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
        rows, places = rows[drawn], places[drawn]
    classed = targets[rows, places].astype(np.intp)
    if len(np.unique(classed)) < 2:
        raise DataError(
            "The known positions of the training part are all of one class; a baseline needs two.",
            where="training part",
            fix="Bring sequences with two classes at least.",
        )
    features = windows(training.codes, rows, places, alphabet)
    model = LogisticRegression(C=1.0, max_iter=100, tol=1e-3).fit(features, classed)
    # scikit-learn has one row of coefficients for two classes, the logit of the second against the first.
    of_two = len(model.classes_) == 2
    weights = np.concatenate([-model.coef_, model.coef_]) / 2 if of_two else model.coef_
    bias = np.concatenate([-model.intercept_, model.intercept_]) / 2 if of_two else model.intercept_
    every = np.zeros((classes, alphabet.size * _WIDTH), np.float32)
    biases = np.full(classes, _LEAST_LIKELY, np.float32)
    every[model.classes_], biases[model.classes_] = weights, bias
    shaped = every.reshape(classes, _WIDTH, alphabet.size).transpose(0, 2, 1)
    return WindowModel(alphabet, torch.from_numpy(np.ascontiguousarray(shaped)), torch.from_numpy(biases))


def windows(
    codes: UInt8[np.ndarray, "N L"], rows: NDArray[np.intp], places: NDArray[np.intp], alphabet: Alphabet
) -> csr_matrix:
    """One-hot letters around each position, ``(positions, K * A)``, letters next to each other."""
    half = _WIDTH // 2
    padded = np.pad(codes, ((0, 0), (half, half)), constant_values=alphabet.unknown_code)
    letters = padded[rows[:, None], places[:, None] + np.arange(_WIDTH)]
    position, offset = np.nonzero(letters < alphabet.size)
    columns = offset * alphabet.size + letters[position, offset]
    shape = (len(rows), _WIDTH * alphabet.size)
    return csr_matrix((np.ones(len(position)), (position, columns)), shape=shape)


BASELINE = Baseline(
    name="window",
    title="Window logistic regression",
    summary="Weighs each letter around a position by itself, without seeing what they make together.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("residues", "masked"),
    source="logistic regression on one-hot windows, after Qian & Sejnowski 1988, doi:10.1016/0022-2836(88)90564-5",
)
