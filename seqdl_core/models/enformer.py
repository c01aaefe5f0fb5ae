"""Enformer: counts along 196,608 bases of DNA, from convolutions and then attention between all bins.

Avsec et al., "Effective gene expression prediction from sequence by integrating long-range interactions", Nature
Methods 18:1196 (2021), doi 10.1038/s41592-021-01252-x. With C = 1,536 channels:

    step         shape            what happens
    stem         (N, C/2, L/2)    filters of width 15 learn motifs, one residual 1x1 convolution, attention pooling
    tower        (N, C, L/128)    six times width 5, residual 1x1, pooling: 768, 896, 1024, 1152, 1280, 1536 channels
    transformer  (N, P, C)        11 blocks: every bin looks at every bin (8 heads), then a hidden layer of 2C units
    crop         (N, C, B)        the middle bins: 896 of 1,536
    final        (N, 2C, B)       normalise, GELU, 1x1 convolution, GELU
    head         (N, T, B)        one score a track; softplus makes it an expected count, whose logarithm is handed on

The trunk has 229,845,504 parameters; a human head (5,313 tracks) and a mouse head (1,643) make it 251,221,292. Here a
network predicts one genome's tracks; ``mouse_targets`` adds the second head of the published one
(:meth:`Enformer.mouse`).

Normalisation comes before GELU, which is ``x * sigmoid(1.702 x)``, and GELU before convolution; batch norm and layer
norm have eps 1e-5; the hidden layer of a transformer block uses ReLU. The first convolution, which meets the letters
themselves, stands alone. How attention knows distances: :mod:`._enformer_attention`.

Weights of the attention start as in the paper, the others as torch does it. The paper averages the predictions of both
strands and of small shifts after training; ``both_strands`` does the former. ``channels=384`` with ``pooling="max"`` is
the size of the authors' training demonstration.
"""

import math
from typing import Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, AttentionNetwork, FilterNetwork, InputShape
from seqdl_core.models._bins import Odd, log_softplus, middle, require_bins, sigmoid_gelu
from seqdl_core.models._enformer_attention import KINDS, DistanceAttention, distance_features
from seqdl_core.models._layers import mean_count, other_strand
from seqdl_core.sequences.alphabets import DNA

_COARSEST = 128


class EnformerConfig(Config):
    channels: int = Field(
        1536, ge=16, le=4096, multiple_of=2, title="Channels", description="Features of a bin; the stem has half of it."
    )
    filter_width: Odd = Field(
        15, ge=3, le=63, title="Filter width", description="An odd number, a little wider than the longest motif."
    )
    tower_blocks: int = Field(
        6, ge=1, le=10, title="Tower blocks", description="Each halves the positions; 6 make bins of 128 bases."
    )
    pooling: Literal["attention", "max"] = Field(
        "attention", title="Pooling", description="Two positions become one: a learned mixture, or the larger."
    )
    layers: int = Field(
        11, ge=1, le=48, title="Transformer blocks", description="Rounds in which bins look at each other."
    )
    heads: int = Field(
        8, ge=1, le=64, title="Heads", description="Ways in which a bin may look at others in one round."
    )
    key_width: int = Field(
        64,
        ge=1,
        le=512,
        title="Key width",
        description="Numbers by which a head compares two bins.",
        json_schema_extra={"advanced": True},
    )
    dropout: float = Field(
        0.4, ge=0, le=0.9, title="Dropout", description="Share of a transformer block's answers hidden in each step."
    )
    attention_dropout: float = Field(
        0.05,
        ge=0,
        le=0.9,
        title="Attention dropout",
        description="Share of looks at other bins that are hidden in each step.",
        json_schema_extra={"advanced": True},
    )
    position_dropout: float = Field(
        0.01,
        ge=0,
        le=0.9,
        title="Distance dropout",
        description="Share of the distances' features hidden in each step.",
        json_schema_extra={"advanced": True},
    )
    single_precision: bool = Field(
        False,
        title="Single precision distances",
        description="Computes the distances' features in 32 bits, as TensorFlow did for the published weights.",
        json_schema_extra={"advanced": True},
    )
    mouse_targets: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Mouse tracks",
        description="Adds the second head that the published weights carry (1,643 tracks); it does not train here.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False,
        title="Both strands",
        description="Averages both strands' counts in use; not for tracks that tell the strands apart.",
        json_schema_extra={"advanced": True, "counts": {"both_ways": [True]}},
    )

    def tower(self) -> tuple[int, ...]:
        """The tower's channels: from half to all in equal factors, rounded to multiples of at most 128."""
        half, steps = self.channels // 2, self.tower_blocks - 1
        if not steps:
            return (self.channels,)
        multiple = math.gcd(half, _COARSEST)
        return tuple(round(half * 2 ** (step / steps) / multiple) * multiple for step in range(self.tower_blocks))

    def bin_width(self) -> int:
        """Letters in a bin: the stem and every tower block halve the positions."""
        return 1 << (1 + self.tower_blocks)

    def position_features(self) -> int:
        """How many features a distance has: as many as a head has values, the same number of every kind."""
        return self.channels // self.heads // KINDS * KINDS


class Gelu(nn.Module):
    def forward(self, inputs: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
        return sigmoid_gelu(inputs)


class Residual(nn.Module):
    """Adds what the layers find to what they were given."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
        found: Tensor = self.layers(features)
        return features + found


class AttentionPool(nn.Module):
    """Every two positions become a mixture of both, channel by channel; at first the larger one weighs more."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = nn.Conv1d(channels, channels, 1, bias=False)
        with torch.no_grad():
            self.weigh.weight.copy_(2 * torch.eye(channels, device=self.weigh.weight.device)[..., None])

    def forward(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P//2"]:
        weights = self.weigh(features).unflatten(-1, (-1, 2)).softmax(-1)
        mixed: Tensor = (features.unflatten(-1, (-1, 2)) * weights).sum(-1)
        return mixed


class TransformerBlock(nn.Module):
    def __init__(self, config: EnformerConfig) -> None:
        super().__init__()
        width = config.channels
        self.norm = nn.LayerNorm(width)
        self.attend = DistanceAttention(
            width, config.heads, config.key_width, config.position_features(), config.attention_dropout,
            config.position_dropout,
        )  # fmt: skip
        self.dropout = nn.Dropout(config.dropout)
        self.hidden = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.Dropout(config.dropout),
            nn.ReLU(),
            nn.Linear(2 * width, width),
            nn.Dropout(config.dropout),
        )

    def forward(
        self, features: Float[Tensor, "N P D"], distances: Float[Tensor, "Q E"]
    ) -> tuple[Float[Tensor, "N P D"], Float[Tensor, "N H P P"]]:
        """Features after this block, and where each bin looked."""
        found, weights = self.attend(self.norm(features), distances)
        features = features + self.dropout(found)
        return features + self.hidden(features), weights


class Enformer(FilterNetwork, AttentionNetwork):
    strands_alike = True

    distances: Tensor

    def __init__(self, config: EnformerConfig, shape: InputShape) -> None:
        super().__init__()
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width // 2
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.bins = shape.bins
        half, width = config.channels // 2, config.channels
        self.filters = nn.Conv1d(shape.letters, half, config.filter_width, padding=config.filter_width // 2)
        self.stem = nn.Sequential(Residual(*_conv(half, half, 1)), _pool(half, config))
        tower = config.tower()
        self.tower = nn.Sequential(
            *(
                nn.Sequential(*_conv(before, after, 5), Residual(*_conv(after, after, 1)), _pool(after, config))
                for before, after in zip((half, *tower), tower, strict=False)
            )
        )
        self.transformer = nn.ModuleList(TransformerBlock(config) for _ in range(config.layers))
        self.final = nn.Sequential(*_conv(width, 2 * width, 1), nn.Dropout(config.dropout / 8), Gelu())
        self.head = nn.Conv1d(2 * width, shape.targets, 1)  # the published dense layer, bin by bin
        self.mouse_head = nn.Conv1d(2 * width, config.mouse_targets, 1) if config.mouse_targets else None
        precision = torch.float32 if config.single_precision else torch.float64
        features = distance_features(shape.length // config.bin_width(), config.position_features(), precision)
        self.register_buffer("distances", features, persistent=False)  # no weights: they follow from the length

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T B"]:
        return self._count(one_hot, self.head)

    def mouse(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N M B"]:
        """What the second head says.

        Raises:
            ConfigError: the network was built without it.
        """
        if self.mouse_head is None:
            raise ConfigError(
                "This network has no second head.", where="enformer", fix="Build it with mouse_targets=1643."
            )  # fmt: skip
        return self._count(one_hot, self.mouse_head)

    def _count(self, one_hot: Float[Tensor, "N A L"], head: nn.Module) -> Float[Tensor, "N T B"]:
        log_counts = self.one_strand(one_hot, head)
        if self.training or not self.both_strands:
            return log_counts
        return mean_count(log_counts, self.one_strand(other_strand(one_hot), head).flip(-1))

    def one_strand(self, one_hot: Float[Tensor, "N A L"], head: nn.Module) -> Float[Tensor, "N T B"]:
        """The logarithms of the counts that a head expects from one strand."""
        features = self._bins(one_hot)
        for block in self.transformer:
            features, _ = block(features, self.distances)
        scores: Tensor = head(self.final(middle(features.mT, self.bins)))
        return log_softplus(scores)

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.filters(one_hot)
        return answers

    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H P P"], ...]:
        features, looks = self._bins(one_hot), []
        for block in self.transformer:
            features, weights = block(features, self.distances)
            looks.append(weights)
        return tuple(looks)

    def _bins(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N P D"]:
        """What the convolutions make of each bin, before bins look at each other."""
        features: Tensor = self.tower(self.stem(self.scan(one_hot)))
        return features.mT


def _conv(channels: int, filters: int, width: int) -> tuple[nn.Module, ...]:
    return nn.BatchNorm1d(channels), Gelu(), nn.Conv1d(channels, filters, width, padding=width // 2)


def _pool(channels: int, config: EnformerConfig) -> nn.Module:
    return AttentionPool(channels) if config.pooling == "attention" else nn.MaxPool1d(2)


def check(config: EnformerConfig, shape: InputShape) -> None:
    """Raises ConfigError where heads and channels do not agree, or as :func:`require_bins`."""
    if config.channels % config.heads or config.channels // config.heads < KINDS:
        raise ConfigError(
            f"{config.channels:,} channels cannot be shared out among {config.heads} heads "
            f"with the same number, at least {KINDS}, for each.",
            where="channels",
            fix=f"Give a number of channels that is a multiple of {math.lcm(2, config.heads)} "
            f"and at least {KINDS * config.heads}.",
        )
    require_bins("enformer", shape, config.bin_width())


ARCHITECTURE = Architecture(
    name="enformer",
    summary="Convolutions and then attention between all bins of a long stretch of DNA; counts in bins of 128 bases.",
    config=EnformerConfig,
    build=Enformer,
    tasks=("tracks",),
    alphabets=("dna",),
    source="Avsec et al. 2021, doi 10.1038/s41592-021-01252-x",
    year=2021,
    published=InputShape(DNA, 196_608, 5313, "bins", 896),
    presets={"small": EnformerConfig(channels=48, heads=4, key_width=16, layers=2, dropout=0.1)},
    fits=check,
)
