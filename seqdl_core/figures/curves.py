"""Curves that carry their names at their ends: training curves, ROC, precision and recall."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.template import axis_title, template
from seqdl_core.figures.text import plotly as safe

Tone = Literal["model", "other", "ghost"]
_LINE_HEIGHT = 17.0
_NAMES = 112
"""Pixels at the right for the names of the lines."""
_WIDTH: dict[Tone, float] = {"model": 2.5, "other": 2.0, "ghost": 2.0}


@dataclass(frozen=True)
class Curve:
    """One line. ``tone``: ``model`` is the person's model, ``other`` what belongs to it, ``ghost`` what lies behind."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    tone: Tone = "other"
    dot: bool = True


def training_curves(
    curves: Sequence[Curve],
    palette: Palette,
    *,
    title: str,
    epochs: int,
    digits: int = 3,
    height: int = 300,
) -> go.Figure:
    """Curves over epochs, each named with its last value at its end."""
    figure = _empty(palette, height)
    span = max(epochs, 1)
    levels = [np.asarray(curve.y, float) for curve in curves]
    finite = np.concatenate([level[np.isfinite(level)] for level in levels]) if levels else np.zeros(0)
    low, high = _range(finite)
    ends = []
    for curve, y in zip(curves, levels, strict=True):
        x = np.asarray(curve.x, float)
        figure.add_scatter(
            x=x, y=y, name=safe(curve.name), mode="lines" if len(x) > 1 else "markers",
            line={"color": _colour(curve.tone, palette), "width": _WIDTH[curve.tone]},
            marker={"color": _colour(curve.tone, palette), "size": 8},
            hovertemplate=f"%{{y:.{digits}f}}",
        )  # fmt: skip
        known = np.flatnonzero(np.isfinite(y))
        if len(known):
            ends.append((curve, float(x[known[-1]]), float(y[known[-1]])))
    per_pixel = (high - low) / max(height - 76, 1)
    shifts = _apart([y for _, _, y in ends], per_pixel)
    for (curve, at, level), shift in zip(ends, shifts, strict=True):
        if curve.dot and curve.tone != "ghost":
            figure.add_scatter(
                x=[at], y=[level], mode="markers", hoverinfo="skip", cliponaxis=False,
                marker={"color": _colour(curve.tone, palette), "size": 8},
            )  # fmt: skip
        text = safe(curve.name) if curve.tone == "ghost" else f"{safe(curve.name)} {level:.{digits}f}"
        _label(
            figure, at, level, f"<b>{text}</b>" if curve.tone == "model" else text, _ink(curve.tone, palette),
            anchor="left", shift=shift, sideways=10,
        )  # fmt: skip
    figure.update_xaxes(range=[0, span * 1.005], title_text="epoch", dtick=_epoch_step(span))
    figure.update_yaxes(range=[low, high])
    figure.update_layout(margin={"r": _NAMES})
    axis_title(figure, safe(title), palette)
    return figure


def roc_curve(curves: Sequence[Curve], palette: Palette, *, height: int = 300) -> go.Figure:
    """True against false positive rate, the diagonal of guessing dashed; names stand inside, best first."""
    figure = _unit_square(curves, palette, "false positive rate", "true positive rate", height)
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line={"color": palette.border, "dash": "dash", "width": 1.5})
    _names_inside(figure, curves, palette, x=0.98, y=0.36, anchor="right")
    return figure


def precision_recall_curve(
    curves: Sequence[Curve], palette: Palette, base_rate: float, *, height: int = 300
) -> go.Figure:
    """Precision against recall, the base rate dashed."""
    figure = _unit_square(curves, palette, "recall", "precision", height)
    figure.add_hline(y=base_rate, line={"color": palette.border, "dash": "dash", "width": 1.5})
    _names_inside(figure, curves, palette, x=0.04, y=0.40, anchor="left")
    return figure


def _unit_square(curves: Sequence[Curve], palette: Palette, x_title: str, y_title: str, height: int) -> go.Figure:
    figure = _empty(palette, height)
    figure.update_layout(hovermode="closest")
    for curve in reversed(curves):
        figure.add_scatter(
            x=np.asarray(curve.x, float), y=np.asarray(curve.y, float), name=safe(curve.name), mode="lines",
            line={"color": _colour(curve.tone, palette), "width": _WIDTH[curve.tone]},
            hovertemplate=f"{x_title} %{{x:.3f}}<br>{y_title} %{{y:.3f}}<extra>%{{fullData.name}}</extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[-0.005, 1.005], tickvals=[0, 0.5, 1], title_text=x_title)
    figure.update_yaxes(range=[-0.005, 1.02], tickvals=[0, 0.5, 1])
    axis_title(figure, y_title, palette)
    return figure


def _names_inside(
    figure: go.Figure, curves: Sequence[Curve], palette: Palette, *, x: float, y: float, anchor: str
) -> None:
    for line, curve in enumerate(curves):
        text = safe(curve.name)
        _label(
            figure, x, y, f"<b>{text}</b>" if curve.tone == "model" else text, _ink(curve.tone, palette),
            anchor=anchor, shift=-19.0 * line,
        )  # fmt: skip


def _empty(palette: Palette, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(template=template(palette), height=height)
    return figure


def _label(
    figure: go.Figure,
    x: float,
    y: float,
    text: str,
    colour: str,
    *,
    anchor: str,
    shift: float = 0.0,
    sideways: float = 0.0,
) -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", yshift=shift, xshift=sideways,
        font={"color": colour, "size": 13},
    )  # fmt: skip


def _apart(levels: Sequence[float], per_pixel: float) -> list[float]:
    """How many pixels up each label must move so that none lies on another."""
    wanted = np.asarray(levels, float) / per_pixel if per_pixel > 0 else np.zeros(len(levels))
    placed = wanted.copy()
    order = np.argsort(wanted)
    for lower, upper in pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + _LINE_HEIGHT)
    if len(order):
        placed -= float(np.mean(placed - wanted))
    return list(placed - wanted)


def _range(values: np.ndarray) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    pad = max(0.12 * (high - low), 0.01)
    return low - pad, high + pad


def _epoch_step(epochs: int) -> int:
    return next((step for step in (1, 2, 5, 10, 20, 50, 100, 200) if epochs <= 6 * step), 500)


def _colour(tone: Tone, palette: Palette) -> str:
    return {"model": palette.accent, "other": palette.reference, "ghost": palette.ghost}[tone]


def _ink(tone: Tone, palette: Palette) -> str:
    return palette.accent if tone == "model" else palette.muted
