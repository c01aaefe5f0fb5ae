"""The first search for copies on a computer says that it compiles; warm-up does it ahead."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.leaks.compiling import SENTENCE
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import random_sequences, rows


@pytest.mark.slow
def test_the_first_search_says_why_it_takes_long_and_warm_up_takes_that_away(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    made = rows(random_sequences(60, 60, DNA, rng), random_sequences(20, 60, DNA, rng))
    info = DatasetInfo(
        name="x", alphabet="dna", length=60, counts={"train": 60, "test": 20}, positives={"train": 30, "test": 10}
    )
    folder = Dataset.create(tmp_path / "set", made, info).folder
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "compiled"), "OMP_NUM_THREADS": "1"}

    def said(program: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=110
        )
        return done.stdout + done.stderr

    search = f"from seqdl_core.__main__ import main; main(['leaks', {str(folder)!r}, '--no-score'])"
    state = "from seqdl_core.data.leaks.compiling import is_compiled; print(is_compiled())"
    assert said(state).strip() == "False"
    assert SENTENCE in said(search)
    assert SENTENCE not in said(
        f"from seqdl_core.data.leaks.compiling import compile_search; compile_search()\n{search}"
    )
    assert said(state).strip() == "True"
