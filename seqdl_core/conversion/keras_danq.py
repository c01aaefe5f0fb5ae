"""DanQ's Keras 0.2 weights (:mod:`seqdl_core.models.danq`, with ``keras_gates``).

That Keras numbers layers and their tensors, so order alone tells what is what. Of its layers four have tensors:

    theirs                         ours                           what differs
    W (F, C, K, 1), b              conv1                          true convolution: filters turned round in position
    12 of one direction, 12 of     forward_lstm, backward_lstm    W (C, M), U (M, M), b (M) for each gate; gates in
    the other                                                     order i, c, f, o there, i, f, c, o here
    W (C, F), b                    hidden                         turned; both flatten position by position
    W (C, F), b                    output                         turned

Rows stay A, G, C, T: our network turns ours inside. Which way the second direction reads could not be verified; if the
converted network's answers are no better than chance, convert again with ``backward_order`` as_read or forward.
"""

import re

import torch
from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._hdf5 import read_keras_file
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_COUNTS = (2, 24, 2, 2)
_GATES = {"i": 0, "c": 3, "f": 6, "o": 9}
"""Where each gate's W, U and b begin among a direction's twelve."""


def _translate(wish: Wish) -> Translated:
    found = Tensors(read_keras_file(wish.path), wish.path.name)
    convolution, recurrent, hidden, output = _layers(found, wish.path.name)
    tensors: dict[str, Tensor] = {
        "conv1.weight": found.take(f"{convolution}/param_0", -1, -1, -1, 1).squeeze(3).flip(2),
        "conv1.bias": found.take(f"{convolution}/param_1", -1),
    }
    for direction, first in (("forward_lstm", 0), ("backward_lstm", 12)):
        tensors |= _direction(found, recurrent, direction, first)
    for ours, theirs in (("hidden", hidden), ("output", output)):
        tensors[f"{ours}.weight"] = found.take(f"{theirs}/param_0", -1, -1).T.contiguous()
        tensors[f"{ours}.bias"] = found.take(f"{theirs}/param_1", -1)
    found.finish()
    return Translated(wish.config, tensors, len(tensors["output.bias"]))


def _layers(found: Tensors, where: str) -> list[str]:
    """The four layers that have tensors, in order."""
    counts: dict[str, int] = {}
    for key in found.keys():  # noqa: SIM118 - a list of names, no mapping
        layer = key.split("/")[0]
        counts[layer] = counts.get(layer, 0) + 1
    if tuple(counts.values()) != _COUNTS or not all(re.fullmatch(r"layer_\d+", layer) for layer in counts):
        have = ", ".join(map(str, list(counts.values())[:8])) or "none"
        raise ModelFileError(
            f"DanQ has four layers with 2, 24, 2 and 2 tensors, numbered as Keras 0.2 does; the file's have {have}.",
            where=where,
            fix="Give DanQ_bestmodel.hdf5 as it is published.",
        )
    return list(counts)


def _direction(found: Tensors, layer: str, direction: str, first: int) -> dict[str, Tensor]:
    """One reading direction, gates in the order of ``nn.LSTM``: input, forget, cell, output."""
    starts = [first + _GATES[gate] for gate in "ifco"]
    return {
        f"{direction}.weight_ih_l0": torch.cat([found.take(f"{layer}/param_{start}", -1, -1).T for start in starts]),
        f"{direction}.weight_hh_l0": torch.cat(
            [found.take(f"{layer}/param_{start + 1}", -1, -1).T for start in starts]
        ),
        f"{direction}.bias_ih_l0": torch.cat([found.take(f"{layer}/param_{start + 2}", -1) for start in starts]),
    }


CONVERTER = Converter(
    name="keras-danq",
    title="DanQ, as its authors publish it for Keras 0.2",
    architecture="danq",
    reads="DanQ_bestmodel.hdf5",
    source="cbcl.ics.uci.edu/public_data/DanQ",
    licence="Non-commercial use only (the authors of DanQ)",
    task="multilabel",
    length=1000,
    translate=_translate,
    settings={"keras_gates": True},
)
