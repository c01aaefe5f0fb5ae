"""Numbers and verdicts as a person reads them."""

import pytest

from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.wording import (
    chance_of,
    interval_text,
    metric_title,
    metric_within,
    number_text,
    signed_text,
    verdict_text,
)

GOOD = Interval(0.956, 0.944, 0.967)


def test_numbers_have_three_decimals_a_true_minus_and_no_negative_zero() -> None:
    assert number_text(0.9561) == "0.956"
    assert number_text(-0.0042) == "−0.004"
    assert number_text(-0.0001) == "0.000"
    assert number_text(0.956, 2) == "0.96"
    assert signed_text(0.0114) == "+0.011"
    assert signed_text(-0.0114) == "−0.011"
    assert signed_text(-0.0001) == "+0.000"


def test_what_is_not_defined_is_said() -> None:
    assert number_text(None) == signed_text(None) == interval_text(Interval()) == "n/a"


def test_an_interval_follows_its_value() -> None:
    assert interval_text(GOOD) == "0.956 [0.944, 0.967]"


def test_a_metric_is_named_at_the_head_and_within_a_sentence() -> None:
    assert [metric_title(name) for name in ("auroc", "macro_f1", "spearman", "mae")] == [
        "AUROC", "Macro F1", "Spearman", "Mean absolute error",
    ]  # fmt: skip
    assert [metric_within(name) for name in ("auroc", "macro_f1", "spearman", "mae", "accuracy")] == [
        "AUROC", "macro F1", "Spearman", "mean absolute error", "accuracy",
    ]  # fmt: skip


def test_what_guessing_gets() -> None:
    assert [chance_of(name) for name in ("auroc", "macro_auroc", "spearman", "r2", "auprc")] == [0.5, 0.5, 0, 0, None]


@pytest.mark.parametrize(
    ("difference", "sentence"),
    [
        (Interval(0.011, 0.004, 0.019), "Beats the 6-mer baseline by 0.011 AUROC [0.004, 0.019]."),
        (
            Interval(0.002, -0.004, 0.009),
            "Cannot be told from the 6-mer baseline: difference 0.002 AUROC [−0.004, 0.009].",
        ),
        (Interval(-0.02, -0.03, -0.01), "Falls short of the 6-mer baseline by 0.020 AUROC [0.010, 0.030]."),
        (Interval(0.0014, 0.0003, 0.0031), "Beats the 6-mer baseline by 0.0014 AUROC [0.0003, 0.0031]."),
        (Interval(0.0, 0.0, 0.0), "Cannot be told from the 6-mer baseline: difference 0.000 AUROC [0.000, 0.000]."),
    ],
)
def test_the_sentence_follows_from_the_interval_of_the_difference(difference: Interval, sentence: str) -> None:
    assert verdict_text(500, 500, GOOD, "6-mer baseline", difference) == sentence


def test_a_model_that_guesses_is_called_so_whatever_it_beats() -> None:
    guessing = Interval(0.512, 0.476, 0.548)
    assert verdict_text(500, 500, guessing, "6-mer baseline", Interval(0.1, 0.05, 0.15)) == (
        "No evidence of signal: AUROC 0.512 [0.476, 0.548], where guessing gives 0.5."
    )


def test_an_order_the_wrong_way_round_is_noticed() -> None:
    assert verdict_text(500, 500, Interval(0.2, 0.17, 0.23)) == (
        "Worse than guessing: AUROC 0.200 [0.170, 0.230]. The two labels may be the wrong way round."
    )


def test_no_verdict_on_a_handful_of_sequences() -> None:
    assert verdict_text(1, 500, Interval(1.0, 1.0, 1.0)) == (
        "Cannot tell: the test set holds 1 positive and 500 negatives; a verdict needs at least 10 of each."
    )
    assert verdict_text(10, 10, GOOD).startswith("Tells the classes apart: AUROC 0.956 [0.944, 0.967].")
