"""The ways to bring sequences: drop, paste, a file on this machine, a public data set, a simulated example."""

from typing import NoReturn

import pandas as pd
import streamlit as st

from pages._ui import doors, findings, looking, pickers, state, storage, waiting, widgets
from seqdl_core.data.catalogue import CatalogueEntry
from seqdl_core.figures.text import markdown, one_line, size
from seqdl_core.sequences.alphabets import alphabet_named


def bring(owner: str, place: str, *, more: bool = True) -> None:
    """The drop zone and the other ways. Whatever comes is on disk before anything else happens.

    Args:
        place: sets this one's widgets apart from others' on the page.
        more: whether these files join those that are there; public data sets and examples only stand alone.
    """
    files = st.file_uploader(
        "Sequence files", accept_multiple_files=True, key=state.fresh_key(f"import-files-{place}"),
        help=findings.files_line(),
    )  # fmt: skip
    if files:
        with doors.open_door():
            state.choose_files(storage.keep_files(owner, files, state.files()))
        state.renew_key(f"import-files-{place}")
        st.rerun()
    ways = {"Paste": _paste, "A file on this machine": _from_this_machine}
    if not more:
        ways |= {"Public data sets": _public, "Simulated example": _examples}
    for tab, way in zip(st.tabs(list(ways), key=f"ways-{place}"), ways.values(), strict=True):
        with tab:
            way(owner, place)


def _paste(owner: str, place: str) -> None:
    pasted = st.text_area(
        "Sequences", placeholder=">name\nACGT…", height=140, key=state.fresh_key(f"import-paste-{place}"),
        help="FASTA, lines with a sequence and a label, a table copied from a spreadsheet, or sequences alone",
    )  # fmt: skip
    if st.button("Read what I pasted", key=f"read-{place}", icon=":material/content_paste:") and pasted:
        with doors.open_door():
            state.choose_files(storage.keep_text(owner, pasted, state.files()))
        state.renew_key(f"import-paste-{place}")
        st.rerun()


def _from_this_machine(owner: str, place: str) -> None:
    there = storage.files_on_this_machine()
    folders = ", ".join(f"**{markdown(folder)}**" for folder in storage.open_folders())
    st.caption(f"For files too large for a browser: they are read where they lie. Files may be taken from {folders}.")
    picked = st.selectbox(
        "File", [one.shown for one in there], index=None, key=f"path-{place}", placeholder="Choose a file",
    )  # fmt: skip
    # In a form, because what is typed counts once the button is clicked, without Enter.
    with st.form(f"typed-path-{place}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input("Or its path", key=f"typed-{place}", placeholder="Type the path of a file")
        add = st.form_submit_button("Add", icon=":material/folder_open:")
    path = typed.strip() or next((str(one.path) for one in there if one.shown == picked), "")
    if add and path:
        with doors.open_door():
            state.choose_files(storage.keep_place(owner, path, state.files()))
        st.rerun()


def _public(owner: str, place: str) -> None:
    entries = storage.catalogue_entries()
    table = pd.DataFrame(
        {
            "Data set": [one.title for one in entries],
            "Letters": [alphabet_named(one.alphabet).title for one in entries],
            "Task": [one.task for one in entries],
            "Rows": [one.rows for one in entries],
            "Size": [size(one.bytes) for one in entries],
            "Licence": [one.licence for one in entries],
        }
    )
    event = st.dataframe(
        table, hide_index=True, height=250, on_select="rerun", selection_mode="single-row", key=f"public-{place}",
        alt="Public data sets that can be fetched",
    )  # fmt: skip
    names = [entries[row].name for row in event.selection.rows] or waiting.ordered(owner, "catalogue")[1:2]
    wanted = next((one for one in entries if one.name in names), None)
    if wanted is None:
        st.caption("Tick a data set. Nothing is fetched before you agree to a line that names the host and the size.")
        return
    _fetch(owner, wanted, place)


def _fetch(owner: str, wanted: CatalogueEntry, place: str) -> None:
    here = storage.is_here(wanted)
    said = "It is on this machine already." if here else "It will be kept on this machine and checked by its SHA-256."
    st.markdown(
        f"**{markdown(wanted.title)}.** {said}  \n:gray[{markdown(wanted.licence)}. {markdown(wanted.citation)}.]"
    )
    if here:
        if st.button("Use it", key=f"fetch-{place}-{wanted.name}", type="primary", icon=":material/download:"):
            _use(owner, wanted)
        return
    order = storage.fetch_order(wanted)
    waiting.order("catalogue", order)
    label = f"Fetch {size(wanted.bytes)} from {wanted.host}"
    if waiting.computed(owner, order, f"Fetching {markdown(wanted.title)} from {wanted.host}", ask=label) is not None:
        waiting.forget_job(owner, order)  # what it fetched is kept; another time it is asked for anew
        _use(owner, wanted)


def _use(owner: str, wanted: CatalogueEntry) -> NoReturn:
    """Import the files of a public data set that is here."""
    with doors.open_door():
        kept = storage.keep_public(owner, wanted)
        waiting.forget("catalogue")
        state.forget_import()
        state.choose_files(kept)
        for name, value in wanted.choices.items():
            state.choose_setting(name, value)
    st.rerun()


def _examples(owner: str, place: str) -> None:
    st.caption("Sites of known motifs in random sequences: nothing is downloaded, and the truth is known.")
    for example in storage.EXAMPLES:
        if st.button(
            one_line(f"{example.title}: {example.line}", 80), key=f"example-{place}-{example.name}", type="tertiary",
            icon=":material/science:",
        ):  # fmt: skip
            pickers.open_example(owner, example)


def start_over() -> None:
    """The way out of an import, whatever was found."""
    if st.button("Start over", icon=":material/restart_alt:", help="Leave these files and bring others"):
        waiting.forget("import")
        state.forget_import()
        st.rerun()


def import_alone(owner: str, order: list[str]) -> None:
    """The page while an import goes on whose files are not those of the page address."""
    with widgets.head("Data", f"Importing {markdown(storage.import_name(order), 60)}"):
        start_over()
    looking.imported(owner, order)
    st.stop()


def nothing_yet(owner: str) -> None:
    """The page while there is no file."""
    with widgets.head("Data", "Bring sequences", f"{findings.files_line()} They stay on this machine."):
        pass
    bring(owner, "first", more=False)
    st.stop()
