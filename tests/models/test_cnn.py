"""The convolutional network: its blocks, what biology puts into its first layer, three ways to see both strands."""

import math

import numpy as np
import pytest
import torch

from seqdl_core.errors import ConfigError, UnknownName
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.cnn import ARCHITECTURE, Cnn, CnnConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, encode_all
from seqdl_core.sequences.motifs import jaspar
from tests.models.jobs import padded_batch

LENGTH = 64
CODES = np.random.default_rng(3).integers(0, 5, (6, LENGTH)).astype(np.uint8)
CODES[:, [0, 61, -1]] %= 4  # known letters at the ends, unknown ones between: no padding
LETTERS = one_hot(torch.from_numpy(CODES), 4)


def _cnn(shape: InputShape | None = None, **settings: object) -> Cnn:
    network = build_network(ARCHITECTURE, CnnConfig(**settings), shape or InputShape(DNA, LENGTH), seed=2)
    assert isinstance(network, Cnn)
    return _lived_in(network)


def _lived_in(network: Cnn) -> Cnn:
    """With statistics and scales of normalisation that are not the fresh 0 and 1, which would hide mistakes."""
    torch.manual_seed(7)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_mean, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    return network.eval()


def test_the_default_keeps_its_parameters_and_their_names() -> None:
    network = _cnn()
    names = [name for name, _ in network.named_parameters()]
    assert names == [
        *("filters.weight", "norm.weight", "norm.bias"),
        *("blocks.1.weight", "blocks.2.weight", "blocks.2.bias"),
        *("blocks.6.weight", "blocks.7.weight", "blocks.7.bias"),
        *("dense.1.weight", "dense.1.bias", "dense.4.weight", "dense.4.bias"),
    ]
    scan, blocks = 64 * 4 * 15 + 2 * 64, 64 * 64 * (7 + 5) + 2 * 2 * 64
    assert count_parameters(network) == scan + blocks + (128 * 64 + 64) + (64 + 1)


def test_dilated_residual_blocks_see_as_far_as_their_steps_say() -> None:
    """Scan 15, then blocks of 7, 5, 5 with steps of 1, 2, 4: one position sees 7 + 3 + 4 + 8 letters to each side."""
    shape = InputShape(DNA, LENGTH, 2, "positions")
    network = _cnn(shape, blocks=3, residual=True, dilation_growth=2)
    letters = LETTERS.clone().requires_grad_()
    network.one_strand(letters)[0, :, 30].sum().backward()
    seen = letters.grad[0].abs().sum(0).nonzero().flatten()
    assert (int(seen.min()), int(seen.max())) == (30 - 22, 30 + 22)


def test_a_residual_block_without_weights_hands_on_what_it_was_given() -> None:
    network = _cnn(residual=True, blocks=2, halve=False)
    with torch.no_grad():
        for name, parameter in network.blocks.named_parameters():
            if "norm" in name:
                parameter.zero_()
    features = torch.rand(2, 64, 20)
    assert torch.equal(network.blocks(features), features)


def test_positions_and_pairs_are_not_pooled() -> None:
    for output in ("positions", "pairs"):
        network = _cnn(InputShape(DNA, LENGTH, 2, output), pool=8)
        assert network.blocks(network.pool(network.scan(LETTERS))).shape[-1] == LENGTH


def test_pooling_beyond_a_bin_is_refused() -> None:
    with pytest.raises(ConfigError, match="merges 4 positions, which is more than a bin of 2"):
        _cnn(InputShape(DNA, LENGTH, 1, "bins", 32))


def test_the_larger_strand_decides_where_asked() -> None:
    network = _cnn(strands="maximum")
    one, other = network.one_strand(LETTERS), network.one_strand(other_strand(LETTERS))
    assert torch.equal(network(LETTERS), torch.maximum(one, other))
    assert (one > other).any()
    assert (one < other).any()


@pytest.mark.parametrize("further", [{}, {"gc_reach": 4, "position_row": True}, {"non_negative": True}])
@pytest.mark.parametrize("blocks", [{}, {"residual": True, "channels": 32, "halve": False, "dilation_growth": 2}])
def test_every_layer_of_an_equivariant_network_mirrors(further: dict[str, object], blocks: dict[str, object]) -> None:
    network = _cnn(strands="equivariant", **further, **blocks)
    turned = other_strand(LETTERS)
    here, there = network.scan(LETTERS), network.scan(turned)
    assert torch.allclose(there, here.flip(1, 2), atol=1e-6)
    here, there = (network.blocks(network.pool(torch.relu(answers))) for answers in (here, there))
    assert torch.allclose(there, here.flip(1, 2), atol=1e-5)
    assert torch.allclose(network(turned), network(LETTERS), atol=1e-6)
    assert not torch.allclose(network(LETTERS.flip(-1)), network(LETTERS), atol=1e-4)


@pytest.mark.parametrize("shape", [InputShape(DNA, LENGTH, 3, "positions"), InputShape(DNA, LENGTH, 2, "bins", 8)])
def test_equivariant_positions_and_bins_mirror(shape: InputShape) -> None:
    network = _cnn(shape, strands="equivariant")
    assert torch.allclose(network(other_strand(LETTERS)), network(LETTERS).flip(-1), atol=1e-6)


def test_equivariance_halves_the_filters_to_learn_and_shares_norms() -> None:
    network = _cnn(strands="equivariant")
    convolutions, norms = 64 * 4 * 15 + 64 * 64 * (7 + 5), 3 * 2 * 64
    assert count_parameters(network) == (convolutions + norms) // 2 + (64 * 64 + 64) + (64 + 1)


def test_a_mirrored_norm_counts_both_strands_while_training() -> None:
    network = _cnn(strands="equivariant").train()
    here, there = network.scan(LETTERS), network.scan(other_strand(LETTERS))
    assert torch.allclose(there, here.flip(1, 2), atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "length", "where"),
    [
        ({"filter_width": 14}, LENGTH, "filter_width"),
        ({"filters": 63}, LENGTH, "filters"),
        ({"channels": 63}, LENGTH, "filters"),
        ({}, 62, "pool"),
    ],
)
def test_what_would_break_the_mirror_is_refused(settings: dict[str, object], length: int, where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _cnn(InputShape(DNA, length), strands="equivariant", **settings)
    assert caught.value.where == where


def test_an_uneven_pool_does_break_the_mirror() -> None:
    network = _cnn(strands="equivariant")
    short = LETTERS[..., :62]
    assert not torch.allclose(network(other_strand(short)), network(short), atol=1e-6)


@pytest.mark.parametrize("freeze", [False, True])
def test_a_filter_that_starts_as_a_motif_answers_with_its_log_odds(freeze: bool) -> None:
    motif = jaspar("ELK1").trim()
    network = _cnn(motifs=("ELK1",), freeze_motifs=freeze)
    answers = network.filters(LETTERS)[:, 0].detach().numpy()
    left = 7 - (15 - motif.width) // 2  # the filter's middle is at 7; its motif begins so far before it
    odds = motif.log_odds()
    for start in range(LENGTH - motif.width):
        site = LETTERS[0, :, start : start + motif.width].numpy()
        assert answers[0, start + left] == pytest.approx(float((site.T * odds).sum()), abs=1e-4)


def test_a_wide_motif_gives_its_most_informative_stretch() -> None:
    motif = jaspar("CTCF").trim()
    assert motif.width > 9
    filters = _cnn(motifs=("CTCF",), filter_width=9).filters.filters()[0].detach().numpy()
    sums = np.convolve(motif.information(), np.ones(9), "valid")
    best = int(sums.argmax())
    assert np.allclose(filters, motif.log_odds()[best : best + 9].T, atol=1e-5)


@pytest.mark.parametrize("freeze", [False, True])
def test_frozen_motifs_stay_and_others_move(freeze: bool) -> None:
    network = _cnn(motifs=("ELK1", "MA0139"), freeze_motifs=freeze, gc_reach=3).train()
    before = network.filters.filters().detach().clone()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    network(LETTERS).square().sum().backward()
    optimiser.step()
    moved = (network.filters.filters() - before).abs().amax((1, 2)) > 0
    assert moved[2:].all()
    assert moved[:2].any() != freeze
    assert before.shape == (64, 5, 15)
    assert count_parameters(network.filters) == (62 if freeze else 64) * 5 * 15


def test_all_filters_may_be_frozen_motifs_and_equivariant() -> None:
    names = ("ELK1", "CTCF")
    network = _cnn(filters=4, motifs=names, freeze_motifs=True, strands="equivariant")
    assert count_parameters(network.filters) == 0
    weights = network.filters.filters()
    assert torch.equal(weights[3], weights[0].flip(0, 1))
    assert torch.allclose(network(other_strand(LETTERS)), network(LETTERS), atol=1e-6)


@pytest.mark.parametrize("motifs", [(), ("ELK1",)])
@pytest.mark.parametrize("freeze", [False, True])
def test_non_negative_filters_have_no_negative_weight(motifs: tuple[str, ...], freeze: bool) -> None:
    network = _cnn(non_negative=True, motifs=motifs, freeze_motifs=freeze).train()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
    for _ in range(3):
        assert (network.filters.filters() >= 0).all()
        optimiser.zero_grad()
        network(LETTERS).square().sum().backward()
        assert (network.filters.weight.grad != 0).flatten(1).any(1).all()
        optimiser.step()
    assert (network.filters.filters() >= 0).all()


def test_rows_of_gc_content_and_position_by_hand() -> None:
    shape = InputShape(DNA, 5)
    network = _cnn(shape, gc_reach=1, position_row=True, filter_width=3)
    with torch.no_grad():
        network.filters.weight.zero_()
        network.filters.weight[0, 4, 1] = 1
        network.filters.weight[1, 5, 1] = 1
    rows = torch.cat([torch.zeros(1, 0, 5), one_hot(torch.from_numpy(encode_all(["ACGNT"], DNA)), 4)], 1)
    seen: list[torch.Tensor] = []
    network.filters.register_forward_hook(lambda *call: seen.append(call[2]))
    network.scan(rows)
    assert seen[0][0, 0].tolist() == pytest.approx([1 / 2, 2 / 3, 1, 1 / 2, 0])
    assert seen[0][0, 1].tolist() == pytest.approx([-1, -0.5, 0, 0.5, 1])


@pytest.mark.parametrize(
    ("alphabet", "settings", "where"),
    [
        ("rna", {"motifs": ("ELK1",)}, "motifs"),
        ("protein", {"gc_reach": 5}, "gc_reach"),
        ("dna", {"filters": 4, "motifs": ("ELK1",) * 5}, "motifs"),
    ],
)
def test_choices_that_mean_nothing_are_refused(alphabet: str, settings: dict[str, object], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _cnn(InputShape(ALPHABETS[alphabet], LENGTH), **settings)
    assert caught.value.where == where
    assert caught.value.fix


def test_unknown_motifs_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="ELK1x") as caught:
        _cnn(motifs=("ELK1x",))
    assert "ELK1" in caught.value.fix


def test_hidden_letters_read_as_their_complements_on_the_other_strand() -> None:
    """Four classes of residues are no letters: there only the places turn."""
    for of_letters in (True, False):
        network = _cnn(InputShape(DNA, LENGTH, 4, "positions", of_letters=of_letters))
        turned = network(other_strand(LETTERS)).flip(-1)
        expected = turned[:, [3, 2, 1, 0]] if of_letters else turned
        assert torch.allclose(network(LETTERS), expected, atol=1e-6)
        assert math.isfinite(float(expected.sum().detach()))


LENGTHS = (LENGTH, 51, 33, 12)


@pytest.mark.parametrize(
    ("alphabet", "strands"),
    [("dna", "averaged"), ("dna", "maximum"), ("dna", "equivariant"), ("rna", "averaged"), ("protein", "averaged")],
)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"residual": True, "channels": 32, "dilation_growth": 2, "blocks": 3, "halve": False, "pool": 1},
        {"gc_reach": 4, "position_row": True, "filter_width": 15},
        {"blocks": 0},
    ],
)
def test_each_sequence_scores_as_it_does_alone(alphabet: str, strands: str, settings: dict[str, object]) -> None:
    """In a network for rows of its own length, which has the first of the weights of places."""
    letters = ALPHABETS[alphabet]
    if alphabet == "protein":
        settings = {**settings, "gc_reach": 0}
    shape = InputShape(letters, LENGTH, 2)
    network, batch = _cnn(shape, strands=strands, **settings), padded_batch(shape, LENGTHS)
    together = network(batch)
    for row, length, score in zip(batch, LENGTHS, together, strict=True):
        if strands == "equivariant" and length % 4:
            continue  # refused alone
        alone = _cnn(InputShape(letters, length, 2), strands=strands, **settings)
        tensors = network.state_dict()
        if "dense.places.weight" in tensors:
            places = alone.dense.places.weight.shape[1]
            tensors["dense.places.weight"] = tensors["dense.places.weight"][:, :places]
        alone.load_state_dict(tensors)
        assert torch.allclose(alone(row[None, :, :length])[0], score, atol=1e-5)


@pytest.mark.parametrize("strands", ["averaged", "maximum", "equivariant"])
@pytest.mark.parametrize("settings", [{}, {"gc_reach": 4, "position_row": True}, {"residual": True, "halve": False}])
def test_mixed_lengths_score_the_same_on_both_strands(strands: str, settings: dict[str, object]) -> None:
    shape, starts = InputShape(DNA, LENGTH), (3, 0, 5, 0)
    network = _cnn(shape, strands=strands, **settings)
    one, other = (
        network(padded_batch(shape, (LENGTH, 51, 34, 13), starts=starts, turned=turned)) for turned in (False, True)
    )
    assert torch.allclose(one, other, atol=1e-5)
    assert float(one.detach().std()) > 1e-3


def test_where_padding_stands_makes_no_difference_to_dna_read_both_ways() -> None:
    network, letters = _cnn(), LETTERS[:, :, 20:40]
    behind, around = (torch.nn.functional.pad(letters, (before, 44 - before)) for before in (0, 17))
    assert torch.allclose(network(behind), network(around), atol=1e-6)


@pytest.mark.parametrize("strands", ["averaged", "equivariant"])
def test_normalisation_counts_known_positions_alone(strands: str) -> None:
    """The second row is half padding: the first layer's mean is that of the other places, and padding stays 0."""
    network = _cnn(strands=strands).train()
    network.norm.momentum = 1.0
    batch = LETTERS[:2].clone()
    batch[1, :, LENGTH // 2 :] = 0
    answers = network.filters(batch)
    known = torch.cat([answers[0], answers[1, :, : LENGTH // 2]], 1)
    put_out: list[torch.Tensor] = []
    network.pool.register_forward_pre_hook(lambda _, given: put_out.append(given[0]))
    network.one_strand(batch)
    expected = known.mean(1)
    if strands == "equivariant":
        expected = (expected + expected.flip(0))[:32] / 2
    assert torch.allclose(network.norm.running_mean, expected, atol=1e-5)
    assert not put_out[0][1, :, LENGTH // 2 :].any()
    assert put_out[0][1, :, : LENGTH // 2].any()


def test_training_on_one_known_letter_is_no_error() -> None:
    batch = torch.zeros(1, 4, LENGTH)
    batch[0, 2, 0] = 1
    network = _cnn().train()
    assert torch.isfinite(network(batch)).all()
