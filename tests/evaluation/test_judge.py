"""The judgement: its shape for others' scripts, its sentence, its curves, and what it refuses."""

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from seqdl_core.baselines.kmer import KmerModel
from seqdl_core.errors import DataError
from seqdl_core.evaluation.judge import Confusion, Judgement, Scored, curves, judge, scored
from seqdl_core.evaluation.metrics import Interval
from seqdl_core.sequences.alphabets import DNA

LABELS = np.repeat([0.0, 1.0], 150)


def noisy(signal: float, seed: int) -> np.ndarray:
    return signal * LABELS + np.random.default_rng(seed).normal(size=300)


def made(**changes: Any) -> Judgement:
    model = noisy(3.0, 1)
    values = {
        "labels": LABELS,
        "model": Scored("cnn", "cnn, this model", model, expit(model - 1.5)),
        "baselines": [
            Scored("kmer", "6-mer logistic regression", noisy(1.5, 2), expit(noisy(1.5, 2)), "6-mer baseline"),
            Scored("pwm", "PWM found in training", noisy(0.8, 3), None, "PWM baseline"),
        ],
        "draws": 400,
        "seed": 7,
    }
    return judge(**(values | changes))


def test_the_shape_that_others_script_against() -> None:
    plain = json.loads(json.dumps(made().to_json()))
    assert set(plain["metrics"]) == {"auroc", "auprc", "mcc", "accuracy"}
    assert set(plain["metrics"]["auroc"]) == {"value", "low", "high"}
    assert set(plain["baselines"]) == set(plain["differences"]) == {"kmer", "pwm"}
    assert set(plain["baselines"]["pwm"]["auroc"]) == {"value", "low", "high"}
    assert set(plain["differences"]["kmer"]) == {"auroc", "auprc"}
    assert plain["titles"] == {
        "model": "cnn, this model",
        "kmer": "6-mer logistic regression",
        "pwm": "PWM found in training",
    }
    assert (plain["n"], plain["positives"], plain["base_rate"]) == (300, 150, 0.5)
    assert (plain["draws"], plain["seed"]) == (400, 7)
    assert plain["baselines"]["pwm"]["mcc"] == {"value": None, "low": None, "high": None}
    assert isinstance(plain["verdict"], str)


def test_json_and_back_is_the_same() -> None:
    judgement = made()
    assert Judgement.from_json(json.loads(json.dumps(judgement.to_json()))) == judgement


@pytest.mark.parametrize("damaged", [{}, {"verdict": 3}, {"metrics": []}])
def test_a_damaged_file_is_refused(damaged: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="evaluation cannot be read"):
        Judgement.from_json(damaged)


def test_values_lie_within_their_intervals_and_match_scikit_learn() -> None:
    judgement = made()
    assert judgement.metrics["auroc"].value == pytest.approx(roc_auc_score(LABELS, noisy(3.0, 1)))
    for interval in judgement.metrics.values():
        assert interval.low < interval.value < interval.high
    difference = judgement.differences["kmer"]["auroc"]
    assert difference.value == pytest.approx(
        judgement.metrics["auroc"].value - judgement.baselines["kmer"]["auroc"].value
    )


def test_the_verdict_speaks_of_the_strongest_baseline() -> None:
    judgement = made()
    assert judgement.strongest == "kmer"
    difference = judgement.differences["kmer"]["auroc"]
    assert judgement.verdict == (
        f"Beats the 6-mer baseline by {difference.value:.3f} AUROC [{difference.low:.3f}, {difference.high:.3f}]."
    )
    weak = Scored("kmer", "6-mer logistic regression", noisy(0.2, 4), None, "6-mer baseline")
    turned = made(baselines=[weak, Scored("pwm", "PWM found in training", noisy(0.8, 3))])
    assert turned.strongest == "pwm"
    assert turned.verdict.startswith("Beats the PWM found in training by ")


def test_a_model_that_repeats_the_baseline_is_no_better() -> None:
    same = Scored("kmer", "6-mer logistic regression", noisy(3.0, 1) * 2, None, "6-mer baseline")
    assert made(baselines=[same]).verdict == (
        "Cannot be told from the 6-mer baseline: difference 0.000 AUROC [0.000, 0.000]."
    )


def test_a_random_model_shows_no_signal() -> None:
    assert made(model=Scored("cnn", "cnn", noisy(0.0, 5))).verdict.startswith("No evidence of signal: AUROC 0.")


def test_without_baselines_nothing_is_claimed_about_them() -> None:
    judgement = made(baselines=[])
    assert judgement.baselines == judgement.differences == {}
    assert judgement.strongest == ""
    assert judgement.verdict.endswith("It was not compared with a baseline.")


def test_one_class_leaves_all_but_accuracy_undefined() -> None:
    judgement = made(labels=np.ones(300))
    assert judgement.metrics["auroc"] == judgement.metrics["auprc"] == judgement.metrics["mcc"] == Interval()
    assert judgement.differences["kmer"]["auroc"] == Interval()
    assert judgement.metrics["accuracy"].value is not None
    assert judgement.curves == {}
    assert judgement.verdict.startswith("Cannot tell: the test set holds 300 positives and 0 negatives;")
    assert Judgement.from_json(json.loads(json.dumps(judgement.to_json()))) == judgement


def test_confusion_by_hand() -> None:
    scores = np.array([0.9, 0.5, 0.2, 0.7, 0.1])
    labels = np.array([1.0, 1, 1, 0, 0])
    judgement = judge(labels, Scored("cnn", "cnn", scores, scores), draws=10)
    assert judgement.confusion == Confusion(2, 1, 1, 1)
    assert judgement.metrics["accuracy"].value == 0.6
    assert judge(labels, Scored("cnn", "cnn", scores), draws=10).confusion is None


def test_curves_by_hand() -> None:
    drawn = curves(np.array([1.0, 0, 1, 0]), np.array([4.0, 3, 2, 2]))
    assert (drawn.roc.x, drawn.roc.y) == ((0.0, 0.0, 0.5, 1.0), (0.0, 0.5, 0.5, 1.0))
    assert drawn.pr.x == (0.0, 0.5, 0.5, 1.0)
    assert drawn.pr.y == (1.0, 1.0, 0.5, 0.5)


def test_curves_are_thinned_and_keep_their_area() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 5000).astype(float)
    scores = labels + rng.normal(size=5000)
    drawn = curves(labels, scores)
    for curve in (drawn.roc, drawn.pr):
        assert 100 < len(curve.x) == len(curve.y) <= 200
        assert list(curve.x) == sorted(curve.x)
    assert (drawn.roc.x[0], drawn.roc.y[0], drawn.roc.x[-1], drawn.roc.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(drawn.roc.y, drawn.roc.x) == pytest.approx(roc_auc_score(labels, scores), abs=2e-3)


def test_scores_of_a_baseline_become_probabilities_only_where_they_are_logits() -> None:
    import torch

    model = KmerModel(1, DNA, torch.zeros(4), 0.0)
    assert scored(model, np.array([[0.0], [2.0]], np.float32)).probabilities.tolist() == [0.5, float(expit(2.0))]
    in_bits = KmerModel(1, DNA, torch.zeros(4), 0.0, raw_unit="bits")
    one = scored(in_bits, np.array([[0.0], [2.0]], np.float32))
    assert one.probabilities is None
    assert (one.name, one.title, one.short) == ("kmer", "1-mer logistic regression", "1-mer baseline")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": np.zeros(0)}, "test set is empty"),
        ({"labels": LABELS * 2}, "labels other than 0 and 1"),
        ({"labels": LABELS[:10]}, "300 scores for 10 sequences"),
        ({"model": Scored("cnn", "cnn", np.full(300, np.nan))}, "300 of 300 scores are not numbers"),
    ],
)
def test_what_cannot_be_judged_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        made(**changes)
