"""Work that takes longer than a click: started beside this process, shown while it goes on, kept when it is done."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages._ui import doors, state, storage
from seqdl_core.figures.text import markdown
from seqdl_core.runs.jobs import Job, wait_for

_SHORT_SECONDS = 1.5


def computed(owner: str, arguments: Sequence[str], doing: str, *, ask: str = "") -> dict[str, Any] | None:
    """What a command of the command line gives; None while it goes on, failed or waits to be started.

    Args:
        arguments: the command, with paths of the store only.
        doing: what the person reads meanwhile, such as "Looking for near-copies".
        ask: the words of a button that starts it; without them it starts by itself.
    """
    key = "stopped:" + "\0".join(arguments)
    job = storage.find_job(owner, arguments)
    if job is None:
        label = ask or ("Start again" if state.recall(key) else "")
        if label and not st.button(label, key=f"start:{key}", type="primary", icon=":material/play_arrow:"):
            return None
        with doors.open_door():
            job = storage.start_job(owner, arguments)
    now = wait_for(job, _SHORT_SECONDS)
    if now == "finished":
        with doors.open_door():
            return job.result()
    if now == "running":
        _progress(job, doing, key)
        return None
    with doors.open_door(stop=False):
        job.result()
    if st.button("Try again", key=f"again:{key}", icon=":material/refresh:"):
        job.cancel()
        with doors.open_door():
            storage.start_job(owner, arguments)
        st.rerun()
    return None


@st.fragment(run_every=1)
def _progress(job: Job, doing: str, key: str) -> None:
    """The bar, its words and Cancel; the page runs again once the job is over."""
    if job.state() != "running":
        st.rerun()
    said = job.progress()
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{doing}.** :gray[{markdown(said.text) or 'It goes on when you leave this page.'}]")
            stop = st.button("Cancel", key=f"cancel:{key}", icon=":material/close:")
        st.progress(min(max(said.done, 0.0), 1.0))
    if stop:
        state.remember(key, True)
        job.cancel()
        st.rerun()
