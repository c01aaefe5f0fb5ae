"""From the pieces of a network to the columns of a diagram: with the sequence and the scores, and not too many to read.

A long network is folded in steps, and only as far as it must be: repeats side by side become one column with "×11";
then parts of the network become one column each, the largest first.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from seqdl_core.anatomy.layers import Layer
from seqdl_core.anatomy.pieces import Piece, pieces_of
from seqdl_core.anatomy.watching import Trail
from seqdl_core.sequences.alphabets import Alphabet

MOST_COLUMNS = 14
_LONGEST_PERIOD = 6
_HALF = 0.5
"""What it counts, in columns saved, that repeats begin where a part of the network begins."""


def columns_of(trail: Trail, alphabet: Alphabet, length: int, targets: int, scores: Tensor) -> tuple[Layer, ...]:
    """The columns, from the sequence to the scores."""
    rows = trail.rows or alphabet.size
    pieces = pieces_of(trail, scores, rows, length)
    last = pieces.pop().layer if pieces and _may_be_output(pieces[-1]) else None
    room = MOST_COLUMNS - 2
    if len(pieces) > room:
        pieces = _folded(pieces)
    while len(pieces) > room:
        shorter = _joined(pieces)
        if len(shorter) == len(pieces):
            pieces = _pairs_joined(pieces, room)
            break
        pieces = shorter
    answer = "score" if targets == 1 else f"{targets:,} scores"
    shape = tuple(scores.shape)
    output = Layer(
        "output", "output", answer, shape[1], shape[-1] if len(shape) > 2 else None, last.parameters if last else 0,
        pairs=len(shape) == 4, modules=last.modules if last else (),
    )  # fmt: skip
    first = Layer("sequence", "input", _input(trail, rows, alphabet), rows, length, 0)
    return (first, *(piece.layer for piece in pieces), output)


def _may_be_output(piece: Piece) -> bool:
    return piece.layer.kind in ("dense", "conv") and piece.layer.times == 1 and not piece.block


def _input(trail: Trail, rows: int, alphabet: Alphabet) -> str:
    """What the network reads: letters, rows beside them, and the other strand too."""
    more = rows - alphabet.size
    beside = f" and {more} more {'row' if more == 1 else 'rows'}" if more else ""
    scored = [call.times for call in trail.root.everything() if call.leaf and call.reads]
    return f"one-hot{beside}" + (", both strands" if scored and min(scored) == 2 else "")


def _folded(pieces: list[Piece]) -> list[Piece]:
    """Repeats of up to six layers side by side as one column each, the longest saving first."""
    while True:
        best = (0.0, 0, 0, 0)
        for period in range(1, _LONGEST_PERIOD + 1):
            for start in range(len(pieces) - period):
                if period > 1 and pieces[start].layer.kind == "pool":
                    continue  # a pool ends what came before it
                times = _times(pieces, start, period)
                saved = (times - 1) * period + (period - 1) + _HALF * _is_one_part(pieces[start : start + period])
                if times > 1 and saved > best[0]:
                    best = (saved, start, period, times)
        saved, start, period, times = best
        if not saved:
            return pieces
        part = pieces[start : start + period * times]
        pieces = [*pieces[:start], _one(part, period, times), *pieces[start + period * times :]]


def _is_one_part(pieces: Sequence[Piece]) -> bool:
    """Whether they lie in one numbered part of the network."""
    shared = [set(names) for names in zip(*(piece.path[:-1] for piece in pieces), strict=False)]
    return any(len(names) == 1 and names.pop().isdigit() for names in shared)


def _times(pieces: Sequence[Piece], start: int, period: int) -> int:
    """How often the ``period`` layers from ``start`` stand one after another; 1 for once."""
    model = [piece.signature for piece in pieces[start : start + period]]
    times = 1
    while [one.signature for one in pieces[start + times * period : start + (times + 1) * period]] == model:
        times += 1
    return times


def _one(part: Sequence[Piece], period: int, times: int) -> Piece:
    """Repeats as one column, called after what they are made of."""
    last, once = part[-1].layer, [piece.layer for piece in part[:period]]
    kinds = list(dict.fromkeys(layer.kind for layer in once))
    kind = next((one for one in ("attention", "recurrent", "conv") if one in kinds), kinds[0])
    if period == 1:
        shown = [piece.layer.name for piece in part]
        name = shown[0] if len(set(shown)) == 1 else once[0].name.split(" ")[0]
        detail = once[0].detail if len({piece.layer.detail for piece in part}) == 1 else _span(part)
    else:
        name = f"{kind} block" if kind in ("attention", "recurrent", "conv") else "block"
        detail = ", ".join(list(dict.fromkeys(layer.name for layer in once))[:3])
    layer = replace(
        last, name=name, kind=kind, detail=detail, parameters=sum(piece.layer.parameters for piece in part),
        times=times * (once[0].times if period == 1 else 1),
    )  # fmt: skip
    signature = "+".join(piece.signature for piece in part[:period]) + f"×{times}"
    return replace(part[0], layer=layer, signature=signature, path=part[0].path[:-1], block="folded")


def _span(part: Sequence[Piece]) -> str:
    """``dilation to 64``, or the channels from first to last."""
    rates = [int(found[1]) for piece in part if (found := re.search(r"dilation (\d+)", piece.layer.detail))]
    if rates:
        return f"dilation to {max(rates)}"
    first, last = part[0].layer.channels, part[-1].layer.channels
    return f"{first:,} to {last:,}" if first != last else f"{last:,} channels"


def _joined(pieces: list[Piece]) -> list[Piece]:
    """The part of the network that holds the most columns side by side, as one column."""
    best: tuple[int, int] = (0, 0)
    for start in range(len(pieces)):
        prefix = pieces[start].path[:-1]
        end = start
        while prefix and end < len(pieces) and pieces[end].path[: len(prefix)] == prefix:
            end += 1
        if end - start > 1 and (best == (0, 0) or len(pieces[start].path) > len(pieces[best[0]].path)):
            best = (start, end)
    start, end = best
    if end - start < 2:
        return pieces
    return [*pieces[:start], _group(pieces[start:end]), *pieces[end:]]


def _pairs_joined(pieces: list[Piece], room: int) -> list[Piece]:
    """Neighbours two by two from the front, until they fit: the last way out."""
    place = 0
    while len(pieces) > room:
        place = place if place + 1 < len(pieces) else 0
        pieces = [*pieces[:place], _group(pieces[place : place + 2]), *pieces[place + 2 :]]
        place += 1
    return pieces


def _group(part: Sequence[Piece]) -> Piece:
    """Different layers as one column."""
    return _one(part, len(part), 1)
