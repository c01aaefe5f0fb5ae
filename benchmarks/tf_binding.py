"""Transcription factor binding, end to end: the six ENCODE sets of DeepBind with the settings SeqDL offers.

Each network is trained by the command a person would type, on two processor cores, with the 6-mer and PWM baselines
fitted on the same training part and judged on the same held-out file in the same run. The dashboard's figures are
measured on the real server and in a real Chromium.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks import Measurement, Row, main, row
from benchmarks.dashboard import MEASUREMENTS as DASHBOARD
from benchmarks.dashboard import click_and_page_change
from seqdl_core.runs.store import new_id

ROOT = Path(__file__).parents[1]

# Sizes and truths in one place.
SETS = ("CTCFL", "ELK1", "GABPA", "MYC", "REST", "SP1")
ARCHITECTURES = {"cnn": 0.957, "deepbind": 0.92}
MINUTES_PER_SET = 6.0
MEMORY_MB = 1500.0
MOTIF_Q = 0.01
CORES = 2
# What counts as the factor's own motif: JASPAR's family where relatives share one motif that TOMTOM cannot tell
# apart; the factor's own names where JASPAR's family (zinc fingers) is one of structure only.
OWN_MOTIF: dict[str, tuple[str, ...]] = {
    "CTCFL": ("CTCF", "CTCFL"),
    "ELK1": ("Ets-related",),
    "GABPA": ("Ets-related",),
    "REST": ("REST",),
    "SP1": ("Three-zinc finger Kruppel-related",),
}


def shared_data() -> Path:
    """The six sets, in the place that ``SEQDL_DATA`` names (by default ``../shared``)."""
    place = Path(os.environ.get("SEQDL_DATA", ROOT.parent / "shared")) / "data" / "deepbind_encode"
    if not place.is_dir():
        sys.exit(f"No data at {place}. Set SEQDL_DATA to the folder that holds data/deepbind_encode.")
    return place


@cache
def trained(name: str, architecture: str) -> Path:
    """The folder of a run that was trained, judged and explained by the command, on two cores."""
    place = shared_data()
    (train,) = place.glob(f"{name}_*_AC.seq.gz")
    (test,) = place.glob(f"{name}_*_B.seq.gz")
    run = Path(_home().name) / "owners" / "local" / "runs" / new_id()
    command = [sys.executable, "-m", "seqdl_core", "train", "--data", str(train), "--test", str(test)]
    command += ["--architecture", architecture, "--out", str(run), "--json"]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    environment = {**os.environ, "OMP_NUM_THREADS": str(CORES)}
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return run


@cache
def _home() -> "tempfile.TemporaryDirectory[str]":
    """Where the dashboard will find the runs."""
    return tempfile.TemporaryDirectory(prefix="seqdl-benchmark-")


def learning(name: str, architecture: str) -> Iterator[Row]:
    """AUROC of a network on one set, of the 6-mer regression beside it, and the minutes from the start to the model."""
    run = trained(name, architecture)
    evaluation = _read(run / "evaluation.json")
    auroc, kmer = evaluation["metrics"]["auroc"], evaluation["baselines"]["kmer"]["auroc"]
    yield row(f"auroc_{architecture}_{name}", auroc["value"], low=auroc["low"], high=auroc["high"])
    if architecture == "cnn":
        difference = evaluation["differences"]["kmer"]["auroc"]
        spread = {"low": difference["low"], "high": difference["high"]}
        yield row(f"auroc_kmer_{name}", kmer["value"], low=kmer["low"], high=kmer["high"])
        yield row(f"auroc_cnn_minus_kmer_{name}", difference["value"], **spread, target=0.0)
    minutes = _training_minutes(run)
    yield row(f"training_minutes_{architecture}_{name}", minutes, target=MINUTES_PER_SET, want="at most")


def mean_auroc(architecture: str) -> Iterator[Row]:
    """The mean test AUROC over the six sets, with the smallest and the largest."""
    values = [_read(trained(name, architecture) / "evaluation.json")["metrics"]["auroc"]["value"] for name in SETS]
    target = ARCHITECTURES[architecture]
    yield row(f"auroc_{architecture}_mean", statistics.mean(values), low=min(values), high=max(values), target=target)


def memory() -> Iterator[Row]:
    """The most memory that any of the training processes held."""
    peaks = [_read(trained(name, architecture) / "state.json")["memory_mb"] for architecture, name in _EVERY]
    yield row("training_peak_memory_mb", max(peaks), low=min(peaks), high=max(peaks), target=MEMORY_MB, want="at most")


def motif(name: str) -> Iterator[Row]:
    """The smallest q with which a filter of the cnn matches the factor's own motif in JASPAR."""
    reports = _read(trained(name, "cnn") / "motifs.json")["filters"]
    own = OWN_MOTIF[name]
    matches = [match for report in reports for match in report["matches"]]
    found = [match["q"] for match in matches if match["family"] in own or match["name"] in own]
    yield row(f"motif_q_{name}", min(found, default=None), target=MOTIF_Q, want="at most")


def _training_minutes(run: Path) -> float:
    """From the start of the training process to the model on disk: reading, negatives, training, validation."""
    started = datetime.fromisoformat(_read(run / "state.json")["started"])
    return ((run / "model.safetensors").stat().st_mtime - started.timestamp()) / 60


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def clicking() -> Iterator[Row]:
    """From clicking a base to the repainted track, and from page to page, with the cnn trained on ELK1."""
    yield from click_and_page_change(trained("ELK1", "cnn"))


_EVERY = [(architecture, name) for architecture in ARCHITECTURES for name in SETS]

MEASUREMENTS = (
    *DASHBOARD,
    *(
        Measurement(
            (f"auroc_{architecture}_{name}", f"training_minutes_{architecture}_{name}")
            + ((f"auroc_kmer_{name}", f"auroc_cnn_minus_kmer_{name}") if architecture == "cnn" else ()),
            partial(learning, name, architecture),
        )
        for architecture, name in _EVERY
    ),
    *(
        Measurement((f"auroc_{architecture}_mean",), partial(mean_auroc, architecture))
        for architecture in ARCHITECTURES
    ),
    Measurement(("training_peak_memory_mb",), memory),
    *(Measurement((f"motif_q_{name}",), partial(motif, name)) for name in OWN_MOTIF),
    Measurement(("click_to_repaint_seconds", "page_change_seconds", "web_memory_mb"), clicking),
)

if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], MEASUREMENTS))
