"""What a page does with a run: submit it, stop it, resume it. Its place in the queue: :mod:`seqdl_core.runs.line`."""

import os
from pathlib import Path

from seqdl_core.errors import RunError
from seqdl_core.runs import line
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import Detached, OsLock
from seqdl_core.runs.records import RunSpec, now
from seqdl_core.runs.store import Store
from seqdl_core.runs.worker import JobQueue, worker_lock

_launched: dict[Path, Detached] = {}
"""The last worker that this process started for each store, kept so that an ended one can be collected."""

_AGAIN = (
    "The same training was ordered again while this one was on its way. It is done once; for another one change a "
    "setting, such as the seed, or the name."
)

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


def start(store: Store, run: RunFolder) -> RunFolder:
    """Submit a prepared run, and return the run that does what was ordered.

    That is an earlier one where its owner ordered the very same before and it waits or runs, as after a second click:
    the new one is taken back then, and the earlier one has a notice of it.
    """
    owner = run.spec.owner
    with OsLock(store.queue_folder / "orders.lock"):
        for other in line.going(store):
            if other.owner == owner and other.run.path != run.path and _same_order(other.run.spec, run.spec):
                store.take_back(run)
                _notice(other.run, _AGAIN)
                return other.run
        return submit(store, owner, run.id)


def _same_order(one: RunSpec, other: RunSpec) -> bool:
    own = {"id", "created", "data"}
    return one.model_dump(exclude=own) == other.model_dump(exclude=own)


def _notice(run: RunFolder, text: str) -> None:
    with run.state_lock():
        status = run.status()
        if text not in status.notices:
            run.put_status(status, notices=(*status.notices, text))


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
    line.enter(store, run)
    queue = JobQueue(store)
    try:
        queue.put()
    finally:
        queue.close()
