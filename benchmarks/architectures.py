"""Networks against the simple baseline on eleven public sets, through the commands a person would type.

Every set is imported, split and judged as SeqDL does it for anyone; the network and the baselines learn from the same
rows and are judged on the same rows, in the same run. Sets without an official split are cut into five folds that keep
like sequences together, and each fold tests once. Figures in the notes are published ones, verified, on the same or a
named other split.

    python -m benchmarks.architectures [--only splice] [--json]
    SEQDL_ARCHITECTURES=cnn,conv_transformer python -m benchmarks.architectures --only amp

An architecture is trained as its small preset, or as its default where it has none, with the training settings that the
form offers: nothing is chosen by looking at a test part.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks import Measurement, Row, main, row
from seqdl_core.models import ARCHITECTURES

ROOT = Path(__file__).parents[1]
FOLDS = 5
CORES = 2


@dataclass(frozen=True)
class PublicSet:
    """A data set of the benchmark.

    Attributes:
        name: of the figures.
        files: what is brought, relative to the folder of the data; ``archive.zip!member`` names a file in an archive.
        metric: the one that is compared, as in the judgement.
        flags: what a person has to say to the import.
        folds: how many folds test in turn; 0 where the files bring a test part.
        training: settings of training that differ from the form's.
        published: a verified figure, in words.
        trap: why a simple baseline may be beyond reach here; empty for a fair split.
        simple: what a simple baseline is known to reach on the same rows, in words, to see that ours is no straw man.
    """

    name: str
    files: tuple[str, ...]
    metric: str
    flags: tuple[str, ...] = ()
    folds: int = 0
    training: tuple[str, ...] = ()
    published: str = ""
    trap: str = ""
    simple: str = ""


def _clip(name: str, folder: str, simple: str) -> PublicSet:
    files = tuple(f"rbp31_clip/{folder}/{part}_sample_0/sequences.fa.gz" for part in ("training", "test"))
    return PublicSet(f"clip_{name}", files, "auroc", ("--alphabet", "rna"), simple=f"5-mers {simple}, same split")


def _gb1(split: str, ridge: float, trap: str = "") -> PublicSet:
    simple = f"one-hot ridge {ridge} on these rows"
    return PublicSet(f"gb1_{split}", (f"flip_gb1/splits.zip!splits/{split}.csv",), "spearman", trap=trap, simple=simple)


SETS = (
    PublicSet(
        "splice",
        ("uci_splice_promoter/splice.data",),
        "accuracy",
        folds=FOLDS,
        published="KBANN's errors are 4.6, 7.6 and 8.5 % of N, EI and IE, on ten folds of 1,000 rows",
        simple="one-hot ridge errs on 4.8 % of ten random folds, copies not kept together",
    ),
    PublicSet(
        "ecoli_promoters",
        ("cnnprom/Ecoli_prom.fa", "cnnprom/Ecoli_non_prom.fa"),
        "mcc",
        folds=FOLDS,
        published="correlation coefficient .84 on a random split (Umarov and Solovyev 2017)",
        simple="positions and 4-mers, ridge, MCC .79 on random folds",
    ),
    _clip("qki", "24_PARCLIP_QKI_hg19", ".939"),
    _clip("pum2", "23_PARCLIP_PUM2_hg19", ".916"),
    _clip("tdp43", "27_ICLIP_TDP43_hg19", ".891"),
    PublicSet(
        "plant_promoters",
        ("plant_core_promoters/CNN_test_leaf.tsv",),
        "r2",
        ("--label-column", "enrichment", "--split-column", "(none)"),
        folds=FOLDS,
        published="the authors' network has .71 with about ten times as many rows to learn from",
        simple="5-mers and positions, ridge, R2 .41 on random folds",
    ),
    _gb1(
        "one_vs_rest",
        0.279,
        "28 training rows, each one letter from the wild type: weights of letters are all there is",
    ),
    _gb1("two_vs_rest", 0.594),
    _gb1("three_vs_rest", 0.755),
    _gb1("low_vs_high", 0.343),
    _gb1("sampled", 0.788),
    PublicSet(
        "amp",
        tuple(f"apin_amp/{label}.{part}.fa" for part in ("tr", "eval", "te") for label in ("AMP", "DECOY")),
        "auroc",
        simple="composition and pairs of letters, ridge, .941 on the same split",
    ),
    PublicSet(
        "secondary_structure",
        tuple(f"flip_secondary_structure/splits.zip!splits/{name}.fasta" for name in ("sequences", "sampled", "mask")),
        "accuracy",
        published="single-sequence methods reach 72.6 and 74.3 % on another test set (TEST2018)",
    ),
)


def shared_data() -> Path:
    """The folder of the public sets, below the place that ``SEQDL_DATA`` names (by default ``../shared``)."""
    place = Path(os.environ.get("SEQDL_DATA", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        sys.exit(f"No data at {place}. Set SEQDL_DATA to the folder that holds data/.")
    return place


@cache
def _home() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="seqdl-architectures-")


@cache
def imported(one: PublicSet) -> Path:
    """The set as a data set folder, split."""
    folder = Path(_home().name) / one.name
    folder.mkdir(parents=True, exist_ok=True)
    files = [_file(name, folder) for name in one.files]
    _seqdl("import", *map(str, files), "--out", str(folder / "data"), *one.flags)
    if not one.folds:
        return folder / "data"
    split = folder / "folds"
    _seqdl("split", str(folder / "data"), "--way", "similarity", "--folds", str(one.folds), "--out", str(split))
    return split


def _file(name: str, folder: Path) -> Path:
    archive, _, member = name.partition("!")
    if not member:
        return shared_data() / archive
    with zipfile.ZipFile(shared_data() / archive) as opened:
        (inside,) = [one for one in opened.namelist() if one.endswith(member)]
        path = folder / Path(member).name
        path.write_bytes(opened.read(inside))
    return path


def judgements(one: PublicSet, architecture: str) -> Sequence[dict[str, Any]]:
    """What ``evaluation.json`` says of every run: one, or one a fold."""
    out = Path(_home().name) / one.name / architecture
    settings = _settings(architecture) + list(one.training)
    command = ["train", "--data", str(imported(one)), "--architecture", architecture, "--out", str(out)]
    command += ["--fold", "all"] if one.folds else []
    _seqdl(*command, *(["--set", *settings] if settings else []))
    found = sorted(out.glob("fold-*/evaluation.json")) if one.folds else [out / "evaluation.json"]
    return [json.loads(path.read_text("utf-8")) for path in found]


def _settings(architecture: str) -> list[str]:
    small = ARCHITECTURES.get(architecture).presets.get("small")
    changed = small.model_dump(exclude_defaults=True) if small else {}
    return [f"{key}={value}" for key, value in changed.items()]


def compared(one: PublicSet, architecture: str) -> Iterator[Row]:
    """The network, the strongest baseline, and their difference: over the folds, or with its interval."""
    known = judgements(one, architecture)
    network = [each["metrics"][one.metric]["value"] for each in known]
    best = {
        name: statistics.fmean(each["baselines"][name][one.metric]["value"] for each in known)
        for name, metrics in known[0]["baselines"].items()
        if metrics.get(one.metric, {}).get("value") is not None
    }
    yield row(f"{one.name} {architecture} {one.metric}", statistics.fmean(network), **_spread(known, "metrics", one))
    if known[0].get("called"):
        for place, name in enumerate(known[0]["by_target"]):
            of_class = [sum(each["called"][place]) for each in known]
            right = [each["called"][place][place] for each in known]
            note = f"wrong of {sum(of_class):,} rows of class {name}"
            yield row(f"{one.name} {architecture} error {name}", 1 - sum(right) / max(sum(of_class), 1), note=note)
    if not best:
        yield row(f"{one.name} baseline {one.metric}", None, note="no baseline has this metric")
        return
    rival = max(best, key=lambda name: best[name])
    title = known[0]["titles"][rival]
    note = "; ".join(part for part in (title, one.simple and f"known: {one.simple}") if part)
    yield row(f"{one.name} baseline {one.metric}", best[rival], note=note)
    differences = [
        value - each["baselines"][rival][one.metric]["value"] for value, each in zip(network, known, strict=True)
    ]
    note = "; ".join(part for part in (one.trap and f"a trap: {one.trap}", one.published) if part)
    yield row(
        f"{one.name} {architecture} above baseline",
        statistics.fmean(differences),
        **_spread(known, "differences", one, rival),
        target=None if one.trap else 0.0,
        note=note,
    )


def _spread(known: Sequence[dict[str, Any]], kind: str, one: PublicSet, rival: str = "") -> dict[str, float]:
    """The lowest and the highest fold, or the interval of the one run."""
    each = [(found[kind][rival] if rival else found[kind]).get(one.metric) for found in known]
    if None in each:
        return {}  # a figure at one threshold has no interval of differences
    if len(each) == 1:
        return {"low": each[0]["low"], "high": each[0]["high"]}
    return {"low": min(one["value"] for one in each), "high": max(one["value"] for one in each)}


def _seqdl(*arguments: str) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": str(CORES)}
    done = subprocess.run(
        [sys.executable, "-m", "seqdl_core", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}\n{done.stderr[-2000:]}")


def _chosen() -> list[str]:
    wanted = os.environ.get("SEQDL_ARCHITECTURES", "")
    return wanted.split(",") if wanted else [one.name for one in ARCHITECTURES if one.recommended]


def _figures(one: PublicSet, architecture: str) -> tuple[str, ...]:
    own = [f"{one.name} {architecture} {what}" for what in (one.metric, "error", "above baseline")]
    return (*own, f"{one.name} baseline {one.metric}")


MEASUREMENTS = tuple(
    Measurement(_figures(one, architecture), partial(compared, one, architecture))
    for one in SETS
    for architecture in _chosen()
)

if __name__ == "__main__":
    sys.exit(main(__doc__.splitlines()[0], MEASUREMENTS))
