"""Parts of the Runs page: what can be done with a run, its notes and tags, a search, and runs side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import designs, doors, state, storage, tables, widgets, words
from seqdl_core.config import Config, fields_of
from seqdl_core.data.spreadsheet import as_csv
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.text import markdown, one_line
from seqdl_core.training.config import TrainingConfig

if TYPE_CHECKING:
    from seqdl_core.runs.folder import RunFolder
    from seqdl_core.runs.records import RunNotes, RunStatus


def actions(owner: str, run: "RunFolder", status: "RunStatus") -> None:
    """The buttons of a run: what ends it, takes it up again, copies it."""
    if status.state in words.GOING:
        waits = status.state == "queued"
        label, icon = ("Cancel", "close") if waits else ("Stop and keep", "stop_circle")
        if st.button(label, icon=f":material/{icon}:", disabled=run.stop_requested()):
            with doors.open_door():
                storage.stop_run(run)
            st.rerun()
    if status.state in words.RESUMABLE and st.button("Resume", type="primary", icon=":material/resume:"):
        with doors.open_door():
            storage.resume_run(run)
        st.rerun()
    data = storage.dataset_in_store(owner, run)
    help_of = (
        "Opens Design with these settings" if data else "Its rows lie in the run alone, so Design cannot open them"
    )
    if st.button("Duplicate", icon=":material/content_copy:", disabled=not data, help=help_of):
        with doors.open_door():
            _fill_design(run)
        state.go(state.DESIGN, data=data)
    if status.state == "finished" and st.button("Open the verdict", type="primary", icon=":material/balance:"):
        state.go(state.VERDICT, run=run.id)


def _fill_design(run: "RunFolder") -> None:
    """Put the settings of a run into the form of the Design page."""
    spec = run.spec
    chosen = doors.architecture(spec.architecture)
    state.remember("design:search", "")
    state.remember("design:architecture", chosen.name)
    state.forget(designs.preset_key(chosen.name))
    _fill(chosen.config, f"design:{chosen.name}", spec.architecture_config)
    _fill(TrainingConfig, "design:training", spec.training)
    state.remember("design:jaspar", spec.jaspar or None)
    state.remember("design:name", one_line(f"{spec.name} (copy)", 80))


def _fill(config: type[Config], prefix: str, settings: dict[str, Any]) -> None:
    for field in fields_of(config):
        value = settings.get(field.name, field.default)
        told = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        state.remember(f"{prefix}:{field.name}", told)


def notes(run: "RunFolder", everyone: "Sequence[RunFolder]") -> None:
    """What people write beside a run, kept as soon as a field is left."""
    with doors.open_door(stop=False):
        kept, known = run.notes(), storage.tags_of(everyone)
        with st.expander(f"Notes and tags{_told(kept)}", icon=":material/sell:", key=f"notes:{run.id}"):
            key = f"tags:{run.id}"
            st.multiselect(
                "Tags", list(dict.fromkeys([*known, *kept.tags])), default=list(kept.tags), accept_new_options=True,
                key=key, placeholder="Choose or type a tag", on_change=_keep_tags, args=(run, key),
            )  # fmt: skip
            key = f"note:{run.id}"
            st.text_area("Note", value=kept.text, key=key, height=100, on_change=_keep_note, args=(run, key))


def _told(kept: "RunNotes") -> str:
    """What the closed box says."""
    parts = [*kept.tags, *([one_line(kept.text, 60)] if kept.text.strip() else [])]
    return f": {markdown(', '.join(parts), 90)}" if parts else ""


def _keep_tags(run: "RunFolder", key: str) -> None:
    with doors.open_door():
        storage.keep_tags(run, state.recall(key))


def _keep_note(run: "RunFolder", key: str) -> None:
    with doors.open_door():
        storage.keep_note(run, state.recall(key))


def found(runs: "Sequence[RunFolder]") -> "list[RunFolder]":
    """The runs that a search asks for; the field is there where there are several."""
    if len(runs) < 2:
        return list(runs)
    asked = st.text_input(
        "Search the runs", placeholder="Search names, networks, states, notes and tags", key="runs:search",
        label_visibility="collapsed", icon=":material/search:", persist_state="session",
    )  # fmt: skip
    shown = []
    for run in runs:
        try:
            if storage.found_by(run, asked):
                shown.append(run)
        except SeqDLError as problem:
            doors.show_error(problem)
    if not shown:
        st.caption("No run has all of these words.")
    return shown


def side_by_side(owner: str, runs: "Sequence[RunFolder]") -> None:
    """Two runs and more in a table: how they went, and each setting that differs."""
    if len(runs) < 2:
        return
    widgets.section("Side by side", "How they went, and every setting that is not the same")
    table = tables.side_by_side(owner, list(runs))
    st.dataframe(table, hide_index=True, alt="Runs in columns; results and differing settings in rows")
    widgets.download("Table as CSV", as_csv(table), "runs.csv", "text/csv")
