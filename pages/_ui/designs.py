"""Parts of the Design page: the list of architectures, presets, and what a network takes, alone or beside another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import design_doors, doors, state, widgets, words
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.layers import Block, layer_diagrams, receptive_field
from seqdl_core.figures.palette import Palette
from seqdl_core.figures.text import count, duration_range, markdown, plural, size
from seqdl_core.own_networks import title
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.models import Architecture
    from seqdl_core.sequences.alphabets import Alphabet

_SEARCHED_FROM = 8
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
            "Kind", [_OWN, _PUBLISHED], default=_OWN, key="design:kind", label_visibility="collapsed",
            persist_state="session", width="stretch", disabled=bool(asked),
        )  # fmt: skip
        shown = _found(fitting, asked) if asked else [one for one in fitting if kinds in (None, _kind(one))]
        if not shown:
            st.caption(f"No architecture here is called or does “{markdown(asked, 40)}”; these are all.")
            shown = list(fitting)
    names = [one.name for one in shown]
    before = state.recall("design:architecture")
    if before not in names and before in {one.name for one in fitting}:
        names.insert(0, before)
    labels = {one.name: one for one in fitting}
    return st.radio(
        "Architecture", names, key="design:architecture", persist_state="session", label_visibility="collapsed",
        format_func=lambda name: words.architecture_label(labels[name]) + _fits(labels[name], info),
        captions=[words.architecture_caption(labels[name], design_doors.misfit(name, info, {})) for name in names],
    )  # fmt: skip


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
        ("Parameters", count(anatomy.parameters), words.file_size(anatomy.parameters)),
        ("Memory while training", size(needed.memory.training), f"of {size(room.free)} free"),
        ("Time of an epoch", *time),
        ("Operations a sequence", words.operations(anatomy.flops), "multiplications and additions"),
    ]


def _span(low: float, high: float) -> str:
    """``1 to 3 s``."""
    return "under 1 s" if high < 1 else duration_range(low, high).replace(" and ", " to ")


def looked_at(
    owner: str, info: "DatasetInfo", draft: Draft, alphabet: "Alphabet", palette: Palette
) -> SeqDLError | None:
    """The network as it stands in the form, drawn where it can be; why it cannot be trained, None where it can."""
    problem = design_doors.refusal(draft.name, info, draft.settings, draft.training)
    if problem is not None:
        doors.show_error(problem)
        _ways_out(info, draft)
    try:
        told = takes(owner, info, draft)
    except SeqDLError:
        return problem
    widgets.metric_row(told[:-1])
    drawn(info, draft, alphabet, palette, told[-1])
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


def drawn(
    info: "DatasetInfo", draft: Draft, alphabet: "Alphabet", palette: Palette, operations: tuple[str, str, str]
) -> None:
    """The diagram and the receptive field of a network; ``operations`` as :func:`takes` tells them."""
    anatomy = design_doors.anatomy_of(draft.name, info, draft.settings)
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown("**Layers**", width="content")
            st.caption("height: positions · width: channels · shape: channels × positions", width="content")
        blocks = [
            Block(one.name, one.kind, one.detail, one.channels, one.positions, one.times, one.pairs)
            for one in anatomy.layers
        ]
        parts, before = layer_diagrams(blocks, palette), 0
        for column, (shown, part) in zip(st.columns([shown for shown, _ in parts], gap=None), parts, strict=True):
            with column:
                layers = anatomy.layers[before : before + shown]
                widgets.figure(part, words.layers_sentence(layers, before), still=True)
            before += shown
        st.caption(f"{operations[1]} ({operations[2]}) to score one sequence.")
    seen = info.length if anatomy.whole else anatomy.receptive_field
    if seen is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown("**Receptive field**", width="content")
            widgets.badges([words.field_badge(seen, info.length)], width="content")
        sentence = words.field_sentence(anatomy, info.length, alphabet.unit)
        bar = receptive_field(anatomy.receptive_field, info.length, alphabet.unit, palette, whole=bool(anatomy.whole))
        widgets.figure(bar, sentence, still=True)
        st.caption(sentence)


def beside(owner: str, info: "DatasetInfo", draft: Draft, fitting: "Sequence[Architecture]") -> None:
    """A second architecture chosen, and the same figures in two columns."""
    with st.container(border=True):
        st.markdown("**Compare two**")
        others = [one.name for one in fitting if one.name != draft.name] or [draft.name]
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown(f"`{title(draft.name)}`, as it stands in the form")
        with right:
            other = st.selectbox(
                "Compared with", others, key="design:other", persist_state="session", format_func=title
            )  # fmt: skip
            _, settings = preset(doors.architecture(other), f"design:other:{other}:preset", label="Preset of the other")
        rows = [_row(owner, info, one) for one in (draft, Draft(other, settings, draft.training))]
        names = [name for name in _ORDER if name in rows[0] or name in rows[1]]
        table = {
            "": names,
            f"`{title(draft.name)}`": [rows[0].get(name, "–") for name in names],
            f"`{title(other)}`" + (" (other)" if title(other) == title(draft.name) else ""): [
                rows[1].get(name, "–") for name in names
            ],
        }
        st.table(table, border="horizontal", hide_index=True)


_ORDER = (
    "Fits the data", "Parameters", "Receptive field", "Memory while training", "Time of an epoch",
    "Operations a sequence", "Layers",
)  # fmt: skip


def _row(owner: str, info: "DatasetInfo", draft: Draft) -> dict[str, str]:
    try:
        anatomy = design_doors.anatomy_of(draft.name, info, draft.settings)
        told = {label: value for label, value, _ in takes(owner, info, draft)}
    except SeqDLError as problem:
        return {"Fits the data": f"No. {markdown(problem.what)}"}
    unit = alphabet_named(info.alphabet).unit
    seen = anatomy.receptive_field
    field = "whole sequence" if anatomy.whole or seen is None else f"{count(seen)} {unit} of {count(info.length)}"
    return {
        "Fits the data": "Yes",
        "Receptive field": field,
        "Layers": " → ".join(words.layer_word(one) for one in anatomy.layers),
        **told,
    }


@st.fragment(run_every=1)
def _until_measured(owner: str) -> None:
    if design_doors.machine(owner) is not None:
        st.rerun()


def watch_machine(owner: str) -> None:
    """Draw the page again once this machine has been measured."""
    if design_doors.is_being_measured(owner):
        _until_measured(owner)
