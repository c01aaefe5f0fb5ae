"""Checkpoints: everything a run needs to go on as if it had never stopped, in one safetensors file with a checksum.

Batches are a pure function of seed and epoch (:mod:`seqdl_core.training.batches`), so the sampler's position is epoch
and step. What is left to keep: weights, their moving average, the best average so far, the optimiser's moments,
torch's random state (dropout) and the history.
"""

import copy
import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from seqdl_core.files import replace_file
from seqdl_core.models import SequenceNetwork
from seqdl_core.training.callbacks import EpochReport

_KEPT = 2
_DECAY = 0.999


@dataclass
class Checkpoint:
    """The state of the loop between two steps. ``step`` counts within ``epoch`` (both 0-based): the next one to do."""

    epoch: int
    step: int
    tensors: dict[str, Tensor]
    mean: dict[str, Tensor]
    best: dict[str, Tensor]
    best_epoch: int = 0
    best_metric: float = float("nan")
    loss_sum: float = 0.0
    loss_count: int = 0
    history: list[EpochReport] = field(default_factory=list)

    @staticmethod
    def fresh(network: SequenceNetwork, optimiser: torch.optim.Optimizer, seed: int) -> "Checkpoint":
        """The state before the first step."""
        weights = _weights(network)
        return Checkpoint(0, 0, {}, weights, {name: tensor.clone() for name, tensor in weights.items()})

    def average(self, network: SequenceNetwork, step: int) -> None:
        """Draw the moving average towards the present weights; young averages follow faster."""
        decay = min(_DECAY, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, tensor in network.state_dict().items():
                if tensor.is_floating_point():
                    self.mean[name].lerp_(tensor, 1 - decay)
                else:
                    self.mean[name].copy_(tensor)

    def averaged(self, network: SequenceNetwork) -> SequenceNetwork:
        """A copy of the network with the averaged weights."""
        twin = copy.deepcopy(network)
        twin.load_state_dict(self.mean)
        return twin

    def is_best(self, metric: float) -> bool:
        """Whether this validation metric beats all before; an undefined one never does, unless nothing was kept."""
        return self.best_epoch == 0 or (not math.isnan(metric) and not metric <= self.best_metric)

    def close_epoch(self, report: EpochReport) -> None:
        """Enter an epoch into the history and keep its averaged weights when they are the best."""
        self.history.append(report)
        self.loss_sum, self.loss_count = 0.0, 0
        if report.best:
            self.best_epoch, self.best_metric = report.epoch, report.validation_metric
            self.best = {name: tensor.clone() for name, tensor in self.mean.items()}

    def put_best_into(self, network: SequenceNetwork) -> None:
        """Load the best averaged weights (the present average where no epoch was completed)."""
        network.load_state_dict(self.best if self.best_epoch else self.mean)

    def capture(
        self, network: SequenceNetwork, optimiser: torch.optim.Optimizer, epoch: int, step: int
    ) -> "Checkpoint":
        """This state with the present weights, optimiser moments and random state written into ``tensors``."""
        tensors = {f"weights/{name}": tensor for name, tensor in _weights(network).items()}
        for number, moments in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser/{number}/{name}": torch.as_tensor(value) for name, value in moments.items()}
        tensors["random/cpu"] = torch.random.get_rng_state()
        if torch.cuda.is_available():
            tensors["random/cuda"] = torch.cuda.get_rng_state()
        self.epoch, self.step, self.tensors = epoch, step, tensors
        return self

    def restore(self, network: SequenceNetwork, optimiser: torch.optim.Optimizer) -> None:
        """Put weights, moments and random state back."""
        network.load_state_dict(_under("weights/", self.tensors))
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _under("optimiser/", self.tensors).items():
            number, _, moment = name.partition("/")
            moments.setdefault(int(number), {})[moment] = tensor
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": moments, "param_groups": groups})
        torch.random.set_rng_state(self.tensors["random/cpu"])
        if "random/cuda" in self.tensors and torch.cuda.is_available():
            torch.cuda.set_rng_state(self.tensors["random/cuda"])
        device = next(network.parameters()).device
        self.mean = {name: tensor.to(device) for name, tensor in self.mean.items()}
        self.best = {name: tensor.to(device) for name, tensor in self.best.items()}


def save_checkpoint(folder: Path, state: Checkpoint) -> Path:
    """Write atomically, then drop all but the two newest."""
    tensors = dict(state.tensors)
    tensors |= {f"mean/{name}": tensor for name, tensor in state.mean.items()}
    tensors |= {f"best/{name}": tensor for name, tensor in state.best.items()}
    facts = {
        "epoch": state.epoch,
        "step": state.step,
        "best_epoch": state.best_epoch,
        "best_metric": None if math.isnan(state.best_metric) else state.best_metric,
        "loss_sum": state.loss_sum,
        "loss_count": state.loss_count,
        "history": [asdict(report) for report in state.history],
    }
    content = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, {"state": json.dumps(facts)}
    )
    content = hashlib.sha256(content).digest() + content
    path = folder / f"{state.epoch:06d}-{state.step:09d}.checkpoint"
    replace_file(path, content)
    for old in sorted(folder.glob("*.checkpoint"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path


def load_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint whose checksum holds; a damaged one falls back to the one before; None without any."""
    for path in sorted(folder.glob("*.checkpoint"), reverse=True):
        content = path.read_bytes()
        if len(content) > 32 and hashlib.sha256(content[32:]).digest() == content[:32]:
            return _read(content[32:])
    return None


def _read(content: bytes) -> Checkpoint:
    tensors = load(content)
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    facts: dict[str, Any] = json.loads(header["__metadata__"]["state"])
    return Checkpoint(
        epoch=facts["epoch"],
        step=facts["step"],
        tensors={name: tensor for name, tensor in tensors.items() if not name.startswith(("mean/", "best/"))},
        mean=_under("mean/", tensors),
        best=_under("best/", tensors),
        best_epoch=facts["best_epoch"],
        best_metric=float("nan") if facts["best_metric"] is None else facts["best_metric"],
        loss_sum=facts["loss_sum"],
        loss_count=facts["loss_count"],
        history=[EpochReport(**report) for report in facts["history"]],
    )


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _weights(network: SequenceNetwork) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
