"""The most bytes that tensors take at once while something is computed on fake tensors, and how long its parts take.

Storages are followed from the operation that makes them to their end, so what autograd keeps for the backward pass,
what it lets go again, and what a chain of operations needs in passing are all counted as they come and go.
"""

import math
import weakref
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from seqdl_core.anatomy.reach import operations

_FREE = {"detach", "view", "t", "transpose", "permute", "expand", "slice", "select", "unsqueeze", "squeeze", "alias",
         "as_strided", "unbind", "split", "split_with_sizes", "_unsafe_view", "unsafe_split", "device"}  # fmt: skip
"""Operations that move no data."""


@dataclass(frozen=True)
class Work:
    """What an operation costs: which kind of arithmetic, how much of it, and the bytes that it moves."""

    kind: str
    flops: int
    bytes: int


@dataclass
class Tracking(TorchDispatchMode):
    """Bytes alive (``now``), the most so far (``peak``), and the work done, of what is computed inside."""

    now: int = 0
    peak: int = 0
    work: list[Work] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._sizes: dict[int, int] = {}

    def own(self, tensor: Tensor) -> None:
        """Do not count a tensor: it was there before and stays."""
        self._sizes[int(tensor.untyped_storage()._cdata)] = 0

    def hold(self, tensor: Tensor) -> None:
        """Count a tensor from now until it is gone."""
        storage = tensor.untyped_storage()
        key = int(storage._cdata)
        if key in self._sizes:
            return
        self._sizes[key] = size = storage.nbytes()
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key)

    def _gone(self, key: int) -> None:
        self.now -= self._sizes.pop(key, 0)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        output = func(*args, **kwargs)
        name = func.overloadpacket.__name__
        if func.namespace == "prim" or name in _FREE:
            return output
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        made = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
        for tensor in made:
            self.hold(tensor)
        self.peak = max(self.peak, self.now + passing(name, given, made))
        moved = sum(_bytes(one) for one in (*given, *made))
        flops = operations(func, args, kwargs, output)
        self.work.append(Work(_kind(name, args, flops), flops, moved))
        return output


def passing(name: str, given: list[Tensor], made: list[Tensor]) -> int:
    """Bytes that the processor's kernel takes beside its inputs and outputs, while it works."""
    if name in ("convolution", "convolution_backward"):
        # oneDNN works on copies in an order of its own.
        return sum(_bytes(one) for one in (*given, *made))
    return 0


def _kind(name: str, args: Any, flops: int) -> str:
    if name.startswith("convolution"):
        return "convolution"
    if name.startswith("all_steps"):
        return "recurrent"
    return "product" if flops else "moving"


def _bytes(tensor: Tensor) -> int:
    return math.prod(tensor.shape) * tensor.element_size()
