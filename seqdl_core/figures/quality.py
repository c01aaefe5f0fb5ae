"""Figures of the Quality page: histograms by class, letters by class and by position, balance of the parts."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from numpy.typing import NDArray

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.template import axis_title, template
from seqdl_core.figures.text import count, plotly, score

_BAR = 26
_LONGEST = 24
_LINES = 4
_ROW = 15
_KEYS = 64
_LEVEL = 18


def histogram(
    edges: Float[np.ndarray, " edges"],
    counts: Int[np.ndarray, "C bins"],
    names: Sequence[str],
    palette: Palette,
    *,
    title: str,
    medians: Float[np.ndarray, " C"] | None = None,
    percent: bool = False,
    height: int = 260,
) -> go.Figure:
    """A stepped line for each class: the share of its rows in each bin, so that classes of unequal size compare.

    Args:
        title: what the x axis counts, with its unit.
        medians: a dashed line for each class.
        percent: whether the x axis is a share of 1.
    """
    figure = _empty(palette, height)
    colours = class_colours(len(names), palette)
    highest = 0.0
    for number, name in enumerate(names):
        total = int(counts[number].sum())
        if not total:
            continue
        shares = counts[number] / total
        highest = max(highest, float(shares.max()))
        figure.add_scatter(
            x=np.repeat(edges, 2)[1:-1], y=np.repeat(shares, 2), name=plotly(name, longest=_LONGEST), mode="lines",
            line={"color": colours[number], "width": 2}, fill="tozeroy", fillcolor=_faint(colours[number]),
            hovertemplate="%{y:.1%}",
        )  # fmt: skip
        if medians is not None and np.isfinite(medians[number]):
            figure.add_vline(x=float(medians[number]), line={"color": colours[number], "width": 1.5, "dash": "dash"})
    there = [number for number in range(len(names)) if counts[number].any()]
    _keys(
        figure, [names[number] for number in there], [colours[number] for number in there], palette,
        None if medians is None else medians[there], percent,
    )  # fmt: skip
    figure.update_xaxes(title_text=plotly(title), tickformat=".0%" if percent else None)
    figure.update_yaxes(range=[0, highest * 1.08 or 1], tickformat=".0%", nticks=5)
    axis_title(figure, "share of rows", palette)
    return figure


def composition_bars(
    shares: Float[np.ndarray, "C letters"], letters: str, names: Sequence[str], palette: Palette, *, height: int = 260
) -> go.Figure:
    """Bars for each letter, one a class; the last letter is the unknown one and is left out where there is none."""
    figure = _empty(palette, height)
    shown = [place for place in range(len(letters)) if place < len(letters) - 1 or shares[:, place].max() > 0]
    colours = class_colours(len(names), palette)
    for number, name in enumerate(names):
        figure.add_bar(
            x=[letters[place] for place in shown], y=[float(shares[number, place]) for place in shown],
            name=plotly(name, longest=_LONGEST), marker={"color": colours[number], "line": {"width": 0}},
            hovertemplate="%{y:.1%}",
        )  # fmt: skip
    _keys(figure, names, colours, palette)
    figure.update_layout(bargap=0.3, bargroupgap=0.08)
    figure.update_yaxes(tickformat=".0%", nticks=5)
    axis_title(figure, "share of letters", palette)
    return figure


def letters_by_position(
    shares: Float[np.ndarray, "A L"], letters: str, palette: Palette, *, name: str = "", height: int = 260
) -> go.Figure:
    """How often each letter stands at each position (counted from 1), as far as a position is known.

    Four letters are lines with the letter at their end; the many of proteins are rows of a map, as twenty lines are not
    told apart.
    """
    known = np.flatnonzero(np.isfinite(shares).any(axis=0))
    shares = shares[:, : known[-1] + 1 if len(known) else 0]
    if len(letters) > _LINES:
        return _position_map(shares, letters, palette)
    figure = _empty(palette, height)
    places = np.arange(1, shares.shape[1] + 1)
    ends = []
    for number, letter in enumerate(letters):
        colour = palette.bases.get(letter, palette.reference)
        figure.add_scatter(
            x=places, y=shares[number], name=letter, mode="lines", line={"color": colour, "width": 2},
            hovertemplate="%{y:.1%}",
        )  # fmt: skip
        last = np.flatnonzero(np.isfinite(shares[number]))
        if len(last):
            ends.append((float(shares[number, last[-1]]), letter, colour))
    top = float(np.nanmax(shares)) if np.isfinite(shares).any() else 1.0
    step = top * 1.1 * 15 / max(height - 76, 1)
    level = -step
    for value, letter, colour in sorted(ends):
        level = max(value, level + step)
        figure.add_annotation(
            x=1, xref="paper", y=level, text=f"<b>{letter}</b>", showarrow=False, xanchor="left", xshift=6,
            font={"color": palette.base_text.get(letter, colour), "size": 14},
        )  # fmt: skip
    figure.update_xaxes(title_text="position from the start", range=[0.5, max(shares.shape[1], 1) + 0.5])
    figure.update_yaxes(range=[0, top * 1.1], tickformat=".0%", nticks=5)
    figure.update_layout(margin={"r": 28})
    axis_title(figure, plotly(name, longest=_LONGEST) or "share of rows", palette)
    return figure


def _position_map(shares: Float[np.ndarray, "A L"], letters: str, palette: Palette) -> go.Figure:
    """A row for each letter, the more often it stands at a position the stronger the colour."""
    figure = _empty(palette, 100 + _ROW * len(letters))
    figure.add_heatmap(
        x=np.arange(1, shares.shape[1] + 1), y=list(letters), z=shares, zmin=0, xgap=0.5, ygap=0.5,
        colorscale=[[0, palette.background], [1, palette.accent]], hoverongaps=False,
        hovertemplate="%{y} at %{x}: %{z:.1%}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0, "tickformat": ".0%", "nticks": 4},
    )  # fmt: skip
    figure.update_layout(hovermode="closest", margin={"t": 12})
    figure.update_xaxes(title_text="position from the start")
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    return figure


def balance_bars(
    counts: Int[np.ndarray, "S C"], parts: Sequence[str], names: Sequence[str], palette: Palette
) -> go.Figure:
    """A bar for each part of the split, cut by class, with the counts inside."""
    figure = _empty(palette, 60 + _BAR * 2 * len(parts))
    colours = class_colours(len(names), palette)
    totals = np.maximum(counts.sum(axis=1), 1)
    for number, name in enumerate(names):
        figure.add_bar(
            y=[plotly(part) for part in parts], x=counts[:, number] / totals, orientation="h",
            name=plotly(name, longest=_LONGEST), marker={"color": colours[number], "line": {"width": 0}},
            text=[count(int(value)) for value in counts[:, number]], textposition="inside", insidetextanchor="middle",
            textfont={"color": palette.background}, hovertemplate="%{text} (%{x:.1%})",
        )  # fmt: skip
    _keys(figure, names, colours, palette, level=0)
    figure.update_layout(barmode="stack", bargap=0.35, hovermode="closest", margin={"l": 84, "b": 28})
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(tickformat=".0%", range=[0, 1], showline=False)
    return figure


def class_colours(number: int, palette: Palette) -> tuple[str, ...]:
    """A colour for each class, the last one in accent (of two classes, that is label 1)."""
    cycle = (palette.reference, palette.loss, palette.bases["C"], palette.green, palette.amber, palette.red)
    if number <= 1:
        return (palette.accent,)
    return (*(cycle[place % len(cycle)] for place in range(number - 1)), palette.accent)


def _empty(palette: Palette, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(template=template(palette), height=height, margin={"t": 40})
    return figure


def _keys(
    figure: go.Figure,
    names: Sequence[str],
    colours: Sequence[str],
    palette: Palette,
    medians: NDArray[np.floating] | None = None,
    percent: bool = False,
    level: int = _LEVEL,
) -> None:
    """The names of the classes in their colours above the axis title, in lines; one class alone needs no name.

    ``level`` is the room for the axis title, 0 where there is none.
    """
    lines: list[list[str]] = [[]]
    room = _KEYS
    for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
        median = ""
        if medians is not None and np.isfinite(medians[number]):
            value = float(medians[number])
            shown = f"{score(100 * value, 0)} %" if percent else f"{value:,.4g}".replace("-", "−")
            median = f" (median {shown})"
        if len(names) > 1 or median:
            letters = min(len(name), _LONGEST) + len(median) + 4
            if lines[-1] and letters > room:
                lines.append([])
                room = _KEYS
            room -= letters
            lines[-1].append(f'<span style="color:{colour}">■</span> {plotly(name, longest=_LONGEST)}{median}')
    if lines[0]:
        figure.add_annotation(
            text="<br>".join("  ".join(line) for line in lines), xref="paper", yref="paper", x=1, y=1, xanchor="right",
            yanchor="bottom", yshift=10 + level, showarrow=False, align="right",
            font={"color": palette.muted, "size": 13},
        )  # fmt: skip
        more = _LEVEL * (len(lines) - 1) + level
        figure.update_layout(height=figure.layout.height + more, margin={"t": figure.layout.margin.t + more})


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.10)"
