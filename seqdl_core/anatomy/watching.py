"""Which modules were called, in which order, with which shapes: a tree that follows the network's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

Shape = tuple[int, ...]


@dataclass
class Call:
    """A module as it was called for the first time; ``inside`` are the calls that it made."""

    module: nn.Module
    takes: Shape = ()
    gives: Shape = ()
    inside: list["Call"] = field(default_factory=list)


@contextmanager
def watch(network: nn.Module) -> Iterator[Call]:
    """The tree of what is called inside; a second pass, such as the other strand's, is not entered again."""
    root = Call(network)
    open_calls: list[Call] = [root]
    seen = {id(network)}

    def begins(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        call = Call(module, _shape_of((*given, *named.values())))
        if id(module) not in seen:
            open_calls[-1].inside.append(call)
            seen.add(id(module))
        open_calls.append(call)

    def ends(module: nn.Module, _: Any, output: Any) -> None:
        open_calls.pop().gives = _shape_of((output,))

    hooks = []
    for module in network.modules():
        if module is not network:
            hooks.append(module.register_forward_pre_hook(begins, with_kwargs=True))
            hooks.append(module.register_forward_hook(ends))
    try:
        yield root
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
