"""The leak meter on random sequences with planted copies: how many are found, how many found are planted, how long.

Half of the copies at 90 % identity have substitutions only; in the other half one change in five is a letter inserted
or lost. On DNA every second copy of any kind is turned, so ``exact`` and ``reverse complement`` are found apart. A copy
counts as found where the best pair of its test row is the sequence that it was made from.

*Shared flanks* are 25 letters before and behind each of the random sequences, a turned copy among them being turned
between its flanks. *A scan* is of single mutants of one protein; its planted copies are exact.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from benchmarks import Measurement, Row, row
from seqdl_core.data.leaks.leakage import find_leaks
from seqdl_core.data.leaks.similarity import clusters
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, Alphabet

SHARES = (0.01, 0.05, 0.20)
RECALL, PRECISION, SECONDS = 0.99, 0.95, 60.0
_FURTHER = ((DNA, 50), (DNA, 100), (DNA, 2000), (RNA, 100), (PROTEIN, 60), (PROTEIN, 250))


@dataclass(frozen=True)
class Planted:
    """A table, and for each test row the kind of its copy (or "") and the training row it was made from."""

    table: pd.DataFrame
    kinds: list[str]
    sources: list[int]


def plant(train: int, test: int, length: int, share: float, alphabet: Alphabet, seed: int) -> Planted:
    """Random sequences, ``share`` of the test rows being copies, a third of each kind."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, alphabet.size, (train + test, length)).astype(np.uint8)
    sequences = [alphabet.decode(one) for one in codes]
    kinds, sources = [""] * test, [-1] * test
    cycle = ("exact", "reverse complement", "near") if alphabet.double_stranded else ("exact", "near")
    chosen = rng.permutation(test)[: round(share * test)].tolist()
    for number, (place, source) in enumerate(zip(chosen, rng.permutation(train).tolist(), strict=False)):
        kind = cycle[number % len(cycle)]
        own = codes[source]
        if kind == "near":
            own = _changed(own, number % 2 == 0, alphabet, rng)
        if kind == "reverse complement" or (kind == "near" and alphabet.double_stranded and number % 4 < 2):
            own = alphabet.complement_codes[own[::-1]]
        sequences[train + place] = alphabet.decode(own)
        kinds[place], sources[place] = kind, source
    parts = ["train"] * train + ["test"] * test
    table = pd.DataFrame({"id": [str(place) for place in range(train + test)], "sequence": sequences, "split": parts})
    return Planted(table, kinds, sources)


def _changed(codes: np.ndarray, gaps: bool, alphabet: Alphabet, rng: np.random.Generator) -> np.ndarray:
    """A tenth of the letters changed; with ``gaps`` a fifth of the changes are insertions and losses."""
    changes = round(0.1 * len(codes))
    moved = max(1, changes // 5) if gaps else 0
    own = codes.copy()
    places = rng.choice(len(own), changes - moved, replace=False)
    own[places] = (own[places] + rng.integers(1, alphabet.size, len(places))) % alphabet.size
    for number in range(moved):
        place = int(rng.integers(len(own)))
        own = np.delete(own, place) if number % 2 else np.insert(own, place, rng.integers(alphabet.size))
    return own.astype(np.uint8)


def judge(planted: Planted, alphabet: Alphabet) -> tuple[dict[str, float], float, float]:
    """Recall by kind, precision, seconds."""
    leaks = find_leaks(planted.table, alphabet)
    first = len(planted.table) - len(planted.kinds)
    best = leaks.pairs.drop_duplicates("test_row").set_index("test_row")["train_row"]
    recall = {}
    for kind in dict.fromkeys(kind for kind in planted.kinds if kind):
        places = [place for place, one in enumerate(planted.kinds) if one == kind]
        right = sum(best.get(first + place, -1) == planted.sources[place] for place in places)
        recall[kind] = right / len(places)
    reported = (np.flatnonzero(leaks.leaking) - first).tolist()
    true = sum(planted.kinds[place] != "" for place in reported)
    return recall, true / len(reported) if reported else 1.0, leaks.seconds


def _large() -> Iterator[Row]:
    find_leaks(plant(10, 10, 100, 0.5, DNA, 0).table, DNA)  # compiles
    slowest = 0.0
    for share in SHARES:
        recall, precision, seconds = judge(plant(40_000, 10_000, 500, share, DNA, 1), DNA)
        for kind, found in recall.items():
            yield row(f"leak meter: recall of {kind}, {share:.0%} planted", found, target=RECALL)
        yield row(f"leak meter: precision, {share:.0%} planted", precision, target=PRECISION)
        slowest = max(slowest, seconds)
    yield row("leak meter: seconds for 50,000 x 500 bp", slowest, target=SECONDS, want="at most")


def _further() -> Iterator[Row]:
    for alphabet, length in _FURTHER:
        recall, precision, _ = judge(plant(4000, 1000, length, 0.2, alphabet, 2), alphabet)
        name = f"{length} {alphabet.unit} {alphabet.title}"
        yield row(f"leak meter, {name}: recall at 90 %", recall["near"], target=RECALL)
        yield row(f"leak meter, {name}: precision", precision, target=PRECISION)


def _flanked() -> Iterator[Row]:
    rng = np.random.default_rng(4)
    left, right = (DNA.decode(rng.integers(0, DNA.size, 25).astype(np.uint8)) for _ in range(2))
    planted = plant(40_000, 10_000, 150, 0.05, DNA, 4)
    flanked = replace(planted, table=planted.table.assign(sequence=left + planted.table["sequence"] + right))
    recall, precision, seconds = judge(flanked, DNA)
    for kind, found in recall.items():
        yield row(f"leak meter, shared flanks: recall of {kind}", found, target=RECALL)
    yield row("leak meter, shared flanks: precision", precision, target=PRECISION)
    yield row("leak meter, shared flanks: seconds for 50,000 x 200 bp", seconds, target=SECONDS, want="at most")


def _scan() -> Iterator[Row]:
    rng = np.random.default_rng(5)
    wild = rng.integers(0, PROTEIN.size, 280)
    changes = rng.permutation(280 * (PROTEIN.size - 1))[:5000]
    mutants = np.tile(wild, (5000, 1))
    places = changes // (PROTEIN.size - 1)
    mutants[np.arange(5000), places] = (wild[places] + 1 + changes % (PROTEIN.size - 1)) % PROTEIN.size
    mutants[4000:4050] = mutants[:50]
    sequences = [PROTEIN.decode(one.astype(np.uint8)) for one in mutants]
    table = pd.DataFrame({"id": [str(place) for place in range(5000)], "sequence": sequences})
    planted = Planted(
        table.assign(split=["train"] * 4000 + ["test"] * 1000),
        ["exact"] * 50 + [""] * 950,
        [*range(50), *[-1] * 950],
    )
    recall, precision, seconds = judge(planted, PROTEIN)
    yield row("leak meter, scan of 5,000 mutants: recall of exact", recall["exact"], target=RECALL)
    yield row("leak meter, scan of 5,000 mutants: precision", precision, target=PRECISION)
    yield row("leak meter, scan of 5,000 mutants: seconds", seconds, target=SECONDS, want="at most")


def _clusters() -> Iterator[Row]:
    planted = plant(40_000, 10_000, 500, 0.2, DNA, 3)
    began = time.perf_counter()
    cluster = clusters(planted.table["sequence"].tolist(), DNA)
    seconds = time.perf_counter() - began
    joined = [(40_000 + place, source) for place, source in enumerate(planted.sources) if source >= 0]
    together = sum(int(cluster[one] == cluster[two]) for one, two in joined)
    yield row("similarity split: copies kept together", together / len(joined), target=RECALL)
    yield row("similarity split: seconds for 50,000 x 500 bp", seconds, target=SECONDS, want="at most")


_KINDS = ("exact", "reverse complement", "near")
MEASUREMENTS = (
    Measurement(
        (
            *(f"leak meter: recall of {kind}, {share:.0%} planted" for share in SHARES for kind in _KINDS),
            *(f"leak meter: precision, {share:.0%} planted" for share in SHARES),
            "leak meter: seconds for 50,000 x 500 bp",
        ),
        _large,
    ),
    Measurement(
        tuple(
            f"leak meter, {length} {alphabet.unit} {alphabet.title}: {what}"
            for alphabet, length in _FURTHER
            for what in ("recall at 90 %", "precision")
        ),
        _further,
    ),
    Measurement(
        (
            *(f"leak meter, shared flanks: recall of {kind}" for kind in _KINDS),
            "leak meter, shared flanks: precision",
            "leak meter, shared flanks: seconds for 50,000 x 200 bp",
        ),
        _flanked,
    ),
    Measurement(
        tuple(f"leak meter, scan of 5,000 mutants: {what}" for what in ("recall of exact", "precision", "seconds")),
        _scan,
    ),
    Measurement(("similarity split: copies kept together", "similarity split: seconds for 50,000 x 500 bp"), _clusters),
)
