"""Filters: a network whose filters are known gives them back, and silencing has its closed form."""

import numpy as np
import pytest
import torch

from seqdl_core.errors import DataError
from seqdl_core.interpretation.filters import BestPlaces, best_places, filter_motifs, influence
from seqdl_core.model_file import Model, ModelCard, build_network
from seqdl_core.models import ARCHITECTURES, FilterNetwork, InputShape
from seqdl_core.models.deepbind import DeepBindConfig
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import DNA, reverse_complement
from seqdl_core.sequences.motifs import Motif, jaspar
from tests.interpretation import networks

LENGTH = 60


def scanner(weights: np.ndarray, bias: list[float], *, both: bool = True, vote: list[float] | None = None) -> Model:
    """A DeepBind network with these filters ``(F, 4, K)`` and a plain vote."""
    filters, _, width = weights.shape
    config = DeepBindConfig(filters=filters, filter_width=width, both_strands=both)
    network = build_network(ARCHITECTURES.get("deepbind"), config, InputShape(DNA, LENGTH), seed=1)
    with torch.no_grad():
        network.detectors.weight.copy_(torch.from_numpy(weights))
        network.detectors.bias.copy_(torch.tensor(bias))
        network.vote.weight.copy_(torch.tensor([vote or [1.0] * filters]))
        network.vote.bias.zero_()
    card = ModelCard(
        architecture="deepbind",
        architecture_config=config.model_dump(),
        alphabet="dna",
        task="binary",
        length=LENGTH,
    )
    return Model(network, card)


def planted(motif: Motif, rng: np.random.Generator, count: int, *, either_strand: bool) -> np.ndarray:
    """Random sequences with one site each, drawn from the motif, at a random place."""
    codes = rng.integers(0, 4, (count, LENGTH)).astype(np.uint8)
    for row in codes:
        start = rng.integers(0, LENGTH - motif.width + 1)
        row[start : start + motif.width] = [rng.choice(4, p=column) for column in motif.probabilities]
    if either_strand:
        codes[::2] = reverse_complement(codes[::2], DNA)
    return codes


@pytest.mark.parametrize("both", [True, False])
def test_a_known_filter_gives_its_motif_back(both: bool) -> None:
    motif = jaspar("REST")
    odds = motif.log_odds().T.astype(np.float32)
    model = scanner(np.stack([odds, np.zeros_like(odds)]), [-8.0, -1.0], both=both)
    codes = planted(motif, np.random.default_rng(1), 400, either_strand=both)
    found, silent = filter_motifs(model, codes)
    assert silent.motif is None
    assert found.motif is not None
    assert found.motif.sites > 150
    # Weak ends may be trimmed: align on the strongest overlap, which must be the identity.
    start, end = motif.trim_bounds()
    assert found.motif.width == end - start
    np.testing.assert_allclose(found.motif.probabilities, motif.probabilities[start:end], atol=0.15)
    assert np.corrcoef(found.motif.probabilities.ravel(), motif.probabilities[start:end].ravel())[0, 1] > 0.98


def test_best_places_do_not_depend_on_the_batch() -> None:
    rng = np.random.default_rng(2)
    model = scanner(rng.normal(size=(3, 4, 7)).astype(np.float32), [0.0, 0.0, 0.0], vote=[1.0, -0.5, 2.0])
    codes = rng.integers(0, 5, (20, LENGTH)).astype(np.uint8)
    one, many = best_places(model, codes, batch_size=3), best_places(model, codes, batch_size=64)
    np.testing.assert_allclose(one.effects, many.effects, atol=1e-5)
    np.testing.assert_array_equal(one.starts, many.starts)
    np.testing.assert_array_equal(one.strands, many.strands)


def test_in_deepbind_the_effect_is_the_vote_times_the_largest_answer() -> None:
    rng = np.random.default_rng(7)
    weights, vote = rng.normal(size=(2, 4, 7)).astype(np.float32), [0.5, -2.0]
    model = scanner(weights, [0.0, 0.0], both=False, vote=vote)
    codes = rng.integers(0, 4, (10, LENGTH)).astype(np.uint8)
    best = best_places(model, codes)
    assert best.raises.tolist() == [True, False]
    # By brute force: every place, the sequence padded with 0.25 in each letter.
    columns = np.pad(np.eye(4)[codes].transpose(0, 2, 1), ((0, 0), (0, 0), (6, 6)), constant_values=0.25)
    windows = np.lib.stride_tricks.sliding_window_view(columns, 7, axis=2)
    answers = np.einsum("nlpk,flk->nfp", windows, weights)
    np.testing.assert_allclose(best.effects, np.maximum(answers.max(2), 0) * np.abs(vote), rtol=1e-4)
    speaks = best.effects > 0
    np.testing.assert_array_equal(best.starts[speaks], (answers.argmax(2) - 6)[speaks])
    assert not best.strands.any()


def test_the_winning_strand_is_the_one_that_counts() -> None:
    rng = np.random.default_rng(3)
    model = scanner(rng.normal(size=(2, 4, 11)).astype(np.float32), [0.0, 0.0])
    codes = rng.integers(0, 4, (20, LENGTH)).astype(np.uint8)
    forward, backward = best_places(model, codes), best_places(model, reverse_complement(codes, DNA))
    np.testing.assert_allclose(forward.effects, backward.effects, atol=1e-5)
    np.testing.assert_array_equal(forward.starts, backward.starts)
    np.testing.assert_array_equal(forward.strands, 1 - backward.strands)
    assert (forward.strands == forward.strands[:, :1]).all()


def test_windows_over_the_edge_are_even_there() -> None:
    # The filter wants an A in its last column and sequences start with their only A: the window hangs over the start.
    weights = np.zeros((1, 4, 5), np.float32)
    weights[0, :, 4] = [4, -4, -4, -4]
    model = scanner(weights, [0.0], both=False)
    codes = np.full((30, LENGTH), 1, np.uint8)
    codes[:, 0] = 0
    assert best_places(model, codes).starts.tolist() == [[-4]] * 30
    (found,) = filter_motifs(model, codes)
    assert found.motif is not None
    assert found.motif.consensus == "A"  # the four columns before it are even and trimmed


def test_too_few_sites_make_no_motif() -> None:
    motif = jaspar("ELK1")
    model = scanner(motif.log_odds().T.astype(np.float32)[None], [0.0])
    codes = planted(motif, np.random.default_rng(4), 8, either_strand=True)
    assert filter_motifs(model, codes)[0].motif is None


def test_silencing_a_filter_of_a_plain_vote_costs_its_vote() -> None:
    rng = np.random.default_rng(5)
    vote = [0.7, -1.3, 0.0]
    model = scanner(rng.normal(size=(3, 4, 7)).astype(np.float32), [0.1, 0.2, 0.3], both=False, vote=vote)
    codes = rng.integers(0, 4, (12, LENGTH)).astype(np.uint8)
    labels = np.array([1.0, 0.0] * 6)
    best = best_places(model, codes)
    drops = best.effects * np.where(best.raises, 1, -1)
    assert best.raises.tolist() == [True, False, True]
    expected = drops[labels == 1].mean(0) - drops[labels == 0].mean(0)
    np.testing.assert_allclose(influence(model, codes, labels), expected, atol=1e-5)
    np.testing.assert_allclose(influence(model, codes, labels, batch_size=5), expected, atol=1e-5)
    np.testing.assert_allclose(influence(model, codes, np.ones(12)), drops.mean(0), atol=1e-5)


@pytest.mark.parametrize("name", networks.EXPLAINED)
def test_explaining_leaves_every_network_as_it_was(name: str) -> None:
    model = networks.untrained(name)
    network = model.network
    codes = np.random.default_rng(6).integers(0, 5, (24, LENGTH)).astype(np.uint8)
    before, weights = scores(model, codes), {key: value.clone() for key, value in network.state_dict().items()}
    if not isinstance(network, FilterNetwork):
        with pytest.raises(DataError, match="filters"):
            filter_motifs(model, codes)
        return
    found = filter_motifs(model, codes)
    drops = influence(model, codes, np.arange(24) % 2.0)
    assert isinstance(best_places(model, codes), BestPlaces)
    assert len(found) == len(drops) > 0
    assert np.isfinite(drops).all()
    assert "scan" not in vars(network)
    assert not network.training
    np.testing.assert_array_equal(scores(model, codes), before)
    assert all(torch.equal(value, weights[key]) for key, value in network.state_dict().items())


def test_places_move_with_the_letters_when_padding_stands_around_them() -> None:
    rng = np.random.default_rng(9)
    model = scanner(rng.normal(size=(3, 4, 7)).astype(np.float32), [0.0, 0.0, 0.0])
    short = rng.integers(0, 4, (20, LENGTH - 10)).astype(np.uint8)
    behind, around = (np.pad(short, ((0, 0), (n, 10 - n)), constant_values=DNA.unknown_code) for n in (0, 4))
    one, other = best_places(model, behind), best_places(model, around)
    np.testing.assert_allclose(one.effects, other.effects, atol=1e-5)
    np.testing.assert_array_equal(one.strands, other.strands)
    assert 0 < one.strands.mean() < 1
    speaks = one.effects > 0
    moved = np.where(one.strands == 0, 4, -4)  # the reverse complement of the whole row begins with what stood behind
    np.testing.assert_array_equal((one.starts + moved)[speaks], other.starts[speaks])
