"""The figures of a data set as JSON and back."""

import json
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset_info import DatasetInfo
from seqdl_core.data.quality import assess
from seqdl_core.data.quality_record import as_record, from_record

LETTERS = np.random.default_rng(2).choice(list("ACGT"), (60, 30))


def rows(labels: list[float]) -> pd.DataFrame:
    sequences = ["".join(row[: 20 + number % 10]) for number, row in enumerate(LETTERS)]
    sequences[7] = sequences[3] = "N" + sequences[3]
    return pd.DataFrame(
        {
            "id": [f"r{number}" for number in range(60)],
            "sequence": sequences,
            "label": labels,
            "split": ["train"] * 40 + ["test"] * 20,
            "source": "made.fa",
        }
    )


@pytest.mark.parametrize("task", ["binary", "regression", "unlabelled"])
def test_what_is_written_comes_back(task: str) -> None:
    values = {"binary": [float(n % 2) for n in range(60)], "regression": np.linspace(-3, 2, 60).tolist()}
    table = rows(values.get(task, [float("nan")] * 60))
    info = DatasetInfo(name="made", alphabet="dna", length=30, task=task, counts={"train": 40, "test": 20})
    found = assess(table, info)
    again = from_record(json.loads(json.dumps(as_record(found), allow_nan=False)))
    for field in fields(found):
        one, other = getattr(found, field.name), getattr(again, field.name)
        if field.name in ("lengths", "gc", "targets") and one is not None:
            for part in ("edges", "counts", "medians"):
                np.testing.assert_allclose(getattr(other, part), getattr(one, part))
        elif isinstance(one, np.ndarray):
            np.testing.assert_allclose(other, one, atol=1e-5)
        elif isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(other, one)
        else:
            assert other == one, field.name
