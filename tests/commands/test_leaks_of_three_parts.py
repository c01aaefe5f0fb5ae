"""``leaks`` on a data set with a validation part: each held-out part against all that was seen before it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.__main__ import main
from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.data.leaks.leakage import find_all_leaks
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import random_sequences, rows

SEQUENCES = random_sequences(200, 80, DNA, np.random.default_rng(8))


def parts(extra: list[str]) -> pd.DataFrame:
    """120 training, 40 validation and 40 test rows, and copies of others that validate."""
    made = rows([*SEQUENCES[:160], *extra], SEQUENCES[160:])
    made.loc[120 : 159 + len(extra), "split"] = "validation"
    return made


def test_copies_of_test_rows_in_validation_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = parts(SEQUENCES[170:190])
    told = find_all_leaks(made, DNA)
    assert [(one.held_part, one.known_part, one.test_rows) for one in told] == [
        ("test", "train", 0), ("test", "validation", 20), ("validation", "train", 0),
    ]  # fmt: skip
    assert told[1].sentence == "20 of 40 test sequences have copies in validation: 20 exact."
    info = DatasetInfo(
        name="three", alphabet="dna", length=80, counts=made["split"].value_counts().to_dict(),
        positives=made[made["label"] == 1]["split"].value_counts().to_dict(),
    )  # fmt: skip
    Dataset.create(tmp_path / "set", made, info)
    assert main(["leaks", str(tmp_path / "set"), "--json", "--no-score"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["test_rows"], found["known"]) == (0, 120)
    assert [one["sentence"] for one in found["besides"]] == [one.sentence for one in told[1:]]
    assert len(found["pairs"]) == 20
    assert {(pair["held_part"], pair["known_part"]) for pair in found["pairs"]} == {("test", "validation")}
    assert main(["leaks", str(tmp_path / "set"), "--no-score"]) == 0
    said = capsys.readouterr().out
    assert "20 of 40 test sequences have copies in validation" in said
    assert "None of 60 validation sequences is a copy of a training sequence" in said


def test_copies_of_training_rows_in_validation_are_told() -> None:
    [first, second, third] = find_all_leaks(parts(SEQUENCES[:30]), DNA)
    assert (first.test_rows, second.test_rows, third.test_rows) == (0, 0, 30)
    assert third.sentence == "30 of 70 validation sequences have copies in training: 30 exact."


def test_two_parts_are_compared_once() -> None:
    assert [(one.held_part, one.known_part) for one in find_all_leaks(rows(SEQUENCES[:50], SEQUENCES[50:]), DNA)] == [
        ("test", "train")
    ]
