"""How far a unit sees, followed through every operation of one pass, and the arithmetic that the pass costs.

Each tensor carries how many letters one of its units depends on (``size``) and how many letters lie between neighbours
(``stride``). What changes them:

    convolution, pool     width K widens by K - 1 steps of the stride times the dilation; the step multiplies the stride
    groups of K, merged   positions laid out K by K and then summed, averaged or the best taken: a pool by other means
    branches that meet    see what the widest of them sees
    all positions mixed   attention, a recurrence or a weight for each position see the whole sequence; where that is
                          added to what came in, what convolutions alone reach is counted on

Views share their storage, so storages carry it; every other operation hands on the widest of its inputs.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

_FEW = 4
"""A softmax over fewer entries than this is never taken for attention."""

_PRODUCTS = {"mm", "bmm", "addmm", "baddbmm"}
"""Of two that both depend on the sequence: the weights of attention, and what is weighed."""

_MERGING = {"sum", "mean", "amax", "max", "logsumexp"}


@dataclass(frozen=True)
class Reach:
    """What one unit of a tensor depends on, in letters.

    Attributes:
        size: letters that a unit depends on.
        stride: letters between neighbours.
        positions: how many there are; 1 once they were gathered into one vector.
        whole: what made it depend on the whole sequence, or "".
        group: positions are laid out in groups of so many, not merged yet.
        flat: all channels of all positions lie side by side in one row.
        near: neighbours still differ by what is near them: ``size`` and ``stride`` hold beside ``whole``, as where what
            a recurrence found is added to what it was given.
    """

    size: int = 1
    stride: float = 1.0
    positions: int = 1
    whole: str = ""
    group: int = 1
    flat: bool = False
    near: bool = True


class Reaching(TorchDispatchMode):
    """Follows the reach of ``sequences`` ``(N, A, L)`` through what is computed inside; counts operations."""

    def __init__(self, sequences: Tensor) -> None:
        super().__init__()
        self._batch = len(sequences)
        self._reaches = {_key(sequences): Reach(positions=sequences.shape[-1])}
        self._kept: list[Tensor] = [sequences]  # a storage that is gone could lend its number to another
        self._fields: list[int] = []
        self.flops = 0

    @property
    def receptive_field(self) -> int | None:
        """The widest reach of a convolution's units, as far as convolutions alone reach; None without one."""
        return max(self._fields, default=None)

    @property
    def first_field(self) -> int | None:
        """That of the first convolution."""
        return self._fields[0] if self._fields else None

    def whole_of(self, scores: Tensor) -> str:
        """What made these scores depend on the whole sequence; "" where nothing but gathering did."""
        found = self._reaches.get(_key(scores))
        return found.whole if found else ""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if func.namespace == "prim":
            return output
        self.flops += operations(func, args, kwargs or {}, output)
        outputs = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
        inputs = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        reaches = [self._reaches[_key(one)] for one in inputs if _key(one) in self._reaches]
        if not reaches or not outputs:
            return output
        after = _after(name, args, outputs[0], _together(name, reaches), self._batch)
        if name == "convolution" and after.near:
            self._fields.append(after.size)
        for one in outputs:
            self._reaches[_key(one)] = after
            self._kept.append(one)
        return output


def _together(name: str, reaches: list[Reach]) -> Reach:
    """What numbers depend on that were made of several: the widest of those that are near, and all that is whole."""
    widest = max(reaches, key=lambda one: (one.near, one.size, one.stride))
    near = all(one.near for one in reaches) if name in _PRODUCTS else widest.near
    return replace(widest, near=near, whole=next((one.whole for one in reaches if one.whole), ""))


def operations(func: Any, args: Any, kwargs: Any, output: Any) -> int:
    """Floating-point operations of one operation; element by element work counts as none, as is the custom."""
    packet = func.overloadpacket
    name: str = packet.__name__
    if packet in flop_registry:
        return int(flop_registry[packet](*args, **kwargs, out_val=output))
    backward = name.endswith("backward")
    if name.startswith("_scaled_dot_product_flash_attention_for_cpu"):
        query, key = (args[1], args[2]) if backward else (args[0], args[1])
        products = 5 if backward else 2
        return products * 2 * int(math.prod(query.shape)) * int(key.shape[-2])
    if name.startswith("all_steps"):
        matrices = sum(one.numel() for one in args[1] if one.ndim == 2)
        return 2 * int(args[0].shape[0] * args[0].shape[1] * matrices) * (2 if backward else 1)
    return 0


def _after(name: str, args: Any, output: Tensor, reach: Reach, batch: int) -> Reach:
    """The reach of what an operation puts out, from that of the widest of its inputs."""
    if name == "convolution":
        return _convolved(args, output, reach)
    if "pool" in name:
        return _pooled(name, args, output, reach)
    if name.startswith("upsample"):
        stride = reach.stride * args[0].shape[-1] / output.shape[-1]
        return replace(reach, stride=stride, positions=output.shape[-1])
    if name in ("view", "_unsafe_view", "_reshape_alias"):
        return _laid_out(tuple(args[0].shape), tuple(output.shape), reach, batch)
    if name in _MERGING:
        return _merged(args, reach)
    if name == "all_steps":
        return replace(reach, whole="recurrent", near=False)
    if "scaled_dot_product" in name or (name in ("_softmax", "_safe_softmax") and _over_all(args, reach)):
        return replace(reach, whole=reach.whole or "attention", near=False)
    if name in ("addmm", "mm") and reach.flat and not reach.whole:
        rows = args[1 if name == "addmm" else 0]
        return replace(reach, whole="dense") if rows.shape[0] == batch else reach
    return reach


def _laid_out(before: tuple[int, ...], after: tuple[int, ...], reach: Reach, batch: int) -> Reach:
    """The same numbers in another shape: positions in groups, or everything in one row a sequence."""
    grouped = len(after) == len(before) + 1 and after[:-2] == before[:-1] and before[-1] == reach.positions
    if grouped:
        return replace(reach, group=after[-1])
    if len(after) == 2 < len(before) and after[0] == before[0] == batch and 1 < reach.positions in before[1:]:
        return replace(reach, flat=True)
    return reach


def _merged(args: Any, reach: Reach) -> Reach:
    """A sum, a mean or a maximum over some axes: of a group, or of all positions."""
    axes = args[1] if len(args) > 1 and args[1] is not None else range(args[0].ndim)
    widths = [args[0].shape[axis] for axis in ([axes] if isinstance(axes, int) else axes)]
    if reach.group > 1 and widths == [reach.group]:
        size = reach.size + round((reach.group - 1) * reach.stride)
        stride, positions = reach.stride * reach.group, reach.positions // reach.group
        return replace(reach, size=size, stride=stride, positions=positions, group=1)
    return replace(reach, positions=1) if reach.positions in widths else reach


def _over_all(args: Any, reach: Reach) -> bool:
    """Whether a softmax runs over all positions (and marks for start and end that a network may have set there)."""
    return int(args[0].shape[args[1]]) >= max(reach.positions, _FEW) and reach.positions > 1


def _convolved(args: Any, output: Tensor, reach: Reach) -> Reach:
    _, weight, _, strides, _, dilations, transposed = args[:7]
    kernel = weight.shape[2:]
    axis = max(range(len(kernel)), key=lambda place: (kernel[place], place))
    step, dilation, width = strides[axis], dilations[axis], kernel[axis]
    positions = output.shape[2 + axis]
    if transposed:
        size = reach.size + round((math.ceil(width / step) - 1) * reach.stride)
        return replace(reach, size=size, stride=reach.stride / step, positions=positions)
    size = reach.size + round((width - 1) * dilation * reach.stride)
    return replace(reach, size=size, stride=reach.stride * step, positions=positions)


def _pooled(name: str, args: Any, output: Tensor, reach: Reach) -> Reach:
    left = output.shape[-1]
    if "adaptive" in name:
        width = step = math.ceil(args[0].shape[-1] / max(left, 1))
    else:
        width = args[1][-1]
        step = args[2][-1] if len(args) > 2 and args[2] else width
    size = reach.size + round((width - 1) * reach.stride)
    return replace(reach, size=size, stride=reach.stride * step, positions=left)


def _key(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)
