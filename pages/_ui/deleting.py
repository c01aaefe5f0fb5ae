"""Deleting a data set, a run or a network of one's own: a question, a line that takes it back, and the bin."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import doors, state, storage, words
from seqdl_core.figures.text import markdown, plural, size
from seqdl_core.own_networks import title
from seqdl_core.runs.bin import TITLES, Kind

if TYPE_CHECKING:
    from seqdl_core.runs.folder import RunFolder

_MOST_NAMES = 5
_MOST_LISTED = 20


def ask(owner: str, kind: Kind, entry_id: str) -> None:
    """Open the question."""
    st.dialog(f"Delete this {TITLES[kind]}?")(_question)(owner, kind, entry_id)


def undo(owner: str, only: Kind | None = None) -> None:
    """What was deleted in this tab last, and the way back; ``only`` where it was of this kind."""
    gone = state.recall("deleted")
    if not gone or only not in (None, gone[0]):
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
        lines = {"datasets": _dataset_lines, "runs": _run_lines, "networks": _network_lines}[kind](owner, entry_id)
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
        state.remember("deleted", (kind, gone.id, gone.name))
        same: state.Kind = "data" if kind == "datasets" else "run"
        if kind != "networks" and state.current(same) == entry_id:
            state.choose(same, "")
        st.rerun()


def _dataset_lines(owner: str, dataset_id: str) -> list[str]:
    data = storage.dataset_unread(owner, dataset_id)
    rows = plural(sum(data.info.counts.values()), "row")
    lines = [f"**{markdown(data.info.name, 60)}**: {rows}, {size(storage.folder_bytes(data.folder))} on disk."]
    users = storage.trained_on(owner, dataset_id)
    if users:
        keep = "It keeps" if len(users) == 1 else "They keep"
        lines.append(f"Trained on it: {_names(users)}. {keep} the rows and can be used as before.")
    return lines


def _names(runs: "list[RunFolder]") -> str:
    more = f" and {len(runs) - _MOST_NAMES} more" if len(runs) > _MOST_NAMES else ""
    return ", ".join(f"**{markdown(run.spec.name, 40)}**" for run in runs[:_MOST_NAMES]) + more


def _network_lines(owner: str, architecture: str) -> list[str]:
    lines = [f"**{markdown(title(architecture))}**: the file that was added, and no run or model."]
    users = storage.built_as(owner, architecture)
    if users:
        it = "It needs" if len(users) == 1 else "They need"
        lines.append(f"Trained with it: {_names(users)}. {it} the file to be read, so these wait until it is back.")
    return lines


def _run_lines(owner: str, run_id: str) -> list[str]:
    run = storage.run(owner, run_id)
    model = "with its model, curves and verdict" if doors.has_model(run) else "with its curves; it has no model yet"
    return [
        f"**{markdown(run.spec.name, 60)}**, {model}: {size(storage.folder_bytes(run.path))} on disk.",
        "The data set it was trained on stays.",
    ]
