"""Beluga against the published layer table and against the published network written out in its own layout."""

import pytest
import torch
from torch import nn

from seqdl_core.errors import ConfigError
from seqdl_core.model_file import build_network
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.models.beluga import ARCHITECTURE, BelugaConfig
from seqdl_core.sequences.alphabets import DNA
from tests.models.looking import blueprint, fresh, random_batch, seen, shapes

SMALL = BelugaConfig(filters=6, channels_2=5, channels_3=7, hidden=9)
"""Few channels, but every width and pool as published."""

LENGTH = 320  # 313, 306, 76, 69, 62, 15, 8, 1


def test_the_published_network() -> None:
    network = blueprint(ARCHITECTURE, 2000, 2002)
    assert count_parameters(network) == 149_536_251
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout)] == [0.2, 0.2, 0.5]


def test_the_published_shapes() -> None:
    network = blueprint(ARCHITECTURE, 2000, 2002)
    layers = ["conv1", "conv2", "pool1", "conv3", "conv4", "pool2", "conv5", "conv6"]
    found = shapes(network, 2000, layers)
    assert [length for _, length in found] == [1993, 1986, 496, 489, 482, 120, 113, 106]
    assert [channels for channels, _ in found] == [320, 320, 320, 480, 480, 480, 640, 640]
    assert network.get_submodule("hidden").in_features == 67_840
    assert shapes(network, 2000, ["hidden", "output"]) == [(2003,), (2002,)]


def test_one_unit_sees_as_far_as_its_layers_reach() -> None:
    # 8, 7 more, 3 of the pool; then 7, 7 and 3 in steps of 4; then 7 and 7 in steps of 16
    reach = 8 + 7 + 3 + 4 * (7 + 7 + 3) + 16 * (7 + 7)
    network = fresh(ARCHITECTURE, SMALL, LENGTH + 16)
    assert seen(network, "conv6", 0, LENGTH + 16) == (0, reach - 1)
    assert seen(network, "conv6", 1, LENGTH + 16) == (16, 16 + reach - 1)


class _Published(nn.Module):
    """The published network in its own layout, whose keys begin with ``model.0`` and ``model.1``."""

    def __init__(self) -> None:
        super().__init__()

        def pair(inputs: int, outputs: int) -> list[nn.Module]:
            return [nn.Conv2d(inputs, outputs, (1, 8)), nn.ReLU(), nn.Conv2d(outputs, outputs, (1, 8)), nn.ReLU()]

        def shrink() -> list[nn.Module]:
            return [nn.Dropout(0.2), nn.MaxPool2d((1, 4), (1, 4))]

        self.model = nn.Sequential(
            nn.Sequential(*pair(4, 6), *shrink(), *pair(6, 5), *shrink(), *pair(5, 7)),
            nn.Sequential(
                nn.Dropout(0.5),
                nn.Flatten(),
                nn.Sequential(nn.Identity(), nn.Linear(7, 9)),
                nn.ReLU(),
                nn.Sequential(nn.Identity(), nn.Linear(9, 3)),
            ),
            nn.Sigmoid(),
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        probabilities: torch.Tensor = self.model(rows)
        return probabilities


def test_official_tensors_fit_unchanged() -> None:
    network = fresh(ARCHITECTURE, SMALL, LENGTH, targets=3)
    published = _Published().eval()
    official = published.state_dict()
    names = {f"model.0.{place}": f"conv{number}" for number, place in enumerate((0, 2, 6, 8, 12, 14), 1)}
    names |= {"model.1.2.1": "hidden", "model.1.4.1": "output"}
    assert set(official) == {f"{key}.{part}" for key in names for part in ("weight", "bias")}
    tensors = {
        f"{name}.{part}": official[f"{key}.{part}"] for key, name in names.items() for part in ("weight", "bias")
    }
    network.load_state_dict({name: tensor[:, :, 0] if tensor.ndim == 4 else tensor for name, tensor in tensors.items()})
    texts, batch = random_batch(4, LENGTH, "ACGTN")
    rows = torch.tensor([[[float(letter == row) for letter in text] for row in "AGCT"] for text in texts])
    assert torch.allclose(torch.sigmoid(network(batch)), published(rows[:, :, None]), atol=1e-6)


def test_both_strands_agree_where_they_are_averaged() -> None:
    _, batch = random_batch(4, LENGTH)
    network = fresh(ARCHITECTURE, SMALL.model_copy(update={"both_strands": True}), LENGTH)
    assert torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)
    one = fresh(ARCHITECTURE, SMALL, LENGTH)
    assert not torch.allclose(one(batch), one(other_strand(batch)), atol=1e-6)


def test_the_shortest_sequence_is_told() -> None:
    shortest = ((15 * 4) + 14) * 4 + 14
    with pytest.raises(ConfigError, match=f"at least {shortest} bp; these have {shortest - 1}"):
        build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest - 1))
    build_network(ARCHITECTURE, SMALL, InputShape(DNA, shortest), seed=0)
    build_network(ARCHITECTURE, ARCHITECTURE.presets["small"], InputShape(DNA, 60), seed=0)
