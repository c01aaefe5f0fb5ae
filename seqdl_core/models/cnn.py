"""A small modern convolutional network for regulatory sequence: the one to start with.

Our own design, in the line of DeepBind (motif scanners), Basset (pooling and deeper convolutions) and later practice
(batch normalisation, residual blocks, both strands averaged):

    step       what happens
    scan       wide filters learn motifs
    pool       the best place in every few positions; keeps the filters from learning halves of motifs
    blocks     narrower convolutions on top of each other learn how motifs stand together
    gather     the best place and the mean of every channel, so that a site counts wherever it lies
    dense      one hidden layer, then the score

In use, the score of DNA is the mean of both strands' scores, so a sequence and its reverse complement always agree.
While training, each sequence is shown on one strand (the training loop picks it at random).
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._layers import other_strand


class CnnConfig(Config):
    filters: int = Field(64, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        15, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect."
    )
    pool: int = Field(2, ge=1, le=16, title="Pooling", description="Positions merged after the first layer.")
    channels: int = Field(64, ge=4, le=1024, title="Channels", description="Width of the layers that combine motifs.")
    blocks: int = Field(2, ge=0, le=8, title="Blocks", description="Layers that combine motifs; each widens the view.")
    hidden: int = Field(
        64, ge=4, le=4096, title="Hidden units", description="Units between the gathered evidence and the score."
    )
    dropout: float = Field(
        0.3, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )
    both_strands: bool = Field(
        True, title="Both strands", description="Averages both strands of DNA. RNA and proteins have one."
    )


class Cnn(FilterNetwork):
    def __init__(self, config: CnnConfig, shape: InputShape) -> None:
        super().__init__()
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width // 2
        self.both_strands = config.both_strands and shape.alphabet.double_stranded
        self.filters = nn.Conv1d(
            shape.letters, config.filters, config.filter_width, padding=config.filter_width // 2, bias=False
        )
        self.norm = nn.BatchNorm1d(config.filters)
        self.pool = nn.MaxPool1d(config.pool, ceil_mode=True)
        blocks, width = [], config.filters
        for index in range(config.blocks):
            kernel = 7 if index == 0 else 5
            blocks += [
                nn.Dropout(config.dropout / 2),
                nn.Conv1d(width, config.channels, kernel, padding=kernel // 2, bias=False),
                nn.BatchNorm1d(config.channels),
                nn.ReLU(),
                nn.MaxPool1d(2, ceil_mode=True) if index + 1 < config.blocks else nn.Identity(),
            ]
            width = config.channels
        self.blocks = nn.Sequential(*blocks)
        self.dense = nn.Sequential(
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, config.hidden),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, shape.targets),
        )

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        score = self.one_strand(one_hot)
        if self.training or not self.both_strands:
            return score
        return (score + self.one_strand(other_strand(one_hot))) / 2

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = self.blocks(self.pool(torch.relu(self.scan(one_hot))))
        gathered = torch.cat([features.amax(-1), features.mean(-1)], 1)
        score: Tensor = self.dense(gathered)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.norm(self.filters(one_hot))
        return answers


ARCHITECTURE = Architecture(
    name="cnn",
    summary="Three convolutions; finds motifs and how they stand together.",
    config=CnnConfig,
    build=Cnn,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    recommended=True,
)
