"""The dinucleotide shuffle: what it keeps, what it can reach, and how evenly."""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from seqdl_core.sequences.alphabets import DNA, encode_all
from seqdl_core.sequences.shuffles import dinucleotide_shuffle, other_shuffle


def _pairs(row: np.ndarray) -> Counter[tuple[int, int]]:
    return Counter(zip(row[:-1].tolist(), row[1:].tolist(), strict=True))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("ACGTN", min_size=30, max_size=30), min_size=1, max_size=8), st.integers(0, 1000))
def test_keeps_dinucleotides_and_both_ends(sequences: list[str], seed: int) -> None:
    codes = encode_all(sequences, DNA)
    before = codes.copy()
    shuffled = dinucleotide_shuffle(codes, np.random.default_rng(seed))
    assert np.array_equal(codes, before)
    assert np.array_equal(shuffled[:, [0, -1]], codes[:, [0, -1]])
    assert all(_pairs(row) == _pairs(original) for row, original in zip(shuffled, codes, strict=True))


@pytest.mark.parametrize("sequence", ["A", "AC", "ACG", "AAAAAAAAAA", "ACACACAC"])
def test_sequences_with_one_walk_stay_as_they_are(sequence: str) -> None:
    codes = encode_all([sequence], DNA)
    assert np.array_equal(dinucleotide_shuffle(codes, np.random.default_rng(1)), codes)


def test_every_possible_shuffle_is_equally_likely() -> None:
    original = DNA.encode("ACAGCTACGA")
    middle = product(range(4), repeat=len(original) - 2)
    walks = [(int(original[0]), *inner, int(original[-1])) for inner in middle]
    possible = [walk for walk in walks if _pairs(np.array(walk)) == _pairs(original)]
    draws = dinucleotide_shuffle(np.repeat(original[None], 20_000, axis=0), np.random.default_rng(3))
    drawn = Counter(tuple(row) for row in draws.tolist())
    assert set(drawn) == set(possible)
    assert chisquare([drawn[walk] for walk in possible]).pvalue > 1e-3


def test_same_seed_same_shuffle() -> None:
    codes = encode_all(["ACGTTGCAACGGTACCA" * 3] * 4, DNA)
    first, again = (dinucleotide_shuffle(codes, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, again)
    assert len({row.tobytes() for row in first}) == 4


def test_rows_without_another_shuffle_are_found() -> None:
    codes = encode_all(["AAAAAAAA", "ACACACAC", "ACGTACTA", "NNNNNNNN"], DNA)
    shuffled, differs = other_shuffle(codes, np.random.default_rng(1))
    assert differs.tolist() == [False, False, True, False]
    assert _pairs(shuffled[2]) == _pairs(codes[2])
