"""Runs: how the training goes, live; and all runs beside each other."""

import streamlit as st

from pages._ui import charts, deleting, doors, pickers, state, storage, tables, widgets, words
from seqdl_core.figures.text import markdown

EMPTY = pickers.Empty(
    "Model / Runs", "Runs", "play_circle", "Training runs, with their curves and results, will be here."
)
owner, palette = state.owner(), state.palette()
run = pickers.run_or_empty(owner, EMPTY, trained=False)
with doors.open_door():
    spec, first = run.spec, run.status()
    info = doors.dataset_of(owner, run).info

with widgets.head("Model / Runs", markdown(spec.name, 60), words.run_subtitle(info, run)):
    pickers.other_run(owner, run, trained=False)
    stopping = first.state in words.GOING and run.stop_requested()
    if first.state in words.GOING and st.button("Stop and keep", icon=":material/stop_circle:", disabled=stopping):
        with doors.open_door():
            storage.stop_run(run)
        st.rerun()
    if first.state in words.RESUMABLE and st.button("Resume", type="primary", icon=":material/resume:"):
        with doors.open_door():
            storage.resume_run(run)
        st.rerun()
    if first.state == "finished" and st.button("Open the verdict", type="primary", icon=":material/balance:"):
        state.go(state.VERDICT, run=run.id)


@st.fragment(run_every=2 if first.state in words.GOING else None)
def live(behind: tuple[str, ...]) -> None:
    """The part that moves: it reads the run folder, and stops asking once the run is over."""
    with doors.open_door():
        status = run.status()
        own, others = charts.progress(owner, run), charts.progress_of(owner, behind)
    if status.state != first.state:
        st.rerun()
    widgets.progress_card(status, words.when(status, storage.queue_place(run)), stopping=run.stop_requested())
    if status.error:
        doors.show_parts(status.error)
    if status.waits_for:
        st.warning(markdown(status.waits_for), icon=":material/hourglass_top:")
    for text in status.notices:
        st.info(markdown(text), icon=":material/build:")
    widgets.metric_row(words.run_metrics(status, own.epochs))
    if not own.epochs:
        st.caption("The curves begin with the first epoch.")
        return
    loss, metric = st.columns(2, gap="medium")
    with loss:
        charts.loss_curves(own, others, palette)
    with metric:
        charts.metric_curves(own, others, palette)


above = st.container()
with doors.open_door():
    everyone = storage.runs(owner)
    table = tables.run_table(owner, everyone)
deleting.undo(owner)
widgets.section("All runs", "Tick to overlay on the curves, the arrow opens a run")
ticked, (way, wanted) = widgets.run_table(table, [one.id for one in everyone], "runs:table", ticks=True)
if way == "Delete":
    deleting.ask(owner, "runs", wanted)
elif wanted:
    state.go(state.RUNS, run=wanted)
with above:
    live(tuple(one for one in ticked if one != run.id))
