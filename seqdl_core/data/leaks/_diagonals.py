"""Compiled comparison of two sequences of codes: along one diagonal, and with gaps inside a band around it.

The diagonal is the place in the second sequence minus that in the first. A code that is not below ``letters`` is
unknown and counts neither as a match nor as a mismatch.

These functions are compiled into ``_sketches.search``. What numba keeps of it on disk follows the text of its own file
only, so after a change here empty ``__pycache__``.
"""

from typing import no_type_check

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
@no_type_check
def varied(codes, start, stop, letters):
    """Whether a stretch holds enough different 3-letter words to be more than a repeat of one or two of them."""
    seen = np.zeros(letters * letters * letters, np.bool_)
    different = 0
    for place in range(start, stop - 2):
        a, b, c = codes[place], codes[place + 1], codes[place + 2]
        if a < letters and b < letters and c < letters:
            word = (np.int64(a) * letters + b) * letters + c
            if not seen[word]:
                seen[word] = True
                different += 1
    return different >= min(20.0, 0.3 * (stop - start))


@njit(nogil=True, cache=True)
@no_type_check
def along(query, target, diagonal, letters, allowed):
    """Matches and compared letters on one diagonal; stops early, with 0 matches, after ``allowed`` mismatches."""
    start = max(0, -diagonal)
    stop = min(len(query), len(target) - diagonal)
    same, compared = 0, 0
    for place in range(start, stop):
        first, second = query[place], target[place + diagonal]
        if first < letters and second < letters:
            compared += 1
            if first == second:
                same += 1
            elif compared - same > allowed:
                return 0, compared
    return same, compared


@njit(nogil=True, cache=True)
@no_type_check
def stretch(query, target, diagonal, letters, need_part, least, share):
    """The longest identical stretch on one diagonal; 0 where it is too short, or may be chance or a simple repeat.

    It has to hold ``least`` letters and ``share`` of the shorter sequence.
    """
    start = max(0, -diagonal)
    stop = min(len(query), len(target) - diagonal)
    run, longest, end = 0, 0, 0
    for place in range(start, stop):
        code = query[place]
        run = run + 1 if code < letters and code == target[place + diagonal] else 0
        if run > longest:
            longest, end = run, place + 1
    known, other = 0, 0
    for place in range(len(query)):
        known += query[place] < letters
    for place in range(len(target)):
        other += target[place] < letters
    shorter = min(known, other)
    if longest < least or longest < share * shorter:
        return 0
    if longest < need_part[min(longest, len(need_part) - 1)]:
        return 0
    return longest if varied(query, end - longest, end, letters) else 0


@njit(nogil=True, cache=True)
@no_type_check
def banded(query, target, middle, width, letters):
    """Matches, columns and offset of the best alignment within ``width`` of a diagonal; overhanging ends are free.

    Match 1, mismatch -1, gap -2 a letter; each cell carries what its best path has matched and how long it is.
    """
    cells = 2 * width + 1
    score = np.full(cells + 1, -1_000_000, np.int64)
    same = np.zeros(cells + 1, np.int64)
    columns = np.zeros(cells + 1, np.int64)
    offset = np.zeros(cells + 1, np.int64)
    best, best_same, best_columns, best_offset = -1, 0, 0, 0
    rows, other = len(query), len(target)
    for i in range(rows + 1):
        left_score, left_same, left_columns, left_offset = -1_000_000, 0, 0, 0
        for cell in range(cells):
            j = i + middle - width + cell
            if j < 0 or j > other:
                score[cell] = -1_000_000
                left_score = -1_000_000
                continue
            if i == 0 or j == 0:
                value, matched, length, start = 0, 0, 0, j - i
            else:
                # The diagonal step comes from the same cell of the row above, which is still in place.
                first, second = query[i - 1], target[j - 1]
                value, matched, length, start = score[cell], same[cell], columns[cell], offset[cell]
                if first < letters and second < letters:
                    length += 1
                    if first == second:
                        value += 1
                        matched += 1
                    else:
                        value -= 1
                if score[cell + 1] - 2 > value:
                    value, matched = score[cell + 1] - 2, same[cell + 1]
                    length, start = columns[cell + 1] + 1, offset[cell + 1]
                if left_score - 2 > value:
                    value, matched = left_score - 2, left_same
                    length, start = left_columns + 1, left_offset
            score[cell], same[cell], columns[cell], offset[cell] = value, matched, length, start
            left_score, left_same, left_columns, left_offset = value, matched, length, start
            if (i == rows or j == other) and value > best:
                best, best_same, best_columns, best_offset = value, matched, length, start
        score[cells] = -1_000_000
    return best_same, best_columns, best_offset
