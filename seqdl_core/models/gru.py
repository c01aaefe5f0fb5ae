"""Gated recurrent units: cells that read a sequence letter by letter, with one gate less than an LSTM.

Cho et al. 2014, arXiv 1406.1078. At each position, from what is read (x) and what was said before (h):

    r, z = sigmoid(W x + b + U h + c)        what of the past to look at, what of it to keep
    n    = tanh(W x + b + r * (U h + c))     what is new
    h    = (1 - z) * n + z * h

3 (I H + H^2 + 2 H) parameters for each direction, with I numbers read and H remembered. As in torch and in Keras with
``reset_after``, r acts on what U makes of the past, not on the past itself. The rest: :mod:`._recurrent`.
"""

from torch import nn

from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._recurrent import RecurrentConfig, RecurrentNetwork, check_recurrent


class GruConfig(RecurrentConfig):
    """The settings of a GRU network."""


class Gru(RecurrentNetwork):
    def __init__(self, config: GruConfig, shape: InputShape) -> None:
        super().__init__(config, shape, _cell)


def _cell(width: int, units: int) -> nn.GRU:
    return nn.GRU(width, units, batch_first=True)


ARCHITECTURE = Architecture(
    name="gru",
    summary="Reads from both ends and remembers, a little lighter than an LSTM.",
    config=GruConfig,
    build=Gru,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    presets={"small": GruConfig(units=32, filters=32, hidden=32)},
    fits=check_recurrent,
)
