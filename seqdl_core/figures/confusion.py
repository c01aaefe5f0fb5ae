"""The confusion table of a binary task at one threshold, as four tiles."""

import plotly.graph_objects as go

from seqdl_core.figures.palette import Palette, contrast, mix
from seqdl_core.figures.template import blank, rounded
from seqdl_core.figures.text import count, percent, plotly

_TILE, _GAP, _LEFT, _TOP = 38.0, 2.0, 22.0, 12.0


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


def _write(figure: go.Figure, x: float, y: float, text: str, colour: str, size: int, anchor: str = "center") -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, xanchor=anchor, yanchor="middle", font={"color": colour, "size": size}
    )
