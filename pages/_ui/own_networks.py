"""A network of one's own on the Design page, where the administrator allows it: adding a file and removing it."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import deleting, design_doors, doors, state
from seqdl_core.own_networks import PREFIX, title
from seqdl_core.own_networks.source import EXAMPLE

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset

_MOST_MB = 1


def offer(owner: str, data: "Dataset", chosen: str) -> None:
    """Ways to drop a PyTorch file and to remove the one that is chosen; nothing at all where that is not allowed."""
    if not design_doors.own_allowed(data.info):
        return
    if st.button("Add a network of your own", icon=":material/upload_file:"):
        st.dialog("Add a network of your own", width="medium")(_upload)(data)
    if chosen.startswith(PREFIX) and st.button(f"Remove `{title(chosen)}`", icon=":material/delete:"):
        deleting.ask(owner, "networks", chosen)
    deleting.undo(owner, "networks")


def _upload(data: "Dataset") -> None:
    st.markdown(
        "A Python file with one class that takes one-hot sequences and returns raw scores. A child of "
        "`seqdl_core.config.Config` in the file becomes its settings, given to it as `config`."
    )
    st.code(EXAMPLE, language="python")
    brought = st.file_uploader("PyTorch file", type=["py"], key=state.fresh_key("design:own"), max_upload_size=_MOST_MB)
    st.caption(
        "The file is run on this computer, with the rights of whoever started SeqDL: first in a process of its own, on "
        "two of these sequences."
    )
    if st.button("Try and add", type="primary", icon=":material/add:", disabled=brought is None) and brought:
        with doors.open_door(stop=False), st.spinner("Trying the network in a process of its own"):
            state.remember("design:added", design_doors.add_own(data, brought.getvalue(), brought.name))
            state.renew_key("design:own")
            st.rerun()


def choose_added() -> None:
    """Choose the architecture that was added a moment ago; to be called before the list is drawn."""
    added = state.recall("design:added")
    if added:
        state.remember("design:added", "")
        state.remember("design:architecture", added)
        state.remember("design:search", "")
