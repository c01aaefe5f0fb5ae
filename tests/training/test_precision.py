"""Which precision is chosen from what is measured; the measuring leaves nothing behind."""

import time
from collections.abc import Callable

import pytest
import torch

from seqdl_core.training import precision
from seqdl_core.training.precision import choose_precision, computing

CPU = torch.device("cpu")
SCORES = torch.linspace(-1, 1, 50)[:, None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds on a clock that stands, on a device with units for bfloat16."""
    seconds = [0.0]
    monkeypatch.setattr(precision, "has_bfloat16", lambda _: True)
    monkeypatch.setattr(time, "perf_counter", lambda: seconds[0])
    return seconds


def attempt(clock: list[float], slow: bool, answer: torch.Tensor) -> Callable[[], torch.Tensor]:
    """Takes 5 s, in bfloat16 1 s unless it is slow, and has other scores there."""

    def work() -> torch.Tensor:
        lower = torch.is_autocast_enabled("cpu")
        clock[0] += 5 if slow or not lower else 1
        return answer if lower else SCORES

    return work


def test_without_units_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda _: False)

    def never() -> torch.Tensor:
        raise AssertionError

    assert choose_precision(CPU, never) == "float32"


@pytest.mark.parametrize(
    ("slow", "answer", "chosen"),
    [
        (False, SCORES + 1e-3, "bfloat16"),
        (True, SCORES, "float32"),
        (False, SCORES.flip(0), "float32"),
        (False, SCORES * torch.nan, "float32"),
    ],
)
def test_it_has_to_be_faster_and_as_good(clock: list[float], slow: bool, answer: torch.Tensor, chosen: str) -> None:
    assert choose_precision(CPU, attempt(clock, slow, answer)) == chosen


def test_the_forward_pass_is_in_it_and_weights_are_not() -> None:
    layer = torch.nn.Linear(4, 2)
    with computing(CPU, "bfloat16"):
        assert layer(torch.ones(1, 4)).dtype == torch.bfloat16
    with computing(CPU, "float32"):
        assert layer(torch.ones(1, 4)).dtype == torch.float32
    assert layer.weight.dtype == torch.float32
