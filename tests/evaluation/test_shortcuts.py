"""The shortcut detector: planted shortcuts are found, noise is not called one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.shortcuts import _sentence, find_shortcuts
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import changed, random_sequences, rows


def data(task: str = "binary", seed: int = 1) -> tuple[pd.DataFrame, DatasetInfo]:
    made = rows(random_sequences(300, 40, DNA, np.random.default_rng(seed)), [])
    if task == "regression":
        made["label"] = np.random.default_rng(2).normal(size=300)
    about = DatasetInfo(
        name="rows", alphabet="dna", task=task, length=40, label_names=("a", "b", "c"), counts={"train": 300}
    )
    return made, about


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_noise_is_no_shortcut(task: str) -> None:
    found = find_shortcuts(*data(task, seed=2), draws=100)
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
    assert "the letters around it are the signal itself; where they are not, they are a shortcut" in found.sentence
    assert "says little" not in found.sentence
    made["sequence"] = [s + "ACGT"[: n % 3] for n, s in enumerate(made["sequence"])]
    assert "says little about motifs" in find_shortcuts(made, info.model_copy(update={"length": 42}), draws=50).sentence


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


def families(sizes: list[int], labels: list[float]) -> tuple[pd.DataFrame, DatasetInfo]:
    """Near copies of as many random sequences, each family of one class."""
    rng = np.random.default_rng(6)
    made, given = [], []
    for founder, size, label in zip(random_sequences(len(sizes), 60, DNA, rng), sizes, labels, strict=True):
        made += [changed(founder, 5, 1, DNA, rng) for _ in range(size)]
        given += [label] * size
    about = DatasetInfo(name="families", alphabet="dna", length=61, counts={"train": len(made)})
    return rows(made, []).assign(label=given), about


def test_relatives_do_not_help_to_find_one() -> None:
    rng = np.random.default_rng(3)
    table, info = families([10] * 40, rng.permutation([0.0, 1.0] * 20).tolist())
    found = find_shortcuts(table, info, draws=100)
    assert found.positions.value < 0.7
    assert not found.aligned


@pytest.mark.parametrize(("groups", "folds"), [(2, 2), (3, 3), (4, 4), (9, 5)])
def test_few_groups_make_few_folds(groups: int, folds: int) -> None:
    found = find_shortcuts(*families([15] * (2 * groups), [0.0, 1.0] * groups), draws=50)
    assert (found.folds, found.rows) == (folds, 30 * groups)


def test_one_group_a_class_is_not_measured() -> None:
    table, info = families([40, 40], [0.0, 1.0])
    with pytest.raises(DataError, match=r"cannot be measured \(n/a\)"):
        find_shortcuts(table, info)
    table, info = families([60], [0.0])
    ragged = [sequence[number % 3 :] for number, sequence in enumerate(table["sequence"])]
    table = table.assign(label=np.arange(60.0), sequence=ragged)
    with pytest.raises(DataError, match=r"\(n/a\): all rows are relatives"):
        find_shortcuts(table, info.model_copy(update={"task": "regression", "label_names": ()}))


def test_a_mutational_scan_is_read_as_one() -> None:
    rng = np.random.default_rng(2)
    (wild,) = random_sequences(1, 80, DNA, rng)
    made = rows([changed(wild, 3, 0, DNA, rng) for _ in range(300)], [])
    made["label"] = [float(sequence[:40] == wild[:40]) for sequence in made["sequence"]]
    found = find_shortcuts(made, data()[1].model_copy(update={"length": 80}), draws=100)
    assert found.aligned
    assert found.positions.value > 0.8
    assert "the signal itself and no shortcut" in found.sentence
    assert "says little about motifs" not in found.sentence


@pytest.mark.parametrize(
    ("high", "said"), [(0.62, "a little better than guessing (0.5)"), (0.54, "no shortcut of this kind")]
)
def test_no_shortcut_only_where_the_interval_says_so(high: float, said: str) -> None:
    sentence = _sentence("binary", Interval(0.5, 0.45, 0.55), Interval(0.53, 0.52, high), False, False, False)
    assert said in sentence
    assert "GC" not in sentence


def test_a_class_of_few_rows_is_left_out_and_counted() -> None:
    made, info = data("multiclass")
    made["label"] = [2.0] + [float(n % 2) for n in range(299)]
    found = find_shortcuts(made, info, draws=50)
    assert found.rows == 299
    assert found.sentence.endswith("Left out: 1 row of a class with fewer than 5 sequences that are not near copies.")
