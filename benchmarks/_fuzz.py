"""Mutated files: small valid files of every format, damaged at random, must be read or refused with our own errors.

A failure is an exception that is not SeqDL's own, an input that takes more than a second of the processor, or one that
takes more than 100 MB of memory. One input in ``INSPECTED`` goes on through the whole inspection of an import, which
raises nothing at all; of those, every one that could be saved is saved. Inputs have up to about 60 kB, 256 kB where
they unpack.

    SEQDL_FUZZ=1000000 SEQDL_FUZZ_RECORD=fuzz.jsonl python -m benchmarks.data_in --only fuzz

Inputs are made in rounds of 10,000, each with a seed of its own. With a record, finished rounds are written there and
are not run again, so that hours of work may be stopped and taken up.
"""

import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import Measurement, Row, row
from benchmarks._fuzz_mutations import mutate, mutate_packed
from benchmarks._fuzz_seeds import seeds
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import inspect, save
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import read_tables

SLOW = 1.0
MOST_MEMORY = 100 * 2**20
INSPECTED = 25
_TRIES = 3
COUNT = int(os.environ.get("SEQDL_FUZZ", "20000"))
"""Inputs of each format that the benchmark tries; 1,000,000 take about six hours of one core. Of files that are
brought together it tries a fiftieth."""
ROUND = 10_000
_TOGETHER = 50

_PACKED = ("gzip", "zip", "workbook")
PACKED_OR_BINARY = (*_PACKED, "snapgene", "bigwig", "bigbed")


@dataclass
class Fuzzed:
    """What mutated inputs of one format did; ``failures`` hold what went wrong and the input."""

    format: str
    count: int = 0
    read: int = 0
    slowest_seconds: float = 0.0
    failures: list[tuple[str, bytes]] = field(default_factory=list)


def fuzz(form: str, count: int, seed: int) -> Fuzzed:
    """Read ``count`` mutated files of one format. The same seed gives the same files."""
    rng = random.Random(f"{form} {seed}")
    own, others = seeds()[form], [content for contents in seeds().values() for content in contents]
    change = mutate_packed if form in _PACKED else mutate
    result = Fuzzed(form)
    with folder_in_memory() as folder, watched(result) as watch:
        path = folder / "input"
        for number in range(count):
            content = change(rng.choice(own), rng.choice(others), rng) if number >= len(own) else own[number]
            path.write_bytes(content)
            through = number % INSPECTED == 0
            watch(content, lambda: _read(path, folder, result, through))  # noqa: B023 - called at once
    return result


def _read(path: Path, folder: Path, result: Fuzzed, through: bool) -> None:
    if through:
        look_through([path], folder)
    try:
        tables = read_tables(path)
    except SeqDLError:
        return
    for table in tables:
        if len(table):
            table.where(len(table) - 1)
    result.read += 1


def look_through(files: Sequence[Path], folder: Path, choices: ImportChoices | None = None) -> bool:
    """Inspect files, and save what can be saved; whether it was. Only saving may raise an error, and only ours."""
    inspection = inspect(files, choices)
    if inspection.problems or inspection.table is None:
        return False
    try:
        with tempfile.TemporaryDirectory(dir=folder) as saved:
            save(inspection, Path(saved) / "set", "fuzz")
    except SeqDLError:
        return False
    return True


@contextmanager
def watched(result: Fuzzed) -> Iterator[Callable[[bytes, Callable[[], None]], None]]:
    """A function that tries one input and writes down what went wrong: an exception, the time or the memory.

    What is slow or large is tried again: the first input of a format also loads its library, and a busy machine makes
    everything slow now and then.
    """
    floor = _peak(forget=True)

    def watch(content: bytes, work: Callable[[], None]) -> None:
        nonlocal floor
        result.count += 1
        read, least, taken = result.read, float("inf"), 0
        for _ in range(_TRIES):
            result.read = read
            began = time.process_time()
            try:
                work()
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as problem:  # noqa: BLE001 - what is not ours is looked for, a panic of Rust too
                result.failures.append((_told(problem), content))
                return
            least = min(least, time.process_time() - began)
            taken = _peak() - floor
            if taken > MOST_MEMORY:
                floor = _peak(forget=True)
            if least <= SLOW and taken <= MOST_MEMORY:
                break
        result.slowest_seconds = max(result.slowest_seconds, least)
        if least > SLOW:
            result.failures.append((f"took {least:.1f} s", content))
        if taken > MOST_MEMORY:
            result.failures.append((f"took {taken // 2**20} MB", content))

    yield watch


def _peak(forget: bool = False) -> int:
    """The most memory in bytes that the process has held, since it was told to forget it where Linux can."""
    if forget:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder in memory where there is one, so that the disk is not what is measured."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as folder:
        yield Path(folder)


def _told(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    at = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(problem).__name__}: {problem}"[:300] + at


def rows_of(rounds: Sequence[Fuzzed]) -> Iterator[Row]:
    """What the benchmark prints about the rounds of one format."""
    failures = [told for found in rounds for told, _ in found.failures]
    form, count = rounds[0].format, sum(found.count for found in rounds)
    note = f"of {count:,} inputs" + (f"; {failures[0]}" if failures else "")
    yield row(f"fuzz {form} failures", len(failures), target=0, want="at most", note=note)
    slowest = max(found.slowest_seconds for found in rounds)
    yield row(f"fuzz {form} slowest seconds", slowest, target=SLOW, want="at most")


def measure() -> Iterator[Row]:
    """Failures and the slowest input of each format, then of files that are brought together."""
    from benchmarks._fuzz_pairs import fuzz_together, together

    jobs = [(form, fuzz, 1) for form in seeds()] + [(name, fuzz_together, _TOGETHER) for name in together()]
    named = os.environ.get("SEQDL_FUZZ_RECORD")
    record = Path(named) if named else None
    done = _recorded(record)
    rounds: dict[str, list[Fuzzed]] = {}
    for seed in range(1, -(-COUNT // ROUND) + 1):
        for name, work, fewer in jobs:
            count = max(1, min(ROUND, COUNT - (seed - 1) * ROUND) // fewer)
            found = done.get((name, seed, count)) or work(name, count, seed)
            if record is not None and (name, seed, count) not in done:
                _write_down(record, found, seed)
            rounds.setdefault(name, []).append(found)
    for name, _, _ in jobs:
        yield from rows_of(rounds[name])


def _write_down(record: Path, found: Fuzzed, seed: int) -> None:
    failures = [(told, content.hex()) for told, content in found.failures]
    line = {"seed": seed, **vars(found), "failures": failures}
    with record.open("a") as file:
        file.write(json.dumps(line) + "\n")


def _recorded(record: Path | None) -> dict[tuple[str, int, int], Fuzzed]:
    done = {}
    for line in record.read_text().splitlines() if record is not None and record.exists() else ():
        known = json.loads(line)
        known["failures"] = [(told, bytes.fromhex(content)) for told, content in known["failures"]]
        seed = known.pop("seed")
        done[known["format"], seed, known["count"]] = Fuzzed(**known)
    return done


MEASUREMENTS = (Measurement(("fuzz",), measure),)
"""Mutated files of every format: read or refused with our own errors, none over a second."""
