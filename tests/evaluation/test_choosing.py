"""Which sequences are chosen, on ten hand-made rows."""

import numpy as np
import pytest

from seqdl_core.evaluation.choosing import CHOICES, VALUE_CHOICES, choose_by_value, choose_rows, row_to_edit

LABELS = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
PROBABILITIES = np.array([0.90, 0.99, 0.20, 0.10, 0.55, 0.95])


def test_the_surest_are_positives_in_falling_order() -> None:
    assert list(choose_rows("surest", LABELS, PROBABILITIES, 5)) == [1, 0, 2]


def test_the_least_sure_are_nearest_to_a_half() -> None:
    assert list(choose_rows("least sure", LABELS, PROBABILITIES, 2)) == [4, 2]


def test_the_wrong_come_worst_first_and_may_be_none() -> None:
    assert list(choose_rows("wrong", LABELS, PROBABILITIES, 9)) == [5, 2, 4]
    assert len(choose_rows("wrong", LABELS, LABELS, 9)) == 0


def test_a_seed_gives_the_same_random_rows_without_repeats() -> None:
    first = choose_rows("random", LABELS, PROBABILITIES, 4, seed=3)
    assert list(first) == list(choose_rows("random", LABELS, PROBABILITIES, 4, seed=3))
    assert len(set(first)) == 4


@pytest.mark.parametrize("choice", CHOICES)
def test_no_rows_give_no_rows(choice: str) -> None:
    assert len(choose_rows(choice, LABELS[:0], PROBABILITIES[:0], 6)) == 0  # type: ignore[arg-type]


def test_editing_begins_with_a_positive_that_an_edit_can_turn() -> None:
    assert row_to_edit(LABELS, PROBABILITIES) == 1  # 0.99 is 0.04 away from 0.95, 0.90 is 0.05
    assert row_to_edit(np.zeros(6), PROBABILITIES) == 1


def test_measured_values_have_choices_of_their_own() -> None:
    measured = np.array([5.0, 1.0, np.nan, 2.0])
    predicted = np.array([4.5, 3.0, 9.0, 2.0])
    chosen = {choice: choose_by_value(choice, measured, predicted, 2).tolist() for choice in VALUE_CHOICES[:3]}
    assert chosen == {"highest": [2, 0], "lowest": [3, 1], "furthest off": [1, 0]}
    assert sorted(choose_by_value("random", measured, predicted, 9).tolist()) == [0, 1, 2, 3]
