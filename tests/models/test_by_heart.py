"""Every architecture takes in sixteen sequences by heart, for one task of each output that it gives."""

import numpy as np
import pytest
import torch

from seqdl_core.models import ARCHITECTURES, Architecture, InputShape
from seqdl_core.models.rna_structure import NEVER
from seqdl_core.predict import one_hot
from seqdl_core.tasks import TASKS
from tests.models.jobs import BINS, built, random_codes, shape_of, targets_of


def _planted(task: str, shape: InputShape, codes: np.ndarray, *, linear: bool = False) -> np.ndarray:
    """Targets with a rule where they cannot be learned by heart: of pairs, of single bases, and without a hidden layer.

    Pairs touch whose letters' numbers add up to a multiple of three; neighbours are not known. Reads lie around a motif
    that is written into each sequence. A linear model gets letters to tell and to count.
    """
    if linear and task == "residues":
        return (codes % shape.targets).astype(np.float32)
    if linear and task == "tracks":
        counts = (codes == 0).reshape(len(codes), 1, shape.bins, -1).sum(-1)
        return counts.repeat(shape.targets, 1).astype(np.float32)
    rng = np.random.default_rng(5)
    places = np.arange(shape.length)
    if task == "contacts":
        touch = ((codes[:, :, None] + codes[:, None, :]) % 3 == 0).astype(np.float32)
        touch[:, np.abs(places[:, None] - places) <= 1] = np.nan
        return touch[:, None]
    if task == "tracks" and shape.bins > BINS:
        middles = rng.integers(150, shape.length - 150, len(codes))
        for row, middle in zip(codes, middles, strict=True):
            row[middle - 6 : middle + 6] = [0, 0, 3, 2, 2, 1, 1, 2, 0, 3, 3, 0]
        apart = places - middles[:, None]
        rates = 0.05 + 20 * np.exp(-np.square(apart / 8))
        first = (shape.length - shape.bins) // 2
        shown = rates[:, None, first : first + shape.bins].repeat(shape.targets, 1)
        return rng.poisson(shown).astype(np.float32)
    return targets_of(task, shape, len(codes))


ONE_OF_EACH_OUTPUT = [
    (architecture, task)
    for architecture in ARCHITECTURES
    for place, task in enumerate(architecture.tasks)
    if TASKS.get(task).output not in {TASKS.get(one).output for one in architecture.tasks[:place]}
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "task"), ONE_OF_EACH_OUTPUT, ids=[f"{one.name}-{task}" for one, task in ONE_OF_EACH_OUTPUT]
)
def test_sixteen_sequences_can_be_learned_by_heart(architecture: Architecture, task: str) -> None:
    """Half of what separates the best constant answer from none is gone: the network takes in what it is shown."""
    shape = shape_of(architecture, task)
    codes = random_codes(16, shape.length, shape.alphabet)
    targets = _planted(task, shape, codes, linear=architecture.name == "linear")
    network, batch = built(architecture, shape), one_hot(torch.from_numpy(codes), shape.letters)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    goal, chosen = torch.from_numpy(targets), TASKS.get(task)
    if task == "contacts":
        with torch.inference_mode():
            goal[network(batch) == NEVER] = torch.nan
    network.train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3 if shape.bins > BINS else 3e-3)
    first, lowest = float("nan"), float("inf")
    floor = _floor(task, goal)
    for step in range(400):
        optimiser.zero_grad()
        loss = chosen.loss(network(batch), goal)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        lowest = min(lowest, float(loss.detach()))
        if step == 0:
            first = float(loss.detach())
        if lowest - floor < 0.5 * (_constant(task, goal) - floor):
            return
    raise AssertionError(
        f"loss {first:.3f} at first, {lowest:.3f} after 400 steps; {_constant(task, goal):.3f} is blind"
    )


def _constant(task: str, goal: torch.Tensor) -> float:
    """The loss of the best answer that is the same for every sequence and position of a target."""
    if task == "regression":
        return float((goal - goal.mean(0)).square().mean())
    if task == "tracks":
        mean = goal.mean((0, 2), keepdim=True)
        return float((mean - goal * mean.log()).mean())
    if task in ("residues", "masked", "multiclass"):
        classes = goal.argmax(1) if task == "multiclass" else goal
        share = torch.bincount(classes.flatten().long()).double() / classes.numel()
        return float(-(share[share > 0] * share[share > 0].log()).sum())
    share = goal.nanmean((0, *range(2, goal.ndim))).clamp(1e-6, 1 - 1e-6)
    return float(-(share * share.log() + (1 - share) * (1 - share).log()).mean())


def _floor(task: str, goal: torch.Tensor) -> float:
    """The lowest loss that there is: that of the targets themselves."""
    if task != "tracks":
        return 0.0
    return float((goal - torch.xlogy(goal, goal)).mean())
