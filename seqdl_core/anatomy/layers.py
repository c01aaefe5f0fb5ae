"""One layer of a network as one column of a diagram: what it is called and the shape of what it puts out."""

import re
from dataclasses import dataclass

from torch import nn

from seqdl_core.anatomy.watching import CONVOLUTIONS, POOLS, Call

NORMS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)
_CHANNELS_LAST = (nn.Linear, nn.Embedding, nn.RNNBase, nn.MultiheadAttention, nn.LayerNorm)


@dataclass(frozen=True)
class Layer:
    """One column of a layer diagram.

    Attributes:
        name: what stands under it: ``conv 15``, ``attention block``.
        kind: ``input``, ``conv``, ``pool``, ``recurrent``, ``attention``, ``gather``, ``dense``, ``block`` or
            ``output``.
        detail: a few words more.
        channels: of what the last of its layers puts out.
        positions: the same; None once the sequence has been gathered into one vector.
        parameters: all that belongs to it.
        times: how many repeats were folded into it.
        pairs: each pair of positions has its own channels.
        vector: channels of a vector for the whole sequence that is carried along beside the positions; 0 for none.
        modules: the layers whose output it shows, by their names in the network; of two that stand side by side the
            channels are summed.
    """

    name: str
    kind: str
    detail: str
    channels: int
    positions: int | None
    parameters: int
    times: int = 1
    pairs: bool = False
    vector: int = 0
    modules: tuple[str, ...] = ()


def layer_of(call: Call, turned: bool = False) -> Layer | None:
    """The column of one module that is a layer by itself; None for one that is not drawn.

    Args:
        turned: it is a dense layer over positions, for each channel the same.
    """
    module, parameters = call.module, sum(one.numel() for one in call.module.parameters() if one.requires_grad)
    channels, positions, pairs = laid_out(call)
    named = (".".join(call.path),)
    if not is_drawn(call):
        return None
    if isinstance(module, CONVOLUTIONS):
        name = f"{'upconv' if 'Transpose' in type(module).__name__ else 'conv'} {width_of(module)}"
        dilation = max(module.dilation)
        detail = f"dilation {dilation}" if dilation > 1 else f"{channels:,} filters"
        if channels == 2 * module.out_channels:
            detail = f"{module.out_channels:,} filters, both ways round"
        return Layer(name, "conv", detail, channels, positions, parameters, pairs=pairs, modules=named)
    if isinstance(module, POOLS):
        how = "maximum" if "Max" in type(module).__name__ else "mean"
        size = getattr(module, "kernel_size", None)
        size = max(size) if isinstance(size, tuple) else size
        return Layer(
            f"pool {size}" if size else "pool", "pool", how, channels, positions, 0, pairs=pairs, modules=named
        )
    if is_recurrent(module):
        both = bool(getattr(module, "bidirectional", False))
        detail = "both directions" if both else "one direction"
        name = str(getattr(module, "mode", "LSTM")).split("_")[0]
        name += f" ×{module.num_layers}" if isinstance(module, nn.RNNBase) and module.num_layers > 1 else ""
        return Layer(name, "recurrent", detail, channels, positions, parameters, modules=named)
    if isinstance(module, nn.Linear):
        if turned:
            return Layer(
                "weigh", "gather", f"{call.gives[-1]:,} sums over positions", call.gives[1], call.gives[2], parameters,
                modules=named,
            )  # fmt: skip
        return Layer(
            "dense", "dense", f"{channels:,} units", channels, positions, parameters, pairs=pairs, modules=named
        )
    if call.heads or isinstance(module, nn.MultiheadAttention):
        heads = module.num_heads if isinstance(module, nn.MultiheadAttention) else call.heads
        return Layer("attention", "attention", plural_heads(heads), channels, positions, parameters, modules=named)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type(module).__name__).lower().strip("_ ")
    return Layer(words, "block", f"{channels:,} channels", channels, positions, parameters, pairs=pairs, modules=named)


def plural_heads(heads: int) -> str:
    """``8 heads``."""
    return f"{heads:,} heads" if heads > 1 else "1 head"


def is_recurrent(module: nn.Module) -> bool:
    """Whether it is torch's own recurrent layer or one with weights of the same names."""
    return isinstance(module, nn.RNNBase) or hasattr(module, "weight_hh_l0")


def is_drawn(call: Call) -> bool:
    """Whether a layer has a column: norms have none, nor has a pool over one position, which does nothing."""
    if isinstance(call.module, POOLS):
        size = getattr(call.module, "kernel_size", 0)
        return set(size if isinstance(size, tuple) else (size,)) != {1}
    return not isinstance(call.module, NORMS)


def width_of(module: nn.Module) -> str:
    """``15``, or ``3×3`` of a convolution over pairs."""
    return "×".join(str(width) for width in module.kernel_size)  # type: ignore[union-attr]


def puts_channels_last(call: Call) -> bool:
    """Whether a layer's output is ``(N, P, D)``, not ``(N, D, P)``."""
    return isinstance(call.module, _CHANNELS_LAST) or is_recurrent(call.module)


def laid_out(call: Call, like: Call | None = None) -> tuple[int, int | None, bool]:
    """Channels and positions of what a module gives, and whether there are all pairs of these.

    Args:
        like: its last layer, for a module of several.
    """
    shape = call.gives
    if len(shape) < 3:
        return (shape[-1] if shape else 1), None, False
    last = puts_channels_last(call)
    if like is not None:  # it may turn what its last layer puts out
        positions = laid_out(like)[1]
        last = shape[1] == positions if shape[-1] != positions or shape[1] != positions else puts_channels_last(like)
    channels, rest = (shape[-1], shape[1:-1]) if last else (shape[1], shape[2:])
    return channels, rest[-1], len(shape) == 4 and rest[0] == rest[1] > 1
