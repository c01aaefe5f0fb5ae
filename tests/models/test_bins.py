"""What networks for counts in bins share."""

import math

import pytest
import torch
from pydantic import ValidationError
from scipy.stats import norm

from seqdl_core.errors import ConfigError
from seqdl_core.models import InputShape
from seqdl_core.models._bins import log_softplus, middle, require_bins, sigmoid_gelu
from seqdl_core.models._layers import mean_count
from seqdl_core.models.bpnet import BpnetConfig
from seqdl_core.sequences.alphabets import DNA


def test_log_softplus_is_exact_where_softplus_itself_vanishes() -> None:
    inputs = torch.tensor([-1000.0, -100.0, -20.0, -8.0001, -8.0, -7.9999, -1.0, 0.0, 3.0, 50.0], requires_grad=True)
    exact = [x if x < -30 else math.log(x if x > 30 else math.log1p(math.exp(x))) for x in inputs.tolist()]
    outputs = log_softplus(inputs)
    assert outputs.tolist() == pytest.approx(exact, rel=1e-6, abs=1e-6)
    outputs.sum().backward()
    slope = [1 / (1 + math.exp(-x)) / math.log1p(math.exp(x)) if x > -30 else 1.0 for x in inputs.tolist()]
    assert inputs.grad.tolist() == pytest.approx(slope, rel=1e-4)


def test_sigmoid_gelu_has_the_published_values() -> None:
    assert float(sigmoid_gelu(torch.tensor(1.0))) == pytest.approx(0.845796, abs=1e-6)
    assert float(sigmoid_gelu(torch.tensor(0.0))) == 0
    inputs = torch.linspace(-6, 6, 24001, dtype=torch.float64)
    apart = sigmoid_gelu(inputs) - inputs * torch.from_numpy(norm.cdf(inputs.numpy()))
    assert float(apart.abs().max()) == pytest.approx(0.0203, abs=5e-5)


def test_the_middle_loses_as_much_at_both_ends() -> None:
    positions = torch.arange(8.0)[None, None]
    assert middle(positions, 4).flatten().tolist() == [2, 3, 4, 5]
    assert torch.equal(middle(positions, 8), positions)


def test_the_mean_is_of_counts_not_of_their_logarithms() -> None:
    one, other = torch.tensor([[[2.0, 10.0]]]), torch.tensor([[[4.0, 0.5]]])
    assert torch.allclose(mean_count(one.log(), other.log()).exp(), torch.tensor([[[3.0, 5.25]]]))


@pytest.mark.parametrize("bins", [8, 6, 4, 2])
def test_bins_in_the_middle_are_taken(bins: int) -> None:
    require_bins("basenji", InputShape(DNA, 1024, 1, "bins", bins), 128)


@pytest.mark.parametrize("bins", [0, 7, 9, 10, 1024])
def test_bins_that_cannot_lie_in_the_middle_are_refused_with_those_that_can(bins: int) -> None:
    with pytest.raises(ConfigError, match="8 bins of 128") as caught:
        require_bins("basenji", InputShape(DNA, 1024, 1, "bins", bins), 128)
    assert (caught.value.where, caught.value.fix) == (
        f"basenji on {bins:,} bins",
        "Measure this many bins: 8, 6, 4, 2.",
    )


def test_many_fitting_bins_are_not_all_listed() -> None:
    with pytest.raises(ConfigError) as caught:
        require_bins("basenji", InputShape(DNA, 131_072, 1, "bins", 895), 128)
    assert caught.value.fix == "Measure this many bins: 1,024, 1,022, 1,020, 1,018, ... down to 2."


@pytest.mark.parametrize(
    ("length", "fix"),
    [
        (1000, "Bring sequences of 896 or 1,024 bases, or of another multiple of 128."),
        (100, "Bring sequences of 128 bases, or of another multiple of 128."),
    ],
)
def test_lengths_that_are_no_whole_number_of_bins_are_refused(length: int, fix: str) -> None:
    with pytest.raises(ConfigError, match="no whole number of them") as caught:
        require_bins("basenji", InputShape(DNA, length, 1, "bins", 2), 128)
    assert caught.value.fix == fix


def test_a_filter_has_a_middle() -> None:
    with pytest.raises(ValidationError, match="must be odd"):
        BpnetConfig(filter_width=24)
