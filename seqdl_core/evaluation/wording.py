"""Numbers and verdicts in words: three decimals for metrics, U+2212 for minus, "n/a" for what is not defined.

>>> interval_text(Interval(0.9561, 0.944, 0.9672))
'0.956 [0.944, 0.967]'
"""

from seqdl_core.evaluation.metrics import Interval

UNDEFINED = "n/a"
FEWEST = 10
"""Below this many test sequences of either class an interval means nothing, and no verdict is given."""

FEWEST_VALUES = 20
"""The same for measured values."""

_TITLES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "mcc": "MCC",
    "accuracy": "Accuracy",
    "macro_auroc": "Macro AUROC",
    "macro_auprc": "Macro AUPRC",
    "macro_f1": "Macro F1",
    "f1": "F1",
    "q3": "Q3",
    "recall": "Recall",
    "macro_recall": "Macro recall",
    "perplexity": "Perplexity",
    "spearman": "Spearman",
    "pearson": "Pearson",
    "r2": "R²",
    "mae": "Mean absolute error",
    "pearson_along": "Pearson along sequences",
    "pearson_across": "Pearson across sequences",
    "poisson_loss": "Poisson loss",
    "average_precision": "Average precision",
    "precision_l5": "Precision at L/5",
    "precision_l2": "Precision at L/2",
    "precision_l": "Precision at L",
}
_CHANCE = {"auroc": 0.5, "macro_auroc": 0.5, "mcc": 0.0, "spearman": 0.0, "pearson": 0.0, "r2": 0.0}
_COMMON = ("Macro", "Accuracy", "Mean", "Perplexity", "Average", "Precision")
_MINUS = "−"
_MOST_DIGITS = 5


def metric_title(name: str) -> str:
    """``auroc`` as a person reads it."""
    return _TITLES.get(name, name)


def metric_within(name: str) -> str:
    """The same within a sentence: ``AUROC``, ``Spearman``, ``macro AUROC``, ``accuracy``."""
    title = metric_title(name)
    first, _, rest = title.partition(" ")
    return f"{first.lower()} {rest}".strip() if first in _COMMON else title


def chance_of(name: str) -> float | None:
    """What guessing gets in a metric; None where that depends on the data."""
    return _CHANCE.get(name)


def number_text(value: float | None, digits: int = 3) -> str:
    """``0.956``; a value that rounds to zero has no sign."""
    return UNDEFINED if value is None else f"{value:z.{digits}f}".replace("-", _MINUS)


def signed_text(value: float | None, digits: int = 3) -> str:
    """A difference with its sign: ``+0.011``."""
    return UNDEFINED if value is None else f"{value:+z.{digits}f}".replace("-", _MINUS)


def range_text(interval: Interval, digits: int = 3) -> str:
    """The bounds alone: ``[0.944, 0.967]``."""
    if interval.low is None or interval.high is None:
        return UNDEFINED
    return f"[{number_text(interval.low, digits)}, {number_text(interval.high, digits)}]"


def interval_text(interval: Interval, digits: int = 3) -> str:
    """The value and its bounds: ``0.956 [0.944, 0.967]``."""
    if interval.value is None:
        return UNDEFINED
    return f"{number_text(interval.value, digits)} {range_text(interval, digits)}"


def verdict_text(
    positives: int, negatives: int, auroc: Interval, yardstick: str = "", difference: Interval | None = None
) -> str:
    """The one sentence: what the model beats and by how much, or that it does not.

    ``yardstick`` names the strongest baseline ("6-mer baseline"), ``difference`` is the model's AUROC minus its own.
    """
    if min(positives, negatives) < FEWEST:
        return (
            f"Cannot tell: the test set holds {_count(positives, 'positive')} and {_count(negatives, 'negative')}; "
            f"a verdict needs at least {FEWEST} of each."
        )
    return compared_text(
        "AUROC",
        auroc,
        0.5,
        ("Tells the classes apart", "The two labels may be the wrong way round."),
        yardstick,
        difference,
    )


def compared_text(
    metric: str,
    measured: Interval,
    chance: float,
    words: tuple[str, str],
    yardstick: str = "",
    difference: Interval | None = None,
) -> str:
    """The sentence for one metric of which more is better.

    Args:
        metric: as a person reads it.
        chance: what guessing gives.
        words: what a model without a baseline does, and what may be wrong with one that is worse than guessing.
        yardstick, difference: the strongest baseline and the model's metric minus its own.
    """
    if measured.value is None or measured.low is None or measured.high is None:
        return f"Cannot tell: the {metric} is not defined on this test set."
    if measured.high < chance:
        return f"Worse than guessing: {metric} {interval_text(measured)}. {words[1]}"
    if measured.low <= chance:
        shown = interval_text(measured, _digits(measured, chance))
        return f"No evidence of signal: {metric} {shown}, where guessing gives {chance:g}."
    if difference is None or difference.value is None or difference.low is None or difference.high is None:
        return f"{words[0]}: {metric} {interval_text(measured)}. It was not compared with a baseline."
    digits = _digits(difference, 0.0)
    if difference.low > 0:
        return f"Beats the {yardstick} by {_by(difference, metric, digits)}."
    if difference.high < 0:
        turned = Interval(-difference.value, -difference.high, -difference.low)
        return f"Falls short of the {yardstick} by {_by(turned, metric, digits)}."
    return f"Cannot be told from the {yardstick}: difference {_by(difference, metric, digits)}."


def _by(difference: Interval, metric: str, digits: int) -> str:
    return f"{number_text(difference.value, digits)} {metric} {range_text(difference, digits)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _digits(interval: Interval, mark: float) -> int:
    """Three decimals, or more where rounding would put a bound on the mark that decides the sentence."""
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None and bound != mark]
    for digits in range(3, _MOST_DIGITS):
        if all(round(bound, digits) != mark for bound in bounds):
            return digits
    return _MOST_DIGITS
