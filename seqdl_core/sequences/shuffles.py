"""Shuffled sequences that keep every dinucleotide count: the usual negatives for binding data."""

import numpy as np
from jaxtyping import Bool, UInt8
from numpy.typing import NDArray

from seqdl_core.sequences.compiled import compiled, share_rows

_REDRAWS = 20


def dinucleotide_shuffle(codes: UInt8[np.ndarray, "N L"], rng: np.random.Generator) -> UInt8[np.ndarray, "N L"]:
    """One random sequence per row with the same dinucleotide counts, first and last letter.

    A sequence is a walk over its letters; each step i -> i+1 is an edge. The result is uniform over all walks that use
    the same edges. Each row takes its random numbers from a seed of its own, drawn from ``rng``, so it does not matter
    how many threads share the work. Unknown counts as a letter of its own.
    """
    rows, length = codes.shape
    if length < 4 or rows == 0:
        return codes.copy()
    seeds = rng.integers(0, 2**64, rows, np.uint64)
    shuffled = np.empty((rows, length), np.uint8)
    shuffle, letters = compiled(_shuffle_rows), int(codes.max()) + 1
    codes = np.ascontiguousarray(codes)

    def work(first: int, last: int) -> None:
        shuffle(codes[first:last], seeds[first:last], letters, shuffled[first:last])

    share_rows(work, rows, rows * length)
    return shuffled


def other_shuffle(
    codes: UInt8[np.ndarray, "N L"], rng: np.random.Generator
) -> tuple[UInt8[np.ndarray, "N L"], Bool[np.ndarray, "N"]]:
    """A dinucleotide shuffle of each row that differs from it, and for which rows there is one.

    A row that comes out as it went in is drawn again up to 20 times. What still does not change has no other shuffle
    (poly-A, for one) and must not be called a negative.
    """
    shuffled = dinucleotide_shuffle(codes, rng)
    for _ in range(_REDRAWS):
        same = np.flatnonzero((shuffled == codes).all(axis=1))
        if not len(same):
            break
        shuffled[same] = dinucleotide_shuffle(codes[same], rng)
    return shuffled, (shuffled != codes).any(axis=1)


def _shuffle_rows(
    codes: NDArray[np.uint8], seeds: NDArray[np.uint64], letters: int, shuffled: NDArray[np.uint8]
) -> None:
    """Altschul & Erickson 1985 (Mol Biol Evol 2:526): a random tree of last exits, the other exits in random order.

    The tree leads from every letter to the row's final one and is drawn by Wilson 1996 (doi 10.1145/237814.237880):
    walk at random until the tree is met, and remember each letter's latest exit. So no draw is ever rejected.
    Random numbers: splitmix64 (doi 10.1145/2714064.2660195), brought to a range without bias as in Lemire 2019
    (doi 10.1145/3230636).
    """
    rows, length = codes.shape
    exits = np.empty(length - 1, np.uint8)
    starts = np.empty(letters + 1, np.uint32)
    places = np.empty(letters, np.uint32)
    lasts = np.empty(letters, np.uint32)
    inside = np.empty(letters, np.bool_)
    half = np.uint64(32)
    low_half = np.uint64(0xFFFFFFFF)
    for row in range(rows):
        state = seeds[row]
        letter_of = codes[row]
        out = shuffled[row]
        final = letter_of[length - 1]

        # The exits of each letter, one group after the other.
        starts[:] = 0
        for position in range(length - 1):
            starts[letter_of[position] + 1] += 1
        for letter in range(letters):
            starts[letter + 1] += starts[letter]
            places[letter] = starts[letter]
            inside[letter] = starts[letter + 1] == starts[letter]  # a letter without exits needs no last one
        for position in range(length - 1):
            letter = letter_of[position]
            exits[places[letter]] = letter_of[position + 1]
            places[letter] += 1

        # The last exit of every letter but the final one.
        inside[final] = True
        for first in range(letters):
            letter = first
            while not inside[letter]:
                bound = np.uint64(starts[letter + 1] - starts[letter])
                while True:
                    state += np.uint64(0x9E3779B97F4A7C15)
                    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                    product = ((mixed ^ (mixed >> np.uint64(31))) >> half) * bound
                    if (product & low_half) >= bound or (product & low_half) >= (low_half + np.uint64(1)) % bound:
                        break
                lasts[letter] = starts[letter] + np.int64(product >> half)
                letter = exits[lasts[letter]]
            letter = first
            while not inside[letter]:
                inside[letter] = True
                letter = exits[lasts[letter]]

        # All other exits in random order (Fisher & Yates).
        for letter in range(letters):
            begin, end = starts[letter], starts[letter + 1]
            if letter != final and end > begin:
                end -= 1
                exits[lasts[letter]], exits[end] = exits[end], exits[lasts[letter]]
            for place in range(begin + 1, end):
                bound = np.uint64(place - begin + 1)
                while True:
                    state += np.uint64(0x9E3779B97F4A7C15)
                    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                    product = ((mixed ^ (mixed >> np.uint64(31))) >> half) * bound
                    if (product & low_half) >= bound or (product & low_half) >= (low_half + np.uint64(1)) % bound:
                        break
                other = begin + np.int64(product >> half)
                exits[place], exits[other] = exits[other], exits[place]

        # The walk.
        for letter in range(letters):
            places[letter] = starts[letter]
        letter = letter_of[0]
        out[0] = letter
        for position in range(1, length):
            place = places[letter]
            places[letter] = place + 1
            letter = exits[place]
            out[position] = letter
