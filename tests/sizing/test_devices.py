"""What this machine can train on, and what is taken of it."""

import pytest
import torch

from pages._ui.design_words import device_line
from seqdl_core.errors import RunError
from seqdl_core.sizing.devices import Device, chosen, devices
from seqdl_core.sizing.room import Room

PROCESSOR = Device("cpu", "A processor", Room(20 * 10**9, 32 * 10**9, "computer"))
GPU = Device("cuda", "A GPU", Room(79 * 10**9, 80 * 10**9, "GPU"))


def test_without_a_gpu_the_processor_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    (one,) = devices()
    assert one.kind == "cpu"
    assert one.name
    assert 0 < one.room.free <= one.room.total
    assert chosen("auto").kind == "cpu"
    with pytest.raises(RunError, match="no cuda device"):
        chosen("cuda")


def test_a_gpu_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A GPU")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (79 * 10**9, 80 * 10**9))
    assert [one.kind for one in devices()] == ["cpu", "cuda"]
    assert chosen("auto") == GPU
    assert chosen("cpu").kind == "cpu"


def test_the_page_names_what_is_taken_and_what_could_be() -> None:
    assert device_line(PROCESSOR, []) == (
        "Trains on the processor, A processor, with 20.0 GB of memory free. No GPU was found."
    )
    assert device_line(GPU, [PROCESSOR]) == (
        "Trains on the GPU A GPU with 79.0 GB of memory free. Under Training settings it can be the processor, "
        "A processor, with 20.0 GB of memory free instead."
    )
