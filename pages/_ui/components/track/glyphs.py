"""The outlines of the letters, read from the font that Streamlit's wheel carries (Source Sans, SIL Open Font License).

Drawn from outlines, a letter fills its cell exactly, on the canvas and in a saved SVG on a machine without the font.
"""

import json
from functools import cache
from pathlib import Path
from string import ascii_uppercase

import streamlit
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

_WEIGHT = 800
_BOX = 1000


@cache
def glyph_script() -> str:
    """``const GLYPHS = {...}``: each capital letter as an SVG path stretched to a box of 1000 x 1000, y down."""
    (file,) = (Path(streamlit.__file__).parent / "static" / "static" / "media").glob("SourceSansVF-Upright*.woff2")
    with TTFont(file) as font:
        glyphs, names = font.getGlyphSet(location={"wght": _WEIGHT}), font.getBestCmap()
        outlines = {letter: _outline(glyphs, names[ord(letter)]) for letter in ascii_uppercase}
    return f"const GLYPHS = {json.dumps(outlines)};\n"


def _outline(glyphs: object, name: str) -> str:
    glyph = glyphs[name]  # type: ignore[index]
    bounds, path = BoundsPen(glyphs), SVGPathPen(glyphs, ntos=lambda number: str(round(number)))
    glyph.draw(bounds)
    left, bottom, right, top = bounds.bounds
    wide, high = _BOX / (right - left), _BOX / (top - bottom)
    glyph.draw(TransformPen(path, (wide, 0, 0, -high, -left * wide, top * high)))
    return str(path.getCommands())
