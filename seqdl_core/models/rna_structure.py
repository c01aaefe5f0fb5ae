"""RNA secondary structure from one sequence: which bases pair (``residues``), or which pairs they form (``contacts``).

Our own network, in the line of SPOT-RNA (Singh et al. 2019, doi 10.1038/s41467-019-13395-9) and UFold (Fu et al. 2022,
doi 10.1093/nar/gkab1074): features along the sequence, then convolutions over all pairs.

    step       shape            what happens
    front      (N, D, L)        a convolution 7 bases wide
    trunk      (N, D, L)        LSTMs in both directions, or layers of attention
    residues   (N, T, L)        a score for each base and class, such as unpaired and paired
    pairs      (N, C, L, L)     features of i and j, how far apart they are, and whether they are A-U, C-G or G-U
    blocks     (N, C, L, L)     residual 3 x 3 convolutions, dilated 1, 2, 4, 1, ...: a stem is a run on a diagonal
    score      (N, T, L, L)     one logit a pair, the mean of (i, j) and (j, i), so the matrix is symmetric

Some pairs are never offered. Their logit is -10 (1 in 22,000), whatever the weights are, and nothing is learned there:
- partners fewer than four apart (|i - j| <= 3), because a hairpin's loop needs three bases to turn;
- partners other than A-U, C-G and the wobble G-U (in DNA A-T, C-G, G-T). Real structures hold some others;
  with ``only_stable_pairs`` off they can be learned;
- padding. An unknown base may be any, so it may pair.

Pairs are scored one by one: that a base has one partner at most is learned, not enforced, and pseudoknots are allowed.
DNA is read as a single strand. Padding takes no part. Time and memory grow with L^2 for pairs.
"""

from typing import Any

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import fill_unknown, known_positions
from seqdl_core.models._pairs import PairGrid, PairTrunk, TrunkKind, check_trunk

NEVER = -10.0
"""The logit of a pair that cannot be."""

LOOP = 3
"""Fewest bases between two partners."""

_PARTNERS = ((0, 3), (1, 2), (2, 3))
"""A-U, C-G, G-U in the order ACGU."""

_ADVANCED: dict[str, Any] = {"advanced": True}


class RnaStructureConfig(Config):
    trunk: TrunkKind = Field(
        "lstm", title="Trunk", description="How bases learn of each other: step by step (LSTM) or all at once."
    )
    width: int = Field(128, ge=8, le=2048, title="Width", description="Numbers that describe a base.")
    layers: int = Field(2, ge=1, le=24, title="Layers", description="LSTMs or layers of attention in the trunk.")
    heads: int = Field(
        8,
        ge=1,
        le=64,
        title="Heads",
        description="Partners a base can look for at once; only attention has them.",
        json_schema_extra={**_ADVANCED, "counts": {"trunk": ["transformer"]}},
    )
    pair_channels: int = Field(
        48, ge=4, le=512, title="Pair channels", description="Numbers that describe a pair of bases; costs memory.",
        json_schema_extra={"counts": {"output": ["pairs"]}},
    )  # fmt: skip
    pair_blocks: int = Field(
        8, ge=0, le=64, title="Pair blocks", description="Convolutions over the matrix; long stems need several.",
        json_schema_extra={"counts": {"output": ["pairs"]}},
    )  # fmt: skip
    only_stable_pairs: bool = Field(
        True,
        title="Only stable pairs",
        description="Offers A-U, C-G and G-U alone. Off: any two bases may pair.",
        json_schema_extra={"counts": {"output": ["pairs"]}},
    )
    hidden: int = Field(
        64,
        ge=0,
        le=4096,
        title="Hidden units",
        description="Units between a base and its class; 0 for none.",
        json_schema_extra={"counts": {"output": ["positions"]}},
    )
    dropout: float = Field(
        0.1, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )


class RnaStructure(SequenceNetwork):
    ignores_padding = True

    def __init__(self, config: RnaStructureConfig, shape: InputShape) -> None:
        super().__init__()
        self.only_stable_pairs = config.only_stable_pairs
        self.trunk = PairTrunk(config.trunk, shape, config.width, config.layers, config.heads, config.dropout)
        self.grid, self.head = None, None
        if shape.output == "pairs":
            self.grid = PairGrid(
                config.width,
                config.pair_channels,
                config.pair_blocks,
                shape.targets,
                config.dropout,
                known=len(_PARTNERS),
            )
        else:
            self.head = make_head(shape, config.width, config.hidden, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        within = known_positions(one_hot)
        features = self.trunk(one_hot, within)
        if self.grid is None:
            assert self.head is not None
            classes: Tensor = self.head(features, within)
            return classes
        partners = _partners(one_hot, within)
        offered = _far_enough(within)
        if self.only_stable_pairs:
            offered = offered & (partners.detach().sum(1) > 0)
        scores: Tensor = self.grid(features, within, partners)
        return torch.where(offered[:, None], scores, NEVER)


def _partners(one_hot: Float[Tensor, "N A L"], within: Bool[Tensor, "N L"]) -> Float[Tensor, "N 3 L L"]:
    """How far two bases are A-U, C-G and G-U: 1 or 0, and a share where a base is unknown."""
    bases = fill_unknown(one_hot) * within[:, None]
    each = [bases[:, a, :, None] * bases[:, b, None, :] for a, b in _PARTNERS]
    return torch.stack([one + one.transpose(-1, -2) for one in each], 1)


def _far_enough(within: Bool[Tensor, "N L"]) -> Bool[Tensor, "N L L"]:
    """Which pairs leave room for a loop; none of padding."""
    place = torch.arange(within.shape[-1], device=within.device)
    apart = (place[:, None] - place[None, :]).abs() > LOOP
    return within[:, :, None] & within[:, None, :] & apart


def _check(config: RnaStructureConfig, shape: InputShape) -> None:
    check_trunk(config.trunk, config.width, config.heads)
    if shape.output == "pairs" and shape.length < LOOP + 2:
        raise ConfigError(
            f"No two of {shape.length} bases can pair: a loop of {LOOP} has no room between them.",
            where=f"rna_structure on {shape.length} bases",
            fix=f"Bring sequences of at least {LOOP + 2} bases.",
        )


ARCHITECTURE = Architecture(
    name="rna_structure",
    summary="Which bases of an RNA pair, one by one or as a matrix of all pairs.",
    config=RnaStructureConfig,
    build=RnaStructure,
    tasks=("residues", "contacts"),
    alphabets=("rna", "dna"),
    source="SeqDL",
    presets={"small": RnaStructureConfig(width=48, layers=1, heads=4, pair_channels=16, pair_blocks=3, hidden=32)},
    fits=_check,
)
