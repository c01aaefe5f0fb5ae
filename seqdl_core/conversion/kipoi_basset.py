"""Basset as Kipoi publishes it for PyTorch, converted from the authors' Lua Torch (:mod:`seqdl_core.models.basset`).

    theirs         ours            what differs
    0, 4, 8        conv1-3         (F, C, K, 1): their convolution is two-dimensional, of width 1
    1, 5, 9        norm1-3         with running means and variances; epsilon 0.00001 in both
    13.1, 17.1     dense1, dense2  both flatten channel by channel
    14, 18         norm4, norm5
    21.1           output

Rows are A, C, G, T in both. A file that the authors' later code wrote has another number of positions: it needs
``padding=same_ceil``, and its shapes say so.
"""

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.conversion._torch_file import read_torch_file

_CONVOLUTIONS = {"0": "conv1", "4": "conv2", "8": "conv3"}
_DENSE = {"13.1": "dense1", "17.1": "dense2", "21.1": "output"}
_NORMS = {"1": "norm1", "5": "norm2", "9": "norm3", "14": "norm4", "18": "norm5"}


def _translate(wish: Wish) -> Translated:
    found = Tensors(read_torch_file(wish.path), wish.path.name)
    tensors: dict[str, Tensor] = {}
    for theirs, ours in _CONVOLUTIONS.items():
        tensors[f"{ours}.weight"] = found.take(f"{theirs}.weight", -1, -1, -1, 1).squeeze(3)
        tensors[f"{ours}.bias"] = found.take(f"{theirs}.bias", -1)
    for theirs, ours in _DENSE.items():
        tensors[f"{ours}.weight"] = found.take(f"{theirs}.weight", -1, -1)
        tensors[f"{ours}.bias"] = found.take(f"{theirs}.bias", -1)
    for theirs, ours in _NORMS.items():
        for part in ("weight", "bias", "running_mean", "running_var"):
            tensors[f"{ours}.{part}"] = found.take(f"{theirs}.{part}", -1)
        found.drop(f"{theirs}.num_batches_tracked")  # a count that only training has a use for
    found.finish()
    return Translated(wish.config, tensors, len(tensors["output.bias"]))


CONVERTER = Converter(
    name="kipoi-basset",
    title="Basset, as Kipoi publishes it for PyTorch",
    architecture="basset",
    reads="pretrained_model_reloaded_th.pth",
    source="Kipoi, Zenodo 1466068",
    licence="MIT",
    task="multilabel",
    length=600,
    translate=_translate,
)
