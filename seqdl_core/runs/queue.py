"""What a page does with a run: submit it, stop it, resume it, ask for its place in the queue."""

import os
from pathlib import Path

from seqdl_core.errors import RunError
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import Detached
from seqdl_core.runs.records import now
from seqdl_core.runs.store import Store
from seqdl_core.runs.worker import JobQueue, waiting_runs, worker_lock

_launched: dict[Path, Detached] = {}
"""The last worker that this process started for each store, kept so that an ended one can be collected."""

_FRESH = {"error": None, "message": "", "ended": "", "pid": None, "seconds_left": None}


def submit(store: Store, owner: str, run_id: str) -> RunFolder:
    """Let a prepared run wait for its turn and see that there is a worker. Once is enough; twice does no more.

    Raises:
        RunError: when the run was started before and is over.
    """
    run = store.run(owner, run_id)
    if run.change_from(["prepared"], state="queued", queued=now(), **_FRESH):
        _wake(store, run)
    elif (state := run.status().state) not in ("queued", "running"):
        raise RunError(f"The run was started before; it is {state}.", where=run.spec.name, fix="Resume it instead.")
    ensure_worker(store)
    return run


def stop(run: RunFolder) -> None:
    """Stop a waiting run at once; ask a running one to write a checkpoint and end, which takes at most 10 s.

    Raises:
        RunError: when the run is over.
    """
    run.request_stop()
    if run.change_from(["queued", "prepared"], state="stopped", message="Stopped before it began.", ended=now()):
        run.clear_stop()
    elif (state := run.status().state) != "running":
        run.clear_stop()
        raise RunError(f"The run is {state}; there is nothing to stop.", where=run.spec.name)


def resume(run: RunFolder) -> None:
    """Let an interrupted, stopped or failed run wait for its turn again; it goes on from its last checkpoint.

    Raises:
        RunError: when the run is finished, or lies outside the store.
    """
    store = Store.around(run)
    if store is None:
        raise RunError(
            "The run lies outside SeqDL's store, where no worker looks.",
            where=str(run.path),
            fix="Resume it on the command line: python -m seqdl_core resume RUN.",
        )
    state = run.status().state
    if state == "finished":
        raise RunError("The run is finished; there is nothing to resume.", where=run.spec.name, fix="Start a new run.")
    if state not in ("running", "queued"):
        run.clear_stop()
    if run.change_from(["interrupted", "stopped", "failed", "prepared"], state="queued", queued=now(), **_FRESH):
        _wake(store, run)
    ensure_worker(store)


def position(run: RunFolder) -> int | None:
    """The place of a waiting run among all that wait on this machine, 1 for the next; None when it does not wait."""
    store = Store.around(run)
    if store is None or run.status().state != "queued":
        return None
    waiting = [other.path.name for other in waiting_runs(store)]
    return waiting.index(run.path.name) + 1 if run.path.name in waiting else None


def ensure_worker(store: Store) -> None:
    """Start this machine's worker where there is none; it outlives the process that calls. Cheap: call it often.

    With ``SEQDL_WORKER=off`` in the environment none is started: runs wait for one that a person starts.
    """
    if os.environ.get("SEQDL_WORKER") == "off":
        return
    starting = _launched.get(store.root)
    if (starting is not None and starting.poll() is None) or worker_lock(store).held_by_someone():
        return
    log = store.queue_folder / "worker.log"
    _launched[store.root] = Detached(["worker"], log, {"SEQDL_HOME": str(store.root)})


def _wake(store: Store, run: RunFolder) -> None:
    queue = JobQueue(store)
    try:
        queue.put(run.spec.owner, run.id)
    finally:
        queue.close()
