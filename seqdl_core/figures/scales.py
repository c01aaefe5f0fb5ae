"""A probability before and after a change, on one line from 0 to 1."""

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.template import blank, rounded
from seqdl_core.figures.text import plotly


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
    figure = blank(palette, height, top=66)
    figure.update_xaxes(range=[-0.03, 1.03])
    low, high = sorted((reference, edited))
    colour = palette.loss if edited < reference else palette.accent
    for x0, x1, fill in ((0.0, 1.0, palette.faint_border), (low, high, colour)):
        figure.add_shape(type="path", path=rounded(x0, 29, x1, 35, 0.01, 3), fillcolor=fill, line_width=0, opacity=0.75)
    figure.add_shape(
        type="line", x0=threshold, x1=threshold, y0=22, y1=42, line={"color": palette.muted, "width": 1, "dash": "dot"}
    )
    figure.add_scatter(
        x=[reference, edited], y=[32, 32], mode="markers",
        marker={"color": [palette.reference, palette.accent], "size": [12, 12]},
    )  # fmt: skip
    for x, y, text, anchor in (
        (threshold, 10, f"threshold {threshold:.2f}", "center"),
        (-0.03, 54, f"0 {plotly(names[0], 16)}", "left"),
        (1.03, 54, f"{plotly(names[1], 16)} 1", "right"),
    ):
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle",
            font={"color": palette.muted, "size": 12.5},
        )  # fmt: skip
    return figure
