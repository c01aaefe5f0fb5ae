"""A network of one's own on the Design page, where the administrator allows it: what the file holds, and its upload."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import design_doors, doors, state
from seqdl_core.own_networks.source import EXAMPLE

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset

_MOST_MB = 1


def offer(data: "Dataset") -> None:
    """A button that leads to a place to drop a PyTorch file; nothing at all where that is not allowed."""
    if design_doors.own_allowed(data.info) and st.button("Add a network of your own", icon=":material/upload_file:"):
        st.dialog("Add a network of your own", width="medium")(_upload)(data)


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
