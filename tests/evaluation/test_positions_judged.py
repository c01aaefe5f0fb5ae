"""Judging a class at each position: by hand, against scikit-learn draw by draw, and by whole sequences."""

import json

import numpy as np
import pytest
from scipy.special import log_softmax
from sklearn.metrics import accuracy_score, f1_score, recall_score

from seqdl_core.errors import DataError
from seqdl_core.evaluation.judge import Judgement
from seqdl_core.evaluation.positions import Tallied, Tally, _metrics, judge_positions, tallied

RNG = np.random.default_rng(5)
CLASSES = RNG.integers(0, 3, (40, 20)).astype(np.float32)
CLASSES[RNG.random(CLASSES.shape) < 0.2] = np.nan


def answers(noise: float, seed: int) -> np.ndarray:
    right = np.eye(3)[np.nan_to_num(CLASSES).astype(int)].transpose(0, 2, 1)
    return (right + np.random.default_rng(seed).normal(0, noise, right.shape)).astype(np.float32)


GOOD, WORSE = (Tallied(name, name, tallied(answers(noise, 1), CLASSES), f"{name} baseline")
               for name, noise in (("cnn", 0.5), ("window", 1.5)))  # fmt: skip


def test_a_tally_by_hand() -> None:
    scores = np.log(np.array([[[0.7, 0.2, 0.5], [0.3, 0.8, 0.5]]]))
    tally = tallied(scores, np.array([[0.0, 0.0, np.nan]]))
    assert tally.called.tolist() == [[[1, 1], [0, 0]]]
    assert tally.surprise == pytest.approx([-np.log(0.7) - np.log(0.2)])
    two = Tally.joined([tally, tally])
    assert two.called.shape == (2, 2, 2)


def test_the_metrics_are_those_of_scikit_learn_on_every_draw() -> None:
    drawn = np.stack([np.ones(40), *(np.bincount(RNG.integers(0, 40, 40), minlength=40) for _ in range(3))]).astype(
        float
    )
    scores, everyone = answers(0.5, 1), np.ones(40, bool)
    found, letters = (_metrics(task, GOOD.tally, everyone, drawn) for task in ("residues", "masked"))
    for number, line in enumerate(drawn):
        rows = np.repeat(np.arange(40), line.astype(int))
        known = np.isfinite(CLASSES[rows])
        truth, said = CLASSES[rows][known].astype(int), scores[rows].argmax(1)[known]
        assert found["q3"][number, 0] == pytest.approx(accuracy_score(truth, said))
        assert found["macro_f1"][number] == pytest.approx(f1_score(truth, said, average=None))
        assert found["macro_recall"][number] == pytest.approx(recall_score(truth, said, average=None))
        likely = log_softmax(scores[rows].astype(float), axis=1).transpose(0, 2, 1)[known][np.arange(len(truth)), truth]
        assert letters["perplexity"][number, 0] == pytest.approx(np.exp(-likely.mean()))


def test_the_judgement_of_residues() -> None:
    judgement = judge_positions("residues", ("C", "E", "H"), GOOD, [WORSE], draws=300)
    assert (judgement.headline, judgement.n, judgement.positions) == ("q3", 40, int(np.isfinite(CLASSES).sum()))
    assert judgement.verdict.startswith("Beats the window baseline by 0.")
    assert " Q3 [" in judgement.verdict
    assert list(judgement.by_target) == ["C", "E", "H"]
    assert Judgement.from_json(json.loads(json.dumps(judgement.to_json()))) == judgement
    difference = judgement.differences["window"]["q3"]
    assert difference.value == pytest.approx(judgement.metrics["q3"].value - judgement.baselines["window"]["q3"].value)
    for interval in judgement.metrics.values():
        assert interval.low < interval.value < interval.high


def test_whole_sequences_are_drawn() -> None:
    """All positions of a sequence are right, or all wrong: the interval is that of 40 rows, not of 800 positions."""
    targets = np.zeros((40, 20), np.float32)
    scores = np.zeros((40, 2, 20), np.float32)
    scores[:20, 0], scores[20:, 1] = 1, 1
    judgement = judge_positions("residues", ("a", "b"), Tallied("x", "x", tallied(scores, targets)), draws=2000)
    measured = judgement.metrics["accuracy"]
    assert measured.value == 0.5
    spread = 1.96 * np.sqrt(0.25 / 40)
    assert measured.high - measured.value == pytest.approx(spread, rel=0.15)


def test_guessing_is_what_always_calling_the_most_frequent_class_gets() -> None:
    targets = (np.random.default_rng(1).random((60, 30)) < 0.3).astype(np.float32)
    flat = np.random.default_rng(2).normal(size=(60, 2, 30)).astype(np.float32)
    judgement = judge_positions("residues", ("a", "b"), Tallied("x", "x", tallied(flat, targets)), draws=200)
    assert judgement.verdict.startswith("Worse than guessing: accuracy 0.")
    flat[:, 0] += 9
    same = judge_positions("residues", ("a", "b"), Tallied("x", "x", tallied(flat, targets)), draws=200)
    assert same.verdict.startswith("No evidence of signal: accuracy 0.")


def test_a_handful_gets_no_verdict_and_nothing_known_is_refused() -> None:
    few = Tallied("x", "x", tallied(answers(0.5, 1)[:9], CLASSES[:9]))
    verdict = judge_positions("residues", ("C", "E", "H"), few, draws=50).verdict
    assert verdict == "Cannot tell: the test set holds 9 sequences with known classes; a verdict needs at least 10."
    with pytest.raises(DataError, match="no position whose class is known"):
        judge_positions("residues", ("C", "E", "H"), Tallied("x", "x", tallied(answers(1, 1), CLASSES * np.nan)))
    with pytest.raises(DataError, match="answers are not numbers"):
        tallied(answers(1, 1) * np.inf, CLASSES)
