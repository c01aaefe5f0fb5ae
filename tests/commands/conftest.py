"""Files and a small trained run for the commands."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.__main__ import main
from tests.runs.conftest import rows

QUICK = ["--set", "epochs=2", "device=cpu", "filters=8"]


@pytest.fixture(scope="session")
def table() -> Callable[[Path, int, int, int], Path]:
    """Writes a table with so many positives and negatives; seed last."""

    def write(path: Path, positives: int, negatives: int, seed: int) -> Path:
        made = rows(path.stem.split(".")[0], positives, negatives, np.random.default_rng(seed))
        text = made[["id", "sequence", "label"]].astype({"label": int}).to_csv(sep="\t", index=False)
        path.write_bytes(gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode())
        return path

    return write


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, table: Callable[[Path, int, int, int], Path]) -> Path:
    """A finished run, trained by the command from a file with positives only and a test file with both classes."""
    folder = tmp_path_factory.mktemp("trained")
    positives = table(folder / "factor_AC.tsv.gz", 80, 0, 1)
    both = table(folder / "factor_B.tsv.gz", 30, 30, 2)
    command = ["train", "--data", str(positives), "--test", str(both), "--architecture", "deepbind"]
    assert main([*command, *QUICK, "--name", "mine", "--out", str(folder / "run")]) == 0
    return folder / "run"
