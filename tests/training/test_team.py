"""Two processes that share every batch, against one with batches of twice the size: the same curve."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.store import Store

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


def _prepared(store: Store) -> RunFolder:
    rng = np.random.default_rng(1)
    labels = np.arange(200) % 2
    table = pd.DataFrame(
        {
            "id": [f"s{row}" for row in range(200)],
            "sequence": ["".join(rng.choice(list("ACGT"), 30)) + ("CCGGAAGT" if one else "ACTGACTG") for one in labels],
            "split": ["train"] * 150 + ["test"] * 50,
            "source": "x.tsv",
            "label": labels.astype(float),
        }
    )
    counts, positives = {"train": 150, "test": 50}, {"train": 75, "test": 25}
    info = DatasetInfo(name="x", alphabet="dna", length=38, counts=counts, positives=positives)
    data = Dataset.create(store.new_dataset_folder("local"), table, info)
    config = {"filters": 8, "filter_width": 10}
    training = {"epochs": 2, "batch_size": 16}
    return store.create_run("local", data, architecture="deepbind", architecture_config=config, training=training)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="gloo is tried on Linux and macOS")
def test_two_processes_do_a_run_and_one_of_them_writes(tmp_path: Path) -> None:
    run = _prepared(Store(tmp_path))
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "seqdl_core")
    command = [sys.executable, *launcher, "train", str(run.path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for _ in range(2):  # the second time there is nothing to do, and nobody waits for anybody
        done = subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True)
        if run.status().state != "finished":
            break
    assert run.status().state == "finished", done.stderr[-3000:]
    assert [epoch.epoch for epoch in run.metrics()[1]] == [1, 2]
    assert run.model_path.is_file()
    assert "The run is finished" in done.stderr
