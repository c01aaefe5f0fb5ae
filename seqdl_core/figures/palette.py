"""Every colour of SeqDL in one place: two palettes with the same names, one for each theme.

``.streamlit/config.toml`` repeats the tokens that Streamlit draws with; ``tests/figures/test_palette.py`` holds both
together and computes the contrast of each against the page (WCAG 2.2: 4.5 for text, 3 for large letters and marks).
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as ``#RRGGBB``.

    Attributes:
        mode: ``light`` or ``dark``.
        background: the page.
        surface: table heads and inputs.
        border: lines of cards; ``faint_border`` is for grid lines.
        text: body; ``muted`` for evidence and axes, ``faint`` for section labels.
        accent: the person's model, a gain, a link; ``primary`` the one next step, under white text.
        accent_soft: selection and bands behind marks.
        reference: what a model is compared with, as marks; ``ghost`` a curve further back.
        loss: lowers the prediction; ``zero`` the middle of the diverging scale, ``accent`` its other end.
        bases: letter to colour for drawn letters; ``base_text`` for letters of text size.
    """

    mode: str
    background: str
    surface: str
    border: str
    faint_border: str
    text: str
    muted: str
    faint: str
    accent: str
    primary: str
    accent_soft: str
    reference: str
    ghost: str
    loss: str
    zero: str
    green: str
    green_soft: str
    amber: str
    amber_soft: str
    red: str
    red_soft: str
    bases: MappingProxyType[str, str]
    base_text: MappingProxyType[str, str]


def _letters(a: str, c: str, g: str, t: str, n: str) -> MappingProxyType[str, str]:
    return MappingProxyType({"A": a, "C": c, "G": g, "T": t, "U": t, "N": n})


LIGHT = Palette(
    mode="light",
    background="#FFFFFF",
    surface="#F7F8FA",
    border="#E2E6EB",
    faint_border="#EEF1F4",
    text="#17202B",
    muted="#566272",
    faint="#697686",
    accent="#5546B8",
    primary="#5546B8",
    accent_soft="#EFEDFA",
    reference="#8A95A3",
    ghost="#D5DAE0",
    loss="#B2500B",
    zero="#F7F7F5",
    green="#13713B",
    green_soft="#E6F4EB",
    amber="#8A5200",
    amber_soft="#FDF3E1",
    red="#A81E2D",
    red_soft="#FBE9EB",
    bases=_letters("#109648", "#255C99", "#F7B32B", "#D62839", "#8A95A3"),
    base_text=_letters("#0B7A3A", "#255C99", "#8A5A00", "#D62839", "#697686"),
)

DARK = Palette(
    mode="dark",
    background="#11161D",
    surface="#181F28",
    border="#2B3541",
    faint_border="#212A34",
    text="#E8ECF1",
    muted="#A3AFBD",
    faint="#8793A2",
    accent="#A99DF5",
    primary="#7062D8",
    accent_soft="#262447",
    reference="#7A8796",
    ghost="#3A4654",
    loss="#E08A45",
    zero="#1B222B",
    green="#57C98A",
    green_soft="#15301F",
    amber="#F0B65B",
    amber_soft="#33270F",
    red="#F58C97",
    red_soft="#3A181D",
    bases=_letters("#2FBF71", "#6AA5E6", "#F7B32B", "#F2606E", "#7A8796"),
    base_text=_letters("#2FBF71", "#6AA5E6", "#F7B32B", "#F2606E", "#8793A2"),
)


def palette_for(mode: str | None) -> Palette:
    """The palette of a theme; anything but ``dark`` is light (a browser that has not told yet)."""
    return DARK if mode == "dark" else LIGHT


def contrast(first: str, second: str) -> float:
    """The WCAG 2.2 contrast ratio of two colours, from 1 to 21."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def mix(first: str, second: str, share: float) -> str:
    """``first`` with ``share`` of ``second`` mixed in, channel by channel in sRGB; for tints that must stay opaque."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, "relative luminance")."""
    linear = []
    for channel in _channels(colour):
        value = channel / 255
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
