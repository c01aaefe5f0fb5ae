"""Slots: how many trainings go on at once on this machine, and with how many threads and which GPU each.

One for each GPU; without a GPU one for each core but one, which is left to the pages. ``SEQDL_SLOTS`` overrules.
"""

import ctypes
import os
import platform
import sys
from functools import cache

from seqdl_core.errors import ConfigError
from seqdl_core.runs.processes import cores, usable_cores

_MOST = 1024


def slots() -> int:
    """How many trainings may run at once; raises ConfigError where ``SEQDL_SLOTS`` is no number of them."""
    wished = os.environ.get("SEQDL_SLOTS", "").strip()
    if wished:
        if not (wished.isascii() and wished.isdigit() and 1 <= int(wished) <= _MOST):
            raise ConfigError(
                f"'{wished}' is not a number of trainings at once.",
                where="SEQDL_SLOTS",
                fix=f"Give a whole number from 1 to {_MOST:,}, or leave it away.",
            )
        return int(wished)
    return len(gpus()) or max(1, cores() - 1)


def threads() -> int:
    """With how many threads a training computes: its share of the cores; ``OMP_NUM_THREADS`` overrules."""
    return usable_cores() if os.environ.get("OMP_NUM_THREADS") else max(1, cores() // slots())


def environment(slot: int) -> dict[str, str]:
    """What the process that trains in a slot is told: its share of the cores, and its GPU where there are several."""
    told = {"OMP_NUM_THREADS": str(threads())}
    there = gpus()
    if len(there) > 1:
        told["CUDA_VISIBLE_DEVICES"] = there[slot % len(there)]
    return told


def gpus() -> tuple[str, ...]:
    """The GPUs that may be used, by the names that ``CUDA_VISIBLE_DEVICES`` takes; asked without loading torch."""
    if sys.platform == "darwin":
        return ("mps",) if platform.machine() == "arm64" else ()
    number = _nvidia_gpus()
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not number or chosen is None:
        return tuple(str(one) for one in range(number))
    names: list[str] = []
    for name in (part.strip() for part in chosen.split(",")):
        if not name or name.startswith("-"):  # CUDA, too, ends its list at the first that is none
            break
        names.append(name)
    return tuple(names)


@cache
def _nvidia_gpus() -> int:
    """How many GPUs NVIDIA's driver knows; 0 without the driver."""
    try:
        driver = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return 0
    if driver.nvmlInit_v2():
        return 0
    number = ctypes.c_uint()
    failed = driver.nvmlDeviceGetCount_v2(ctypes.byref(number))
    driver.nvmlShutdown()
    return 0 if failed else number.value
