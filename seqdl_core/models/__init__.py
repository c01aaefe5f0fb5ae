"""Architectures: one file a network, from the paper's layer table to ``forward``.

Every network maps one-hot sequences ``(N, A, L)`` to raw scores, whose shape the task asks for (:class:`InputShape`).
Some show what their first layer's filters saw (:class:`FilterNetwork`), some where they looked
(:class:`AttentionNetwork`). Nothing lists the files; :data:`ARCHITECTURES` finds them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.registry import Registry
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.tasks import Output


@dataclass(frozen=True)
class InputShape:
    """What a network is built for.

    Attributes:
        alphabet: of A letters.
        length: L, in letters.
        targets: T; classes of residues count as targets.
        output: what raw scores are for: a ``sequence`` ``(N, T)``, its ``positions`` ``(N, T, L)``, ``bins`` of it
            ``(N, T, B)``, or ``pairs`` of positions ``(N, T, L, L)``.
        bins: B, how many bins of equal width the middle of the sequence is measured in; 0 for other outputs.
        bin_width: the letters of a bin as the data were measured; 0 where nobody said.
        of_letters: whether the T targets of a position are the letters themselves (hidden letters), which read as their
            complements on the other strand.
    """

    alphabet: Alphabet
    length: int
    targets: int = 1
    output: Output = "sequence"
    bins: int = 0
    of_letters: bool = False
    bin_width: int = 0

    @property
    def letters(self) -> int:
        """A, the number of letters."""
        return self.alphabet.size


class SequenceNetwork(nn.Module, ABC):
    """A network on one-hot sequences: ``forward`` maps ``(N, A, L)`` to raw scores of the shape it was built for."""

    margin: int | None = None
    """How much of the padding behind a sequence the scores of its positions depend on. So much is enough to be shown,
    and training leaves the rest away; None where all L positions must be shown."""

    ignores_padding = False
    """Whether scores of a sequence, of its positions and of pairs of them are the same however much padding stands
    behind it. Scores of bins never are: bins divide the whole row."""

    strands_alike = False
    """Whether, with the setting ``both_strands`` on, a sequence of DNA and its reverse complement score the same in
    use, padded or not, and with unknown letters at either end. Scores of bins do in rows without padding."""

    @abstractmethod
    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        """Raw scores."""


class FilterNetwork(SequenceNetwork):
    """A network whose first layer scans the sequence with filters that can be read as motifs."""

    filter_width: int
    """K, the width of the first layer's filters in positions."""

    scan_offset: int
    """Entry ``p`` of a scan looks at positions ``p - scan_offset`` to ``p - scan_offset + K - 1`` of the sequence."""

    @abstractmethod
    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        """How strongly each first-layer filter answers at each place, before any rectifier, on the strand given."""


class AttentionNetwork(SequenceNetwork):
    """A network with attention layers, whose weights can be asked for."""

    @abstractmethod
    def attention(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N H P P"], ...]:
        """The weights of each attention layer, on the strand given. Row: who looks. Column: at whom. Rows sum to 1."""


def _takes_any(config: Config, shape: InputShape) -> None:
    """The check of a network that takes every length."""


@dataclass(frozen=True)
class Architecture:
    """A network that can be chosen by name.

    Attributes:
        name: the file's name.
        summary: one sentence without jargon for the person who chooses.
        config: its settings; the defaults are the published network, or what we recommend where it is our own.
        build: makes the network, with fresh weights from torch's generator.
        tasks: the names of the tasks it can be trained for.
        alphabets: the names of the alphabets it reads.
        source: paper and doi, or "SeqDL" for our own.
        year: of the paper; None for our own.
        published: what the paper's network reads and says; None for our own.
        recommended: whether a form offers it first.
        presets: other settings worth a name: ``small`` trains on a laptop.
        fits: raises ConfigError where a length or another part of the shape does not fit the settings.
        parameters: how many numbers training adjusts, worked out; None where building the network is a quick way to
            count them.
    """

    name: str
    summary: str
    config: type[Config]
    build: Callable[[Any, InputShape], SequenceNetwork]
    tasks: tuple[str, ...]
    alphabets: tuple[str, ...]
    source: str
    year: int | None = None
    published: InputShape | None = None
    recommended: bool = False
    presets: Mapping[str, Config] = field(default_factory=dict)
    fits: Callable[[Any, InputShape], None] = _takes_any
    parameters: Callable[[Any, InputShape], int] | None = None

    def check(self, config: Config, shape: InputShape) -> None:
        """What every network refuses, then what this one does; to be called before anything is built.

        Raises:
            ConfigError: with what would fit.
        """
        if shape.output == "bins" and not 1 <= shape.bins <= shape.length:
            raise ConfigError(
                f"{shape.length:,} {shape.alphabet.unit} cannot be divided into {shape.bins:,} bins.",
                where="bins",
                fix=f"Ask for 1 to {shape.length:,} bins.",
            )
        self.fits(config, shape)


ARCHITECTURES: Registry[Architecture] = Registry("architecture", "seqdl_core.models", "ARCHITECTURE")


def count_parameters(network: nn.Module) -> int:
    """How many numbers training adjusts."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
