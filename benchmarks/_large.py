"""A FASTA file of 2 GB to a data set: the memory that takes beside the libraries, and how fast it goes."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import Measurement, Row, row

ROOT = Path(__file__).parents[1]

# Sizes and targets in one place.
BYTES = 2_000_000_000
LETTERS = 200
EXTRA_MB = 300.0
_AT_ONCE = 100_000
_FREE_TIMES = 3

# Runs in a process of its own. What is imported does not count; "peak" is the kernel's own high-water mark, set back
# after the imports, so nothing between two looks is missed.
_IMPORT = """
import json, sys, time
from pathlib import Path
import numba, pyarrow.compute, pyarrow.parquet
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.large.streaming import import_large
def status(key):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(key)) * 1024 / 1e6
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
began = time.perf_counter()
dataset = import_large(Path(sys.argv[1]), Path(sys.argv[2]), ImportChoices())
seconds = time.perf_counter() - began
print(json.dumps({"before": before, "peak": status("VmHWM"), "seconds": seconds,
                  "rows": sum(dataset.info.counts.values())}))
"""


def large() -> Iterator[Row]:
    """Memory beside the libraries in MB, and MB a second, for BYTES of records with a label each."""
    if sys.platform != "linux":
        yield row("large_fasta_extra_memory_mb", None, target=EXTRA_MB, want="at most", note="needs Linux's /proc")
        return
    with tempfile.TemporaryDirectory(prefix="seqdl-large-") as place:
        if shutil.disk_usage(place).free < _FREE_TIMES * BYTES:
            note = f"needs {_FREE_TIMES * BYTES / 1e9:.0f} GB of free disk"
            yield row("large_fasta_extra_memory_mb", None, target=EXTRA_MB, want="at most", note=note)
            return
        source, small = Path(place) / "large.fa", Path(place) / "small.fa"
        _write(small, 1_000_000)
        records = _write(source, BYTES)
        _import(small, Path(place) / "first")  # compiles what a fresh installation has not compiled yet
        told = _import(source, Path(place) / "large")
        if told["rows"] != records:
            raise RuntimeError(f"{records:,} records were written, {told['rows']:,} rows were imported")
        yield row("large_fasta_extra_memory_mb", told["peak"] - told["before"], target=EXTRA_MB, want="at most")
        yield row("large_fasta_peak_memory_mb", told["peak"])
        yield row("large_fasta_mb_per_second", source.stat().st_size / 1e6 / told["seconds"], target=10.0)


def _import(source: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-c", _IMPORT, str(source), str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _write(path: Path, size: int) -> int:
    """Records ``>r00000042|1`` of random DNA; how many."""
    rng = np.random.default_rng(1)
    head = len(b">r00000000|0\n")
    width = head + LETTERS + 1
    records = size // width
    with path.open("wb") as file:
        for first in range(0, records, _AT_ONCE):
            numbers = np.arange(first, min(first + _AT_ONCE, records))
            lines = np.empty((len(numbers), width), np.uint8)
            lines[:] = np.frombuffer(b">r00000000|0\n" + b"A" * LETTERS + b"\n", np.uint8)
            for digit in range(8):
                lines[:, 2 + digit] = ord("0") + numbers // 10 ** (7 - digit) % 10
            lines[:, 11] = ord("0") + rng.integers(0, 2, len(numbers))
            lines[:, head:-1] = np.frombuffer(b"ACGT", np.uint8)[rng.integers(0, 4, (len(numbers), LETTERS))]
            file.write(lines.tobytes())
    return records


_FIGURES = ("large_fasta_extra_memory_mb", "large_fasta_peak_memory_mb", "large_fasta_mb_per_second")

MEASUREMENTS = (Measurement(_FIGURES, large),)
