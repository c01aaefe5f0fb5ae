"""The shortcut detector: planted shortcuts are found, noise is not called one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.errors import DataError
from seqdl_core.evaluation.shortcuts import find_shortcuts
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import random_sequences, rows


def data(task: str = "binary") -> tuple[pd.DataFrame, DatasetInfo]:
    made = rows(random_sequences(300, 40, DNA, np.random.default_rng(1)), [])
    if task == "regression":
        made["label"] = np.random.default_rng(2).normal(size=300)
    about = DatasetInfo(
        name="rows", alphabet="dna", task=task, length=40, label_names=("a", "b", "c"), counts={"train": 300}
    )
    return made, about


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_noise_is_no_shortcut(task: str) -> None:
    found = find_shortcuts(*data(task), draws=100)
    guess = 0.0 if task == "regression" else 0.5
    assert found.composition.low < guess < found.composition.high
    assert found.sentence.endswith("no shortcut of this kind.")
    assert (found.rows, found.positions_used) == (300, 40)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_gc_is_a_shortcut(task: str) -> None:
    made, info = data(task)
    gc = made["sequence"].str.count("[GC]")
    made["label"] = gc.astype(float) if task == "regression" else (gc > 20).astype(float) + (gc > 22) * (task[0] == "m")
    found = find_shortcuts(made, info, draws=100)
    assert found.composition.value > 0.95
    assert "says little about motifs" in found.sentence
    assert found.sentence.startswith("Length, GC and composition alone reach 0.9") or found.composition.value > 0.9995


def test_a_letter_at_its_place_is_a_shortcut() -> None:
    made, info = data()
    made["sequence"] = [
        s[:9] + ("A" if y else "C") + s[10:] for s, y in zip(made["sequence"], made["label"], strict=True)
    ]
    found = find_shortcuts(made, info, draws=100)
    assert found.positions.value > 0.95
    assert found.composition.value < 0.75


def test_copies_do_not_help_to_find_one() -> None:
    made, info = data()
    twice = pd.concat([made, made.assign(id="again " + made["id"])], ignore_index=True)
    assert find_shortcuts(twice, info, draws=100).positions.value < 0.65


def test_too_little_to_look_at() -> None:
    made, info = data()
    with pytest.raises(DataError, match="20 labelled rows"):
        find_shortcuts(made[:20], info)
    with pytest.raises(DataError, match="this is unlabelled data"):
        find_shortcuts(made, info.model_copy(update={"task": "unlabelled"}))


def test_arabidopsis_promoters_are_told_by_their_positions(shared_data: Path) -> None:
    parts = []
    for name, label in (("tata", 1.0), ("non_prom", 0.0)):
        text = (shared_data / "data" / "cnnprom" / f"Arabidopsis_{name}.fa").read_text()
        records = ["".join(record.split("\n")[1:]).upper() for record in text.split(">")[1:]]
        parts.append(pd.DataFrame({"sequence": records, "label": label}))
    table = pd.concat(parts, ignore_index=True).assign(split="train")
    table = table.assign(id=[str(row) for row in range(len(table))]).iloc[::3].reset_index(drop=True)
    info = DatasetInfo(name="promoters", alphabet="dna", length=251, counts={"train": len(table)})
    found = find_shortcuts(table, info, draws=100)
    assert found.positions.value > 0.97
    assert found.composition.value > 0.85
    assert "a high score on this data says little about motifs" in found.sentence
