"""Deleting a data set or a run: a question that says what goes, a line that takes it back, and the bin."""

import streamlit as st

from pages._ui import doors, state, storage, words
from seqdl_core.figures.text import markdown, plural, size
from seqdl_core.runs.bin import TITLES, Kind

_MOST_NAMES = 5
_MOST_LISTED = 20


def ask(owner: str, kind: Kind, entry_id: str) -> None:
    """Open the question."""
    st.dialog(f"Delete this {TITLES[kind]}?")(_question)(owner, kind, entry_id)


def undo(owner: str) -> None:
    """What was deleted in this tab last, and the way back."""
    gone = state.recall("deleted")
    if not gone:
        return
    kind, entry_id, name = gone
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"The {TITLES[kind]} **{markdown(name, 60)}** is in the bin.")
        if st.button("Undo", icon=":material/undo:", key="undo-delete", help=f"Bring the {TITLES[kind]} back"):
            state.remember("deleted", None)
            with doors.open_door():
                storage.restore(owner, entry_id)
            st.rerun()


def bin_of(owner: str) -> None:
    """What was deleted and when, each with its way back; nothing while the bin is empty."""
    with doors.open_door():
        there = storage.in_the_bin(owner)
    if not there:
        return
    st.space("xsmall")
    with st.expander(f"Bin, {plural(len(there), 'deleted thing')}", icon=":material/delete:"):
        for one in there[:_MOST_LISTED]:
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                told = f"{TITLES[one.kind]}, {size(one.bytes)}, deleted {words.ago(one.deleted)}"
                st.markdown(f"**{markdown(one.name, 60)}**  \n:small[:gray[{told}]]", width="stretch")
                if st.button("Restore", key=f"restore:{one.id}", icon=":material/restore_from_trash:"):
                    if (state.recall("deleted") or ("", ""))[1] == one.id:
                        state.remember("deleted", None)
                    with doors.open_door():
                        storage.restore(owner, one.id)
                    st.rerun()
        if len(there) > _MOST_LISTED:
            st.caption(f"The last {_MOST_LISTED} of {len(there)}; `python -m seqdl_core bin list` names all.")
        st.caption("To remove all of it for good: `python -m seqdl_core bin empty`")


def _question(owner: str, kind: Kind, entry_id: str) -> None:
    with doors.open_door():
        lines = _dataset_lines(owner, entry_id) if kind == "datasets" else _run_lines(owner, entry_id)
    for line in lines:
        st.markdown(line)
    st.caption("It goes to the bin of this computer and takes space there until the bin is emptied.")
    with st.container(horizontal=True):
        delete = st.button("Delete", type="primary", icon=":material/delete:", key=f"delete:{entry_id}")
        if st.button("Keep it", key=f"keep:{entry_id}"):
            st.rerun()
    if delete:
        with doors.open_door():
            gone = storage.delete(owner, kind, entry_id)
        state.remember("deleted", (kind, entry_id, gone.name))
        same: state.Kind = "data" if kind == "datasets" else "run"
        if state.current(same) == entry_id:
            state.choose(same, "")
        st.rerun()


def _dataset_lines(owner: str, dataset_id: str) -> list[str]:
    data = storage.dataset_unread(owner, dataset_id)
    rows = plural(sum(data.info.counts.values()), "row")
    lines = [f"**{markdown(data.info.name, 60)}**: {rows}, {size(storage.folder_bytes(data.folder))} on disk."]
    users = [f"**{markdown(run.spec.name, 40)}**" for run in storage.trained_on(owner, dataset_id)]
    if users:
        more = f" and {len(users) - _MOST_NAMES} more" if len(users) > _MOST_NAMES else ""
        lines.append(
            f"Trained on it: {', '.join(users[:_MOST_NAMES])}{more}. "
            f"{'It keeps' if len(users) == 1 else 'They keep'} the rows and can be used as before."
        )
    return lines


def _run_lines(owner: str, run_id: str) -> list[str]:
    run = storage.run(owner, run_id)
    model = "with its model, curves and verdict" if doors.has_model(run) else "with its curves; it has no model yet"
    return [
        f"**{markdown(run.spec.name, 60)}**, {model}: {size(storage.folder_bytes(run.path))} on disk.",
        "The data set it was trained on stays.",
    ]
