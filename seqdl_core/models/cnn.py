"""A small modern convolutional network: the one to start with.

Our own design, in the line of DeepBind (motif scanners), Basset (pooling and deeper convolutions), Basenji (dilated
residual blocks) and later practice (batch normalisation, both strands averaged):

    step       what happens
    scan       wide filters learn motifs
    pool       the best place in every few positions; keeps the filters from learning halves of motifs
    blocks     narrower convolutions on top of each other learn how motifs stand together
    head       the best place and the mean of every channel, so that a site counts wherever it lies; then one hidden
               layer and the score. Sequences that are read as they stand (RNA, proteins, DNA cut around a start or a
               splice site) are also summed over positions with learned weights, since there the place matters. Where
               every position or pair has a score of its own, nothing is pooled or gathered

A block is a convolution (7 positions wide, later ones 5) with normalisation and rectifier, and halves the positions
before the next one. Residual blocks add what they found to what came in. Dilation spreads a block's weights: with a
growth of 2 the fifth block looks at every 16th position, and a few blocks see far without halving.

Both strands of DNA count the same, in one of three ways:

    averaged      the mean of both strands' scores. While training, each sequence is shown on one strand (the training
                  loop picks it at random)
    maximum       the larger of both strands' scores, in training too: only the winning strand learns
    equivariant   every filter also exists turned round, so one pass sees both strands; half the weights to learn. Of
                  rows with padding the mean of both strands is taken: pools start at the first letter of either

Padding takes no part, so a sequence scores the same however much of it stands behind: padding is 0 before every
convolution, as it is beyond the end of a row; normalisation, while training, goes by the known positions alone; and the
head is told which they are. Rows that begin and end with a known letter cost none of this. Bins divide the whole row,
so there padding counts as unknown letters.
"""

from math import prod
from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import both_strands, known_span, normalise_known, pool_any, whole_rows
from seqdl_core.models._scanner import (
    MirroredConv1d,
    MirroredNorm,
    Scanner,
    ScannerConfig,
    check_scanner,
    further_rows,
    merge_mirrored,
)

_ADVANCED: dict[str, Any] = {"advanced": True}


class CnnConfig(ScannerConfig):
    filters: int = Field(64, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        15, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect."
    )
    pool: int = Field(
        2, ge=1, le=16, title="Pooling", description="Positions merged after the first layer.",
        json_schema_extra={"counts": {"output": ["sequence", "bins"]}},
    )  # fmt: skip
    channels: int = Field(
        64, ge=4, le=1024, title="Channels", description="Width of the layers that combine motifs.",
        json_schema_extra={"counts": {"blocks": 1}},
    )  # fmt: skip
    blocks: int = Field(2, ge=0, le=12, title="Blocks", description="Layers that combine motifs; each widens the view.")
    residual: bool = Field(
        False,
        title="Residual blocks",
        description="Each block adds to what it was given; deep stacks learn better.",
        json_schema_extra={**_ADVANCED, "counts": {"blocks": 1}},
    )
    dilation_growth: int = Field(
        1,
        ge=1,
        le=3,
        title="Dilation growth",
        description="How many times farther apart each block's weights are than the last one's; 1 for side by side.",
        json_schema_extra={**_ADVANCED, "counts": {"blocks": 2}},
    )
    halve: bool = Field(
        True,
        title="Halve between blocks",
        description="Keeps the better of every two positions between blocks.",
        json_schema_extra={**_ADVANCED, "counts": {"output": ["sequence", "bins"], "blocks": 2}},
    )
    weightings: int = Field(
        32,
        ge=0,
        le=256,
        title="Weightings of positions",
        description="Sums over positions with learned weights, for sequences that lie alike; 0: places do not count.",
        json_schema_extra={**_ADVANCED, "counts": {"output": ["sequence"], "both_ways": [False]}},
    )
    hidden: int = Field(
        64, ge=4, le=4096, title="Hidden units", description="Units between the gathered evidence and the score.",
        json_schema_extra={"counts": {"output": ["sequence", "positions", "letters", "bins"]}},
    )  # fmt: skip
    dropout: float = Field(
        0.3, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )
    both_strands: bool = Field(
        True, title="Both strands", description="Counts both strands of DNA. RNA and proteins have one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip
    strands: Literal["averaged", "maximum", "equivariant"] = Field(
        "averaged",
        title="How both strands count",
        description="Their mean, the larger score, or one network whose filters all exist in both directions.",
        json_schema_extra={**_ADVANCED, "counts": {"both_ways": [True], "both_strands": [True]}},
    )


class ResidualBlock(nn.Module):
    """``x + norm(conv(x))``, rectified; x through a convolution of width 1 where the number of channels changes."""

    def __init__(self, dropout: nn.Module, conv: nn.Module, norm: nn.BatchNorm1d, match: nn.Module) -> None:
        super().__init__()
        self.dropout, self.conv, self.norm, self.match = dropout, conv, norm, match

    def forward(
        self, features: Float[Tensor, "N C P"], within: Bool[Tensor, "N P"] | None = None
    ) -> Float[Tensor, "N D P"]:
        found: Tensor = self.conv(self.dropout(features))
        found = self.norm(found) if within is None else normalise_known(self.norm, found, within)
        return torch.relu(self.match(features) + found)


class Cnn(FilterNetwork):
    ignores_padding = True
    strands_alike = True

    def __init__(self, config: CnnConfig, shape: InputShape) -> None:
        super().__init__()
        self.config, self.shape = config, shape
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width // 2
        self.strands = _strands(config, shape)
        self.mirrored = self.strands == "equivariant"
        self.filters = Scanner(
            config,
            shape,
            config.filters,
            config.filter_width,
            padding=config.filter_width // 2,
            bias=False,
            mirrored=self.mirrored,
        )
        self.norm = self._norm(config.filters)
        pools = _pools(config, shape)
        self.pooled = pools[0]
        self.pool = nn.MaxPool1d(self.pooled, ceil_mode=True)
        blocks: list[nn.Module] = []
        width = config.filters
        for index in range(config.blocks):
            blocks += self._block(width, 7 if index == 0 else 5, config.dilation_growth**index)
            last = index + 1 == config.blocks
            blocks.append(nn.Identity() if last or pools[1 + index] == 1 else nn.MaxPool1d(2, ceil_mode=True))
            width = config.channels
        self.blocks = nn.Sequential(*blocks)
        self.margin = 0 if shape.output == "positions" else None
        self.dense = make_head(
            shape,
            width // 2 if self.mirrored else width,
            config.hidden,
            config.dropout,
            config.weightings,
            _positions(config, shape),
        )

    def _block(self, width: int, kernel: int, dilation: int) -> list[nn.Module]:
        channels, dropout = self.config.channels, nn.Dropout(self.config.dropout / 2)
        conv = self._conv(width, channels, kernel, dilation)
        norm = self._norm(channels)
        if not self.config.residual:
            return [dropout, conv, norm, nn.ReLU()]
        match = nn.Identity() if width == channels else self._conv(width, channels, 1, 1)
        return [ResidualBlock(dropout, conv, norm, match)]

    def _conv(self, width: int, channels: int, kernel: int, dilation: int) -> nn.Conv1d:
        padding = dilation * (kernel // 2)
        if self.mirrored:
            return MirroredConv1d(width, channels, kernel, padding, dilation)
        return nn.Conv1d(width, channels, kernel, padding=padding, dilation=dilation, bias=False)

    def _norm(self, channels: int) -> nn.BatchNorm1d:
        return MirroredNorm(channels) if self.mirrored else nn.BatchNorm1d(channels)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self._one_pass(one_hot):
            return self.one_strand(one_hot)
        score, other = both_strands(self.one_strand, one_hot, self.shape)
        return torch.maximum(score, other) if self.strands == "maximum" else (score + other) / 2

    def _one_pass(self, one_hot: Float[Tensor, "N A L"]) -> bool:
        if self.strands == "equivariant":
            return self.training or self.shape.output != "sequence" or whole_rows(one_hot)
        return self.strands == "forward" or (self.strands == "averaged" and self.training)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """The score of one strand; where the network is equivariant, of both."""
        within = None
        if self.shape.output == "bins" or whole_rows(one_hot):
            features = self.blocks(self.pool(torch.relu(self.scan(one_hot))[..., : self._places(one_hot)]))
        else:
            features, within = self._of_known(one_hot)
        score: Tensor = self.dense(merge_mirrored(features) if self.mirrored else features, within)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        rows = one_hot
        if self.config.further_rows:
            rows = torch.cat([one_hot, further_rows(self.config, one_hot)], 1)
        answers: Tensor = self.filters(rows)
        if self.shape.output == "bins" or whole_rows(one_hot):
            normalised: Tensor = self.norm(answers)
            return normalised
        return normalise_known(self.norm, answers, self._scanned(one_hot))

    def _scanned(self, one_hot: Float[Tensor, "N A L"]) -> Bool[Tensor, "N P"]:
        """Which places of the scan hold a known position."""
        within = known_span(one_hot)
        return pool_any(pad(within, (1, 1)), 2, 1) if self.config.filter_width % 2 == 0 else within

    def _places(self, one_hot: Float[Tensor, "N A L"]) -> int:
        """How many places of the scan count; filters of even width put out one more than there are letters."""
        more = self.shape.output in ("sequence", "bins") and self.config.filter_width % 2 == 0
        return one_hot.shape[-1] + more

    def _of_known(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N D P"], Bool[Tensor, "N P"]]:
        """What the blocks put out, and which positions of it are known; padding is 0 before each convolution."""
        places = self._places(one_hot)
        features = self.pool(torch.relu(self.scan(one_hot))[..., :places])
        within = pool_any(self._scanned(one_hot)[..., :places], self.pooled)
        for layer in self.blocks:
            if isinstance(layer, nn.BatchNorm1d):
                features = normalise_known(layer, features, within)
            elif isinstance(layer, ResidualBlock):
                features = layer(features, within)
            else:
                features = layer(features)
            if isinstance(layer, nn.MaxPool1d):
                within = pool_any(within, 2)
        return features, within


def _strands(config: CnnConfig, shape: InputShape) -> str:
    return config.strands if config.both_strands and shape.alphabet.both_ways else "forward"


def _pools(config: CnnConfig, shape: InputShape) -> list[int]:
    """How many positions each pool merges: the first, then one after each block but the last."""
    pooled = shape.output in ("sequence", "bins")
    between = [2 if pooled and config.halve else 1] * max(config.blocks - 1, 0)
    return [config.pool if pooled else 1, *between]


def _positions(config: CnnConfig, shape: InputShape) -> int:
    """How many are left after scanning and all pools, which keep a last, shorter window."""
    left = shape.length + 1 - config.filter_width % 2
    for merged in _pools(config, shape):
        left = -(-left // merged)
    return left


def _check(config: CnnConfig, shape: InputShape) -> None:
    equivariant = _strands(config, shape) == "equivariant"
    check_scanner(config, shape, config.filters // 2 if equivariant else config.filters)
    merged = prod(_pools(config, shape))
    if shape.bins and merged * shape.bins > shape.length:
        raise ConfigError(
            f"Pooling merges {merged} positions, which is more than a bin of {shape.length // shape.bins} holds.",
            where="pool",
            fix="Pool less, halve less often between blocks, or use wider bins.",
        )
    if equivariant:
        _check_equivariant(config, shape, merged)


def _check_equivariant(config: CnnConfig, shape: InputShape, merged: int) -> None:
    """What would break the mirror: a filter without a middle, channels without a partner, a pool with a remainder."""

    def refuse(what: str, where: str, fix: str) -> None:
        raise ConfigError(what, where=where, fix=f'{fix} Or set strands to "averaged".')

    if config.filter_width % 2 == 0:
        refuse("A filter of even width has no middle to turn round.", "filter_width", "Make the width odd.")
    if config.filters % 2 or config.channels % 2:
        refuse("Turned filters come in pairs.", "filters", "Make filters and channels even.")
    if shape.length % merged:
        refuse(
            f"{shape.length:,} positions are not a multiple of the {merged} that pooling merges.",
            "pool",
            "Set pooling to 1 and do not halve between blocks, or bring sequences of such a length.",
        )
    if shape.output == "pairs" or shape.of_letters:
        refuse("An equivariant network gives no scores of pairs or of letters.", "strands", "")


ARCHITECTURE = Architecture(
    name="cnn",
    summary="Three convolutions; finds motifs and how they stand together.",
    config=CnnConfig,
    build=Cnn,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    recommended=True,
    fits=_check,
)
