"""The interval plot: the model and what it is compared with, each as a point with its 95 % interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.template import template
from seqdl_core.figures.text import interval, plotly, score, signed

_ROW = 34
_LEFT, _RIGHT = 0.24, 0.76


@dataclass(frozen=True)
class Measured:
    """A row: a name, its value with interval (None where not defined), and by how much the model is ahead of it."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    ahead: tuple[float, float, float] | None = None
    model: bool = False


def interval_plot(rows: Sequence[Measured], palette: Palette, *, title: str, guessing: float | None = 0.5) -> go.Figure:
    """Rows from top to bottom; the model in accent with its interval as a band through all rows, the others grey.

    ``guessing`` is the value of a coin (0.5 for AUROC, the base rate for AUPRC), named under the axis.
    """
    figure = go.Figure()
    top, bottom = 34, 58
    height = top + bottom + _ROW * len(rows)
    figure.update_layout(
        template=template(palette), height=height, margin={"l": 8, "r": 8, "t": top, "b": bottom}, hovermode="closest"
    )
    ends = [row.low for row in rows if row.low is not None] + ([guessing] if guessing is not None else [])
    low = min(ends, default=0.0)
    figure.update_xaxes(
        range=[low - 0.06 * (1 - low), 1 + 0.02 * (1 - low)], domain=[_LEFT, _RIGHT], showgrid=True, showline=False,
        nticks=7,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.5])
    for place, row in enumerate(rows):
        colour = palette.accent if row.model else palette.reference
        if row.value is not None and row.low is not None and row.high is not None:
            _mark(figure, place, row.name, (row.value, row.low, row.high), colour, row.model)
            if row.model:
                figure.add_vrect(x0=row.low, x1=row.high, fillcolor=palette.accent_soft, line_width=0, layer="below")
        ink = palette.accent if row.model else palette.text
        name = plotly(row.name, longest=40)
        _write(figure, 0, place, f"<b>{name}</b>" if row.model else name, ink, "left", 15)
        value = score(row.value)
        _write(figure, _RIGHT + 0.075, place, f"<b>{value}</b>" if row.model else value, ink, "right", 15)
        if row.ahead is not None:
            text = f"{signed(row.ahead[0])} {interval(row.ahead[1], row.ahead[2])}"
            _write(figure, 1, place, text, palette.muted, "right", 14)
    for x, text, anchor in (
        (0.0, plotly(title), "left"),
        (_RIGHT + 0.075, "value", "right"),
        (1.0, "this model is ahead by", "right"),
    ):
        figure.add_annotation(
            x=x, y=1, xref="paper", yref="paper", text=text, showarrow=False, xanchor=anchor, yanchor="bottom",
            yshift=8, font={"color": palette.muted, "size": 13},
        )  # fmt: skip
    for mark, word in ((guessing, "guessing"), (1.0, "perfect")):
        if mark is not None:
            figure.add_annotation(
                x=mark, y=0, yref="paper", text=word, showarrow=False, yanchor="top", yshift=-26,
                font={"color": palette.faint, "size": 12.5},
            )  # fmt: skip
    return figure


def _mark(
    figure: go.Figure, place: int, name: str, measured: tuple[float, float, float], colour: str, strong: bool
) -> None:
    value, low, high = measured
    figure.add_scatter(
        x=[value], y=[place], mode="markers", marker={"color": colour, "size": 11 if strong else 9},
        error_x={
            "type": "data", "symmetric": False, "array": [high - value], "arrayminus": [value - low],
            "color": colour, "thickness": 3 if strong else 2.5, "width": 0,
        },
        hovertemplate=f"{plotly(name)}<br>{score(value)} {interval(low, high)}<extra></extra>",
    )  # fmt: skip


def _write(figure: go.Figure, x: float, place: int, text: str, colour: str, anchor: str, size: int) -> None:
    figure.add_annotation(
        x=x, y=place, xref="paper", text=text, showarrow=False, xanchor=anchor, font={"color": colour, "size": size}
    )
