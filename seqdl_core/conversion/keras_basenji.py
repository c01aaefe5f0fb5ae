"""Basenji2's Keras weights (:mod:`seqdl_core.models.basenji`).

    theirs, in the order they were made            ours                     what differs
    conv1d, batch_normalization                    stem                     the order of axes; no bias
    six of width 5                                 tower.0 ... tower.5
    eleven pairs of width 3 and 1                  dilated.i.far, .back
    the last, of width 1                           final
    dense                                          head                     a convolution of width 1

Keras numbers its layers by itself (``conv1d_7``), so what counts is their order; how many there are, and how large, is
read off the tensors. Epsilon is 0.001 in both. Their activation is ``x * sigmoid(1.702 x)`` (the published files are of
2020); for a file of the code since April 2022 give ``gelu=tanh``. Rows are A, C, G, T in both.
"""

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._bins import scored_bins
from seqdl_core.conversion._hdf5 import read_keras_file
from seqdl_core.conversion._keras import dense, normalisation, numbered
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_TOWER, _FAR, _BACK = 5, 3, 1


def _translate(wish: Wish) -> Translated:
    where = wish.path.name
    found = Tensors(read_keras_file(wish.path), where)
    convolutions = numbered(found.keys(), "conv1d")
    norms, heads = numbered(found.keys(), "batch_normalization"), numbered(found.keys(), "dense")
    kernels = [found.take(f"{layer}/kernel", -1, -1, -1) for layer in convolutions]
    tower, dilated = _built([len(kernel) for kernel in kernels])
    if not tower or len(norms) != len(kernels) or len(heads) != 1:
        raise ModelFileError(
            f"The file has {len(kernels)} convolutions, {len(norms)} normalisations and {len(heads)} dense layers, "
            "which are not the blocks of Basenji2.",
            where=where,
            fix="Give model_human.h5 or model_mouse.h5 as it is published.",
        )
    places = ["stem", *(f"tower.{block}" for block in range(tower))]
    places += [f"dilated.{block}.{half}" for block in range(dilated) for half in ("far", "back")] + ["final"]
    tensors: dict[str, Tensor] = {}
    for place, kernel, norm in zip(places, kernels, norms, strict=True):
        tensors[f"{place}.1.weight"] = kernel.permute(2, 1, 0).contiguous()
        tensors |= normalisation(found, norm, f"{place}.2")
    tensors |= dense(found, heads[0], "head")
    tensors["head.weight"] = tensors["head.weight"][..., None]
    found.finish()
    sizes = {
        "filters": kernels[0].shape[2],
        "filter_width": len(kernels[0]),
        "tower_blocks": tower,
        "tower_first": kernels[1].shape[2],
        "tower_last": kernels[tower].shape[2],
        "dilated_blocks": dilated,
        "final_channels": kernels[-1].shape[2],
    }
    if dilated:
        sizes["dilated_channels"] = kernels[tower + 1].shape[2]
    if tower == 1:  # one block has the last channels; the first are a setting without effect
        del sizes["tower_first"]
    config = wish.decided(sizes)
    return Translated(config, tensors, len(tensors["head.bias"]), scored_bins(wish.length // config.bin_width()))


def _built(widths: list[int]) -> tuple[int, int]:
    """How many tower blocks and how many pairs of dilated blocks convolutions of such widths make; 0, 0 for none."""
    tower = sum(width == _TOWER for width in widths[1:])
    dilated = max(0, (len(widths) - 2 - tower) // 2)
    expected = [_TOWER] * tower + [_FAR, _BACK] * dilated + [_BACK]
    return (tower, dilated) if widths[1:] == expected else (0, 0)


CONVERTER = Converter(
    name="keras-basenji",
    title="Basenji2, as its authors publish it for Keras",
    architecture="basenji",
    reads="model_human.h5 or model_mouse.h5",
    source="storage.googleapis.com/basenji_barnyard2; github.com/calico/basenji",
    licence="Apache 2.0 (the authors' code)",
    task="tracks",
    length=131_072,
    translate=_translate,
)
