"""Split: is the test set honest? Leaking pairs side by side, what they are worth, and another split."""

import streamlit as st

from pages._ui import data_doors, datasets, doors, pickers, splits, state, storage, waiting, widgets, words
from seqdl_core.config import fields_of
from seqdl_core.figures.text import markdown

EMPTY = pickers.Empty("Data", "Split", "call_split", "Whether a score on your test set can be believed.")
owner = state.owner()
data = pickers.dataset_or_empty(owner, EMPTY)
info = data.info

with widgets.head("Data", "Split", f"{markdown(info.name, 60)}: {datasets.split_line(info)}"):
    pickers.other_dataset(owner, data)
    if st.button("Design a network", type="primary", icon=":material/account_tree:"):
        state.go(state.DESIGN, data=data.folder.name)

ask, cost = data_doors.asked_first(info, "Look for leaks")
found = waiting.computed(
    owner, ["leaks", str(data.folder), "--pairs", "500"], "Looking for copies of test sequences in training",
    ask=ask, cost=cost,
)  # fmt: skip
if found is not None:
    st.header(markdown(splits.verdict(found)), anchor=False)
    widgets.badges(splits.badges(found))
    if splits.beneath(found):
        st.caption(markdown(splits.beneath(found)))
    if splits.metrics(found):
        widgets.metric_row(splits.metrics(found))
    if found["pairs"]:
        widgets.section("Leaking pairs", splits.pairs_note(found))
        with doors.open_door():
            splits.pairs(owner, data, found["pairs"])
    for notice in info.notices:
        if notice.part:
            st.caption(words.notice(notice))

if sum(info.counts.values()) < 2:
    st.info("One row cannot be split into training and test. Bring more sequences.", icon=":material/info:")
    st.stop()
widgets.section("Make another split", "The data set stays as it is; the new one remembers where it came from")
with doors.open_door():
    ways = data_doors.ways_of(owner, data.folder.name)
offered = splits.suggested(ways, found)
wanted = st.radio(
    "Way to split", [way.name for way in ways], format_func={way.name: way.title for way in ways}.__getitem__,
    captions=[markdown(way.summary) for way in ways], label_visibility="collapsed",
    key=f"split:way:{offered}", index=offered,
)  # fmt: skip
chosen = next(way for way in ways if way.name == wanted)
settings = widgets.config_form(chosen.config, f"split:{chosen.name}", advanced=False, captions=True)
if any(field.advanced for field in fields_of(chosen.config)):
    with st.expander("More settings", icon=":material/tune:"):
        settings |= widgets.config_form(chosen.config, f"split:{chosen.name}", advanced=True, captions=True)
name = st.text_input("Name of the new data set", placeholder=f"{info.name} ({chosen.title.lower()})", max_chars=80)
if st.button("Make this split", icon=":material/call_split:"):
    folder = storage.store().new_dataset_folder(owner)
    waiting.order("split", splits.command(data, folder, chosen, settings, name))
order = waiting.ordered(owner, "split")
if order:
    made = waiting.computed(owner, order, "Splitting")
    if made is not None:
        waiting.forget("split")
        state.go(state.SPLIT, data=storage.made_id(made))
