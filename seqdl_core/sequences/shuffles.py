"""Shuffled sequences that keep every dinucleotide count: the usual negatives for binding data."""

import numpy as np
from jaxtyping import Bool, UInt8
from numpy.typing import NDArray

_MOST_DRAWS = 10_000
_REDRAWS = 20


def dinucleotide_shuffle(codes: UInt8[np.ndarray, "N L"], rng: np.random.Generator) -> UInt8[np.ndarray, "N L"]:
    """One random sequence per row with the same dinucleotide counts, first and last letter.

    Altschul & Erickson 1985 (Mol Biol Evol 2:526), all rows at once. A sequence is a walk over its letters; each step
    i -> i+1 is an edge. Edges are put into random order within the letter they leave from. The order is accepted when
    each letter's last edges lead to the final letter (then the walk uses every edge), otherwise the row is drawn again;
    so the result is uniform over all walks. Unknown counts as a letter of its own.
    """
    rows, length = codes.shape
    if length < 4 or rows == 0:
        return codes.copy()
    letters = int(codes.max()) + 1
    source, target = codes[:, :-1], codes[:, 1:]
    order = np.empty(source.shape, np.intp)
    pending = np.arange(rows)
    for _ in range(_MOST_DRAWS):
        keys = source[pending] + rng.random((len(pending), length - 1))
        order[pending] = np.argsort(keys, axis=1)
        accepted = _last_edges_reach_the_end(source[pending], target[pending], order[pending], letters)
        pending = pending[~accepted]
        if not len(pending):
            break
    exits = np.take_along_axis(target, order, axis=1)
    starts = _group_starts(source, letters)
    shuffled = np.empty_like(codes)
    shuffled[:, 0] = codes[:, 0]
    every = np.arange(rows)
    current = codes[:, 0].astype(np.intp)
    for position in range(1, length):
        taken = starts[every, current]
        starts[every, current] += 1
        current = exits[every, taken].astype(np.intp)
        shuffled[:, position] = current
    if len(pending):
        shuffled[pending] = codes[pending]
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


def _group_starts(source: NDArray[np.uint8], letters: int) -> NDArray[np.intp]:
    """Where each letter's exits begin once the edges are sorted by the letter they leave from, ``(N, letters)``."""
    counts = np.stack([(source == letter).sum(axis=1) for letter in range(letters)], axis=1)
    starts: NDArray[np.intp] = (np.cumsum(counts, axis=1) - counts).astype(np.intp)
    return starts


def _last_edges_reach_the_end(
    source: NDArray[np.uint8], target: NDArray[np.uint8], order: NDArray[np.intp], letters: int
) -> NDArray[np.bool_]:
    """Whether following each letter's last exit ends at the row's final letter, from every letter that occurs."""
    rows = len(source)
    every = np.arange(rows)
    starts = _group_starts(source, letters)
    ends = np.concatenate([starts[:, 1:], np.full((rows, 1), source.shape[1], np.intp)], axis=1)
    present = ends > starts
    last = np.take_along_axis(order, np.maximum(ends - 1, 0), axis=1)
    final = target[:, -1].astype(np.intp)
    step = np.where(present, target[every[:, None], last], final[:, None]).astype(np.intp)
    step[every, final] = final
    reached = step
    for _ in range(letters.bit_length()):
        reached = np.take_along_axis(reached, reached, axis=1)
    return np.asarray((reached == final[:, None]).all(axis=1))
