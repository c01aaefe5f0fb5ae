"""How good the network is on the rows that training does not see: always in float32, and without augmentation."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from seqdl_core.errors import ConfigError
from seqdl_core.models import SequenceNetwork
from seqdl_core.predict import one_hot, rows_at_once
from seqdl_core.tasks import Task
from seqdl_core.training.batches import TrainingData, hidden_once, lengths_of
from seqdl_core.training.config import TrainingConfig

_AT_ONCE = 512
_HIDE = 5


@dataclass(frozen=True)
class Validated:
    """The mean loss, the watched metric, and the figure that says which epoch is best: larger is better."""

    loss: float
    metric: float
    figure: float


class Validation:
    """The validation part, and which figure of it is watched.

    Args:
        seed: where the task hides letters, they are hidden once, the same on every device.

    Raises:
        ConfigError: for a metric that the task does not have.
    """

    def __init__(self, task: Task, data: TrainingData, config: TrainingConfig) -> None:
        self._task, self._by_loss = task, config.watch == "loss"
        self.metric_name = task.metric_name if config.watch in ("auto", "loss") else config.watch
        if self.metric_name not in task.metrics:
            raise ConfigError(
                f"{task.title[0].upper()}{task.title[1:]} have no {self.metric_name} to watch.",
                where="watch",
                fix=f"Choose auto, loss or one of: {', '.join(task.metrics)}.",
            )
        if task.hide:
            drawn = int(np.random.SeedSequence([config.seed, _HIDE]).generate_state(1)[0])
            data = TrainingData(*hidden_once(task.hide, data.codes, data.alphabet, drawn), data.alphabet)
        self._data = data

    def of(self, network: SequenceNetwork) -> Validated:
        """The figures of this network, which is left in evaluation mode."""
        network.eval()
        loss, metric = self._in_parts(network) if self._task.dense else self._at_once(network)
        return Validated(loss, metric, -loss if self._by_loss else metric)

    def _at_once(self, network: SequenceNetwork) -> tuple[float, float]:
        data, length = self._data, self._data.codes.shape[1]
        device = next(network.parameters()).device
        rows = rows_at_once(length, _AT_ONCE, pairs=self._task.output == "pairs")
        ends = np.full(len(data.codes), length)
        if network.margin is not None:
            ends = np.minimum(_ends(data) + network.margin, length)
        order = np.argsort(ends, kind="stable")
        parts: list[Float[Tensor, "N T ..."]] = []
        with torch.inference_mode():
            for start in range(0, len(order), rows):
                some = order[start : start + rows]
                codes = torch.from_numpy(data.codes[some, : ends[some].max()]).to(device)
                found = network(one_hot(codes, data.alphabet.size)).float().cpu()
                parts.append(pad(found, (0, length - codes.shape[1])) if network.margin is not None else found)
        scores = torch.cat(parts)[torch.from_numpy(np.argsort(order))]
        loss = float(self._task.loss(scores, torch.from_numpy(data.targets)))
        return loss, self._task.metrics[self.metric_name](np.asarray(scores), data.targets)

    def _in_parts(self, network: SequenceNetwork) -> tuple[float, float]:
        """The same where scores of all sequences would not fit into memory: means over sequences, each by itself."""
        task, data = self._task, self._data
        assert task.dense is not None
        device = next(network.parameters()).device
        losses, metrics = [], []
        rows = rows_at_once(data.codes.shape[1], _AT_ONCE, pairs=task.output == "pairs")
        with torch.inference_mode():
            for start in range(0, len(data.codes), rows):
                codes = torch.from_numpy(data.codes[start : start + rows]).to(device)
                targets = task.dense(torch.from_numpy(data.targets[start : start + rows]))
                scores = network(one_hot(codes, data.alphabet.size)).float().cpu()
                for one, target in zip(scores.split(1), targets.split(1), strict=True):
                    losses.append(float(task.loss(one, target)))
                    metrics.append(task.metrics[self.metric_name](np.asarray(one), np.asarray(target)))
        known = [one for one in metrics if math.isfinite(one)]
        return float(np.mean(losses)), float(np.mean(known)) if known else math.nan


def _ends(data: TrainingData) -> Int[np.ndarray, " N"]:
    """Where each row ends: at the last letter or class that is known, at least 1 from its start."""
    known = np.isfinite(data.targets[:, ::-1])
    asked = np.where(known.any(1), known.shape[1] - known.argmax(1), 1)
    return np.asarray(np.maximum(lengths_of(data.codes, data.alphabet), asked))
