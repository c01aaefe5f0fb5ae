"""ESM-2 against its published sizes and tokens, and against transformers' own model fed with token numbers."""

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.esm2 import (
    ARCHITECTURE,
    SIZES,
    VOCABULARY,
    Esm2,
    Esm2Config,
    average_product_corrected,
    parameters,
)
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import PROTEIN, encode_all

TINY = Esm2Config(layers=2, width=32, heads=4)
_REGRESSION = "esm.contact_head.regression.weight"
LETTERS = {"targets": 20, "output": "positions", "of_letters": True}


def _esm(config: Config = TINY, length: int = 12, **shape: object) -> Esm2:
    network = build_network(ARCHITECTURE, config, InputShape(PROTEIN, length, **shape), seed=3)
    assert isinstance(network, Esm2)
    return network.eval()


def _picture(*sequences: str, length: int = 12) -> Tensor:
    return one_hot(torch.from_numpy(encode_all(sequences, PROTEIN, length)), 20)


@pytest.mark.parametrize(
    ("size", "letters", "with_contacts"),
    [
        ("t6_8M", 7_512_353, 7_512_474),
        ("t12_35M", 33_501_153, 33_501_394),
        ("t30_150M", 148_139_553, 148_140_154),
        ("t33_650M", 651_042_593, 651_043_254),
        ("t36_3B", 2_839_004_193, 2_839_005_634),
        ("t48_15B", 15_129_098_273, 15_129_100_194),
    ],
)
def test_published_sizes(size: str, letters: int, with_contacts: int) -> None:
    with torch.device("meta"):
        model = _esm(Esm2Config(size=size), **LETTERS)
        contacts = _esm(Esm2Config(size=size), output="pairs").esm.contact_head
    assert count_parameters(model) == letters
    assert letters + count_parameters(contacts) == with_contacts


@pytest.mark.parametrize(
    "shape", [{}, {"targets": 3, "output": "positions"}, {"targets": 2, "output": "pairs"}, LETTERS], ids=str
)
@pytest.mark.parametrize("hidden", [0, 7])
def test_parameters_are_counted_as_they_are_built(shape: dict[str, object], hidden: int) -> None:
    for layers in (1, 3):
        config = Esm2Config(layers=layers, width=24, heads=2, hidden=hidden)
        worked_out = parameters(config, InputShape(PROTEIN, 12, **shape))  # type: ignore[arg-type]
        assert worked_out == count_parameters(_esm(config, **shape))


def test_the_default_is_the_smallest() -> None:
    assert Esm2Config().dimensions == SIZES["t6_8M"] == (6, 320, 20)


def test_tokens_in_the_published_order() -> None:
    from transformers.models.esm.configuration_esm import get_default_vocab_list

    assert VOCABULARY.tokens == tuple(get_default_vocab_list())
    assert VOCABULARY.rows("LAGVSERTIDPKQNFYMHWC") == list(range(4, 24))
    assert [VOCABULARY.index(one) for one in ("<cls>", "<pad>", "<eos>", "X", "<mask>")] == [0, 1, 2, 24, 32]


def _theirs(network: Esm2, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Letter scores and contact probabilities of transformers' model with the same weights, from token numbers."""
    from transformers import EsmForMaskedLM

    model = EsmForMaskedLM(network.esm.config).eval()
    state = network.state_dict()
    if network.lm_head is not None:
        state |= {"lm_head.decoder.weight": state["esm.embeddings.word_embeddings.weight"]}
    else:
        state[_REGRESSION] = 64 * state[_REGRESSION]  # ours reads maps 64-fold
    model.set_attn_implementation("eager")
    lost = model.load_state_dict(state, strict=False)
    heads = ("esm.contact_head", "lm_head")
    assert all(key.startswith(heads) for key in lost.missing_keys)
    assert not lost.unexpected_keys
    seen = (tokens != 1).long()
    with torch.no_grad():
        return model(input_ids=tokens, attention_mask=seen).logits, model.predict_contacts(tokens, seen)


def _tokens(*sequences: str, unknown: int, length: int = 14) -> Tensor:
    rows = []
    for sequence in sequences:
        inner = [unknown if one == "X" else VOCABULARY.index(one) for one in sequence]
        rows.append([0, *inner, 2, *[1] * (length - len(inner) - 2)])
    return torch.tensor(rows)


def test_letter_scores_are_those_of_transformers() -> None:
    sequences = ("MKTAYIAKQRQI", "MXTAX", "ACDXFGHIKLMN")
    network = _esm(**LETTERS)
    theirs, _ = _theirs(network, _tokens(*sequences, unknown=32))
    expected = theirs[:, 1:-1, VOCABULARY.rows(PROTEIN.letters)].transpose(1, 2)
    ours = network(_picture(*sequences)).detach()
    assert torch.allclose(ours[:1], expected[:1], atol=1e-4)
    assert torch.allclose(ours[2:], expected[2:], atol=1e-4)
    assert torch.allclose(ours[1, :, :4], _short(network), atol=1e-4)


def _short(network: Esm2) -> Tensor:
    """The trailing X of the second sequence is padding in the one-hot picture, so the model sees four letters."""
    theirs, _ = _theirs(network, _tokens("MXTA", unknown=32))
    return theirs[0, 1:5, VOCABULARY.rows(PROTEIN.letters)].T


def test_contacts_are_those_of_transformers() -> None:
    sequences = ("MKTAYIAKQRQI", "MKXAYIA")
    network = _esm(output="pairs")
    _, theirs = _theirs(network, _tokens(*sequences, unknown=24))
    ours = torch.sigmoid(network(_picture(*sequences)).detach())[:, 0]
    assert torch.allclose(ours, theirs, atol=1e-4)
    assert torch.allclose(ours, ours.transpose(1, 2), atol=1e-6)


def test_embeddings_are_scaled_as_if_12_percent_were_masked() -> None:
    network = _esm()
    table = network.esm.embeddings.word_embeddings.weight
    embedded, blind = network.embed(_picture("MKTX"))
    expected = 0.88 * table[[0, 20, 15, 11, 2]]
    assert torch.allclose(embedded[0, :5], expected, atol=1e-6)  # the X at the end is padding
    assert not embedded[0, 5:].any()
    assert (blind[0, 0, 0] == 0).tolist() == [True] * 5 + [False] * 9
    hidden, _ = _esm(**LETTERS).embed(_picture("MXTKMXTK"))
    assert not hidden[0, [2, 6]].any()
    shown = _esm(**LETTERS).esm.embeddings.word_embeddings.weight[20]
    assert torch.allclose(hidden[0, 1], shown * 0.88 / (1 - 2 / 10), atol=1e-6)


def test_an_unknown_letter_within_is_x() -> None:
    network = _esm()
    embedded, _ = network.embed(_picture("MXT"))
    assert torch.allclose(embedded[0, 2], 0.88 * network.esm.embeddings.word_embeddings.weight[24], atol=1e-6)


def test_padding_has_no_say() -> None:
    alone, within = _esm(length=6), _esm(length=12)
    within.load_state_dict(alone.state_dict())
    assert torch.allclose(alone(_picture("MKTAYI", length=6)), within(_picture("MKTAYI")), atol=1e-5)


def test_the_average_product_is_all_there_is_in_a_product() -> None:
    row, column = torch.rand(1, 2, 7, 1), torch.rand(1, 2, 1, 7)
    assert torch.allclose(average_product_corrected(row * column), torch.zeros(1, 2, 7, 7), atol=1e-6)


def test_rotation_keeps_lengths_and_knows_distances_alone() -> None:
    from transformers.models.esm.modeling_esm import apply_rotary_pos_emb

    rotary = _esm().esm.rotary_embeddings
    query, key = torch.randn(8), torch.randn(8)
    places = torch.arange(14)[None]
    cosine, sine = rotary(torch.zeros(1), places)
    turned, keys = apply_rotary_pos_emb(query.expand(1, 1, 14, 8), key.expand(1, 1, 14, 8), cosine, sine)
    assert torch.allclose(turned.norm(dim=-1), query.norm().expand(1, 1, 14), atol=1e-5)
    products = (turned @ keys.transpose(-1, -2))[0, 0]
    assert torch.allclose(products[:-1, :-1], products[1:, 1:], atol=1e-4)


def test_asking_for_attention_changes_nothing() -> None:
    network, picture = _esm(), _picture("MKTAYIAKQRQI", "MKTAY")
    before = network(picture)
    weights = network.attention(picture)
    assert [tuple(layer.shape) for layer in weights] == [(2, 4, 14, 14)] * 2
    assert not weights[0][1, :, :, 7:].any()
    assert torch.equal(network(picture), before)


def test_every_letter_gets_its_gradient() -> None:
    network, picture = _esm(), _picture("MKTAYIAKQRQI").requires_grad_()
    network(picture).sum().backward()
    assert picture.grad is not None
    assert picture.grad.ne(0).all()


def test_contacts_leave_out_what_they_do_not_depend_on() -> None:
    network = _esm(output="pairs")
    network(_picture("MKTAYIAKQRQI")).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.requires_grad == (parameter.grad is not None), name


def test_widths_that_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ConfigError, match="cannot be shared among 4 heads"):
        _esm(Esm2Config(width=36, heads=4))


def test_transformers_waits_until_it_is_needed() -> None:
    code = """
import sys
from seqdl_core.anatomy import parameters_for
from seqdl_core.models import InputShape
from seqdl_core.sequences.alphabets import PROTEIN
assert parameters_for("esm2", {}, InputShape(PROTEIN, 30, 20, "positions", of_letters=True)) == 7_512_353
sys.exit("transformers" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
