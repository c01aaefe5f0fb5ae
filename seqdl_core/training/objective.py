"""What a training step makes smaller: the task's loss, and what the settings add to it.

    setting            what it does                                                    applies to
    label smoothing    moves a share of the truth to the other answers                 labels, classes
    class weights      counts rare answers more, so that each has the same say         labels, classes
    focal loss         counts answers less that the network gives with confidence      labels, classes
    first-layer L1     adds the size of the weights that look at the letters           any task

With all of them off it is the task's loss itself. Labels are yes or no, each on its own; of classes one is right. The
focal loss is that of Lin et al. 2017 (arXiv 1708.02002, equation 4): ``-(1 - p)^gamma log p`` of the right answer.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import log_softmax, logsigmoid, one_hot

from seqdl_core.errors import ConfigError
from seqdl_core.tasks import Task
from seqdl_core.training.config import TrainingConfig

_SETTINGS = {"label_smoothing": "Label smoothing", "class_weights": "Class weights", "focal": "Focal loss"}


class Objective:
    """The loss of raw scores against targets, as a task and the settings want it.

    Args:
        targets: of the training part, from which class weights are counted.

    Raises:
        ConfigError: for a setting that makes no sense for the task.
    """

    def __init__(self, task: Task, config: TrainingConfig, targets: Float[np.ndarray, "N ..."]) -> None:
        asked = [title for name, title in _SETTINGS.items() if getattr(config, name)]
        if asked and not task.answers:
            raise ConfigError(
                f"{asked[0]} is for answers of which some are right; {task.title} are numbers.",
                where=next(name for name, title in _SETTINGS.items() if title == asked[0]),
                fix="Switch it off.",
            )
        self._task, self._plain = task, not asked
        self._smoothing, self._focal, self._l1 = config.label_smoothing, config.focal, config.first_layer_l1
        self._weights = torch.from_numpy(_weights(task, targets)) if config.class_weights else None

    def __call__(self, scores: Tensor, targets: Tensor, first_layer: Sequence[nn.Parameter] = ()) -> Tensor:
        """The mean over what is known, and the penalty of these weights."""
        loss = self._task.loss(scores, targets) if self._plain else self._of_answers(scores, targets)
        if self._l1 > 0:
            for weights in first_layer:
                loss = loss + self._l1 * weights.abs().sum()
        return loss

    def _of_answers(self, scores: Tensor, targets: Tensor) -> Tensor:
        if self._task.answers == "labels":
            each, known = self._labels(scores, targets)
        else:
            each, known = self._classes(scores, targets)
        return torch.where(known, each, torch.zeros_like(each)).sum() / known.sum().clamp(min=1)

    def _labels(self, scores: Tensor, targets: Tensor) -> tuple[Tensor, Bool[Tensor, "N ..."]]:
        """Of every label: yes and no are two answers, of which one is right."""
        known = ~torch.isnan(targets)
        truth = torch.nan_to_num(targets) * (1 - self._smoothing) + self._smoothing / 2
        yes, no = logsigmoid(scores), logsigmoid(-scores)
        right = truth * _focused(yes, self._focal), (1 - truth) * _focused(no, self._focal)
        if self._weights is not None:
            shape = (-1, *[1] * (scores.ndim - 2))
            weights = self._weights.to(scores)
            right = right[0] * weights[:, 0].view(shape), right[1] * weights[:, 1].view(shape)
        return -(right[0] + right[1]), known

    def _classes(self, scores: Tensor, targets: Tensor) -> tuple[Tensor, Bool[Tensor, "N ..."]]:
        """Of every row or position: one of the classes in dimension 1 is right."""
        classes = scores.shape[1]
        if targets.ndim == scores.ndim:
            known, truth = torch.ones_like(targets[:, 0], dtype=torch.bool), targets
        else:
            known = ~torch.isnan(targets)
            truth = one_hot(torch.nan_to_num(targets).long(), classes).movedim(-1, 1).to(scores)
        truth = truth * (1 - self._smoothing) + self._smoothing / classes
        right = truth * _focused(log_softmax(scores, 1), self._focal)
        if self._weights is not None:
            right = right * self._weights.to(scores).view(1, -1, *[1] * (scores.ndim - 2))
        return -right.sum(1), known


def _focused(logs: Tensor, gamma: float) -> Tensor:
    """Log-probabilities, smaller where the probability is large already."""
    return logs if gamma == 0 else (-torch.expm1(logs)).clamp(min=0) ** gamma * logs


def _weights(task: Task, targets: Float[np.ndarray, "N ..."]) -> Float[np.ndarray, "T ..."]:
    """One over how frequent an answer is, so that on the training part the mean weight is 1.

    ``(T, 2)`` for yes and no of each label; ``(T,)`` for classes. An answer that never occurs weighs 1.
    """
    if task.dense:
        counts = np.zeros((1, 2))
        for row in targets:
            each = task.dense(torch.from_numpy(row[None]))
            counts += [[int((each == 1).sum()), int((each == 0).sum())]]
    elif task.answers == "labels":
        flat = np.moveaxis(targets, 1, 0).reshape(targets.shape[1], -1)
        yes, known = np.nansum(flat, axis=1), np.isfinite(flat).sum(axis=1)
        counts = np.stack([yes, known - yes], axis=1)
    elif task.output == "sequence":
        counts = targets.sum(axis=0)
    else:
        present = targets[np.isfinite(targets)].astype(np.intp)
        counts = np.bincount(present, minlength=int(present.max(initial=0)) + 1).astype(np.float64)
    there = (counts > 0).sum(axis=-1, keepdims=True)
    share = counts.sum(axis=-1, keepdims=True) / np.maximum(there, 1)
    return np.where(counts > 0, share / np.maximum(counts, 1), 1.0).astype(np.float32)


def first_layer(network: nn.Module) -> list[nn.Parameter]:
    """The weights that look at the letters: the first of the network's that is more than a row of numbers."""
    return [weights for weights in network.parameters() if weights.ndim > 1][:1]
