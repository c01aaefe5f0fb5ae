"""A small discriminative motif finder: enriched words as seeds, each refined by expectation maximisation.

Words of 6 and 8 letters are ranked by how many more positives than negatives hold them. From each seed a motif of
several widths is refined on the positives under the ZOOPS model (zero or one occurrence per sequence; Bailey & Elkan
1995, Mach Learn 21:51), on both strands where the alphabet has two. Which candidate to keep is the caller's choice.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn.functional import conv1d
from torch.nn.grad import conv1d_weight

from seqdl_core.baselines._scan import best_site, strands
from seqdl_core.baselines._words import both_strands, count_words, word_columns
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import Alphabet

_SEED_WIDTHS = (6, 8)
_SEEDS = 4  # of each width
_SEED_SHARE = 0.85  # how much of a seed's column goes to its letter
_WIDTHS = (8, 12, 16, 20)
_PSEUDOCOUNT = 2.0  # sites drawn from the background, added to every count
_SCREENING_ROUNDS, _SCREENING_LETTERS = 5, 100_000
_ROUNDS, _LETTERS = 12, 200_000  # for the candidates that screening leaves; about 2,000 sequences of 101 letters
_KEPT = 4
_FEWEST_ROWS = 200


@dataclass(frozen=True)
class Candidate:
    """A motif found.

    Attributes:
        probabilities: of the letters, ``(W, A)``.
        sites: how many occurrences it was estimated from, a sum of probabilities.
    """

    probabilities: Float[np.ndarray, "W A"]
    sites: float


def discover(
    positives: UInt8[np.ndarray, "P L"],
    negatives: UInt8[np.ndarray, "M L"],
    alphabet: Alphabet,
    background: Float[np.ndarray, " A"],
) -> list[Candidate]:
    """The few best motifs that tell positives from negatives, best first; at least one.

    Every seed is refined a little at every width on the first rows; the best by AUROC on these rows are refined further
    on more of them. So pass rows in random order.
    """
    length = positives.shape[1]
    widths = [width for width in _WIDTHS if width <= length] or [length]
    few = max(_FEWEST_ROWS, _SCREENING_LETTERS // length)
    more = max(_FEWEST_ROWS, _LETTERS // length)
    batch, others = (_one_hot(part[:few], alphabet) for part in (positives, negatives))
    lengths = sorted({min(k, length) for k in _SEED_WIDTHS})
    seeds = [seed for k in lengths for seed in enriched_words(positives, negatives, k, alphabet)]
    screened = [
        _refine(batch, _start(seed, width, background), alphabet, background, _SCREENING_ROUNDS)
        for seed in seeds
        for width in widths
        if width >= len(seed)
    ]
    screened.sort(key=lambda candidate: -_separation(candidate, batch, others, alphabet, background))
    batch = _one_hot(positives[:more], alphabet)
    return [_refine(batch, kept.probabilities, alphabet, background, _ROUNDS) for kept in screened[:_KEPT]]


def enriched_words(
    positives: UInt8[np.ndarray, "P L"], negatives: UInt8[np.ndarray, "M L"], k: int, alphabet: Alphabet
) -> list[NDArray[np.intp]]:
    """The words most enriched in the positives by a two-proportion z score, best first; at least one.

    Each sequence counts once a word, whichever strand it is on. Of words that are alike only the best is kept.
    """
    held = [np.asarray((count_words(part, k, alphabet) > 0).sum(axis=0)).ravel() for part in (positives, negatives)]
    share = (held[0] + held[1]) / (len(positives) + len(negatives))
    spread = np.sqrt(np.maximum(share * (1 - share), 1e-12) * (1 / len(positives) + 1 / len(negatives)))
    z = (held[0] / len(positives) - held[1] / len(negatives)) / spread
    spelling = np.unique(word_columns(k, alphabet), return_index=True)[1]
    chosen: list[NDArray[np.intp]] = []
    for column in np.argsort(-z, kind="stable")[: 50 * _SEEDS]:
        word = spelling[column] // alphabet.size ** np.arange(k - 1, -1, -1) % alphabet.size
        if len(chosen) == _SEEDS or (chosen and z[column] <= 0):
            break
        if not any(_alike(word, other, alphabet) for other in chosen):
            chosen.append(word)
    return chosen


def _alike(word: NDArray[np.intp], other: NDArray[np.intp], alphabet: Alphabet) -> bool:
    """Whether two words agree in all but one of their letters where they overlap by all but two, on either strand."""
    spellings = [other, alphabet.complement_codes[other[::-1]].astype(np.intp)] if both_strands(alphabet) else [other]
    k = len(word)
    for spelling in spellings:
        for shift in (-2, -1, 0, 1, 2):
            here = word[max(0, shift) : k + min(0, shift)]
            there = spelling[max(0, -shift) : k + min(0, -shift)]
            if (here != there).sum() <= 1:
                return True
    return False


def _start(seed: NDArray[np.intp], width: int, background: Float[np.ndarray, " A"]) -> NDArray[np.float64]:
    """A seed in the middle of an otherwise empty motif, ``(W, A)``."""
    motif = np.tile(background, (width, 1))
    first = (width - len(seed)) // 2
    for place, letter in enumerate(seed, start=first):
        motif[place] *= (1 - _SEED_SHARE) / (1 - background[letter])
        motif[place, letter] = _SEED_SHARE
    return motif


def _refine(
    batch: Float[Tensor, "P A L"],
    start: Float[np.ndarray, "W A"],
    alphabet: Alphabet,
    background: Float[np.ndarray, " A"],
    rounds: int,
) -> Candidate:
    """Rounds of expectation maximisation under ZOOPS, from a first motif."""
    expected = torch.from_numpy(background).float()
    motif = torch.from_numpy(start).float()
    share, sites = 0.5, 0.0
    for _ in range(rounds):
        kernels = strands(torch.log(motif / expected).T, alphabet)
        odds = torch.exp(conv1d(batch, kernels))
        odds = odds * (share / (odds.shape[1] * odds.shape[2]))
        held = odds / (odds.sum(dim=(1, 2), keepdim=True) + 1 - share)
        counts = conv1d_weight(batch, list(kernels.shape), held)
        forward = counts[0]
        if len(kernels) == 2:
            forward = forward + strands(counts[1], alphabet)[1]
        smoothed = forward.T + _PSEUDOCOUNT * expected
        motif = smoothed / smoothed.sum(dim=1, keepdim=True)
        sites = float(held.sum())
        share = min(max(sites / len(batch), 0.01), 0.99)
    return Candidate(motif.double().numpy(), sites)


def _separation(
    candidate: Candidate,
    positives: Float[Tensor, "P A L"],
    negatives: Float[Tensor, "M A L"],
    alphabet: Alphabet,
    background: Float[np.ndarray, " A"],
) -> float:
    """AUROC of the motif's best site on these rows."""
    kernels = strands(torch.from_numpy(np.log2(candidate.probabilities / background)).float().T, alphabet)
    found = torch.cat([best_site(positives, kernels), best_site(negatives, kernels)])[:, 0].numpy()
    return float(roc_auc_score(np.arange(len(found)) < len(positives), found))


def _one_hot(codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> Tensor:
    return one_hot(torch.from_numpy(np.ascontiguousarray(codes)), alphabet.size)
