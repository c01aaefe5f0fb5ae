"""Which sequences are alike: exact copies, other strands, shifted windows and near copies, among many thousands.

Words of k letters are sampled (FracMinHash) and sequences that share some are aligned; see :mod:`_sketches`. What k is
and how many words are kept follows from the lengths, so that a copy in which every tenth letter changed is found among
50 bp as among 2 kb. What two sequences may have in common by chance follows from how many pairs there are.

Letters that nearly all sequences share (adapters, flanks) are not compared; see :mod:`shared_letters`.

Not found: likeness below 60 % identity, and what otherwise different sequences share in their middle (a repeat, a
protein domain), unless it covers most of the shorter sequence or is an identical stretch; see ``_sketches.STRETCH_*``.
"""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64
from numpy.typing import NDArray

from seqdl_core.data.parts.by_letters import strand_free
from seqdl_core.errors import ConfigError
from seqdl_core.sequences.alphabets import Alphabet

LOWEST_IDENTITY = 0.6
COVERAGE = 0.8
"""The share of the shorter sequence that a near copy must cover; less than that is an overlap, if it is exact."""

OVERLAP_IDENTITY = 0.98
"""Windows of one genome agree where they overlap; copies of a repeat that happen to end there mostly do not."""

_OVERLAP_LETTERS = 40
_OVERLAP_SHARE = 0.25
PARTNERS = 8
"""The most partners that are kept for a sequence."""

_CHANCE = 0.1
"""How many alignments of random sequences one search may be expected to report, of near copies and of overlaps."""

_WORDS = 384
_MOST_WORDS = 24_000_000
_CROWD = 12
_EXACT_CHANCE = 400
_BLOCK = 512


@dataclass(frozen=True)
class Sampling:
    """How sequences are sketched: words of ``k`` letters, of which ``share`` are kept, in ``2**bits`` buckets."""

    k: int
    share: float
    bits: int


@dataclass(frozen=True, eq=False)
class Rule:
    """What counts as a near copy: the asked identity, or more where sequences are so short that chance is as like.

    Attributes:
        identity: the share of equal letters that was asked for.
        near: the fewest equal letters of n compared ones, for n from 0, of a pair that covers the shorter sequence.
        overlap: the same for a part at the ends.
        typical: known letters of a short sequence among those compared (the tenth percentile).
    """

    identity: float
    near: Int64[np.ndarray, " n"]
    overlap: Int64[np.ndarray, " n"]
    typical: int

    @property
    def letters(self) -> int | None:
        """From how many compared letters on the asked identity is enough; None where it never is."""
        stricter = np.flatnonzero(self.near > np.ceil(self.identity * np.arange(len(self.near)) - 1e-9))
        first = int(stricter[-1]) + 1 if len(stricter) else 0
        return first if first < len(self.near) else None

    @property
    def text(self) -> str:
        """``at least 80 % identity``, or for short sequences what they need instead."""
        asked = f"{100 * self.identity:g} % identity"
        letters, need = self.letters, int(self.near[self.typical])
        if letters is not None and letters <= COVERAGE * self.typical:
            return f"at least {asked}"
        if letters is not None and letters <= self.typical:
            return f"at least {asked} over {letters} letters or more"
        if need > self.typical:
            return f"at least {asked}, which {self.typical} letters are too few to tell from chance"
        longer = "" if letters is None else f", {asked} from {letters} letters on"
        return f"at least {need} of {self.typical} letters equal{longer}"


@dataclass(frozen=True, eq=False)
class Partners:
    """For each looked-up sequence its best partners, the best first.

    ``found`` has the columns of ``_sketches.FIELDS``; ``count`` says how many were met, of which the first
    ``found.shape[1]`` at most are kept. At a word that very many sequences share, only some of them are met.
    """

    found: Int64[np.ndarray, "N P fields"]
    count: Int64[np.ndarray, " N"]


def check_identity(identity: float) -> None:
    """Raises ConfigError for an identity that the search cannot promise anything about."""
    if not LOWEST_IDENTITY <= identity <= 1:
        raise ConfigError(
            f"Sequences cannot be compared at an identity of {identity:g}.",
            where="identity",
            fix=f"Give a share from {LOWEST_IDENTITY} to 1; 0.8 calls 8 equal letters of 10 a near copy.",
        )


def sampling_for(lengths: Sequence[int], alphabet: Alphabet) -> Sampling:
    """k and the kept share for sequences of these lengths.

    With every tenth letter changed, the longest unchanged stretch of 50 letters is at least 9 long in 99.9 % of cases,
    that of 100 letters at least 12 (the largest of n uniform spacings). Words are longer where there are so many that a
    random one would be met too often.
    """
    lengths_ = np.array(lengths or [1])
    short, mean = float(np.percentile(lengths_, 10)), float(lengths_.mean())
    if alphabet.size > 4:
        k = 3 if short < 20 else 4
    else:
        k = next((width for most, width in ((32, 7), (70, 9), (160, 11), (400, 13)) if short < most), 15)
    share = min(1.0, _WORDS / mean, _MOST_WORDS / max(1.0, float(lengths_.sum())))
    kept = share * float(lengths_.sum())
    k = max(k, math.ceil(math.log(max(kept / _CROWD, 1.0), alphabet.size)))
    bits = int(np.clip(math.ceil(math.log2(max(kept, 2.0))), 10, 24))
    return Sampling(k, share, bits)


def compared_codes(sequences: Sequence[str], alphabet: Alphabet) -> tuple[list[NDArray[np.uint8]], int]:
    """The codes to compare, and how many letters of a typical sequence are left out because nearly all share them."""
    from seqdl_core.data.leaks.shared_letters import without_shared

    return without_shared([alphabet.encode(sequence) for sequence in sequences], alphabet)


def find_partners(
    queries: Sequence[NDArray[np.uint8]],
    targets: Sequence[NDArray[np.uint8]],
    alphabet: Alphabet,
    rule: Rule,
    partners: int = PARTNERS,
    threads: int = 0,
) -> Partners:
    """For each query the targets that are like it; DNA is compared on both strands, RNA and proteins are not.

    Args:
        queries, targets: of :func:`compared_codes`.
        rule: of :func:`rule_for`.
        threads: 0 for as many as there are processors.
    """
    from seqdl_core.data.leaks._sketches import FIELDS, flat, search

    found = np.zeros((len(queries), partners, FIELDS), np.int64)
    count = np.zeros(len(queries), np.int64)
    if not len(queries) or not len(targets):
        return Partners(found, count)
    index = _Index.of(targets, alphabet)
    query_flat, query_offsets = flat(queries)

    def look_up(start: int) -> None:
        stop = min(start + _BLOCK, len(queries))
        search(
            query_flat, query_offsets, start, stop, index.codes, index.offsets, index.starts, index.rows, index.places,
            index.sampling.k, alphabet.size, index.threshold, index.sampling.bits, _complement(alphabet),
            rule.near, rule.overlap, COVERAGE, np.zeros(0, np.int64), found[start:stop], count[start:stop],
        )  # fmt: skip

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(look_up, range(0, len(queries), _BLOCK)))
    return Partners(found, count)


def rule_for(
    queries: Sequence[NDArray[np.uint8]], targets: Sequence[NDArray[np.uint8]], alphabet: Alphabet, identity: float
) -> Rule:
    """What counts among these sequences.

    At least the asked identity, and so many matches that all the pairs and diagonals together would show
    :data:`_CHANCE` such alignments if letters were independent: the chance of a match is the sum of the squared letter
    frequencies. A near copy covers most of a sequence, which few diagonals do; an overlap lies on any.

    Raises:
        ConfigError: for an identity that the search cannot promise anything about.
    """
    from scipy.special import bdtrc

    check_identity(identity)
    if not len(queries) or not len(targets):
        return Rule(identity, np.ones(1, np.int64), np.ones(1, np.int64), 0)
    longest = max(max(map(len, queries)), max(map(len, targets)))
    frequencies = np.zeros(alphabet.size)
    for rows in (queries, targets):
        frequencies += np.bincount(np.concatenate(rows), minlength=alphabet.size + 1)[: alphabet.size]
    match = float(((frequencies / max(1.0, frequencies.sum())) ** 2).sum()) if frequencies.sum() else 1.0
    pairs = float(len(queries)) * len(targets) * (2 if alphabet.double_stranded else 1)
    needs = []
    for least, diagonals in ((identity, 1 - COVERAGE), (max(identity, OVERLAP_IDENTITY), 1.0)):
        places = pairs * (1 + 2 * longest * diagonals)
        need = np.ceil(least * np.arange(longest + 1) - 1e-9).astype(np.int64)
        for n in range(min(longest, _EXACT_CHANCE) + 1):
            matches = np.arange(need[n], n + 1)
            rare = places * bdtrc(matches - 1, n, match) <= _CHANCE if n and need[n] else np.zeros(0, bool)
            need[n] = matches[np.argmax(rare)] if rare.any() else n + 1
        needs.append(need)
    shortest = min(_OVERLAP_LETTERS, math.ceil(_OVERLAP_SHARE * min(min(map(len, queries)), min(map(len, targets)))))
    needs[1][:shortest] = np.arange(1, len(needs[1][:shortest]) + 1)
    known = np.array([int((row < alphabet.size).sum()) for rows in (queries, targets) for row in rows])
    typical = int(np.percentile(known[known > 0], 10)) if known.any() else 0
    return Rule(identity, needs[0], needs[1], typical)


def clusters(sequences: Sequence[str], alphabet: Alphabet, identity: float = 0.8) -> Int64[np.ndarray, " N"]:
    """A number per sequence, the same for all that a chain of likenesses connects (single linkage).

    Numbered in the order of first appearance. Sequences without a known letter are alone.
    """
    return clusters_by_rule(sequences, alphabet, identity)[0]


def clusters_by_rule(
    sequences: Sequence[str], alphabet: Alphabet, identity: float
) -> tuple[Int64[np.ndarray, " N"], Rule]:
    """The same with the rule that two sequences were held against."""
    from seqdl_core.data.leaks._sketches import FIELDS, search

    group_of, firsts = _same_groups(sequences, alphabet)
    if not len(firsts):
        return np.zeros(0, np.int64), rule_for([], [], alphabet, identity)
    # Searched in the order of their letters, so that who is met first does not depend on the order of the rows.
    unique = [sequences[row] for row in firsts]
    order = np.array(sorted(range(len(unique)), key=lambda one: strand_free([unique[one]], alphabet)[0]), np.int64)
    rows, _ = compared_codes([unique[one] for one in order.tolist()], alphabet)
    index, rule = _Index.of(rows, alphabet), rule_for(rows, rows, alphabet, identity)
    parent = np.arange(len(rows))
    search(
        index.codes, index.offsets, 0, len(rows), index.codes, index.offsets, index.starts, index.rows, index.places,
        index.sampling.k, alphabet.size, index.threshold, index.sampling.bits, _complement(alphabet), rule.near,
        rule.overlap, COVERAGE, parent, np.zeros((len(rows), 0, FIELDS), np.int64), np.zeros(len(rows), np.int64),
    )  # fmt: skip
    for row in range(len(parent)):
        parent[row] = parent[parent[row]]
    cluster = np.empty(len(rows), np.int64)
    cluster[order] = parent
    return _as_they_appear(cluster[group_of]), rule


@dataclass(frozen=True, eq=False)
class _Index:
    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    places: NDArray[np.int32]
    sampling: Sampling
    threshold: np.uint64

    @staticmethod
    def of(rows: Sequence[NDArray[np.uint8]], alphabet: Alphabet) -> "_Index":
        from seqdl_core.data.leaks._sketches import build_index, flat
        from seqdl_core.data.leaks.shared_letters import known_letters

        codes, offsets = flat(rows)
        sampling = sampling_for(known_letters(codes, offsets, alphabet).tolist(), alphabet)
        threshold = np.uint64(round(sampling.share * 2**24))
        starts, found, places = build_index(codes, offsets, sampling.k, alphabet.size, threshold, sampling.bits)
        return _Index(codes, offsets, starts, found, places, sampling, threshold)


def _complement(alphabet: Alphabet) -> NDArray[np.uint8]:
    return alphabet.complement_codes if alphabet.double_stranded else np.zeros(0, np.uint8)


def _same_groups(sequences: Sequence[str], alphabet: Alphabet) -> tuple[NDArray[np.int64], list[int]]:
    """A number per sequence, shared by copies (and other strands of DNA), and the first row of each number."""
    keys = strand_free(sequences, alphabet)
    number: dict[str, int] = {}
    group_of = np.empty(len(keys), np.int64)
    firsts: list[int] = []
    for row, key in enumerate(keys):
        if not key.strip(alphabet.unknown):
            group_of[row] = len(firsts)
            firsts.append(row)
            continue
        if key not in number:
            number[key] = len(firsts)
            firsts.append(row)
        group_of[row] = number[key]
    return group_of, firsts


def _as_they_appear(group_of: NDArray[np.int64]) -> Int64[np.ndarray, " N"]:
    _, first, inverse = np.unique(group_of, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64)
