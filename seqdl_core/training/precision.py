"""On which device, and in which precision, the forward pass of training is computed.

bfloat16 has the range of float32 with 8 bits of precision: fewer bytes to move, and units made for it on some
processors and GPUs. It is taken where it is faster and orders a batch as float32 does. Weights, their gradients,
moments and averages stay float32, and so do all scores that a person ever sees: an error of bfloat16 is as large as
what a variant does.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from seqdl_core.errors import RunError

Precision = Literal["float32", "bfloat16"]

_FASTER = 1.1
_AGREE = 0.999
_TRIES = 2


def choose_device(wish: str) -> torch.device:
    """The device to compute on; ``auto`` takes CUDA, then Apple's MPS, then the processor.

    Raises:
        RunError: when the wished device is not there.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wish == "auto":
        return torch.device("cuda" if present["cuda"] else "mps" if present["mps"] else "cpu")
    if not present[wish]:
        raise RunError(f"This machine has no {wish} device.", where="device", fix="Choose auto or cpu.")
    return torch.device(wish)


@contextlib.contextmanager
def computing(device: torch.device, precision: Precision) -> Iterator[None]:
    """The forward pass of training inside is computed in this precision."""
    if precision == "float32":
        yield
        return
    with torch.autocast(device.type, torch.bfloat16):
        yield


@contextlib.contextmanager
def fast_products(device: torch.device) -> Iterator[None]:
    """Inside, a GPU multiplies float32 in TF32 (10 bits of precision, several times faster); elsewhere nothing."""
    if device.type != "cuda":
        yield
        return
    before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.allow_tf32 = True
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before[0])
        torch.backends.cudnn.allow_tf32 = before[1]


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device has units for it; without them it is slower than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        units = torch.cpu.get_capabilities()
        return bool(units.get("avx512_bf16") or units.get("amx_bf16") or units.get("bf16"))
    return False


def choose_precision(device: torch.device, attempt: Callable[[], Float[Tensor, "N ..."]]) -> Precision:
    """The faster of the two on this machine; float32 where bfloat16 brings little, or other scores.

    Args:
        attempt: a forward and a backward pass that leaves nothing changed; returns the scores.
    """
    if not has_bfloat16(device):
        return "float32"
    seconds: dict[Precision, float] = {}
    scores: dict[Precision, Tensor] = {}
    order: tuple[Precision, ...] = ("float32", "bfloat16")
    for precision in order:
        taken = []
        for _ in range(_TRIES):
            started = time.perf_counter()
            with computing(device, precision):
                scores[precision] = attempt().detach().float().flatten()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            taken.append(time.perf_counter() - started)
        seconds[precision] = min(taken)
    faster = seconds["float32"] >= _FASTER * seconds["bfloat16"]
    return "bfloat16" if faster and _agree(scores["float32"], scores["bfloat16"]) else "float32"


def _agree(one: Float[Tensor, " N"], other: Float[Tensor, " N"]) -> bool:
    """Whether the two order a batch alike; scores that are all the same say nothing against it."""
    if not bool(other.isfinite().all()):
        return False
    if len(one) < 2 or float(one.std()) == 0:
        return True
    return float(torch.corrcoef(torch.stack([one, other]))[0, 1]) >= _AGREE
