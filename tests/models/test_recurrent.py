"""LSTM and GRU against their equations, torch's own bidirectional layers on packed sequences, and padding."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, InputShape, count_parameters
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, PROTEIN, Alphabet

BOTH = pytest.mark.parametrize("name", ["lstm", "gru"])
GATES = {"lstm": 4, "gru": 3}


def _network(name: str, shape: InputShape, **settings: object) -> nn.Module:
    architecture = ARCHITECTURES.get(name)
    return build_network(architecture, architecture.config(**settings), shape, seed=4).eval()


def _letters(count: int, length: int, alphabet: Alphabet = DNA, seed: int = 0) -> torch.Tensor:
    codes = np.random.default_rng(seed).integers(0, alphabet.size, (count, length)).astype(np.uint8)
    return one_hot(torch.from_numpy(codes), alphabet.size)


@BOTH
def test_parameters_of_each_direction_and_layer(name: str) -> None:
    network = _network(name, InputShape(PROTEIN, 40), units=16, layers=2, filters=0)
    first, second = (GATES[name] * (read * 16 + 16 * 16 + 2 * 16) for read in (20, 32))
    assert [count_parameters(cell) for cell in network.forwards] == [first, second]
    assert [count_parameters(cell) for cell in network.backwards] == [first, second]
    assert len(_network(name, InputShape(PROTEIN, 40), bidirectional=False).backwards) == 0


def test_forget_gates_start_open() -> None:
    for cell in _network("lstm", InputShape(DNA, 40), units=8).forwards:
        assert torch.equal((cell.bias_ih_l0 + cell.bias_hh_l0)[8:16], torch.ones(8))


def test_an_lstm_cell_is_its_equations() -> None:
    cell = _network("lstm", InputShape(DNA, 6), units=4, filters=0, bidirectional=False).forwards[0]
    read, said, memory = _letters(1, 6), torch.zeros(4), torch.zeros(4)
    for place in range(6):
        four = cell.weight_ih_l0 @ read[0, :, place] + cell.bias_ih_l0 + cell.weight_hh_l0 @ said + cell.bias_hh_l0
        i, f, g, o = four.chunk(4)
        memory = f.sigmoid() * memory + i.sigmoid() * g.tanh()
        said = o.sigmoid() * memory.tanh()
    assert torch.allclose(cell(read.transpose(1, 2))[0][0, -1], said, atol=1e-6)


@BOTH
def test_two_layers_agree_with_torch_on_packed_sequences(name: str) -> None:
    shape = InputShape(DNA, 20, 3, "positions")
    network = _network(name, shape, units=8, layers=2, filters=0, both_strands=False)
    reference = {"lstm": nn.LSTM, "gru": nn.GRU}[name](4, 8, 2, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for number in range(2):
            for suffix, cells in (("", network.forwards), ("_reverse", network.backwards)):
                for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                    target = getattr(reference, f"{part}_l{number}{suffix}")
                    target.copy_(getattr(cells[number], f"{part}_l0"))
    lengths, letters = [20, 13, 1], _letters(3, 20)
    for row, length in enumerate(lengths):
        letters[row, :, length:] = 0
    packed = pack_padded_sequence(letters.transpose(1, 2), lengths, batch_first=True)
    expected, _ = pad_packed_sequence(reference(packed)[0], batch_first=True)
    seen: list[torch.Tensor] = []
    network.head.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    network(letters)
    for row, length in enumerate(lengths):
        assert torch.allclose(seen[0][row, :, :length], expected[row, :length].T, atol=1e-6)


@BOTH
@pytest.mark.parametrize("filters", [0, 16])
@pytest.mark.parametrize("output", ["sequence", "positions", "pairs"])
def test_padding_does_not_change_the_answer(name: str, filters: int, output: str) -> None:
    settings = {"units": 8, "filters": filters, "layers": 2}
    short, long = (_network(name, InputShape(DNA, length, 2, output), **settings) for length in (45, 80))
    long.load_state_dict(short.state_dict())
    letters = _letters(3, 45)
    padded = nn.functional.pad(letters, (0, 35))
    alone, together = short(letters), long(padded)
    if output != "sequence":
        together = together[..., :45]
    if output == "pairs":
        together = together[..., :45, :]
    assert torch.allclose(alone, together, atol=1e-6)


@BOTH
def test_pooling_beyond_a_bin_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="merges 4 positions"):
        _network(name, InputShape(DNA, 64, 1, "bins", 32))
    assert _network(name, InputShape(DNA, 64, 1, "bins", 32), filters=0)
