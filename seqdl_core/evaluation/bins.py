"""The judgement of tracks: how well the values expected in the bins of sequences follow those that were measured.

counted = tallied(scores, targets)           # once for each model
judgement = judge_bins(("K562", "GM12878"), [Answers("basenji", "basenji, this model", counted), ...])
judgement.verdict        # "Beats the mean track baseline by 0.212 Pearson [0.201, 0.223]."

metric             of what, the mean over the tracks
Pearson            all known bins of all sequences
... along          the bins of one sequence, the mean over the sequences: the shape, whatever the height
... across         the mean value of each sequence, over the sequences: the height, whatever the shape
Poisson loss       all known bins: rate - value * log(rate), in nats, as in training; less is better
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.errors import DataError
from seqdl_core.evaluation._by_sequence import Answers, judgement_of_rows, require_numbers
from seqdl_core.evaluation.judge import DRAWS, Judgement
from seqdl_core.tasks.tracks import expected_counts

__all__ = ["Answers", "Tally", "judge_bins", "tallied"]

_FLAT = 1e-12


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over the known bins of each sequence and track: their number, and of values expected (x), measured (y)."""

    known: Float[np.ndarray, "N T"]
    x: Float[np.ndarray, "N T"]
    y: Float[np.ndarray, "N T"]
    xx: Float[np.ndarray, "N T"]
    yy: Float[np.ndarray, "N T"]
    xy: Float[np.ndarray, "N T"]
    loss: Float[np.ndarray, "N T"]

    @staticmethod
    def joined(parts: Iterable["Tally"]) -> "Tally":
        """Tallies of one model on further sequences, one after the other."""
        every = list(parts)
        return Tally(*(np.concatenate([getattr(one, field.name) for one in every]) for field in fields(Tally)))

    def rows(self, chosen: NDArray[np.bool_]) -> "Tally":
        """Of some of the sequences."""
        return Tally(*(getattr(self, field.name)[chosen] for field in fields(Tally)))


def tallied(scores: Float[np.ndarray, "N T B"], targets: Float[np.ndarray, "N T B"]) -> Tally:
    """Raw scores (logarithms of rates) and measured values, NaN where not known.

    Raises:
        DataError: where a score is not a number.
    """
    require_numbers(scores)
    there = np.isfinite(targets)
    x = np.where(there, expected_counts(scores.astype(np.float64)), 0)
    y = np.where(there, targets, 0).astype(np.float64)
    sums = (there, x, y, x * x, y * y, x * y, np.where(there, x - y * scores, 0))
    return Tally(*(one.sum(-1).astype(np.float64) for one in sums))


def judge_bins(
    names: Sequence[str], everyone: Sequence[Answers[Tally]], draws: int = DRAWS, seed: int = 1
) -> Judgement:
    """Measure a model, the first, and its baselines on the same test sequences.

    Args:
        names: of the T tracks.

    Raises:
        DataError: where no bin is known.
    """
    known = everyone[0].tally.known.sum(1) > 0
    if not known.any():
        raise DataError(
            "The test set holds no bin that was measured.",
            where="evaluation",
            fix="Evaluate on sequences with tracks.",
        )
    kept = [Answers(one.name, one.title, one.tally.rows(known), one.short) for one in everyone]
    return judgement_of_rows(
        "tracks",
        kept,
        int(known.sum()),
        _metrics,
        names=names,
        chance=0.0,
        words=("Follows the measured tracks", "High and low may be the wrong way round."),
        not_compared=("poisson_loss",),
        draws=draws,
        seed=seed,
    )


def _metrics(tally: Tally, drawn: Float[np.ndarray, "D N"]) -> dict[str, Float[np.ndarray, "D T"]]:
    """Of each draw and track; NaN where expected or measured values are all the same."""
    each = [drawn @ getattr(tally, field.name) for field in fields(Tally)]
    along = _pearson(tally.known, tally.x, tally.y, tally.xx, tally.yy, tally.xy)
    told = np.isfinite(along)
    weight = drawn @ told.astype(np.float64)
    there = (tally.known > 0).astype(np.float64)
    x, y = (one / np.maximum(tally.known, 1) for one in (tally.x, tally.y))
    across = _pearson(*(drawn @ one for one in (there, x, y, x * x, y * y, x * y)))
    return {
        "pearson": _pearson(*each[:6]),
        "pearson_along": drawn @ np.where(told, along, 0) / np.where(weight > 0, weight, np.nan),
        "pearson_across": across,
        "poisson_loss": each[6] / np.where(each[0] > 0, each[0], np.nan),
    }


def _pearson(*sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of number, sums, sums of squares and sum of products; NaN where either is all the same."""
    known, x, y, xx, yy, xy = sums
    number = np.where(known > 1, known, np.nan)
    shared, a, b = xy - x * y / number, xx - x * x / number, yy - y * y / number
    flat = (a <= _FLAT * xx) | (b <= _FLAT * yy)
    return np.asarray(shared / np.sqrt(np.where(flat, np.nan, a * b)))
