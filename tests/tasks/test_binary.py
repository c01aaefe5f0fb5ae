"""The binary task: loss and activation by hand, the metric against scikit-learn, undefined as NaN."""

import math

import numpy as np
import pytest
import torch

from seqdl_core.tasks import TASKS

TASK = TASKS.get("binary")


def test_loss_by_hand() -> None:
    scores, targets = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [0.0]])
    assert float(TASK.loss(scores, targets)) == pytest.approx((math.log(2) + math.log(1 + math.exp(2))) / 2)


def test_activation_is_the_logistic_function_even_far_out() -> None:
    scores = np.array([[0.0], [math.log(3)], [-800.0], [800.0]])
    assert TASK.activation(scores)[:, 0] == pytest.approx([0.5, 0.75, 0.0, 1.0])


def test_auroc_counts_pairs_and_ties_as_half() -> None:
    scores, targets = np.array([[3.0], [1.0], [1.0], [0.0]]), np.array([[1.0], [1.0], [0.0], [0.0]])
    assert TASK.metric(scores, targets) == pytest.approx((2 + 0.5 + 1) / 4)
    assert math.isnan(TASK.metric(scores, np.ones((4, 1))))
