"""The layers of a network as blocks with their shapes, and how far one unit sees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette, mix
from seqdl_core.figures.template import blank, rounded
from seqdl_core.figures.text import one_line

TALLEST = 104
"""Pixels of the layer with the most positions."""

_WIDEST, _NARROWEST, _LOWEST = 40, 8, 15


@dataclass(frozen=True)
class Block:
    """One layer, or ``times`` of them that were folded.

    ``kind`` is input, conv, pool, dense, output or another word; None ``positions`` are gathered into one vector; of
    ``pairs`` there are positions × positions; ``vector`` channels are carried along beside the positions.
    """

    name: str
    kind: str
    detail: str
    channels: int
    positions: int | None
    times: int = 1
    pairs: bool = False
    vector: int = 0


class Column(TypedDict):
    """How a layer is drawn: its words, ``wide`` and ``tall`` in pixels, and the colours of block and number on it."""

    name: str
    detail: str
    shape: str
    times: int
    wide: float
    tall: float
    fill: str
    ink: str


def layer_columns(
    blocks: Sequence[Block], palette: Palette, *, beside: Sequence[Block] = (), compact: bool = False
) -> list[Column]:
    """Blocks from left to right: height follows positions, width follows channels, both on a square-root scale.

    Args:
        beside: the blocks of another network that is drawn in the same scale.
        compact: for half of the page: shapes are written without spaces.
    """
    most_positions = max(block.positions or 1 for block in (*blocks, *beside))
    most_channels = max(block.channels for block in (*blocks, *beside))
    return [
        {
            "name": one_line(block.name, 28),
            "detail": one_line(block.detail, 60),
            "shape": shape_words(block).replace(" × ", "×") if compact else shape_words(block),
            "times": block.times,
            "wide": round(
                max(
                    _WIDEST * math.sqrt(block.channels / most_channels) * (0.75 if compact else 1),
                    _NARROWEST,
                    26 * (block.times > 1),
                )
            ),
            "tall": round(max(TALLEST * math.sqrt((block.positions or 1) / most_positions), _LOWEST)),
            "fill": _fill(block.kind, palette),
            "ink": palette.background,
        }
        for block in blocks
    ]


def shape_words(block: Block) -> str:
    """``64 × 101`` channels and positions, ``32 × 101²`` of pairs, ``128`` of a vector, ``128 × 512 + 512`` of both."""
    if block.positions is None:
        return f"{block.channels:,}"
    beside = f" + {block.vector:,}" if block.vector else ""
    return f"{block.channels:,} × {block.positions:,}{'²' if block.pairs else ''}{beside}"


def receptive_field(
    seen: int | None,
    length: int,
    unit: str,
    palette: Palette,
    *,
    height: int = 74,
    whole: bool = False,
    told: str = "",
    filter_width: int | None = None,
) -> go.Figure:
    """What one unit sees of a sequence of ``length``, drawn to scale.

    Args:
        seen: in letters; None where nothing but the whole sequence is seen.
        whole: later layers see the whole sequence, drawn lighter.
        told: what stands over it; by default how much is seen.
        filter_width: of the first layer, drawn in the middle.
    """
    figure = blank(palette, height)
    share = min((length if seen is None else seen) / max(length, 1), 1.0) * 100
    left = (100 - share) / 2
    behind = mix(palette.accent, palette.background, 0.62) if whole else palette.faint_border
    bars = [(0.0, 100.0, behind), (left, left + share, palette.accent)]
    narrow = filter_width is not None and seen is not None and filter_width < seen and filter_width < length
    if narrow and filter_width:
        half = 50 * filter_width / length
        bars.append((50 - half, 50 + half, mix(palette.accent, palette.background, 0.45)))
    for place, (x0, x1, colour) in enumerate(bars):
        corners = (0.7, 7.5) if place < 2 else (0.0, 0.0)
        figure.add_shape(type="path", path=rounded(x0, 44, x1, 60, *corners), fillcolor=colour, line_width=0)
    words = told or (f"{seen:,} {unit} seen by one unit" if seen else "every unit sees the whole sequence")
    for x, y, text, colour, anchor in (
        (50, 22, f"<b>{words}</b>", palette.accent, "center"),
        (0, 84, "1", palette.muted, "left"),
        (50, 84, f"one filter, {filter_width} {unit}" if narrow else "", palette.muted, "center"),
        (100, 84, f"{length:,} {unit}", palette.muted, "right"),
    ):
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", font={"color": colour, "size": 13}
        )
    return figure


def _fill(kind: str, palette: Palette) -> str:
    if kind == "input":
        return palette.reference
    if kind == "pool":
        return mix(palette.accent, palette.background, 0.62)
    if kind in ("dense", "gather"):
        return mix(palette.accent, palette.background, 0.3)
    if kind == "output":
        return palette.text
    return palette.accent
