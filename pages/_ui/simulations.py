"""The order for a simulated data set, and what was planted where."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui import datasets, doors, state, storage, widgets
from seqdl_core.data.simulation_rules import Simulation
from seqdl_core.figures.text import count, markdown, one_line, plural

_SHOWN = 8


def background_of(owner: str) -> str:
    """The data set whose sequences a shuffled or GC-matched background is made from; "" for none."""
    there = {one.folder.name: one for one in storage.datasets(owner)}
    picked = st.selectbox(
        "Sequences for a shuffled or GC-matched background", list(there), index=None,
        format_func=lambda key: one_line(there[key].info.name, 60), placeholder="None", key="simulate:given",
    )  # fmt: skip
    return str(there[picked].folder) if picked else ""


def command(settings: Mapping[str, Any], given: str, folder: Path) -> list[str]:
    """The command that makes it; settings that were left as they are, are left out."""
    order = ["simulate", f"--out={folder}"]
    for name, value in settings.items():
        default = getattr(Simulation(), name)
        written = ", ".join(map(str, default)) if isinstance(default, tuple) else default
        if value in (default, written):
            continue
        if value is True:
            order.append(f"--{name.replace('_', '-')}")
        else:
            order.append(f"--{name.replace('_', '-')}={value}")
    return [*order, *([f"--given={given}"] if given else [])]


def show(owner: str, made: Mapping[str, Any]) -> None:
    """What was made, its first positives with the planted letters in capitals, and the ways on."""
    chosen = storage.made_id(made)
    with doors.open_door():
        data = doors.dataset(owner, chosen)
    info = data.info
    with widgets.head("", markdown(info.name, 80), f"{datasets.parts_line(info)}, every site known"):
        if st.button("Quality", icon=":material/fact_check:"):
            state.go(state.QUALITY, data=chosen)
        if st.button("Design a network", icon=":material/account_tree:"):
            state.go(state.DESIGN, data=chosen)
    planted = data.features["name"].value_counts().head(4)
    widgets.metric_row(
        [(markdown(str(name), 30), count(int(number)), "sites planted") for name, number in planted.items()]
    )
    rows = data.rows("train")
    rows = rows[rows["label"] > 0].head(_SHOWN)
    lines = []
    for name, sequence in zip(rows["id"], rows["sequence"], strict=True):
        letters = list(str(sequence).lower())
        for site in data.features[data.features["id"] == name].itertuples():
            letters[site.start : site.end] = str(sequence[site.start : site.end]).upper()
        lines.append("".join(letters))
    st.markdown(f"**First {plural(len(lines), 'positive')}**, planted letters in capitals")
    st.code("\n".join(lines), None)
    for told in info.notices:
        st.caption(markdown(told.sentence))
