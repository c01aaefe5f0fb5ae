"""The judgement: a model's metrics on held-out sequences, the baselines' beside them, and what follows from both.

judgement = judge(labels, Scored("cnn", "cnn, this model", scores, probabilities), [Scored("kmer", ...)])
judgement.verdict        # "Beats the 6-mer baseline by 0.011 AUROC [0.004, 0.019]."
judgement.to_json()      # what `evaluate --json` prints and evaluation.json holds
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from scipy.special import expit

from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import METRICS, RANKED, Estimates, Interval, bootstrap
from seqdl_core.evaluation.wording import verdict_text

DRAWS = 2000
MODEL = "model"
"""The model's key in ``titles`` and ``curves``; baselines have their names."""

_MOST_POINTS = 200


@dataclass(frozen=True)
class Scored:
    """One model's answers on the test sequences.

    Attributes:
        name: ``cnn``, ``kmer`` and so on; no two baselines share one.
        title: what a table calls it, for example "6-mer logistic regression".
        scores: raw scores; only their order matters.
        probabilities: of the positive class; without them MCC, accuracy and confusion are not defined.
        short: what a sentence calls it, for example "6-mer baseline"; the title where empty.
    """

    name: str
    title: str
    scores: Float[np.ndarray, " N"]
    probabilities: Float[np.ndarray, " N"] | None = None
    short: str = ""


@runtime_checkable
class Titled(Protocol):
    """What a fitted baseline says about itself."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def short(self) -> str: ...

    @property
    def raw_unit(self) -> str: ...


def scored(model: Titled, scores: Float[np.ndarray, "N T"]) -> Scored:
    """A fitted baseline with the scores of :func:`seqdl_core.predict.scores`; a logit gives probabilities too."""
    first = scores[:, 0].astype(np.float64)
    probabilities = np.asarray(expit(first)) if model.raw_unit == "logit" else None
    return Scored(model.name, model.title, first, probabilities, model.short)


@dataclass(frozen=True)
class Curve:
    """Points of a curve, ``x`` never falling; at most 200 of them."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Curves:
    """``roc``: false against true positive rate. ``pr``: recall against precision."""

    roc: Curve
    pr: Curve


@dataclass(frozen=True)
class Confusion:
    """How many sequences were called what at a probability of 0.5 (positive from 0.5 on)."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int
    threshold: float = 0.5


@dataclass(frozen=True)
class Points:
    """What was measured against what the model says, in the unit that was brought; at most 1,000 rows."""

    measured: tuple[float, ...]
    predicted: tuple[float, ...]


@dataclass(frozen=True)
class Judgement:
    """All that was measured on one test set.

    Which metrics there are depends on the task: ``auroc``, ``auprc``, ``mcc`` and ``accuracy`` for binary data,
    ``spearman``, ``pearson``, ``r2`` and ``mae`` for numbers, ``macro_auroc``, ``accuracy`` and ``macro_f1`` for
    several classes, ``macro_auroc`` and ``macro_auprc`` for several labels; ``accuracy`` (of three classes ``q3``),
    ``macro_f1`` and ``macro_recall`` for a class at each position, ``accuracy``, ``perplexity`` and ``macro_recall``
    for hidden letters, those of :mod:`seqdl_core.evaluation.bins` and :mod:`seqdl_core.evaluation.pairs` for values in
    bins and for pairs of positions. Of several targets or classes they are the mean.

    Attributes:
        verdict: the sentence, against the baseline with the highest ``headline``.
        metrics: the model's metrics with 95 % intervals.
        baselines: the same for each baseline by its name.
        differences: model minus baseline in the metrics that are compared, by the baseline's name, on the same draws.
        titles: what a table calls each baseline, and the model under ``model``.
        base_rate: the share of positives, which a random order gets as AUPRC; None for other tasks.
        n: test sequences, of which ``positives`` have label 1; 0 for other tasks.
        curves: of each, the model under ``model``; empty where a class is missing.
        confusion: of the model; None without probabilities.
        strongest: the name of the baseline that the verdict speaks of, or "".
        draws, seed: of the bootstrap, stratified where rows have a class.
        task: ``binary``, ``regression``, ``multiclass``, ``multilabel``, ``residues``, ``tracks``, ``contacts`` or
            ``masked``.
        headline: the metric that the verdict speaks of.
        by_target: the model's metrics of each target or class by its name, where there are several.
        points: for numbers, of the first target.
        called: for several classes ``[class][class called]``, counts of test rows or of their positions, in the order
            of ``by_target``.
        positions: for a class at each position, how many were judged; 0 otherwise.
    """

    verdict: str
    metrics: dict[str, Interval]
    baselines: dict[str, dict[str, Interval]]
    differences: dict[str, dict[str, Interval]]
    titles: dict[str, str]
    base_rate: float | None
    n: int
    positives: int
    curves: dict[str, Curves]
    confusion: Confusion | None
    strongest: str = ""
    draws: int = DRAWS
    seed: int = 1
    task: str = "binary"
    headline: str = "auroc"
    by_target: dict[str, dict[str, Interval]] = field(default_factory=dict)
    points: Points | None = None
    called: tuple[tuple[int, ...], ...] = ()
    positions: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and text."""
        plain: dict[str, Any] = TypeAdapter(Judgement).dump_python(self, mode="json")
        return plain

    @staticmethod
    def from_json(plain: Mapping[str, Any], *, where: str = "evaluation.json") -> "Judgement":
        """Read what :meth:`to_json` made; further keys are ignored. Raises DataError for anything else."""
        try:
            return TypeAdapter(Judgement).validate_python(dict(plain))
        except (ValidationError, TypeError, ValueError):
            raise DataError(
                "The evaluation cannot be read.", where=where, fix="Evaluate the run again to write it anew."
            ) from None


def judge(
    labels: Float[np.ndarray, " N"],
    model: Scored,
    baselines: Sequence[Scored] = (),
    draws: int = DRAWS,
    seed: int = 1,
) -> Judgement:
    """Measure a model and its baselines on the same test sequences.

    Raises:
        DataError: for no sequences, labels other than 0 and 1, or scores that are missing or not numbers.
    """
    everyone = [model, *baselines]
    _check(labels, everyone)
    truth = np.asarray(labels, np.float64)
    measured = bootstrap(
        truth,
        [one.scores.astype(np.float64) for one in everyone],
        [one.probabilities for one in everyone],
        draws,
        seed,
    )
    rivals = {baseline.name: estimates for baseline, estimates in zip(baselines, measured[1:], strict=True)}
    differences = {
        name: {metric: measured[0][metric].minus(estimates[metric]).interval() for metric in RANKED}
        for name, estimates in rivals.items()
    }
    metrics = _intervals(measured[0])
    positives = int(truth.sum())
    both = 0 < positives < len(truth)
    strongest = max(baselines, key=lambda one: rivals[one.name]["auroc"].value) if baselines and both else None
    return Judgement(
        verdict=verdict_text(
            positives,
            len(truth) - positives,
            metrics["auroc"],
            (strongest.short or strongest.title) if strongest else "",
            differences[strongest.name]["auroc"] if strongest else None,
        ),
        metrics=metrics,
        baselines={name: _intervals(estimates) for name, estimates in rivals.items()},
        differences=differences,
        titles={MODEL: model.title, **{baseline.name: baseline.title for baseline in baselines}},
        base_rate=positives / len(truth),
        n=len(truth),
        positives=positives,
        curves={key: curves(truth, one.scores) for key, one in zip([MODEL, *rivals], everyone, strict=True) if both},
        confusion=_confusion(truth, model.probabilities),
        strongest=strongest.name if strongest else "",
        draws=draws,
        seed=seed,
    )


def curves(labels: Float[np.ndarray, " N"], scores: Float[np.ndarray, " N"]) -> Curves:
    """ROC and precision-recall curve with a point for each distinct score, thinned evenly along the curve."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = np.cumsum(labels[order])[ends]
    taken = ends + 1.0
    recall = found / found[-1]
    false = (taken - found) / (taken[-1] - found[-1])
    precision = found / taken
    return Curves(
        roc=_thin(np.append(0.0, false), np.append(0.0, recall)),
        pr=_thin(np.append(0.0, recall), np.append(precision[0], precision)),
    )


def _thin(x: NDArray[np.float64], y: NDArray[np.float64]) -> Curve:
    if len(x) > _MOST_POINTS:
        along = np.cumsum(np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])))
        wanted = np.searchsorted(along, np.linspace(0, along[-1], _MOST_POINTS - 1))
        kept = np.unique(np.append(np.minimum(wanted, len(x) - 1), len(x) - 1))
        x, y = x[kept], y[kept]
    return Curve(tuple(np.round(x, 6).tolist()), tuple(np.round(y, 6).tolist()))


def _intervals(estimates: Estimates) -> dict[str, Interval]:
    return {name: estimates[name].interval() for name in METRICS}


def _confusion(labels: NDArray[np.float64], probabilities: Float[np.ndarray, " N"] | None) -> Confusion | None:
    if probabilities is None:
        return None
    called, positive = probabilities >= 0.5, labels == 1
    return Confusion(
        int((positive & called).sum()),
        int((positive & ~called).sum()),
        int((~positive & called).sum()),
        int((~positive & ~called).sum()),
    )


def _check(labels: Float[np.ndarray, " N"], everyone: Sequence[Scored]) -> None:
    if not len(labels):
        raise DataError("The test set is empty.", where="evaluation", fix="Evaluate on a file that holds sequences.")
    if not np.isin(labels, (0, 1)).all():
        raise DataError(
            "The test set has labels other than 0 and 1.",
            where="evaluation",
            fix="Give each sequence the label 0 or 1.",
        )
    for one in everyone:
        if len(one.scores) != len(labels):
            raise DataError(
                f"There are {len(one.scores):,} scores for {len(labels):,} sequences.",
                where=one.title,
                fix="Score every test sequence once.",
            )
        wrong = int((~np.isfinite(one.scores)).sum())
        if wrong:
            raise DataError(
                f"{wrong:,} of {len(labels):,} scores are not numbers.",
                where=one.title,
                fix="Train the model again with a smaller learning rate.",
            )
