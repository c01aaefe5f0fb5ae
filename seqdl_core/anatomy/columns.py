"""From the calls of a network to the columns of a diagram: named, with shapes, repeats folded until it can be read.

A long network is folded in steps, and only as far as it must be: repeats side by side become one column with "×11";
then parts of the network become one column each, the largest first.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import nn

from seqdl_core.anatomy.watching import Call, Shape
from seqdl_core.sequences.alphabets import Alphabet

MOST_COLUMNS = 14
_LONGEST_PERIOD = 6
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)
_POOLS = (
    nn.MaxPool1d, nn.AvgPool1d, nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d,
    nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d,
)  # fmt: skip
_NORMS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)
_CHANNELS_LAST = (nn.Linear, nn.Embedding, nn.RNNBase, nn.MultiheadAttention)


@dataclass(frozen=True)
class Layer:
    """One column of a layer diagram. ``positions`` is None once the sequence has been gathered into one vector.

    ``kind`` is ``input``, ``conv``, ``pool``, ``recurrent``, ``attention``, ``gather``, ``dense``, ``block`` or
    ``output``. ``times`` repeats were folded into it; channels and positions are those of the last. ``pairs`` tells
    that each pair of positions has its own channels.
    """

    name: str
    kind: str
    detail: str
    channels: int
    positions: int | None
    parameters: int
    times: int = 1
    pairs: bool = False


@dataclass(frozen=True)
class _Piece:
    """A layer, or several that were folded; ``path`` names the parts of the network that it lies in."""

    layer: Layer
    signature: str
    path: tuple[int, ...]
    enters: int | None = None


def columns_of(root: Call, alphabet: Alphabet, length: int, targets: int, scores: Shape) -> tuple[Layer, ...]:
    """The columns, from the sequence to the scores."""
    pieces = _gathered(_pieces(root, (), set()), length)
    room = MOST_COLUMNS - 2
    if len(pieces) > room:
        pieces = _folded(pieces)
    while len(pieces) > room:
        shorter = _joined(pieces)
        if len(shorter) == len(pieces):
            pieces = _pairs_joined(pieces, room)
            break
        pieces = shorter
    layers = [piece.layer for piece in pieces]
    last = layers.pop() if layers and layers[-1].kind in ("dense", "conv") and layers[-1].times == 1 else None
    answer = "score" if targets == 1 else f"{targets:,} scores"
    positions = scores[-1] if len(scores) > 2 else None
    parameters = last.parameters if last else 0
    output = Layer("output", "output", answer, scores[1], positions, parameters, pairs=len(scores) == 4)
    return (Layer("sequence", "input", "one-hot", alphabet.size, length, 0), *layers, output)


def _pieces(call: Call, path: tuple[int, ...], counted: set[int]) -> list[_Piece]:
    """The layers of a call in order. Each parameter is counted once.

    What belongs to no column of its own (a normalisation, a bias, a table that is only looked things up in) is counted
    with the layer beside it.
    """
    found: list[_Piece] = []
    waiting = 0
    for place, inner in enumerate(call.inside):
        layer = None if isinstance(inner.module, _NORMS) else _layer_of(inner)
        if layer is not None:
            laid = 1 if isinstance(inner.module, _CHANNELS_LAST) else -1
            entered = inner.takes[laid] if len(inner.takes) > 2 else None
            layer = replace(layer, parameters=_count(inner.module, counted))
            pieces = [_Piece(layer, _signature(inner, layer), (*path, place), entered)]
        else:
            pieces = _pieces(inner, (*path, place), counted)
            waiting += _count(inner.module, counted)
        if pieces and waiting and not found:
            pieces[0] = replace(pieces[0], layer=_plus(pieces[0].layer, waiting))
            waiting = 0
        found += pieces
        if found and waiting:
            found[-1] = replace(found[-1], layer=_plus(found[-1].layer, waiting))
            waiting = 0
    if found and (own := _count(call.module, counted)):
        found[0] = replace(found[0], layer=_plus(found[0].layer, own))
    elif waiting:
        counted -= {id(one) for one in call.module.parameters()}  # whoever called counts them
    return found


def _count(module: nn.Module, counted: set[int]) -> int:
    """A module's trainable numbers that were not counted yet; they are from now on."""
    fresh = [one for one in module.parameters() if one.requires_grad and id(one) not in counted]
    counted.update(id(one) for one in fresh)
    return sum(one.numel() for one in fresh)


def _signature(call: Call, layer: Layer) -> str:
    """Layers that share it may be folded into one column: the same kind and width, whatever their channels."""
    width = layer.name if layer.kind in ("conv", "pool") else ""
    return f"{layer.kind}:{type(call.module).__name__}:{width}"


def _layer_of(call: Call) -> Layer | None:
    """The column of one module; None for what is drawn with its parts, or not drawn at all."""
    module, parameters = call.module, _parameters(call.module)
    channels, positions, pairs = _laid_out(call)
    if isinstance(module, _CONVOLUTIONS):
        widths = "×".join(str(width) for width in dict.fromkeys(module.kernel_size))
        if len(module.kernel_size) == 2 and len(set(module.kernel_size)) == 1:
            widths = f"{widths}×{widths}"
        name = "upconv" if isinstance(module, (nn.ConvTranspose1d, nn.ConvTranspose2d)) else "conv"
        dilation = max(module.dilation)
        detail = f"dilation {dilation}" if dilation > 1 else f"{channels:,} filters"
        return Layer(f"{name} {widths}", "conv", detail, channels, positions, parameters, pairs=pairs)
    if isinstance(module, _POOLS):
        how = "maximum" if "Max" in type(module).__name__ else "mean"
        size = getattr(module, "kernel_size", None)
        size = max(size) if isinstance(size, tuple) else size
        return Layer(f"pool {size}" if size else "pool", "pool", how, channels, positions, 0, pairs=pairs)
    if isinstance(module, nn.RNNBase):
        detail = "both directions" if module.bidirectional else "left to right"
        name = module.mode.split("_")[0] + (f" ×{module.num_layers}" if module.num_layers > 1 else "")
        return Layer(name, "recurrent", detail, channels, positions, parameters)
    if isinstance(module, nn.Embedding):
        return Layer("embedding", "dense", f"{channels:,} numbers", channels, positions, parameters)
    if isinstance(module, nn.Linear):
        return Layer("dense", "dense", f"{channels:,} units", channels, positions, parameters, pairs=pairs)
    if "attention" in type(module).__name__.lower() and parameters:
        heads = next((int(getattr(module, name)) for name in ("num_heads", "heads", "n_heads") if hasattr(module, name)
                      and isinstance(getattr(module, name), int)), 0)  # fmt: skip
        detail = f"{heads} heads" if heads else "all positions"
        return Layer("attention", "attention", detail, channels, positions, parameters, pairs=pairs)
    if parameters and not any(_parameters(inner.module) for inner in call.inside):
        return Layer(_words(module), "block", f"{channels:,} channels", channels, positions, parameters, pairs=pairs)
    return None


def _laid_out(call: Call) -> tuple[int, int | None, bool]:
    """Channels and positions of what a module gives; None positions for one vector a sequence."""
    shape, module = call.gives, call.module
    if len(shape) < 3:
        return (shape[-1] if shape else 1), None, False
    last = isinstance(module, _CHANNELS_LAST) or _ends_in_channels_last(call)
    channels = shape[-1] if last else shape[1]
    rest = shape[1:-1] if last else shape[2:]
    return channels, rest[-1], len(shape) == 4 and rest[0] == rest[1] > 1


def _ends_in_channels_last(call: Call) -> bool:
    """Whether the last layer inside puts channels last, as dense layers and attention do."""
    while call.inside:
        call = call.inside[-1]
    return isinstance(call.module, (*_CHANNELS_LAST, nn.LayerNorm))


def _gathered(pieces: list[_Piece], length: int) -> list[_Piece]:
    """The same with what happens to positions between modules: pooled, gathered into one vector."""
    found: list[_Piece] = []
    before: int | None = length
    channels = 0
    for piece in pieces:
        now = piece.enters
        path = piece.path[:-1]
        if before is not None and piece.layer.positions is None:
            found.append(_Piece(Layer("gather", "gather", "all positions", channels, None, 0), "gather", path))
        elif before and now and not piece.layer.pairs and _pooled_by(before, now) > 1:
            step = _pooled_by(before, now)
            found.append(_Piece(Layer(f"pool {step}", "pool", "merged", channels, now, 0), "pool", path))
        found.append(piece)
        before, channels = piece.layer.positions, piece.layer.channels
    return found


def _pooled_by(before: int, now: int) -> int:
    """How many positions became one; 1 where the number does not fit that, as where the ends are cut off."""
    step = round(before / now)
    return step if step > 1 and now in (before // step, math.ceil(before / step)) else 1


def _folded(pieces: list[_Piece]) -> list[_Piece]:
    """Repeats of up to six layers side by side as one column each, the longest saving first."""
    while True:
        best = (0, 0, 0, 0)
        for period in range(1, _LONGEST_PERIOD + 1):
            for start in range(len(pieces) - period):
                times = _times(pieces, start, period)
                saved = (times - 1) * period + (period - 1) if times > 1 else 0
                if times > 1 and saved > best[0]:
                    best = (saved, start, period, times)
        saved, start, period, times = best
        if not saved:
            return pieces
        part = pieces[start : start + period * times]
        pieces = [*pieces[:start], _one(part, period, times), *pieces[start + period * times :]]


def _times(pieces: Sequence[_Piece], start: int, period: int) -> int:
    """How often the ``period`` layers from ``start`` stand one after another; 1 for once."""
    model = [piece.signature for piece in pieces[start : start + period]]
    times = 1
    while [one.signature for one in pieces[start + times * period : start + (times + 1) * period]] == model:
        times += 1
    return times


def _one(part: Sequence[_Piece], period: int, times: int) -> _Piece:
    """Repeats as one column, called after what they are made of."""
    last, once = part[-1].layer, [piece.layer for piece in part[:period]]
    kinds = list(dict.fromkeys(layer.kind for layer in once))
    kind = next((one for one in ("attention", "recurrent", "conv") if one in kinds), kinds[0])
    names = list(dict.fromkeys(layer.name.split(" ")[0] for layer in once))
    if period == 1:
        shown = [piece.layer.name for piece in part]
        name = shown[0] if len(set(shown)) == 1 else names[0]
        detail = once[0].detail if len({piece.layer.detail for piece in part}) == 1 else _span(part)
    else:
        name, detail = " + ".join(names[:2]), f"{period} layers each"
    layer = replace(
        last, name=name, kind=kind, detail=detail, parameters=sum(piece.layer.parameters for piece in part),
        times=times * (once[0].times if period == 1 else 1),
    )  # fmt: skip
    signature = "+".join(piece.signature for piece in part[:period]) + f"×{times}"
    return _Piece(layer, signature, part[0].path[:-1], part[0].enters)


def _span(part: Sequence[_Piece]) -> str:
    """``dilation 1 to 64``, or the channels from first to last."""
    rates = [int(found[1]) for piece in part if (found := re.search(r"dilation (\d+)", piece.layer.detail))]
    if rates:
        return f"dilation to {max(rates)}"
    first, last = part[0].layer.channels, part[-1].layer.channels
    return f"{first:,} to {last:,}" if first != last else f"{last:,} channels"


def _joined(pieces: list[_Piece]) -> list[_Piece]:
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


def _pairs_joined(pieces: list[_Piece], room: int) -> list[_Piece]:
    """Neighbours two by two from the front, until they fit: the last way out."""
    place = 0
    while len(pieces) > room:
        place = place if place + 1 < len(pieces) else 0
        pieces = [*pieces[:place], _group(pieces[place : place + 2]), *pieces[place + 2 :]]
        place += 1
    return pieces


def _group(part: Sequence[_Piece]) -> _Piece:
    """Different layers as one column."""
    return replace(_one(part, len(part), 1), path=part[0].path[:-1])


def _plus(layer: Layer, parameters: int) -> Layer:
    return replace(layer, parameters=layer.parameters + parameters)


def _parameters(module: nn.Module) -> int:
    return sum(one.numel() for one in module.parameters() if one.requires_grad)


def _words(module: nn.Module) -> str:
    """A class's name as words: ``RelativeBias`` as ``relative bias``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type(module).__name__).lower().strip("_ ")
