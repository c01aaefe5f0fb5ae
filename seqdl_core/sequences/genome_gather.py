"""Loops over a genome's bytes: many windows at once, across the ends of lines."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64, UInt8
from numpy.typing import NDArray

from seqdl_core.sequences.compiled import compiled, share_rows


@dataclass(frozen=True, eq=False)
class Layout:
    """Bytes of C contigs and how they lie there.

    Attributes:
        data: the bytes of the file; read only.
        offsets: per contig the byte of its first letter.
        line_letters, line_bytes: letters on each of its lines, without and with the line's end; never 0.
        lengths: per contig its letters.
    """

    data: UInt8[np.ndarray, " B"]
    offsets: Int64[np.ndarray, " C"]
    line_letters: Int64[np.ndarray, " C"]
    line_bytes: Int64[np.ndarray, " C"]
    lengths: Int64[np.ndarray, " C"]


def gather(
    layout: Layout,
    contigs: Int64[np.ndarray, " N"],
    starts: Int64[np.ndarray, " N"],
    length: int,
    codes: bool,
) -> UInt8[np.ndarray, "N L"]:
    """Windows of one length, ``(N, length)``, of DNA codes or of the bytes as they stand there.

    Args:
        contigs, starts: where each window begins, the contig by number, 0-based; it may hang over either end, and what
            is beyond is unknown (code 4, letter N).
        codes: give codes; what is not A, C, G, T or U in either case is unknown.
    """
    out = np.empty((len(starts), length), np.uint8)

    def work(first: int, last: int) -> None:
        compiled(_gather)(
            layout.data,
            layout.offsets,
            layout.line_letters,
            layout.line_bytes,
            layout.lengths,
            contigs[first:last],
            starts[first:last],
            codes,
            out[first:last],
        )

    share_rows(work, len(starts), out.size)
    return out


def count(
    layout: Layout,
    contigs: Int64[np.ndarray, " N"],
    starts: Int64[np.ndarray, " N"],
    ends: Int64[np.ndarray, " N"],
    classes: UInt8[np.ndarray, "256"],
) -> Int64[np.ndarray, "N 4"]:
    """How many letters of each class (0 to 3) the stretches hold, whatever their lengths; all lie in their contigs."""
    out = np.zeros((len(starts), 4), np.int64)
    compiled(_count)(
        layout.data,
        layout.offsets,
        layout.line_letters,
        layout.line_bytes,
        contigs,
        starts,
        ends,
        classes,
        out,
    )
    return out


def _gather(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    line_letters: NDArray[np.int64],
    line_bytes: NDArray[np.int64],
    lengths: NDArray[np.int64],
    contigs: NDArray[np.int64],
    starts: NDArray[np.int64],
    codes: bool,
    out: NDArray[np.uint8],
) -> None:
    width = out.shape[1]
    for row in range(out.shape[0]):
        contig = contigs[row]
        start = starts[row]
        letters = line_letters[contig]
        position = max(start, 0)
        last = min(start + width, lengths[contig])
        if start < 0 or start + width > lengths[contig]:
            out[row, :] = 4 if codes else 78  # N
        while position < last:
            line = position // letters
            within = position - line * letters
            run = min(letters - within, last - position)
            begin = offsets[contig] + line * line_bytes[contig] + within
            source = data[begin : begin + run]
            target = out[row, position - start : position - start + run]
            if codes:
                # Arithmetic instead of a table: the processor then does 32 letters at a time (7.5 ms against 10.5 ms
                # for 10,000 windows of 1 kb, 2026-11-23, one core).
                for step in range(run):
                    upper = source[step] & np.uint8(0xDF)
                    target[step] = (
                        np.uint8(4)
                        - np.uint8(4) * np.uint8(upper == 65)
                        - np.uint8(3) * np.uint8(upper == 67)
                        - np.uint8(2) * np.uint8(upper == 71)
                        - np.uint8((upper == 84) | (upper == 85))
                    )
            else:
                target[:] = source
            position += run


def _count(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    line_letters: NDArray[np.int64],
    line_bytes: NDArray[np.int64],
    contigs: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    classes: NDArray[np.uint8],
    out: NDArray[np.int64],
) -> None:
    for row in range(out.shape[0]):
        contig = contigs[row]
        letters = line_letters[contig]
        position = starts[row]
        while position < ends[row]:
            line = position // letters
            within = position - line * letters
            run = min(letters - within, ends[row] - position)
            source = offsets[contig] + line * line_bytes[contig] + within
            for step in range(run):
                out[row, classes[data[source + step]]] += 1
            position += run
