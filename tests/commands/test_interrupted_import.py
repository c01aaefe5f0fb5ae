"""An import that is told to stop leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.sequences.alphabets import DNA


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM that can be handled")
@pytest.mark.parametrize("request_to_end", [signal.SIGTERM, signal.SIGINT])
def test_a_large_import_that_is_ended_leaves_nothing(tmp_path: Path, request_to_end: signal.Signals) -> None:
    source, place = tmp_path / "source", tmp_path / "place"
    source.mkdir()
    place.mkdir()
    letters = [DNA.decode(row) for row in np.random.default_rng(1).integers(0, 4, (4000, 500)).astype(np.uint8)]
    block = "".join(f">s{row}|{row % 2}\n{one}\n" for row, one in enumerate(letters)).encode()
    with (source / "large.fa").open("wb") as file:
        for _ in range(2**28 // len(block)):
            file.write(block)
    command = ["import", str(source / "large.fa"), "--out", str(place / "set"), "--progress", "json"]
    environment = {**os.environ, "TMPDIR": str(place), "OMP_NUM_THREADS": "1", "SEQDL_LARGE_MB": "16"}
    child = subprocess.Popen(
        [sys.executable, "-m", "seqdl_core", *command], stderr=subprocess.PIPE, text=True, env=environment
    )
    assert child.stderr is not None
    told = next(line for line in child.stderr if '"progress"' in line)
    assert '"rows"' in told
    assert list(place.iterdir()), "it writes while it reads"
    child.send_signal(request_to_end)
    rest = child.stderr.read()
    assert child.wait(timeout=60) == 130
    child.stderr.close()
    assert "Stopped at your request." in rest
    assert "Traceback" not in rest
    assert list(place.iterdir()) == []
