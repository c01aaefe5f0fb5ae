"""The first layer with what biology knows: motifs from JASPAR, weights that cannot be negative, GC content, position.

    row of the input      value at position i
    one for each letter   1 where the letter stands
    GC content            the share of G and C among the known letters within reach of i
    position              from -1 at the first known letter to 1 at the last

And the layers that see both strands as one (reverse-complement parameter sharing: Shrikumar, Greenside & Kundaje 2017,
bioRxiv 10.1101/103663). Half of the filters is learned; the other half is the same filters turned round, in reverse
order. Then the reverse complement of a sequence gives the same answers with channels and positions in reverse order:

    layer(rc x)[c, i] == layer(x)[C - 1 - c, P - 1 - i]
"""

from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn.functional import avg_pool1d, conv1d, conv2d, conv_transpose1d

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import InputShape
from seqdl_core.models._layers import known_span
from seqdl_core.sequences.motifs import jaspar

_ADVANCED: dict[str, Any] = {"advanced": True}
_LEAST_START = 0.01  # of weights that cannot be negative: the absolute value of 0 has no slope to learn from


class ScannerConfig(Config):
    """The choices of a first layer; with the defaults it is a plain convolution over the letters."""

    motifs: tuple[str, ...] = Field(
        (),
        title="Motifs to start from",
        description="JASPAR names or ids, such as ELK1, MA0139: the first filters start as these motifs (DNA).",
        json_schema_extra={**_ADVANCED, "counts": {"alphabet": ["dna"]}},
    )
    freeze_motifs: bool = Field(
        False,
        title="Keep motifs fixed",
        description="Training leaves the filters that started from motifs as they are.",
        json_schema_extra={**_ADVANCED, "counts": {"alphabet": ["dna"], "motifs": 1}},
    )
    non_negative: bool = Field(
        False,
        title="No negative weights",
        description="Filters can only speak for a letter, never against one, and read as motifs as they are.",
        json_schema_extra=_ADVANCED,
    )
    gc_reach: int = Field(
        0,
        ge=0,
        le=10_000,
        title="GC content within",
        description="Shows filters the share of G and C this many letters to either side (DNA, RNA); 0 does not.",
        json_schema_extra={**_ADVANCED, "counts": {"alphabet": ["dna", "rna"]}},
    )
    position_row: bool = Field(
        False,
        title="Show the position",
        description="Shows filters where they are, from -1 at the first letter to 1 at the last.",
        json_schema_extra=_ADVANCED,
    )

    @property
    def further_rows(self) -> int:
        """Rows of the input beside the letters."""
        return bool(self.gc_reach) + self.position_row


def check_scanner(config: ScannerConfig, shape: InputShape, filters: int) -> None:
    """Refuse choices that the alphabet or the number of learned filters cannot take.

    Raises:
        ConfigError: for JASPAR's motifs on other letters than DNA's or more of them than filters, GC of proteins.
        UnknownName: for a motif that JASPAR does not have.
    """
    if config.motifs and shape.alphabet.name != "dna":
        raise ConfigError(
            f"JASPAR's motifs are of DNA, and these sequences are {shape.alphabet.title}.",
            where="motifs",
            fix="Leave the motifs out.",
        )
    if len(config.motifs) > filters:
        raise ConfigError(
            f"{len(config.motifs)} motifs do not fit into {filters} learned filters.",
            where="motifs",
            fix="Name fewer motifs or ask for more filters.",
        )
    for name in config.motifs:
        jaspar(name)
    if config.gc_reach and shape.alphabet.name == "protein":
        raise ConfigError("Proteins have no GC content.", where="gc_reach", fix="Leave it at 0.")


def further_rows(config: ScannerConfig, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N E L"]:
    """The rows that ``config`` adds to the letters: GC content, then position. Padding on either end has 0 in both."""
    within = known_span(one_hot)[:, None]
    rows = [one_hot[:, :0]]
    if config.gc_reach:
        width = 2 * config.gc_reach + 1
        strong, known = (
            avg_pool1d(counted.sum(1, keepdim=True), width, stride=1, padding=config.gc_reach)
            for counted in (one_hot[:, 1:3], one_hot)
        )
        rows.append(strong / known.clamp(min=0.5 / width) * within)  # windows without a known letter: 0
    if config.position_row:
        steps = within.to(one_hot.dtype).cumsum(-1) - 1
        last = steps.amax(-1, keepdim=True).clamp(min=1)
        rows.append((2 * steps / last - 1) * within)
    return torch.cat(rows, 1)


def motif_weights(name: str, width: int) -> Float[Tensor, "4 K"]:
    """A JASPAR motif as a filter: log2 odds against even letters, in the middle of ``width`` positions.

    Its answer at a site is the site's log-odds score in bits. Of a motif that is wider than the filter, the stretch
    that holds the most information is taken.
    """
    motif = jaspar(name).trim()
    odds, bits = motif.log_odds().T, motif.information()
    start = max(range(max(motif.width - width, 0) + 1), key=lambda first: bits[first : first + width].sum())
    odds = odds[:, start : start + width]
    left = (width - odds.shape[1]) // 2
    weights = torch.zeros(4, width)
    weights[:, left : left + odds.shape[1]] = torch.tensor(odds.tolist())
    return weights


class MirroredConv1d(nn.Conv1d):
    """A convolution whose second half of filters is the first half turned round; the width must be odd."""

    def __init__(self, channels: int, filters: int, width: int, padding: int, dilation: int = 1) -> None:
        super().__init__(channels, filters // 2, width, padding=padding, dilation=dilation, bias=False)

    def forward(self, features: Float[Tensor, "N C P"]) -> Float[Tensor, "N D P"]:
        weight = torch.cat([self.weight, self.weight.flip(0, 1, 2)])
        return conv1d(features, weight, padding=self.padding, dilation=self.dilation)


class MirroredNorm(nn.BatchNorm1d):
    """Batch normalisation that a channel shares with its mirror image: same mean, same spread, same parameters."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels // 2)

    def forward(self, features: Float[Tensor, "N C ..."]) -> Float[Tensor, "N C ..."]:
        one, other = features.chunk(2, 1)
        one, other = super().forward(torch.cat([one, other.flip(1)])).chunk(2)
        return torch.cat([one, other.flip(1)], 1)


def merge_mirrored(features: Float[Tensor, "N C P"]) -> Float[Tensor, "N D P"]:
    """Each channel and its mirror image added: C/2 channels that only change places with the strand."""
    one, other = features.chunk(2, 1)
    return one + other.flip(1)


class Scanner(nn.Conv1d):
    """The first convolution, as :class:`ScannerConfig` chooses; it reads the letters and the further rows.

    Frozen motifs are no parameters: they stand in the buffer ``motifs``, before the filters that are learned.
    """

    motifs: Tensor
    signs: Tensor

    def __init__(
        self,
        config: ScannerConfig,
        shape: InputShape,
        filters: int,
        width: int,
        *,
        padding: int = 0,
        bias: bool = True,
        mirrored: bool = False,
    ) -> None:
        own = filters // 2 if mirrored else filters
        super().__init__(shape.letters + config.further_rows, own, width, padding=padding, bias=bias)
        self.letters, self.mirrored, self.non_negative = shape.letters, mirrored, config.non_negative
        signs = [1.0] * (shape.letters + bool(config.gc_reach)) + [-1.0] * config.position_row
        self.register_buffer("signs", torch.tensor(signs)[:, None], persistent=False)
        if config.motifs:
            self._start_from(config, width)

    def _start_from(self, config: ScannerConfig, width: int) -> None:
        chosen = torch.stack([motif_weights(name, width) for name in config.motifs])
        if config.non_negative:
            chosen = chosen.clamp(min=0 if config.freeze_motifs else _LEAST_START)
        count = len(chosen)
        if config.freeze_motifs:
            further = torch.zeros(count, config.further_rows, width)
            self.register_buffer("motifs", torch.cat([chosen, further], 1))
            rest = self.weight.detach()[count:].clone()
            self.weight = nn.Parameter(rest, requires_grad=len(rest) > 0)
        else:
            with torch.no_grad():
                self.weight[:count, : self.letters] = chosen

    def filters(self) -> Float[Tensor, "F R K"]:
        """The weights in use: fixed, learned, then their mirror images."""
        weight = self.weight.abs() if self.non_negative else self.weight
        if "motifs" in self._buffers:
            weight = torch.cat([self.motifs, weight])
        if not self.mirrored:
            return weight
        letters, further = weight[:, : self.letters], weight[:, self.letters :]
        # On the other strand letters change places; GC content does not, and the position changes its sign.
        turned = torch.cat([letters.flip(0, 1, 2), further.flip(0, 2)], 1) * self.signs
        return torch.cat([weight, turned])

    def forward(self, rows: Float[Tensor, "N R L"]) -> Float[Tensor, "N F P"]:
        bias = self.bias
        if bias is not None and self.mirrored:
            bias = torch.cat([bias, bias.flip(0)])
        return conv1d(rows, self.filters(), bias, padding=self.padding)


def best_answers(
    rows: Float[Tensor, "N R L"], weight: Float[Tensor, "F R K"], bias: Float[Tensor, " F"] | None
) -> Float[Tensor, "N F"]:
    """``conv1d(rows, weight, bias).amax(-1)``, for training: its gradient costs next to nothing.

    Only the best place of a filter learns, so only the K letters there are looked at again; where several are equally
    good it is one of them.
    """
    best: Tensor = _BestAnswers.apply(rows, weight, bias)
    return best


class _BestAnswers(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: FunctionCtx,
        rows: Float[Tensor, "N R L"],
        weight: Float[Tensor, "F R K"],
        bias: Float[Tensor, " F"] | None,
    ) -> Float[Tensor, "N F"]:
        # Channels last in memory: several times faster for few letters and many filters (2026-11-23, two cores).
        letters, filters = (one[:, :, None].to(memory_format=torch.channels_last) for one in (rows, weight))
        best, places = conv2d(letters, filters, bias)[:, :, 0].max(-1)
        ctx.save_for_backward(rows, weight, places)
        return best

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, gradient: Float[Tensor, "N F"]
    ) -> tuple[Float[Tensor, "N R L"] | None, Float[Tensor, "F R K"], Float[Tensor, " F"] | None]:
        rows, weight, places = ctx.saved_tensors
        windows = rows.unfold(2, weight.shape[-1], 1).transpose(1, 2)
        found = windows[torch.arange(len(rows), device=rows.device)[:, None], places]
        of_weight = torch.einsum("nf,nfrk->frk", gradient, found)
        of_rows = None
        if ctx.needs_input_grad[0]:
            sparse = gradient.new_zeros(*gradient.shape, windows.shape[1]).scatter(
                2, places[..., None], gradient[..., None]
            )
            of_rows = conv_transpose1d(sparse, weight)
        return of_rows, of_weight, gradient.sum(0) if ctx.needs_input_grad[2] else None
