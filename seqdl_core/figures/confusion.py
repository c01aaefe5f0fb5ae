"""The confusion table: of two classes at one threshold as four tiles, of several as a grid."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette, contrast, mix
from seqdl_core.figures.template import axis_title, blank, rounded, template
from seqdl_core.figures.text import count, percent, plotly

_TILE, _GAP, _LEFT, _TOP = 38.0, 2.0, 22.0, 12.0
_WRITTEN = 15
"""Of more classes than this the counts do not fit into the grid."""


def confusion_table(
    counts: tuple[tuple[int, int], tuple[int, int]], names: tuple[str, str], palette: Palette, *, height: int = 300
) -> go.Figure:
    """``counts[truth][called]`` with the positive class first in both; ``names`` are (positive, negative).

    The tint follows the share of the row, which is also written.
    """
    figure = blank(palette, height)
    for column, name in enumerate(names):
        x = _LEFT + column * (_TILE + _GAP) + _TILE / 2
        _write(figure, x, _TOP - 6, f"called {plotly(name, 14)}", palette.muted, 13)
    for row, name in enumerate(names):
        y = _TOP + row * (_TILE + _GAP)
        _write(figure, 0, y + _TILE / 2, plotly(name, 11), palette.muted, 13, anchor="left")
        total = sum(counts[row])
        for column in range(2):
            share = counts[row][column] / total if total else 0.0
            tint = mix(palette.accent_soft, palette.primary, share * 0.92)
            ink = max((palette.text, "#FFFFFF", "#17202B"), key=lambda colour: contrast(colour, tint))
            x = _LEFT + column * (_TILE + _GAP)
            figure.add_shape(
                type="path", path=rounded(x, y, x + _TILE, y + _TILE, 1.8, 2.2), fillcolor=tint, line_width=0
            )
            _write(figure, x + _TILE / 2, y + _TILE / 2 - 4, f"<b>{count(counts[row][column])}</b>", ink, 21)
            _write(figure, x + _TILE / 2, y + _TILE / 2 + 6, percent(share) if total else "–", ink, 13)
    figure.update_yaxes(range=[92, 0])
    return figure


def confusion_grid(counts: Sequence[Sequence[int]], names: Sequence[str], palette: Palette) -> go.Figure:
    """``counts[truth][called]`` of several classes, in the order of ``names``.

    The tint is the share of the row; the count is written where there is room for it.
    """
    table = np.asarray(counts, float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    titles = _distinct(names)
    figure = go.Figure()
    figure.update_layout(
        template=template(palette), hovermode="closest", height=int(min(120 + 44 * len(names), 720)),
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
    )  # fmt: skip
    figure.add_heatmap(
        z=shares, x=titles, y=titles, zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        colorscale=[(0, palette.accent_soft), (1, palette.primary)], customdata=table,
        hovertemplate="%{y}<br>called %{x}: %{customdata:,} (%{z:.1%})<extra></extra>",
    )  # fmt: skip
    for row, column in np.ndindex(table.shape if len(names) <= _WRITTEN else (0, 0)):
        tint = mix(palette.accent_soft, palette.primary, float(shares[row, column]))
        ink = max((palette.text, "#FFFFFF", "#17202B"), key=lambda colour: contrast(colour, tint))
        figure.add_annotation(
            x=column, y=row, text=count(float(table[row, column])), showarrow=False, font={"color": ink, "size": 14}
        )
    figure.update_xaxes(type="category", side="bottom", showline=False, title_text="called", automargin=True)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, automargin=True)
    axis_title(figure, "class", palette)
    return figure


def _distinct(names: Sequence[str]) -> list[str]:
    """Short names for an axis; two that are cut to the same text would share a row, so they get their number."""
    short = [plotly(name, 18) for name in names]
    return [name if short.count(name) == 1 else f"{name} ({place + 1})" for place, name in enumerate(short)]


def _write(figure: go.Figure, x: float, y: float, text: str, colour: str, size: int, anchor: str = "center") -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", font={"color": colour, "size": size}
    )
