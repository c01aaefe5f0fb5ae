"""The layers of a network as blocks with their shapes, and how far one unit sees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette, mix
from seqdl_core.figures.template import CODE_FONT, blank, rounded
from seqdl_core.figures.text import plotly

_LETTERS = 115
"""How many letters of a detail fit beside each other over the width of the page."""


@dataclass(frozen=True)
class Block:
    """One layer, or ``times`` of them that were folded.

    ``kind`` is input, conv, pool, dense, output or another word; None ``positions`` are pooled away; of ``pairs`` there
    are positions × positions.
    """

    name: str
    kind: str
    detail: str
    channels: int
    positions: int | None
    times: int = 1
    pairs: bool = False


def layer_diagram(blocks: Sequence[Block], palette: Palette, *, height: int = 224) -> go.Figure:
    """Blocks from left to right: height follows positions, width follows channels (both on a square-root scale)."""
    figure = blank(palette, height)
    count = max(len(blocks), 1)
    step = 100.0 / count
    most_positions = max((block.positions or 1 for block in blocks), default=1)
    most_channels = max((block.channels for block in blocks), default=1)
    middle, tallest = 29.0, 50.0
    edges = []
    details = [_detail(block, count) for block in blocks]
    below = 3.0 if any("<br>" in detail for detail in details) else 0.0
    for place, block in enumerate(blocks):
        centre = step * (place + 0.5)
        tall = max(tallest * math.sqrt((block.positions or 1) / most_positions), 8.0)
        wide = max(0.46 * step * math.sqrt(block.channels / most_channels), 0.09 * step, 0.9)
        figure.add_shape(
            type="path", fillcolor=_fill(block.kind, palette), line_width=0,
            path=rounded(centre - wide / 2, middle - tall / 2, centre + wide / 2, middle + tall / 2, 0.35, 1.6),
        )  # fmt: skip
        edges.append((centre - wide / 2, centre + wide / 2))
        if block.times > 1:
            figure.add_annotation(
                x=centre, y=middle, text=f"<b>×{block.times}</b>", showarrow=False, yanchor="middle",
                font={"size": 13, "color": palette.background if wide > 2.6 else palette.text},
            )  # fmt: skip
        for y, text, size, colour, family in (
            (67.0 - below, f"<b>{plotly(block.name, 14)}</b>", 14 if count < 12 else 12.5, palette.text, None),
            (78.0, details[place], 12.5 if count < 12 else 11.5, palette.muted, None),
            (90.0 + below, _shape(block, count > 7), 12.5, palette.text, CODE_FONT),
        ):
            figure.add_annotation(
                x=centre, y=y, text=text, showarrow=False, yanchor="middle",
                font={"size": size, "color": colour} | ({"family": family} if family else {}),
            )  # fmt: skip
    for (_, end), (start, _) in pairwise(edges):
        figure.add_annotation(
            x=start - 0.09 * step, y=middle, ax=end + 0.09 * step, ay=middle, axref="x", ayref="y", xref="x", yref="y",
            showarrow=True, arrowhead=2, arrowsize=0.9, arrowwidth=1.2, arrowcolor=palette.reference, text="",
        )  # fmt: skip
    return figure


def receptive_field(
    seen: int | None, length: int, unit: str, palette: Palette, *, height: int = 74, whole: bool = False
) -> go.Figure:
    """What one unit of the last convolution sees, drawn to scale over a sequence of ``length``.

    Args:
        seen: in letters; None where there is no convolution.
        whole: later layers see the whole sequence, drawn lighter.
    """
    figure = blank(palette, height)
    share = min((length if seen is None else seen) / max(length, 1), 1.0) * 100
    left = (100 - share) / 2
    behind = mix(palette.accent, palette.background, 0.62) if whole else palette.faint_border
    for x0, x1, colour in ((0.0, 100.0, behind), (left, left + share, palette.accent)):
        figure.add_shape(type="path", path=rounded(x0, 44, x1, 60, 0.7, 7.5), fillcolor=colour, line_width=0)
    one = f"{seen:,} {unit} seen by one unit of the last convolution" if seen else "every unit sees the whole sequence"
    told = f"{one}, all by later layers" if whole and seen else one
    for x, y, text, colour, anchor in (
        (50, 22, f"<b>{told}</b>", palette.accent, "center"),
        (0, 84, "1", palette.muted, "left"),
        (100, 84, f"{length:,} {unit}, your sequences", palette.muted, "right"),
    ):
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", font={"color": colour, "size": 13}
        )
    return figure


def _detail(block: Block, count: int) -> str:
    """What a layer is made of, in two lines where the column is too narrow for one."""
    first, space, rest = block.detail.partition(" ")
    if len(block.detail) * count <= _LETTERS or not space:
        return plotly(block.detail, 18)
    return f"{plotly(first, 12)}<br>{plotly(rest, 12)}"


def _shape(block: Block, narrow: bool) -> str:
    times = "×" if narrow else " × "
    if block.positions is None:
        return f"{block.channels:,}"
    places = f"{block.positions}²" if block.pairs else f"{block.positions}"
    return f"{block.channels}{times}{places}"


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
