"""Small data with a planted site, for every baseline."""

from collections.abc import Callable

import numpy as np
import pytest

from seqdl_core.baselines import TrainingSet
from seqdl_core.sequences.alphabets import DNA, Alphabet, reverse_complement

SITE = "CCGGAAGT"


def plant(count: int, length: int, seed: int, alphabet: Alphabet = DNA, site: str = SITE) -> TrainingSet:
    """``count`` random sequences of each class; nine positives in ten hold the site (on DNA either strand of it)."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, alphabet.size, (2 * count, length)).astype(np.uint8)
    forward = alphabet.encode(site)
    for row in range(count):
        if rng.random() < 0.9:
            turned = alphabet.name == "dna" and rng.random() < 0.5
            word = reverse_complement(forward[None], alphabet)[0] if turned else forward
            place = rng.integers(0, length - len(site) + 1)
            codes[row, place : place + len(site)] = word
    return TrainingSet(codes, np.repeat([1.0, 0.0], count), alphabet)


@pytest.fixture(scope="session")
def planted() -> Callable[..., TrainingSet]:
    return plant
