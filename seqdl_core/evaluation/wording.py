"""Numbers and verdicts in words: three decimals for metrics, U+2212 for minus, "n/a" for what is not defined.

>>> interval_text(Interval(0.9561, 0.944, 0.9672))
'0.956 [0.944, 0.967]'
"""

from seqdl_core.evaluation.metrics import Interval

UNDEFINED = "n/a"
FEWEST = 10
"""Below this many test sequences of either class an interval means nothing, and no verdict is given."""

_TITLES = {"auroc": "AUROC", "auprc": "AUPRC", "mcc": "MCC", "accuracy": "Accuracy"}
_MINUS = "−"
_MOST_DIGITS = 5


def metric_title(name: str) -> str:
    """``auroc`` as a person reads it."""
    return _TITLES.get(name, name)


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


def difference_text(interval: Interval, digits: int = 3) -> str:
    """A difference and its bounds: ``+0.011 [0.004, 0.019]``."""
    if interval.value is None:
        return UNDEFINED
    return f"{signed_text(interval.value, digits)} {range_text(interval, digits)}"


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
    if auroc.value is None or auroc.low is None or auroc.high is None:
        return "Cannot tell: the AUROC is not defined on this test set."
    if auroc.high < 0.5:
        return f"Worse than guessing: AUROC {interval_text(auroc)}. The two labels may be the wrong way round."
    if auroc.low <= 0.5:
        return f"No evidence of signal: AUROC {interval_text(auroc, _digits(auroc, 0.5))}, where guessing gives 0.5."
    if difference is None or difference.value is None or difference.low is None or difference.high is None:
        return f"Tells the classes apart: AUROC {interval_text(auroc)}. It was not compared with a baseline."
    digits = _digits(difference, 0.0)
    if difference.low > 0:
        return f"Beats the {yardstick} by {_by(difference, digits)}."
    if difference.high < 0:
        turned = Interval(-difference.value, -difference.high, -difference.low)
        return f"Falls short of the {yardstick} by {_by(turned, digits)}."
    return f"Cannot be told from the {yardstick}: difference {_by(difference, digits)}."


def _by(difference: Interval, digits: int) -> str:
    return f"{number_text(difference.value, digits)} AUROC {range_text(difference, digits)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _digits(interval: Interval, mark: float) -> int:
    """Three decimals, or more where rounding would put a bound on the mark that decides the sentence."""
    bounds = [bound for bound in (interval.low, interval.high) if bound is not None and bound != mark]
    for digits in range(3, _MOST_DIGITS):
        if all(round(bound, digits) != mark for bound in bounds):
            return digits
    return _MOST_DIGITS
