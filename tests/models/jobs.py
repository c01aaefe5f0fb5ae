"""The jobs that every architecture says it can do, in a size that a test can build: shapes, networks, random data."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import torch

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, Alphabet, reverse_complement
from seqdl_core.tasks import TASKS

LENGTH, TARGETS, BINS = 64, 3, 8
TRACK_LENGTHS = (256, 1024)
"""The shorter where a network makes :data:`BINS` bins of it, since attention costs the square of the length."""


def settings_of(architecture: Architecture) -> Config:
    """What trains on a laptop: the small preset, or the default of a network that is small anyway."""
    return architecture.presets.get("small", architecture.config())


def shape_of(architecture: Architecture, task: str = "", alphabet: str = "") -> InputShape:
    """What a data set for this task asks for; by default for the architecture's first task and alphabet."""
    chosen, letters = TASKS.get(task or architecture.tasks[0]), ALPHABETS[alphabet or architecture.alphabets[0]]
    length, bins = tracks_of(architecture) if chosen.output == "bins" else (LENGTH, 0)
    targets = {"masked": letters.size, "contacts": 1, "binary": 1}.get(chosen.name, TARGETS)
    return InputShape(letters, length, targets, chosen.output, bins, chosen.hide is not None)


def tracks_of(architecture: Architecture) -> tuple[int, int]:
    """The first length, and number of bins of it, that the network takes."""
    short, long = TRACK_LENGTHS
    for length, bins in ((short, BINS), (long, BINS), (long, long), (long, 4), (long, 2), (long, 1)):
        with suppress(ConfigError):
            architecture.check(settings_of(architecture), InputShape(DNA, length, TARGETS, "bins", bins))
            return length, bins
    raise AssertionError(f"{architecture.name} gives no bins of {long} letters")


def built(architecture: Architecture, shape: InputShape) -> SequenceNetwork:
    return build_network(architecture, settings_of(architecture), shape, seed=1).eval()


def network_for(architecture: Architecture, alphabet: Alphabet = DNA, length: int = 60) -> torch.nn.Module:
    return build_network(architecture, settings_of(architecture), InputShape(alphabet, length), seed=1).eval()


def random_codes(count: int = 12, length: int = 60, alphabet: Alphabet = DNA) -> np.ndarray:
    return np.random.default_rng(0).integers(0, alphabet.size, (count, length)).astype(np.uint8)


def random_batch(shape: InputShape, count: int) -> torch.Tensor:
    return one_hot(torch.from_numpy(random_codes(count, shape.length, shape.alphabet)), shape.letters)


def padded_batch(
    shape: InputShape, lengths: Sequence[int], *, starts: Sequence[int] = (), turned: bool = False
) -> torch.Tensor:
    """Random sequences of these lengths, padded to L; the first letters of some unknown, or all read on the other
    strand."""
    rows = []
    for codes, length, start in zip(
        random_codes(len(lengths), max(lengths), shape.alphabet), lengths, starts or [0] * len(lengths), strict=True
    ):
        row = codes[:length].copy()
        row[:start] = shape.alphabet.unknown_code
        if turned:
            row = reverse_complement(row[None], shape.alphabet)[0]
        rows.append(np.pad(row, (0, shape.length - length), constant_values=shape.alphabet.unknown_code))
    return one_hot(torch.from_numpy(np.stack(rows)), shape.letters)


def turned_back(scores: torch.Tensor, length: int, *, of_letters: bool) -> torch.Tensor:
    """Scores of one sequence's other strand at the places, and for the letters, of the strand given; no padding."""
    scores = scores.flip(0) if of_letters else scores
    for axis in range(1, scores.ndim):
        scores = scores.narrow(axis, 0, length).flip(axis)
    return scores


def known_part(scores: torch.Tensor, length: int) -> torch.Tensor:
    """Scores of one sequence, or of its positions, without those of padding."""
    for axis in range(1, scores.ndim):
        scores = scores.narrow(axis, 0, length)
    return scores


def lived_in(network: SequenceNetwork) -> SequenceNetwork:
    """With statistics and scales of normalisation that are not the fresh 0 and 1, which would hide mistakes."""
    generator = torch.Generator().manual_seed(7)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            torch.nn.init.uniform_(module.weight, 0.5, 2, generator)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5, generator)
            torch.nn.init.uniform_(module.running_mean, -0.5, 0.5, generator)
            torch.nn.init.uniform_(module.running_var, 0.5, 2, generator)
    return network


def expected_shape(shape: InputShape, count: int) -> tuple[int, ...]:
    further = {
        "sequence": (),
        "positions": (shape.length,),
        "bins": (shape.bins,),
        "pairs": (shape.length, shape.length),
    }
    return (count, shape.targets, *further[shape.output])


def targets_of(task: str, shape: InputShape, count: int) -> np.ndarray:
    """Targets without any rule, which a network can only learn by heart."""
    rng = np.random.default_rng(5)
    if task == "multiclass":
        return np.eye(shape.targets, dtype=np.float32)[np.arange(count) % shape.targets]
    if task in ("residues", "masked"):
        return rng.integers(0, shape.targets, (count, shape.length)).astype(np.float32)
    if task == "tracks":
        return rng.poisson(3, expected_shape(shape, count)).astype(np.float32)
    if task == "regression":
        return rng.normal(size=(count, shape.targets)).astype(np.float32)
    return rng.integers(0, 2, expected_shape(shape, count)).astype(np.float32)
