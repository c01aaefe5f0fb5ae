"""A Transformer over letters: every position looks at every other one. Our own design after common practice:

    step      shape        what happens
    embed     (N, L, D)    each letter becomes a vector of D numbers; an unknown letter only the bias
    place     (N, L, D)    where it stands: sinusoidal, learned, or rotary (inside the layers)
    layers    (N, L, D)    attention, then a dense part, each behind a norm: 12 D^2 + 13 D parameters a layer
    head      as asked     see :mod:`seqdl_core.models._heads`; padding takes no part

A letter alone says little, and attention costs L^2: up to some hundred letters, proteins above all, this is a good
choice; for longer DNA take ``conv_transformer``, which first finds motifs. The layers: :mod:`._attention`.
"""

from typing import Any

from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, AttentionNetwork, InputShape
from seqdl_core.models._attention import POSITION_WORDS, Positions, TransformerStack, check_heads
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import average_strands, known_positions

_ADVANCED: dict[str, Any] = {"advanced": True}


class TransformerConfig(Config):
    width: int = Field(128, ge=8, le=2048, title="Width", description="Numbers that stand for each position.")
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


class Transformer(AttentionNetwork):
    ignores_padding = True
    strands_alike = True

    def __init__(self, config: TransformerConfig, shape: InputShape) -> None:
        super().__init__()
        self.shape = shape
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.embed = nn.Linear(shape.letters, config.width)
        self.stack = TransformerStack(
            config.width, config.heads, config.layers, config.dropout, config.positions, shape.length
        )
        self.margin = 0 if shape.output == "positions" else None
        self.head = make_head(shape, config.width, config.hidden, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.both_strands and not self.training:
            return average_strands(self.one_strand, one_hot, self.shape)
        return self.one_strand(one_hot)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """The score of one strand."""
        within = known_positions(one_hot)
        score: Tensor = self.head(self.stack(self._letters(one_hot), within), within)
        return score

    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H P P"], ...]:
        return self.stack.attention(self._letters(one_hot), known_positions(one_hot))

    def _letters(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N D L"]:
        letters: Tensor = self.embed(one_hot.transpose(1, 2))
        return letters.transpose(1, 2)


def _check(config: TransformerConfig, shape: InputShape) -> None:
    check_heads(config.width, config.heads, config.positions)


ARCHITECTURE = Architecture(
    name="transformer",
    summary="Every position looks at every other one; for proteins and short sequences.",
    config=TransformerConfig,
    build=Transformer,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    presets={"small": TransformerConfig(width=32, layers=2, heads=4, hidden=32)},
    fits=_check,
)
