"""Random test sets: whole groups, the same share of each class, the same for the same seed."""

import numpy as np
import pytest

from seqdl_core.data.split import random_test_rows, shared_with_test, strand_free
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA


def test_both_strands_have_one_spelling() -> None:
    assert strand_free(["AAAC", "GTTT", "ACGT", "NACG"], DNA) == ["AAAC", "AAAC", "ACGT", "CGTN"]
    assert strand_free(["AAAC", "GUUU"], RNA) == ["AAAC", "AAAC"]
    assert strand_free(["MK", "KM"], PROTEIN) == ["MK", "KM"]


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5])
def test_each_class_gives_its_share(fraction: float) -> None:
    labels = np.array([1.0] * 200 + [0.0] * 100)
    held = random_test_rows([str(row) for row in range(300)], labels, fraction, seed=3)
    assert held[:200].sum() == 200 * fraction
    assert held[200:].sum() == 100 * fraction


def test_groups_stay_together_and_the_seed_decides() -> None:
    groups = [str(row % 40) for row in range(200)]
    labels = np.array([float(row % 40 < 20) for row in range(200)])
    held = random_test_rows(groups, labels, 0.2, seed=1)
    assert shared_with_test(groups, held) == 0
    assert held.sum() == 40
    np.testing.assert_array_equal(held, random_test_rows(groups, labels, 0.2, seed=1))
    assert (held != random_test_rows(groups, labels, 0.2, seed=2)).any()


def test_the_draw_does_not_depend_on_what_groups_are_called() -> None:
    labels = np.array([1.0, 0.0] * 20)
    first = random_test_rows([f"a{row}" for row in range(40)], labels, 0.25, seed=5)
    np.testing.assert_array_equal(first, random_test_rows([f"z{40 - row}" for row in range(40)], labels, 0.25, seed=5))


def test_a_class_of_one_group_stays_in_training() -> None:
    held = random_test_rows(["a", "a", "b", "c"], np.array([1.0, 1.0, 0.0, 0.0]), 0.5, seed=1)
    assert not held[:2].any()
    assert held[2:].sum() == 1


def test_shared_rows_are_those_of_the_test_set() -> None:
    assert shared_with_test(["a", "a", "a", "b"], np.array([False, True, True, True])) == 2
