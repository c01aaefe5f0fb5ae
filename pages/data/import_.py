"""Import: here is what was found, the evidence for it, and one correction for each."""

import streamlit as st

from pages._ui import bringing, corrections, doors, findings, looking, state, storage, tables, waiting, widgets
from seqdl_core.data.importing import suggested_name
from seqdl_core.figures.text import markdown

owner = state.owner()
ids = state.files()
order = waiting.ordered(owner, "import")

looking.going_on(owner, order)
if not ids and order:
    bringing.import_alone(owner, order)
if not ids:
    bringing.nothing_yet(owner)

above = st.container()
found, meanwhile = looking.inspection(owner)
if found is None:
    with above, widgets.head("Data", meanwhile):
        bringing.start_over()
    st.stop()
waits = findings.waits_for_negatives(found)
if order and not storage.same_import(order, storage.import_order(owner, ids, state.choices(), "")):
    waiting.give_up(owner, "import")
    order = []

with above, widgets.head("Data", "Here is what I found", findings.import_line(found)):
    bringing.start_over()
    with st.popover("Add files", icon=":material/add:"):
        bringing.bring(owner, "more")
    save = st.button(
        "Save data set", icon=":material/check:", type="secondary" if waits or order else "primary",
        disabled=bool(found.problems or order), help="One thing is to be decided first" if found.problems else None,
    )  # fmt: skip
if order:
    with above:
        looking.imported(owner, order)
looking.left_out(found)

for problem in findings.other_problems(found):
    doors.show_error(problem)
for setting, title, offered in findings.remedies(found):
    corrections.remedy(setting, title, offered, found.choices, state.choose_setting)

chosen = dict(state.choices())
with st.container(gap=None):
    for finding in found.findings:
        st.divider()
        told, correct = st.columns([5, 2], vertical_alignment="center", gap="medium")
        with told.container(horizontal=True, vertical_alignment="center", gap="medium", wrap=False):
            st.markdown(f"### :violet[:material/{finding.icon}:]", width=32, anchors=False)
            with st.container(gap=None):
                st.markdown(f"**{markdown(finding.sentence)}**")
                st.caption(markdown(finding.evidence))
        with correct:
            corrections.correction(finding, chosen.get(finding.choice, ""), state.choose_setting)
    if found.findings:
        st.divider()
if found.problems:
    corrections.take_back(findings.unseen_corrections(found, chosen), state.choose_setting)

if waits:
    st.warning(findings.positives_only_text(found), title=markdown(found.problems[-1].what), icon=":material/warning:")
    with st.container(horizontal=True):
        if st.button("Make dinucleotide-shuffled negatives", type="primary", icon=":material/shuffle:"):
            state.choose_setting("negatives", "shuffle")
            st.rerun()
        if findings.offers_genome(found) and st.button("Use windows from the genome", icon=":material/genetics:"):
            state.choose_setting("negatives", "genome")
            st.rerun()
        with st.popover("I have a file of negatives", icon=":material/add:"):
            bringing.bring(owner, "negatives")
        if st.button("Keep them without labels", icon=":material/label_off:"):
            state.choose_setting("task", "unlabelled")
            st.rerun()
elif findings.unlabelled_text(found):
    st.info(findings.unlabelled_text(found), icon=":material/label_off:")
elif found.positives_only:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(findings.negatives_badge(found), color="green", icon=":material/check:")
        if st.button("Take that back", type="tertiary"):
            state.choose_setting("negatives", "")
            st.rerun()

if found.tables:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header("First rows", anchor=False, width="content")
        shown = 0
        if len(found.tables) > 1:
            shown = st.segmented_control(
                "File", range(len(found.tables)), default=0, required=True, label_visibility="collapsed",
                format_func=lambda place: findings.preview_title(found.tables[place]),
            )  # fmt: skip
        else:
            st.caption(findings.preview_title(found.tables[0]), width="content")
    preview = found.tables[shown or 0]
    st.dataframe(
        tables.preview(preview, gc=findings.has_gc(found)), hide_index=True,
        column_config=tables.preview_columns(preview), alt=f"The first rows of {preview.name}",
    )  # fmt: skip
if found.summary:
    widgets.metric_row(findings.summary_metrics(found, found.summary), border=False)
looking.notices(found)

name = suggested_name(found)
if found.tables:
    name = st.text_input("Name of the data set", value=name, max_chars=80)
if save and found.table is None:
    waiting.order("import", storage.import_order(owner, ids, state.choices(), name.strip() or suggested_name(found)))
    st.rerun()
elif save:
    with doors.open_door():
        saved = storage.save_dataset(owner, found, name.strip() or suggested_name(found))
    state.forget_import()
    state.go(state.DESIGN, data=saved)
