"""How much memory is free here, and the refusal of what would need more, before anything is allocated."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import Model, load_model, read_card, shape_of
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.own_networks import architecture_named, title
from seqdl_core.sizing.memory import Size, memory_to_score, size_of
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.precision import choose_device

_CGROUP = Path("/sys/fs/cgroup")
_CAUTION = 0.9
"""Share of the room for a smaller batch that is advised."""
_FEWEST = 2
"""Normalisation over the batch takes no fewer sequences."""


@dataclass(frozen=True)
class Room:
    """Bytes of memory that are free now, of how many there are, and whose memory it is."""

    free: int
    total: int
    device: str


def room_of(training: TrainingConfig) -> Room:
    """The memory of the device that the training would take.

    Raises:
        RunError: when the wished device is not there.
    """
    device = choose_device(training.device)
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return Room(int(free), int(total), "GPU")
    memory = psutil.virtual_memory()
    free, total = int(memory.available), int(memory.total)
    limit = _container_limit()
    if limit is not None:
        most, used = limit
        free, total = min(free, max(most - used, 0)), min(total, most)
    return Room(free, total, "computer")


def _container_limit() -> tuple[int, int] | None:
    """The limit of this container and what is used of it (file caches can be given back); None without a limit."""
    try:
        most = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        facts = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        return most, max(used - int(facts.get("inactive_file", 0)), 0)
    except (OSError, ValueError):
        return None


def require_room(
    architecture: str, config: Mapping[str, Any], shape: InputShape, training: TrainingConfig, rows: int
) -> Size:
    """What the training would take, where that fits into the memory that is free now.

    Raises:
        ConfigError: where it does not; nothing was allocated.
        UnknownName: for an architecture that is not there.
    """
    size = size_of(architecture, config, shape, training, rows)
    room = room_of(training)
    needed = size.memory.training
    if needed <= room.free:
        return size
    raise ConfigError(
        f"Training would need about {_gigabytes(needed)} of memory, and {_gigabytes(room.free)} of the {room.device}'s "
        f"{_gigabytes(room.total)} are free.",
        where=f"{title(architecture)}, batch size {training.batch_size:,}",
        fix=_way_out(architecture, config, shape, training, rows, size.memory.checkpoint, room.free),
    )


def _way_out(
    architecture: str,
    config: Mapping[str, Any],
    shape: InputShape,
    training: TrainingConfig,
    rows: int,
    weights: int,
    free: int,
) -> str:
    """A batch that fits, where there is one, and presets that fit."""

    def needed(batch: int, settings: Mapping[str, Any] = config) -> int:
        smaller = training.model_copy(update={"batch_size": batch})
        return size_of(architecture, settings, shape, smaller, rows).memory.training

    chosen = architecture_named(architecture)
    presets = []
    for name, preset in chosen.presets.items():
        with suppress(ConfigError):
            if needed(training.batch_size, preset.model_dump(mode="json")) <= free:
                presets.append(name)
    smaller = f"take its {' or '.join(presets)} preset" if presets else "choose a smaller network"
    least = needed(_FEWEST) if weights <= free and training.batch_size > _FEWEST else free + 1
    if least > free:
        return f"No batch is small enough: {smaller}, or bring shorter sequences."
    # Memory is a constant and so much for each sequence of the batch.
    each = (needed(training.batch_size) - least) / (training.batch_size - _FEWEST)
    batch = min(training.batch_size - 1, _FEWEST + int(_CAUTION * (free - least) / max(each, 1)))
    return f"Set the batch size from {training.batch_size:,} to {batch:,}, or {smaller}."


def require_room_to_score(architecture: str, config: Mapping[str, Any], shape: InputShape) -> None:
    """Refuse a network that could not score a single sequence in the memory of this computer that is free now.

    Raises:
        ConfigError: there; nothing was allocated.
        UnknownName: for an architecture that is not there.
    """
    needed = memory_to_score(architecture, config, shape, batch=1)
    room = room_of(TrainingConfig(device="cpu"))
    if needed > room.free:
        raise ConfigError(
            f"Scoring one sequence would need about {_gigabytes(needed)} of memory, and {_gigabytes(room.free)} of the "
            f"{room.device}'s {_gigabytes(room.total)} are free.",
            where=architecture,
            fix="Close other programs, or use a smaller model, or one of shorter sequences.",
        )


def load_to_score(path: Path) -> Model:
    """Read a model file (:func:`load_model`) unless its network could not score a single sequence here.

    A network of a person's own is not asked: its file says what it takes only when it is run.

    Raises:
        ConfigError: where the memory of this computer that is free now is too little; nothing was allocated.
        ModelFileError: for a file that is missing, damaged or not SeqDL's.
    """
    card = read_card(path)
    if card.architecture in ARCHITECTURES.names():
        require_room_to_score(card.architecture, card.architecture_config, shape_of(card))
    return load_model(path)


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e8 else f"{number / 1e6:,.0f} MB"
