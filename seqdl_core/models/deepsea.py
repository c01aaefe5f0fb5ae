"""DeepSEA: three wide convolutions and a dense layer read chromatin off 1,000 letters of DNA.

Zhou & Troyanskaya, "Predicting effects of noncoding variants with deep learning-based sequence model", Nature Methods
12:931 (2015), doi 10.1038/nmeth.3547. For L = 1,000 and T = 919 (690 transcription factors, 125 DNase and 104 histone
profiles of the middle 200 letters) these are 52,843,119 parameters:

    step      shape (C x L)   parameters   what happens
    conv1     320 x 993           10,560   320 filters of width 8 scan the sequence
    pool1     320 x 248                    threshold, the largest of every 4, dropout 0.2
    conv2     480 x 241        1,229,280   combinations of those
    pool2     480 x 60                     threshold, the largest of every 4, dropout 0.2
    conv3     960 x 53         3,687,360   combinations of combinations; one unit sees 163 letters, in steps of 16
    flatten   50,880                       threshold, dropout 0.5; channel by channel
    hidden    925             47,064,925   threshold
    output    919                850,994   one logit a target

No padding: each convolution loses 7 positions, and a pool drops the rest that does not fill it.

Quirks that official weights depend on:
    threshold   max(x, 0) with 0.000001 in place of 0 (``Threshold(0, 1e-6)``), not a plain rectifier
    order       the weights read rows in the order A, G, C, T, that of the authors' data. We take A, C, G, T everywhere,
                so the network swaps C and G inside, and official tensors fit unchanged, key by key
    unknown     an unknown letter is an all-zero column

Raw scores are logits; the sigmoid that ends the published network is the task's. The published pipeline averages the
probabilities of both strands after the network. ``both_strands`` here averages raw scores, as our other networks do,
and is off by default. The network is made for rows of full length: padding of shorter ones reads as unknown letters.
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._layers import StrandsAveraged, require_length, to_agct
from seqdl_core.sequences.alphabets import DNA


class DeepSeaConfig(Config):
    filters: int = Field(320, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        8, ge=3, le=31, title="Filter width", description="Positions that a filter of each convolution spans."
    )
    pool: int = Field(
        4, ge=1, le=16, title="Pooling", description="Positions merged after the first and the second convolution."
    )
    channels_2: int = Field(
        480,
        ge=4,
        le=2048,
        title="Channels, second layer",
        description="How many combinations of motifs the second convolution may learn.",
        json_schema_extra={"advanced": True},
    )
    channels_3: int = Field(
        960,
        ge=4,
        le=4096,
        title="Channels, third layer",
        description="How many larger arrangements the third convolution may learn.",
        json_schema_extra={"advanced": True},
    )
    hidden: int = Field(
        925, ge=4, le=8192, title="Hidden units", description="Units between all positions and the scores."
    )
    dropout: float = Field(
        0.2, ge=0, le=0.9, title="Dropout", description="Share of values hidden in each step after both pools."
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


def positions(config: DeepSeaConfig, length: int) -> int:
    """How many positions the third convolution puts out for a sequence of L letters."""
    lost = config.filter_width - 1
    for _ in range(2):
        length = (length - lost) // config.pool
    return length - lost


class DeepSea(StrandsAveraged):
    def __init__(self, config: DeepSeaConfig, shape: InputShape) -> None:
        super().__init__(shape, both_strands=config.both_strands)
        self.filter_width = config.filter_width
        self.scan_offset = 0
        self.threshold = nn.Threshold(0.0, 1e-6)
        self.conv1 = nn.Conv1d(shape.letters, config.filters, config.filter_width)
        self.pool1 = nn.MaxPool1d(config.pool)
        self.dropout1 = nn.Dropout(config.dropout)
        self.conv2 = nn.Conv1d(config.filters, config.channels_2, config.filter_width)
        self.pool2 = nn.MaxPool1d(config.pool)
        self.dropout2 = nn.Dropout(config.dropout)
        self.conv3 = nn.Conv1d(config.channels_2, config.channels_3, config.filter_width)
        self.dropout3 = nn.Dropout(config.dropout_dense)
        self.hidden = nn.Linear(config.channels_3 * positions(config, shape.length), config.hidden)
        self.output = nn.Linear(config.hidden, shape.targets)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = self.dropout1(self.pool1(self.threshold(self.scan(one_hot))))
        features = self.dropout2(self.pool2(self.threshold(self.conv2(features))))
        features = self.dropout3(self.threshold(self.conv3(features)))
        hidden = self.threshold(self.hidden(torch.flatten(features, 1)))
        score: Tensor = self.output(hidden)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.conv1(to_agct(one_hot))
        return answers


def _check(config: DeepSeaConfig, shape: InputShape) -> None:
    require_length("deepsea", shape, lambda length: positions(config, length))


ARCHITECTURE = Architecture(
    name="deepsea",
    summary="Three convolutions and a dense layer over all places; made for chromatin profiles of 1,000 bp.",
    config=DeepSeaConfig,
    build=DeepSea,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna"),
    source="Zhou & Troyanskaya 2015, doi 10.1038/nmeth.3547",
    year=2015,
    published=InputShape(DNA, 1000, 919),
    presets={
        "small": DeepSeaConfig(
            filters=32, pool=2, channels_2=48, channels_3=64, hidden=64, dropout=0.1, dropout_dense=0.3
        )
    },
    fits=_check,
)
