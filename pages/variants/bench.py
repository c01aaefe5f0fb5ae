"""Mutation bench: click a base, and see what the model makes of it."""

import streamlit as st

from pages._ui import benches, doors, motif_doors, pickers, state, tracks, widgets
from pages._ui.components.track import sequence_track

EMPTY = pickers.Empty(
    "Variants",
    "Mutation bench",
    "edit",
    "A sequence to change base by base, with what a trained network makes of it, will be here.",
)
owner, palette = state.owner(), state.palette()
run = pickers.run_or_empty(owner, EMPTY)
pickers.one_output_or_end(owner, run, EMPTY)
pickers.trained_or_stop(run)
with doors.open_door():
    bench = benches.opened(owner, run)

with widgets.head(
    "Variants",
    "Mutation bench",
    "Click a base to change it. Letters are scaled by how much they hold the prediction up.",
):
    pickers.other_run(owner, run)
    if st.button("Undo to reference", icon=":material/restart_alt:", disabled=not bench.history.can_undo):
        benches.save(bench.history.to(0))
        st.rerun()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    benches.pick_sequence(owner, run, bench)
    benches.bring_sequence(bench)

known = motif_doors.motifs_or_none(owner, run)
with doors.open_door():
    reference = doors.sequence_view(owner, run, bench.sequence)
    edited = doors.sequence_view(owner, run, bench.edited)
    sites = motif_doors.sites(known, bench.sequence, bench.edited)
data = tracks.bench(bench.name, bench.alphabet.letters, bench.reading, reference, edited, bench.history, sites)
sequence_track(data, key=f"bench:{run.id}", on_event=benches.changed(bench))

prediction, edits, motifs = st.columns(3, gap="small")
with prediction.container(border=True, height="stretch"):
    benches.prediction_card(bench, reference, edited, palette)
with edits.container(border=True, height="stretch"):
    benches.edit_card(owner, run, bench)
with motifs.container(border=True, height="stretch"), doors.open_door():
    benches.motif_card(bench, known, sites, palette, matched=run.motifs_path.is_file())
