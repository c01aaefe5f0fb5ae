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
"""How many letters of details fit beside each other over the width of the page."""

_LETTERS_NARROW = 52
"""The same on the screen of a telephone."""

_BESIDE = 3
"""How many blocks stand beside each other there."""


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


def layer_diagrams(blocks: Sequence[Block], palette: Palette, *, height: int = 224) -> list[tuple[int, go.Figure]]:
    """Blocks from left to right: height follows positions, width follows channels (both on a square-root scale).

    Returns:
        Figures of up to three blocks, each with how many it shows. Side by side without a gap and as wide as their
        numbers of blocks they are one drawing; on a narrow screen they stand below each other and stay readable.
    """
    count = len(blocks)
    rows = math.ceil(count / _BESIDE)
    ends = [round(row * count / rows) for row in range(rows + 1)]
    return [(end - start, _diagram(blocks, start, end, palette, height)) for start, end in pairwise(ends)]


def _diagram(blocks: Sequence[Block], first: int, last: int, palette: Palette, height: int) -> go.Figure:
    """The blocks from ``first`` to before ``last``, in the scales of all."""
    count = len(blocks)
    step = 100.0 / count
    figure = blank(palette, height, width=step * (last - first))
    most_positions = max(block.positions or 1 for block in blocks)
    most_channels = max(block.channels for block in blocks)
    middle, tallest = 29.0, 50.0
    letters = min(_LETTERS // count, _LETTERS_NARROW // (last - first))
    below = 3.0 if any("<br>" in _detail(block, letters) for block in blocks) else 0.0
    edges = []
    for place, block in enumerate(blocks[first:last]):
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
            (78.0, _detail(block, letters), 12.5 if count < 12 else 11.5, palette.muted, None),
            (90.0 + below, _shape(block, count > 7), 12.5, palette.text, CODE_FONT),
        ):
            figure.add_annotation(
                x=centre, y=y, text=text, showarrow=False, yanchor="middle",
                font={"size": size, "color": colour} | ({"family": family} if family else {}),
            )  # fmt: skip
    gap = 0.09 * step
    tails = [end + gap for _, end in edges]
    # From outside the figure, so that no pixel is missing between the line that ends there and the arrow.
    for tail, (start, _) in zip([-gap, *tails] if first else tails, edges if first else edges[1:], strict=False):
        figure.add_annotation(
            x=start - gap, y=middle, ax=tail, ay=middle, axref="x", ayref="y", xref="x", yref="y",
            showarrow=True, arrowhead=2, arrowsize=0.9, arrowwidth=1.2, arrowcolor=palette.reference, text="",
        )  # fmt: skip
    if last < count:  # the arrow into the next figure begins here
        figure.add_shape(
            type="line", x0=tails[-1], x1=step * (last - first), y0=middle, y1=middle,
            line={"width": 1.2, "color": palette.reference},
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
    told = f"{seen:,} {unit} seen by one unit of the last convolution" if seen else "every unit sees the whole sequence"
    if whole and seen:
        told = f"{seen:,} {unit} seen by one unit, all by later layers"
    for x, y, text, colour, anchor in (
        (50, 22, f"<b>{told}</b>", palette.accent, "center"),
        (0, 84, "1", palette.muted, "left"),
        (100, 84, f"{length:,} {unit}, your sequences", palette.muted, "right"),
    ):
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", font={"color": colour, "size": 13}
        )
    return figure


def _detail(block: Block, letters: int) -> str:
    """What a layer is made of, in two lines where more than ``letters`` are too wide for its column."""
    first, space, rest = block.detail.partition(" ")
    if len(block.detail) <= letters or not space:
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
