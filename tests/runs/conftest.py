"""A small data set that a small network learns in a moment, and the smallest settings."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import new_spec
from seqdl_core.runs.store import Store, new_id

SMALL = {"filters": 4, "filter_width": 8}


def rows(split: str, positives: int, negatives: int, rng: np.random.Generator) -> pd.DataFrame:
    """Random sequences of 40 bp; the positives hold CCGGAAGT at a random place."""
    letters = rng.choice(list("ACGT"), size=(positives + negatives, 40))
    for row, start in enumerate(rng.integers(0, 32, positives)):
        letters[row, start : start + 8] = list("CCGGAAGT")
    return pd.DataFrame(
        {
            "id": [f"{split}_{row}" for row in range(len(letters))],
            "sequence": ["".join(row) for row in letters],
            "label": [1.0] * positives + [0.0] * negatives,
            "split": split,
            "source": "made for a test",
        }
    )


def make_dataset(folder: Path, parts: dict[str, tuple[int, int]], negatives: str = "given") -> Dataset:
    """A data set with so many positives and negatives in each part."""
    rng = np.random.default_rng(7)
    table = pd.concat([rows(split, *counts, rng) for split, counts in parts.items()], ignore_index=True)
    info = DatasetInfo(
        name="small",
        alphabet="dna",
        length=40,
        negatives=negatives,
        counts={split: sum(counts) for split, counts in parts.items()},
        positives={split: counts[0] for split, counts in parts.items()},
    )
    return Dataset.create(folder, table, info)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def dataset(store: Store) -> Dataset:
    return make_dataset(store.new_dataset_folder("local"), {"train": (64, 64), "test": (30, 30)})


@pytest.fixture
def run(tmp_path: Path, dataset: Dataset) -> RunFolder:
    """A prepared run outside the store."""
    spec = new_spec(
        run_id=new_id(),
        owner="local",
        name="",
        architecture="deepbind",
        architecture_config={},
        training={"epochs": 2, "device": "cpu"},
        dataset=dataset,
    )
    return RunFolder.create(tmp_path / "run", spec)
