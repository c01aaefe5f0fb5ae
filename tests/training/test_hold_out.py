"""The validation part that training draws: relatives of its rows stay out of training."""

import numpy as np
import pytest

from seqdl_core.sequences.alphabets import DNA, encode_all
from seqdl_core.training import batches
from seqdl_core.training.batches import TrainingData, hold_out
from tests.data.planted import changed, random_sequences

RNG = np.random.default_rng(5)
PARENTS = random_sequences(40, 80, DNA, RNG)


def data(sequences: list[str], together: list[int] | None = None) -> TrainingData:
    targets = np.array([[row // 40 % 2] for row in range(len(sequences))], np.float32)
    numbers = None if together is None else np.array(together, np.int64)
    return TrainingData(encode_all(sequences, DNA), targets, DNA, together=numbers)


def relatives(train: TrainingData, validation: TrainingData) -> int:
    """Validation rows with at least 80 % of their letters in place in a training row."""
    return sum((train.codes == row).mean(1).max() >= 0.8 for row in validation.codes)


def test_near_copies_of_held_out_rows_do_not_train() -> None:
    sequences = [changed(PARENTS[row % 40], 4, 0, DNA, RNG) for row in range(400)]
    train, validation = hold_out(data(sequences), 0.1, 1)
    assert len(validation.codes) == 40
    assert relatives(train, validation) == 0
    again = hold_out(data(sequences), 0.1, 1)
    assert np.array_equal(again[1].codes, validation.codes)
    assert not np.array_equal(hold_out(data(sequences), 0.1, 2)[1].codes, validation.codes)


def test_groups_that_are_given_stay_together() -> None:
    sequences = random_sequences(400, 30, DNA, RNG)
    train, validation = hold_out(data(sequences, [row % 25 for row in range(400)]), 0.2, 1)
    place = {row.tobytes(): number for number, row in enumerate(encode_all(sequences, DNA))}
    sides = [{place[row.tobytes()] % 25 for row in part.codes} for part in (train, validation)]
    assert not sides[0] & sides[1]
    assert 60 <= len(validation.codes) <= 100


def test_rows_without_relatives_are_drawn_as_by_their_copies_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sequences = random_sequences(200, 60, DNA, RNG)
    found = hold_out(data(sequences), 0.1, 3)[1].codes
    monkeypatch.setattr(batches, "NEAR_LETTERS", 0)
    assert np.array_equal(hold_out(data(sequences), 0.1, 3)[1].codes, found)


def test_variants_of_one_sequence_are_held_out_one_by_one() -> None:
    variants = [changed(PARENTS[0], 2, 0, DNA, RNG) for _ in range(400)]
    train, validation = hold_out(data(variants), 0.1, 1)
    assert abs(len(validation.codes) - 40) <= 2
    assert not {row.tobytes() for row in train.codes} & {row.tobytes() for row in validation.codes}


def test_one_large_family_trains_and_the_others_are_shared_out() -> None:
    sequences = [changed(PARENTS[0], 3, 0, DNA, RNG) for _ in range(120)]
    sequences += [changed(PARENTS[1 + row % 39], 3, 0, DNA, RNG) for row in range(280)]
    train, validation = hold_out(data(sequences), 0.1, 1)
    assert 30 <= len(validation.codes) <= 60
    assert relatives(train, validation) == 0
