"""From the calls of a network to the pieces of a diagram: layers side by side, repeated blocks, the way in between.

side by side     layers that read the same and none of which reads the other: the two directions of a recurrence
block            what a ModuleList or Sequential holds several of, each with layers inside
way              from sequence to scores through the most pieces; what leads past it is drawn as a skip of its piece
gathered         what happens to positions between two pieces: pooled, flattened, the best or the mean taken
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile

from torch import Tensor, nn

from seqdl_core.anatomy.layers import Layer, is_drawn, laid_out, layer_of, plural_heads, puts_channels_last, width_of
from seqdl_core.anatomy.watching import CONVOLUTIONS, Call, Trail

Path = tuple[str, ...]

_CUT = 0.9
"""Ends are drawn as cut off where less than this share is left; marks for start and end are not."""


@dataclass(eq=False)
class Piece:
    """A layer, or several that were joined.

    Attributes:
        signature: pieces that share it are repeats.
        calls: the layers that it stands for; other pieces read these.
        reads: the layers that it reads, norms looked through, itself left out.
        path: the part of the network that it lies in.
        enters: how many positions it takes; None for a vector.
        width: how many numbers a dense layer takes a row.
        gathered: how positions were gathered before it.
        modules: all that its parameters are in.
        block: whether it is a repeated part of the network, and what of.
        skip: whether something leads from it past the next pieces.
    """

    layer: Layer
    signature: str
    calls: set[Call]
    reads: set[Call]
    path: Path
    enters: int | None = None
    width: int = 0
    gathered: frozenset[str] = frozenset()
    modules: list[nn.Module] = field(default_factory=list)
    block: str = ""
    skip: bool = False


def pieces_of(trail: Trail, scores: Tensor, channels: int, length: int) -> list[Piece]:
    """The pieces on the way from a sequence, of so many channels and letters, to the scores; each parameter in one."""
    root, sources = trail.root, trail.found(scores)[0]
    found = _blocks(root, _side_by_side(_layers(root), trail), sources)
    found = _repeats(_way(found, _seen_through(sources)))
    _count(root, found)
    return _with_gathering(found, channels, length)


def _layers(root: Call) -> list[Piece]:
    """Every drawn layer that reads the sequence, in order of the calls."""
    found = []
    for call in root.everything():
        if not call.leaf or not call.reads:
            continue
        reads = _seen_through(call.reads)
        layer = layer_of(call, _over_positions(call, reads, root))
        if layer is None:
            continue
        linear, last = isinstance(call.module, nn.Linear), puts_channels_last(call) and layer.kind != "gather"
        enters = None if len(call.takes) < 3 else call.takes[1 if last else -1]
        width = layer.name if layer.kind in ("conv", "pool") else ""
        signature = f"{layer.kind}:{type(call.module).__name__}:{width}"
        row = call.takes[-1] if linear and layer.kind == "dense" else 0
        found.append(Piece(layer, signature, {call}, reads, call.path, enters, row, _gathered(call), [call.module]))
    return found


def _over_positions(call: Call, reads: set[Call], root: Call) -> bool:
    """Whether a dense layer's rows are channels: it takes ``(N, D, P)``, where such layers take ``(N, P, D)``."""
    before = [one for one in reads if one is not root]
    if not isinstance(call.module, nn.Linear) or len(call.takes) != 3 or len(before) != 1:
        return False
    channels, positions, _ = laid_out(before[0])
    if channels != positions:
        return call.takes[1:] == (channels, positions)
    return positions is not None and call.turned == puts_channels_last(before[0])


def _seen_through(reads: Iterable[Call]) -> set[Call]:
    """The layers behind these, norms and pools that do nothing looked through."""
    found: set[Call] = set()
    for call in reads:
        found |= {call} if not call.leaf or is_drawn(call) else _seen_through(call.reads)
    return found


def _gathered(call: Call) -> frozenset[str]:
    """How positions were gathered since the last drawn layer."""
    norms = [one for one in call.reads if one.leaf and not is_drawn(one)]
    return call.gathered.union(*(_gathered(one) for one in norms))


def _side_by_side(pieces: list[Piece], trail: Trail) -> list[Piece]:
    """Neighbours of one kind that read the same as one piece; where they are laid end to end, of all channels."""
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before is None or (before.signature, before.reads) != (piece.signature, piece.reads):
            found.append(piece)
            continue
        calls = before.calls | piece.calls
        joined = frozenset(calls) in trail.joined
        layer = replace(
            piece.layer,
            channels=before.layer.channels + piece.layer.channels if joined else piece.layer.channels,
            detail="both directions" if piece.layer.kind == "recurrent" else f"{len(calls)} side by side",
            modules=before.layer.modules + piece.layer.modules if joined else piece.layer.modules,
        )  # fmt: skip
        found[-1] = replace(
            piece, layer=layer, calls=calls, path=_shared(before.path, piece.path),
            modules=before.modules + piece.modules,
        )  # fmt: skip
    return found


def _shared(one: Path, other: Path) -> Path:
    """The part of the network that both lie in."""
    return tuple(first for first, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _blocks(root: Call, pieces: list[Piece], sources: frozenset[Call]) -> list[Piece]:
    """Layers of one repeated part of the network as one piece: those of attention, and those that add to what came in.

    Other parts of the same list become one piece too, if they hold several layers.
    """
    calls = list(root.everything())
    attending = {call.path for call in calls if call.heads}
    parts = [(part, list(some)) for part, some in groupby(pieces, lambda piece: _part(root.module, piece, attending))]
    every = {part for part, _ in parts}
    adding = {max((part for part in every if _holds(part, [call.path])), key=len, default=())
              for call in calls if call.adds}  # fmt: skip
    folded = {part for part in every if part and (_holds(part, attending) or part in adding)}
    lists = {part[:-1] for part in folded}
    found: list[Piece] = []
    for part, some in parts:
        if part in folded or (part and part[:-1] in lists and len(some) > 1):
            heads = max((call.heads for call in calls if call.path[: len(part)] == part), default=0)
            found.append(_block(root, part, some, sources, heads, adds=part in adding))
        else:
            found += some
    return found


def _holds(part: Path, paths: Iterable[Path]) -> bool:
    return any(path[: len(part)] == part for path in paths)


def _part(network: nn.Module, piece: Piece, attending: set[Path]) -> Path:
    """The innermost numbered part that a piece lies in, or the one around that holds attention; () for none."""
    inner: Path = ()
    inside = piece.path if len(piece.calls) > 1 else piece.path[:-1]
    for end in range(1, len(inside) + 1):
        held = network.get_submodule(".".join(inside[: end - 1]))
        if inside[end - 1].isdigit() and isinstance(held, (nn.ModuleList, nn.Sequential)):
            inner = inside[:end]
            if _holds(inner, attending):
                return inner
    return inner


def _block(root: Call, part: Path, pieces: list[Piece], sources: frozenset[Call], heads: int, *, adds: bool) -> Piece:
    kinds = [piece.layer.kind for piece in pieces]
    module = root.module.get_submodule(".".join(part))
    kind = "attention" if heads else next((one for one in ("recurrent", "conv") if one in kinds), "block")
    name = {"attention": "attention block", "recurrent": f"{pieces[0].layer.name} block"}.get(
        kind, "residual block" if adds else f"{kind} block" if kind != "block" else "block"
    )
    detail = plural_heads(heads) if heads else pieces[0].layer.detail if kind == "recurrent" else ""
    shape, vector, modules = _leaves_with(root, part, sources)
    calls = {call for piece in pieces for call in piece.calls}
    layer = Layer(name, kind, detail, shape[0], shape[1], 0, pairs=shape[2], vector=vector, modules=modules)
    inner = "+".join(dict.fromkeys(piece.signature for piece in pieces))
    return Piece(
        layer, f"{type(module).__name__}:{inner}", calls, {one for piece in pieces for one in piece.reads} - calls,
        part, pieces[0].enters, 0, pieces[0].gathered, [module], block=kind,
    )  # fmt: skip


def _leaves_with(
    root: Call, part: Path, sources: frozenset[Call]
) -> tuple[tuple[int, int | None, bool], int, tuple[str, ...]]:
    """What a part puts out: its shape, the width of a vector beside it, and the module that says so."""
    calls = [call for call in root.everything() if call.path[: len(part)] == part]
    leaves = [call for call in calls if call.leaf]
    whole = next((call for call in calls if call.path == part), None)
    if whole is not None:
        return laid_out(whole, leaves[-1]), 0, (".".join(part),)
    # Its layers are called one by one: what anything outside reads, or nothing at all.
    outside = [call for call in root.everything() if call.leaf and call not in leaves]
    read = sources.union(*(call.reads for call in outside))
    within = frozenset().union(*(call.reads for call in leaves))
    told = [call for call in leaves if call in read or call not in within]
    along = [call for call in told if laid_out(call)[1] is not None]
    beside = [call for call in told if laid_out(call)[1] is None]
    shown = (along or beside)[-1]
    vector = laid_out(beside[-1])[0] if along and beside else 0
    return laid_out(shown), vector, (".".join(shown.path),)


def _way(pieces: list[Piece], sources: set[Call]) -> list[Piece]:
    """Those on the longest way to the scores; the others belong to what they read, as skips."""
    owner = {call: piece for piece in pieces for call in piece.calls}
    before = {piece: [owner[one] for one in piece.reads if one in owner] for piece in pieces}
    depth: dict[Piece, int] = {}
    for piece in pieces:
        depth[piece] = 1 + max((depth.get(one, 0) for one in before[piece]), default=0)
    ends = [piece for piece in pieces if piece.calls & sources]
    way: list[Piece] = []
    at = max(ends, key=depth.__getitem__, default=None)
    while at is not None:
        way.insert(0, at)
        at = max(before[at], key=lambda one: depth.get(one, 0), default=None)
    for piece in pieces:
        if piece in way or not way:
            continue
        if piece in ends:  # another part of the scores
            way[-1].modules += piece.modules
            continue
        to = next((one for one in reversed(way) if one in before[piece]), way[0])
        to.modules += piece.modules
        to.skip = True
    return way


def _repeats(pieces: list[Piece]) -> list[Piece]:
    """The same with equal blocks that follow each other as one piece."""
    found = []
    for _, some in groupby(pieces, lambda piece: piece.signature if piece.block else id(piece)):
        part = list(some)
        first, last = part[0], part[-1]
        skip = any(piece.skip for piece in part)
        if not first.block:
            found.append(_skipping(first) if skip else first)
            continue
        calls = {call for piece in part for call in piece.calls}
        # Of two tracks the last block may hand on one only; what goes from block to block are both.
        shown = first.layer if first.layer.vector and not last.layer.vector else last.layer
        layer = replace(shown, detail=shown.detail or _made_of(part), times=len(part))
        modules = [module for piece in part for module in piece.modules]
        whole = replace(first, layer=layer, calls=calls, modules=modules)
        found.append(_skipping(whole) if skip else whole)
    return found


def _skipping(piece: Piece) -> Piece:
    return replace(piece, layer=replace(piece.layer, detail=f"{piece.layer.detail}, skip"))


def _made_of(blocks: list[Piece]) -> str:
    """``conv 3, conv 1, dilation to 57``."""
    inside = [module for piece in blocks for owned in piece.modules for module in owned.modules()]
    convs = [one for one in inside if isinstance(one, CONVOLUTIONS)]
    names = list(dict.fromkeys(f"conv {width_of(one)}" for one in convs))
    dilation = max((max(one.dilation) for one in convs), default=1)
    return ", ".join([*names[:2], *([f"dilation to {dilation}"] if dilation > 1 else [])])


def _count(root: Call, pieces: list[Piece]) -> None:
    """Give each trainable number to one piece: its own, then norms' to what they read, then the rest to the nearest."""
    counted: set[int] = set()

    def take(piece: Piece, parameters: Iterable[nn.Parameter]) -> None:
        fresh = {id(one): one.numel() for one in parameters if one.requires_grad and id(one) not in counted}
        counted.update(fresh)
        piece.layer = replace(piece.layer, parameters=piece.layer.parameters + sum(fresh.values()))

    for piece in pieces:
        piece.layer = replace(piece.layer, parameters=0)
        for module in piece.modules:
            take(piece, module.parameters())
    owner = {call: piece for piece in pieces for call in piece.calls}
    for call in root.everything():
        behind = [owner[one] for one in _seen_through(call.reads) if one in owner] if call.leaf else []
        if behind:
            take(max(behind, key=pieces.index), call.module.parameters())
    for name, parameter in root.module.named_parameters():
        if pieces:
            path = tuple(name.split("."))
            take(max(pieces, key=lambda piece: len(_shared(path, piece.path))), [parameter])


def _with_gathering(pieces: list[Piece], channels: int, length: int) -> list[Piece]:
    """The same with what happens to positions between modules: pooled, flattened, gathered into one vector."""
    found: list[Piece] = []
    before = Layer("", "input", "", channels, length, 0)
    for piece in pieces:
        vector = piece.enters is None
        channels = piece.width or before.channels
        added: Layer | None = None
        if vector and before.positions is not None and before.vector != piece.width:
            how = sorted(piece.gathered) + ["weighted"] * (before.kind == "gather")
            flat = piece.width == before.channels * before.positions
            added = Layer(
                "flatten" if flat else "gather", "gather", "every place" if flat else ", ".join(how) or "all positions",
                channels, None, 0,
            )  # fmt: skip
        elif piece.width and before.kind != "input" and piece.width not in (before.channels, before.vector):
            added = Layer("join", "gather", "several layers", channels, piece.enters, 0, pairs=piece.layer.pairs)
        elif piece.enters and before.positions and not piece.layer.pairs and before.kind != "gather":
            added = _merged(before, piece)
        if added:
            found.append(Piece(added, added.kind, set(), set(), found[-1].path if found else ()))
        found.append(piece)
        before = piece.layer
    return found


def _merged(before: Layer, piece: Piece) -> Layer | None:
    """What left fewer positions than there were: a pool that is no module, or the ends that were cut off."""
    assert before.positions
    assert piece.enters
    step = round(before.positions / piece.enters)
    if not piece.gathered:
        cut = piece.enters < _CUT * before.positions
        return Layer("crop", "pool", "the middle", before.channels, piece.enters, 0) if cut else None
    if step < 2 or piece.enters not in (before.positions // step, math.ceil(before.positions / step)):
        return None
    return Layer(f"pool {step}", "pool", ", ".join(sorted(piece.gathered)), before.channels, piece.enters, 0)
