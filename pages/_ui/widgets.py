"""Widgets that several pages share: the head of a page, a form from a config, pickers, metric rows, downloads."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import state, words
from seqdl_core.config import Config, ConfigField, fields_of
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.template import CONFIG, STILL
from seqdl_core.figures.text import markdown, score
from seqdl_core.runs.records import RunStatus

if TYPE_CHECKING:
    from seqdl_core.interpretation.reports import FilterReport


@contextmanager
def head(place: str, title: str, line: str = "") -> Iterator[None]:
    """Where one is, the title, one muted sentence (Markdown); the body of the ``with`` draws the actions."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        with st.container(gap=None, width="stretch"):
            if place:
                st.caption(place)
            st.title(title, anchor=False)
            if line:
                st.markdown(f":gray[{line}]")
        with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom", width="content"):
            yield


def section(title: str, note: str = "", link: tuple[str, str] | None = None) -> None:
    """A section heading, at the right an optional muted note and a way on (words and page)."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header(title, anchor=False, width="content")
        if note:
            st.caption(note, width="content")
        if link and st.button(link[0], type="tertiary", key=f"link:{link[1]}"):
            st.switch_page(link[1])


def run_table(
    table: pd.DataFrame, ids: Sequence[str], key: str, *, ticks: bool = False
) -> tuple[list[str], tuple[str, str]]:
    """A table of runs with coloured states.

    Returns:
        The ids ticked (where ``ticks``), and what was pressed, ``Open`` or ``Delete``, with the id; "" for nothing.
    """
    # The buttons stand beside the name: at the right end a narrow window hides them.
    columns = {
        "Run": st.column_config.TextColumn("Run", width=190),
        "Open": _button_column(f"{key}:Open", 36),
        "Delete": _button_column(f"{key}:Delete", 36),
        "State": st.column_config.MultiselectColumn(
            "State", options=list(words.STATES), color=[colour for colour, _ in words.STATES.values()], width="small"
        ),
        "What differs": st.column_config.TextColumn("What differs", width=150),
    }
    shown = table.copy()
    shown.insert(1, "Open", ":material/arrow_forward:")
    shown.insert(2, "Delete", ":material/delete:")
    told: dict[str, Any] = {
        "column_config": columns,
        "hide_index": True,
        "key": key,
        "alt": "Runs with their state and scores",
    }
    picked: list[str] = []
    if ticks:
        event = st.dataframe(shown, on_select="rerun", selection_mode="multi-row", **told)
        picked = [ids[row] for row in event.selection.rows]
    else:
        st.dataframe(shown, **told)
    for way in ("Open", "Delete"):
        click = state.recall(f"{key}:{way}")
        if click:
            return picked, (way, ids[click["row"]])
    return picked, ("", "")


def dataset_table(table: pd.DataFrame, ids: Sequence[str], key: str) -> tuple[str, str]:
    """A table of data sets with a menu of pages each, and a way to delete it; what was pressed and the id, or ""."""
    menu = {"Quality": "fact_check", "Split": "call_split", "Design": "account_tree"}
    shown = table.copy()
    shown.insert(1, "Open", [[f":material/{icon}: {way}" for way, icon in menu.items()]] * len(table))
    shown.insert(2, "Delete", ":material/delete:")
    columns: dict[str, Any] = {
        "Data set": st.column_config.TextColumn("Data set", width=210),
        "Open": _button_column(f"{key}:menu", 60, "Open"),
        "Delete": _button_column(f"{key}:Delete", 60, "Delete"),
        **{part: st.column_config.NumberColumn(part, format="%,d") for part in ("Training", "Test")},
    }
    st.dataframe(
        shown, column_config=columns, hide_index=True, key=key,
        alt="Data sets with their task, their parts and when they were made",
    )  # fmt: skip
    for name in ("menu", "Delete"):
        click = state.recall(f"{key}:{name}")
        if click:
            return click["label"].split()[-1] if name == "menu" else name, ids[click["row"]]
    return "", ""


def _button_column(key: str, width: int, label: str = "") -> Any:
    return st.column_config.ButtonColumn(label, key=key, type="tertiary", width=width)


def numbered(number: int, title: str, line: str) -> None:
    """The head of one of several steps."""
    st.header(f":violet-badge[{number}] {title}", anchor=False)
    st.markdown(f":gray[{line}]")


def metric_row(items: Sequence[tuple[str, str, str]], *, border: bool = True) -> None:
    """Equal cards: label, value, and the interval or yardstick under it (all Markdown)."""
    for column, (label, value, yardstick) in zip(st.columns(len(items)), items, strict=True):
        column.metric(
            label, value, delta=yardstick or None, delta_color="off", delta_arrow="off", border=border, height="stretch"
        )


def progress_card(status: RunStatus, when: str, *, stopping: bool = False) -> None:
    """State, epoch, time left with its band, the bar, and what closing the page does."""
    colour, icon = words.STATES[status.state]
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                st.badge(status.state, color=colour, icon=f":material/{icon}:")  # type: ignore[arg-type]
                if words.epoch_line(status):
                    st.markdown(f"**{words.epoch_line(status)}**", width="content")
                st.markdown(f":gray[{words.doing(status, stopping=stopping)}]", width="content")
            if when:
                st.caption(when, width="content")
        st.progress(min(max(status.done, 0.0), 1.0))
        st.caption(words.closing(status))


def not_judged_yet(status: RunStatus) -> None:
    """What a page of results says while the run is not that far, with the way to look at it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.badge(status.state, color=words.STATES[status.state][0])  # type: ignore[arg-type]
        st.markdown(words.doing(status) or "The run has no result yet.", width="content", text_alignment="center")
        if st.button("Look at the run", icon=":material/play_circle:"):
            st.switch_page(state.RUNS)
        st.space("small")


def said(icon: str, sentence: str, buttons: Mapping[str, tuple[str, str]]) -> str:
    """A card that says why there is nothing here (Markdown), with ways on; returns the name of the button pressed.

    ``buttons`` go from a name to its label and icon.
    """
    pressed = ""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"# :gray[:material/{icon}:]", width="content", anchors=False)
        st.markdown(sentence, width="content", text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center"):
            for name, (label, sign) in buttons.items():
                if st.button(label, icon=f":material/{sign}:", key=f"said:{name}"):
                    pressed = name
        st.space("small")
    return pressed


def filter_card(report: "FilterReport", logo: str, groups: tuple[str, str], largest: float) -> None:
    """A filter: its motif, the best match with its q, where it fires, and its influence as a bar."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(markdown(report.title, 32), width="content")
        st.markdown(words.q_badge(report), width="content")
    st.image(logo, width="stretch", alt=f"Motif of {report.title}")
    st.markdown(words.match_line(report, groups))
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(max(report.influence / largest, 0.0), 1.0) if largest > 0 else 0.0)
        st.caption(score(report.influence, 2), width="content")


def figure(chart: go.Figure, alt: str, *, key: str | None = None, still: bool = False) -> None:
    """A Plotly figure in our own template, with its sentence for screen readers."""
    st.plotly_chart(chart, theme=None, config=STILL if still else CONFIG, alt=alt, key=key)


def badges(items: Iterable[tuple[str, str, str]], *, width: Any = "stretch") -> None:
    """A row of badges: text (Markdown), colour, icon name or ""."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width=width):
        for text, colour, icon in items:
            st.badge(text, color=colour, icon=f":material/{icon}:" if icon else None)  # type: ignore[arg-type]


def download(label: str, data: str | bytes, name: str, mime: str, *, key: str | None = None) -> None:
    """A download that does not run the page again."""
    st.download_button(
        label, data, file_name=name, mime=mime, icon=":material/download:", on_click="ignore", key=key or f"get:{name}"
    )


def config_form(
    config: type[Config],
    prefix: str,
    *,
    advanced: bool | None = None,
    columns: int = 3,
    captions: bool = False,
    without: Collection[str] = (),
    in_address: bool = False,
    places: dict[str, DeltaGenerator] | None = None,
    typed: bool = False,
    start: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Draw a config's settings and return what is chosen, ready for ``seqdl_core.config.parse``.

    Boxes take a number as it is typed, also out of its bounds: ``parse`` says what is wrong with it, in three parts.

    Args:
        prefix: sets this form's widget keys apart from others'.
        advanced: only the advanced settings, only the others, or all (None).
        captions: the help under each setting instead of behind a question mark.
        without: settings that are not asked for and keep their defaults.
        in_address: the page address carries what was changed, over a refresh and into a second tab.
        places: filled with a place under each setting, where a page says what is wrong with it.
        typed: every whole number is typed into a box; else a range of up to 100 numbers is a slider.
        start: values that the form begins with instead of the defaults, under a ``prefix`` of their own.
    """
    fields = [field for field in fields_of(config) if advanced is None or field.advanced == advanced]
    fields = [field for field in fields if field.name not in without]
    fields = [replace(field, default=(start or {}).get(field.name, field.default)) for field in fields]
    values: dict[str, Any] = {}
    for first in range(0, len(fields), columns):
        for column, field in zip(st.columns(columns, gap="medium"), fields[first : first + columns], strict=False):
            with column:
                values[field.name] = _setting(field, f"{prefix}:{field.name}", captions, in_address, typed)
                if places is not None:
                    places[field.name] = st.container()
                if captions and field.help:
                    st.caption(field.help)
    return values


def held(config: type[Config], prefix: str, start: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the settings of :func:`config_form` stand at before it is drawn, those that it leaves out too."""
    begun = start or {}
    return {
        field.name: state.recall(f"{prefix}:{field.name}", begun.get(field.name, field.default))
        for field in fields_of(config)
    }


def mark(places: Mapping[str, DeltaGenerator], fields: Iterable[ConfigField], problem: SeqDLError) -> None:
    """Say under a setting what is wrong with it, where it is the one that ``problem`` is about."""
    for field in fields:
        if problem.where.endswith(f"setting {field.title}") and field.name in places:
            places[field.name].markdown(f":red[:material/error: {markdown(problem.fix)}]")


def _setting(field: ConfigField, key: str, captions: bool, in_address: bool, typed: bool) -> Any:
    label, default = markdown(field.title), field.default
    keep: dict[str, Any] = {"key": key, "help": None if captions else markdown(field.help) or None}
    keep |= {"bind": "query-params"} if in_address else {"persist_state": "session"}
    low, high = field.low, field.high
    if field.kind == "bool":
        return st.toggle(label, value=bool(default), **keep)
    if field.kind == "choice":
        return st.selectbox(
            label, field.choices, index=field.choices.index(default),
            format_func=dict(zip(field.choices, field.words, strict=True)).__getitem__, **keep,
        )  # fmt: skip
    if field.kind == "int":
        if not typed and low is not None and high is not None:
            if high - low <= 100:
                return st.slider(label, int(low), int(high), value=int(default), **keep)
            if sizes := _sizes(int(low), int(high), int(default)):
                return _size(label, sizes, int(default), key, keep)
        return st.number_input(label, value=int(default), **keep)
    if field.kind == "float":
        if low is not None and high is not None and _in_hundredths(low, high, default):
            return st.slider(label, float(low), float(high), value=float(default), step=0.01, format="%.2f", **keep)
        return st.number_input(label, value=float(default), format="%g", step=float(default) / 2 or 0.1, **keep)
    text = ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return st.text_input(label, value=text, **keep)


def _in_hundredths(low: float, high: float, default: float) -> bool:
    """Whether steps of 0.01 do for a share; where it may come up to 1 and is close to 0 or 1, smaller steps count."""
    return high - low <= 1 and (high < 1 or 0.05 <= default <= 0.95)


def _sizes(low: int, high: int, default: int) -> set[int]:
    """The powers of two within the bounds, and the default; none where the highest is not a power of two.

    Sizes of layers and batches are bounded by powers of two; counts such as epochs are not.
    """
    if high.bit_count() != 1:
        return set()
    return {default, *([0] if low == 0 else []), *(2**n for n in range(high.bit_length()) if 2**n >= low)}


def _size(label: str, sizes: Collection[int], default: int, key: str, keep: Mapping[str, Any]) -> int:
    """A slider over round sizes under a box for every other number; the box holds what counts."""
    slide = f"{key}:slide"
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
            st.markdown(f":small[{label}]", width="content", help=keep["help"])
            box = {**keep, "help": None}
            number = int(st.number_input(label, value=default, label_visibility="collapsed", width=92, **box))
        state.remember(slide, number)
        st.select_slider(
            label, sorted({*sizes, number}), key=slide, label_visibility="collapsed", on_change=_slid, args=(slide, key)
        )  # fmt: skip
    return number


def _slid(slide: str, key: str) -> None:
    state.remember(key, state.recall(slide))
