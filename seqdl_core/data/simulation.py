"""Simulated binding data from JASPAR motifs: an example without a download, whose truth is known.

Positives are random sequences with sites drawn from the motifs; negatives are dinucleotide shuffles of the positives,
so that neither the letters' nor the dinucleotides' frequencies tell the classes apart. The test set's are shuffles of
the test set's own positives: nothing in it was made from a sequence that trains. As in an experiment, some
positives hold no site: no model can be perfect.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import UInt8

from seqdl_core.data.dataset import Dataset, DatasetInfo
from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.sequences.motifs import Motif, jaspar
from seqdl_core.sequences.shuffles import dinucleotide_shuffle

EXAMPLE_MOTIFS = ("MA0028", "MA0083")
"""ELK1 and SRF, which bind side by side (the ternary complex)."""

_BACKGROUND = (0.28, 0.22, 0.22, 0.28)
_SHARES = (0.9, 0.5)
_TEST_SHARE = 0.25


def simulate(
    folder: Path, motif_ids: Sequence[str] = EXAMPLE_MOTIFS, n: int = 4000, length: int = 101, seed: int = 1
) -> Dataset:
    """Write a data set of ``n`` DNA sequences, half of them positives; a quarter of each class is the test set.

    The first motif has a site in nine tenths of the positives, each further one in half of them, at a random place of a
    random strand, without overlap. ``info.truth`` tells where: ``motifs`` is a list of id, name, width and number of
    sites; ``sites`` maps a row's name to ``[motif, start, strand]`` of each site, counted from 0, ``+`` or ``-``.

    Raises:
        UnknownName: for a motif that JASPAR does not have.
        DataError: if the motifs do not fit into ``length`` or ``n`` is too small.
    """
    motifs = [jaspar(identifier) for identifier in motif_ids]
    if n < 8 or sum(motif.width for motif in motifs) * 2 > length:
        raise DataError(
            f"{n:,} sequences of {length:,} bp cannot hold these motifs.",
            where=", ".join(motif_ids),
            fix="Simulate at least 8 sequences, twice as long as all motifs together.",
        )
    rng = np.random.default_rng(seed)
    positives = n // 2
    codes = rng.choice(len(_BACKGROUND), size=(positives, length), p=_BACKGROUND).astype(np.uint8)
    sites: list[list[tuple[int, int, str]]] = []
    for row in codes:
        chosen = [number for number in range(len(motifs)) if rng.random() < _SHARES[min(number, 1)]]
        sites.append(_plant(row, [(number, motifs[number]) for number in chosen], rng))
    tests = {1.0: round(positives * _TEST_SHARE), 0.0: round((n - positives) * _TEST_SHARE)}
    # The first rows of either class are the test set; each negative is a shuffle of a positive of its own part.
    parents = np.concatenate(
        [
            np.resize(np.arange(tests[1.0]), tests[0.0]),
            np.resize(np.arange(tests[1.0], positives), n - positives - tests[0.0]),
        ]
    )
    rows, truth = _rows(np.concatenate([codes, dinucleotide_shuffle(codes[parents], rng)]), sites, tests, rng)
    names = " and ".join(motif.name for motif in motifs)
    planted = [sum(site[0] == number for found in sites for site in found) for number in range(len(motifs))]
    info = DatasetInfo(
        name=f"Simulated {names} sites",
        alphabet=DNA.name,
        length=length,
        label_names=("0", "1"),
        counts={"train": n - sum(tests.values()), "test": sum(tests.values())},
        positives={"train": positives - tests[1.0], "test": tests[1.0]},
        truth={
            "seed": seed,
            "motifs": [
                {"id": motif.id, "name": motif.name, "width": motif.width, "sites": count}
                for motif, count in zip(motifs, planted, strict=True)
            ],
            "sites": truth,
        },
    )
    return Dataset.create(folder, rows, info)


def _plant(
    row: UInt8[np.ndarray, "L"], motifs: Sequence[tuple[int, Motif]], rng: np.random.Generator
) -> list[tuple[int, int, str]]:
    """Write one site of each motif into the sequence; returns (motif, start, strand) of each."""
    taken = np.zeros(len(row), bool)
    sites: list[tuple[int, int, str]] = []
    for number, motif in motifs:
        strand = "+" if rng.random() < 0.5 else "-"
        weights = (motif if strand == "+" else motif.reverse_complement()).probabilities
        free = [s for s in range(len(row) - motif.width + 1) if not taken[s : s + motif.width].any()]
        start = int(rng.choice(free)) if free else int(rng.integers(0, len(row) - motif.width + 1))
        drawn = rng.random((motif.width, 1)) > np.cumsum(weights, axis=1)
        row[start : start + motif.width] = np.minimum(drawn.sum(axis=1), DNA.size - 1)
        taken[start : start + motif.width] = True
        sites.append((number, start, strand))
    return sites


def _rows(
    codes: UInt8[np.ndarray, "N L"],
    sites: Sequence[list[tuple[int, int, str]]],
    tests: dict[float, int],
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """All rows in random order under names that do not tell the class, and the sites under these names.

    ``codes`` holds the positives, then the negatives; ``tests`` says how many of each label, from the first on, test.
    """
    order = rng.permutation(len(codes))
    digits = len(str(len(codes)))
    names = [f"simulated_{number:0{digits}d}" for number in range(1, len(codes) + 1)]
    tested = (order < tests[1.0]) | ((order >= len(sites)) & (order < len(sites) + tests[0.0]))
    rows = pd.DataFrame(
        {
            "id": names,
            "sequence": [DNA.decode(codes[place]) for place in order],
            "label": (order < len(sites)).astype(np.float64),
            "split": np.where(tested, "test", "train"),
            "source": "simulated",
        }
    )
    placed = zip(names, order.tolist(), strict=True)
    return rows, {name: [list(site) for site in sites[place]] for name, place in placed if place < len(sites)}
