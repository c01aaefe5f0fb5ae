"""The worker with processes that only wait for a moment: slots, turns, and what an earlier worker left."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.runs import line, queue
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.processes import signature
from seqdl_core.runs.store import Store
from seqdl_core.runs.worker import JobQueue, Process

Ordered = Callable[[str], RunFolder]


def sleeper(seconds: float) -> Process:
    return subprocess.Popen([sys.executable, "-S", "-c", f"import time; time.sleep({seconds})"])


@pytest.fixture
def ordered(store: Store, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> Ordered:
    """``ordered(owner)`` is a run of this owner that waits; no worker starts by itself."""
    monkeypatch.setenv("SEQDL_WORKER", "off")

    def order(owner: str) -> RunFolder:
        run = store.create_run(owner, dataset, architecture="deepbind", training={"epochs": 1, "device": "cpu"})
        return queue.submit(store, owner, run.id)

    return order


class Stand:
    """A worker of so many threads whose trainings wait for a moment; it notes what began and how many ran."""

    def __init__(self, store: Store, seconds: float = 0.2) -> None:
        self.store, self.seconds = store, seconds
        self.began: list[tuple[str, str, int]] = []
        self.most = 0
        self.jobs = JobQueue(store, self._begin)

    def _begin(self, run: RunFolder, slot: int) -> Process:
        self.began.append((run.path.parents[1].name, run.id, slot))
        self.most = max(self.most, 1 + sum(one.takes_slot for one in line.going(self.store)))
        return sleeper(self.seconds)

    def work(self, threads: int) -> None:
        workers = [threading.Thread(target=self.jobs.work) for _ in range(threads)]
        for one in workers:
            one.start()
        for one in workers:
            one.join(30)
            assert not one.is_alive()


@pytest.fixture
def stand(store: Store) -> Iterator[Stand]:
    found = Stand(store)
    yield found
    found.jobs.close()


@pytest.mark.parametrize("places", [1, 2])
def test_never_more_run_than_slots_and_owners_take_turns(
    stand: Stand, ordered: Ordered, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQDL_SLOTS", str(places))
    for owner in ("anna", "anna", "anna", "bert", "carl"):
        ordered(owner)
    stand.work(threads=3)
    assert stand.most == places
    assert {slot for *_, slot in stand.began} == set(range(places))
    owners = [owner for owner, *_ in stand.began]
    assert sorted(owners[:3]) == ["anna", "bert", "carl"], "nobody has a second one before everybody had one"
    assert len({run for _, run, _ in stand.began}) == 5, "none is done twice"
    assert line.going(stand.store) == []


def test_what_runs_from_an_earlier_worker_holds_its_slot(
    stand: Stand, ordered: Ordered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQDL_SLOTS", "2")
    left, waiting = ordered("anna"), ordered("bert")
    with sleeper(0.9) as process:
        left.change(state="running", slot=0, **signature(process.pid))
        stand.work(threads=2)
    assert [(run, slot) for _, run, slot in stand.began] == [(waiting.id, 1)]

    monkeypatch.setenv("SEQDL_SLOTS", "1")
    third = ordered("carl")
    with sleeper(0.9) as process:
        left.change(state="running", slot=0, **signature(process.pid))
        began = time.monotonic()
        stand.work(threads=1)
        assert time.monotonic() - began > 0.5, "it waited for the slot"
    assert stand.began[-1][1:] == (third.id, 0)


def test_a_run_that_is_cancelled_while_it_waits_does_not_begin(stand: Stand, ordered: Ordered) -> None:
    run = ordered("anna")
    queue.stop(run)
    stand.work(threads=1)
    assert stand.began == []
    assert run.status().state == "stopped"


def test_a_process_that_ends_before_it_began_leaves_a_reason(stand: Stand, ordered: Ordered) -> None:
    run = ordered("anna")
    stand.seconds = 0.0
    stand.work(threads=1)
    status = run.status()
    assert status.state == "failed"
    assert status.error is not None
    assert "before it began" in status.error["what"]


def test_the_same_order_twice_is_one_run(store: Store, dataset: Dataset, ordered: Ordered) -> None:
    runs = [store.create_run("anna", dataset, architecture="deepbind") for _ in range(2)]
    assert queue.start(store, runs[0]).id == queue.start(store, runs[1]).id == runs[0].id
    assert not runs[1].path.exists()
    assert len(runs[0].status().notices) == 1
    someone_else = store.create_run("bert", dataset, architecture="deepbind")
    assert queue.start(store, someone_else).id == someone_else.id
    runs[0].change(state="finished")
    later = store.create_run("anna", dataset, architecture="deepbind")
    assert queue.start(store, later).id == later.id, "after its end the same may be trained again"
