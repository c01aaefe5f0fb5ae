"""Basenji2: counts along 131,072 bases of DNA, from convolutions that see ever farther.

Kelley, "Cross-species regulatory sequence activity prediction", PLoS Computational Biology 16:e1008050 (2020), doi
10.1371/journal.pcbi.1008050, in the line of Basenji (Kelley et al., Genome Research 28:739, 2018). The layers follow
the settings released for human (5,313 tracks):

    step      shape             what happens
    stem      (N, 288, L/2)     288 filters of width 15 learn motifs; the larger of every two positions is kept
    tower     (N, 768, L/128)   six blocks of width 5, each of which halves the positions: 339, 399, 470, 554, 652, 768
    dilated   (N, 768, L/128)   11 blocks that add what they find to what comes in: 384 filters of width 3 whose taps
                                stand 1, 2, 3, 4, 6, 9, 14, 21, 32, 48, 72 bins apart, then 768 of width 1
    crop      (N, 768, B)       bins near the ends see too little of their surroundings: only the middle is kept
    final     (N, 1536, B)      1,536 features of each bin
    head      (N, T, B)         one score a track; softplus makes it an expected count, whose logarithm is handed on

With T = 5,313 these are 30,088,228 parameters, and a bin depends on 54,918 bases.

Every block is: activation, convolution without bias, batch normalisation (eps 1e-3), dropout, pooling. So the first
activation meets the letters themselves: a letter that is there counts 0.8458, one that is not 0. The last normalisation
of a dilated block starts with weight 0, so that at first each block hands on what it was given.

The activation of the published weights is ``x * sigmoid(1.702 x)``; the released code went over to the tanh form in
April 2022. The number of bins cut off at the ends is not a setting here: it follows from how many bins are asked for.
The paper averages the predictions of both strands and of small shifts after training; ``both_strands`` does the former,
of whole rows: bins lie where they lie, and padding reads as unknown letters.
"""

import math
from typing import Literal

from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import gelu

from seqdl_core.config import Config
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._bins import Odd, log_softplus, middle, require_bins, sigmoid_gelu
from seqdl_core.models._layers import mean_count, other_strand
from seqdl_core.sequences.alphabets import DNA

Gelu = Literal["sigmoid", "tanh"]
_KEPT = 0.8796256610342398  # standard deviation of a standard normal distribution that is cut off at 2 on either side


class BasenjiConfig(Config):
    filters: int = Field(288, ge=4, le=2048, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: Odd = Field(
        15, ge=3, le=63, title="Filter width", description="An odd number, a little wider than the longest motif."
    )
    tower_blocks: int = Field(
        6, ge=1, le=10, title="Tower blocks", description="Each halves the positions; 6 make bins of 128 bases."
    )
    tower_first: int = Field(
        339, ge=4, le=4096, title="First channels", description="Channels of the first tower block.",
        json_schema_extra={"counts": {"tower_blocks": 2}},
    )  # fmt: skip
    tower_last: int = Field(
        768, ge=4, le=4096, title="Last channels", description="Channels of the last; those between grow by one factor."
    )
    dilated_blocks: int = Field(
        11, ge=0, le=16, title="Dilated blocks", description="Each looks about one and a half times as far as the last."
    )
    dilated_channels: int = Field(
        384, ge=4, le=4096, title="Dilated channels", description="What a dilated block may look for far away.",
        json_schema_extra={"counts": {"dilated_blocks": 1}},
    )  # fmt: skip
    final_channels: int = Field(
        1536, ge=4, le=8192, title="Final channels", description="Features of each bin that the tracks share."
    )
    dropout: float = Field(
        0.3, ge=0, le=0.9, title="Dropout", description="Share of a dilated block's answers hidden in each step.",
        json_schema_extra={"counts": {"dilated_blocks": 1}},
    )  # fmt: skip
    final_dropout: float = Field(
        0.05,
        ge=0,
        le=0.9,
        title="Final dropout",
        description="Share of the final features hidden in each step.",
        json_schema_extra={"advanced": True},
    )
    gelu: Gelu = Field(
        "sigmoid",
        title="Activation",
        description="The form of GELU: sigmoid as in the published weights, tanh as in the code since 2022.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False,
        title="Both strands",
        description="Averages both strands' counts in use; not for tracks that tell the strands apart.",
        json_schema_extra={"advanced": True, "counts": {"both_ways": [True]}},
    )

    def tower(self) -> tuple[int, ...]:
        """The channels of the tower blocks: a geometric series."""
        steps = self.tower_blocks - 1
        if not steps:
            return (self.tower_last,)
        factor = (self.tower_last / self.tower_first) ** (1 / steps)
        return tuple(round(self.tower_first * factor**step) for step in range(self.tower_blocks))

    def dilations(self) -> tuple[int, ...]:
        """Bins between the taps of each dilated block; halves are rounded to the even number, as the original does."""
        rates, rate = [], 1
        for _ in range(self.dilated_blocks):
            rates.append(rate)
            rate = round(rate * 1.5)
        return tuple(rates)

    def bin_width(self) -> int:
        """Letters in a bin: the stem and every tower block halve the positions."""
        return 1 << (1 + self.tower_blocks)


class Activation(nn.Module):
    def __init__(self, form: Gelu) -> None:
        super().__init__()
        self.form = form

    def forward(self, inputs: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
        return sigmoid_gelu(inputs) if self.form == "sigmoid" else gelu(inputs, approximate="tanh")


class Block(nn.Sequential):
    """Activation, convolution, normalisation, dropout, and pooling to every second position where it is asked for."""

    def __init__(
        self,
        channels: int,
        filters: int,
        width: int,
        form: Gelu,
        *,
        dilation: int = 1,
        dropout: float = 0.0,
        pool: bool = False,
        scale: float = 1.0,
    ) -> None:
        conv = nn.Conv1d(channels, filters, width, dilation=dilation, padding=dilation * (width // 2), bias=False)
        _start(conv)
        norm = nn.BatchNorm1d(filters, eps=1e-3, momentum=0.1)
        nn.init.constant_(norm.weight, scale)
        super().__init__(Activation(form), conv, norm, nn.Dropout(dropout), nn.MaxPool1d(2) if pool else nn.Identity())


class DilatedBlock(nn.Module):
    def __init__(self, channels: int, dilation: int, config: BasenjiConfig) -> None:
        super().__init__()
        self.far = Block(channels, config.dilated_channels, 3, config.gelu, dilation=dilation)
        self.back = Block(config.dilated_channels, channels, 1, config.gelu, dropout=config.dropout, scale=0.0)

    def forward(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
        found: Tensor = self.back(self.far(features))
        return features + found


class Basenji(FilterNetwork):
    strands_alike = True

    def __init__(self, config: BasenjiConfig, shape: InputShape) -> None:
        super().__init__()
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width // 2
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.bins = shape.bins
        self.stem = Block(shape.letters, config.filters, config.filter_width, config.gelu, pool=True)
        tower = config.tower()
        self.tower = nn.Sequential(
            *(
                Block(before, after, 5, config.gelu, pool=True)
                for before, after in zip((config.filters, *tower), tower, strict=False)
            )
        )
        self.dilated = nn.Sequential(*(DilatedBlock(tower[-1], rate, config) for rate in config.dilations()))
        self.final = Block(tower[-1], config.final_channels, 1, config.gelu, dropout=config.final_dropout)
        self.last_activation = Activation(config.gelu)
        self.head = nn.Conv1d(config.final_channels, shape.targets, 1)  # the published dense layer, bin by bin
        _start(self.head)
        nn.init.zeros_(self.head.get_parameter("bias"))

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T B"]:
        log_counts = self.one_strand(one_hot)
        if self.training or not self.both_strands:
            return log_counts
        return mean_count(log_counts, self.one_strand(other_strand(one_hot)).flip(-1))

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T B"]:
        """The logarithms of the counts expected from one strand."""
        dropout, pool = self.stem[3], self.stem[4]
        features = self.dilated(self.tower(pool(dropout(self.scan(one_hot)))))
        scores: Tensor = self.head(self.last_activation(self.final(middle(features, self.bins))))
        return log_softplus(scores)

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        activation, convolution, norm = self.stem[0], self.stem[1], self.stem[2]
        answers: Tensor = norm(convolution(activation(one_hot)))
        return answers


def _start(layer: nn.Conv1d) -> None:
    """Keras's ``he_normal``: a normal distribution without what lies beyond two deviations, variance 2 / inputs."""
    wide = math.sqrt(2 / layer.weight[0].numel()) / _KEPT
    nn.init.trunc_normal_(layer.weight, std=wide, a=-2 * wide, b=2 * wide)


def check(config: BasenjiConfig, shape: InputShape) -> None:
    """Raises ConfigError where the length is no whole number of bins or the bins do not fit."""
    require_bins("basenji", shape, config.bin_width())


ARCHITECTURE = Architecture(
    name="basenji",
    summary="Convolutions that see ever farther along a long stretch of DNA; counts in bins of 128 bases.",
    config=BasenjiConfig,
    build=Basenji,
    tasks=("tracks",),
    alphabets=("dna",),
    source="Kelley 2020, doi 10.1371/journal.pcbi.1008050",
    year=2020,
    published=InputShape(DNA, 131_072, 5313, "bins", 896),
    presets={
        "small": BasenjiConfig(
            filters=32,
            tower_first=32,
            tower_last=64,
            dilated_blocks=4,
            dilated_channels=32,
            final_channels=128,
            dropout=0.1,
        )
    },
    fits=check,
)
