"""Enformer against its published counts, its lengths, its golden figures and implementations by other means."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import gamma
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._enformer_attention import DistanceAttention, distance_features, relative_shift
from seqdl_core.models._layers import other_strand
from seqdl_core.models.enformer import ARCHITECTURE, AttentionPool, Enformer, EnformerConfig
from seqdl_core.sequences.alphabets import DNA

SMALL = ARCHITECTURE.presets["small"]
HUMAN, MOUSE, POSITIONS = 5313, 1643, 1536


def _published(**settings: object) -> Enformer:
    with torch.device("meta"):
        shape = InputShape(DNA, 196_608, HUMAN, "bins", 896)
        network = build_network(ARCHITECTURE, EnformerConfig(**settings), shape)
    assert isinstance(network, Enformer)
    return network.eval()


def _small(length: int = 1024, bins: int = 8, **settings: object) -> Enformer:
    config = SMALL.model_copy(update=settings)
    network = build_network(ARCHITECTURE, config, InputShape(DNA, length, 2, "bins", bins), seed=3)
    assert isinstance(network, Enformer)
    return network.eval()


def _sequences(count: int, length: int) -> torch.Tensor:
    codes = torch.randint(0, 4, (count, length), generator=torch.Generator().manual_seed(4))
    return nn.functional.one_hot(codes, 4).mT.float().contiguous()


def _stir(module: nn.Module) -> None:
    """Weights without zeros, so that nothing is hidden by how training starts."""
    generator = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(std=0.3, generator=generator)


def test_parameters_with_one_head_and_with_two() -> None:
    human, both = _published(), _published(mouse_targets=MOUSE)
    assert count_parameters(human) == 246_172_353
    assert count_parameters(human) - count_parameters(human.head) == 229_845_504
    assert count_parameters(human) + MOUSE * (3072 + 1) == 251_221_292
    assert count_parameters(both) == 251_221_292
    assert both.mouse(torch.zeros(1, 4, 196_608, device="meta")).shape == (1, MOUSE, 896)


def test_parameters_of_a_transformer_block_and_running_statistics() -> None:
    network = _published()
    block = network.transformer[0]
    assert count_parameters(block.norm) + count_parameters(block.attend) == 6_395_392
    assert count_parameters(block.hidden) == 9_444_864
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    assert sum(norm.running_mean.numel() + norm.running_var.numel() for norm in norms) == 29_696


def test_channels_lengths_and_crop_of_the_published_network() -> None:
    assert EnformerConfig().tower() == (768, 896, 1024, 1152, 1280, 1536)
    network, shapes = _published(), []
    for part in (network.stem, *network.tower, network.final):
        part.register_forward_hook(lambda _module, _inputs, output: shapes.append(tuple(output.shape[1:])))
    assert network(torch.zeros(1, 4, 196_608, device="meta")).shape == (1, HUMAN, 896)
    lengths = (98_304, 49_152, 24_576, 12_288, 6144, 3072, POSITIONS, 896)
    assert shapes == list(zip((768, 768, 896, 1024, 1152, 1280, 1536, 3072), lengths, strict=True))


def test_the_crop_is_320_bins_at_each_end() -> None:
    network = _small(length=196_608, bins=896, channels=16, heads=2, layers=1, pooling="max")
    seen: dict[str, torch.Tensor] = {}
    network.transformer[-1].register_forward_hook(lambda _module, _inputs, output: seen.update(whole=output[0]))
    network.final.register_forward_pre_hook(lambda _module, inputs: seen.update(cropped=inputs[0]))
    with torch.inference_mode():
        network(_sequences(1, 196_608))
    assert seen["whole"].shape == (1, POSITIONS, 16)
    assert torch.equal(seen["cropped"], seen["whole"][:, 320:-320].mT)


def test_attention_pool_of_one_and_three() -> None:
    pool = AttentionPool(1)
    assert float(pool(torch.tensor([[[1.0, 3.0]]])).detach()) == pytest.approx(2.964028, abs=1e-6)


def test_attention_pool_weighs_every_channel_by_all_channels() -> None:
    pool, features = AttentionPool(3), torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(1))
    assert torch.equal(pool.weigh.weight[..., 0], 2 * torch.eye(3))
    _stir(pool)
    mixing, by_hand = pool.weigh.weight[..., 0], torch.zeros(2, 3, 4)
    with torch.no_grad():
        for n in range(2):
            for p in range(4):
                left, right = features[n, :, 2 * p], features[n, :, 2 * p + 1]
                share = torch.sigmoid(mixing @ left - mixing @ right)
                by_hand[n, :, p] = share * left + (1 - share) * right
        assert torch.allclose(pool(features), by_hand, atol=1e-6)


@pytest.mark.parametrize("positions", [1, 2, 5, 8])
def test_relative_shift_is_a_look_up_by_key_minus_query(positions: int) -> None:
    rows = torch.randn(2, 3, positions, 2 * positions - 1, generator=torch.Generator().manual_seed(1))
    shifted = relative_shift(rows)
    for i in range(positions):
        for j in range(positions):
            assert torch.equal(shifted[:, :, i, j], rows[:, :, i, j - i + positions - 1])


def _golden() -> tuple[torch.Tensor, int]:
    return distance_features(POSITIONS, 192), POSITIONS - 1


def test_distances_have_three_families_and_the_same_with_the_sign() -> None:
    features, here = _golden()
    assert features.shape == (2 * POSITIONS - 1, 192)
    assert torch.equal(features[:, :96], features[:, :96].flip(0))
    assert torch.equal(features[here + 1 :, 96:], features[here + 1 :, :96])
    assert torch.equal(features[:here, 96:], -features[:here, :96])
    assert not features[here, 96:].any()


def test_exponential_curves_halve_every_eight_bins_or_more() -> None:
    features, here = _golden()
    assert float(features[here + 8, 0]) == pytest.approx(0.5)
    assert float(features[here + 1535, 31]) == pytest.approx(0.5 ** (1535 / 1536), abs=1e-6)
    half_life = 2 ** (3 + (math.log2(1536) - 3) * 7 / 31)
    assert float(features[here + 100, 7]) == pytest.approx(0.5 ** (100 / half_life), abs=1e-6)


def test_central_masks_hold_ever_wider_surroundings() -> None:
    features, here = _golden()
    masks = features[here:, 32:64]
    assert masks[:, 0].nonzero().flatten().tolist() == [0]
    assert [int(mask.sum()) for mask in masks.T] == [min(2**k - 1, POSITIONS) for k in range(1, 33)]


def test_gamma_curves_have_their_golden_values() -> None:
    features, here = _golden()
    first, second = features[here:, 64], features[here:, 65]
    assert (int(first.argmax()), float(first[36])) == (36, 1.0)
    assert float(first[48]) == pytest.approx(0.87201, abs=1e-5)
    assert float(second[48]) == pytest.approx(0.08811, abs=1e-5)
    assert float(first[0]) == pytest.approx(5.356e-7, rel=1e-3)


def test_gamma_curves_are_scipys_divided_by_their_own_maximum() -> None:
    features, here = _golden()
    away = np.arange(POSITIONS)
    for curve, mean in enumerate(np.linspace(48, 1536, 32)):
        density = gamma.pdf(away, a=(mean / 24) ** 2, scale=24**2 / mean) + 1e-8
        assert np.allclose(features[here:, 64 + curve].numpy(), density / density.max(), atol=1e-6)


def test_single_precision_stays_near() -> None:
    features, _ = _golden()
    apart = (distance_features(POSITIONS, 192, torch.float32) - features).abs()
    assert 0 < float(apart.max()) < 0.02


def test_attention_by_a_loop_over_pairs_of_bins() -> None:
    attend = DistanceAttention(12, 2, 5, 6, attention_dropout=0.0, position_dropout=0.0).eval()
    _stir(attend)
    features, distances = torch.randn(1, 4, 12, generator=torch.Generator().manual_seed(1)), distance_features(4, 6)
    with torch.no_grad():
        out, weights = attend(features, distances)
        gathered = torch.zeros(4, 12)
        for head in range(2):
            rows, values = slice(5 * head, 5 * head + 5), slice(6 * head, 6 * head + 6)
            for i in range(4):
                query = attend.query.weight[rows] @ features[0, i] / math.sqrt(5)
                logits = torch.stack(
                    [
                        (query + attend.content_bias[head, 0]) @ (attend.key.weight[rows] @ features[0, j])
                        + (query + attend.distance_bias[head, 0])
                        @ (attend.distance.weight[rows] @ distances[j - i + 3])
                        for j in range(4)
                    ]
                )
                assert torch.allclose(weights[0, head, i], logits.softmax(0), atol=1e-6)
                gathered[i, values] = logits.softmax(0) @ (features[0] @ attend.value.weight[values].T)
        assert torch.allclose(out[0], gathered @ attend.out.weight.T + attend.out.bias, atol=1e-5)


def test_fresh_attention_adds_nothing() -> None:
    network = _small()
    features = torch.randn(2, 8, 48, generator=torch.Generator().manual_seed(1))
    for block in network.transformer:
        assert not block.attend.out.weight.any()
        assert not block.attend(features, network.distances)[0].any()


def test_attention_comes_from_the_layers_that_make_the_scores() -> None:
    network = _small()
    _stir(network.transformer)
    looks = network.attention(_sequences(2, 1024))
    assert [look.shape for look in looks] == [(2, 4, 8, 8)] * 2
    assert not torch.allclose(looks[0], looks[1], atol=1e-3)


def test_the_two_heads_share_one_trunk() -> None:
    network, sequences = _small(mouse_targets=3), _sequences(2, 1024)
    assert network.mouse(sequences).shape == (2, 3, 8)
    with torch.no_grad():
        for one, other in zip(network.mouse_head.parameters(), network.head.parameters(), strict=True):
            one[:2].copy_(other)
    assert torch.allclose(network.mouse(sequences)[:, :2], network(sequences), atol=1e-5)
    with pytest.raises(ConfigError, match="no second head"):
        _small().mouse(sequences)


def test_strands_agree_only_once_averaged() -> None:
    sequences = _sequences(2, 1024)
    for both, same in ((False, False), (True, True)):
        network = _small(both_strands=both)
        assert torch.allclose(network(sequences), network(other_strand(sequences)).flip(-1), atol=1e-5) == same


@pytest.mark.parametrize("settings", [{"channels": 100, "heads": 8}, {"channels": 40, "heads": 8}])
def test_channels_that_cannot_be_shared_out_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="cannot be shared out") as caught:
        build_network(ARCHITECTURE, EnformerConfig(**settings), InputShape(DNA, 1024, 1, "bins", 8))
    assert caught.value.fix == "Give a number of channels that is a multiple of 8 and at least 48."


def test_lengths_that_do_not_fit_are_refused_before_anything_is_built() -> None:
    with pytest.raises(ConfigError, match="one bin of 128 bases"):
        build_network(ARCHITECTURE, EnformerConfig(), InputShape(DNA, 196_600, HUMAN, "bins", 896))
