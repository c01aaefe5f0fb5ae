"""What a model says before and after a change, on one line: a probability from 0 to 1, or a value."""

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.template import blank, rounded
from seqdl_core.figures.text import plotly, quantity


def probability_scale(
    reference: float,
    edited: float,
    names: tuple[str, str],
    palette: Palette,
    *,
    threshold: float = 0.5,
    height: int = 66,
) -> go.Figure:
    """Grey dot for the reference, accent dot for the edited sequence, the way between them in the colour of its sign.

    ``names`` are the negative and the positive class, at the ends of the line.
    """
    ends = (f"0 {plotly(names[0], 16)}", f"{plotly(names[1], 16)} 1")
    figure = _scale((reference, edited), (0.0, 1.0), ends, palette, height)
    figure.add_shape(
        type="line", x0=threshold, x1=threshold, y0=22, y1=42, line={"color": palette.muted, "width": 1, "dash": "dot"}
    )
    _write(figure, threshold, 10, f"threshold {threshold:.2f}", "center", palette)
    return figure


def value_scale(
    reference: float,
    edited: float,
    ends: tuple[float, float],
    palette: Palette,
    *,
    digits: int,
    over: str,
    height: int = 66,
) -> go.Figure:
    """The same for a value: the line goes over ``ends``, and a dot may lie beside it.

    Args:
        digits: decimals of the ends.
        over: what the ends are the lowest and the highest of, written over the line.
    """
    low, high = ends
    span = (high - low) or 1.0
    places = ((reference - low) / span, (edited - low) / span)
    told = (quantity(low, digits), quantity(high, digits))
    figure = _scale(places, (0.0, 1.0), told, palette, height)
    _write(figure, 0.5, 10, plotly(over, 60), "center", palette)
    return figure


def _scale(
    places: tuple[float, float], ends: tuple[float, float], words: tuple[str, str], palette: Palette, height: int
) -> go.Figure:
    """The line, the way from the reference to the edited sequence, their dots, and a word at each end."""
    left, right = min(*places, ends[0]), max(*places, ends[1])
    margin = 0.03 * (right - left)
    figure = blank(palette, height, top=66)
    figure.update_xaxes(range=[left - margin, right + margin])
    colour = palette.loss if places[1] < places[0] else palette.accent
    for x0, x1, fill in ((*ends, palette.faint_border), (min(places), max(places), colour)):
        figure.add_shape(type="path", path=rounded(x0, 29, x1, 35, 0.01, 3), fillcolor=fill, line_width=0, opacity=0.75)
    figure.add_scatter(
        x=list(places), y=[32, 32], mode="markers",
        marker={"color": [palette.reference, palette.accent], "size": [12, 12]},
    )  # fmt: skip
    _write(figure, ends[0] - (margin if left == ends[0] else 0), 54, words[0], "left", palette)
    _write(figure, ends[1] + (margin if right == ends[1] else 0), 54, words[1], "right", palette)
    return figure


def _write(figure: go.Figure, x: float, y: float, text: str, anchor: str, palette: Palette) -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle",
        font={"color": palette.muted, "size": 12.5},
    )  # fmt: skip
