"""Random test sets: whole groups, the same share of each class, the same for the same seed."""

import numpy as np
import pytest

from seqdl_core.data.parts.by_letters import Shared, random_test_rows, shared_by, strand_free
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA
from seqdl_core.sequences.fasta_batches import hash_strands


def test_both_strands_have_one_spelling() -> None:
    assert strand_free(["AAAC", "GTTT", "ACGT", "NACG"], DNA) == ["AAAC", "AAAC", "ACGT", "CGTN"]
    assert strand_free(["AAAC", "GUUU"], RNA) == ["AAAC", "GUUU"]
    assert strand_free(["MK", "KM"], PROTEIN) == ["MK", "KM"]


def test_only_dna_has_two_strands_for_hashes_too() -> None:
    for alphabet, pair, same in ((DNA, ["AAAC", "GTTT"], True), (RNA, ["AAAC", "GUUU"], False)):
        one, other = hash_strands(pair, alphabet).tolist()
        assert (one == other) is same
    assert len(set(hash_strands(["MK", "KM", "MK"], PROTEIN).tolist())) == 2


def letters(count: int, length: int = 12, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), length)) for _ in range(count)]


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.5])
def test_each_class_gives_its_share(fraction: float) -> None:
    labels = np.array([1.0] * 200 + [0.0] * 100)
    held = random_test_rows(letters(300), DNA, labels, fraction, seed=3)
    assert held[:200].sum() == 200 * fraction
    assert held[200:].sum() == 100 * fraction


def test_copies_stay_together_and_the_seed_decides() -> None:
    sequences = [letters(40)[row % 40] for row in range(200)]
    labels = np.array([float(row % 40 < 20) for row in range(200)])
    held = random_test_rows(sequences, DNA, labels, 0.2, seed=1)
    assert shared_by(sequences, np.where(held, "test", "train").tolist()) == Shared()
    assert held.sum() == 40
    np.testing.assert_array_equal(held, random_test_rows(sequences, DNA, labels, 0.2, seed=1))
    assert (held != random_test_rows(sequences, DNA, labels, 0.2, seed=2)).any()


@pytest.mark.parametrize("many", [10, 20_000])
def test_the_draw_depends_on_letters_and_not_on_places(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr("seqdl_core.data.parts.by_letters.MANY_GROUPS", many)
    sequences, labels = letters(500), np.array([1.0, 0.0] * 250)
    first = random_test_rows(sequences, DNA, labels, 0.25, seed=5)
    order = np.random.default_rng(1).permutation(500)
    moved = random_test_rows([sequences[row] for row in order], DNA, labels[order], 0.25, seed=5)
    np.testing.assert_array_equal(moved, first[order])
    assert abs(first.mean() - 0.25) < (0.06 if many == 10 else 0.005)  # 3 standard deviations of 500 draws


def test_a_class_of_one_sequence_stays_in_training() -> None:
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    held = random_test_rows(["AAAC", "GTTT", "CCCC", "AGAG"], DNA, labels, 0.5, seed=1)
    assert not held[:2].any()
    assert held[2:].sum() == 1


def test_shared_rows_are_counted_for_each_two_parts() -> None:
    assert shared_by(["a", "a", "a", "b"], ["train", "test", "test", "test"]) == Shared(test_in_training=2)
    parts = ["train", "validation", "validation", "test", "test"]
    assert shared_by(["a", "a", "b", "b", "c"], parts) == Shared(0, 1, 1)
