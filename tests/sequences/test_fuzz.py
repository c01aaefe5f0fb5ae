"""Mutated files of every format: read or refused with our own errors, none over a second."""

import pytest

from benchmarks._fuzz import SLOW, Fuzzed, fuzz, seeds
from seqdl_core.sequences.readers import READERS

SHARE_READ = 0.01


def test_every_reader_has_a_seed_that_it_reads() -> None:
    known = seeds()
    assert set(READERS.names()) <= set(known)
    for form, contents in known.items():
        found = fuzz(form, len(contents), 0)
        assert found.read == len(contents), f"{form}: the file before any change is not read"


@pytest.mark.parametrize("form", sorted(seeds()))
def test_mutated_files_are_read_or_refused(form: str) -> None:
    check(fuzz(form, 150, 1))


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted(seeds()))
def test_many_mutated_files_are_read_or_refused(form: str) -> None:
    """20,000 a format take about 10 minutes; ``python -m benchmarks.data_in --only fuzz`` tries them."""
    check(fuzz(form, 1_500, 2))


def check(found: Fuzzed) -> None:
    assert not found.failures, [f"{told} {content[:200]!r}" for told, content in found.failures[:5]]
    assert found.slowest_seconds < SLOW
    assert found.read > SHARE_READ * found.count
