"""Judging numbers, classes and labels: against scipy and scikit-learn, draw by draw, and in words."""

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, r2_score, roc_auc_score

from seqdl_core.errors import DataError
from seqdl_core.evaluation.judge import Judgement
from seqdl_core.evaluation.outputs import Predicted, class_metrics, judge_outputs, label_metrics, values_metrics

RNG = np.random.default_rng(3)
TRUTH = RNG.normal(50, 10, (200, 1)).round(0)
GOOD = Predicted("cnn", "cnn, this model", TRUTH + RNG.normal(0, 5, (200, 1)))
WORSE = Predicted("ridge", "5-mer ridge regression", TRUTH + RNG.normal(0, 20, (200, 1)), "5-mer ridge baseline")
DRAWN = np.stack([np.ones(200), *(np.bincount(RNG.integers(0, 200, 200), minlength=200) for _ in range(4))]).astype(
    float
)


def judged(task: str = "regression", **changes: Any) -> Judgement:
    values = {"names": ("strength",), "targets": TRUTH, "model": GOOD, "baselines": [WORSE], "draws": 300, "seed": 7}
    return judge_outputs(task, **(values | changes))


def test_numbers_are_those_of_scipy_on_every_draw() -> None:
    found = values_metrics(TRUTH, GOOD.values.round(0), DRAWN)
    for number, drawn in enumerate(DRAWN):
        rows = np.repeat(np.arange(200), drawn.astype(int))
        truth, said = TRUTH[rows, 0], GOOD.values.round(0)[rows, 0]
        assert found["spearman"][number, 0] == pytest.approx(spearmanr(truth, said)[0])
        assert found["pearson"][number, 0] == pytest.approx(pearsonr(truth, said)[0])
        assert found["r2"][number, 0] == pytest.approx(r2_score(truth, said))
        assert found["mae"][number, 0] == pytest.approx(np.abs(truth - said).mean())


def test_predicting_the_mean_is_nothing() -> None:
    flat = np.full((200, 1), TRUTH.mean())
    found = values_metrics(TRUTH, flat, DRAWN[:1])
    assert found["r2"][0, 0] == pytest.approx(0)
    assert np.isnan(found["spearman"][0, 0])
    assert np.isnan(found["pearson"][0, 0])


def test_what_was_not_measured_counts_nowhere() -> None:
    holes = TRUTH.copy()
    holes[::3] = np.nan
    known = np.isfinite(holes[:, 0])
    found = values_metrics(holes, GOOD.values, DRAWN[:1])
    assert found["spearman"][0, 0] == pytest.approx(spearmanr(TRUTH[known, 0], GOOD.values[known, 0])[0])


def test_classes_are_those_of_scikit_learn_on_every_draw() -> None:
    classes = RNG.integers(0, 3, 200)
    scores = np.eye(3)[classes] + RNG.normal(0, 0.8, (200, 3))
    found = class_metrics(np.eye(3)[classes], scores, DRAWN)
    for number, drawn in enumerate(DRAWN):
        rows = np.repeat(np.arange(200), drawn.astype(int))
        truth, called = classes[rows], scores[rows].argmax(1)
        aurocs = [roc_auc_score(truth == one, scores[rows, one]) for one in range(3)]
        assert found["macro_auroc"][number] == pytest.approx(aurocs)
        assert found["accuracy"][number, 0] == pytest.approx(accuracy_score(truth, called))
        assert found["macro_f1"][number] == pytest.approx(f1_score(truth, called, average=None))


def test_labels_are_those_of_scikit_learn() -> None:
    labels = (RNG.random((200, 2)) < [0.3, 0.6]).astype(float)
    scores = labels + RNG.normal(0, 1, (200, 2))
    labels[:20, 1] = np.nan
    found = label_metrics(labels, scores, DRAWN[:1])
    known = np.isfinite(labels[:, 1])
    assert found["macro_auroc"][0] == pytest.approx(
        [roc_auc_score(labels[:, 0], scores[:, 0]), roc_auc_score(labels[known, 1], scores[known, 1])]
    )
    assert found["macro_auprc"][0, 0] == pytest.approx(average_precision_score(labels[:, 0], scores[:, 0]))


def test_the_shape_that_others_script_against() -> None:
    judgement = judged()
    plain = json.loads(json.dumps(judgement.to_json()))
    assert (plain["task"], plain["headline"], plain["n"], plain["positives"]) == ("regression", "spearman", 200, 0)
    assert list(plain["metrics"]) == ["spearman", "pearson", "r2", "mae"]
    assert set(plain["differences"]["ridge"]) == {"spearman", "pearson", "r2"}
    assert len(plain["points"]["measured"]) == len(plain["points"]["predicted"]) == 200
    assert Judgement.from_json(plain) == judgement
    for interval in judgement.metrics.values():
        assert interval.low < interval.value < interval.high


def test_the_verdict_is_a_paired_difference() -> None:
    judgement = judged()
    assert judgement.verdict.startswith("Beats the 5-mer ridge baseline by 0.")
    assert judgement.verdict.split(" by ")[1].split()[1] == "Spearman"
    difference = judgement.differences["ridge"]["spearman"]
    assert difference.value == pytest.approx(
        judgement.metrics["spearman"].value - judgement.baselines["ridge"]["spearman"].value
    )
    turned = judged(model=WORSE, baselines=[Predicted("ridge", "ridge", GOOD.values, "5-mer ridge baseline")])
    assert turned.verdict.startswith("Falls short of the 5-mer ridge baseline by 0.")
    alone = judged(baselines=[])
    assert alone.verdict.startswith("Follows the measured values: Spearman 0.8")


def test_guessing_is_no_evidence_and_the_other_way_round_is_worse() -> None:
    noise = Predicted("cnn", "cnn", np.random.default_rng(1).normal(size=(200, 1)))
    assert judged(model=noise).verdict.startswith("No evidence of signal: Spearman ")
    assert judged(model=noise).verdict.endswith("where guessing gives 0.")
    upside_down = Predicted("cnn", "cnn", -GOOD.values)
    assert judged(model=upside_down).verdict.endswith("High and low may be the wrong way round.")
    constant = Predicted("cnn", "cnn", np.ones((200, 1)))
    assert judged(model=constant).verdict == "Cannot tell: the Spearman is not defined on this test set."


@pytest.mark.parametrize("direction", ["better", "worse"])
def test_the_verdict_says_the_direction_where_it_is_known(direction: str) -> None:
    plain, told = judged().verdict, judged(higher_is=direction).verdict
    assert told == f"{plain[:-1]}; higher values are {direction}."


def test_a_handful_gets_no_verdict() -> None:
    few = judged(targets=TRUTH[:19], model=Predicted("cnn", "cnn", GOOD.values[:19]), baselines=[])
    assert few.verdict == "Cannot tell: the test set holds 19 measured values; a verdict needs at least 20."


def test_several_targets_are_told_apart_and_averaged() -> None:
    both = np.concatenate([TRUTH, -TRUTH], 1)
    model = Predicted("cnn", "cnn", np.concatenate([GOOD.values, GOOD.values], 1))
    judgement = judged(names=("up", "down"), targets=both, model=model, baselines=[])
    assert judgement.by_target["up"]["spearman"].value == pytest.approx(-judgement.by_target["down"]["spearman"].value)
    assert judgement.metrics["spearman"].value == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_classes_get_a_verdict_too(task: str) -> None:
    targets = np.eye(3)[np.arange(90) % 3]
    noise = np.random.default_rng(1)
    model = Predicted("cnn", "cnn", targets + noise.normal(0, 0.5, (90, 3)))
    kmer = Predicted("kmer", "6-mer", noise.normal(size=(90, 3)), "6-mer baseline")
    judgement = judged(task, names=("a", "b", "c"), targets=targets, model=model, baselines=[kmer])
    assert judgement.verdict.startswith("Beats the 6-mer baseline by 0.")
    assert "Macro AUROC" in judgement.verdict
    assert set(judgement.by_target) == {"a", "b", "c"}
    assert all("accuracy" not in measured for measured in judgement.by_target.values())
    called = [list(model.values[targets[:, place] == 1].argmax(1)) for place in range(3)]
    wanted = tuple(tuple(row.count(place) for place in range(3)) for row in called) if task == "multiclass" else ()
    assert judgement.called == wanted
    assert Judgement.from_json(judgement.to_json()) == judgement
    rare = judged(
        task, names=("a", "b", "c"), targets=targets[:20], model=Predicted("c", "c", model.values[:20]), baselines=[]
    )
    assert rare.verdict.startswith("Cannot tell: a class has 6 sequences")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"targets": np.full((200, 1), np.nan)}, "nothing that was measured"),
        ({"model": Predicted("cnn", "cnn", TRUTH[:9])}, "There are 9 x 1 answers for 200 x 1 targets"),
        ({"model": Predicted("cnn", "cnn", TRUTH * np.inf)}, "200 of 200 answers are not numbers"),
    ],
)
def test_what_cannot_be_judged(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        judged(**changes)
