"""BPNet against its published counts, its reach, and losses in closed form."""

import math

import pytest
import torch
from scipy.stats import multinomial
from torch.nn.functional import conv1d, one_hot

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.bpnet import ARCHITECTURE, Bpnet, BpnetConfig, bpnet_loss
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.tasks.tracks import poisson_loss

WIDE = ARCHITECTURE.presets["wide"]


def _network(length: int, targets: int, config: BpnetConfig, bins: int | None = None) -> Bpnet:
    shape = InputShape(DNA, length, targets, "bins", length if bins is None else bins)
    network = build_network(ARCHITECTURE, config, shape, seed=8)
    assert isinstance(network, Bpnet)
    return network.eval()


def _sequences(count: int, length: int) -> torch.Tensor:
    codes = torch.randint(0, 4, (count, length), generator=torch.Generator().manual_seed(4))
    return one_hot(codes, 4).mT.float().contiguous()


def test_parameters_of_the_network_for_four_factors() -> None:
    network = _network(1000, 8, BpnetConfig())
    assert count_parameters(network) == 130_960
    assert count_parameters(network.filters) + count_parameters(network.dilated) == 117_632
    assert count_parameters(network.profile) == 4 * 3202
    assert count_parameters(network.counts) == 4 * 130
    assert network(_sequences(1, 1000)).shape == (1, 8, 1000)


def test_parameters_of_the_wide_network_without_a_bias_track() -> None:
    assert count_parameters(_network(2114, 1, WIDE, 1000)) == 109_122


def test_a_base_is_known_by_1034_bases_to_both_sides() -> None:
    network = _network(2401, 1, BpnetConfig(filters=4, profile_width=1))
    with torch.no_grad():
        for parameter in (*network.filters.parameters(), *network.dilated.parameters(), network.profile.weight):
            parameter.abs_()  # so that no ReLU closes
    sequences = _sequences(1, 2401).requires_grad_()
    network.parts(sequences)[0][0, 0, 1200].backward()
    touched = sequences.grad[0].abs().sum(0).nonzero().flatten()
    assert (int(touched.min()), int(touched.max())) == (1200 - 1034, 1200 + 1034)


def test_the_wide_profile_is_that_of_convolutions_without_padding() -> None:
    network, sequences = _network(2114, 2, WIDE, 1000), _sequences(1, 2114)
    with torch.no_grad():
        features = conv1d(sequences, network.filters.weight, network.filters.bias).relu()
        assert features.shape[-1] == 2114 - 20
        for layer in network.dilated:
            dilation = layer.dilation[0]
            found = conv1d(features, layer.weight, layer.bias, dilation=dilation).relu()
            features = features[..., dilation:-dilation] + found
        assert features.shape[-1] == 2114 - 20 - 1020
        turned = network.profile.weight.transpose(0, 1).flip(-1)  # a transposed convolution is one with turned filters
        logits = conv1d(features, turned, network.profile.bias)
        assert logits.shape[-1] == 1000
        assert torch.allclose(network.parts(sequences)[0], logits, atol=1e-5)


def test_expected_reads_add_up_to_the_predicted_total() -> None:
    network, sequences = _network(100, 3, BpnetConfig(filters=8, dilated_layers=3)), _sequences(4, 100)
    profile, log_count = network.parts(sequences)
    assert torch.allclose(network(sequences).exp().sum(-1), log_count.exp(), rtol=1e-5)
    assert torch.allclose(network(sequences).softmax(-1), profile.softmax(-1), atol=1e-6)


def test_the_total_is_read_from_the_mean_of_all_positions() -> None:
    network, sequences = _network(100, 3, BpnetConfig(filters=8, dilated_layers=0)), _sequences(4, 100)
    features = network.filters(sequences).relu().mean(-1)
    assert torch.allclose(network.parts(sequences)[1], features @ network.counts.weight.T + network.counts.bias)


def test_loss_of_a_flat_profile_in_closed_form() -> None:
    """Three reads over four bases, two on one: 3 ways to arrange them, each of probability 4^-3."""
    reads = torch.tensor([[[2.0, 1.0, 0.0, 0.0]]])
    loss = bpnet_loss(torch.zeros(1, 1, 4), torch.tensor([[1.0]]), reads, count_weight=0.5)
    assert float(loss) == pytest.approx(-math.log(3 / 64) + 0.5 * (1 - math.log(4)) ** 2, abs=1e-6)


def test_loss_is_the_multinomial_of_scipy() -> None:
    generator = torch.Generator().manual_seed(3)
    profile = torch.randn(2, 3, 5, generator=generator)
    reads = torch.poisson(torch.full((2, 3, 5), 4.0), generator=generator)
    log_count = torch.log1p(reads.sum(-1))
    each = [
        -multinomial.logpmf(reads[i, j].numpy(), int(reads[i, j].sum()), profile[i, j].double().softmax(-1).numpy())
        for i in range(2)
        for j in range(3)
    ]
    assert float(bpnet_loss(profile, log_count, reads, 7.0)) == pytest.approx(sum(each) / 6, rel=1e-5)
    assert torch.allclose(
        bpnet_loss(profile + 11, log_count, reads, 7.0), bpnet_loss(profile, log_count, reads, 7.0), rtol=1e-5
    )


def test_the_poisson_loss_of_tracks_is_the_multinomial_and_a_poisson_of_the_total() -> None:
    generator = torch.Generator().manual_seed(3)
    profile, log_count = torch.randn(2, 3, 5, generator=generator), torch.randn(2, 3, generator=generator)
    reads = torch.poisson(torch.full((2, 3, 5), 4.0), generator=generator)
    total = reads.sum(-1)
    places = bpnet_loss(profile, log_count, reads, 0.0)
    arrangements = (torch.lgamma(total + 1) - torch.lgamma(reads + 1).sum(-1)).mean()
    number = (log_count.exp() - total * log_count).mean()
    scores = profile.log_softmax(-1) + log_count[..., None]
    assert float(5 * poisson_loss(scores, reads)) == pytest.approx(float(places + arrangements + number), rel=1e-5)


@pytest.mark.parametrize(
    ("bins", "crop", "fix"),
    [
        (8, 0, "Set crop=496 if these are single bases in the middle; else bring a count for each."),
        (7, 0, "Bring one count for each of the 1,000 bases."),
        (1000, 100, "Set crop=0 if these are single bases in the middle; else bring a count for each."),
    ],
)
def test_bins_that_are_not_single_bases_are_refused(bins: int, crop: int, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ARCHITECTURE.check(BpnetConfig(crop=crop), InputShape(DNA, 1000, 1, "bins", bins))
    assert (caught.value.where, caught.value.fix) == (f"bpnet on {bins:,} bins", fix)
