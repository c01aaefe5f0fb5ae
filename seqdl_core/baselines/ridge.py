"""Ridge regression on short words: how far does a weighted count go towards a measured value?

What is counted is chosen inside the training rows, as is the penalty, on rows left out: words on either strand as one
(DNA), words as they stand, and, where all sequences have one length, the letter at each position beside the words. So
the opponent of a network is the best of these and not a convenient one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_matrix, hstack
from torch import Tensor

from seqdl_core.baselines import Baseline, TrainingSet
from seqdl_core.baselines._words import count_words, word_columns
from seqdl_core.sequences.alphabets import Alphabet

_WIDTH = {"dna": 5, "rna": 5, "protein": 2}
_PENALTIES = (1.0, 10.0, 100.0, 1000.0, 10000.0)
_FOLDS = 3
_FEW = 2000  # with more rows, those left out once tell enough
_MOST_COLUMNS = 6000  # a dense matrix of so many rows and columns is solved in some seconds on one core
_CHOOSING_MOST = 20_000


@dataclass(frozen=True, eq=False)
class RidgeModel:
    """Value = ``bias`` + the weights of the words, and of the letters at their positions where ``positions`` is set.

    Attributes:
        words: ``(A^k, T)`` in the order of their codes read as a number in base A, first letter most significant.
        positions: ``(A, L, T)``; a position that training did not see adds 0.
        bias: ``(T,)``.
    """

    k: int
    alphabet: Alphabet
    words: Float[Tensor, "words T"]
    bias: Float[Tensor, " T"]
    positions: Float[Tensor, "A L T"] | None = None
    name: str = "ridge"
    raw_unit: str = ""

    @property
    def title(self) -> str:
        return f"{self.k}-mer{' and position' if self.positions is not None else ''} ridge regression"

    @property
    def short(self) -> str:
        return f"{self.k}-mer ridge baseline"

    @property
    def device(self) -> torch.device:
        return self.words.device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        rows, letters, length = one_hot.shape
        value = self.bias.expand(rows, -1).clone()
        if length >= self.k:
            known = one_hot.sum(dim=1).unfold(1, self.k, 1).amin(dim=2) > 0
            numbers = torch.zeros(known.shape, dtype=torch.long, device=one_hot.device)
            codes = one_hot.argmax(dim=1)
            for offset in range(self.k):
                numbers = numbers * letters + codes[:, offset : offset + known.shape[1]]
            for place in range(known.shape[1]):
                value += self.words[numbers[:, place]] * known[:, place, None]
        if self.positions is not None:
            shared = min(length, self.positions.shape[1])
            value += torch.einsum("nal,alt->nt", one_hot[:, :, :shared], self.positions[:, :shared])
        return value


@dataclass(frozen=True)
class _Features:
    """What is counted: the column of each word, and whether letters are counted at their positions too."""

    columns: Int64[np.ndarray, " words"]
    with_positions: bool

    def count(self, codes: UInt8[np.ndarray, "N L"], k: int, alphabet: Alphabet) -> csr_matrix:
        counts = count_words(codes, k, alphabet, self.columns)
        if not self.with_positions:
            return counts
        rows, places = np.nonzero(codes < alphabet.size)
        at = codes[rows, places].astype(np.intp) * codes.shape[1] + places
        letters = csr_matrix((np.ones(len(rows)), (rows, at)), shape=(len(codes), alphabet.size * codes.shape[1]))
        return csr_matrix(hstack([counts, letters]))


def fit(training: TrainingSet, seed: int) -> RidgeModel:
    """Choose features and penalty by cross-validation, then fit on all rows. ``seed`` draws the folds."""
    alphabet, codes = training.alphabet, training.codes
    targets = training.labels[:, None] if training.targets is None else training.targets
    k = _WIDTH[alphabet.name]
    rng = np.random.default_rng(seed)
    few = rng.permutation(len(codes))[:_CHOOSING_MOST]
    kinds = _kinds(codes, k, alphabet)
    errors = [_errors(features.count(codes[few], k, alphabet), targets[few]) for features in kinds]
    number, best = np.unravel_index(int(np.argmin(errors)), (len(kinds), len(_PENALTIES)))
    penalty = _PENALTIES[best]
    chosen = kinds[number]
    ((weights, bias),) = _solved(chosen.count(codes, k, alphabet), targets, (penalty,))
    words = int(chosen.columns.max()) + 1
    return RidgeModel(
        k,
        alphabet,
        torch.from_numpy(weights[chosen.columns].astype(np.float32)),
        torch.from_numpy(bias.astype(np.float32)),
        torch.from_numpy(weights[words:].reshape(alphabet.size, codes.shape[1], -1).astype(np.float32))
        if chosen.with_positions
        else None,
    )


def _kinds(codes: UInt8[np.ndarray, "N L"], k: int, alphabet: Alphabet) -> list[_Features]:
    """The features to choose from."""
    as_they_stand = np.arange(alphabet.size**k)
    kinds = [_Features(word_columns(k, alphabet), False)]
    if alphabet.both_ways:
        kinds.append(_Features(as_they_stand, False))
    one_length = bool((codes[:, -1] < alphabet.size).mean() > 0.99) if codes.size else False
    if one_length and len(as_they_stand) + alphabet.size * codes.shape[1] <= _MOST_COLUMNS:
        kinds.append(_Features(as_they_stand, True))
    return kinds


def _errors(counts: csr_matrix, targets: Float[np.ndarray, "N T"]) -> list[float]:
    """For each penalty: mean squared error on rows left out, as a share of the targets' variance, over all targets."""
    fold = np.arange(len(targets)) % _FOLDS
    known = np.isfinite(targets)
    middle = np.where(known, targets, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    spread = np.where(known, targets - middle, 0).std(axis=0)
    errors = [0.0] * len(_PENALTIES)
    for number in range(_FOLDS if len(targets) <= _FEW else 1):
        inside, outside = fold != number, fold == number
        for place, (weights, bias) in enumerate(_solved(counts[inside], targets[inside], _PENALTIES)):
            wrong = np.where(known[outside], counts[outside] @ weights + bias - targets[outside], 0)
            errors[place] += float(((wrong / np.where(spread > 0, spread, 1)) ** 2).sum())
    return errors


def _solved(
    counts: csr_matrix, targets: Float[np.ndarray, "N T"], penalties: Sequence[float]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """For each penalty, weights ``(columns, T)`` and bias ``(T,)``; each target from the rows that measured it."""
    known = np.isfinite(targets)
    solved = [(np.zeros((counts.shape[1], targets.shape[1])), np.zeros(targets.shape[1])) for _ in penalties]
    patterns, pattern_of = np.unique(known, axis=1, return_inverse=True)
    for number, rows in enumerate(patterns.T):
        if not rows.any():
            continue
        columns = np.flatnonzero(pattern_of.reshape(-1) == number)
        part, truth = counts[rows], targets[rows][:, columns]
        mean, middle = np.asarray(part.mean(axis=0)).ravel(), truth.mean(axis=0)
        primal = len(truth) >= counts.shape[1]
        if primal:
            square = (part.T @ part).toarray() - len(truth) * np.outer(mean, mean)
            right = np.asarray(part.T @ truth) - len(truth) * np.outer(mean, middle)
        else:
            # The same answer from products of rows, which are fewer: weights = X' (XX' + penalty)^-1 y.
            products = (part @ part.T).toarray()
            of_row = products.mean(axis=0)
            square, right = products - of_row - of_row[:, None] + of_row.mean(), truth - middle
        diagonal = np.diag_indices_from(square)
        for penalty, (weights, bias) in zip(penalties, solved, strict=True):
            penalised = square.copy()
            penalised[diagonal] += penalty
            answer = solve(penalised, right, assume_a="pos", overwrite_a=True)
            weights[:, columns] = answer if primal else np.asarray(part.T @ answer)
            bias[columns] = middle - mean @ weights[:, columns]
    return solved


BASELINE = Baseline(
    name="ridge",
    title="k-mer ridge regression",
    summary="Counts short words, and letters at their positions where sequences are of one length, and weighs them.",
    alphabets=("dna", "rna", "protein"),
    fit=fit,
    tasks=("regression",),
    source="Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634, on k-mer counts and one-hot letters",
)
