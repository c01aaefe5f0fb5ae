"""SpliceAI's Keras weights, of all four sizes (:mod:`seqdl_core.models.spliceai`).

Keras numbered the layers as they were made, so their numbers tell their places:

    theirs, conv1d_                 ours
    1, 2                            stem, first_skip
    3-10, 12-19, 21-28, 30-37       the two convolutions of four units in each group
    11, 20, 29, 38                  skips
    39 (12, 21, 30 in smaller ones) head
    batch_normalization_1-32        eight in each group, before the convolutions, in their order

How many there are tells the size: 12, 21, 30 and 39 convolutions are 80nt, 400nt, 2k and 10k. The classes are neither,
acceptor, donor. The published score is the mean of five networks; this is one of them.
"""

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._hdf5 import read_keras_file
from seqdl_core.conversion._keras import convolution, normalisation, numbered
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_SIZES = {12: "80nt", 21: "400nt", 30: "2k", 39: "10k"}


def _translate(wish: Wish) -> Translated:
    found = Tensors(read_keras_file(wish.path), wish.path.name)
    layers, norms = numbered(found.keys(), "conv1d"), numbered(found.keys(), "batch_normalization")
    groups = len(layers) // 9
    if len(layers) not in _SIZES or len(norms) != 8 * groups:
        raise ModelFileError(
            f"The file has {len(layers)} convolutions and {len(norms)} batch normalisations; SpliceAI has 12 and 8, "
            "21 and 16, 30 and 24, or 39 and 32.",
            where=wish.path.name,
            fix="Give one of spliceai1.h5 to spliceai5.h5, or a network of the same graph.",
        )
    tensors: dict[str, Tensor] = convolution(found, layers[0], "stem") | convolution(found, layers[1], "first_skip")
    for group in range(groups):
        first = 2 + 9 * group
        for place in range(8):
            unit, half = divmod(place, 2)
            here = f"groups.{group}.{unit}.layers"
            tensors |= normalisation(found, norms[8 * group + place], f"{here}.{3 * half}")
            tensors |= convolution(found, layers[first + place], f"{here}.{3 * half + 2}")
        tensors |= convolution(found, layers[first + 8], f"skips.{group}")
    tensors |= convolution(found, layers[-1], "head")
    found.finish()
    config = wish.decided({"size": _SIZES[len(layers)], "channels": len(tensors["stem.bias"])})
    return Translated(config, tensors, len(tensors["head.bias"]))


CONVERTER = Converter(
    name="keras-spliceai",
    title="SpliceAI, as its authors publish it for Keras",
    architecture="spliceai",
    reads="one of spliceai1.h5 to spliceai5.h5",
    source="Illumina's SpliceAI repository",
    licence="CC BY-NC 4.0",
    task="residues",
    length=5000,
    translate=_translate,
    label_names=("neither", "acceptor", "donor"),
)
