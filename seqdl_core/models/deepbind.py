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
Padding of shorter sequences takes no part: only places that hold a letter count, of n letters n+m-1.

The authors' scorer of release 0.11 slides a window of int(1.5 m) letters along longer sequences, scores each window by
itself, with unknown letters on both ends, and reports the best; then it takes the larger of both strands. ``windows``
does so: then the best sites of several detectors must lie in one window to add up. Unknown letters inside a window are
letters of it.

Detectors that start from motifs, cannot be negative, or read GC content and position are ours, and off by default.
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, conv1d, max_pool1d, pad

from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._layers import both_strands, fill_unknown, known_span, pad_unknown, pool_any, whole_rows
from seqdl_core.models._scanner import Scanner, ScannerConfig, best_answers, check_scanner, further_rows
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
        True, title="Both strands", description="Takes the better strand of DNA. RNA and proteins have one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip
    windows: bool = Field(
        False,
        title="Score windows",
        description="Scores every stretch of one and a half filter widths and takes the best, as the authors' scorer.",
        json_schema_extra={"advanced": True},
    )
    dropout: float = Field(
        0.0, ge=0, le=0.9, title="Dropout", description="Share of pooled values hidden in each step; curbs memorising."
    )


class DeepBind(FilterNetwork):
    ignores_padding = True
    strands_alike = True

    def __init__(self, config: DeepBindConfig, shape: InputShape) -> None:
        super().__init__()
        self.shape = shape
        self.filter_width = config.filter_width
        self.window = int(1.5 * config.filter_width) if config.windows else shape.length
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
        if not self.both_strands:
            return self.one_strand(one_hot)
        return torch.maximum(*both_strands(self.one_strand, one_hot, self.shape))

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        if self.training and not self.average_pool and one_hot.shape[-1] <= self.window and whole_rows(one_hot):
            # The same value; only the best places are remembered and learn, which is all that the maximum lets through.
            best = torch.relu(best_answers(self._rows(one_hot), self.detectors.filters(), self.detectors.bias))
            return self._score(best, best)
        scanned = torch.relu(self.scan(one_hot))
        places: int | Tensor = scanned.shape[-1]
        if not whole_rows(one_hot):
            reached = pool_any(pad(known_span(one_hot), (self.scan_offset, self.scan_offset)), self.filter_width, 1)
            scanned, places = scanned * reached[:, None], reached.sum(-1, keepdim=True)
        best = scanned.amax(-1)
        once = self._score(best, scanned.sum(-1) / places if self.average_pool else best)
        return once if one_hot.shape[-1] <= self.window else self._best_window(one_hot, once)

    def _score(self, best: Float[Tensor, "... F"], mean: Float[Tensor, "... F"]) -> Float[Tensor, "... T"]:
        pooled = torch.stack([best, mean], -1).flatten(-2) if self.average_pool else best
        score: Tensor = self.vote(self.dropout(pooled))
        return score

    def _best_window(self, one_hot: Float[Tensor, "N A L"], once: Float[Tensor, "N T"]) -> Float[Tensor, "N T"]:
        """The best window of known letters; ``once`` for sequences that are no longer than one.

        Places inside a window are those of the whole sequence. Over either edge, a detector answers with its columns
        that are inside and, for those outside, the mean of their weights.
        """
        letters, weight = fill_unknown(one_hot), self.detectors.filters()
        bias, unknown = self.detectors.get_parameter("bias"), weight.mean(1)
        width, starts, inside = self.filter_width, one_hot.shape[-1] - self.window + 1, self.window - self.scan_offset
        answers = torch.relu(conv1d(letters, weight, bias))
        best, total = max_pool1d(answers, inside, 1), avg_pool1d(answers, inside, 1) * inside
        for shown in range(1, width):
            left = conv1d(letters, weight[..., -shown:], bias + unknown[:, :-shown].sum(1))[..., :starts]
            right = conv1d(letters, weight[..., :shown], bias + unknown[:, shown:].sum(1))[..., self.window - shown :]
            for answers in (torch.relu(left), torch.relu(right)):
                best, total = torch.maximum(best, answers), total + answers
        mean = total / (self.window + self.scan_offset)
        scores = self._score(best.transpose(1, 2), mean.transpose(1, 2))
        known = known_span(one_hot)
        whole = known[:, :starts] & known[:, self.window - 1 :]
        highest = scores.masked_fill(~whole[..., None], -torch.inf).amax(1)
        return torch.where(whole.any(1, keepdim=True), highest, once)

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.detectors(self._rows(one_hot))
        return answers

    def _rows(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N C M"]:
        """What the detectors read: letters and further rows, M = L + 2(m-1)."""
        rows = pad_unknown(fill_unknown(one_hot), self.scan_offset)
        if self.config.further_rows:
            further = pad(further_rows(self.config, one_hot), (self.scan_offset, self.scan_offset))
            rows = torch.cat([rows, further], 1)
        return rows


def _check(config: DeepBindConfig, shape: InputShape) -> None:
    check_scanner(config, shape, config.filters)
    if config.windows and config.further_rows:
        raise ConfigError(
            "Windows are scored by their letters alone.",
            where="windows",
            fix="Leave out windows, or GC content and position.",
        )


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
    fits=_check,
)
