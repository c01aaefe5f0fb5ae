"""Architectures: one file a network, from the paper's layer table to ``forward``.

Every network maps one-hot sequences ``(N, A, L)`` to raw scores ``(N, T)`` and can show what its first layer's filters
saw (:class:`SequenceNetwork`). Nothing lists the files; :data:`ARCHITECTURES` finds them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.registry import Registry
from seqdl_core.sequences.alphabets import Alphabet


@dataclass(frozen=True)
class InputShape:
    """What a network is built for: an alphabet of A letters, ``length`` L and ``targets`` T."""

    alphabet: Alphabet
    length: int
    targets: int = 1

    @property
    def letters(self) -> int:
        """A, the number of letters."""
        return self.alphabet.size


class SequenceNetwork(nn.Module, ABC):
    """A network on one-hot sequences: ``forward`` maps ``(N, A, L)`` to raw scores ``(N, T)``."""

    filter_width: int
    """K, the width of the first layer's filters in positions."""

    scan_offset: int
    """Entry ``p`` of a scan looks at positions ``p - scan_offset`` to ``p - scan_offset + K - 1`` of the sequence."""

    @abstractmethod
    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        """How strongly each first-layer filter answers at each place, before any rectifier, on the strand given."""


@dataclass(frozen=True)
class Architecture:
    """A network that can be chosen by name.

    Attributes:
        name: the file's name.
        summary: one sentence without jargon for the person who chooses.
        config: its settings.
        build: makes the network, with fresh weights from torch's generator.
        tasks: the names of the tasks it can be trained for.
        alphabets: the names of the alphabets it reads.
        source: paper and doi, or "SeqDL" for our own.
        year: of the paper; None for our own.
        recommended: whether a form offers it first.
    """

    name: str
    summary: str
    config: type[Config]
    build: Callable[[Any, InputShape], SequenceNetwork]
    tasks: tuple[str, ...]
    alphabets: tuple[str, ...]
    source: str
    year: int | None = None
    recommended: bool = False


ARCHITECTURES: Registry[Architecture] = Registry("architecture", "seqdl_core.models", "ARCHITECTURE")


def count_parameters(network: nn.Module) -> int:
    """How many numbers training adjusts."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
