"""Random windows of an indexed genome, ours and pysam's, in the same process and in alternation."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import Measurement, Row, row
from seqdl_core.sequences.genome import Genome

# Sizes and targets in one place.
CONTIGS = {"chr1": 30_000_000, "chr2": 18_000_000, "chr3": 12_000_000}
LINE = 60
WINDOWS = 10_000
LENGTH = 1_000
REPEATS = 9
TIMES_FASTER = 5.0
SEED = 1


def write_genome(path: Path) -> None:
    """A made-up genome of 60 MB, in lines of 60, upper and lower case with some N."""
    rng = np.random.default_rng(SEED)
    with path.open("wb") as out:
        for name, length in CONTIGS.items():
            out.write(f">{name}\n".encode())
            letters = np.frombuffer(b"ACGTACGTacgtN", np.uint8)[rng.integers(0, 13, length)].reshape(-1, LINE)
            out.write(np.pad(letters, ((0, 0), (0, 1)), constant_values=10).tobytes())


def measure() -> Iterator[Row]:
    """Windows to codes ``(N, L)``, against pysam's strings and against pysam's strings put through a table."""
    import pysam

    rng = random.Random(SEED)
    chroms = rng.choices(list(CONTIGS), list(CONTIGS.values()), k=WINDOWS)
    places = [rng.randrange(CONTIGS[chrom] - LENGTH) for chrom in chroms]
    starts = np.array(places, np.int64)
    table = np.full(256, 4, np.uint8)
    for code, letter in enumerate("ACGT"):
        table[[ord(letter), ord(letter.lower())]] = code
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "genome.fa"
        write_genome(path)
        began = time.perf_counter()
        genome = Genome.open(path)
        indexing = time.perf_counter() - began
        with pysam.FastaFile(str(path)) as peer:

            def strings() -> list[str]:
                return [peer.fetch(chrom, at, at + LENGTH) for chrom, at in zip(chroms, places, strict=True)]

            def codes() -> np.ndarray:
                return np.stack([table[np.frombuffer(text.encode(), np.uint8)] for text in strings()])

            def ours() -> np.ndarray:
                return genome.windows(chroms, starts, LENGTH)

            if not np.array_equal(ours(), codes()):  # also compiles and warms the page cache
                raise AssertionError("our windows are not those of pysam")
            seconds = {work: [] for work in (ours, strings, codes)}
            for _ in range(REPEATS):
                for work, taken in seconds.items():
                    taken.append(_seconds(work))
    times = [theirs / own for theirs, own in zip(seconds[strings], seconds[ours], strict=True)]
    to_codes = [theirs / own for theirs, own in zip(seconds[codes], seconds[ours], strict=True)]
    yield _spread("windows: times faster than pysam fetch", times, target=TIMES_FASTER)
    yield _spread("windows: times faster than pysam, to codes", to_codes)
    yield _spread("windows: seconds for 10,000 x 1 kb", seconds[ours])
    yield _spread("windows: seconds of pysam fetch", seconds[strings])
    yield row("windows: seconds to index 60 MB", indexing)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _spread(figure: str, values: list[float], target: float | None = None) -> Row:
    return row(figure, statistics.median(values), low=min(values), high=max(values), target=target)


MEASUREMENTS = (
    Measurement(
        (
            "windows: times faster than pysam fetch",
            "windows: times faster than pysam, to codes",
            "windows: seconds for 10,000 x 1 kb",
            "windows: seconds of pysam fetch",
            "windows: seconds to index 60 MB",
        ),
        measure,
    ),
)
