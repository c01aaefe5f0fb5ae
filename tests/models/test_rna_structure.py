"""RNA structure: which pairs are offered, counted by hand, and a stem that the network can learn."""

import pytest
import torch
from torch import Tensor

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape
from seqdl_core.models.rna_structure import ARCHITECTURE, NEVER, RnaStructure, RnaStructureConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, RNA, Alphabet, encode_all
from seqdl_core.tasks import TASKS

TINY = {"width": 8, "layers": 1, "heads": 2, "pair_channels": 6, "pair_blocks": 3, "dropout": 0}


def _network(length: int = 16, alphabet: Alphabet = RNA, output: str = "pairs", **settings: object) -> RnaStructure:
    shape = InputShape(alphabet, length, 1 if output == "pairs" else 2, output)
    network = build_network(ARCHITECTURE, RnaStructureConfig(**{**TINY, **settings}), shape, seed=4)
    assert isinstance(network, RnaStructure)
    return network.eval()


def _picture(*sequences: str, length: int = 16, alphabet: Alphabet = RNA) -> Tensor:
    return one_hot(torch.from_numpy(encode_all(sequences, alphabet, length)), 4)


def _can(sequence: str, pairs: str, length: int) -> Tensor:
    """By two loops: who may pair with whom."""
    offered = torch.zeros(length, length, dtype=torch.bool)
    for i, one in enumerate(sequence):
        for j, other in enumerate(sequence):
            allowed = "N" in one + other or one + other in pairs.split() or other + one in pairs.split()
            offered[i, j] = abs(i - j) > 3 and allowed
    return offered


@pytest.mark.parametrize(("alphabet", "pairs"), [(RNA, "AU CG GU"), (DNA, "AT CG GT")])
def test_only_pairs_that_can_be_are_offered(alphabet: Alphabet, pairs: str) -> None:
    letters = alphabet.letters
    sequences = (letters * 3, letters[::-1] * 4, f"{letters}NN{letters}", letters[0] * 16)
    scores = _network(alphabet=alphabet)(_picture(*sequences, alphabet=alphabet)).detach()
    expected = torch.stack([_can(sequence, pairs, 16) for sequence in sequences])
    assert torch.equal(scores[:, 0] != NEVER, expected)
    assert torch.equal(scores, scores.transpose(2, 3))


def test_any_pair_but_no_tight_loop_where_asked() -> None:
    scores = _network(only_stable_pairs=False)(_picture("A" * 12)).detach()[0, 0]
    place = torch.arange(16)
    far = (place[:, None] - place).abs() > 3
    assert torch.equal(scores != NEVER, far & (place[:, None] < 12) & (place < 12))


@pytest.mark.parametrize("output", ["pairs", "positions"])
@pytest.mark.parametrize("trunk", ["lstm", "transformer"])
def test_blind_to_padding(trunk: str, output: str) -> None:
    wide, narrow = _network(24, output=output, trunk=trunk), _network(14, output=output, trunk=trunk)
    narrow.load_state_dict(wide.state_dict())
    sequence = "GGGCAAAAGCCCUA"
    padded = wide(_picture(sequence, length=24)).detach()
    alone = narrow(_picture(sequence, length=14)).detach()
    within = padded[..., :14, :14] if output == "pairs" else padded[..., :14]
    assert torch.allclose(within, alone, atol=1e-5)


def test_a_stem_is_learned() -> None:
    # Hairpins with a stem of four pairs: i with 11 - i.
    sequences = ["GGCCAAAAGGCC", "GCGCUUUUGCGC", "ACGUAAAAACGU", "CAGGAAUACCUG"]
    picture = _picture(*sequences, length=12)
    goal = torch.zeros(4, 1, 12, 12)
    for i in range(4):
        goal[:, 0, i, 11 - i] = goal[:, 0, 11 - i, i] = 1
    network, task = _network(12, width=16).train(), TASKS.get("contacts")
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(120):
        optimiser.zero_grad()
        task.loss(network(picture), goal).backward()
        optimiser.step()
    found = network.eval()(picture).detach() > 0
    assert torch.equal(found, goal > 0.5)


def test_lengths_without_room_for_a_loop_are_refused() -> None:
    with pytest.raises(ConfigError, match="a loop of 3 has no room"):
        _network(4)
    assert _network(4, output="positions")(_picture("ACGU", length=4)).shape == (1, 2, 4)
