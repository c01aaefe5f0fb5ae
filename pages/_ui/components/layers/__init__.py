"""A network's layers from left to right as one list, which scrolls inside its frame where it is too narrow.

A Plotly figure has the width of its place on the page, so on a telephone its words lie on each other; a list does not.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from seqdl_core.figures.layers import TALLEST, Column
from seqdl_core.figures.palette import Palette

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "seqdl_layers",
    html='<ol class="layers"></ol>',
    css=(_HERE / "layers.css").read_text(encoding="utf-8"),
    js=(_HERE / "layers.js").read_text(encoding="utf-8"),
)


def layer_list(columns: Sequence[Column], palette: Palette, *, key: str, title: str, compact: bool = False) -> None:
    """Draw layers; ``title`` is what screen readers call the list, ``compact`` is for half of the page."""
    _COMPONENT(
        data={"columns": list(columns), "line": palette.reference, "tallest": TALLEST, "title": title,
              "compact": compact}, key=key
    )  # fmt: skip
