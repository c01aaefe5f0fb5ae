"""Verdict: the sentence, the figures with their intervals, and the comparison that they rest on."""

import streamlit as st

from pages._ui import charts, doors, pickers, state, tables, verdicts, widgets, words
from seqdl_core.figures.text import markdown

EMPTY = pickers.Empty(
    "Judge",
    "Verdict",
    "balance",
    "How well a model does on sequences it never saw, beside simple baselines, will be here.",
)
owner, palette = state.owner(), state.palette()
run = pickers.run_or_empty(owner, EMPTY)
with doors.open_door():
    judgement = doors.judgement(owner, run)
    info = doors.dataset_of(owner, run).info

with widgets.head("Judge", "Verdict", verdicts.verdict_line(info, run, judgement)):
    pickers.other_run(owner, run)
    if judgement and doors.one_score(info) and st.button("Explain it", type="primary", icon=":material/view_agenda:"):
        state.go(state.SEQUENCES, run=run.id)

if judgement is None:
    widgets.not_judged_yet(run.status())
    st.stop()

st.header(markdown(judgement.verdict), anchor=False)
widgets.badges(verdicts.verdict_badges(judgement, info))
widgets.metric_row(verdicts.verdict_metrics(judgement, info))

with st.container(border=True):
    charts.interval_rows(judgement, palette)

if judgement.task == "binary":
    columns = iter(st.columns(3, gap="medium"))
    if judgement.curves:
        with next(columns):
            st.markdown("**ROC**")
            charts.roc(judgement, palette)
        with next(columns):
            st.markdown("**Precision and recall**")
            charts.precision_recall(judgement, palette)
    if judgement.confusion:
        with next(columns):
            st.markdown(f"**Confusion at {judgement.confusion.threshold:.2f}**")
            charts.confusion(judgement, info, palette)
if judgement.by_target:
    columns = iter(st.columns(2 if judgement.called else 1, gap="medium"))
    if judgement.called:
        with next(columns):
            st.markdown(f"**What each {'letter' if judgement.task == 'masked' else 'class'} is called**")
            charts.called(judgement, palette)
    with next(columns):
        by_letter = judgement.task == "masked"
        what = "**Letter by letter**" if by_letter else "**Class by class**"
        st.markdown(what if judgement.called else "**Target by target**")
        st.dataframe(verdicts.by_target(judgement), hide_index=True, alt="Metrics of each with 95 % intervals")
charts.agreement(judgement, info, palette)

with st.expander("The same as a table", icon=":material/table:"):
    table = tables.comparison(judgement)
    st.dataframe(table, hide_index=True, alt="Metrics of the model and of each baseline with 95 % intervals")
    widgets.download("Table as CSV", table.to_csv(index=False), "verdict.csv", "text/csv")
if info.notices:
    with st.expander("What the import changed or assumed", icon=":material/info:"):
        for notice in info.notices:
            st.markdown(words.notice(notice))
