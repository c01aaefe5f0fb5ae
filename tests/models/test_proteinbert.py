"""ProteinBERT against its published sizes and tokens, and against its layer table written down once more."""

import numpy as np
import pytest
import torch
from scipy.special import erf
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.proteinbert import ARCHITECTURE, VOCABULARY, ProteinBert, ProteinBertConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import PROTEIN, encode_all

TINY = ProteinBertConfig(blocks=2, local_width=6, global_width=8, heads=2, key_width=3, annotations=5, dropout=0)
LETTERS = {"targets": 20, "output": "positions", "of_letters": True}


def _network(config: Config = TINY, length: int = 10, **shape: object) -> ProteinBert:
    network = build_network(ARCHITECTURE, config, InputShape(PROTEIN, length, **shape), seed=3)
    assert isinstance(network, ProteinBert)
    return network.eval()


def _picture(*sequences: str, length: int = 10) -> Tensor:
    return one_hot(torch.from_numpy(encode_all(sequences, PROTEIN, length)), 20)


def _count(*parts: nn.Module | nn.Parameter) -> int:
    return sum(part.numel() if isinstance(part, nn.Parameter) else count_parameters(part) for part in parts)


def test_published_size_group_by_group() -> None:
    with torch.device("meta"):
        network = _network(ProteinBertConfig(), **LETTERS)
    block = network.blocks[0]
    assert count_parameters(network) == 15_981_321
    assert _count(network.embedding) == 3_328
    assert _count(network.annotations_in) == 4_579_328
    assert [_count(block.global_to_local), _count(block.narrow), _count(block.wide)] == [65_664, 147_584, 147_584]
    assert _count(block.local_dense) == 16_512
    assert _count(block.local_norm1, block.local_norm2) == 2 * 256
    assert _count(block.global_dense1, block.global_dense2) == 2 * 262_656
    assert _count(block.attention) == 229_376
    assert _count(block.global_norm1, block.global_norm2) == 2 * 1_024
    assert [_count(one) for one in network.blocks] == [1_134_592] * 6
    assert [_count(network.letters), _count(network.terms)] == [3_354, 4_587_759]


def test_fine_tuning_reads_every_layer() -> None:
    with torch.device("meta"):
        sequence, residues = _network(ProteinBertConfig()), _network(ProteinBertConfig(), targets=3, output="positions")
    assert sequence.head[1].in_features == 15_599
    assert residues.head[1].in_features == 1_562


def test_tokens_in_the_published_order() -> None:
    assert "".join(VOCABULARY.tokens[:22]) == "ACDEFGHIKLMNPQRSTUVWXY"
    assert VOCABULARY.tokens[22:] == ("<OTHER>", "<START>", "<END>", "<PAD>")
    network = _network()
    table = network.embedding
    local, _ = network.tracks(_picture("MXAY"))
    assert torch.allclose(local[0][0], table[[23, 10, 20, 0, 21, 24, 25, 25, 25, 25, 25, 25]])


def _gelu(value: np.ndarray) -> np.ndarray:
    return value * 0.5 * (1 + erf(value / np.sqrt(2)))


def _norm(value: np.ndarray, layer: nn.LayerNorm) -> np.ndarray:
    middle, spread = value.mean(-1, keepdims=True), value.var(-1, keepdims=True)
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    return (value - middle) / np.sqrt(spread + 1e-3) * weight + bias


def _dense(value: np.ndarray, layer: nn.Linear) -> np.ndarray:
    return value @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()


def _convolution(value: np.ndarray, layer: nn.Conv1d, step: int) -> np.ndarray:
    weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
    answers = np.tile(bias, (len(value), 1)).astype(np.float64)
    for place in range(len(value)):
        for tap in range(9):
            source = place + (tap - 4) * step
            if 0 <= source < len(value):
                answers[place] += weight[:, :, tap] @ value[source]
    return answers


def _by_hand(network: ProteinBert, tokens: list[int], terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Letter and term scores of one sequence, loop by loop."""
    local = network.embedding.detach().numpy()[tokens].astype(np.float64)
    whole = _gelu(_dense(terms, network.annotations_in))
    for block in network.blocks:
        told = _gelu(_dense(whole, block.global_to_local))
        near, far = _gelu(_convolution(local, block.narrow, 1)), _gelu(_convolution(local, block.wide, 5))
        local = _norm(local + told + near + far, block.local_norm1)
        local = _norm(local + _gelu(_dense(local, block.local_dense)), block.local_norm2)
        answers = []
        for head in range(2):
            query, key, value = (
                getattr(block.attention, name)[head].detach().numpy() for name in ("query", "key", "value")
            )
            logits = np.array([np.tanh(whole @ query) @ np.tanh(row @ key) for row in local]) / np.sqrt(3)
            share = np.exp(logits) / np.exp(logits).sum()
            answers.append(share @ _gelu(local @ value))
        mixed = whole + _gelu(_dense(whole, block.global_dense1)) + np.concatenate(answers)
        whole = _norm(mixed, block.global_norm1)
        whole = _norm(whole + _gelu(_dense(whole, block.global_dense2)), block.global_norm2)
    return _dense(local, network.letters), _dense(whole, network.terms)


def test_scores_by_hand() -> None:
    network = _network(**LETTERS)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)) * 0.1)
    terms = np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    letters, annotations = _by_hand(network, [23, 10, 20, 0, 21, 24, *[25] * 6], terms)
    ours, our_terms = network.pretraining(_picture("MXAY"), torch.from_numpy(terms).float()[None])
    assert np.allclose(ours[0].T.detach().numpy(), letters, atol=1e-4)
    assert np.allclose(our_terms[0].detach().numpy(), annotations, atol=1e-4)
    blank, _ = _by_hand(network, [23, 10, 20, 0, 21, 24, *[25] * 6], np.zeros(5))
    rows = VOCABULARY.rows(PROTEIN.letters)
    assert np.allclose(network(_picture("MXAY"))[0].detach().numpy(), blank[1:-1, rows].T, atol=1e-4)


def test_every_norm_has_kerass_epsilon() -> None:
    norms = [one for one in _network(**LETTERS).modules() if isinstance(one, nn.LayerNorm)]
    assert len(norms) == 4 * 2
    assert {one.eps for one in norms} == {1e-3}


def test_attention_is_the_whole_proteins_look_at_tokens() -> None:
    weights = _network(**LETTERS).attention(_picture("MKTAY", "MK"))
    assert [tuple(one.shape) for one in weights] == [(2, 2, 1, 12)] * 2
    assert all(torch.allclose(one.sum(-1), torch.ones(2, 2, 1)) for one in weights)


def test_without_convolutions_order_is_lost() -> None:
    network = _network(targets=3)
    with torch.no_grad():
        for block in network.blocks:
            block.narrow.weight.zero_()
            block.wide.weight.zero_()
    one, other = network(_picture("MKTAYIAKQR", "RQKAIYATKM")).detach()
    assert torch.allclose(one, other, atol=1e-5)
    assert not torch.allclose(*_network(targets=3)(_picture("MKTAYIAKQR", "RQKAIYATKM")).detach(), atol=1e-5)


def test_padding_takes_part_as_in_the_original() -> None:
    short, long = _network(length=6), _network(length=10)
    long.load_state_dict(short.state_dict())
    difference = short(_picture("MKTAYI", length=6)) - long(_picture("MKTAYI"))
    assert difference.abs().max() > 1e-4


def test_convolutions_see_241_tokens() -> None:
    config = ProteinBertConfig(local_width=4, global_width=4, heads=1, key_width=2, annotations=0)
    network = _network(config, 299, **LETTERS).double()
    with torch.no_grad():
        for block in network.blocks:
            block.global_to_local.weight.zero_()
    picture = torch.nn.functional.one_hot(torch.arange(299) % 20, 20).T[None].double().requires_grad_()
    network(picture)[0, :, 149].sum().backward()
    assert picture.grad is not None
    seen = picture.grad[0].abs().sum(0).nonzero().flatten()
    assert (int(seen[0]), int(seen[-1])) == (149 - 120, 149 + 120)


def test_what_nothing_reads_is_not_built() -> None:
    network = _network(TINY.model_copy(update={"annotations": 0}), **LETTERS)
    assert [block.updates_global for block in network.blocks] == [True, False]
    assert network.terms is None


def test_a_width_that_heads_cannot_share_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot be shared among 3 heads"):
        _network(ProteinBertConfig(heads=3))
