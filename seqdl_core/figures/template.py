"""The one Plotly template: Source Sans, no frame, faint horizontal lines, labels at the lines instead of a legend."""

from typing import Any

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette

FONT = '"Source Sans", sans-serif'
CODE_FONT = '"Source Code", monospace'
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}
STILL: dict[str, Any] = {"displayModeBar": False, "staticPlot": True}
"""How a page shows a figure (``CONFIG``), and a drawing that nothing is to be read off with the pointer (``STILL``)."""


def template(palette: Palette) -> go.layout.Template:
    """Colours, type and axes for all figures of one theme."""
    axis = {
        "gridcolor": palette.faint_border,
        "linecolor": palette.border,
        "tickcolor": palette.border,
        "zeroline": False,
        "title": {"font": {"color": palette.muted, "size": 13}, "standoff": 8},
        "tickfont": {"color": palette.muted, "size": 13},
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": palette.muted},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [palette.accent, palette.reference, palette.loss, palette.bases["C"], palette.green],
            "xaxis": {**axis, "showgrid": False, "showline": True, "ticks": ""},
            "yaxis": {**axis, "showgrid": True, "showline": False, "ticks": ""},
            "showlegend": False,
            "hovermode": "x unified",
            "hoverlabel": {
                "bgcolor": palette.background,
                "bordercolor": palette.border,
                "font": {"family": FONT, "size": 13, "color": palette.text},
            },
            "margin": {"l": 44, "r": 16, "t": 32, "b": 44},
        }
    )


def blank(palette: Palette, height: int, width: float = 100.0, top: float = 100.0) -> go.Figure:
    """An empty canvas for a drawing: x from 0 to ``width``, y down from 0 to ``top``, no axes, no margins."""
    figure = go.Figure()
    figure.update_layout(template=template(palette), height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.update_layout(hovermode=False)
    figure.update_xaxes(visible=False, range=[0, width])
    figure.update_yaxes(visible=False, range=[top, 0])
    return figure


def axis_title(figure: go.Figure, text: str, palette: Palette) -> None:
    """The title of the y axis, written at its upper left and level with the text."""
    figure.add_annotation(
        text=text, xref="paper", yref="paper", x=0, y=1, xanchor="left", yanchor="bottom", yshift=10, showarrow=False,
        font={"color": palette.muted, "size": 13},
    )  # fmt: skip


def rounded(x0: float, y0: float, x1: float, y1: float, rx: float, ry: float) -> str:
    """The path of a rectangle with round corners; radii in the units of their axis."""
    rx, ry = min(rx, (x1 - x0) / 2), min(ry, (y1 - y0) / 2)
    return (
        f"M {x0 + rx},{y0} L {x1 - rx},{y0} Q {x1},{y0} {x1},{y0 + ry} L {x1},{y1 - ry} Q {x1},{y1} {x1 - rx},{y1} "
        f"L {x0 + rx},{y1} Q {x0},{y1} {x0},{y1 - ry} L {x0},{y0 + ry} Q {x0},{y0} {x0 + rx},{y0} Z"
    )
