"""SpliceAI: for every base of a gene, whether it ends an intron, begins one, or neither.

Jaganathan et al., "Predicting splicing from primary sequence with deep learning", Cell 176:535 (2019), doi
10.1016/j.cell.2018.12.015. The 10k network, read from the graph of the released files:

    step       shape                 what happens
    context    (N, 4, L + 10,000)    5,000 unknown bases (zeros) on both ends
    stem       (N, 32, L + 10,000)   1x1 convolution; a second one begins the sum that the score is read from
    units      (N, 32, L + 10,000)   16 residual units in groups of four; after each group a 1x1 convolution of what is
                                     known is added to the sum
    crop       (N, 32, L)            the sum without the context
    head       (N, 3, L)             1x1 convolution; the raw scores are logits

A residual unit is twice: batch normalisation (eps 1e-3), ReLU, convolution; its input is added to what comes out.

    group   width   bases between taps   context of the four units   network, with this group the last
    1       11      1                    80                          80nt   (93,251 parameters with 3 classes)
    2       11      4                    320                         400nt  (185,187)
    3       21      10                   1,600                       2k     (359,043)
    4       41      25                   8,000                       10k    (696,739)

The published classes are neither, acceptor, donor, in this order; the strand given is the one transcribed. The score of
the paper is the mean of five networks trained alike. There, every stretch comes with its real surroundings, unknown
bases only outside the gene; here all that lies outside a sequence is unknown, so bring sequences with surroundings of
their own and leave the classes of the outer bases open. For the same reason padding changes no score. The first layer
mixes the letters of one base: its filters are no motifs.
"""

from typing import Literal

from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.models._bins import middle
from seqdl_core.sequences.alphabets import DNA

Size = Literal["80nt", "400nt", "2k", "10k"]
_GROUPS = ((11, 1), (11, 4), (21, 10), (41, 25))
_UNITS = 4
_DEPTH: dict[Size, int] = {"80nt": 1, "400nt": 2, "2k": 3, "10k": 4}


class SpliceaiConfig(Config):
    size: Size = Field(
        "10k", title="Context", description="How many bases around a base, both sides together, its class depends on."
    )
    channels: int = Field(32, ge=4, le=512, title="Channels", description="Features of each base, in every layer.")

    def groups(self) -> tuple[tuple[int, int], ...]:
        """Width and dilation of each group's convolutions."""
        return _GROUPS[: _DEPTH[self.size]]

    def context(self) -> int:
        """Bases on both sides together that a class depends on."""
        return sum(_UNITS * 2 * (width - 1) * dilation for width, dilation in self.groups())


class ResidualUnit(nn.Module):
    def __init__(self, channels: int, width: int, dilation: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(2):
            norm = nn.BatchNorm1d(channels, eps=1e-3, momentum=0.01)
            layers += [norm, nn.ReLU(), _conv(channels, channels, width, dilation)]
        self.layers = nn.Sequential(*layers)

    def forward(self, features: Float[Tensor, "N D P"]) -> Float[Tensor, "N D P"]:
        found: Tensor = self.layers(features)
        return features + found


class Spliceai(SequenceNetwork):
    ignores_padding = True

    def __init__(self, config: SpliceaiConfig, shape: InputShape) -> None:
        super().__init__()
        channels = config.channels
        self.length = shape.length
        self.context = config.context()
        self.stem = _conv(shape.letters, channels)
        self.first_skip = _conv(channels, channels)
        self.groups = nn.ModuleList(
            nn.Sequential(*(ResidualUnit(channels, width, dilation) for _ in range(_UNITS)))
            for width, dilation in config.groups()
        )
        self.skips = nn.ModuleList(_conv(channels, channels) for _ in self.groups)
        self.head = _conv(channels, shape.targets)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T L"]:
        around = self.context // 2
        features = self.stem(pad(one_hot, (around, around)))
        total = self.first_skip(features)
        for group, skip in zip(self.groups, self.skips, strict=True):
            features = group(features)
            total = total + skip(features)
        scores: Tensor = self.head(middle(total, self.length))
        return scores


def _conv(channels: int, filters: int, width: int = 1, dilation: int = 1) -> nn.Conv1d:
    """A convolution that keeps the length and starts as Keras starts it: Glorot's weights, no bias."""
    made = nn.Conv1d(channels, filters, width, dilation=dilation, padding=dilation * (width // 2))
    nn.init.xavier_uniform_(made.weight)
    nn.init.zeros_(made.get_parameter("bias"))
    return made


ARCHITECTURE = Architecture(
    name="spliceai",
    summary="A class for each base from thousands of bases around it; made for the ends of introns.",
    config=SpliceaiConfig,
    build=Spliceai,
    tasks=("residues",),
    alphabets=("dna", "rna"),
    source="Jaganathan et al. 2019, doi 10.1016/j.cell.2018.12.015",
    year=2019,
    published=InputShape(DNA, 5000, 3, "positions"),
    presets={"small": SpliceaiConfig(size="80nt")},
)
