"""A contact map from one sequence: which pairs of positions touch in the folded molecule.

Our own network, in the line of residual contact predictors (Wang et al. 2017, doi 10.1371/journal.pcbi.1005324),
without the alignments that these read beside the sequence:

    step       shape            what happens
    front      (N, D, L)        a convolution 7 letters wide
    trunk      (N, D, L)        LSTMs in both directions, or layers of attention: each position learns of all others
    pairs      (N, C, L, L)     outer concatenation: features of i, features of j, how far apart they are
    blocks     (N, C, L, L)     residual 3 x 3 convolutions, dilated 1, 2, 4, 1, ...: contacts come along diagonals
    score      (N, T, L, L)     one logit a pair, the mean of (i, j) and (j, i), so the map is symmetric

Padding takes no part: a sequence gets the same map in a longer window. A single sequence says far less about contacts
than an alignment or a protein language model does; ``esm2`` has the task too. Time and memory grow with L^2.
"""

from typing import Any

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.models._layers import known_positions
from seqdl_core.models._pairs import PairGrid, PairTrunk, TrunkKind, check_trunk

_ADVANCED: dict[str, Any] = {"advanced": True}


class ContactMapConfig(Config):
    trunk: TrunkKind = Field(
        "lstm", title="Trunk", description="How positions learn of each other: step by step (LSTM) or all at once."
    )
    width: int = Field(128, ge=8, le=2048, title="Width", description="Numbers that describe a position.")
    layers: int = Field(2, ge=1, le=24, title="Layers", description="LSTMs or layers of attention in the trunk.")
    heads: int = Field(
        8,
        ge=1,
        le=64,
        title="Heads",
        description="Partners a position can look for at once; only attention has them.",
        json_schema_extra={**_ADVANCED, "counts": {"trunk": ["transformer"]}},
    )
    pair_channels: int = Field(
        48, ge=4, le=512, title="Pair channels", description="Numbers that describe a pair of positions; costs memory."
    )
    pair_blocks: int = Field(
        8, ge=0, le=64, title="Pair blocks", description="Convolutions over the map; each lets pairs see farther."
    )
    dropout: float = Field(
        0.1, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )


class ContactMap(SequenceNetwork):
    ignores_padding = True

    def __init__(self, config: ContactMapConfig, shape: InputShape) -> None:
        super().__init__()
        self.trunk = PairTrunk(config.trunk, shape, config.width, config.layers, config.heads, config.dropout)
        self.grid = PairGrid(config.width, config.pair_channels, config.pair_blocks, shape.targets, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T L L"]:
        within = known_positions(one_hot)
        scores: Tensor = self.grid(self.trunk(one_hot, within), within)
        return scores


def _check(config: ContactMapConfig, shape: InputShape) -> None:
    check_trunk(config.trunk, config.width, config.heads)


ARCHITECTURE = Architecture(
    name="contact_map",
    summary="Which pairs of positions touch: a trunk along the sequence, then convolutions over all pairs.",
    config=ContactMapConfig,
    build=ContactMap,
    tasks=("contacts",),
    alphabets=("protein", "rna", "dna"),
    source="SeqDL",
    presets={"small": ContactMapConfig(width=48, layers=1, heads=4, pair_channels=16, pair_blocks=3)},
    fits=_check,
)
