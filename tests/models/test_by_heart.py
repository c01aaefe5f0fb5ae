"""Every architecture takes in sixteen sequences by heart, for each task that it gives.

The small preset is shown the same sixteen again and again, in training mode without dropout, until it knows them in
use: every class, contact and letter right, measured values with a correlation above 0.99. It reads one strand: with
both averaged in use, half of what it says there was never trained.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, Architecture, InputShape
from seqdl_core.models.rna_structure import NEVER
from seqdl_core.predict import one_hot
from seqdl_core.tasks import TASKS
from tests.models.jobs import BINS, random_codes, settings_of, shape_of, targets_of

STEPS, EVERY = 800, 10
FEW = 16
"""Letters where each pair of them has a score, which takes the square of the time."""
LINEAR = "linear"
QUICK = {("cnn", "binary"), ("cnn", "residues"), ("deepbind", "regression"), ("gru", "multiclass"), (LINEAR, "binary")}


def _targets(task: str, shape: InputShape, codes: np.ndarray, *, linear: bool) -> np.ndarray:
    """Random targets, except where nothing but a rule can be learned.

    Pairs of positions share what is known of each position, so they touch by their letters; neighbours are not known.
    Of single bases a network knows its surroundings alone: counts rise around a motif that is written into each
    sequence. A linear model has no hidden layer to tell random classes of positions by: it gets letters to tell, and
    counts whose logarithm grows with a letter's number in the bin.
    """
    if linear and task in ("residues", "masked"):
        return ((codes + 1) % shape.targets).astype(np.float32)
    if linear and task == "tracks":
        counts = (codes == 0).reshape(len(codes), 1, shape.bins, -1).sum(-1)
        return np.exp(counts / 16).repeat(shape.targets, 1).astype(np.float32)
    places = np.arange(shape.length)
    if task == "contacts":
        touch = ((codes[:, :, None] + codes[:, None, :]) % 3 == 0).astype(np.float32)
        touch[:, np.abs(places[:, None] - places) <= 1] = np.nan
        return touch[:, None]
    if task == "tracks" and shape.bins > BINS:
        middles = np.random.default_rng(5).integers(150, shape.length - 150, len(codes))
        for row, middle in zip(codes, middles, strict=True):
            row[middle - 6 : middle + 6] = [0, 0, 3, 2, 2, 1, 1, 2, 0, 3, 3, 0]
        rates = 0.05 + 20 * np.exp(-np.square((places - middles[:, None]) / 8))
        first = (shape.length - shape.bins) // 2
        return rates[:, None, first : first + shape.bins].repeat(shape.targets, 1).astype(np.float32)
    return targets_of(task, shape, len(codes))


def _known(task: str, scores: torch.Tensor, goal: torch.Tensor) -> bool:
    """Whether the scores say what was shown."""
    if task in ("regression", "tracks"):
        found = (scores.exp() if task == "tracks" else scores).flatten(), goal.flatten()
        return float(torch.corrcoef(torch.stack(found))[0, 1]) > 0.99
    if task in ("residues", "masked"):
        return bool((scores.argmax(1) == goal).all())
    if task == "multiclass":
        return bool((scores.argmax(1) == goal.argmax(1)).all())
    told = ~goal.isnan()
    return bool(((scores > 0) == (goal > 0.5))[told].all())


@pytest.mark.parametrize(
    ("architecture", "task"),
    [
        pytest.param(one, task, id=f"{one.name}-{task}", marks=[] if (one.name, task) in QUICK else pytest.mark.slow)
        for one in ARCHITECTURES
        for task in one.tasks
    ],
)
def test_sixteen_sequences_can_be_learned_by_heart(architecture: Architecture, task: str) -> None:
    torch.set_flush_denormal(True)  # as in training: what is learned leaves tiny numbers, which are slow
    shape, settings = shape_of(architecture, task), settings_of(architecture)
    if shape.output == "pairs":
        shape = replace(shape, length=FEW)
    if "both_strands" in architecture.config.model_fields:
        settings = settings.model_copy(update={"both_strands": False})
    codes = random_codes(16, shape.length, shape.alphabet)
    goal = torch.from_numpy(_targets(task, shape, codes, linear=architecture.name == LINEAR))
    network = build_network(architecture, settings, shape, seed=1).eval()
    batch, chosen = one_hot(torch.from_numpy(codes), shape.letters), TASKS.get(task)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    with torch.inference_mode():
        before = network(batch)
    if task == "contacts":
        goal[before == NEVER] = torch.nan
    assert not _known(task, before, goal)
    pace = 0.03 if architecture.name == LINEAR else 0.001 if shape.bins > BINS else 0.003
    optimiser = torch.optim.Adam(network.parameters(), lr=pace, fused=True)
    for step in range(1, STEPS + 1):
        network.train()
        optimiser.zero_grad()
        loss = chosen.loss(network(batch), goal)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if step % EVERY == 0:
            with torch.inference_mode():
                if _known(task, network.eval()(batch), goal):
                    return
    raise AssertionError(f"not known after {STEPS} steps; the loss is {float(loss.detach()):.3f}")
