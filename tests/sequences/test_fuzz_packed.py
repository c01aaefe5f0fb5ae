"""Damaged archives, workbooks and binary files."""

import gzip
import random
import time
import zipfile
from io import BytesIO

import pytest

from benchmarks._fuzz import PACKED_OR_BINARY, SLOW, Fuzzed, fuzz, watched
from benchmarks._fuzz_mutations import mutate_packed
from benchmarks._fuzz_seeds import seeds
from tests.sequences.test_fuzz import apart, check


@pytest.mark.slow
@pytest.mark.parametrize("form", PACKED_OR_BINARY)
def test_twenty_thousand_mutated_files_are_read_or_refused(form: str) -> None:
    check(apart(fuzz, form, 20_000, 2))


def test_changes_get_past_the_checksums() -> None:
    """Otherwise only the unpacking would be tried, and never what reads the members."""
    rng = random.Random(1)
    (archive,), packed = seeds()["zip"], seeds()["gzip"][0]
    whole = changed = 0
    for _ in range(300):
        content = mutate_packed(archive, packed, rng)
        try:
            with zipfile.ZipFile(BytesIO(content)) as made:
                whole += made.testzip() is None
        except Exception:  # noqa: BLE001 - what is damaged, zipfile refuses in many ways
            continue
        try:
            changed += gzip.decompress(mutate_packed(packed, archive, rng)) != gzip.decompress(packed)
        except Exception:  # noqa: BLE001
            continue
    assert whole > 60
    assert changed > 30


@pytest.mark.slow
def test_the_watch_tells_exceptions_time_and_memory() -> None:
    result = Fuzzed("any")
    held: list[bytearray] = []

    def busy() -> None:
        until = time.process_time() + 1.1 * SLOW
        while time.process_time() < until:
            pass

    def large() -> None:
        held.append(bytearray(b"x") * (150 * 2**20))
        held.clear()

    def wrong() -> None:
        raise KeyError("x")

    with watched(result) as watch:
        for name, work in (("fine", dict), ("wrong", wrong), ("large", large), ("busy", busy)):
            watch(name.encode(), work)
    told = {content: what for what, content in result.failures}
    assert result.count == 4
    assert set(told) == {b"wrong", b"large", b"busy"}
    assert told[b"wrong"].startswith("KeyError: 'x' at test_fuzz_packed.py")
    assert told[b"large"].endswith("MB")
    assert told[b"busy"].endswith(" s")
