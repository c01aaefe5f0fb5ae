"""Runs: how the training goes, live; and all runs beside each other."""

import streamlit as st

from pages._ui import charts, deleting, doors, pickers, running, state, storage, tables, widgets, words
from seqdl_core.figures.text import markdown

EMPTY = pickers.Empty(
    "Model / Runs", "Runs", "play_circle", "Training runs, with their curves and results, will be here."
)
owner, palette = state.owner(), state.palette()
run = pickers.run_or_empty(owner, EMPTY, trained=False)
with doors.open_door():
    spec, first = run.spec, run.status()
    info = doors.dataset_of(owner, run).info
    begun = bool(doors.epochs(owner, run))

with widgets.head("Model / Runs", markdown(spec.name, 60), words.run_subtitle(info, run)):
    pickers.other_run(owner, run, trained=False)
    running.actions(owner, run, first)


@st.fragment(run_every=(2 if begun else 1) if first.state in words.GOING else None)
def live(behind: tuple[str, ...]) -> None:
    """The part that moves: it reads the run folder, and stops asking once the run is over."""
    with doors.open_door():
        status, place = run.status(), storage.queue_place(run)
        own, others = charts.progress(owner, run), charts.progress_of(owner, behind)
    if status.state != first.state or bool(own.epochs) != begun:
        st.rerun()
    widgets.progress_card(status, words.when(status, place), stopping=run.stop_requested())
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
running.notes(run, everyone)
deleting.undo(owner)
widgets.section("All runs", "Tick to overlay on the curves and compare, the arrow opens a run")
shown = running.found(everyone)
with doors.open_door():
    table = tables.run_table(owner, shown)
ticked, (way, wanted) = widgets.run_table(table, [one.id for one in shown], "runs:table", ticks=True)
if way == "Delete":
    deleting.ask(owner, "runs", wanted)
elif wanted:
    state.go(state.RUNS, run=wanted)
running.side_by_side(owner, [run, *(one for one in shown if one.id in ticked and one.id != run.id)])
with above:
    live(tuple(one for one in ticked if one != run.id))
