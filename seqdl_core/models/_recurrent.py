"""What ``lstm`` and ``gru`` share: everything but the cell. Our own, in the line of DanQ (doi 10.1093/nar/gkw226):

    step      shape         what happens
    scan      (N, F, L)     wide filters learn motifs; left out with 0 filters, then the cells read letters
    pool      (N, F, P)     the best of every few positions; left out where every position or pair has a score
    read      (N, 2H, P)    cells read the row from both ends and remember; each layer reads what the last one wrote
    head      as asked      see :mod:`seqdl_core.models._heads`; padding takes no part

Padding stands at the end. Whoever reads forwards meets it last; the other direction starts at each sequence's own last
letter. So a sequence scores the same however much padding stands behind it.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import InputShape, SequenceNetwork
from seqdl_core.models._heads import make_head
from seqdl_core.models._layers import average_strands, known_positions, pool_known, turn_within

Cell = Callable[[int, int], nn.Module]
"""Makes torch's layer of one direction from the width D of what it reads and H; it reads ``(N, P, D)``."""


class RecurrentConfig(Config):
    units: int = Field(64, ge=4, le=2048, title="Units", description="Numbers that each direction remembers.")
    layers: int = Field(1, ge=1, le=8, title="Layers", description="Each reads what the one before it wrote.")
    bidirectional: bool = Field(True, title="Both directions", description="Reads from the end as well as the start.")
    filters: int = Field(
        64, ge=0, le=1024, title="Filters", description="Motifs found before reading; 0 to read the letters themselves."
    )
    filter_width: int = Field(
        15, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect.",
        json_schema_extra={"counts": {"filters": 1}},
    )  # fmt: skip
    pool: int = Field(
        4,
        ge=1,
        le=64,
        title="Pooling",
        description="Positions merged after the filters; reading is slow, so merge some.",
        json_schema_extra={"counts": {"filters": 1, "output": ["sequence", "bins"]}},
    )
    hidden: int = Field(
        64, ge=0, le=4096, title="Hidden units", description="Units between the evidence and the score; 0 for none.",
        json_schema_extra={"counts": {"output": ["sequence", "positions", "letters", "bins"]}},
    )  # fmt: skip
    dropout: float = Field(
        0.2, ge=0, le=0.9, title="Dropout", description="Share of units forgotten in each step; curbs memorising."
    )
    both_strands: bool = Field(
        True, title="Both strands", description="Averages both strands of DNA. RNA and proteins have one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


class RecurrentNetwork(SequenceNetwork):
    ignores_padding = True
    strands_alike = True

    def __init__(self, config: RecurrentConfig, shape: InputShape, cell: Cell) -> None:
        super().__init__()
        self.shape, self.pooled = shape, _pool(config, shape)
        self.both_strands = config.both_strands and shape.alphabet.both_ways
        self.bidirectional = config.bidirectional
        self.margin = 0 if shape.output == "positions" else None
        self.front = _Front(config, shape.letters, self.pooled) if config.filters else None
        width = config.filters or shape.letters
        self.forwards, self.backwards = nn.ModuleList(), nn.ModuleList()
        for _ in range(config.layers):
            self.forwards.append(cell(width, config.units))
            if config.bidirectional:
                self.backwards.append(cell(width, config.units))
            width = config.units * (2 if config.bidirectional else 1)
        self.dropout = nn.Dropout(config.dropout)
        self.head = make_head(shape, width, config.hidden, config.dropout)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.both_strands and not self.training:
            return average_strands(self.one_strand, one_hot, self.shape)
        return self.one_strand(one_hot)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """The score of one strand."""
        within, features = known_positions(one_hot), one_hot
        if self.front is not None:
            features, within = self.front(one_hot, within), pool_known(within, self.pooled)
        for number in range(len(self.forwards)):
            features = self._read(number, self.dropout(features) if number else features, within)
        score: Tensor = self.head(features, within)
        return score

    def _read(
        self, number: int, features: Float[Tensor, "N D P"], within: Bool[Tensor, "N P"]
    ) -> Float[Tensor, "N H P"]:
        read: Tensor = self.forwards[number](features.transpose(1, 2))[0].transpose(1, 2)
        if not self.bidirectional:
            return read
        turned = turn_within(features, within)
        other: Tensor = self.backwards[number](turned.transpose(1, 2))[0].transpose(1, 2)
        return torch.cat([read, turn_within(other, within)], 1)


class _Front(nn.Module):
    """Filters, norm, rectifier and pool; what is padding is 0, which never is the best."""

    def __init__(self, config: RecurrentConfig, letters: int, pool: int) -> None:
        super().__init__()
        self.filters = nn.Conv1d(letters, config.filters, config.filter_width, bias=False)
        self.norm = nn.BatchNorm1d(config.filters)
        self.pool = nn.MaxPool1d(pool, ceil_mode=True)
        self.ends = ((config.filter_width - 1) // 2, config.filter_width // 2)

    def forward(self, one_hot: Float[Tensor, "N A L"], within: Bool[Tensor, "N L"]) -> Float[Tensor, "N F P"]:
        found = torch.relu(self.norm(self.filters(nn.functional.pad(one_hot, self.ends))))
        pooled: Tensor = self.pool(found * within[:, None])
        return pooled


def check_recurrent(config: RecurrentConfig, shape: InputShape) -> None:
    """Refuse pooling over more positions than a bin holds.

    Raises:
        ConfigError: there.
    """
    merged = _pool(config, shape)
    if shape.bins and merged * shape.bins > shape.length:
        raise ConfigError(
            f"Pooling merges {merged} positions, which is more than a bin of {shape.length // shape.bins} holds.",
            where="pool",
            fix="Pool less or use wider bins.",
        )


def _pool(config: RecurrentConfig, shape: InputShape) -> int:
    return config.pool if config.filters and shape.output in ("sequence", "bins") else 1
