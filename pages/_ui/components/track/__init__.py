"""The sequence track: letters scaled by value over a mutagenesis map, drawn on a canvas in the browser.

Streamlit has no figure that reports a click on a heat-map cell and repaints fast enough to edit a sequence with, so the
track is our own component. Python hands over numbers; everything on screen, the keyboard and the exports are in the
scripts beside this file, which are joined in the order of ``SCRIPTS`` (no build step, nothing from outside).
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import streamlit as st

from pages._ui import state
from pages._ui.components.track.glyphs import glyph_script

SCRIPTS = (
    *("palette", "surface", "layout", "draw", "words"),
    *("export", "parts", "chooser", "outbox", "input", "track"),
)
_DIGITS = 5  # significant digits of a number on its way to the browser


class Hit(TypedDict):
    """A motif over ``[start, end)``, 0-based; ``status`` is kept, lost, gained or empty."""

    start: int
    end: int
    label: str
    status: NotRequired[Literal["kept", "lost", "gained", ""]]


class Row(TypedDict):
    """One line of letters, ``values`` (L). ``refused`` says why it is not to be read; ``hits`` are for a stack."""

    label: str
    sequence: str
    values: Sequence[float]
    note: NotRequired[str]
    tone: NotRequired[Literal["reference", "accent", "muted", ""]]
    refused: NotRequired[str]
    hits: NotRequired[Sequence[Hit]]


class Map(TypedDict):
    """Substitutions on the edited sequence: ``values`` and ``probabilities`` (A, L), ``limit`` of the colour scale.

    For measured values ``probabilities`` are the values after each change; ``spoken`` is what one is called.
    """

    values: Sequence[Sequence[float]]
    limit: NotRequired[float]
    unit: NotRequired[str]
    probabilities: NotRequired[Sequence[Sequence[float]] | None]
    spoken: NotRequired[str]


class Edit(TypedDict):
    """A letter that differs from the reference, at a 0-based position."""

    position: int
    letter: str


class TrackData(TypedDict):
    """What the track draws. ``sequence`` is the reference, ``edited`` what the map and the base row show.

    ``edits`` are worked out where absent; ``unit`` is that of the letters' heights; ``name`` stands at the upper left
    before length and GC, and with ``title`` on a saved figure. ``digits`` are the decimals of effects, 2 where absent;
    what a model answers has one more.
    """

    mode: Literal["bench", "stack"]
    letters: str
    sequence: NotRequired[str]
    edited: NotRequired[str]
    rows: Sequence[Row]
    map: NotRequired[Map | None]
    hits: NotRequired[Sequence[Hit]]
    edits: NotRequired[Sequence[Edit]]
    unit: NotRequired[str]
    digits: NotRequired[int]
    name: NotRequired[str]
    title: NotRequired[str]


def _read(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


_COMPONENT = st.components.v2.component(
    "seqdl_sequence_track",
    html='<div class="track"></div>',
    css=_read("track.css"),
    js="\n".join([glyph_script(), *(_read(f"{name}.js") for name in SCRIPTS)]),
)


def sequence_track(
    data: TrackData,
    *,
    key: str,
    on_event: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any] | None:
    """Draws a track and gives back what the person did on it, once.

    Zoom, scroll, focus and cursor stay as they are when ``data`` changes under the same ``key``.

    Args:
        data: what to draw; numpy arrays and lists are both fine, a value that is not finite is drawn as missing.
        key: names the track on its page.
        on_event: called with the event before the page's script runs, so the page needs no second run; the track then
            returns None.

    Returns:
        The event, in the one run it caused: ``{"kind": "mutate", "position", "letter", "serial"}`` (0-based position),
        ``{"kind": "reset", "position", "positions", "serial"}`` (back to the reference) or ``{"kind": "undo" | "redo",
        "serial"}``; None in every other run.
    """
    seen = f"_track_{key}_serial"

    def take(event: Any) -> dict[str, Any] | None:
        if not _makes_sense(event, data) or event["serial"] == state.recall(seen):
            return None  # the same click is never told twice, whatever reruns come between
        state.remember(seen, event["serial"])
        return dict(event)

    def tell() -> None:
        event = take((state.recall(key) or {}).get("event")) if on_event else None
        if on_event and event:
            on_event(event)

    payload = {**_plain(data), "answered": state.recall(seen, 0)}
    result = _COMPONENT(data=payload, key=key, on_event_change=tell)
    return None if on_event else take(result.event)


def _makes_sense(event: Any, data: TrackData) -> bool:
    """Events come from a browser, so from anybody: positions lie on the sequence, letters in the alphabet."""
    if not isinstance(event, dict) or not isinstance(event.get("serial"), int):
        return False
    inside = range(len(data.get("sequence", "")))
    if event.get("kind") == "mutate":
        return event.get("position") in inside and event.get("letter") in list(data["letters"])
    if event.get("kind") == "reset":
        places = event.get("positions")
        return isinstance(places, list) and bool(places) and all(place in inside for place in places)
    return event.get("kind") in ("undo", "redo")


def _plain(value: Any) -> Any:
    """JSON without NaN: numbers rounded (a quarter of the bytes), what is not finite becomes null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
