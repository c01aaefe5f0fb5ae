"""Work that takes longer than a click: started beside this process, shown while it goes on, kept when it is done."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages._ui import doors, state, storage
from seqdl_core.figures.text import markdown
from seqdl_core.runs.jobs import Job, wait_for

_SECONDS_AT_FIRST = 1.2
_SECONDS_LATER = 0.1


_ADDRESS = "job"


def order(command: str, arguments: Sequence[str]) -> None:
    """Have a command of this page computed from now on; the page address carries it over a refresh.

    Args:
        command: its first word, which tells orders of different pages apart.
    """
    state.remember(f"order:{command}", list(arguments))
    state.set_address(_ADDRESS, storage.job_key(arguments))


def ordered(owner: str, command: str) -> list[str]:
    """What was ordered on this page, in this tab or, by the page address, in another one; empty without an order."""
    found = storage.job_arguments(owner, state.address(_ADDRESS))
    if found[:1] == [command]:
        state.remember(f"order:{command}", found)
    now: list[str] = state.recall(f"order:{command}") or []
    if now or not found:  # else the address carries another order of this page
        state.set_address(_ADDRESS, storage.job_key(now) if now else "")
    return now


def forget(command: str) -> None:
    """The order was carried out, or is not wanted any more."""
    state.remember(f"order:{command}", None)
    state.set_address(_ADDRESS, "")


def give_up(owner: str, command: str) -> None:
    """End the work on an order that does not fit any more."""
    job = storage.find_job(owner, ordered(owner, command))
    if job is not None and job.state() == "running":
        job.cancel()
    forget(command)


def forget_job(owner: str, arguments: Sequence[str]) -> None:
    """Do not find what a command gave again: the next order works anew."""
    job = storage.find_job(owner, arguments)
    if job is not None:
        job.cancel()


def computed(
    owner: str, arguments: Sequence[str], doing: str, *, ask: str = "", cost: str = ""
) -> dict[str, Any] | None:
    """What a command of the command line gives; None while it goes on, failed or waits to be started.

    Args:
        arguments: the command, with paths of the store only.
        doing: what the person reads meanwhile, such as "Looking for near-copies".
        ask: the words of a button that starts it; without them it starts by itself.
        cost: what it takes, said above that button.
    """
    key = "stopped:" + "\0".join(arguments)
    job, patience = storage.find_job(owner, arguments), _SECONDS_LATER
    if job is None:
        patience = _SECONDS_AT_FIRST
        stopped = bool(state.recall(key))
        label = ask or ("Start again" if stopped else "")
        if cost and ask:
            st.markdown(f":gray[{markdown(cost)}]")
        if stopped:
            st.markdown(":gray[Stopped at your request; nothing of it was kept.]")
        if label and not st.button(label, key=f"start:{key}", type="primary", icon=":material/play_arrow:"):
            return None
        state.remember(key, False)
        with doors.open_door():
            job = storage.start_job(owner, arguments)
        if label:
            st.rerun()
    now = wait_for(job, patience)
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
