"""DeepBind: one layer of motif scanners, the best site of either strand decides.

Alipanahi, Delong, Weirauch & Frey, "Predicting the sequence specificities of DNA- and RNA-binding proteins by deep
learning", Nature Biotechnology 33:831 (2015), doi 10.1038/nbt.3300. The layer table follows the authors' released code:

    step       shape              what happens
    pad        (N, A, L+2(m-1))   m-1 unknown letters (0.25 each) on both ends, so that a site may hang over the edge
    scan       (N, d, L+m-1)      cross-correlation with d detectors of width m, plus one threshold each
    rectify    (N, d, L+m-1)      negative evidence is dropped
    pool       (N, d) or (N, 2d)  the best place of each detector; RNA models add the mean (max0, avg0, max1, avg1, ...)
    dense      (N, 1)             a weighted vote, or 32 hidden units first
    strand     (N, 1)             DNA: the larger of both strands' scores; only the winning strand learns

With 16 detectors of width 24 and no hidden layer these are 1,569 parameters. The score is the raw value, before the
logistic function. Dropout here scales while training; the original scales at test time instead, which is equivalent.
Detectors that start from motifs, cannot be negative, or read GC content and position are ours, and off by default.
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._layers import fill_unknown, other_strand, pad_unknown
from seqdl_core.models._scanner import Scanner, ScannerConfig, check_scanner, further_rows
from seqdl_core.sequences.alphabets import DNA


class DeepBindConfig(ScannerConfig):
    filters: int = Field(
        16, ge=1, le=1024, title="Filters", description="How many motifs the scanner may learn (detectors)."
    )
    filter_width: int = Field(
        24, ge=3, le=64, title="Filter width", description="About one and a half times the longest motif expected."
    )
    hidden: int = Field(
        0,
        ge=0,
        le=1024,
        title="Hidden units",
        description="Units between the scanners and the score; 0 for a plain vote.",
    )
    average_pool: bool = Field(
        False, title="Average pooling", description="Adds each filter's mean to its maximum, as for RNA in the paper."
    )
    both_strands: bool = Field(
        True, title="Both strands", description="Takes the better strand of DNA. RNA and proteins have one."
    )
    dropout: float = Field(
        0.0, ge=0, le=0.9, title="Dropout", description="Share of pooled values hidden in each step; curbs memorising."
    )


class DeepBind(FilterNetwork):
    def __init__(self, config: DeepBindConfig, shape: InputShape) -> None:
        super().__init__()
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width - 1
        self.average_pool = config.average_pool
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.config = config
        self.detectors = Scanner(config, shape, config.filters, config.filter_width)
        self.dropout = nn.Dropout(config.dropout)
        pooled = config.filters * (2 if config.average_pool else 1)
        self.vote = (
            nn.Sequential(nn.Linear(pooled, config.hidden), nn.ReLU(), nn.Linear(config.hidden, shape.targets))
            if config.hidden
            else nn.Linear(pooled, shape.targets)
        )

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        forward_score = self.one_strand(one_hot)
        if not self.both_strands:
            return forward_score
        return torch.maximum(forward_score, self.one_strand(other_strand(one_hot)))

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        scanned = torch.relu(self.scan(one_hot))
        best = scanned.amax(-1)
        pooled = torch.stack([best, scanned.mean(-1)], -1).flatten(1) if self.average_pool else best
        score: Tensor = self.vote(self.dropout(pooled))
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        rows = pad_unknown(fill_unknown(one_hot), self.scan_offset)
        if self.config.further_rows:
            further = pad(further_rows(self.config, one_hot), (self.scan_offset, self.scan_offset))
            rows = torch.cat([rows, further], 1)
        answers: Tensor = self.detectors(rows)
        return answers


def _check(config: DeepBindConfig, shape: InputShape) -> None:
    check_scanner(config, shape, config.filters)


ARCHITECTURE = Architecture(
    name="deepbind",
    summary="One layer of motif scanners; the best site decides, in DNA that of either strand.",
    config=DeepBindConfig,
    build=DeepBind,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna", "protein"),
    source="Alipanahi et al. 2015, doi 10.1038/nbt.3300",
    year=2015,
    published=InputShape(DNA, 101),
    check=_check,
)
