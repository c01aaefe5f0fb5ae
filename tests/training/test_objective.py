"""What a step minimises, against the same numbers by hand and against torch's own losses."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from seqdl_core.errors import ConfigError
from seqdl_core.tasks import TASKS
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.objective import Objective, first_layer

YES, NO = [1.0], [0.0]


def objective(task: str, targets: object, **settings: float) -> Objective:
    return Objective(TASKS.get(task), TrainingConfig(**settings), np.asarray(targets, np.float32))


def log(p: float) -> float:
    return -math.log(p)


def test_with_nothing_asked_for_it_is_the_task_s_own() -> None:
    scores, targets = torch.randn(8, 1), torch.rand(8, 1).round()
    assert objective("binary", targets)(scores, targets) == TASKS.get("binary").loss(scores, targets)


def test_rare_labels_weigh_what_they_are_rare() -> None:
    targets = torch.tensor([YES, NO, NO, NO])
    scores = torch.zeros(4, 1)
    scores[0] = math.log(3)  # p = 3/4
    # Four rows of two answers: a yes weighs 4 / (2 * 1) = 2, a no 4 / (2 * 3) = 2/3.
    expected = (2 * log(0.75) + 3 * (2 / 3) * log(0.5)) / 4
    assert objective("binary", targets, class_weights=True)(scores, targets).item() == pytest.approx(expected)


def test_smoothing_moves_half_of_its_share_to_the_other_label() -> None:
    scores, targets = torch.tensor([[math.log(3)]]), torch.tensor([YES])
    expected = 0.9 * log(0.75) + 0.1 * log(0.25)
    assert objective("binary", targets, label_smoothing=0.2)(scores, targets).item() == pytest.approx(expected)


@pytest.mark.parametrize(("smoothing", "weighted"), [(0.1, False), (0.0, True), (0.2, True)])
def test_classes_are_torch_s_cross_entropy(smoothing: float, weighted: bool) -> None:
    generator = torch.Generator().manual_seed(1)
    scores = torch.randn(40, 3, generator=generator)
    classes = torch.randint(0, 3, (40,), generator=generator)
    targets = nn.functional.one_hot(classes, 3).float()
    counts = torch.bincount(classes, minlength=3)
    weights = 40 / 3 / counts if weighted else None
    ours = objective("multiclass", targets, label_smoothing=smoothing, class_weights=weighted)(scores, targets)
    theirs = cross_entropy(scores, classes, weights, label_smoothing=smoothing, reduction="none").mean()
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


def test_confident_right_answers_count_less() -> None:
    scores, targets = torch.tensor([[math.log(3)], [0.0]]), torch.tensor([YES, NO])
    expected = (0.25**2 * log(0.75) + 0.5**2 * log(0.5)) / 2
    assert objective("binary", targets, focal=2)(scores, targets).item() == pytest.approx(expected, rel=1e-5)


def test_unknown_positions_count_nowhere() -> None:
    scores = torch.zeros(1, 2, 3)
    scores[0, 0, 2] = 99.0
    targets = torch.tensor([[0.0, 1.0, torch.nan]])
    loss = objective("residues", targets, class_weights=True)(scores, targets)
    assert loss.item() == pytest.approx(math.log(2))


def test_the_loss_has_a_finite_gradient_where_the_network_is_certain() -> None:
    scores = torch.tensor([[80.0], [-80.0]], requires_grad=True)
    objective("binary", [YES, NO], focal=0.5)(scores, torch.tensor([YES, NO])).backward()
    assert scores.grad is not None
    assert scores.grad.isfinite().all()


def test_first_layer_weights_are_added() -> None:
    network = nn.Sequential(nn.Conv1d(4, 2, 3), nn.Linear(5, 1))
    scores, targets = torch.zeros(1, 1), torch.tensor([YES])
    plain = objective("binary", targets)(scores, targets)
    loss = objective("binary", targets, first_layer_l1=0.5)(scores, targets, first_layer(network))
    assert (loss - plain).item() == pytest.approx(0.5 * network[0].weight.abs().sum().item())


@pytest.mark.parametrize("setting", ["label_smoothing", "focal"])
def test_numbers_have_no_right_answers(setting: str) -> None:
    with pytest.raises(ConfigError) as refused:
        objective("regression", [[1.0], [2.0]], **{setting: 0.1})
    assert refused.value.where == setting
