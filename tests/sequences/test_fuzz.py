"""Damaged files of every text format. What is packed or binary has a file of its own, so that two processes share."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from benchmarks._fuzz import PACKED_OR_BINARY, SLOW, Fuzzed, fuzz
from benchmarks._fuzz_seeds import seeds
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
@pytest.mark.parametrize("form", sorted(set(seeds()) - set(PACKED_OR_BINARY)))
def test_twenty_thousand_mutated_files_are_read_or_refused(form: str) -> None:
    """1,000,000 each: ``SEQDL_FUZZ=1000000 python -m benchmarks.data_in --only fuzz``."""
    check(apart(fuzz, form, 20_000, 2))


def apart(work: Callable[[str, int, int], Fuzzed], *given: Any) -> Fuzzed:
    """In a process of its own, where annotations are not checked at every call, which makes up a third of the time."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *given).result()


def check(found: Fuzzed) -> None:
    """No exception but ours, none slow, none large, and some of the files were still read."""
    assert not found.failures, [f"{told} {content[:200]!r}" for told, content in found.failures[:5]]
    assert found.slowest_seconds < SLOW
    assert found.read > SHARE_READ * found.count
