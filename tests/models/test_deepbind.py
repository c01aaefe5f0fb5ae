"""DeepBind against the paper's counts, its released code's rules and a brute-force scan."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv1d

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._scanner import best_answers
from seqdl_core.models.deepbind import ARCHITECTURE, DeepBind, DeepBindConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, PROTEIN, encode_all
from seqdl_core.sequences.motifs import jaspar


def _deepbind(**settings: object) -> DeepBind:
    network = build_network(ARCHITECTURE, DeepBindConfig(**settings), InputShape(DNA, 40), seed=2)
    assert isinstance(network, DeepBind)
    return network.eval()


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({}, 1569),
        ({"average_pool": True}, 1585),
        ({"hidden": 32}, 2129),
        ({"hidden": 32, "average_pool": True}, 2641),
        ({"filter_width": 16}, 1057),
        ({"filter_width": 16, "hidden": 32}, 1617),
    ],
)
def test_parameter_counts_of_the_released_models(settings: dict[str, object], parameters: int) -> None:
    assert count_parameters(_deepbind(**settings)) == parameters


def test_unknown_letters_answer_with_a_quarter_of_the_weights() -> None:
    network = _deepbind()
    blank = one_hot(torch.from_numpy(encode_all(["N" * 40], DNA)), 4)
    expected = 0.25 * network.detectors.weight.sum((1, 2)) + network.detectors.bias
    assert torch.allclose(network.scan(blank), expected[None, :, None].expand(1, -1, 40 + 23), atol=1e-5)


def test_one_detector_is_the_best_site_of_both_strands_by_brute_force() -> None:
    network = _deepbind(filters=1, filter_width=5)
    with torch.no_grad():
        network.vote.weight.fill_(1.0)
        network.vote.bias.fill_(0.5)
    weight, bias = network.detectors.weight[0].detach().numpy(), float(network.detectors.bias[0].detach())
    sequence = "ACGTTGCATGCANCCGTA"

    def best(letters: str) -> float:
        columns = [np.full(4, 0.25)] * 4
        columns += [np.full(4, 0.25) if letter == "N" else np.eye(4)["ACGT".index(letter)] for letter in letters]
        columns += [np.full(4, 0.25)] * 4
        sites = range(len(columns) - 4)
        return max(0.0, *(sum(weight[:, k] @ columns[i + k] for k in range(5)) + bias for i in sites))

    other = sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))
    score = network(one_hot(torch.from_numpy(encode_all([sequence], DNA)), 4))
    assert float(score.detach()) == pytest.approx(max(best(sequence), best(other)) + 0.5, abs=1e-5)


def test_average_pooling_is_interleaved_and_counts_the_padded_ends() -> None:
    network = _deepbind(average_pool=True, both_strands=False)
    batch = one_hot(torch.from_numpy(encode_all(["ACGTACGGTC" * 4], DNA)), 4)
    scanned = torch.relu(network.scan(batch))[0]
    assert scanned.shape[1] == 40 + 24 - 1
    pooled = torch.stack([scanned.amax(-1), scanned.sum(-1) / 63], 1).reshape(-1)
    assert torch.allclose(network(batch)[0], network.vote(pooled), atol=1e-5)


def test_only_the_winning_strand_learns() -> None:
    network = _deepbind(filters=1, filter_width=3).train()
    batch = one_hot(torch.from_numpy(encode_all(["AAGAGGACCA"], DNA)), 4).requires_grad_()
    network(batch).sum().backward()
    winner = max((network.one_strand(batch.detach()), network.one_strand(batch.detach()[:, [3, 2, 1, 0]].flip(-1))))
    assert float(network(batch.detach()).detach()) == pytest.approx(float(winner.detach()))
    assert int((batch.grad.abs().sum(1) > 0).sum()) <= 3


def test_detectors_that_start_from_motifs_and_read_further_rows() -> None:
    network = _deepbind(motifs=("ELK1",), freeze_motifs=True, gc_reach=2, position_row=True)
    assert count_parameters(network) == 15 * 6 * 24 + 16 + 16 + 1
    odds = jaspar("ELK1").trim().log_odds().T
    left = (24 - odds.shape[1]) // 2
    filters = network.detectors.filters()[0].detach().numpy()
    assert np.allclose(filters[:4, left : left + odds.shape[1]], odds, atol=1e-5)
    batch = one_hot(torch.from_numpy(encode_all(["ACGTACGGTC" * 4], DNA)), 4)
    assert network.scan(batch).shape == (1, 16, 40 + 23)
    other = one_hot(torch.from_numpy(encode_all(["GACCGTACGT" * 4], DNA)), 4)
    assert torch.allclose(network(batch), network(other))


def test_protein_detectors_know_no_jaspar() -> None:
    with pytest.raises(ConfigError, match="JASPAR's motifs are of DNA"):
        build_network(ARCHITECTURE, DeepBindConfig(motifs=("ELK1",)), InputShape(PROTEIN, 40))


def _windowed(**settings: object) -> DeepBind:
    network = build_network(
        ARCHITECTURE, DeepBindConfig(filter_width=7, windows=True, **settings), InputShape(DNA, 40), 2
    )
    assert isinstance(network, DeepBind)
    return network.eval()


@pytest.mark.parametrize(
    "settings", [{}, {"average_pool": True}, {"hidden": 8}, {"motifs": ("ELK1",), "freeze_motifs": True}]
)
def test_the_best_window_by_scoring_each_alone(settings: dict[str, object]) -> None:
    """Windows of int(1.5 x 7) = 10 letters; sequences of 40, 11, 10 and 4 letters, of which the last two are one."""
    network, texts = _windowed(**settings), ["ACGTTGCATTGCATTAGGAC" * 2, "GGATTACAGTC", "TTGACCGGTA", "GATC"]

    def alone(text: str) -> float:
        # In a row of the window's own length nothing is left to slide over.
        return float(network.one_strand(one_hot(torch.from_numpy(encode_all([text], DNA)), 4)).detach())

    def best(text: str) -> float:
        return max(alone(text[start : start + 10]) for start in range(max(len(text) - 9, 1)))

    other = str.maketrans("ACGT", "TGCA")
    expected = [max(best(text), best(text[::-1].translate(other))) for text in texts]
    scores = network(one_hot(torch.from_numpy(encode_all(texts, DNA, 40)), 4))[:, 0]
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("bias", [True, False])
def test_best_answers_are_the_maxima_of_a_convolution(bias: bool) -> None:
    draw = torch.Generator().manual_seed(1)
    shapes = [(6, 5, 30), (7, 5, 4), *([(7,)] if bias else [])]
    drawn = [torch.randn(*shape, dtype=torch.float64, generator=draw) for shape in shapes]
    told = torch.randn(6, 7, dtype=torch.float64, generator=draw)
    found = []
    for answer in (lambda *given: conv1d(*given).amax(-1), lambda *given: best_answers(*(*given, None)[:3])):
        inputs = [one.clone().requires_grad_() for one in drawn]
        best = answer(*inputs)
        best.backward(told)
        found.append([best.detach(), *(one.grad for one in inputs)])
    for plain, ours in zip(*found, strict=True):
        torch.testing.assert_close(ours, plain)


@pytest.mark.parametrize(
    "settings", [{}, {"hidden": 8}, {"gc_reach": 3, "position_row": True}, {"both_strands": False}]
)
def test_training_sees_the_scores_of_use(settings: dict[str, object]) -> None:
    network = _deepbind(**settings)
    letters = one_hot(torch.from_numpy(np.random.default_rng(1).integers(0, 4, (8, 40), dtype=np.uint8)), 4)
    with torch.no_grad():
        torch.testing.assert_close(network.train()(letters), network.eval()(letters), rtol=1e-5, atol=1e-6)


def test_windows_and_further_rows_are_refused() -> None:
    with pytest.raises(ConfigError, match="letters alone"):
        _windowed(gc_reach=3)


@pytest.mark.parametrize("average_pool", [False, True])
def test_places_that_hold_no_letter_do_not_count(average_pool: bool) -> None:
    """Unknown letters alone answer with the threshold; made large, it would be the best of any padded row."""
    network = _deepbind(average_pool=average_pool)
    with torch.no_grad():
        network.detectors.weight.sub_(0.2)
        network.detectors.get_parameter("bias").fill_(8)
    alone = network(one_hot(torch.from_numpy(encode_all(["ACGTTGCAGG"], DNA)), 4))
    padded = network(one_hot(torch.from_numpy(encode_all(["ACGTTGCAGG"], DNA, 40)), 4))
    assert torch.allclose(alone, padded, atol=1e-5)
