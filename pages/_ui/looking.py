"""What is in the files of an import: little is read at once, much beside this process; and imports that go on."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import doors, findings, state, storage, waiting, widgets, words
from seqdl_core.config import parse
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.spreadsheet import as_csv
from seqdl_core.figures.text import markdown, percent

if TYPE_CHECKING:
    from seqdl_core.data.importing import Inspection


def inspection(owner: str) -> "tuple[Inspection | None, str]":
    """What is in the files under the corrections made so far, or None and what the page is called meanwhile.

    Where files may lie is looked at anew each time, and so are the words of the page address.
    """
    ids, choices = state.files(), state.choices()
    with doors.open_door(stop=False):
        parse(ImportChoices, dict(choices))
        files = storage.uploads(owner, ids)
        if storage.is_read_at_once(files, choices):
            return doors.inspection(owner, ids, choices), ""
        order = storage.inspect_order(owner, ids, choices)
        record = waiting.computed(owner, order, "Reading the files")
        if record is not None:
            return doors.recorded_inspection(owner, storage.job_key(order), record), ""
        job = storage.find_job(owner, order)
        if job is None or job.state() == "running":
            return None, "Your files are being read" if job else "Nothing was read yet"
    return None, "Nothing could be read"


def going_on(owner: str, order: list[str]) -> None:
    """A line for each import that goes on beside this page, such as one begun in a tab that was closed.

    Args:
        order: the import that the page itself shows.
    """
    for job in storage.running_jobs(owner, "import"):
        if list(job.arguments) == order:
            continue
        key = storage.job_key(job.arguments)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            name = markdown(storage.import_name(job.arguments), 60)
            st.markdown(f"An import is running: **{name}**, {percent(job.progress().done)} done.", width="stretch")
            if st.button("Show", key=f"show-import-{key}", icon=":material/visibility:"):
                state.forget_import()
                waiting.order("import", list(job.arguments))
                st.rerun()


def imported(owner: str, order: list[str]) -> None:
    """How far the ordered import is; the data set opens once it is there."""
    made = waiting.computed(owner, order, "Importing")
    if made is not None:
        waiting.forget("import")
        state.forget_import()
        state.go(state.DESIGN, data=storage.made_id(made))


def left_out(found: "Inspection") -> None:
    """How many rows are left out, why, and which ones, for all to see; nothing where all are kept."""
    badge = findings.left_out_badge(found)
    if not badge:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap="small", width="stretch"):
            st.badge(badge, color="orange", icon=":material/filter_alt:")
            for told in findings.left_out_reasons(found):
                st.markdown(words.notice(told))
        number = findings.listed_rows(found.dropped, found.unlisted[0])
        widgets.download(f"Rows left out, {number}", as_csv(found.dropped), "Rows left out.csv", "text/csv")


def notices(found: "Inspection") -> None:
    """What else was changed or assumed, and the rows whose letters were changed."""
    others = findings.other_notices(found)
    if not others:
        return
    with st.expander(findings.notices_title(others), icon=":material/info:"):
        for told in others:
            st.markdown(words.notice(told))
        if len(found.changed):
            number = findings.listed_rows(found.changed, found.unlisted[1])
            widgets.download(f"Rows changed, {number}", as_csv(found.changed), "Rows changed.csv", "text/csv")
