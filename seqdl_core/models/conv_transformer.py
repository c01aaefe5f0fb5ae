"""Motif scanners, pooling, then a Transformer: motifs first, then how they stand together over any distance.

Our own design, in the line of Enformer (Avsec et al. 2021, doi 10.1038/s41592-021-01252-x) in small:

    step      shape        what happens
    scan      (N, F, L)    wide filters learn motifs; normalised
    pool      (N, F, P)    GELU, then the best of every few positions, so that attention costs P^2 instead of L^2
    combine   (N, D, P)    a convolution 5 wide, normalised, GELU: motifs next to each other
    layers    (N, D, P)    attention, then a dense part: 12 D^2 + 13 D parameters a layer (:mod:`._attention`)
    head      as asked     see :mod:`seqdl_core.models._heads`; padding takes no part

Where every position or pair has a score of its own, nothing is pooled. Pooled padding is set to zero before every
convolution, so that a sequence scores the same however much padding stands behind it.
"""

from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import gelu

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, AttentionNetwork, FilterNetwork, InputShape
from seqdl_core.models._attention import POSITION_WORDS, Positions, TransformerStack, check_heads
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import average_strands, known_positions, pool_known

_COMBINED = 5


class ConvTransformerConfig(Config):
    filters: int = Field(64, ge=4, le=1024, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        15, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect."
    )
    pool: int = Field(
        4, ge=1, le=256, title="Pooling", description="Positions merged before attention.",
        json_schema_extra={"counts": {"output": ["sequence", "bins"]}},
    )  # fmt: skip
    width: int = Field(128, ge=8, le=2048, title="Width", description="Numbers that stand for each pooled position.")
    layers: int = Field(4, ge=1, le=48, title="Layers", description="Rounds of looking at all other positions.")
    heads: int = Field(
        8, ge=1, le=64, title="Heads", description="Kinds of partners that a position can look for in one layer."
    )
    positions: Positions = Field(
        "rotary",
        title="Positions",
        description="What attention knows: how far apart two places are, or where each of them stands.",
        json_schema_extra=POSITION_WORDS,
    )
    hidden: int = Field(
        64, ge=0, le=4096, title="Hidden units", description="Units between the evidence and the score; 0 for none.",
        json_schema_extra={"counts": {"output": ["sequence", "positions", "letters", "bins"]}},
    )  # fmt: skip
    dropout: float = Field(
        0.1, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )
    both_strands: bool = Field(
        True, title="Both strands", description="Averages both strands of DNA. RNA and proteins have one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


class ConvTransformer(FilterNetwork, AttentionNetwork):
    ignores_padding = True
    strands_alike = True

    def __init__(self, config: ConvTransformerConfig, shape: InputShape) -> None:
        super().__init__()
        self.shape, self.pooled = shape, _pool(config, shape)
        self.filter_width, self.scan_offset = config.filter_width, config.filter_width // 2
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.filters = nn.Conv1d(
            shape.letters, config.filters, config.filter_width, padding=config.filter_width // 2, bias=False
        )
        self.norm = nn.BatchNorm1d(config.filters)
        self.pool = nn.MaxPool1d(self.pooled, ceil_mode=True)
        self.combine = nn.Conv1d(config.filters, config.width, _COMBINED, padding=_COMBINED // 2, bias=False)
        self.combine_norm = nn.BatchNorm1d(config.width)
        self.stack = TransformerStack(
            config.width, config.heads, config.layers, config.dropout, config.positions, -(-shape.length // self.pooled)
        )
        self.margin = 0 if shape.output == "positions" else None
        self.head = make_head(shape, config.width, config.hidden, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.both_strands and not self.training:
            return average_strands(self.one_strand, one_hot, self.shape)
        return self.one_strand(one_hot)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """The score of one strand."""
        features, within = self._motifs(one_hot)
        score: Tensor = self.head(self.stack(features, within), within)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        # An even width puts out one place too many; the last hangs over the end.
        answers: Tensor = self.norm(self.filters(one_hot))[..., : one_hot.shape[-1]]
        return answers

    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H P P"], ...]:
        return self.stack.attention(*self._motifs(one_hot))

    def _motifs(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N D P"], Bool[Tensor, "N P"]]:
        within = known_positions(one_hot)
        # The lowest value of GELU is about -0.17: padding must lose against it, as a place that is not there.
        found = gelu(self.scan(one_hot)).masked_fill(~within[:, None], -1)
        pooled = pool_known(within, self.pooled)
        found = self.pool(found) * pooled[:, None]
        return gelu(self.combine_norm(self.combine(found))), pooled


def _pool(config: ConvTransformerConfig, shape: InputShape) -> int:
    return config.pool if shape.output in ("sequence", "bins") else 1


def _check(config: ConvTransformerConfig, shape: InputShape) -> None:
    check_heads(config.width, config.heads, config.positions)
    merged = _pool(config, shape)
    if shape.bins and merged * shape.bins > shape.length:
        raise ConfigError(
            f"Pooling merges {merged} positions, which is more than a bin of {shape.length // shape.bins} holds.",
            where="pool",
            fix="Pool less or use wider bins.",
        )


ARCHITECTURE = Architecture(
    name="conv_transformer",
    summary="Finds motifs, then lets every place look at every other one; for longer sequences.",
    config=ConvTransformerConfig,
    build=ConvTransformer,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    presets={"small": ConvTransformerConfig(filters=32, width=32, layers=2, heads=4, hidden=32)},
    fits=_check,
)
