"""Measured values against what a model says: row by row, and how both are spread."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette
from seqdl_core.figures.quality import histogram
from seqdl_core.figures.template import axis_title, template
from seqdl_core.figures.text import decimals, plotly

_BINS = 24


def agreement_plot(
    measured: Sequence[float], predicted: Sequence[float], palette: Palette, *, name: str, height: int = 360
) -> go.Figure:
    """A dot for each row, measured to the right and predicted upwards; on the dashed line both are the same.

    ``name`` is what was measured. Both axes span the same values.
    """
    figure = go.Figure()
    figure.update_layout(
        template=template(palette), height=height, hovermode="closest", margin={"l": 56, "r": 16, "t": 40}
    )
    low, high = _span(measured, predicted)
    digits = decimals(float(np.std(measured)) if len(measured) else 0.0)
    figure.add_shape(
        type="line", x0=low, y0=low, x1=high, y1=high, line={"color": palette.reference, "dash": "dash", "width": 1.5}
    )
    figure.add_scatter(
        x=np.asarray(measured, float), y=np.asarray(predicted, float), mode="markers",
        marker={"color": palette.accent, "size": 6, "opacity": 0.4, "line": {"width": 0}},
        hovertemplate=f"measured %{{x:.{digits}f}}<br>predicted %{{y:.{digits}f}}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(range=[low, high], title_text=f"measured {plotly(name, 40)}", nticks=7)
    figure.update_yaxes(range=[low, high], nticks=7)
    axis_title(figure, f"predicted {plotly(name, 40)}", palette)
    return figure


def spread_plot(
    measured: Sequence[float], predicted: Sequence[float], palette: Palette, *, name: str, height: int = 360
) -> go.Figure:
    """How often which values are measured, and how often they are predicted; medians dashed."""
    edges = np.linspace(*_span(measured, predicted), _BINS + 1)
    both = [np.asarray(values, float) for values in (measured, predicted)]
    counts = np.stack([np.histogram(values, edges)[0] for values in both])
    medians = np.array([np.median(values) if len(values) else np.nan for values in both])
    return histogram(edges, counts, ["measured", "predicted"], palette, title=name, medians=medians, height=height)


def _span(measured: Sequence[float], predicted: Sequence[float]) -> tuple[float, float]:
    """The lowest and highest of both with a little room; 0 to 1 where there are none."""
    values = np.concatenate([np.asarray(measured, float), np.asarray(predicted, float)])
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room
