"""The contact map: symmetric, blind to padding, and its rings of distance counted by hand."""

import pytest
import torch
from torch import Tensor

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._pairs import PairGrid, rings
from seqdl_core.models.contact_map import ARCHITECTURE, ContactMap, ContactMapConfig
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import PROTEIN, encode_all

TINY = {"width": 8, "layers": 2, "heads": 2, "pair_channels": 4, "pair_blocks": 4}


def _network(length: int = 20, **settings: object) -> ContactMap:
    shape = InputShape(PROTEIN, length, 1, "pairs")
    network = build_network(ARCHITECTURE, ContactMapConfig(**{**TINY, **settings}), shape, seed=4)
    assert isinstance(network, ContactMap)
    return network.eval()


def _picture(*sequences: str, length: int = 20) -> Tensor:
    return one_hot(torch.from_numpy(encode_all(sequences, PROTEIN, length)), 20)


@pytest.mark.parametrize("trunk", ["lstm", "transformer"])
def test_symmetric_and_blind_to_padding(trunk: str) -> None:
    wide, narrow = _network(20, trunk=trunk), _network(11, trunk=trunk)
    narrow.load_state_dict(wide.state_dict())
    padded = wide(_picture("MKTAYIAKQRQ", "MKTAYIAKQRQACDEFGHIK")).detach()
    assert padded.shape == (2, 1, 20, 20)
    assert torch.equal(padded, padded.transpose(2, 3))
    alone = narrow(_picture("MKTAYIAKQRQ", length=11)).detach()
    assert torch.allclose(padded[:1, :, :11, :11], alone, atol=1e-5)


@pytest.mark.parametrize("trunk", ["lstm", "transformer"])
def test_every_position_has_a_say_in_every_pair(trunk: str) -> None:
    network = _network(20, trunk=trunk, pair_blocks=0)
    picture = _picture("MKTAYIAKQRQACDEFGHIK").requires_grad_()
    network(picture)[0, 0, 9, 10].backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum((0, 1)).ne(0).all()


def test_outer_concatenation_is_one_dense_layer_on_both_features() -> None:
    grid = PairGrid(6, 4, 0, 1, 0.0)
    features, within = torch.randn(1, 6, 9), torch.ones(1, 9, dtype=torch.bool)
    weight = torch.cat([grid.row.weight[..., 0], grid.column.weight[..., 0]], 1)

    def score(first: int, second: int) -> Tensor:
        both = torch.cat([features[0, :, first], features[0, :, second]])
        told = weight @ both + grid.row.bias + grid.distance.weight[abs(first - second)]
        return grid.score(torch.relu(grid.norm(told)))

    expected = (score(2, 7) + score(7, 2)) / 2
    assert torch.allclose(grid(features, within)[0, :, 2, 7], expected, atol=1e-5)


def test_rings_of_distance() -> None:
    ring = rings(2000, torch.device("cpu"))[0]
    # 24 * 2^(k/2) opens ring 24 + k: 24, 33.9, 48, 67.9, ...
    assert ring[[0, 1, 23, 24, 33, 34, 47, 48, 67, 68]].tolist() == [0, 1, 23, 24, 24, 25, 25, 26, 26, 27]
    assert int(ring.max()) == 35
    assert torch.equal(rings(30, torch.device("cpu")), rings(30, torch.device("cpu")).T)


def test_parameters_by_hand() -> None:
    # Front 7 wide; two LSTMs a layer, each 4 (8 x 4 + 4 x 4 + 2 x 4); pairs: row with bias, column, 36 rings;
    # a block: norm, 3 x 3, 1 x 1; last norm and score.
    front, lstm, pairs = 20 * 8 * 7 + 8, 2 * 4 * (8 * 4 + 4 * 4 + 2 * 4), 2 * 8 * 4 + 4 + 36 * 4
    block = 2 * 4 + (4 * 4 * 9 + 4) + (4 * 4 + 4)
    assert count_parameters(_network()) == front + 2 * lstm + pairs + 4 * block + 2 * 4 + 5


def test_a_width_that_heads_cannot_share_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot be shared"):
        _network(trunk="transformer", heads=3)
    with pytest.raises(ConfigError, match="cannot be shared"):
        _network(width=9)
