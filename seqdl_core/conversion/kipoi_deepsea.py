"""DeepSEA as Kipoi publishes it for PyTorch, converted from the authors' Lua Torch (:mod:`seqdl_core.models.deepsea`).

    theirs               ours      what differs
    0, 4, 8              conv1-3   (F, C, 1, K): their convolution is two-dimensional, of height 1
    12.1                 hidden    both flatten channel by channel
    14.1                 output

Rows stay A, G, C, T: our network turns ours inside. Names begin with ``2.`` in the file for predictions and ``1.`` in
the one for variants, where layers without tensors stand before the network: they turn rows and add the other strand.
The file for predictions averages the probabilities of both strands; this network scores the strand it is given.
"""

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.conversion._torch_file import read_torch_file

_LAYERS = {"0": "conv1", "4": "conv2", "8": "conv3", "12.1": "hidden", "14.1": "output"}


def _translate(wish: Wish) -> Translated:
    found = Tensors(read_torch_file(wish.path), wish.path.name)
    before = next((start for start in ("2.", "1.") if f"{start}14.1.weight" in found), "")
    tensors: dict[str, Tensor] = {}
    for theirs, ours in _LAYERS.items():
        if ours.startswith("conv"):
            tensors[f"{ours}.weight"] = found.take(f"{before}{theirs}.weight", -1, -1, 1, -1).squeeze(2)
        else:
            tensors[f"{ours}.weight"] = found.take(f"{before}{theirs}.weight", -1, -1)
        tensors[f"{ours}.bias"] = found.take(f"{before}{theirs}.bias", -1)
    found.finish()
    return Translated(wish.config, tensors, len(tensors["output.bias"]))


CONVERTER = Converter(
    name="kipoi-deepsea",
    title="DeepSEA, as Kipoi publishes it for PyTorch",
    architecture="deepsea",
    reads="deepsea_predict.pth or deepsea_variant_effects.pth",
    source="Kipoi, Zenodo 1466993",
    licence="CC BY 3.0",
    task="multilabel",
    length=1000,
    translate=_translate,
)
