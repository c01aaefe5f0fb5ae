"""How much copies flatter: nothing without copies, much where labels are noise and copies carry them."""

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.leaks.leakage import find_leaks
from seqdl_core.errors import DataError
from seqdl_core.evaluation.inflation import measure_inflation
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import changed, random_sequences, rows


def data(copies: int, task: str = "binary") -> tuple[pd.DataFrame, DatasetInfo]:
    """Random sequences with random labels: only the copies can be known."""
    rng = np.random.default_rng(2)
    train, test = random_sequences(300, 60, DNA, rng), random_sequences(150, 60, DNA, rng)
    test[:copies] = train[:copies]
    made = rows(train, test)
    labels = rng.integers(0, 3 if task == "multiclass" else 2, 450).astype(float)
    if task == "regression":
        labels = rng.normal(size=450)
    labels[300 : 300 + copies] = labels[:copies]
    about = DatasetInfo(
        name="noise",
        alphabet="dna",
        task=task,
        length=60,
        label_names=("a", "b", "c"),
        counts={"train": 300, "test": 150},
    )
    return made.assign(label=labels), about


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_copies_of_noise_flatter(task: str) -> None:
    table, info = data(75, task)
    leaks = find_leaks(table, DNA)
    found = measure_inflation(table, info, leaks, draws=200)
    assert (found.leaking, found.held, found.removed, found.trained) == (75, 150, 75, 300)
    assert found.difference.low is not None
    assert found.difference.low > 0.05
    assert found.without_others.value - found.without_copies.value == pytest.approx(found.difference.value)
    assert not found.fewer_copies
    assert found.clean_test.low < (0.0 if task == "regression" else 0.5) + 0.05
    assert found.sentence.startswith("75 of 150 test sequences have copies in training. The ")
    assert "the split flatters by " in found.sentence


def test_without_copies_nothing_flatters() -> None:
    table, info = data(0)
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=100)
    assert found.difference.value is found.clean_test.value is None
    assert found.sentence.startswith("None of 150 test sequences has a copy in training, so the split does not flatter")


def test_where_everything_is_a_copy_nothing_can_be_measured() -> None:
    table, info = data(0)
    table["sequence"] = [*table["sequence"][:300], *table["sequence"][:150]]
    table = pd.concat([table[:150], table[300:]], ignore_index=True)
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=100)
    assert found.leaking == 150
    assert "too little is left to train on" in found.sentence


def test_positives_alone_are_set_against_their_shuffles() -> None:
    table, info = data(30)
    table.loc[table["split"] == "train", "label"] = 1.0
    table.loc[300:329, "label"] = 1.0
    found = measure_inflation(
        table, info.model_copy(update={"negatives": "shuffle"}), find_leaks(table, DNA), draws=100
    )
    assert found.trained == 600
    assert found.removed == 60


def test_what_has_no_baseline_is_said() -> None:
    table, info = data(3)
    leaks = find_leaks(table, DNA)
    with pytest.raises(DataError, match="no k-mer baseline for unlabelled data"):
        measure_inflation(table, info.model_copy(update={"task": "unlabelled"}), leaks)
    with pytest.raises(DataError, match="test part has too few rows"):
        measure_inflation(table.assign(label=[0.0, 1.0] * 150 + [1.0] * 150), info, leaks)


def test_fewer_rows_are_no_flattery() -> None:
    """A third of the training rows have copies with another label, so what they lose is rows and not memory."""
    rng = np.random.default_rng(8)
    train, test = random_sequences(450, 60, DNA, rng), random_sequences(400, 60, DNA, rng)
    gc = [[sequence.count("G") + sequence.count("C") for sequence in part] for part in (train, test)]
    labels = [(np.array(part) > 30).astype(float) for part in gc]
    train += random_sequences(150, 60, DNA, rng)
    labels[0] = np.concatenate([labels[0], (rng.random(150) < 0.5).astype(float)])
    test[:150], labels[1][:150] = train[:150], labels[0][:150]
    table = rows(train, test).assign(label=np.concatenate(labels))
    info = DatasetInfo(name="gc", alphabet="dna", length=60, counts={"train": 600, "test": 400})
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=300)
    assert found.removed == 150
    assert found.without_others.value < found.as_split.value
    assert found.difference.value < found.as_split.value - found.without_copies.value


def test_too_few_others_are_said() -> None:
    table, info = data(0)
    for column in ("sequence", "label"):
        table[column] = [*table[column][:300], *table[column][:150]]
    table = pd.concat([table[:200], table[300:]], ignore_index=True)
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=100)
    assert (found.removed, found.trained) == (150, 200)
    assert found.fewer_copies
    assert "without 150 other training rows (copies among them, since there are too few others)" in found.sentence
    assert "flatters by at least" in found.sentence


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_thinning_keeps_the_share_of_leaks(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.evaluation.inflation.MOST_TRAINING_ROWS", 150)
    table, info = data(60, task)
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=50)
    assert (found.removed, found.trained, found.used, found.available) == (30, 150, 150, 300)
    assert found.sentence.endswith(" Measured on 150 of 300 training rows, drawn at random.")


def test_variants_of_one_sequence_are_not_called_clean() -> None:
    table, info = data(0)
    first = table["sequence"][0]
    rng = np.random.default_rng(3)
    table["sequence"] = [changed(first, 3, 0, DNA, rng) for _ in range(450)]
    found = measure_inflation(table, info, find_leaks(table, DNA), draws=50)
    assert "does not flatter" not in found.sentence
    assert found.sentence.startswith("Nearly all of these sequences are near copies of each other")
