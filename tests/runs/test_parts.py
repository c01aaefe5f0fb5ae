"""Parts: the same fixed negatives for everyone who is judged beside each other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.errors import DataError
from seqdl_core.runs.parts import baseline_part, labelled, test_part, training_part, validation_part
from seqdl_core.sequences.alphabets import DNA
from tests.runs.conftest import make_dataset

test_part.__test__ = False  # type: ignore[attr-defined]


def dinucleotides(codes: np.ndarray) -> list[list[int]]:
    return [np.bincount(row[:-1] * 4 + row[1:], minlength=16).tolist() for row in codes]


def test_given_negatives_are_all_there_is(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (5, 6), "test": (3, 4)})
    training, baseline, test = training_part(dataset), baseline_part(dataset, 1), test_part(dataset, 40, 1)
    assert not training.shuffle_negatives
    assert training.codes.shape == (11, 40)
    assert validation_part(dataset, 1) is None
    assert training.targets[:, 0].tolist() == baseline.labels.tolist()
    assert np.array_equal(training.codes, baseline.codes)
    assert test.labels.tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert list(test.ids) == dataset.ids("test")


def test_missing_negatives_are_one_fixed_shuffle_of_each_positive(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (8, 0), "test": (4, 0)}, negatives="shuffle")
    training, baseline, test = training_part(dataset), baseline_part(dataset, 1), test_part(dataset, 40, 1)
    assert training.shuffle_negatives
    assert len(training.codes) == 8, "the loop draws its own negatives"
    for part, positives in ((baseline, 8), (test, 4)):
        assert part.labels.tolist() == [1.0] * positives + [0.0] * positives
        assert dinucleotides(part.codes[:positives]) == dinucleotides(part.codes[positives:])
    assert test.ids[4:] == tuple(f"{name}_shuffled" for name in test.ids[:4])
    assert np.array_equal(test.codes, test_part(dataset, 40, 1).codes)
    assert not np.array_equal(test.codes, test_part(dataset, 40, 2).codes)


def test_a_test_part_with_negatives_of_its_own_keeps_them(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (8, 0), "test": (4, 5)}, negatives="shuffle")
    assert test_part(dataset, 40, 1).labels.tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0]


def test_shorter_sequences_are_padded_to_the_length_of_the_model(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (2, 2), "test": (2, 2)})
    codes = test_part(dataset, 50, 1).codes
    assert codes.shape == (4, 50)
    assert (codes[:, 40:] == 4).all()


def test_nobody_learns_from_a_validation_part_of_the_person_s_own(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (5, 6), "validation": (2, 3), "test": (3, 4)})
    training, baseline, validation = training_part(dataset), baseline_part(dataset, 1), validation_part(dataset, 1)
    assert validation is not None
    assert validation.targets[:, 0].tolist() == [1, 1, 0, 0, 0]
    assert np.array_equal(validation.codes, dataset.codes("validation"))
    assert np.array_equal(training.codes, dataset.codes("train"))
    assert np.array_equal(baseline.codes, dataset.codes("train"))


@pytest.mark.parametrize("negatives", [0, 2])
def test_fixed_shuffles_never_train(tmp_path: Path, negatives: int) -> None:
    parts = {"train": (8, 0), "validation": (4, negatives), "test": (4, 0)}
    dataset = make_dataset(tmp_path / "data", parts, negatives="shuffle")
    training, validation = training_part(dataset), validation_part(dataset, 1)
    assert training.targets[:, 0].tolist() == [1.0] * 8
    assert training.shuffle_negatives
    assert validation is not None
    assert not validation.shuffle_negatives
    assert validation.targets[:, 0].tolist() == [1.0] * 4 + [0.0] * (negatives or 4)
    again = validation_part(dataset, 1)
    assert again is not None
    assert np.array_equal(validation.codes, again.codes)


def test_a_validation_part_of_one_class_is_refused(tmp_path: Path) -> None:
    dataset = make_dataset(tmp_path / "data", {"train": (5, 6), "validation": (2, 0), "test": (3, 4)})
    with pytest.raises(DataError, match="validation rows are all of class 1"):
        validation_part(dataset, 1)


def test_a_sequence_without_another_shuffle_gets_no_negative() -> None:
    table = pd.DataFrame({"id": ["a", "b", "c"], "sequence": ["A" * 12, "ACGTAGCATCGA", "AC" * 6], "label": 1.0})
    part = labelled(table, DNA, 14, np.random.default_rng(1), shuffle=True)
    assert part.ids == ("a", "b", "c", "b_shuffled")
    assert part.labels.tolist() == [1, 1, 1, 0]
    assert not np.array_equal(part.codes[1], part.codes[3])
