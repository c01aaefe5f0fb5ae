"""Small drawings without words, as SVG, for what a page will show later. They are drawn, not measured."""

from collections.abc import Sequence

from seqdl_core.figures.outlines import letter_outline
from seqdl_core.figures.palette import Palette

_WIDTH, _HEIGHT = 320.0, 136.0
_MOTIF = "ACCGGAAGT"
_MOTIF_HEIGHTS = (0.30, 0.78, 0.95, 1.0, 0.95, 0.97, 0.82, 0.62, 0.52)
_SEQUENCE = "GATCGCACTTCCGGACGTAAGGGGCGGGGCTA"
_SEQUENCE_HEIGHTS = (
    *(0.02, 0.03, 0.01, 0.03, 0.02, 0.04), *(0.62, 0.72, 0.90, 0.96, 1.0, 1.0, 0.90, 0.84), *(-0.14, 0.03, 0.02, -0.05),
    *(0.02, 0.03), *(0.20, 0.22, 0.22, 0.20, 0.12, 0.20, 0.18, 0.16, 0.14), *(-0.06, 0.02, 0.02),
)  # fmt: skip


def learning(palette: Palette) -> str:
    """Two falling curves that level off, the way a loss does."""
    lines = "".join(_line(0, y, palette.faint_border) for y in (10, 50, 90, 130))
    curves = "".join(
        f'<path d="{_falling(floor, wobble)}" fill="none" stroke="{colour}" stroke-width="2.5" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        for floor, wobble, colour in ((0.92, 5.0, palette.reference), (0.83, 8.0, palette.accent))
    )
    return _drawing(lines + curves)


def learned(palette: Palette) -> str:
    """A motif over a sequence whose letters are scaled by what they count."""
    motif = _letters(_MOTIF, _MOTIF_HEIGHTS, 4, 19, 58, 54, palette)
    sequence = _letters(_SEQUENCE, _SEQUENCE_HEIGHTS, 0, 10, 124, 46, palette)
    return _drawing(motif + _line(0, 124.5, palette.border) + sequence)


def _drawing(content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" width="{_WIDTH:g}" '
        f'height="{_HEIGHT:g}">{content}</svg>'
    )


def _line(x: float, y: float, colour: str) -> str:
    return f'<line x1="{x}" x2="{_WIDTH:g}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="1"/>'


def _letters(
    word: str, heights: Sequence[float], left: float, step: float, foot: float, tallest: float, palette: Palette
) -> str:
    drawn = []
    for place, (letter, height) in enumerate(zip(word, heights, strict=True)):
        tall = abs(height) * tallest
        top = foot - tall if height > 0 else foot + 1
        place_and_size = f"translate({left + place * step:g} {top:.2f}) scale({(step - 1) / 100:g} {tall / 100:.4f})"
        drawn.append(
            f'<path transform="{place_and_size}" fill="{palette.bases[letter]}" d="{letter_outline(letter)}"/>'
        )
    return "".join(drawn)


def _falling(floor: float, wobble: float) -> str:
    points = []
    for step in range(41):
        fall = floor * (1 - 2.718281828 ** (-step / 9))
        unrest = wobble * ((step * 37 % 11) / 11 - 0.5) * min(step / 6, 1)
        points.append(f"{step * (_WIDTH - 4) / 40 + 2:.1f} {8 + fall * (_HEIGHT - 14) + unrest:.1f}")
    return "M" + " L".join(points)
