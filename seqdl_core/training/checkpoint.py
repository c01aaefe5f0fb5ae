"""Checkpoints: everything a run needs to go on as if it had never stopped, in one safetensors file with a checksum.

Batches are a pure function of seed and epoch (:mod:`seqdl_core.training.batches`), so the sampler's position is epoch
and step. What is left to keep: weights, their moving average, the best average so far, the optimiser's moments,
torch's random state (dropout) and the history.
"""

import copy
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from seqdl_core.errors import RunError
from seqdl_core.files import replace_file
from seqdl_core.model_file import misfit
from seqdl_core.models import SequenceNetwork
from seqdl_core.training.callbacks import EpochReport
from seqdl_core.training.precision import Precision

_KEPT = 2


@dataclass
class Checkpoint:
    """The state of the loop between two steps. ``step`` counts within ``epoch`` (both 0-based): the next one to do.

    ``rate_share`` of the learning rate is left after as many ``rescues`` from a loss that was no number; so many
    ``rows_at_once`` fit into memory, all of a batch where it is 0; ``best_figure`` is what told the best epoch.

    ``origin`` says what it was made for (architecture, its settings, data), and only the same goes on from it.
    """

    epoch: int
    step: int
    tensors: dict[str, Tensor]
    mean: dict[str, Tensor]
    best: dict[str, Tensor]
    best_epoch: int = 0
    best_metric: float = float("nan")
    best_figure: float = float("nan")
    rate_share: float = 1.0
    rescues: int = 0
    rows_at_once: int = 0
    precision: Precision | None = None
    loss_sum: float = 0.0
    loss_count: int = 0
    origin: dict[str, Any] = field(default_factory=dict)
    history: list[EpochReport] = field(default_factory=list)

    @staticmethod
    def fresh(network: SequenceNetwork, optimiser: torch.optim.Optimizer, seed: int) -> "Checkpoint":
        """The state before the first step."""
        weights = _weights(network)
        return Checkpoint(0, 0, {}, weights, {name: tensor.clone() for name, tensor in weights.items()})

    def average(self, network: SequenceNetwork, step: int, slowest: float) -> None:
        """Draw the moving average towards the present weights; young averages follow faster."""
        decay = min(slowest, (1 + step) / (10 + step))
        present = network.state_dict()
        numbers = [name for name, tensor in present.items() if tensor.is_floating_point()]
        with torch.no_grad():
            torch._foreach_lerp_([self.mean[name] for name in numbers], [present[name] for name in numbers], 1 - decay)
            for name in present.keys() - set(numbers):
                self.mean[name].copy_(present[name])

    def averaged(self, network: SequenceNetwork) -> SequenceNetwork:
        """A copy of the network with the averaged weights."""
        twin = copy.deepcopy(network)
        twin.load_state_dict(self.mean)
        return twin

    def is_best(self, figure: float) -> bool:
        """Whether this figure beats all before; an undefined one never does, unless nothing was kept."""
        return self.best_epoch == 0 or (not math.isnan(figure) and not figure <= self.best_figure)

    def close_epoch(self, report: EpochReport, figure: float) -> None:
        """Enter an epoch into the history and keep its averaged weights when they are the best."""
        self.history.append(report)
        self.loss_sum, self.loss_count = 0.0, 0
        if report.best:
            self.best_epoch, self.best_metric, self.best_figure = report.epoch, report.validation_metric, figure
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
        """Put weights, moments and random state back.

        Raises:
            RunError: where one of them is not this network's or holds numbers that are not finite; the network and the
                optimiser are then as before.
        """
        for part, tensors in (
            ("weights", _under("weights/", self.tensors)),
            ("averaged weights", self.mean),
            ("best weights", self.best),
        ):
            if problem := misfit(network, tensors):
                raise _foreign(f"Its {part} do not fit the network. {problem}")
        moments = _moments(_under("optimiser/", self.tensors), optimiser)
        try:
            torch.random.set_rng_state(self.tensors["random/cpu"])
            if "random/cuda" in self.tensors and torch.cuda.is_available():
                torch.cuda.set_rng_state(self.tensors["random/cuda"])
        except (KeyError, TypeError, RuntimeError):
            raise _foreign("It does not hold the state of torch's random numbers.") from None
        network.load_state_dict(_under("weights/", self.tensors))
        optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})
        device = next(network.parameters()).device
        self.mean = {name: tensor.to(device) for name, tensor in self.mean.items()}
        self.best = {name: tensor.to(device) for name, tensor in self.best.items()}


def _moments(tensors: dict[str, Tensor], optimiser: torch.optim.Optimizer) -> dict[int, dict[str, Tensor]]:
    """The optimiser's moments by the number of the parameter, each of its parameter's shape or one number."""
    parameters = [one for group in optimiser.param_groups for one in group["params"]]
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        number, _, moment = name.partition("/")
        owner = parameters[int(number)] if number.isdecimal() and int(number) < len(parameters) else None
        if owner is None or (tensor.ndim and tensor.shape != owner.shape):
            raise _foreign(f"The optimiser's '{name}' is of no parameter of the network.")
        if not bool(torch.isfinite(tensor).all()):
            raise _foreign(f"The optimiser's '{name}' holds numbers that are not finite.")
        moments.setdefault(int(number), {})[moment] = tensor
    return moments


def _foreign(what: str) -> RunError:
    return RunError(
        f"Training cannot go on from this checkpoint. {what}",
        where="checkpoints",
        fix="Put the run's own checkpoints back, or delete the folder checkpoints to train from the beginning.",
    )


def save_checkpoint(folder: Path, state: Checkpoint) -> Path:
    """Write atomically, then drop all but the two newest and that of the best epoch."""
    tensors = dict(state.tensors)
    tensors |= {f"mean/{name}": tensor for name, tensor in state.mean.items()}
    tensors |= {f"best/{name}": tensor for name, tensor in state.best.items()}
    facts = {
        "epoch": state.epoch,
        "step": state.step,
        "best_epoch": state.best_epoch,
        "best_metric": None if math.isnan(state.best_metric) else state.best_metric,
        "best_figure": None if math.isnan(state.best_figure) else state.best_figure,
        "rate_share": state.rate_share,
        "rescues": state.rescues,
        "rows_at_once": state.rows_at_once,
        "precision": state.precision,
        "loss_sum": state.loss_sum,
        "loss_count": state.loss_count,
        "origin": state.origin,
        "history": [asdict(report) for report in state.history],
    }
    content = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, {"state": json.dumps(facts)}
    )
    content = hashlib.sha256(content).digest() + content
    path = folder / _name(state.epoch, state.step)
    replace_file(path, content)
    best = _name(state.best_epoch, 0)
    for old in sorted(folder.glob("*.checkpoint"))[:-_KEPT]:
        if old.name != best:
            old.unlink(missing_ok=True)
    return path


def _name(epoch: int, step: int) -> str:
    return f"{epoch:06d}-{step:09d}.checkpoint"


def load_newest(folder: Path, origin: Mapping[str, Any] | None = None) -> Checkpoint | None:
    """The newest checkpoint whose checksum holds; a damaged one falls back to the one before; None without any.

    Raises:
        RunError: where it was made for something else than ``origin`` says, or was not written by SeqDL.
    """
    for path in sorted(folder.glob("*.checkpoint"), reverse=True):
        content = path.read_bytes()
        if len(content) > 32 and hashlib.sha256(content[32:]).digest() == content[:32]:
            found = _read(content[32:])
            for name, ours in (origin or {}).items():
                theirs = found.origin.get(name)
                if theirs != ours:
                    raise _foreign(f"It was made with {name} {str(theirs)[:80]}, and this run has {str(ours)[:80]}.")
            return found
    return None


def _read(content: bytes) -> Checkpoint:
    try:
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
            best_figure=float("nan") if facts["best_figure"] is None else facts["best_figure"],
            rate_share=facts["rate_share"],
            rescues=facts["rescues"],
            rows_at_once=facts["rows_at_once"],
            precision=facts["precision"],
            loss_sum=facts["loss_sum"],
            loss_count=facts["loss_count"],
            origin=facts["origin"],
            history=[EpochReport(**report) for report in facts["history"]],
        )
    except (SafetensorError, KeyError, TypeError, ValueError, RecursionError):
        raise _foreign("SeqDL did not write it.") from None


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _weights(network: SequenceNetwork) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
