"""Home: bring sequences, train, see; examples; recent runs and data sets."""

import streamlit as st

from pages._ui import datasets, deleting, doors, findings, pickers, state, storage, tables, widgets, words
from seqdl_core.figures.sketches import learned, learning

owner, palette = state.owner(), state.palette()

with widgets.head("", "What do your sequences say?"):
    pass
st.markdown(
    ":gray[Bring DNA, RNA or protein sequences, train a network on this machine, and see what it learned and "
    "whether to believe it.]"
)

bring, train, see = st.columns(3, gap="small")
with bring.container(border=True, height="stretch"):
    widgets.numbered(
        1, "Bring sequences", "Drop any file. It is read, described and checked before anything else happens."
    )
    files = st.file_uploader(
        "Sequence files", accept_multiple_files=True, label_visibility="collapsed", key=state.fresh_key("home-files")
    )
    st.caption(findings.files_line())
    st.space("stretch")
    if st.button("Paste", icon=":material/content_paste:"):
        state.go(state.IMPORT)
if files:
    with doors.open_door():
        kept = storage.keep_files(owner, files)
    state.renew_key("home-files")
    state.go(state.IMPORT, files=state.joined(kept))

with train.container(border=True, height="stretch"):
    widgets.numbered(
        2, "Train", "Settings are chosen for your data. It runs in the background; you can close this page."
    )
    st.image(learning(palette), width="stretch", alt="A loss curve that falls and levels off")
    st.space("stretch")
    if st.button("Choose an architecture", icon=":material/account_tree:"):
        state.go(state.DESIGN, data=state.current("data"))

with see.container(border=True, height="stretch"):
    widgets.numbered(3, "See", "A verdict beside honest baselines, the motifs, the reasons, and what a mutation does.")
    st.image(learned(palette), width="stretch", alt="A motif drawn as letters scaled by how much they matter")
    st.space("stretch")
    if st.button("Open the last verdict", icon=":material/balance:"):
        state.go(state.VERDICT)

st.space("xsmall")
widgets.section("Try an example", "Simulated from JASPAR motifs; nothing is downloaded")
for column, example in zip(st.columns(3, gap="small"), storage.EXAMPLES, strict=True):
    with column.container(border=True, height="stretch"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{example.title}**  \n:small[:gray[{example.line}]]", width="stretch")
            chosen = st.button(
                "Open", key=f"example:{example.name}", icon=":material/arrow_forward:", type="tertiary",
                help=f"Make this data set and go to the design of a network: {example.title}",
            )  # fmt: skip
        if chosen:
            pickers.open_example(owner, example)

deleting.undo(owner)
with doors.open_door():
    recent = storage.runs(owner)
if recent:
    st.space("xsmall")
    widgets.section("Recent runs", link=(words.all_runs(len(recent)), state.RUNS))
    table = tables.recent_runs(owner, recent[:5])
    _, (way, wanted) = widgets.run_table(table, [run.id for run in recent[:5]], "home:runs")
    if way == "Delete":
        deleting.ask(owner, "runs", wanted)
    elif wanted:
        state.go(state.VERDICT if doors.is_judged(owner, wanted) else state.RUNS, run=wanted)

with doors.open_door():
    there = storage.datasets(owner)
if there:
    st.space("xsmall")
    widgets.section("Your data sets", datasets.newest_first(len(there)))
    way, pressed = widgets.dataset_table(datasets.listed(there), [one.folder.name for one in there], "home:datasets")
    if way == "Delete":
        deleting.ask(owner, "datasets", pressed)
    elif pressed:
        state.go({"Quality": state.QUALITY, "Split": state.SPLIT}.get(way, state.DESIGN), data=pressed)
deleting.bin_of(owner)
