"""Two processes that share every batch, against one with batches of twice the size: the same curve."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from seqdl_core.config import parse
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.tasks import TASKS
from seqdl_core.training.batches import TrainingData
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.loop import fit
from seqdl_core.training.team import joined

batch, out = int(sys.argv[1]), Path(sys.argv[2])
rng = np.random.default_rng(1)
codes = rng.integers(0, 4, (192, 40), dtype=np.uint8)
data = TrainingData(codes, (codes[:, 3:4] < 2).astype(np.float32), DNA)
architecture = ARCHITECTURES.get("deepbind")
config = parse(architecture.config, {"filters": 8, "dropout": 0.0})
with joined() as team:
    network = build_network(architecture, config, InputShape(DNA, 40), seed=1)
    training = TrainingConfig(epochs=3, batch_size=batch, epoch_size=128, shift=2)
    found = fit(network, TASKS.get("binary"), data, training, out if team.first else None, validation=data)
    if team.first:
        curve = [[epoch.train_loss, epoch.validation_loss] for epoch in found.history]
        (out / "curve.json").write_text(json.dumps([team.size, curve]))
"""


def curve(folder: Path, batch: int, *launcher: str) -> tuple[int, list[list[float]]]:
    folder.mkdir()
    program = folder / "program.py"
    program.write_text(_PROGRAM)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, *launcher, str(program), str(batch), str(folder)],
        cwd=root, env={"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "PATH": ""}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    size, values = json.loads((folder / "curve.json").read_text())
    return size, values


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="gloo is tried on Linux and macOS")
def test_two_share_a_batch_as_one_has_twice_as_many(tmp_path: Path) -> None:
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    one, two = curve(tmp_path / "one", 32), curve(tmp_path / "two", 16, *torchrun)
    assert (one[0], two[0]) == (1, 2)
    for alone, together in zip(one[1], two[1], strict=True):
        assert together == pytest.approx(alone, rel=1e-4)
