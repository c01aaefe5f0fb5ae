"""Beluga: DeepSEA's successor, six convolutions in pairs on 2,000 letters; the chromatin part of ExPecto.

Zhou et al., "Deep learning sequence-based ab initio prediction of variant effects on expression and disease risk",
Nature Genetics 50:1171 (2018), doi 10.1038/s41588-018-0160-6. For L = 2,000 and T = 2,002 these are 149,536,251
parameters:

    step      shape (C x L)    parameters   what happens
    conv1     320 x 1993           10,560   320 filters of width 8 scan the sequence; rectifier
    conv2     320 x 1986          819,520   the second half of the pair; rectifier
    pool1     320 x 496                     dropout 0.2, then the largest of every 4
    conv3     480 x 489         1,229,280   rectifier
    conv4     480 x 482         1,843,680   rectifier
    pool2     480 x 120                     dropout 0.2, then the largest of every 4
    conv5     640 x 113         2,458,240   rectifier
    conv6     640 x 106         3,277,440   rectifier
    flatten   67,840                        dropout 0.5; channel by channel
    hidden    2,003           135,885,523   rectifier
    output    2,002             4,012,008   one logit a target

Beside :mod:`seqdl_core.models.deepsea`: convolutions come in pairs, dropout stands BEFORE the pool, and the rectifier
is a plain one, with a true zero. As there, the published weights read rows in the order A, G, C, T, so the network
swaps C and G inside and official tensors fit unchanged, key by key; an unknown letter is an all-zero column; nothing is
padded; raw scores are logits, and the sigmoid that ends the published network is the task's. ``both_strands`` averages
raw scores; it is off by default, as the published network reads one strand. The network is made for rows of full
length: padding of shorter ones reads as unknown letters.
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._layers import StrandsAveraged, require_length, to_agct
from seqdl_core.sequences.alphabets import DNA


class BelugaConfig(Config):
    filters: int = Field(
        320, ge=4, le=1024, title="Filters", description="How many motifs the first two layers may learn."
    )
    filter_width: int = Field(
        8, ge=3, le=31, title="Filter width", description="Positions that a filter of each convolution spans."
    )
    pool: int = Field(
        4, ge=1, le=16, title="Pooling", description="Positions merged after the first and the second pair."
    )
    channels_2: int = Field(
        480,
        ge=4,
        le=2048,
        title="Channels, second pair",
        description="How many combinations of motifs the second pair of convolutions may learn.",
        json_schema_extra={"advanced": True},
    )
    channels_3: int = Field(
        640,
        ge=4,
        le=4096,
        title="Channels, third pair",
        description="How many larger arrangements the third pair of convolutions may learn.",
        json_schema_extra={"advanced": True},
    )
    hidden: int = Field(
        2003, ge=4, le=8192, title="Hidden units", description="Units between all positions and the scores."
    )
    dropout: float = Field(
        0.2, ge=0, le=0.9, title="Dropout", description="Share of values hidden in each step before both pools."
    )
    dropout_dense: float = Field(
        0.5,
        ge=0,
        le=0.9,
        title="Dropout before the dense layer",
        description="Share of values hidden in each step before all positions are joined.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False, title="Both strands",
        description="Averages both strands of DNA in use; the published network reads one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


def positions(config: BelugaConfig, length: int) -> int:
    """How many positions the sixth convolution puts out for a sequence of L letters."""
    lost = 2 * (config.filter_width - 1)
    for _ in range(2):
        length = (length - lost) // config.pool
    return length - lost


class Beluga(StrandsAveraged):
    def __init__(self, config: BelugaConfig, shape: InputShape) -> None:
        super().__init__(shape, both_strands=config.both_strands)
        width = config.filter_width
        self.filter_width = width
        self.scan_offset = 0
        self.conv1 = nn.Conv1d(shape.letters, config.filters, width)
        self.conv2 = nn.Conv1d(config.filters, config.filters, width)
        self.dropout1 = nn.Dropout(config.dropout)
        self.pool1 = nn.MaxPool1d(config.pool)
        self.conv3 = nn.Conv1d(config.filters, config.channels_2, width)
        self.conv4 = nn.Conv1d(config.channels_2, config.channels_2, width)
        self.dropout2 = nn.Dropout(config.dropout)
        self.pool2 = nn.MaxPool1d(config.pool)
        self.conv5 = nn.Conv1d(config.channels_2, config.channels_3, width)
        self.conv6 = nn.Conv1d(config.channels_3, config.channels_3, width)
        self.dropout3 = nn.Dropout(config.dropout_dense)
        self.hidden = nn.Linear(config.channels_3 * positions(config, shape.length), config.hidden)
        self.output = nn.Linear(config.hidden, shape.targets)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = torch.relu(self.scan(one_hot))
        features = self.pool1(self.dropout1(torch.relu(self.conv2(features))))
        features = torch.relu(self.conv3(features))
        features = self.pool2(self.dropout2(torch.relu(self.conv4(features))))
        features = torch.relu(self.conv5(features))
        features = self.dropout3(torch.relu(self.conv6(features)))
        hidden = torch.relu(self.hidden(torch.flatten(features, 1)))
        score: Tensor = self.output(hidden)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.conv1(to_agct(one_hot))
        return answers


def _check(config: BelugaConfig, shape: InputShape) -> None:
    require_length("beluga", shape, lambda length: positions(config, length))


ARCHITECTURE = Architecture(
    name="beluga",
    summary="DeepSEA's successor: six convolutions in pairs; made for chromatin profiles of 2,000 bp.",
    config=BelugaConfig,
    build=Beluga,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna"),
    source="Zhou et al. 2018, doi 10.1038/s41588-018-0160-6",
    year=2018,
    published=InputShape(DNA, 2000, 2002),
    presets={
        "small": BelugaConfig(
            filters=32, filter_width=5, pool=2, channels_2=48, channels_3=64, hidden=64, dropout=0.1, dropout_dense=0.3
        )
    },
    fits=_check,
)
