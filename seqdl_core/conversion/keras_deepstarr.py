"""DeepSTARR's Keras weights (:mod:`seqdl_core.models.deepstarr`).

    theirs                               ours           what differs
    Conv1D_1st, Conv1D_2, -_3, -_4       conv1-4        the order of axes
    six batch_normalization layers       norm1-6        in the order they were made
    Dense_1                              dense1         its inputs, position by position, go channel by channel
    Dense_2                              dense2
    Dense_Dev, Dense_Hk                  output         row 1 and row 2

The scores are developmental and housekeeping enhancer activity, log2. Rows are A, C, G, T in both.
"""

import torch
from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._hdf5 import read_keras_file
from seqdl_core.conversion._keras import convolution, dense, normalisation, numbered
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_HEADS = ("Dev", "Hk")


def _translate(wish: Wish) -> Translated:
    where = wish.path.name
    found = Tensors(read_keras_file(wish.path), where)
    tensors: dict[str, Tensor] = {}
    for number, layer in enumerate(("Conv1D_1st", "Conv1D_2", "Conv1D_3", "Conv1D_4"), 1):
        tensors |= convolution(found, layer, f"conv{number}")
    norms = numbered(found.keys(), "batch_normalization")
    if len(norms) != 6:
        raise ModelFileError(
            f"DeepSTARR has 6 layers of batch normalisation; the file has {len(norms)}.",
            where=where,
            fix="Give DeepSTARR.model.h5 as it is published.",
        )
    for number, layer in enumerate(norms, 1):
        tensors |= normalisation(found, layer, f"norm{number}")
    tensors |= dense(found, "Dense_1", "dense1") | dense(found, "Dense_2", "dense2")
    tensors["dense1.weight"] = _by_channel(tensors["dense1.weight"], len(tensors["conv4.bias"]), where)
    heads = [dense(found, f"Dense_{name}", "output") for name in _HEADS]
    for part in ("output.weight", "output.bias"):
        tensors[part] = torch.cat([head[part] for head in heads])
    found.finish()
    return Translated(wish.config, tensors, len(tensors["output.bias"]))


def _by_channel(weight: Tensor, channels: int, where: str) -> Tensor:
    """Columns from position by position (p C + c) to channel by channel (c P + p)."""
    units, inputs = weight.shape
    if inputs % channels:
        raise ModelFileError(
            f"'Dense_1/kernel' has {inputs:,} inputs, which is no whole number of positions of {channels} channels.",
            where=where,
            fix="Give DeepSTARR.model.h5 as it is published.",
        )
    return weight.reshape(units, inputs // channels, channels).transpose(1, 2).reshape(units, inputs)


CONVERTER = Converter(
    name="keras-deepstarr",
    title="DeepSTARR, as its authors publish it for Keras",
    architecture="deepstarr",
    reads="DeepSTARR.model.h5",
    source="Zenodo 5502060",
    licence="MIT, as the authors' repository; see Zenodo 5502060",
    task="regression",
    length=249,
    translate=_translate,
    target_names=_HEADS,
)
