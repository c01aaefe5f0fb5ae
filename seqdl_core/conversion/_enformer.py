"""Where Enformer's tensors stand in the two places that publish them, and in :mod:`seqdl_core.models.enformer`.

The PyTorch port (lucidrains/enformer-pytorch, which Hugging Face's EleutherAI/enformer-official-rough uses) took its
tensors from DeepMind's Sonnet checkpoint (deepmind-research/enformer), so both have the same, in other places:

    part                   PyTorch port                   Sonnet checkpoint (below module/_trunk/_layers)
    filters                stem.0                         0/_layers/0
    stem's residual        stem.1.fn.{0,2}                0/_layers/1/_module/_layers/{0,2}
    stem's pool            stem.2.to_attn_logits          0/_layers/2/_logit_linear
    tower, block i         conv_tower.i.0.{0,2}           1/_layers/i/_layers/0/_layers/{0,2}
      residual, pool       conv_tower.i.1.fn.{0,2}, .2    1/_layers/i/_layers/1/_module/_layers/{0,2}, /2
    attention, block i     transformer.i.0.fn.{0,1}       2/_layers/i/_layers/0/_module/_layers/{0,1}
    hidden layer           transformer.i.1.fn.{0,1,4}     2/_layers/i/_layers/1/_module/_layers/{0,1,4}
    final                  final_pointwise.1.{0,2}        4/_layers/0/_layers/{0,2}
    heads                  _heads.{human,mouse}.0         module/_heads/{human,mouse}/_layers/0

The numbers of Sonnet's places count layers without tensors too. They are those that CREsted's port of the checkpoint
reads (aertslab/CREsted, script "Port weights from the official Sonnet Enformer model"); names inside Sonnet's own graph
would not do, where both linear layers of a hidden layer are called the same.

How large the network is, is read off the tensors. The features of distances are no tensors of the file: they are
computed as TensorFlow did, in single precision. Of sequences of the published length the middle 896 bins are scored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from torch import Tensor

from seqdl_core.conversion import Translated, Wish
from seqdl_core.conversion._bins import scored_bins
from seqdl_core.errors import ModelFileError

LENGTH = 196_608
SETTINGS: Mapping[str, Any] = {"single_precision": True}

_TRUNK = "module/_trunk/_layers"
_ATTENTION = {"query": "q", "key": "k", "value": "v", "distance": "r_k"}
_PORT = {"query": "to_q", "key": "to_k", "value": "to_v", "distance": "to_rel_k"}

Kind = Literal["convolution", "pool", "batch norm", "layer norm", "linear", "linear without bias", "bias"]


@dataclass(frozen=True)
class Part:
    """A layer: its place in our network, in the port, in the Sonnet checkpoint, and what it is."""

    ours: str
    port: str
    sonnet: str
    kind: Kind


def parts(blocks: int, layers: int, pooled: bool, mouse: bool) -> Iterator[Part]:
    """All layers with tensors of a network with so many tower and transformer blocks."""
    yield Part("filters", "stem.0", f"{_TRUNK}/0/_layers/0", "convolution")
    yield from _block("stem.0.layers", "stem.1.fn", f"{_TRUNK}/0/_layers/1/_module/_layers")
    if pooled:
        yield Part("stem.1.weigh", "stem.2.to_attn_logits", f"{_TRUNK}/0/_layers/2/_logit_linear", "pool")
    for number in range(blocks):
        ours, port, sonnet = f"tower.{number}", f"conv_tower.{number}", f"{_TRUNK}/1/_layers/{number}/_layers"
        yield from _block(ours, f"{port}.0", f"{sonnet}/0/_layers")
        yield from _block(f"{ours}.3.layers", f"{port}.1.fn", f"{sonnet}/1/_module/_layers")
        if pooled:
            yield Part(f"{ours}.4.weigh", f"{port}.2.to_attn_logits", f"{sonnet}/2/_logit_linear", "pool")
    for number in range(layers):
        yield from _transformer(f"transformer.{number}", f"{_TRUNK}/2/_layers/{number}/_layers")
    yield from _block("final", "final_pointwise.1", f"{_TRUNK}/4/_layers/0/_layers")
    yield Part("head", "_heads.human.0", "module/_heads/human/_layers/0", "linear")
    if mouse:
        yield Part("mouse_head", "_heads.mouse.0", "module/_heads/mouse/_layers/0", "linear")


def _block(ours: str, port: str, sonnet: str) -> Iterator[Part]:
    """Norm, GELU, convolution: GELU counts, and has no tensors."""
    yield Part(f"{ours}.0", f"{port}.0", f"{sonnet}/0", "batch norm")
    yield Part(f"{ours}.2", f"{port}.2", f"{sonnet}/2", "convolution")


def _transformer(ours: str, sonnet: str) -> Iterator[Part]:
    """The port has our name for a block."""
    port, attend = f"{ours}.0.fn", f"{sonnet}/0/_module/_layers/1"
    yield Part(f"{ours}.norm", f"{port}.0", f"{sonnet}/0/_module/_layers/0", "layer norm")
    for name, letter in _ATTENTION.items():
        yield Part(
            f"{ours}.attend.{name}", f"{port}.1.{_PORT[name]}", f"{attend}/_{letter}_layer", "linear without bias"
        )
    yield Part(f"{ours}.attend.content_bias", f"{port}.1.rel_content_bias", f"{attend}/_r_w_bias", "bias")
    yield Part(f"{ours}.attend.distance_bias", f"{port}.1.rel_pos_bias", f"{attend}/_r_r_bias", "bias")
    yield Part(f"{ours}.attend.out", f"{port}.1.to_out", f"{attend}/_embedding_layer", "linear")
    hidden = f"{sonnet}/1/_module/_layers"
    yield Part(f"{ours}.hidden.0", f"{ours}.1.fn.0", f"{hidden}/0", "layer norm")
    for place in (1, 4):
        yield Part(f"{ours}.hidden.{place}", f"{ours}.1.fn.{place}", f"{hidden}/{place}", "linear")


def translated(
    wish: Wish, read: Callable[[Part], dict[str, Tensor]], blocks: int, layers: int, pooled: bool, mouse: bool
) -> Translated:
    """The network whose parts ``read`` takes from a file, under our names and in our order of axes.

    Raises:
        ModelFileError: for a file without blocks, or whatever ``read`` finds missing.
    """
    if not blocks or not layers:
        raise ModelFileError(
            "The file has no tower or no transformer of Enformer.",
            where=wish.path.name,
            fix="Check that the file is of the source you named.",
        )
    left_out = "mouse_targets" in wish.chosen and wish.config.mouse_targets == 0
    tensors: dict[str, Tensor] = {}
    for part in parts(blocks, layers, pooled, mouse):
        found = read(part)
        if part.ours != "mouse_head" or not left_out:
            tensors |= found
    heads, _, key_width = tensors["transformer.0.attend.content_bias"].shape
    filters, _, width = tensors["filters.weight"].shape
    config = wish.decided(
        {
            "channels": 2 * filters,
            "filter_width": width,
            "tower_blocks": blocks,
            "pooling": "attention" if pooled else "max",
            "layers": layers,
            "heads": heads,
            "key_width": key_width,
            "mouse_targets": len(tensors["mouse_head.bias"]) if mouse and not left_out else 0,
        }
    )
    return Translated(config, tensors, len(tensors["head.bias"]), scored_bins(wish.length // config.bin_width()))
