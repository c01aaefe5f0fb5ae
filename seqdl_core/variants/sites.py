"""Motif sites that an edit destroys, keeps or makes.

A site is a place where a motif's log-odds score is so high that a random sequence (each letter a quarter) reaches it
with a probability under a threshold. The probability is exact up to rounding scores to 1/100 bit: the distribution of
the score over all words is built position by position (Staden 1989, doi 10.1093/bioinformatics/5.2.89).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.sequences.alphabets import DNA
from seqdl_core.sequences.motifs import Motif

THRESHOLD = 1e-4
_STEPS_PER_BIT = 100

Status = Literal["kept", "lost", "gained"]


@dataclass(frozen=True)
class Site:
    """A motif over ``[start, end)``, 0-based, before and after the edits; ``p`` are per place, not corrected."""

    motif: Motif
    start: int
    end: int
    strand: Literal["+", "-"]
    status: Status
    p_before: float
    p_after: float


def compare_sites(motifs: Sequence[Motif], reference: str, edited: str, threshold: float = THRESHOLD) -> list[Site]:
    """The sites of DNA motifs in two sequences of the same length, by start.

    Relatives bind the same letters, so of overlapping sites with the same fate only the strongest is told.
    """
    sites: list[Site] = []
    for motif in motifs:
        for strand, seen in (("+", motif), ("-", motif.reverse_complement())):
            before, after = site_p_values(seen, reference), site_p_values(seen, edited)
            for start in np.flatnonzero((before < threshold) | (after < threshold)):
                p_before, p_after = float(before[start]), float(after[start])
                status: Status = (
                    "kept" if max(p_before, p_after) < threshold else "lost" if p_before < p_after else "gained"
                )
                sites.append(
                    Site(
                        motif,
                        int(start),
                        int(start) + motif.width,
                        "+" if strand == "+" else "-",
                        status,
                        p_before,
                        p_after,
                    )
                )
    return sorted(_best_of_overlapping(sites), key=lambda site: (site.start, site.motif.id))


def site_p_values(motif: Motif, sequence: str) -> Float[np.ndarray, " P"]:
    """At each start, the probability that a random word scores at least as high; 1 where a letter is unknown."""
    width = motif.width
    if len(sequence) < width:
        return np.ones(0)
    weights = _rounded(motif)
    codes = DNA.encode(sequence)
    known = np.append(weights, np.zeros((width, 1), np.int64), axis=1)
    places = np.lib.stride_tricks.sliding_window_view(codes, width)
    scores = known[np.arange(width), places].sum(axis=1)
    tail, lowest = _tail(weights)
    p = tail[np.clip(scores - lowest, 0, len(tail) - 1)]
    return np.where((places == DNA.unknown_code).any(axis=1), 1.0, p)


def _rounded(motif: Motif) -> NDArray[np.int64]:
    return np.asarray(np.round(motif.log_odds() * _STEPS_PER_BIT), np.int64)


def _tail(weights: NDArray[np.int64]) -> tuple[NDArray[np.float64], int]:
    """``tail[s - lowest]`` is the probability of a score of at least ``s`` (in hundredths of a bit)."""
    lowest = int(weights.min(axis=1).sum())
    chances = np.ones(1)
    for position in weights - weights.min(axis=1, keepdims=True):
        longer = np.zeros(len(chances) + int(position.max()))
        for weight in position:
            longer[weight : weight + len(chances)] += chances / len(position)
        chances = longer
    return np.minimum(np.cumsum(chances[::-1])[::-1], 1.0), lowest


def _best_of_overlapping(found: list[Site]) -> list[Site]:
    """Of sites with one fate that share half of the shorter one's letters, the one with the smallest p."""
    kept: list[Site] = []
    for site in sorted(found, key=lambda one: (min(one.p_before, one.p_after), one.start, one.motif.id)):
        if not any(other.status == site.status and _share_half(site, other) for other in kept):
            kept.append(site)
    return kept


def _share_half(one: Site, other: Site) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= min(one.end - one.start, other.end - other.start)
