"""How planted sites stand together: how many of each, in which order, how far apart, on which strands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from seqdl_core.errors import ConfigError, DataError

Orientation: TypeAlias = Literal["either", "+", "-", "same", "convergent", "divergent"]
Aspect: TypeAlias = Literal["spacing", "order", "orientation"]


@dataclass(frozen=True)
class Planted:
    """One site: which motif, over ``[start, end)``, 0-based, on strand ``+`` or ``-``."""

    motif: int
    start: int
    end: int
    strand: str


@dataclass(frozen=True)
class Arrangement:
    """The rules of a layout.

    Attributes:
        widths: of the motifs.
        length: of the sequences.
        copies: fewest and most sites of each motif that is there.
        spacing: fewest and most letters between neighbours; None for anywhere without overlap.
        fixed: whether sites stand from left to right in the order of the motifs.
        orientation: ``same``: all on one strand, either; ``convergent``: every other site on ``-``, the first on ``+``,
            so that neighbours point at each other; ``divergent``: the first on ``-``.
        double_stranded: False puts every site on ``+``.
    """

    widths: tuple[int, ...]
    length: int
    copies: tuple[int, int] = (1, 1)
    spacing: tuple[int, int] | None = None
    fixed: bool = False
    orientation: Orientation = "either"
    double_stranded: bool = True

    @property
    def directed(self) -> bool:
        """Whether a sequence of DNA that keeps the rules breaks them when it is read from the other strand."""
        ordered = self.fixed and len(self.widths) > 1
        return self.double_stranded and (ordered or self.orientation in ("+", "-"))

    def require_room(self, present: Sequence[bool], names: Sequence[str]) -> None:
        """Raise DataError where a sequence cannot hold the sites of these motifs at their widest."""
        widths = [width for width, there in zip(self.widths, present, strict=True) if there]
        sites = self.copies[1] * len(widths)
        # Sites that may stand anywhere want some room to move; those at a distance just have to fit.
        needed = self.copies[1] * sum(widths)
        needed = 2 * needed if self.spacing is None else needed + self.spacing[1] * max(sites - 1, 0)
        if needed > self.length:
            raise DataError(
                f"{self.length:,} letters cannot hold these motifs: they want {needed:,}.",
                where=", ".join(names),
                fix="Simulate longer sequences, or plant fewer or closer sites.",
            )

    def aspects(self) -> list[Aspect]:
        """The rules that a layout can break."""
        rules: list[tuple[Aspect, bool]] = [
            ("spacing", self.spacing is not None),
            ("order", self.fixed),
            ("orientation", self.double_stranded and self.orientation != "either"),
        ]
        return [aspect for aspect, ruled in rules if ruled]

    def place(self, present: Sequence[bool], rng: np.random.Generator, broken: Aspect | None = None) -> list[Planted]:
        """Sites for the motifs that are there, from left to right; with ``broken`` that rule does not hold.

        Raises:
            DataError: when there is no way to break the rule.
        """
        motifs = [
            number
            for number, there in enumerate(present)
            if there
            for _ in range(int(rng.integers(self.copies[0], self.copies[1] + 1)))
        ]
        if not motifs:
            return []
        motifs = self._ordered(motifs, rng, wrong=broken == "order")
        strands = self._strands(len(motifs), rng, wrong=broken == "orientation")
        taken = sum(self.widths[motif] for motif in motifs)
        gaps = self._gaps(len(motifs) - 1, self.length - taken, rng, wrong=broken == "spacing")
        at = int(rng.integers(0, self.length - taken - sum(gaps) + 1)) if self.spacing is not None else gaps[0]
        sites = []
        between = gaps if self.spacing is not None else gaps[1:]
        for motif, strand, gap in zip(motifs, strands, [*between, 0], strict=True):
            sites.append(Planted(motif, at, at + self.widths[motif], strand))
            at += self.widths[motif] + gap
        return sites

    def _ordered(self, motifs: list[int], rng: np.random.Generator, *, wrong: bool) -> list[int]:
        if self.fixed and not wrong:
            return motifs
        if wrong and len(set(motifs)) < 2:
            raise _unbreakable("order")
        while True:
            mixed = [motifs[place] for place in rng.permutation(len(motifs)).tolist()]
            if not wrong or mixed != motifs:
                return mixed

    def _strands(self, count: int, rng: np.random.Generator, *, wrong: bool) -> list[str]:
        if not self.double_stranded:
            return ["+"] * count
        if self.orientation == "either":
            return ["+-"[draw] for draw in rng.integers(0, 2, count).tolist()]
        first = {"+": 0, "-": 1, "same": int(rng.integers(0, 2)), "convergent": 0, "divergent": 1}[self.orientation]
        turning = self.orientation in ("convergent", "divergent")
        strands = ["+-"[(first + turning * place) % 2] for place in range(count)]
        if wrong:
            if count < 2 and self.orientation not in ("+", "-"):
                raise _unbreakable("orientation")
            one = int(rng.integers(0, count))
            strands[one] = "-" if strands[one] == "+" else "+"
        return strands

    def _gaps(self, count: int, free: int, rng: np.random.Generator, *, wrong: bool) -> list[int]:
        """Letters between neighbours; without a spacing also those before the first site."""
        if self.spacing is None:
            ends = np.sort(rng.integers(0, free + 1, count + 1))
            return [int(gap) for gap in np.diff(ends, prepend=0)]
        low, high = self.spacing
        gaps = [int(gap) for gap in rng.integers(low, high + 1, count)]
        if wrong:
            one = int(rng.integers(0, count)) if count else 0
            room = free - sum(gaps) + gaps[one] if count else -1
            others = [gap for gap in range(room + 1) if not low <= gap <= high]
            if not others:
                raise _unbreakable("spacing")
            gaps[one] = int(rng.choice(others))
        return gaps


def read_range(text: str, name: str, least: int) -> tuple[int, int]:
    """``5-12`` as (5, 12), ``7`` as (7, 7).

    Raises:
        ConfigError: for anything else.
    """
    found = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", text)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not least <= low <= high:
        raise ConfigError(
            f"'{name}' cannot be '{text}'.", where=name, fix=f"Give a number from {least} on, or two such as 5-12."
        )
    return low, high


def _unbreakable(aspect: Aspect) -> DataError:
    return DataError(
        f"There is no way to break the rule of {aspect}, so no decoy can show it.",
        where="misplaced decoys",
        fix="Plant at least two motifs in longer sequences, or leave misplaced decoys out.",
    )
