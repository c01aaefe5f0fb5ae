"""DeepSTARR: four small convolutions and two dense layers measure enhancers of 249 letters.

de Almeida, Reiter, Pagani & Stark, "DeepSTARR predicts enhancer activity from DNA sequence and enables the de novo
design of synthetic enhancers", Nature Genetics 54:613 (2022), doi 10.1038/s41588-022-01048-5. For L = 249 and T = 2
(developmental and housekeeping activity, log2) these are 622,722 parameters (and 2,016 running means and variances):

    step      shape (C x L)   parameters    what happens
    conv1     256 x 249      7,424 + 512    256 filters of width 7 scan the sequence; normalised, rectifier
    pool1     256 x 124                     the larger of every 2
    conv2      60 x 124     46,140 + 120    width 3; normalised, rectifier
    pool2      60 x 62
    conv3      60 x 62      18,060 + 120    width 5; normalised, rectifier
    pool3      60 x 31
    conv4     120 x 31      21,720 + 240    width 3; normalised, rectifier
    pool4     120 x 15
    flatten   1,800                         channel by channel
    dense1    256          461,056 + 512    normalised, rectifier, dropout 0.4
    dense2    256           65,792 + 512    normalised, rectifier, dropout 0.4
    output    2                      514    one value a target

Zeros on both ends keep every convolution's length (one more on the right where the width is even, as in Keras); a pool
drops a last odd position. Normalisation is Keras's: epsilon 0.001, and running values move by 0.01 a batch (Keras calls
that a momentum of 0.99, what is kept; torch's momentum is what is taken). Weights start as Keras starts them (Glorot).

What differs from the paper's code: its two heads of one unit each are here the two rows of one layer, which is the same
function, so that there may be any number of targets. Keras flattens position by position, we do channel by channel:
official weights of ``dense1`` need their inputs put in our order. Rows of the sequence are A, C, G, T in both, and an
unknown letter is an all-zero column. ``both_strands`` averages scores; it is off by default, as the published network
reads one strand. Padding of shorter sequences reads as unknown letters. ``small`` lets the running values move by 0.1 a
batch: few sequences make few batches, and in use the network would still normalise by what its untrained layers put
out.
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._layers import StrandsAveraged, require_length, same_length, start_as_keras
from seqdl_core.sequences.alphabets import DNA

_EPS = 1e-3


class DeepStarrConfig(Config):
    filters: int = Field(256, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        7, ge=3, le=63, title="Filter width", description="Positions that a filter of the first layer spans."
    )
    channels: int = Field(
        60,
        ge=4,
        le=1024,
        title="Channels",
        description="Width of the second and third convolution; the fourth has twice.",
    )
    hidden: int = Field(
        256, ge=4, le=4096, title="Hidden units", description="Units in each of the two layers before the scores."
    )
    dropout: float = Field(
        0.4, ge=0, le=0.9, title="Dropout", description="Share of hidden units forgotten in each step."
    )
    norm_momentum: float = Field(
        0.01,
        gt=0,
        le=1,
        title="Pace of normalisation",
        description="How far each batch moves the running means and variances that are used after training.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False, title="Both strands",
        description="Averages both strands of DNA in use; the published network reads one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


def positions(length: int) -> int:
    """How many positions the fourth pool puts out for a sequence of L letters."""
    return length // 16


class DeepStarr(StrandsAveraged):
    def __init__(self, config: DeepStarrConfig, shape: InputShape) -> None:
        super().__init__(shape, both_strands=config.both_strands)
        self.filter_width = config.filter_width
        self.scan_offset = (config.filter_width - 1) // 2
        self.conv1 = nn.Conv1d(shape.letters, config.filters, config.filter_width)
        self.norm1 = nn.BatchNorm1d(config.filters, _EPS, config.norm_momentum)
        self.pool1 = nn.MaxPool1d(2)
        self.conv2 = nn.Conv1d(config.filters, config.channels, 3)
        self.norm2 = nn.BatchNorm1d(config.channels, _EPS, config.norm_momentum)
        self.pool2 = nn.MaxPool1d(2)
        self.conv3 = nn.Conv1d(config.channels, config.channels, 5)
        self.norm3 = nn.BatchNorm1d(config.channels, _EPS, config.norm_momentum)
        self.pool3 = nn.MaxPool1d(2)
        self.conv4 = nn.Conv1d(config.channels, 2 * config.channels, 3)
        self.norm4 = nn.BatchNorm1d(2 * config.channels, _EPS, config.norm_momentum)
        self.pool4 = nn.MaxPool1d(2)
        self.dense1 = nn.Linear(2 * config.channels * positions(shape.length), config.hidden)
        self.norm5 = nn.BatchNorm1d(config.hidden, _EPS, config.norm_momentum)
        self.dropout1 = nn.Dropout(config.dropout)
        self.dense2 = nn.Linear(config.hidden, config.hidden)
        self.norm6 = nn.BatchNorm1d(config.hidden, _EPS, config.norm_momentum)
        self.dropout2 = nn.Dropout(config.dropout)
        self.output = nn.Linear(config.hidden, shape.targets)
        start_as_keras(self)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = self.pool1(torch.relu(self.scan(one_hot)))
        features = self.pool2(torch.relu(self.norm2(same_length(self.conv2, features))))
        features = self.pool3(torch.relu(self.norm3(same_length(self.conv3, features))))
        features = self.pool4(torch.relu(self.norm4(same_length(self.conv4, features))))
        hidden = self.dropout1(torch.relu(self.norm5(self.dense1(torch.flatten(features, 1)))))
        hidden = self.dropout2(torch.relu(self.norm6(self.dense2(hidden))))
        score: Tensor = self.output(hidden)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.norm1(same_length(self.conv1, one_hot))
        return answers


def _check(config: DeepStarrConfig, shape: InputShape) -> None:
    require_length("deepstarr", shape, positions)


ARCHITECTURE = Architecture(
    name="deepstarr",
    summary="Four small convolutions and two dense layers; made for measured enhancer activity in 249 bp.",
    config=DeepStarrConfig,
    build=DeepStarr,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna"),
    source="de Almeida et al. 2022, doi 10.1038/s41588-022-01048-5",
    year=2022,
    published=InputShape(DNA, 249, 2),
    presets={"small": DeepStarrConfig(filters=64, channels=32, hidden=64, norm_momentum=0.1)},
    fits=_check,
)
