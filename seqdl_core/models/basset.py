"""Basset: three normalised convolutions and two dense layers read open chromatin off 600 letters.

Kelley, Snoek & Rinn, "Basset: learning the regulatory code of the accessible genome with deep convolutional neural
networks", Genome Research 26:990 (2016), doi 10.1101/gr.200535.115. For L = 600 and T = 164 cell types these are
4,135,064 parameters (and 5,400 running means and variances):

    step      shape (C x L)   parameters    what happens
    conv1     300 x 582           23,100    300 filters of width 19 scan the sequence
    norm1                            600    batch normalisation, rectifier
    pool1     300 x 194                     the largest of every 3
    conv2     200 x 184          660,200    width 11
    norm2                            400    batch normalisation, rectifier
    pool2     200 x 46                      the largest of every 4
    conv3     200 x 40           280,200    width 7
    norm3                            400    batch normalisation, rectifier
    pool3     200 x 10                      the largest of every 4; one unit sees 168 letters, in steps of 48
    flatten   2,000                         channel by channel
    dense1    1,000        2,001,000 + 2,000   batch normalisation, rectifier, dropout 0.3
    dense2    1,000        1,001,000 + 2,000   batch normalisation, rectifier, dropout 0.3
    output    164                164,164    one logit a cell type

``padding`` chooses between two networks that share a name. ``valid`` is the published one: no padding, and a pool drops
the rest that does not fill it. ``same_ceil`` is what the authors' later Lua code builds: zeros keep every convolution's
length (one more on the right where the width is even), and a pool keeps the rest: 600, 200, 50, 13 positions, 2,600
values before the dense layers. Weights of one do not fit the other.

Rows are in our own order, A, C, G, T. An unknown letter is an even mixture (0.25 each), as the older code read it; the
later code draws a letter at random, which would make scores random. Raw scores are logits; the sigmoid that ends the
published network is the task's. The authors average strands after the network (``-rc``); ``both_strands`` here averages
raw scores and is off by default. The network is made for rows of full length: padding of shorter ones reads as unknown
letters.
"""

from typing import Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._layers import StrandsAveraged, fill_unknown, require_length, same_length
from seqdl_core.sequences.alphabets import DNA


class BassetConfig(Config):
    filters: int = Field(300, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        19, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect."
    )
    pool: int = Field(3, ge=1, le=16, title="Pooling", description="Positions merged after the first layer.")
    channels: int = Field(
        200, ge=4, le=2048, title="Channels", description="How many combinations the later convolutions may learn."
    )
    width_2: int = Field(
        11,
        ge=1,
        le=63,
        title="Width, second layer",
        description="Pooled positions that a filter of the second convolution spans.",
        json_schema_extra={"advanced": True},
    )
    width_3: int = Field(
        7,
        ge=1,
        le=63,
        title="Width, third layer",
        description="Pooled positions that a filter of the third convolution spans.",
        json_schema_extra={"advanced": True},
    )
    later_pool: int = Field(
        4,
        ge=1,
        le=16,
        title="Later pooling",
        description="Positions merged after the second and the third convolution.",
        json_schema_extra={"advanced": True},
    )
    hidden: int = Field(
        1000, ge=4, le=8192, title="Hidden units", description="Units in each of the two layers before the scores."
    )
    dropout: float = Field(
        0.3, ge=0, le=0.9, title="Dropout", description="Share of hidden units forgotten in each step."
    )
    padding: Literal["valid", "same_ceil"] = Field(
        "valid",
        title="Padding",
        description="valid is the published network; same_ceil pads with zeros, as the authors' later code does.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False, title="Both strands",
        description="Averages both strands of DNA in use; the published network reads one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


def positions(config: BassetConfig, length: int) -> int:
    """How many positions the third pool puts out for a sequence of L letters."""
    widths = (config.filter_width, config.width_2, config.width_3)
    for width, pool in zip(widths, (config.pool, config.later_pool, config.later_pool), strict=True):
        length = -(-length // pool) if config.padding == "same_ceil" else (length - width + 1) // pool
    return length


class Basset(StrandsAveraged):
    def __init__(self, config: BassetConfig, shape: InputShape) -> None:
        super().__init__(shape, both_strands=config.both_strands)
        self.same = config.padding == "same_ceil"
        self.filter_width = config.filter_width
        self.scan_offset = (config.filter_width - 1) // 2 if self.same else 0
        self.conv1 = nn.Conv1d(shape.letters, config.filters, config.filter_width)
        self.norm1 = nn.BatchNorm1d(config.filters)
        self.pool1 = nn.MaxPool1d(config.pool, ceil_mode=self.same)
        self.conv2 = nn.Conv1d(config.filters, config.channels, config.width_2)
        self.norm2 = nn.BatchNorm1d(config.channels)
        self.pool2 = nn.MaxPool1d(config.later_pool, ceil_mode=self.same)
        self.conv3 = nn.Conv1d(config.channels, config.channels, config.width_3)
        self.norm3 = nn.BatchNorm1d(config.channels)
        self.pool3 = nn.MaxPool1d(config.later_pool, ceil_mode=self.same)
        self.dense1 = nn.Linear(config.channels * positions(config, shape.length), config.hidden)
        self.norm4 = nn.BatchNorm1d(config.hidden)
        self.dropout1 = nn.Dropout(config.dropout)
        self.dense2 = nn.Linear(config.hidden, config.hidden)
        self.norm5 = nn.BatchNorm1d(config.hidden)
        self.dropout2 = nn.Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, shape.targets)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = self.pool1(torch.relu(self.scan(one_hot)))
        features = self.pool2(torch.relu(self.norm2(self._convolve(self.conv2, features))))
        features = self.pool3(torch.relu(self.norm3(self._convolve(self.conv3, features))))
        hidden = self.dropout1(torch.relu(self.norm4(self.dense1(torch.flatten(features, 1)))))
        hidden = self.dropout2(torch.relu(self.norm5(self.dense2(hidden))))
        score: Tensor = self.output(hidden)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.norm1(self._convolve(self.conv1, fill_unknown(one_hot)))
        return answers

    def _convolve(self, layer: nn.Conv1d, features: Float[Tensor, "N C P"]) -> Float[Tensor, "N D Q"]:
        answers: Tensor = same_length(layer, features) if self.same else layer(features)
        return answers


def _check(config: BassetConfig, shape: InputShape) -> None:
    require_length("basset", shape, lambda length: positions(config, length))


ARCHITECTURE = Architecture(
    name="basset",
    summary="Three normalised convolutions and two dense layers; made for open chromatin in 600 bp.",
    config=BassetConfig,
    build=Basset,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna"),
    source="Kelley et al. 2016, doi 10.1101/gr.200535.115",
    year=2016,
    published=InputShape(DNA, 600, 164),
    presets={
        "small": BassetConfig(
            filters=48, filter_width=15, pool=2, channels=48, width_2=5, width_3=3, later_pool=2, hidden=64
        )
    },
    fits=_check,
)
