"""The judgement of a class at every position: residues' classes, or letters that were hidden.

counted = tallied(cnn_scores, targets)           # once for each model
judgement = judge_positions("residues", ("C", "E", "H"), [Tallied("cnn", "cnn, this model", counted), ...])
judgement.verdict        # "Beats the 15-letter window baseline by 0.071 Q3 [0.065, 0.078]."

Accuracy is over all known positions of all sequences; of three classes it is called Q3. Whole sequences are drawn with
replacement, because the residues of one protein are alike and the interval of drawn residues would be far too narrow.
Every model gets the same draws, so differences are paired. Perplexity is the exponential of the mean cross-entropy in
nats: 20 for one who thinks that every amino acid is as likely, 1 for one who knows each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.special import logsumexp

from seqdl_core.errors import DataError
from seqdl_core.evaluation._by_sequence import draws_of, require_numbers
from seqdl_core.evaluation.judge import DRAWS, MODEL, Judgement
from seqdl_core.evaluation.metrics import Estimate
from seqdl_core.evaluation.wording import FEWEST, compared_text, metric_within

_NOT_COMPARED = ("perplexity",)
_WORDS = ("Tells the classes apart", "Always calling the most frequent class would do better.")
_WORDS_OF_LETTERS = ("Tells hidden letters", "Always naming the most frequent letter would do better.")


@dataclass(frozen=True, eq=False)
class Tally:
    """What counts of a model's answers, sequence by sequence.

    Attributes:
        called: known positions by their class and the class called.
        surprise: the sum over the known positions of minus the natural logarithm of the right class's probability.
    """

    called: Float[np.ndarray, "N T T"]
    surprise: Float[np.ndarray, " N"]

    @staticmethod
    def joined(parts: Iterable["Tally"]) -> "Tally":
        """Tallies of one model on further sequences, one after the other."""
        every = list(parts)
        return Tally(np.concatenate([one.called for one in every]), np.concatenate([one.surprise for one in every]))


@dataclass(frozen=True, eq=False)
class Tallied:
    """One model's answers; ``name``, ``title`` and ``short`` are as in :class:`seqdl_core.evaluation.judge.Scored`."""

    name: str
    title: str
    tally: Tally
    short: str = ""


def tallied(scores: Float[np.ndarray, "N T L"], targets: Float[np.ndarray, "N L"]) -> Tally:
    """Raw scores (logits) and the classes' numbers, NaN where not known.

    Raises:
        DataError: where a score is not a number.
    """
    require_numbers(scores)
    rows, classes = scores.shape[:2]
    row, place = np.nonzero(np.isfinite(targets))
    right = targets[row, place].astype(np.intp)
    at_known = scores[row, :, place].astype(np.float64)
    called = np.zeros((rows, classes, classes))
    np.add.at(called, (row, right, at_known.argmax(1)), 1)
    unlikely = logsumexp(at_known, axis=1) - at_known[np.arange(len(row)), right]
    return Tally(called, np.bincount(row, unlikely, minlength=rows).astype(np.float64))


def judge_positions(
    task: str,
    names: Sequence[str],
    model: Tallied,
    baselines: Sequence[Tallied] = (),
    draws: int = DRAWS,
    seed: int = 1,
) -> Judgement:
    """Measure a model and its baselines on the same test sequences.

    Args:
        task: ``residues``, or ``masked``, which is measured by its perplexity too.
        names: of the T classes.

    Raises:
        DataError: where no position is known.
    """
    lengths = model.tally.called.sum((1, 2))
    known = lengths > 0
    if not known.any():
        raise DataError(
            "The test set holds no position whose class is known.",
            where="evaluation",
            fix="Evaluate on sequences with classes.",
        )
    everyone = [model, *baselines]
    measured = _measured(task, everyone, known, draws, seed)
    headline = next(iter(measured[0]))
    means = [{metric: _mean(each) for metric, each in one.items()} for one in measured]
    rivals = {baseline.name: estimates for baseline, estimates in zip(baselines, means[1:], strict=True)}
    differences = {
        name: {
            metric: means[0][metric].minus(estimates[metric]).interval()
            for metric in estimates
            if metric not in _NOT_COMPARED
        }
        for name, estimates in rivals.items()
    }
    strongest = max(baselines, key=lambda one: rivals[one.name][headline].value, default=None)
    confusion = model.tally.called.sum(0)
    metrics = {metric: estimate.interval() for metric, estimate in means[0].items()}
    few = int(known.sum())
    verdict = compared_text(
        metric_within(headline),
        metrics[headline],
        round(float(confusion.sum(1).max() / confusion.sum()), 3),
        _WORDS_OF_LETTERS if task == "masked" else _WORDS,
        (strongest.short or strongest.title) if strongest else "",
        differences[strongest.name][headline] if strongest else None,
    )
    if few < FEWEST:
        verdict = (
            f"Cannot tell: the test set holds {few:,} sequence{'' if few == 1 else 's'} with known classes; "
            f"a verdict needs at least {FEWEST}."
        )
    return Judgement(
        verdict=verdict,
        metrics=metrics,
        baselines={
            name: {metric: estimate.interval() for metric, estimate in estimates.items()}
            for name, estimates in rivals.items()
        },
        differences=differences,
        titles={MODEL: model.title, **{baseline.name: baseline.title for baseline in baselines}},
        base_rate=None,
        n=few,
        positives=0,
        curves={},
        confusion=None,
        strongest=strongest.name if strongest else "",
        draws=draws,
        seed=seed,
        task=task,
        headline=headline,
        by_target={
            name: {metric: _one(each, place).interval() for metric, each in measured[0].items() if each.shape[1] > 1}
            for place, name in enumerate(names)
        },
        called=tuple(tuple(int(count) for count in row) for row in confusion),
        positions=int(lengths.sum()),
    )


def _measured(
    task: str, everyone: Sequence[Tallied], known: NDArray[np.bool_], draws: int, seed: int
) -> list[dict[str, NDArray[np.float64]]]:
    """Of each model each metric, ``(1 + draws, 1)`` or a column a class; the first line is of the rows as they are."""
    parts: list[list[dict[str, NDArray[np.float64]]]] = [[] for _ in everyone]
    for drawn in draws_of(int(known.sum()), draws, seed):
        for part, one in zip(parts, everyone, strict=True):
            part.append(_metrics(task, one.tally, known, drawn))
    return [{metric: np.concatenate([one[metric] for one in part]) for metric in part[0]} for part in parts]


def _metrics(
    task: str, tally: Tally, known: NDArray[np.bool_], drawn: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Of each draw; a class that a draw does not hold has neither F1 nor recall there."""
    classes = tally.called.shape[1]
    counts = (drawn @ tally.called[known].reshape(len(drawn[0]), -1)).reshape(-1, classes, classes)
    right, there, calls = np.einsum("dtt->dt", counts), counts.sum(2), counts.sum(1)
    total = there.sum(1, keepdims=True)
    accuracy = right.sum(1, keepdims=True) / total
    found = {
        "q3" if classes == 3 and task == "residues" else "accuracy": accuracy,
        "macro_f1": 2 * right / np.where(there > 0, there + calls, np.nan),
        "macro_recall": right / np.where(there > 0, there, np.nan),
    }
    if task != "masked":
        return found
    surprise = (drawn @ tally.surprise[known])[:, None] / total
    return {"accuracy": accuracy, "perplexity": np.exp(surprise), "macro_recall": found["macro_recall"]}


def _mean(each: NDArray[np.float64]) -> Estimate:
    """Over the classes that are there."""
    there = np.isfinite(each)
    mean = np.where(there, each, 0).sum(1) / np.maximum(there.sum(1), 1)
    return Estimate(float(mean[0]), mean[1:])


def _one(each: NDArray[np.float64], place: int) -> Estimate:
    return Estimate(float(each[0, place]), each[1:, place])
