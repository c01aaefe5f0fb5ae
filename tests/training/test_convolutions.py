"""Convolutions in halves are convolutions: the same values and gradients, whatever the width and length."""

import pytest
import torch
from torch import nn
from torch.nn.functional import conv1d

from seqdl_core.training.convolutions import InHalves, fewer_multiplications, gains


@pytest.mark.parametrize("width", [7, 8, 11, 12])
@pytest.mark.parametrize("length", [12, 13, 30, 31, 32, 33])
def test_values_and_gradients_are_those_of_a_convolution(width: int, length: int) -> None:
    draw = torch.Generator().manual_seed(width * 100 + length)
    features = torch.randn(3, 5, length, dtype=torch.float64, generator=draw)
    weight = torch.randn(4, 5, width, dtype=torch.float64, generator=draw)
    told = torch.randn(3, 4, length - width + 1, dtype=torch.float64, generator=draw)
    found = []
    for convolve in (conv1d, InHalves.apply):
        inputs = features.clone().requires_grad_(), weight.clone().requires_grad_()
        answers = convolve(*inputs)
        answers.backward(told)
        found.append((answers.detach(), *(one.grad for one in inputs)))
    for plain, halved in zip(*found, strict=True):
        torch.testing.assert_close(halved, plain, rtol=1e-10, atol=1e-10)


def test_no_gradient_of_the_input_is_computed_where_none_is_wanted() -> None:
    weight = torch.randn(4, 5, 8, requires_grad=True)
    InHalves.apply(torch.randn(2, 5, 20), weight).sum().backward()
    assert weight.grad is not None


@pytest.mark.parametrize("padding", [0, 3])
def test_inside_a_network_only_what_gains_is_done_so(padding: int, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    wide = nn.Conv1d(230, 230, 8, padding=padding)
    others = [nn.Conv1d(230, 230, 3), nn.Conv1d(4, 64, 15), nn.Conv1d(230, 230, 8, dilation=2)]
    assert gains(wide.weight)
    used: list[int] = []
    halves = InHalves.apply
    monkeypatch.setattr(InHalves, "apply", lambda *given: used.append(1) or halves(*given))
    for each in (wide, *others):
        features = torch.randn(2, each.in_channels, 40)
        plain = each(features)
        with fewer_multiplications(nn.Sequential(wide, each), "float32"):
            torch.testing.assert_close(each(features), plain, rtol=1e-4, atol=1e-5)
    assert used == [1]
    with fewer_multiplications(wide, "bfloat16"):
        wide(torch.randn(2, 230, 40))
    with fewer_multiplications(others[0], "float32"):
        wide(torch.randn(2, 230, 40))
    assert used == [1]


def test_the_same_twice_bit_for_bit() -> None:
    torch.manual_seed(1)
    features, weight = torch.randn(4, 64, 50), torch.randn(64, 64, 9)
    assert torch.equal(InHalves.apply(features, weight), InHalves.apply(features, weight))
