"""Which layers were called, in which order, with which shapes, and which layer read what which other one made.

Hooks tell the calls. Between them every operation hands on which layers its numbers come from, so the order of calls
is never mistaken for the way that the numbers took: two layers that read the same stand side by side.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Shape = tuple[int, ...]

POOLS = (
    nn.MaxPool1d, nn.AvgPool1d, nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d,
    nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d,
)  # fmt: skip
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)

_GATHERS = {"amax": "maximum", "max": "maximum", "mean": "mean", "sum": "sum"}
_FEW = 4
"""A softmax over fewer entries than this is never taken for attention."""


@dataclass(eq=False)
class Call:
    """A module as it was called for the first time; ``inside`` are the calls that it made.

    Attributes:
        path: its name in the network, split at the dots.
        turned: what it was given lies in memory with the last axis not innermost.
        reads: the layers that it read; empty where it depends on no sequence. The sequence itself is the root.
        gathered: how positions were gathered on the way here: ``maximum``, ``mean``, ``sum``.
        leaf: whether it is a layer by itself, with no layer inside.
        heads: of the attention computed in it, outside of its own calls; 0 for none.
        adds: whether it adds two things that it made of the sequence.
        times: how often it was called.
    """

    module: nn.Module
    path: tuple[str, ...] = ()
    takes: Shape = ()
    turned: bool = False
    gives: Shape = ()
    inside: list["Call"] = field(default_factory=list)
    reads: frozenset["Call"] = frozenset()
    gathered: frozenset[str] = frozenset()
    leaf: bool = False
    heads: int = 0
    adds: bool = False
    times: int = 1

    def everything(self) -> Iterator["Call"]:
        """All calls inside, each before those inside of it."""
        for call in self.inside:
            yield call
            yield from call.everything()


_Origin = tuple[frozenset[Call], frozenset[str]]
_NOWHERE: _Origin = (frozenset(), frozenset())


class Trail(TorchDispatchMode):
    """Hands on from operation to operation which layers the numbers come from, and how they were gathered.

    Attributes:
        root: the network's own call, which stands for the sequence where something reads it.
        joined: layers whose channels were laid end to end.
        rows: of the input that is the letters with further rows beside them; 0 where there are none.
    """

    def __init__(self, root: Call) -> None:
        super().__init__()
        self.root = root
        self.open: list[Call] = [root]
        self.joined: set[frozenset[Call]] = set()
        self.rows = 0
        self._letters: Shape = ()
        self._origins: dict[int, _Origin] = {}
        self._kept: list[Tensor] = []  # a storage that is gone could lend its number to another

    def found(self, values: Any) -> _Origin:
        """Where the tensors among ``values`` come from."""
        origins = [self._origins.get(_key(one), _NOWHERE) for one in tree_leaves(values) if isinstance(one, Tensor)]
        return frozenset().union(*(one[0] for one in origins)), frozenset().union(*(one[1] for one in origins))

    def start(self, sequences: Tensor) -> None:
        """Follow what becomes of one-hot sequences ``(N, A, L)``."""
        self._letters = tuple(sequences.shape)
        self.begin_at(self.root, sequences)

    def begin_at(self, call: Call, values: Any) -> None:
        """From here on the tensors among ``values`` come from ``call``."""
        for one in tree_leaves(values):
            if isinstance(one, Tensor):
                self._origins[_key(one)] = (frozenset([call]), frozenset())
                self._kept.append(one)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        if func.namespace == "prim":
            return output
        name = func.overloadpacket.__name__
        sources, gathered = self.found((args, kwargs))
        if not sources:
            return output
        if "pool" in name:
            gathered |= {"mean" if "avg" in name else "maximum"}
        elif name in _GATHERS:
            gathered |= {_GATHERS[name]}
        elif name == "div" and "sum" in gathered:
            gathered = gathered - {"sum"} | {"mean"}
        self._note(name, args)
        for one in tree_leaves(output):
            # Which positions are known is asked of the letters, and is no way that numbers take.
            if isinstance(one, Tensor) and one.is_floating_point():
                self._origins[_key(one)] = (sources, gathered)
                self._kept.append(one)
        return output

    def _note(self, name: str, args: Any) -> None:
        """What the module at work does itself: attention, or adding what it found to what it was given."""
        at_work = self.open[-1]
        if name.startswith("_scaled_dot_product"):
            at_work.heads = max(at_work.heads, int(args[0].shape[1]))
        elif name in ("_softmax", "_safe_softmax"):
            shape = args[0].shape
            if len(shape) > 2 and shape[args[1]] >= _FEW and (len(self.open) > 1 or len(shape) > 3):
                at_work.heads = max(at_work.heads, int(shape[1]) if len(shape) == 4 or shape[1] < shape[2] else 1)
        elif name == "add" and len(args) > 1 and isinstance(args[1], Tensor) and args[0].shape == args[1].shape:
            one, other = self.found(args[0])[0], self.found(args[1])[0]
            at_work.adds |= bool(one and other and one != other)
        elif name == "cat":
            sources, shape = self.found(args)[0], tuple(args[0][0].shape)
            self.joined.add(sources)
            beside = len(args) > 1 and args[1] == 1 and len(shape) == 3 and shape[1] == self._letters[1]
            if sources == {self.root} and beside and shape[2] >= self._letters[2]:
                self.rows = max(self.rows, sum(int(one.shape[1]) for one in args[0]))


@contextmanager
def watch(network: nn.Module, sequences: Tensor) -> Iterator[Trail]:
    """What is called inside; a second pass, such as the other strand's, is counted and not entered again."""
    root = Call(network)
    trail = Trail(root)
    trail.start(sequences)
    seen: dict[int, Call] = {}
    names = {id(module): tuple(name.split(".")) for name, module in network.named_modules()}

    def begins(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        call = seen.get(id(module))
        if call is None:
            first = next((one for one in tree_leaves((given, named)) if isinstance(one, Tensor)), None)
            call = seen[id(module)] = Call(module, names[id(module)])
            if first is not None:
                call.takes, call.turned = tuple(first.shape), first.ndim > 1 and first.stride(-1) != 1
            call.reads, call.gathered = trail.found((given, named))
            trail.open[-1].inside.append(call)
        else:
            call.times += 1
        trail.open.append(call)

    def ends(module: nn.Module, _: Any, output: Any) -> None:
        call = trail.open.pop()
        if call.times == 1:
            call.gives = _shape_of((output,))
            made_of = (*CONVOLUTIONS, *POOLS)
            own = isinstance(module, made_of) or any(True for _ in module.parameters())
            call.leaf = own and not any(one.leaf for one in call.everything())
        if call.leaf and (call.reads or call.times > 1):
            trail.begin_at(call, output)

    hooks = []
    for module in network.modules():
        if module is not network:
            hooks.append(module.register_forward_pre_hook(begins, with_kwargs=True))
            hooks.append(module.register_forward_hook(ends))
    try:
        with trail:
            yield trail
    finally:
        for hook in hooks:
            hook.remove()


def _shape_of(values: Any) -> Shape:
    """The shape of the first tensor among values, looked for in tuples and in objects of named outputs too."""
    for value in values:
        if isinstance(value, Tensor):
            return tuple(value.shape)
        if isinstance(value, dict):
            value = tuple(value.values())
        if isinstance(value, (tuple, list)) and (found := _shape_of(value)):
            return found
    return ()


def _key(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)
