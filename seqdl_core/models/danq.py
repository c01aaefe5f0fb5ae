"""DanQ: one convolution finds motifs, a recurrent layer reads their order in both directions.

Quang & Xie, "DanQ: a hybrid convolutional and recurrent deep neural network for quantifying the function of DNA
sequences", Nucleic Acids Research 44:e107 (2016), doi 10.1093/nar/gkw226. For L = 1,000 and T = 919, DeepSEA's data,
these are 46,929,039 parameters:

    step           shape       parameters   what happens
    conv1          320 x 975       33,600   320 filters of width 26 scan the sequence; rectifier
    pool1          320 x 75                 the largest of every 13, dropout 0.2
    forward_lstm   75 x 320       821,760   reads from the start
    backward_lstm  75 x 320       821,760   reads from the end
    flatten        48,000                   both side by side (75 x 640), dropout 0.5; place by place
    hidden         925         44,400,925   rectifier
    output         919            850,994   one logit a target

The original, in Keras 0.2, has 46,926,479: its recurrent layer adds one offset to each gate where torch's adds two, of
which only the sum counts. ``keras_gates`` builds that layer, which official weights need, and which differs in more:

    gates      clip(0.2 x + 0.5, 0, 1), Keras's hard sigmoid; torch's own rises by x / 6 instead
    offsets    one a gate; that of the forget gate starts at 1

Which way the second layer reads, ``backward_order`` tells. In the public copies of seya, the library the original takes
its two-way layer from, the line meant to turn the positions round turns the BATCH round instead (its issue 32), twice,
so that both layers read forwards. The copy that DanQ ships with could not be read, so official weights are tried with
each:

    aligned    reads from the end; its answers are put back in the sequence's order (the default, and torch's)
    as_read    reads from the end; its answers stay in the order they came
    forward    reads from the start as well

As in :mod:`seqdl_core.models.deepsea`, the weights read rows in the order A, G, C, T, so the network swaps C and G
inside and official tensors keep their rows; an unknown letter is an all-zero column; nothing is padded; raw scores are
logits. The original's convolution is a true one, with filters turned round: whoever converts them turns them. Its
weights start between -0.05 and 0.05, as in that Keras, and those of the dense layers as Glorot's; torch's own recurrent
layers start as torch starts them. ``both_strands`` (off by default: the published network reads one) averages raw
scores. The network is made for rows of full length: padding of shorter ones reads as unknown letters.
"""

from typing import Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape
from seqdl_core.models._layers import StrandsAveraged, require_length, start_as_keras, to_agct
from seqdl_core.sequences.alphabets import DNA

_SPREAD = 0.05


class DanQConfig(Config):
    filters: int = Field(320, ge=4, le=2048, title="Filters", description="How many motifs the first layer may learn.")
    filter_width: int = Field(
        26, ge=3, le=63, title="Filter width", description="A little wider than the longest motif you expect."
    )
    pool: int = Field(
        13, ge=1, le=64, title="Pooling", description="Positions merged into one step of the recurrent layer."
    )
    memory: int = Field(
        320, ge=4, le=1024, title="Memory", description="Units of the recurrent layer in each reading direction."
    )
    hidden: int = Field(
        925, ge=4, le=8192, title="Hidden units", description="Units between all positions and the scores."
    )
    dropout: float = Field(
        0.2, ge=0, le=0.9, title="Dropout", description="Share of values hidden in each step after the pool."
    )
    dropout_dense: float = Field(
        0.5,
        ge=0,
        le=0.9,
        title="Dropout before the dense layer",
        description="Share of values hidden in each step after the recurrent layer.",
        json_schema_extra={"advanced": True},
    )
    keras_gates: bool = Field(
        False,
        title="Keras gates",
        description="Builds the recurrent layer as the original's Keras does; official weights need it; slower.",
        json_schema_extra={"advanced": True},
    )
    backward_order: Literal["aligned", "as_read", "forward"] = Field(
        "aligned",
        title="Order of the second direction",
        description="How the second recurrent layer reads and answers; other than aligned only for official weights.",
        json_schema_extra={"advanced": True},
    )
    both_strands: bool = Field(
        False, title="Both strands",
        description="Averages both strands of DNA in use; the published network reads one.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip


class KerasLstm(nn.Module):
    """The recurrent layer of Keras 0.2, with the gates of ``nn.LSTM`` in its order: input, forget, cell, output.

    Called as a batch-first ``nn.LSTM``, it returns what each step puts out and, in the second place, the last state.
    """

    def __init__(self, inputs: int, memory: int) -> None:
        super().__init__()
        self.memory = memory
        self.weight_ih_l0 = nn.Parameter(torch.empty(4 * memory, inputs))
        self.weight_hh_l0 = nn.Parameter(torch.empty(4 * memory, memory))
        self.bias_ih_l0 = nn.Parameter(torch.zeros(4 * memory))
        with torch.no_grad():
            for gate in range(4):
                rows = slice(gate * memory, (gate + 1) * memory)
                nn.init.xavier_uniform_(self.weight_ih_l0[rows])
                nn.init.orthogonal_(self.weight_hh_l0[rows])
            self.bias_ih_l0[memory : 2 * memory] = 1.0  # forgetting has to be learned

    def forward(
        self, steps: Float[Tensor, "N P D"]
    ) -> tuple[Float[Tensor, "N P M"], tuple[Float[Tensor, "N M"], Float[Tensor, "N M"]]]:
        # What the inputs say to the gates does not depend on the state, so it is worked out for all steps at once.
        said = steps @ self.weight_ih_l0.T + self.bias_ih_l0
        answer = cell = steps.new_zeros(len(steps), self.memory)
        answers = []
        for step in said.unbind(1):
            enter, forget, new, leave = (step + answer @ self.weight_hh_l0.T).chunk(4, 1)
            cell = hard_sigmoid(forget) * cell + hard_sigmoid(enter) * torch.tanh(new)
            answer = hard_sigmoid(leave) * torch.tanh(cell)
            answers.append(answer)
        return torch.stack(answers, 1), (answer, cell)


def hard_sigmoid(values: Float[Tensor, "N M"]) -> Float[Tensor, "N M"]:
    """Keras's: a straight line from 0 at -2.5 to 1 at 2.5."""
    return (0.2 * values + 0.5).clamp(0, 1)


def positions(config: DanQConfig, length: int) -> int:
    """How many steps the recurrent layers make for a sequence of L letters."""
    return (length - config.filter_width + 1) // config.pool


class DanQ(StrandsAveraged):
    def __init__(self, config: DanQConfig, shape: InputShape) -> None:
        super().__init__(shape, both_strands=config.both_strands)
        self.filter_width = config.filter_width
        self.scan_offset = 0
        self.backward_order = config.backward_order
        self.conv1 = nn.Conv1d(shape.letters, config.filters, config.filter_width)
        self.pool1 = nn.MaxPool1d(config.pool)
        self.dropout1 = nn.Dropout(config.dropout)
        self.forward_lstm = _recurrent(config)
        self.backward_lstm = _recurrent(config)
        self.dropout2 = nn.Dropout(config.dropout_dense)
        self.hidden = nn.Linear(2 * config.memory * positions(config, shape.length), config.hidden)
        self.output = nn.Linear(config.hidden, shape.targets)
        start_as_keras(self)
        nn.init.uniform_(self.conv1.weight, -_SPREAD, _SPREAD)

    def one_strand(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        """The score of one strand."""
        features = self.dropout1(self.pool1(torch.relu(self.scan(one_hot))))
        read = self.dropout2(self._read(features.transpose(1, 2)))
        hidden = torch.relu(self.hidden(torch.flatten(read, 1)))
        score: Tensor = self.output(hidden)
        return score

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.conv1(to_agct(one_hot))
        return answers

    def _read(self, steps: Float[Tensor, "N P F"]) -> Float[Tensor, "N P M"]:
        """Both directions' answers side by side."""
        forward, _ = self.forward_lstm(steps)
        backward, _ = self.backward_lstm(steps if self.backward_order == "forward" else steps.flip(1))
        return torch.cat([forward, backward.flip(1) if self.backward_order == "aligned" else backward], -1)


def _recurrent(config: DanQConfig) -> nn.Module:
    if config.keras_gates:
        return KerasLstm(config.filters, config.memory)
    return nn.LSTM(config.filters, config.memory, batch_first=True)


def _check(config: DanQConfig, shape: InputShape) -> None:
    require_length("danq", shape, lambda length: positions(config, length))


ARCHITECTURE = Architecture(
    name="danq",
    summary="One convolution finds motifs, a two-way recurrent layer reads their order; made for 1,000 bp.",
    config=DanQConfig,
    build=DanQ,
    tasks=("binary", "multiclass", "multilabel", "regression"),
    alphabets=("dna", "rna"),
    source="Quang & Xie 2016, doi 10.1093/nar/gkw226",
    year=2016,
    published=InputShape(DNA, 1000, 919),
    presets={
        "small": DanQConfig(filters=64, filter_width=15, pool=6, memory=32, hidden=64, dropout=0.1, dropout_dense=0.3)
    },
    fits=_check,
)
