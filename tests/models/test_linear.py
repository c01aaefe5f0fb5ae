"""The linear reference against counting by hand and plain sums."""

from itertools import product

import numpy as np
import pytest
import torch

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.linear import ARCHITECTURE, Linear, LinearConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, PROTEIN, Alphabet, encode_all

TEXTS = ["ACGTTGCANCAACGT", "TTTTTTTTTTTTTTT", "GATTACAGATTACA"]


def _linear(shape: InputShape, **settings: object) -> Linear:
    network = build_network(ARCHITECTURE, LinearConfig(**settings), shape, seed=3)
    assert isinstance(network, Linear)
    return network.eval()


def _letters(texts: list[str], alphabet: Alphabet = DNA) -> torch.Tensor:
    return one_hot(torch.from_numpy(encode_all(texts, alphabet)), alphabet.size)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_words_are_counted_by_hand(k: int) -> None:
    found = _linear(InputShape(DNA, 15), features="words", k=k).found(_letters(TEXTS)).sum(-1)
    for text, counts in zip(TEXTS, found, strict=True):
        words = [text[start : start + k] for start in range(len(text) - k + 1)]
        assert counts.tolist() == [words.count("".join(word)) for word in product("ACGT", repeat=k)]


@pytest.mark.parametrize("name", ["dna", "rna", "protein"])
def test_a_weight_for_every_letter_at_every_position(name: str) -> None:
    alphabet = ALPHABETS[name]
    shape = InputShape(alphabet, 9, 2)
    network = _linear(shape)
    assert count_parameters(network) == 2 * (9 * alphabet.size + 1)
    text = alphabet.letters[:4] * 2 + alphabet.letters[0]
    weight = network.score.weight.reshape(2, alphabet.size, 9).detach().numpy()
    expected = network.score.bias.detach().numpy() + sum(
        weight[:, alphabet.letters.index(letter), place] for place, letter in enumerate(text)
    )
    assert np.allclose(network(_letters([text], alphabet)).detach().numpy()[0], expected, atol=1e-5)


def test_positions_sum_their_window() -> None:
    network = _linear(InputShape(DNA, 15, 1, "positions"), window=5)
    weight, bias = network.each.weight[0].detach().numpy(), float(network.each.bias[0].detach())
    columns = _letters(TEXTS)[0].numpy()
    for place, score in enumerate(network(_letters(TEXTS))[0, 0].tolist()):
        inside = [offset for offset in range(5) if 0 <= place + offset - 2 < 15]
        expected = bias + sum(weight[:, offset] @ columns[:, place + offset - 2] for offset in inside)
        assert score == pytest.approx(float(expected), abs=1e-5)


def test_bins_are_means_of_positions() -> None:
    positions, bins = (_linear(InputShape(DNA, 12, 2, *more)) for more in (("positions",), ("bins", 3)))
    bins.load_state_dict(positions.state_dict())
    letters = _letters(TEXTS)[..., :12]
    assert torch.allclose(bins(letters), positions(letters).reshape(3, 2, 3, 4).mean(-1), atol=1e-6)


def test_pairs_add_windows_letters_and_distance() -> None:
    network = _linear(InputShape(DNA, 15, 1, "pairs"))
    with torch.no_grad():
        network.letters.normal_()
        network.distance.normal_()
    letters = _letters(TEXTS)
    scores, each = network(letters)[2, 0].detach(), network._each(letters)[2, 0].detach()
    assert torch.equal(scores, scores.T)
    g, t = "ACGT".index("G"), "ACGT".index("T")  # the first and the third letter of GATTACA
    table = network.letters[0].detach()
    expected = each[0] + each[2] + table[g, t] + table[t, g] + network.distance[0, 2].detach()
    assert float(scores[0, 2]) == pytest.approx(float(expected), abs=1e-5)


def test_every_output_is_a_sum_of_parameters_times_features() -> None:
    """Doubling all parameters doubles every score: nothing is hidden in between."""
    for shape in (InputShape(DNA, 15), InputShape(DNA, 15, 2, "positions"), InputShape(DNA, 15, 1, "pairs")):
        for features in ("letters", "words"):
            network = _linear(shape, features=features, k=2)
            before = network(_letters(TEXTS))
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.mul_(2)
            assert torch.allclose(network(_letters(TEXTS)), 2 * before, atol=1e-5)


@pytest.mark.parametrize(("alphabet", "length", "k"), [(PROTEIN, 20, 4), (DNA, 20, 7), (DNA, 5, 6)])
def test_too_many_or_too_long_words_are_refused(alphabet: Alphabet, length: int, k: int) -> None:
    with pytest.raises(ConfigError) as caught:
        _linear(InputShape(alphabet, length), features="words", k=k)
    assert caught.value.where == "k"
