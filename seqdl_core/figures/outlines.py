"""Letters as outlines: paths of matplotlib written as SVG, so that a figure needs no font where it is shown."""

from functools import cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath

_COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


def svg_path(path: Path) -> str:
    """The ``d`` of an SVG path, in the path's own coordinates, to a tenth."""
    parts = []
    for points, command in path.iter_segments(simplify=False):
        numbers = " ".join(f"{number:.1f}".rstrip("0").rstrip(".") for number in points)
        parts.append("Z" if command == Path.CLOSEPOLY else f"{_COMMANDS[command]}{numbers}")
    return "".join(parts)


@cache
def letter_outline(letter: str) -> str:
    """The bold letter of matplotlib's own font, stretched to a box of 100 by 100, y downwards."""
    path = TextPath((0, 0), letter, prop=FontProperties(family="DejaVu Sans", weight="bold"))
    box = path.get_extents()
    placed = (np.asarray(path.vertices) - box.min) / box.size * 100
    return svg_path(Path(np.column_stack([placed[:, 0], 100 - placed[:, 1]]), path.codes))
