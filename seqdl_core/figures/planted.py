"""Where sites were planted: a line for each sequence, a box with name and strand for each site."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.quality import class_colours
from seqdl_core.figures.template import template
from seqdl_core.figures.text import plotly

_ROW = 34
_HALF = 0.16


@dataclass(frozen=True)
class DrawnSite:
    """A site over ``[start, end)``, 0-based; ``strand`` is ``+``, ``-`` or ``""`` where there is only one."""

    start: int
    end: int
    strand: str
    name: str


def site_map(rows: Sequence[tuple[str, Sequence[DrawnSite]]], length: int, unit: str, palette: Palette) -> go.Figure:
    """The sites of a few sequences, the first on top.

    Args:
        rows: what is written before each line, and its sites.
        length: of the sequences.
    """
    figure = go.Figure()
    names = list(dict.fromkeys(site.name for _, sites in rows for site in sites))
    colours = dict(zip(reversed(names), reversed(class_colours(len(names), palette)), strict=True))
    figure.update_layout(template=template(palette), height=60 + _ROW * len(rows), hovermode="closest")
    figure.update_layout(margin={"t": 16, "l": 84, "r": 24})
    for level, (_, sites) in enumerate(rows):
        figure.add_shape(
            type="line", x0=1, x1=length, y0=level, y1=level, line={"color": palette.ghost, "width": 2}, layer="below"
        )
        for site in sites:
            first, last = site.start + 1, site.end
            figure.add_shape(
                type="rect", x0=first - 0.5, x1=last + 0.5, y0=level - _HALF, y1=level + _HALF,
                fillcolor=colours[site.name], line_width=0,
            )  # fmt: skip
            arrow = {"+": " →", "-": " ←"}.get(site.strand, "")
            figure.add_annotation(
                x=(first + last) / 2, y=level - _HALF, text=f"{plotly(site.name, 14)}{arrow}", showarrow=False,
                yanchor="bottom", font={"size": 12, "color": palette.text},
            )  # fmt: skip
    figure.add_scatter(
        x=[(site.start + 1 + site.end) / 2 for _, sites in rows for site in sites],
        y=[level for level, (_, sites) in enumerate(rows) for _ in sites],
        mode="markers", marker={"size": 14, "opacity": 0},
        text=[f"{plotly(site.name, 40)}, {_place(site)}" for _, sites in rows for site in sites],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title_text=f"position in {plotly(unit)}", range=[0, length + 1], tick0=0)
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.75], showgrid=False, tickvals=list(range(len(rows))),
        ticktext=[plotly(label, 14) for label, _ in rows],
    )  # fmt: skip
    return figure


def in_words(rows: Sequence[tuple[str, Sequence[DrawnSite]]]) -> str:
    """The same for screen readers."""
    told = []
    for label, sites in rows:
        told.append(f"{label}: {', '.join(f'{site.name} at {_place(site)}' for site in sites) or 'no site'}")
    return "Planted sites. " + "; ".join(told)


def _place(site: DrawnSite) -> str:
    return f"{site.start + 1:,} to {site.end:,}{f' ({site.strand})' if site.strand else ''}"
