"""Compiled search for similar sequences: an index of sampled words, and alignment along the diagonals that words share.

Every k-letter word whose hash falls under a threshold is kept (FracMinHash: the same word is kept or left out in every
sequence), so two sequences with words in common meet in the index, together with the diagonal (place in the one minus
place in the other) on which they lie. Each meeting is then aligned: without gaps along the diagonal, and, where that
fails but several words agree, with gaps inside a band around it. Ends that hang over cost nothing. Where that fails
too, a long identical stretch on the diagonal counts, wherever it lies; see :mod:`_diagonals`.

Sequences lie one behind the other in one array of codes; ``offsets`` says where each begins. A code that is not below
``letters`` is unknown: no word holds it and no alignment counts it.
"""

from collections.abc import Sequence
from typing import no_type_check

import numpy as np
from numba import njit
from numpy.typing import NDArray

from seqdl_core.data.leaks._diagonals import along, banded, stretch, varied

MOST_HITS = 32_768
"""Words that one sequence may find in the index; what comes later is left out."""

MOST_PER_WORD = 64
"""Sequences that one word may lead to."""

COMMON = 256
"""A word that occurs more often than this (a repeat, an adapter) tells little; it leads to ``FEW_PER_WORD`` only."""

FEW_PER_WORD = 8

MOST_GAPPED = 24
"""Alignments with gaps for one sequence, the best supported first."""

FIELDS = 6
"""Columns of a found partner: row, strand (0 same, 1 reverse), offset, matches, aligned letters, and how it was found:
0 along a diagonal, :data:`GAPPED`, or :data:`STRETCH`, of which offset, matches and letters are then."""

GAPPED, STRETCH = 1, 2

STRETCH_LETTERS = 50
STRETCH_SHARE = 0.25
"""An identical stretch counts from so many letters and from this share of the shorter sequence on: what two sequences
share by chance, or as a short repeat, is less."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)
_SHIFT_2 = np.uint64(32)
_SHIFT_3 = np.uint64(40)
_MIDDLE = 1 << 30
_LOW = (1 << 32) - 1


@njit(nogil=True, cache=True)
@no_type_check
def _hash(word):
    """SplitMix64's finaliser (Steele et al. 2014), so that sampling does not follow the letters."""
    mixed = word * _MIX
    mixed = (mixed ^ (mixed >> _SHIFT_2)) * _MIX_2
    return mixed ^ (mixed >> _SHIFT)


@njit(nogil=True, cache=True)
@no_type_check
def _kept(codes, k, letters, threshold, bucket):
    """Write the bucket of each word that is sampled, -1 of each other; a word right after itself is left out."""
    size = np.uint64(letters)
    top = np.uint64(1)
    for _ in range(k - 1):
        top *= size
    word, known, before = np.uint64(0), 0, np.uint64(0xFFFFFFFFFFFFFFFF)
    mask = np.uint64((1 << 24) - 1)
    for place in range(len(codes)):
        bucket[place] = -1
        code = codes[place]
        if code >= letters:
            known, word = 0, np.uint64(0)
            continue
        word = (word % top) * size + np.uint64(code)
        known += 1
        if known < k or word == before:
            continue
        before = word
        mixed = _hash(word)
        if (mixed >> _SHIFT_3) < threshold:
            bucket[place - k + 1] = np.int64(mixed & mask)
    return 0


@njit(nogil=True, cache=True)
@no_type_check
def build_index(codes, offsets, k, letters, threshold, bits):
    """Where each bucket begins, and the sequence and place of every sampled word, bucket by bucket in their order."""
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    bucket = np.empty(longest, np.int64)
    drop = 24 - bits
    starts = np.zeros((1 << bits) + 1, np.int64)
    for row in range(len(offsets) - 1):
        length = offsets[row + 1] - offsets[row]
        _kept(codes[offsets[row] : offsets[row + 1]], k, letters, threshold, bucket)
        for place in range(length):
            if bucket[place] >= 0:
                starts[(bucket[place] >> drop) + 1] += 1
    for number in range(1 << bits):
        starts[number + 1] += starts[number]
    filled = starts[:-1].copy()
    rows = np.empty(starts[-1], np.int32)
    places = np.empty(starts[-1], np.int32)
    for row in range(len(offsets) - 1):
        length = offsets[row + 1] - offsets[row]
        _kept(codes[offsets[row] : offsets[row + 1]], k, letters, threshold, bucket)
        for place in range(length):
            if bucket[place] >= 0:
                number = bucket[place] >> drop
                rows[filled[number]] = row
                places[filled[number]] = place
                filled[number] += 1
    return starts, rows, places


@njit(nogil=True, cache=True)
@no_type_check
def _root(parent, row):
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


@njit(nogil=True, cache=True)
@no_type_check
def search(
    query, query_offsets, first, last, target, target_offsets, starts, rows, places, k, letters, threshold, bits,
    complement, need, need_part, coverage, parent, found, count,
):  # fmt: skip
    """Look up the sequences ``first`` to ``last`` and align what they meet.

    Args:
        complement: codes of the complementary letters, or empty to look on one strand only.
        need, need_part: the fewest matches that count, by the number of compared letters: for an alignment that holds
            ``coverage`` of the shorter sequence's known letters, and for a part at the ends.
        parent: empty, or the forest of a union-find in which sequences that are alike are joined (then ``target`` is
            ``query``, and each sequence meets only those before it).
        found: ``(rows, partners, FIELDS)`` for the best partners of each sequence, the best first; may be empty.
        count: how many partners each sequence had.
    """
    joining = len(parent) > 0
    partners = found.shape[1]
    longest = 1
    for row in range(first, last):
        longest = max(longest, query_offsets[row + 1] - query_offsets[row])
    bucket = np.empty(longest, np.int64)
    turned = np.empty(longest, np.uint8)
    hits = np.empty(MOST_HITS, np.int64)
    saved = np.empty((MOST_GAPPED, 5), np.int64)
    drop = 24 - bits
    strands = 2 if len(complement) else 1
    for row in range(first, last):
        forward = query[query_offsets[row] : query_offsets[row + 1]]
        length = len(forward)
        known = 0
        for place in range(length):
            known += forward[place] < letters
            if strands == 2:
                turned[length - 1 - place] = complement[forward[place]]
        total = 0
        for strand in range(strands):
            own = forward if strand == 0 else turned[:length]
            _kept(own, k, letters, threshold, bucket)
            for place in range(length):
                if bucket[place] < 0:
                    continue
                number = bucket[place] >> drop
                taken = 0
                most_taken = MOST_PER_WORD if starts[number + 1] - starts[number] <= COMMON else FEW_PER_WORD
                for entry in range(starts[number], starts[number + 1]):
                    other = rows[entry]
                    if (joining and other >= row) or taken >= most_taken or total >= MOST_HITS:
                        break
                    at = target_offsets[other] + places[entry]
                    same = True
                    for step in range(k):
                        if target[at + step] != own[place + step]:
                            same = False
                            break
                    if same:
                        taken += 1
                        hits[total] = ((np.int64(other) * 2 + strand) << 32) + (places[entry] - place + _MIDDLE)
                        total += 1
        hits[:total].sort()
        waiting = 0
        begin = 0
        while begin < total:
            pair = hits[begin] >> 32
            end = begin
            while end < total and hits[end] >> 32 == pair:
                end += 1
            other, strand = pair >> 1, pair & 1
            if joining and _root(parent, other) == _root(parent, row):
                begin = end
                continue
            own = forward if strand == 0 else turned[:length]
            against = target[target_offsets[other] : target_offsets[other + 1]]
            # The diagonal that most words agree on.
            diagonal, most, run = np.int64(0), 0, 0
            for at in range(begin, end):
                run = run + 1 if at > begin and hits[at] == hits[at - 1] else 1
                if run > most:
                    most, diagonal = run, (hits[at] & _LOW) - _MIDDLE
            span = min(length, len(against) - diagonal) - max(0, -diagonal)
            same, compared = along(own, against, diagonal, letters, span - need[span])
            if _accepted(own, diagonal, same, compared, known, against, letters, need, need_part, coverage):
                _keep(joining, parent, found, count, row, first, partners, other, strand, diagonal, same, compared, 0)
            else:
                width = 6 + min(length, len(against)) // 40
                near, reach = 0, 0
                low = begin
                for at in range(begin, end):
                    while hits[at] - hits[low] > width:
                        low += 1
                    if at - low + 1 > near:
                        near, reach = at - low + 1, ((hits[at] + hits[low]) // 2 & _LOW) - _MIDDLE
                # Few sampled words support a short alignment; two that overlap by all but a letter are one word more.
                if near >= 2:
                    place = waiting
                    if waiting < MOST_GAPPED:
                        waiting += 1
                    else:
                        place = 0
                        for one in range(1, waiting):
                            if saved[one, 0] < saved[place, 0]:
                                place = one
                        if saved[place, 0] >= near:
                            place = -1
                    if place >= 0:
                        saved[place, 0], saved[place, 1], saved[place, 2], saved[place, 3] = near, pair, reach, width
                        saved[place, 4] = diagonal
            begin = end
        for one in range(waiting):
            pair, middle, width = saved[one, 1], saved[one, 2], saved[one, 3]
            other, strand = pair >> 1, pair & 1
            if joining and _root(parent, other) == _root(parent, row):
                continue
            own = forward if strand == 0 else turned[:length]
            against = target[target_offsets[other] : target_offsets[other + 1]]
            same, compared, offset = banded(own, against, middle, width, letters)
            if _accepted(own, offset, same, compared, known, against, letters, need, need_part, coverage):
                _keep(
                    joining, parent, found, count, row, first, partners, other, strand, offset, same, compared, GAPPED
                )
                continue
            diagonal = saved[one, 4]
            run = stretch(own, against, diagonal, letters, need_part, STRETCH_LETTERS, STRETCH_SHARE)
            if run:
                _keep(joining, parent, found, count, row, first, partners, other, strand, diagonal, run, run, STRETCH)
    return 0


@njit(nogil=True, cache=True)
@no_type_check
def _accepted(own, diagonal, same, compared, known, against, letters, need, need_part, coverage):
    compared = min(compared, len(need) - 1)
    if same < need[compared]:
        return False
    other = 0
    for place in range(len(against)):
        other += against[place] < letters
    if compared >= coverage * min(known, other):
        return True
    if same < need_part[compared]:
        return False
    start = max(0, -diagonal)
    return varied(own, start, min(len(own), len(against) - diagonal), letters)


@njit(nogil=True, cache=True)
@no_type_check
def _keep(joining, parent, found, count, row, first, partners, other, strand, offset, same, compared, gapped):
    """Join the two, or put the partner among the best of its row."""
    count[row - first] += 1
    if joining:
        one, two = _root(parent, row), _root(parent, other)
        parent[max(one, two)] = min(one, two)
        return
    place = min(count[row - first], partners) - 1
    if count[row - first] > partners and not _better(same, compared, found, row - first, place):
        return
    while place > 0 and _better(same, compared, found, row - first, place - 1):
        for field in range(FIELDS):
            found[row - first, place, field] = found[row - first, place - 1, field]
        place -= 1
    values = (other, strand, offset, same, compared, gapped)
    for field in range(FIELDS):
        found[row - first, place, field] = values[field]


@njit(nogil=True, cache=True)
@no_type_check
def _better(same, compared, found, row, place):
    """More matches over mismatches than the partner that stands there."""
    return 2 * same - compared > 2 * found[row, place, 3] - found[row, place, 4]


def flat(rows: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Codes one behind the other, and where each sequence begins (one more entry than sequences)."""
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return np.concatenate(rows) if len(rows) else np.zeros(0, np.uint8), offsets
