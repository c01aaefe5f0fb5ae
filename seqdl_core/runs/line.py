"""The line: which runs wait and run on this machine, whose turn is next, and when a waiting one may start.

    queue/going/<owner>.<run>   an empty file for each run that may wait or run; the state in its folder is the truth
    queue/starts/<owner>        an empty file, written when a run of this owner last began
    queue/lengths.json          how many seconds the last finished runs took

The next run is one of the owner with the fewest running runs; among such owners, of the one whose last start lies
longest back. So a person who submits fifty runs does not keep the others waiting for more than one of them.
"""

import heapq
import json
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np

from seqdl_core.errors import SeqDLError
from seqdl_core.files import replace_file
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.records import RunStatus, seconds_since
from seqdl_core.runs.slots import slots
from seqdl_core.runs.store import Store

Band = tuple[float, float, float]
"""A low, a middle and a high estimate, in seconds."""

_REMEMBERED = 60
_ENOUGH = 3
"""From so many finished runs on, the next one's time is guessed from them."""

_UNKNOWN_SECONDS = 600.0
"""What a run counts with where nothing is known, for the order alone."""


@dataclass(frozen=True)
class Going:
    """A run that waits or runs, with its state when it was looked at."""

    owner: str
    run: RunFolder
    status: RunStatus

    @property
    def waits(self) -> bool:
        return self.status.state == "queued"

    @property
    def takes_slot(self) -> bool:
        """Whether it runs on this machine; a store may be shared with others."""
        return self.status.state == "running" and self.status.host == platform.node()


@dataclass(frozen=True)
class Place:
    """The place of a waiting run, 1 for the next, and in how many seconds it may start; None where nothing is known."""

    position: int
    seconds: Band | None


def enter(store: Store, run: RunFolder) -> None:
    """Note a run of the store that waits or runs, once its state says so."""
    folder = store.queue_folder / "going"
    folder.mkdir(exist_ok=True)
    (folder / f"{run.path.absolute().parents[1].name}.{run.id}").touch()


def enter_all(store: Store) -> None:
    """Look through all runs of all owners for those that wait or run: one may have come before it was noted."""
    for owner in store.owners():
        for run in store.runs(owner):
            if run.status().state in ("queued", "running"):
                enter(store, run)


def going(store: Store) -> list[Going]:
    """The runs that wait or run, those that were submitted first first; those that are over are forgotten."""
    folder, found = store.queue_folder / "going", []
    for note in list(folder.iterdir()) if folder.is_dir() else ():
        owner, _, run_id = note.name.partition(".")
        try:
            run = store.run(owner, run_id)
            if run.status().state not in ("queued", "running"):
                with run.state_lock():  # whoever lets it wait again does so before or after, and notes it then
                    if run.status().state not in ("queued", "running"):
                        note.unlink(missing_ok=True)
            status = run.status()
        except (SeqDLError, FileNotFoundError):
            note.unlink(missing_ok=True)
            continue
        if status.state in ("queued", "running"):
            found.append(Going(owner, run, status))
    return sorted(found, key=lambda one: (one.status.queued, one.run.id))


def note_start(store: Store, owner: str) -> None:
    """A run of this owner begins."""
    folder = store.queue_folder / "starts"
    folder.mkdir(exist_ok=True)
    (folder / owner).touch()


def last_starts(store: Store) -> dict[str, float]:
    """When each owner's last run began."""
    folder = store.queue_folder / "starts"
    return {note.name: note.stat().st_mtime for note in (folder.iterdir() if folder.is_dir() else ())}


def next_of(waiting: Sequence[Going], running: Mapping[str, int], starts: Mapping[str, float]) -> Going:
    """Whose turn it is; ``running`` and ``starts`` are per owner."""
    return min(
        waiting,
        key=lambda one: (running.get(one.owner, 0), starts.get(one.owner, 0.0), one.status.queued, one.run.id),
    )


def note_length(store: Store, status: RunStatus) -> None:
    """A finished run took so long; for the one worker, which asks with no other thread beside it."""
    if status.state == "finished" and status.started and status.ended:
        took = (datetime.fromisoformat(status.ended) - datetime.fromisoformat(status.started)).total_seconds()
        kept = [*_lengths(store), took][-_REMEMBERED:]
        replace_file(store.queue_folder / "lengths.json", json.dumps(kept))


def _lengths(store: Store) -> list[float]:
    try:
        return [float(one) for one in json.loads((store.queue_folder / "lengths.json").read_text())]
    except (OSError, ValueError, TypeError):
        return []


def place_of(run: RunFolder) -> Place | None:
    """The place of a waiting run among all that wait on this machine; None where it does not wait.

    The start is foreseen from what running runs say they have left, and from what the last finished ones took.
    """
    store = Store.around(run)
    if store is None or run.status().state != "queued":
        return None
    there, usual = going(store), _band(_lengths(store))
    starts, places, own = last_starts(store), slots(), run.path.absolute()
    foreseen = [_foreseen(there, places, starts, partial(_seconds, usual=usual, which=which)) for which in range(3)]
    if own not in foreseen[0]:
        return None
    position = foreseen[1][own][0]
    if usual is None and (position > 1 or any(one.takes_slot and one.status.seconds_left is None for one in there)):
        return Place(position, None)
    low, middle, high = (each[own][1] for each in foreseen)
    return Place(position, (min(low, middle), middle, max(middle, high)))


def _seconds(one: Going, usual: Band | None, which: int) -> float:
    """How long a run goes on from here, or from its start where it waits: the ``which`` of three estimates."""
    if one.status.seconds_left is not None:
        return max(0.0, one.status.seconds_left[which])
    if usual is None:
        return _UNKNOWN_SECONDS
    if one.waits:
        return usual[which] * (1 - one.status.done)
    return max(0.0, usual[which] - seconds_since(one.status.started or one.status.updated))


def _band(seconds: Sequence[float]) -> Band | None:
    if len(seconds) < _ENOUGH:
        return None
    low, middle, high = np.percentile(seconds, [10, 50, 90])
    return float(low), float(middle), float(high)


def _foreseen(
    there: Iterable[Going], places: int, starts: Mapping[str, float], seconds: Callable[[Going], float]
) -> dict[Path, tuple[int, float]]:
    """The folders of waiting runs with their place and the seconds until they start, if each takes ``seconds``."""
    order = list(there)
    ends = [(seconds(one), one.owner) for one in order if one.takes_slot]
    heapq.heapify(ends)
    waiting = [one for one in order if one.waits]
    running, began = Counter(owner for _, owner in ends), dict(starts)
    latest = max(began.values(), default=0.0)
    moment, found = 0.0, dict[Path, tuple[int, float]]()
    while waiting:
        while len(ends) >= places:
            moment, owner = heapq.heappop(ends)
            running[owner] -= 1
        chosen = next_of(waiting, running, began)
        waiting.remove(chosen)
        found[chosen.run.path.absolute()] = (len(found) + 1, moment)
        heapq.heappush(ends, (moment + seconds(chosen), chosen.owner))
        running[chosen.owner] += 1
        latest += 1.0
        began[chosen.owner] = latest
    return found
