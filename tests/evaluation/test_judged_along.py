"""Judging values in bins and pairs of positions, against figures computed otherwise."""

import numpy as np
import pytest
import torch

from seqdl_core.baselines import TrainingSet
from seqdl_core.baselines.mean_track import fit as fit_mean
from seqdl_core.baselines.pairing import fit as fit_pairing
from seqdl_core.errors import DataError
from seqdl_core.evaluation.bins import Answers, judge_bins, tallied
from seqdl_core.evaluation.pairs import judge_pairs
from seqdl_core.evaluation.pairs import tallied as tallied_pairs
from seqdl_core.predict import scores as scores_of
from seqdl_core.sequences.alphabets import DNA, RNA
from seqdl_core.tasks import TASKS
from seqdl_core.tasks.contacts import pair_matrix


def test_correlations_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    targets = rng.poisson(3.0, (30, 2, 8)).astype(np.float64)
    targets[4, :, 6:] = np.nan
    targets[7] = np.nan
    raw = rng.normal(size=targets.shape)
    judged = judge_bins(("one", "two"), [Answers("m", "m", tallied(raw, targets))], draws=50)
    expected, known = np.exp(raw), np.isfinite(targets)
    found: dict[str, list[float]] = {name: [] for name in judged.metrics}
    for track in range(2):
        here = known[:, track]
        found["pearson"].append(np.corrcoef(expected[:, track][here], targets[:, track][here])[0, 1])
        each = [
            np.corrcoef(expected[row, track][here[row]], targets[row, track][here[row]])[0, 1]
            for row in range(30)
            if here[row].any()
        ]
        found["pearson_along"].append(float(np.mean(each)))
        rows = [row for row in range(30) if here[row].any()]
        means = [[part[row, track][here[row]].mean() for row in rows] for part in (expected, targets)]
        found["pearson_across"].append(np.corrcoef(*means)[0, 1])
        losses = expected[:, track] - targets[:, track] * raw[:, track]
        found["poisson_loss"].append(float(losses[here].mean()))
    assert judged.n == 29
    for name, values in found.items():
        assert judged.metrics[name].value == pytest.approx(np.mean(values), abs=1e-9)
        assert judged.by_target["two"][name].value == pytest.approx(values[1], abs=1e-9)


def test_the_truth_itself_beats_the_mean_and_the_mean_has_no_height() -> None:
    rng = np.random.default_rng(1)
    codes, targets = rng.integers(0, 4, (40, 8)).astype(np.uint8), rng.poisson(4.0, (40, 1, 8)) + 1.0
    training = TrainingSet(codes, np.full(40, np.nan), DNA, task="tracks", targets=targets)
    mean = fit_mean(training, 1)
    raw = scores_of(mean, codes)
    np.testing.assert_allclose(np.exp(raw[0]), (targets.sum(0) + targets.mean()) / 41, rtol=1e-5)
    everyone = [Answers("t", "t", tallied(np.log(targets), targets)), Answers("mean_track", "m", tallied(raw, targets))]
    judged = judge_bins(("one",), everyone, draws=100)
    assert judged.metrics["pearson"].value == pytest.approx(1)
    assert judged.strongest == "mean_track"
    assert judged.verdict.startswith("Beats the m by ")
    assert judged.baselines["mean_track"]["pearson_across"].value is None
    assert "poisson_loss" not in judged.differences["mean_track"]


def test_nothing_measured_is_refused() -> None:
    nothing = np.full((3, 1, 2), np.nan)
    with pytest.raises(DataError, match="no bin that was measured"):
        judge_bins(("one",), [Answers("m", "m", tallied(np.zeros((3, 1, 2)), nothing))])
    with pytest.raises(DataError, match="no sequence with a pair"):
        judge_pairs([Answers("m", "m", tallied_pairs(np.zeros((3, 1, 2, 2)), np.zeros((3, 1, 2, 2))))])


def test_a_matrix_of_pairs_by_hand() -> None:
    nan = float("nan")
    found = pair_matrix(torch.tensor([[3.0, -1.0, -1.0, 0.0, nan]]))[0, 0].numpy()
    wanted = [[nan, nan, 0, 1, nan], [nan, nan, nan, 0, nan], [0, nan, nan, nan, nan], [1, 0, nan, nan, nan], [nan] * 5]
    np.testing.assert_array_equal(found, wanted)


def test_precision_and_f1_by_hand() -> None:
    """Of ten letters two pairs; the first in the order of scores is one, the second none, the third the other."""
    partners = torch.full((1, 10), -1.0)
    for one, other in ((0, 9), (1, 8)):
        partners[0, one], partners[0, other] = other, one
    raw = np.full((1, 1, 10, 10), -5.0)
    for (one, other), score in (((0, 9), 3.0), ((2, 7), 2.0), ((1, 8), 1.0)):
        raw[0, 0, one, other] = raw[0, 0, other, one] = score
    judged = judge_pairs([Answers("m", "m", tallied_pairs(raw, pair_matrix(partners).numpy()))], draws=10)
    values = {name: one.value for name, one in judged.metrics.items()}
    assert values == pytest.approx(
        {
            "average_precision": (1 + 2 / 3) / 2,
            "precision_l5": 1 / 2,
            "precision_l2": 2 / 5,
            "precision_l": 0.2,
            "f1": 0.8,
        }
    )
    assert judged.verdict.startswith("Cannot tell: the test set holds 1 sequence;")


def test_pairing_knows_letters_and_distance() -> None:
    """All pairs are G and C, five apart."""
    codes = np.array([RNA.encode("GAAAACAAUU"), RNA.encode("AGAAAACUAU")])
    partners = np.full(codes.shape, -1.0)
    partners[0, [0, 5]], partners[1, [1, 6]] = (5, 0), (6, 1)
    training = TrainingSet(codes, np.full(2, np.nan), RNA, task="contacts", targets=partners, classes=1)
    raw = scores_of(fit_pairing(training, 1), codes)[:, 0]
    np.testing.assert_allclose(raw, raw.transpose(0, 2, 1), atol=1e-6)
    upper = np.triu(raw[0], 2)
    assert np.unravel_index(np.where(upper == 0, -np.inf, upper).argmax(), upper.shape) == (0, 5)


def test_class_weights_count_pairs_and_not_partners() -> None:
    from seqdl_core.training.objective import _weights

    found = _weights(TASKS.get("contacts"), np.array([[3, -1, -1, 0, np.nan]], np.float32))
    share = (2 + 4) / 2  # of four letters: three pairs of places that are no neighbours, one of them true, both ways
    np.testing.assert_allclose(found, [[share / 2, share / 4]])
