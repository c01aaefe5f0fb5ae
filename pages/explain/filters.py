"""Filters: what the first layer learned, as motifs, beside what JASPAR knows."""

import streamlit as st

from pages._ui import doors, motif_doors, pickers, state, widgets, words

EMPTY = pickers.Empty(
    "Explain",
    "What the filters learned",
    "filter_alt",
    "The motifs of a network's filters, with their JASPAR matches, will be here.",
)
owner, palette = state.owner(), state.palette()
run = pickers.run_or_empty(owner, EMPTY)
pickers.one_output_or_end(owner, run, EMPTY)
line = (
    "The first layer as motifs, for DNA matched to JASPAR by TOMTOM. The bar is how much the score rests on a filter."
)
with widgets.head("Explain", "What the filters learned", line):
    pickers.other_run(owner, run)
    action = st.container(width="content")

with doors.open_door(), st.skeleton(height=480):
    reports = motif_doors.filters(owner, run)
    data = doors.dataset_of(owner, run)
if reports is None:
    status = run.status()
    if status.state == "finished":
        st.info(words.no_filters(run.spec.architecture), icon=":material/filter_alt_off:")
    else:
        widgets.not_judged_yet(status)
    st.stop()
with action, doors.open_door():
    widgets.download("MEME file", motif_doors.filters_meme(owner, run), "filters.meme", "text/plain")

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.markdown(words.filters_sentence(reports, data.alphabet), width="content")
    every = st.toggle("Show all", key="filters:all", persist_state="session")
if words.halves_line(data.info):
    st.caption(words.halves_line(data.info))
shown = words.filters_shown(reports, every)
groups = words.filter_groups(data.info)
largest = max((report.influence for report in reports), default=0.0)
for start in range(0, len(shown), 4):
    for column, (report, motif) in zip(st.columns(4, gap="small"), shown[start : start + 4], strict=False):
        with column.container(border=True, height="stretch"):
            widgets.filter_card(report, motif_doors.logo(motif, palette.mode), groups, largest)
