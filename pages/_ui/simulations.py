"""The order for a simulated data set, what stands in its way, and what was planted where."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages._ui import datasets, doors, state, storage, widgets
from seqdl_core.config import fields_of
from seqdl_core.data.simulation.rules import Simulation
from seqdl_core.data.spreadsheet import as_csv
from seqdl_core.figures.planted import DrawnSite, in_words, site_map
from seqdl_core.figures.text import count, markdown, one_line, plural, score, told_apart

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from seqdl_core.data.dataset import Dataset

_SHOWN = 4


def background_of(owner: str, settings: Mapping[str, Any]) -> str:
    """The data set whose sequences the background is made from; "" for none. Asked where it matters."""
    if settings["background"] == "random":
        return ""
    there = {one.folder.name: one for one in storage.datasets(owner) if one.info.alphabet == settings["alphabet"]}
    labels = told_apart([one_line(one.info.name, 60) for one in there.values()])
    picked = st.selectbox(
        "Sequences that the background is made from", list(there), index=None, key="simulate:given",
        format_func=dict(zip(there, labels, strict=True)).__getitem__,
        placeholder="Choose a data set" if there else "There is no data set of these letters yet; import one",
    )  # fmt: skip
    return str(there[picked].folder) if picked else ""


def problems(settings: Mapping[str, Any], given: str, places: "Mapping[str, DeltaGenerator]") -> Collection[str]:
    """Say under each setting what is wrong with it; the settings of which something is said."""
    from seqdl_core.data.simulation.problems import problems_of

    found = problems_of({name: _typed(value) for name, value in settings.items()}, given=bool(given))
    for name, problem in found.items():
        with places[name]:
            doors.show_error(problem)
    return found.keys()


def in_the_way(names: Collection[str]) -> str:
    """Which settings stand in the way; "" for none."""
    titles = [markdown(field.title) for field in fields_of(Simulation) if field.name in names]
    return f"To be mended first: {', '.join(titles)}" if titles else ""


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
    """What was made, where the sites of its first rows lie, and the ways on."""
    chosen = storage.made_id(made)
    with doors.open_door():
        data = doors.dataset(owner, chosen)
    info = data.info
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        with st.container(gap=None, width="stretch"):
            st.header(markdown(info.name, 80), anchor=False)
            st.markdown(f":gray[{datasets.parts_line(info)}, every site known]")
        if st.button("Quality", icon=":material/fact_check:"):
            state.go(state.QUALITY, data=chosen)
        if st.button("Design a network", icon=":material/account_tree:"):
            state.go(state.DESIGN, data=chosen)
    for told in info.notices:
        st.warning(markdown(" ".join(part for part in (told.sentence, told.fix) if part)), icon=":material/warning:")
    planted = data.features["name"].value_counts().head(4)
    widgets.metric_row(
        [(markdown(str(name), 30), count(int(number)), "sites planted") for name, number in planted.items()]
    )
    _first_rows(data)


def _first_rows(data: "Dataset") -> None:
    """The truth of a few rows: as a drawing, and as letters with those of sites in capitals."""
    rows, binary = data.rows("train"), data.info.task == "binary"
    shown = pd.concat([rows[rows["label"] > 0].head(_SHOWN), rows[rows["label"] <= 0].head(_SHOWN)])
    if not binary:
        shown = rows.head(2 * _SHOWN)
    drawn, lines = [], []
    for name, sequence, label in zip(shown["id"], shown["sequence"], shown["label"], strict=True):
        letters, sites = list(str(sequence).lower()), []
        for site in data.features[data.features["id"] == name].itertuples():
            letters[site.start : site.end] = str(sequence[site.start : site.end]).upper()
            strand = str(site.strand) if data.alphabet.double_stranded else ""
            sites.append(DrawnSite(int(site.start), int(site.end), strand, str(site.name)))
        drawn.append((datasets.class_title(str(int(label))) if binary else score(label), sites))
        lines.append("".join(letters))
    note = "the first of each class" if binary else f"with their {data.info.targets[0]}"
    widgets.section("What was planted where", f"{plural(len(lines), 'training sequence')}, {note}")
    with st.container(border=True):
        chart = site_map(drawn, data.info.length, data.alphabet.unit, state.palette())
        widgets.figure(chart, in_words(drawn), key="simulate:sites")
    st.caption("The same as letters, those of planted sites in capitals")
    st.code("\n".join(lines), None)
    sites = data.features
    table = pd.DataFrame(
        {
            "id": sites["id"],
            "motif": sites["name"],
            "first": sites["start"].astype(int) + 1,
            "last": sites["end"].astype(int),
            "strand": sites["strand"].map({"+": "forward", "-": "reverse"}),
        }
    )
    widgets.download(f"All {plural(len(table), 'site')} as CSV", as_csv(table), "planted-sites.csv", "text/csv")


def _typed(value: Any) -> Any:
    """An emptied box of a number as text, which is no number."""
    return "" if value is None else value
