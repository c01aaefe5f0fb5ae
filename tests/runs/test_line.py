"""Whose turn it is, and when: fair between owners, and foreseen as it would come about."""

import os
import random
import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.runs import line
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.line import Going, Place
from seqdl_core.runs.processes import signature
from seqdl_core.runs.records import RunStatus, now
from seqdl_core.runs.store import Store


@pytest.fixture
def first(store: Store, dataset: Dataset) -> RunFolder:
    return store.create_run("local", dataset, architecture="deepbind", training={"epochs": 1, "device": "cpu"})


def waiting(store: Store, first: RunFolder, owner: str, queued: str) -> RunFolder:
    """A copy of a run that waits as this owner's."""
    place = store.root / "owners" / owner / "runs" / f"20260101-000000-{random.randrange(16**8):08x}"
    shutil.copytree(first.path, place)
    run = RunFolder(place)
    run.change(state="queued", queued=queued)
    line.enter(store, run)
    return run


def going(owner: str, queued: str, state: str = "queued") -> Going:
    status = RunStatus.model_validate({"state": state, "queued": queued})
    return Going(owner, RunFolder(Path(f"/nowhere/{owner}/{queued}")), status)


def after(moment: str, seconds: float) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def test_the_owner_with_the_fewest_running_comes_first_then_who_started_longest_ago() -> None:
    there = [going("anna", "1"), going("bert", "2"), going("carl", "3"), going("carl", "0")]
    assert line.next_of(there, {"anna": 1, "bert": 1}, {"carl": 9.0}).run.id == "0", "carl has none, his first is first"
    assert (
        line.next_of(there, {"anna": 1, "bert": 1, "carl": 1}, {"anna": 5.0, "bert": 4.0, "carl": 9.0}).owner == "bert"
    )
    assert line.next_of(there, {}, {}).run.id == "0", "with no difference who came first"


@pytest.mark.parametrize("places", [1, 3])
def test_while_somebody_waits_with_nothing_running_nobody_else_starts_twice(places: int) -> None:
    rng = random.Random(places)
    owners = [f"owner{number}" for number in range(10)]
    left = [going(owner, f"{number:02}") for owner in owners for number in range(rng.randint(1, 6))]
    rng.shuffle(left)
    running: list[str] = []
    starts: dict[str, float] = {}
    since: dict[str, Counter[str]] = {owner: Counter() for owner in owners}  # what began while an owner had nothing
    for moment in range(len(left)):
        if len(running) == places:
            running.remove(rng.choice(running))
        chosen = line.next_of(left, Counter(running), starts).owner
        left.remove(line.next_of(left, Counter(running), starts))
        running.append(chosen)
        starts[chosen] = float(moment + 1)
        for owner in owners:
            if owner in running or owner not in {one.owner for one in left}:
                since[owner].clear()
            else:
                since[owner][chosen] += 1
                assert max(since[owner].values()) == 1


def test_only_what_waits_or_runs_stays_noted(store: Store, first: RunFolder) -> None:
    run = waiting(store, first, "anna", "1")
    other = waiting(store, first, "bert", "0")
    assert [one.run.path for one in line.going(store)] == [other.path, run.path]
    run.change(state="finished")
    shutil.rmtree(other.path)
    assert line.going(store) == []
    assert list((store.queue_folder / "going").iterdir()) == []
    run.change(state="queued", queued="2")  # by a process that was killed before it noted that
    assert line.going(store) == []
    line.enter_all(store)
    assert [one.run.path for one in line.going(store)] == [run.path]


def test_places_and_starts_are_foreseen(store: Store, first: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_SLOTS", "1")
    running = waiting(store, first, "anna", "0")
    running.change(state="running", seconds_left=(50.0, 60.0, 90.0), **signature(os.getpid()))
    mine = [waiting(store, first, "anna", f"{number}") for number in (1, 2)]
    others = waiting(store, first, "bert", "3")
    line.note_start(store, "anna")
    assert line.place_of(running) is None
    assert line.place_of(others) == Place(1, (50.0, 60.0, 90.0)), "what runs says how long it has left"
    assert line.place_of(mine[0]) == Place(2, None), "how long the run before it takes is not known"

    started = now()
    for seconds in (100.0, 100.0, 100.0):
        line.note_length(store, RunStatus(state="finished", started=started, ended=after(started, seconds)))
    assert line.place_of(mine[0]) == Place(2, (150.0, 160.0, 190.0))
    assert line.place_of(mine[1]) == Place(3, (250.0, 260.0, 290.0))

    monkeypatch.setenv("SEQDL_SLOTS", "2")
    assert line.place_of(others) == Place(1, (0.0, 0.0, 0.0))
    assert line.place_of(mine[0]) == Place(2, (50.0, 60.0, 90.0))


def test_a_run_outside_the_store_has_no_place(run: RunFolder) -> None:
    assert line.place_of(run) is None
