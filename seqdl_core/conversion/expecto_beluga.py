"""Beluga as the authors of ExPecto, and Kipoi, publish it for PyTorch (:mod:`seqdl_core.models.beluga`).

    theirs                       ours      what differs
    model.0.{0,2,6,8,12,14}      conv1-6   (F, C, 1, K): their convolution is two-dimensional, of height 1
    model.1.2.1                  hidden    both flatten channel by channel
    model.1.4.1                  output

Rows stay A, G, C, T: our network turns ours inside.
"""

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.conversion._torch_file import read_torch_file

_CONVOLUTIONS = (0, 2, 6, 8, 12, 14)


def _translate(wish: Wish) -> Translated:
    found = Tensors(read_torch_file(wish.path), wish.path.name)
    tensors: dict[str, Tensor] = {}
    for number, place in enumerate(_CONVOLUTIONS, 1):
        tensors[f"conv{number}.weight"] = found.take(f"model.0.{place}.weight", -1, -1, 1, -1).squeeze(2)
        tensors[f"conv{number}.bias"] = found.take(f"model.0.{place}.bias", -1)
    for ours, place in (("hidden", 2), ("output", 4)):
        tensors[f"{ours}.weight"] = found.take(f"model.1.{place}.1.weight", -1, -1)
        tensors[f"{ours}.bias"] = found.take(f"model.1.{place}.1.bias", -1)
    found.finish()
    return Translated(wish.config, tensors, len(tensors["output.bias"]))


CONVERTER = Converter(
    name="expecto-beluga",
    title="Beluga, as ExPecto and Kipoi publish it for PyTorch",
    architecture="beluga",
    reads="deepsea.beluga.pth",
    source="ExPecto, Zenodo 3402406",
    licence="Non-commercial use only (the authors of ExPecto)",
    task="multilabel",
    length=2000,
    translate=_translate,
)
