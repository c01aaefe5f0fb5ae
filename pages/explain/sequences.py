"""Sequences: what the network saw in held-out sequences, letter by letter."""

import streamlit as st

from pages._ui import annotations, doors, motif_doors, pickers, state, tracks, widgets
from pages._ui.components.track import sequence_track
from seqdl_core.figures.text import markdown, one_line, told_apart

EMPTY = pickers.Empty(
    "Explain", "What the network saw", "view_agenda", "The letters that a trained network goes by will be here."
)
owner = state.owner()
run = pickers.run_or_empty(owner, EMPTY)
pickers.one_output_or_end(owner, run, EMPTY)
line = "Tall letters hold the prediction up; those below the line pull it down."
with widgets.head("Explain", "What the network saw", line):
    pickers.other_run(owner, run)
    action = st.container(width="content")
pickers.trained_or_stop(run)
with doors.open_door():
    data = doors.dataset_of(owner, run)
    info = data.info
    ways = doors.choices(info)

methods = doors.methods()
with st.container(horizontal=True, vertical_alignment="center"):
    method = st.selectbox(
        "Method", list(methods), format_func=lambda name: methods[name].title, label_visibility="collapsed", width=200,
        key="explain:method", persist_state="session",
    )  # fmt: skip
    choice = st.segmented_control(
        "Which sequences", ways, default=ways[0], required=True, format_func=str.capitalize,
        label_visibility="collapsed", key=f"explain:choice:{info.task}", persist_state="session",
    )  # fmt: skip
    how_many = st.segmented_control(
        "How many", [6, 12, 24], default=6, required=True, label_visibility="collapsed", key="explain:count",
        persist_state="session",
    )  # fmt: skip
st.caption(f"{markdown(methods[method].summary)} {markdown(methods[method].source)}.")

known = motif_doors.motifs_or_none(owner, run)
with doors.open_door(), st.skeleton(height=480):
    chosen = doors.attributed(owner, run, method, choice, how_many)
    found = [motif_doors.sites(known, sequence, sequence) for sequence in chosen.sequences]
if not chosen.rows:
    st.info(doors.reading(owner, run).nothing, icon=":material/check:")
    st.stop()
shown = tracks.stack(chosen, found)
sequence_track({**shown, "rows": annotations.beside_sites(shown["rows"], chosen.names, data)}, key=f"stack:{run.id}")
known_before = annotations.table(chosen.names, data)
if len(known_before):
    with st.expander("What the data set knows about these sequences", icon=":material/label:"):
        st.dataframe(known_before, hide_index=True, alt="Annotated stretches of the sequences above")

with st.container(horizontal=True, vertical_alignment="bottom"):
    told = zip(chosen.names, chosen.notes, strict=True)
    labels = told_apart([one_line(f"{name} · {note}", 64) for name, note in told])
    place = st.selectbox(
        "Sequence to change base by base", range(len(labels)), width=440, format_func=labels.__getitem__
    )  # fmt: skip
if action.button("Open in mutation bench", type="primary", icon=":material/edit:"):
    state.go(state.BENCH, run=run.id, row=str(chosen.rows[place]))
