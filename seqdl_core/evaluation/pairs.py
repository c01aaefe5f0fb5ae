"""The judgement of pairs of positions: base pairs of an RNA, contacts of a protein.

counted = tallied(scores, targets)           # once for each model
judgement = judge_pairs([Answers("rna_structure", "rna_structure, this model", counted), ...])
judgement.verdict        # "Beats the pairing baseline by 0.312 average precision [0.290, 0.335]."

metric                    of one sequence; the judgement is the mean over the sequences that have a pair
average precision         of its known pairs in the order of their scores
precision at L/5, L/2, L  the share of true ones among so many pairs with the highest scores, L being its length
F1                        of the pairs with a probability over one half

Each pair counts once, i before j; the diagonal and neighbours are left out. An RNA of length L has at most L/2 pairs,
so no network gets more than 0.5 at L.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sklearn.metrics import average_precision_score

from seqdl_core.errors import DataError
from seqdl_core.evaluation._by_sequence import Answers, judgement_of_rows, require_numbers
from seqdl_core.evaluation.judge import DRAWS, Judgement

__all__ = ["METRICS", "Answers", "Tally", "judge_pairs", "tallied"]

METRICS = ("average_precision", "precision_l5", "precision_l2", "precision_l", "f1")


@dataclass(frozen=True, eq=False)
class Tally:
    """The metrics of each sequence, NaN where it has no pair; and the share of its known pairs that are true."""

    values: Float[np.ndarray, "N 5"]
    rate: Float[np.ndarray, " N"]

    @staticmethod
    def joined(parts: Iterable["Tally"]) -> "Tally":
        """Tallies of one model on further sequences, one after the other."""
        every = list(parts)
        return Tally(np.concatenate([one.values for one in every]), np.concatenate([one.rate for one in every]))


def tallied(scores: Float[np.ndarray, "N 1 L L"], targets: Float[np.ndarray, "N 1 L L"]) -> Tally:
    """Raw scores (logits) and 1 for a pair, 0 for none, NaN where not known.

    Raises:
        DataError: where a score is not a number.
    """
    require_numbers(scores)
    rows = [_of_one(score[0], target[0]) for score, target in zip(scores, targets, strict=True)]
    values, rates = np.array([one[:-1] for one in rows]), np.array([one[-1] for one in rows])
    return Tally(values.reshape(-1, len(METRICS)), rates)


def judge_pairs(everyone: Sequence[Answers[Tally]], draws: int = DRAWS, seed: int = 1) -> Judgement:
    """Measure a model, the first, and its baselines on the same test sequences.

    Raises:
        DataError: where no sequence has a pair.
    """
    known = np.isfinite(everyone[0].tally.values[:, 0])
    if not known.any():
        raise DataError(
            "The test set holds no sequence with a pair.",
            where="evaluation",
            fix="Evaluate on sequences whose structures have pairs.",
        )
    kept = [
        Answers(one.name, one.title, Tally(one.tally.values[known], one.tally.rate[known]), one.short)
        for one in everyone
    ]
    return judgement_of_rows(
        "contacts",
        kept,
        int(known.sum()),
        _metrics,
        names=("pairs",),
        chance=round(float(kept[0].tally.rate.mean()), 3),
        words=("Tells pairs from others", "An order at random would do better."),
        not_compared=(),
        draws=draws,
        seed=seed,
    )


def _of_one(score: Float[np.ndarray, "L L"], target: Float[np.ndarray, "L L"]) -> tuple[float, ...]:
    """Each metric, and the share of true pairs among the known."""
    known = np.isfinite(target) & np.triu(np.ones(target.shape, bool), 1)
    truth, logits = target[known] == 1, score[known]
    if not truth.any():
        return (np.nan,) * (len(METRICS) + 1)
    length = int(np.isfinite(target).any(0).sum())
    best = truth[np.argsort(-logits, kind="stable")]
    precisions = [float(best[: max(1, length // part)].mean()) for part in (5, 2, 1)]
    called = logits > 0
    f1 = 2 * float((called & truth).sum()) / float(called.sum() + truth.sum())
    return (float(average_precision_score(truth, logits)), *precisions, f1, float(truth.mean()))


def _metrics(tally: Tally, drawn: Float[np.ndarray, "D N"]) -> dict[str, Float[np.ndarray, "D 1"]]:
    means = drawn @ tally.values / drawn.sum(1, keepdims=True)
    return {name: means[:, place : place + 1] for place, name in enumerate(METRICS)}
