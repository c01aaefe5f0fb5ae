"""Parts of the Design page: the list of architectures, presets, and what a network takes, alone or beside another."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import design_doors, design_words, doors, drawings, reach_words, state, widgets
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.palette import Palette
from seqdl_core.figures.text import count, markdown, plural, size, span
from seqdl_core.own_networks import title
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    from seqdl_core.anatomy import Anatomy
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.models import Architecture

_SEARCHED_FROM = 8
_WATCHED_SECONDS = 30.0
_PUBLISHED, _OWN = "In the literature", "General"


@dataclass(frozen=True)
class Draft:
    """A network as it stands in the form."""

    name: str
    settings: Mapping[str, Any]
    training: Mapping[str, Any]


def chosen_architecture(fitting: "Sequence[Architecture]", info: "DatasetInfo") -> str:
    """The name picked from the architectures, the recommended first; a long list by kind and with a search."""
    st.markdown("**Architecture**")
    shown = list(fitting)
    if len(fitting) > _SEARCHED_FROM:
        asked = st.text_input(
            "Search the architectures", placeholder=f"Search {len(fitting)} architectures", key="design:search",
            label_visibility="collapsed", icon=":material/search:", persist_state="session",
        )  # fmt: skip
        kinds = st.segmented_control(
            "Kind", [_OWN, _PUBLISHED], default=_kind(fitting[0]), key="design:kind", label_visibility="collapsed",
            persist_state="session", width="stretch", disabled=bool(asked),
        )  # fmt: skip
        shown = _found(fitting, asked) if asked else [one for one in fitting if kinds in (None, _kind(one))]
        if not shown:
            st.caption(design_words.not_found(asked, info, _called(doors.every_architecture(), asked)))
            shown = list(fitting)
    names = [one.name for one in shown]
    before = state.recall("design:architecture")
    if before not in names and before in {one.name for one in fitting}:
        names.insert(0, before)
    labels = {one.name: one for one in fitting}
    return st.radio(
        "Architecture", names, key="design:architecture", persist_state="session", label_visibility="collapsed",
        format_func=lambda name: design_words.architecture_label(labels[name]) + _fits(labels[name], info),
        captions=[_caption(labels[name], info) for name in names],
    )  # fmt: skip


def _caption(one: "Architecture", info: "DatasetInfo") -> str:
    misfit = design_doors.misfit(one.name, info, {})
    own = title(one.name) != one.name  # what people bring is run when it is chosen, not to fill a list
    number = 0 if misfit or own else design_doors.parameters_of(one.name, info, {})
    return design_words.architecture_caption(one, misfit, number)


def _fits(one: "Architecture", info: "DatasetInfo") -> str:
    """A badge where the settings that the form begins with do not take these sequences."""
    if design_doors.misfit(one.name, info, {}) is None:
        return ""
    for name, config in one.presets.items():
        if design_doors.misfit(one.name, info, config.model_dump(mode="json")) is None:
            return f" :orange-badge[{name} preset only]"
    return " :orange-badge[does not fit]"


def _kind(one: "Architecture") -> str:
    return _PUBLISHED if one.year else _OWN


def _found(fitting: "Sequence[Architecture]", asked: str) -> "list[Architecture]":
    wanted = asked.casefold().split()
    return [
        one for one in fitting if all(word in f"{one.name} {one.summary} {one.source}".casefold() for word in wanted)
    ]


def _called(every: "Sequence[Architecture]", asked: str) -> "list[Architecture]":
    """Those with one of the words in their names."""
    return [one for one in every if any(word in one.name for word in asked.casefold().split())]


def preset_key(name: str) -> str:
    """The key of the widget that picks a preset of the architecture in the form."""
    return f"design:{name}:preset"


def preset(architecture: "Architecture", key: str, *, label: str = "Preset") -> tuple[str, dict[str, Any]]:
    """The preset that was picked and its settings; "" and nothing for the defaults."""
    if not architecture.presets:
        return "", {}
    own = "Published" if architecture.year else "Recommended"
    picked = st.segmented_control(
        label, [own, *(name.capitalize() for name in architecture.presets)], key=key, persist_state="session",
        default=None if state.recall(key) else own, help="Fills in the settings; each can still be changed.",
    )  # fmt: skip
    name = (picked or own).lower()
    if name not in architecture.presets:
        return "", {}
    return name, architecture.presets[name].model_dump(mode="json")


def takes(owner: str, info: "DatasetInfo", draft: Draft) -> list[tuple[str, str, str]]:
    """What a network takes: label, figure, yardstick, the operations last; raises where it does not fit the data."""
    anatomy = design_doors.anatomy_of(draft.name, info, draft.settings)
    needed = design_doors.size_of(draft.name, info, draft.settings, draft.training)
    room = design_doors.room_of(draft.training)
    machine = design_doors.machine(owner)
    time = ("–", "this machine is being measured" if design_doors.is_being_measured(owner) else "not measured")
    if machine is not None:
        low, _, high = design_doors.seconds_per_epoch(needed, machine)
        epochs = int(draft.training.get("epochs", 1))
        time = (_span(low, high), f"{plural(epochs, 'epoch')}: {_span(epochs * low, epochs * high)}")
    return [
        ("Parameters", count(anatomy.parameters), design_words.file_size(anatomy.parameters)),
        ("Memory while training", size(needed.memory.training), f"of {size(room.free)} free"),
        ("Time of an epoch", *time),
        ("Operations a sequence", design_words.operations(anatomy.flops), "multiplications and additions"),
    ]


def _span(low: float, high: float) -> str:
    """``1 to 3 s``."""
    return span(low, high)


def looked_at(
    owner: str, info: "DatasetInfo", draft: Draft, palette: Palette, *, drawn: bool = True
) -> SeqDLError | None:
    """What the network of the form takes, ``drawn`` where it can be; why it cannot be trained, None where it can."""
    problem = design_doors.refusal(draft.name, info, draft.settings, draft.training)
    if problem is not None:
        doors.show_error(problem)
        _ways_out(info, draft)
    try:
        told = takes(owner, info, draft)
    except SeqDLError:
        return problem
    widgets.metric_row(told[:-1])
    st.caption(f"{design_words.MEMORY} {design_doors.device_line(draft.training)}")
    if drawn:
        _drawn(info, draft, palette, told[-1])
    return problem


def _ways_out(info: "DatasetInfo", draft: Draft) -> None:
    """Buttons for the presets that could be trained."""
    architecture = doors.architecture(draft.name)
    for name, config in architecture.presets.items():
        if design_doors.refusal(draft.name, info, config.model_dump(mode="json"), draft.training) is None:
            st.button(
                f"Take the {name} preset", icon=":material/compress:", key=f"design:take:{name}",
                on_click=state.remember, args=(preset_key(draft.name), name.capitalize()),
            )  # fmt: skip


def _drawn(info: "DatasetInfo", draft: Draft, palette: Palette, operations: tuple[str, str, str]) -> None:
    """The diagram and the receptive field of a network; ``operations`` as :func:`takes` tells them."""
    anatomy = design_doors.anatomy_of(draft.name, info, draft.settings)
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown("**Layers**", width="content")
            st.caption("height: positions · width: channels · shape: channels × positions", width="content")
        drawings.layers(anatomy, info, palette, draft.name)
        st.caption(
            f"{operations[1]} {operations[2]} to score one sequence. One-hot: a row for each letter, 1 where it stands "
            "and 0 elsewhere."
        )
    with st.container(border=True):
        drawings.field(anatomy, info, palette)


def beside(owner: str, info: "DatasetInfo", draft: Draft, fitting: "Sequence[Architecture]", palette: Palette) -> None:
    """A second architecture with settings of its own; both drawn in one scale, and what each takes."""
    with st.container(border=True):
        left, right = st.columns(2, gap="large")
        with left:
            st.markdown(f"**Compare two**: `{title(draft.name)}`, as it stands in the form below")
        with right, st.container(horizontal=True, vertical_alignment="bottom"):
            others = [one.name for one in fitting if one.name != draft.name] or [draft.name]
            name = st.selectbox(
                "Compared with", others, key="design:other", persist_state="session", format_func=title
            )  # fmt: skip
            architecture, form = doors.architecture(name), f"design:other:{name}"
            picked, start = preset(architecture, f"{form}:preset", label="Preset of the other")
            form = f"{form}:{picked}" if picked else form
            idle = doors.idle_settings(architecture.config, widgets.held(architecture.config, form, start), info)
            with st.popover(f"Settings of {title(name)}", icon=":material/tune:"):
                settings = widgets.config_form(
                    architecture.config, form, columns=2, captions=True, without=idle, start=start
                )  # fmt: skip
        drafts = (draft, Draft(name, settings, draft.training))
        shown = [_anatomy_or_none(info, one) for one in drafts]
        for place, column in enumerate(st.columns(2, gap="large")):
            this, other = shown[place], shown[1 - place]
            with column:
                if this is not None:
                    drawings.layers(
                        this, info, palette, drafts[place].name, key=f"design:layers:{place}", half=True, beside=other
                    )
                    drawings.field(this, info, palette, key=f"design:field:{place}", half=True)
        rows = [_row(owner, info, one) for one in drafts]
        same = title(name) == title(draft.name)
        table = {"": [one for one in _ORDER if one in rows[0] or one in rows[1]]}
        for one, row, mark in zip(drafts, rows, ("", " (other)" if same else ""), strict=True):
            table[f"`{title(one.name)}`{mark}"] = [row.get(label, "–") for label in table[""]]
        st.table(table, border="horizontal", hide_index=True)


_ORDER = (
    "Fits the data", "Parameters", "Receptive field", "Memory while training", "Time of an epoch",
    "Operations a sequence",
)  # fmt: skip


def _anatomy_or_none(info: "DatasetInfo", draft: Draft) -> "Anatomy | None":
    try:
        return design_doors.anatomy_of(draft.name, info, draft.settings)
    except SeqDLError:
        return None


def _row(owner: str, info: "DatasetInfo", draft: Draft) -> dict[str, str]:
    try:
        anatomy = design_doors.anatomy_of(draft.name, info, draft.settings)
        told = {label: value for label, value, _ in takes(owner, info, draft)}
    except SeqDLError as problem:
        return {"Fits the data": f"No. {markdown(problem.what)}"}
    unit = alphabet_named(info.alphabet).unit
    return {"Fits the data": "Yes", "Receptive field": reach_words.reach(anatomy, info.length, unit), **told}


def watch_machine(owner: str) -> None:
    """Wait at the end of the page until this machine has been measured, then draw it again; a click ends the wait.

    No fragment with a timer: one that ticks while a click leads to another page leaves that white (Streamlit 1.67).
    """
    if not design_doors.is_being_measured(owner):
        return
    place, end = st.empty(), time.monotonic() + _WATCHED_SECONDS
    while time.monotonic() < end:
        time.sleep(0.25)
        place.empty()  # where a click takes over
        if not design_doors.is_being_measured(owner):
            st.rerun()
