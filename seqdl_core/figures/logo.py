"""Sequence logos by logomaker: the height of a letter is its probability times the position's information.

    >>> svg = motif_logo("ACGT", ((0.97, 0.01, 0.01, 0.01), (0.25, 0.25, 0.25, 0.25)), 500, "light")

Schneider & Stephens 1990 (Nucleic Acids Research 18:6097, doi 10.1093/nar/18.20.6097). logomaker (Tareen & Kinney 2020,
doi 10.1093/bioinformatics/btz921) places the letters; its paths are written here, because matplotlib's own export is
slower. The letter is always drawn, so that colour is never the only sign. No axes: the full height is ``log2 A`` bits.
"""

from collections.abc import Sequence

import logomaker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.path import Path

from seqdl_core.figures.outlines import svg_path
from seqdl_core.figures.palette import Palette, palette_for
from seqdl_core.sequences.motifs import Motif

_COLUMN = 20
_HEIGHT = 80
_NARROWEST = 16
_FINEST = 0.6  # letters lower than this, in the same units, are not visible

_PROTEIN_GROUPS = {"AVLIMFWCPG": "text", "STNQYH": "green", "KR": "accent", "DE": "red"}


def motif_logo(letters: str, probabilities: Sequence[Sequence[float]], sites: int, mode: str) -> str:
    """An information-content logo, one column of 20 units a position, 80 units high; scales without loss.

    Motifs narrower than 16 positions stand in the middle of 16, so that the logos of a page have letters of one size.

    Args:
        letters: the letters of the columns of ``probabilities`` (W rows).
        sites: how many sites the motif was counted from, for the correction for few sites; 0 for none.
        mode: ``light`` or ``dark``.
    """
    motif = Motif("", "", np.asarray(probabilities, np.float64), sites, letters=letters)
    palette = palette_for(mode)
    heights = motif.probabilities * motif.information()[:, None] * (_HEIGHT / np.log2(len(letters)))
    heights[heights < _FINEST] = 0.0
    colours = {letter: _colour(letter, palette, protein=len(letters) > 4) for letter in letters}
    width = max(_NARROWEST, motif.width) * _COLUMN
    start = (width - motif.width * _COLUMN) / 2
    shapes = "".join(
        f'<path d="{svg_path(_placed(glyph.patch.get_path(), start))}" fill="{colours[glyph.c]}"/>'
        for glyph in _glyphs(heights, letters, colours)
        if glyph.ceiling > glyph.floor
    )
    base = f'<path d="M{start} {_HEIGHT}h{motif.width * _COLUMN}" stroke="{palette.border}" stroke-width="0.8"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" '
        f'role="img" aria-label="{motif.consensus}">{base}{shapes}</svg>'
    )


def _glyphs(heights: np.ndarray, letters: str, colours: dict[str, str]) -> list[logomaker.Glyph]:
    """The letters on a figure of their own: matplotlib's objects, not its global state, so that threads do not meet."""
    if not heights.any():
        return []
    axes = Figure().add_axes((0, 0, 1, 1))
    table = pd.DataFrame(heights, columns=list(letters))
    return list(logomaker.Logo(table, ax=axes, color_scheme=colours, width=0.94, vpad=0.0).glyph_list)


def _placed(path: Path, start: float) -> Path:
    """From logomaker's coordinates (columns centred on 0, 1, 2, ...; heights upwards) to those of the drawing."""
    vertices = np.asarray(path.vertices)
    across = start + (vertices[:, 0] + 0.5) * _COLUMN
    return Path(np.column_stack([across, _HEIGHT - vertices[:, 1]]), path.codes)


def _colour(letter: str, palette: Palette, *, protein: bool) -> str:
    if not protein:
        return palette.bases[letter]
    return next(
        (getattr(palette, colour) for group, colour in _PROTEIN_GROUPS.items() if letter in group), palette.text
    )
