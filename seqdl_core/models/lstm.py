"""Long short-term memory: cells that read a sequence letter by letter and decide what to remember.

Hochreiter & Schmidhuber 1997, doi 10.1162/neco.1997.9.8.1735; with the forget gate of Gers, Schmidhuber & Cummins
2000, doi 10.1162/089976600300015015. At each position, from what is read (x) and what was said before (h):

    i, f, o = sigmoid(W x + b + U h + c)     what to take in, what to keep, what to say
    g       = tanh(W x + b + U h + c)        what there is to take in
    memory  = f * memory + i * g
    h       = o * tanh(memory)

4 (I H + H^2 + 2 H) parameters for each direction, with I numbers read and H remembered. Forget gates start open (their
biases add up to 1), so that a cell remembers before it learns to forget (Jozefowicz et al. 2015, proceedings of ICML).
The rest of the network: :mod:`._recurrent`.
"""

import torch
from torch import nn

from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._recurrent import RecurrentConfig, RecurrentNetwork, check_recurrent


class LstmConfig(RecurrentConfig):
    """The settings of an LSTM network."""


class Lstm(RecurrentNetwork):
    def __init__(self, config: LstmConfig, shape: InputShape) -> None:
        super().__init__(config, shape, _cell)


def _cell(width: int, units: int) -> nn.LSTM:
    layer = nn.LSTM(width, units, batch_first=True)
    forget = slice(units, 2 * units)  # torch's order of gates is i, f, g, o
    with torch.no_grad():
        layer.get_parameter("bias_ih_l0")[forget] = 1.0
        layer.get_parameter("bias_hh_l0")[forget] = 0.0  # torch adds both biases
    return layer


ARCHITECTURE = Architecture(
    name="lstm",
    summary="Reads from both ends and remembers; for order and distance of motifs.",
    config=LstmConfig,
    build=Lstm,
    tasks=("binary", "multiclass", "multilabel", "regression", "residues", "masked", "tracks", "contacts"),
    alphabets=("dna", "rna", "protein"),
    source="SeqDL",
    presets={"small": LstmConfig(units=32, filters=32, hidden=32)},
    fits=check_recurrent,
)
