"""What this machine can train on: its processor and its GPUs, with their names and the memory that is free."""

import platform
from dataclasses import dataclass
from pathlib import Path

import torch

from seqdl_core.errors import RunError
from seqdl_core.sizing.room import Room, room_of
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.precision import choose_device

_PROCESSOR = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Device:
    """A device: ``kind`` is what the setting ``device`` calls it, ``room`` its memory in bytes."""

    kind: str
    name: str
    room: Room


def devices() -> tuple[Device, ...]:
    """The processor and, of each kind, the first GPU, which is the one that one process trains on."""
    found = []
    for kind, name in (("cpu", _processor), ("cuda", _nvidia), ("mps", _apple)):
        try:
            found.append(Device(kind, name(), room_of(TrainingConfig(device=kind))))
        except RunError:
            continue
    return tuple(found)


def chosen(wish: str) -> Device:
    """The device that training takes with this setting.

    Raises:
        RunError: when it is not there.
    """
    kind = choose_device(wish).type
    return next(one for one in devices() if one.kind == kind)


def _processor() -> str:
    """As the system calls it: ``AMD EPYC 7B13``."""
    if _PROCESSOR.is_file():
        for line in _PROCESSOR.read_text("utf-8", "replace").splitlines():
            name, sign, value = line.partition(":")
            if sign and name.strip() == "model name" and value.strip():
                return " ".join(value.split())
    return platform.processor() or platform.machine() or "processor"


def _nvidia() -> str:
    choose_device("cuda")
    return torch.cuda.get_device_name()


def _apple() -> str:
    choose_device("mps")
    return f"GPU of {_processor()}"
