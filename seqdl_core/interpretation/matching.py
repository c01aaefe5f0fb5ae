"""Which known motifs a motif looks like: TOMTOM against JASPAR's vertebrate collection, with honest gates.

Gupta et al. 2007 (Genome Biology 8:R24, doi 10.1186/gb-2007-8-2-r24), as memelite computes it: Euclidean distances of
columns, the whole query scored (columns that hang over get the median), and ``p`` the chance that random columns reach
the best alignment's score over all offsets and both strands of that target. ``q`` is Benjamini and Hochberg's, over all
targets of the collection.

TOMTOM alone calls a flat motif "similar" to the flat stretch inside a long one: of 1,920 filter motifs whose columns
and letters had been shuffled, 39 % (``cnn``) and 62 % (``deepbind``) had a q below 0.01, mostly with the spacer of the
31 to 35 bp CTCF motifs. So a match must also share at least ``FEWEST_BITS`` of logo: laid over each other as aligned,
the letters' heights have that much in common. That leaves 0.4 % and 2.6 % of the shuffled motifs, and 37 % and 33 % of
the real ones (2026-11-23, networks trained on the six ENCODE sets, motifs from 500 held-out positives each).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.sequences.alphabets import DNA
from seqdl_core.sequences.motifs import Motif, jaspar_collection

FEWEST_BITS = 6.0
"""Two motifs match only if their logos have this many bits in common: three letters that are certain."""

_NARROWEST = 4


@dataclass(frozen=True)
class Match:
    """A known motif that a query looks like.

    Attributes:
        id, name, family: of the known motif.
        p: the chance of so good an alignment with random columns; corrected for offsets and strands, not for targets.
        q: Benjamini and Hochberg's, over all targets.
        strand: ``+`` or ``-``, the strand of the known motif that aligns with the query.
        offset: the column of the known motif, on that strand, that the query's first column lies on; may be negative.
        shared_bits: what the two logos have in common as aligned.
    """

    id: str
    name: str
    family: str
    p: float
    q: float
    strand: str
    offset: int
    shared_bits: float


def match_motifs(
    motifs: Sequence[Motif],
    targets: Sequence[Motif] | None = None,
    most: int = 5,
    largest_q: float = 0.1,
) -> list[list[Match]]:
    """The best matches of each motif, smallest q first; none for a motif narrower than 4 positions or not of DNA.

    JASPAR's motifs are of proteins that bind double-stranded DNA. A motif of RNA has the same four columns, and one
    strand; that it resembles one of them says nothing about what binds it.

    The first call in a fresh installation compiles for one to two minutes; numba keeps the result on disk (in
    memelite's ``__pycache__`` or, where that cannot be written, the user's cache), and later processes start in 0.2 s.

    Args:
        targets: what to compare with; by default JASPAR CORE vertebrates. Fewer than 25 give meaningless p-values.
        most: how many matches to keep for each motif.
        largest_q: matches with a larger q are left out.
    """
    import memelite  # numba comes with it: 1.5 s that only this call should cost

    known = jaspar_collection() if targets is None else tuple(targets)
    asked = [number for number, one in enumerate(motifs) if one.width >= _NARROWEST and one.letters == DNA.letters]
    found: list[list[Match]] = [[] for _ in motifs]
    if not asked:
        return found
    columns = _columns() if targets is None else [np.ascontiguousarray(motif.probabilities.T) for motif in known]
    queries = [np.ascontiguousarray(motifs[number].probabilities.T) for number in asked]
    # One thread: numba's pool would compete with torch's, and 64 motifs take 0.1 s.
    p_values, _, offsets, _, strands = memelite.tomtom(queries, columns, n_jobs=1)
    for row, number in enumerate(asked):
        q_values = benjamini_hochberg(p_values[row])
        for target in np.lexsort((p_values[row], q_values)):
            if q_values[target] > largest_q or len(found[number]) == most:
                break
            other = known[target].reverse_complement() if strands[row, target] else known[target]
            bits = shared_bits(motifs[number], other, int(offsets[row, target]))
            if bits >= FEWEST_BITS:
                found[number].append(
                    Match(
                        id=known[target].id,
                        name=known[target].name,
                        family=known[target].family,
                        p=float(p_values[row, target]),
                        q=float(q_values[target]),
                        strand="-" if strands[row, target] else "+",
                        offset=int(offsets[row, target]),
                        shared_bits=bits,
                    )
                )
    return found


def warm_up() -> None:
    """Compile the matching, so that later calls, in other processes too, are quick. Run it in the background."""
    match_motifs(jaspar_collection()[:1])


def benjamini_hochberg(p_values: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """The smallest false discovery rate at which each test counts (Benjamini & Hochberg 1995)."""
    order = np.argsort(p_values)
    scaled = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    q_values = np.empty_like(scaled)
    q_values[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q_values


def shared_bits(query: Motif, target: Motif, offset: int) -> float:
    """What two logos have in common with the query's first column laid on the target's column ``offset``, in bits.

    At each position every letter counts with the smaller of its two heights (probability times the position's bits).
    """
    heights, others = _heights(query), _heights(target)
    first, last = max(0, offset), min(len(others), offset + len(heights))
    if last <= first:
        return 0.0
    return float(np.minimum(heights[first - offset : last - offset], others[first:last]).sum())


def alike(one: Motif, other: Motif, share: float = 0.75) -> bool:
    """Whether two motifs are one: at the best offset and strand the poorer logo lies inside the other, all but a rest.

    They must share ``FEWEST_BITS`` too; two motifs that say little are not the same for that.
    """
    least = min(float(_heights(one).sum()), float(_heights(other).sum()))
    return most_shared_bits(one, other) >= max(FEWEST_BITS, share * least)


def most_shared_bits(one: Motif, other: Motif) -> float:
    """:func:`shared_bits` at the best offset and, for DNA, strand."""
    turned = [other, other.reverse_complement()] if other.letters == DNA.letters else [other]
    return max(shared_bits(one, side, offset) for side in turned for offset in range(1 - one.width, other.width))


def _heights(motif: Motif) -> NDArray[np.float64]:
    return np.asarray(motif.probabilities * motif.information()[:, None])


@cache
def _columns() -> list[NDArray[np.float64]]:
    return [np.ascontiguousarray(motif.probabilities.T) for motif in jaspar_collection()]
