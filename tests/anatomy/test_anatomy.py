"""What a network looks like before it is built: reach by hand, shapes by hand, and nothing allocated."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from seqdl_core.anatomy import anatomy_for
from seqdl_core.anatomy.columns import MOST_COLUMNS, columns_of
from seqdl_core.anatomy.fake import fake_sequences, faking, shorten_recurrences, training_mode
from seqdl_core.anatomy.reach import Reaching
from seqdl_core.anatomy.watching import watch
from seqdl_core.errors import ConfigError
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.sequences.alphabets import DNA, alphabet_named
from seqdl_core.tasks import TASKS


class Together(nn.Module):
    """Branches side by side, summed."""

    def __init__(self, *branches: nn.Module) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        return sum((branch(sequence) for branch in self.branches), torch.zeros(()))


class Recurrent(nn.Module):
    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.layer = kind(4, 8, batch_first=True, bidirectional=True)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        return self.layer(sequence.transpose(1, 2))[0].mean(1)


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.widen = nn.Conv1d(4, 16, 5, padding=2)
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        features = self.widen(sequence).transpose(1, 2)
        return self.attention(features, features, features)[0].amax(1)


class Halving(nn.Module):
    """Attention over every two positions, then a convolution: a pool that is no pool module."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = nn.Conv1d(4, 4, 3, padding=1), nn.Conv1d(4, 4, 3, padding=1)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        features = self.before(sequence)
        pairs = features.view(*features.shape[:2], -1, 2)
        return self.after((pairs * pairs.softmax(-1)).sum(-1)).amax(-1)


def reached(make: object, length: int = 64) -> tuple[int | None, str]:
    shape = InputShape(DNA, length)
    with faking():
        network = make()  # type: ignore[operator]
        shorten_recurrences(network)
        with training_mode(network, on=False):
            sequences = fake_sequences(shape, 2)
            reaching = Reaching(sequences)
            with reaching:
                scores = network(sequences)
    return reaching.receptive_field, reaching.whole_of(scores)


def test_dilated_convolutions_add_up() -> None:
    # 3, then 2 steps of 4, then pool 2 (1 more), then 2 steps of 2: 3 + 8 + 1 + 4
    layers = (nn.Conv1d(4, 8, 3), nn.Conv1d(8, 8, 3, dilation=4), nn.MaxPool1d(2), nn.Conv1d(8, 8, 3))
    assert reached(lambda: nn.Sequential(*[type(one)(*_arguments(one)) for one in layers])) == (16, "")


def _arguments(layer: nn.Module) -> tuple[object, ...]:
    if isinstance(layer, nn.Conv1d):
        return layer.in_channels, layer.out_channels, layer.kernel_size, 1, 0, layer.dilation
    return (layer.kernel_size,)


def test_branches_side_by_side_see_what_the_widest_sees() -> None:
    made = lambda: Together(nn.Conv1d(4, 8, 9, padding=4), nn.Conv1d(4, 8, 9, padding=20, dilation=5))  # noqa: E731
    assert reached(made) == (41, "")


def test_pooling_by_other_means_counts() -> None:
    assert reached(Halving) == (3 + 1 + 4, "")  # three, the neighbour of the pair, two steps of two


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_a_recurrence_sees_everything(kind: type[nn.RNNBase]) -> None:
    assert reached(lambda: Recurrent(kind)) == (None, "recurrent")


def test_attention_sees_everything() -> None:
    assert reached(Attending) == (5, "attention")


def test_a_weight_for_each_place_sees_everything() -> None:
    flat = lambda: nn.Sequential(nn.Conv1d(4, 8, 5), nn.Flatten(), nn.Linear(8 * 60, 1))  # noqa: E731
    assert reached(flat) == (5, "dense")
    gathered = lambda: nn.Sequential(nn.Conv1d(4, 8, 5), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(8, 1))  # noqa: E731
    assert reached(gathered) == (5, "")


@pytest.mark.parametrize(
    ("name", "length", "output", "bins", "field"),
    [
        ("basenji", 131072, "bins", 896, 54918),
        ("spliceai", 1000, "positions", 0, 10001),
        ("cnn", 101, "sequence", 0, 46),
    ],
)
def test_published_receptive_fields(name: str, length: int, output: str, bins: int, field: int) -> None:
    shape = InputShape(DNA, length, 1, output, bins)  # type: ignore[arg-type]
    assert anatomy_for(name, {}, shape).receptive_field == field


def test_repeats_are_folded_and_every_parameter_is_counted_once() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wide, self.norm, self.narrow = nn.Conv1d(8, 8, 3, padding=1), nn.BatchNorm1d(8), nn.Conv1d(8, 8, 1)

        def forward(self, features: torch.Tensor) -> torch.Tensor:
            return features + self.narrow(self.norm(self.wide(features)))

    with faking():
        network = nn.Sequential(nn.Conv1d(4, 8, 7, padding=3), *[Block() for _ in range(11)], nn.Flatten(),
                                nn.Linear(8 * 50, 1))  # fmt: skip
        sequences = torch.empty(2, 4, 50)
        with watch(network, sequences) as trail:
            scores = network(sequences)
    layers = columns_of(trail, DNA, 50, 1, scores)
    assert [(one.name, one.detail, one.times) for one in layers] == [
        ("sequence", "one-hot", 1), ("conv 7", "8 filters", 1), ("residual block", "conv 3, conv 1", 11),
        ("flatten", "every place", 1), ("output", "score", 1),
    ]  # fmt: skip
    assert sum(one.parameters for one in layers) == sum(one.numel() for one in network.parameters())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one.name, marks=() if one.name in ("cnn", "deepsea", "lstm") else pytest.mark.slow)
        for one in ARCHITECTURES
        if "binary" in one.tasks
    ],
)
def test_diagrams_stay_readable(name: str) -> None:
    length = 600
    try:
        anatomy = anatomy_for(name, {}, InputShape(DNA, length))
    except ConfigError:
        pytest.skip(f"{name} takes no {length} bp")
    assert len(anatomy.layers) <= MOST_COLUMNS
    assert sum(one.parameters for one in anatomy.layers) == anatomy.parameters
    assert anatomy.flops > 0


def test_operations_of_a_convolution_by_hand() -> None:
    anatomy = anatomy_for("deepbind", {"filters": 16, "filter_width": 24, "both_strands": False}, InputShape(DNA, 100))
    assert anatomy.flops == 2 * 16 * 4 * 24 * 123 + 2 * 16  # every filter at 123 places, then the vote


def _operations(make: Callable[[], nn.Module], *sizes: int) -> int:
    with faking():
        network, given = make(), torch.empty(sizes)
        shorten_recurrences(network)
        reaching = Reaching(given)
        with reaching:
            network(given)
    return reaching.flops


def test_operations_of_each_kind_by_hand() -> None:
    """A multiplication and an addition for every weight and place it is used at."""
    assert _operations(lambda: nn.Conv1d(4, 16, 7), 2, 4, 50) == 2 * 2 * 44 * 16 * 4 * 7
    assert _operations(lambda: nn.Linear(30, 5), 2, 30) == 2 * 2 * 30 * 5
    steps = 2 * 2 * 20 * 2  # twice, two sequences, twenty positions, two directions
    assert _operations(lambda: nn.LSTM(6, 8, batch_first=True, bidirectional=True), 2, 20, 6) == steps * 4 * 8 * (6 + 8)
    assert _operations(lambda: nn.GRU(6, 8, batch_first=True, bidirectional=True), 2, 20, 6) == steps * 3 * 8 * (6 + 8)
    # Queries, keys, values and output, each 16 x 16 at 20 places; then all pairs of places, twice 16 numbers each.
    attention = 2 * 2 * 20 * 4 * 16 * 16 + 2 * 2 * 2 * 20 * 20 * 16
    assert _operations(lambda: Looking(), 2, 20, 16) == attention


class Looking(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.attention(features, features, features, need_weights=False)[0]


# Lengths, and numbers of bins, that the published networks take; 200 letters for the others.
_TAKES = {
    "basenji": (131072, 896), "enformer": (196608, 896), "bpnet": (1000, 1000), "basset": (600, 0),
    "deepsea": (1000, 0), "beluga": (2000, 0), "danq": (1000, 0), "deepstarr": (249, 0), "spliceai": (1000, 0),
}  # fmt: skip


@pytest.mark.parametrize("preset", [pytest.param("", marks=pytest.mark.slow), "small"])
@pytest.mark.parametrize("name", [one.name for one in ARCHITECTURES])
def test_every_network_of_the_registry_has_an_anatomy(name: str, preset: str) -> None:
    chosen = ARCHITECTURES.get(name)
    if preset and preset not in chosen.presets:
        return  # its default is small
    config = chosen.presets[preset].model_dump() if preset else {}
    output = TASKS.get(chosen.tasks[-1]).output
    length, bins = _TAKES.get(name, (200, 0))
    shape = InputShape(alphabet_named(chosen.alphabets[0]), length, 1, output, bins)
    anatomy = anatomy_for(name, config, shape)
    assert len(anatomy.layers) <= MOST_COLUMNS
    assert sum(one.parameters for one in anatomy.layers) == anatomy.parameters > 0
    assert anatomy.flops > 0
    assert anatomy.layers[-1].kind == "output"
