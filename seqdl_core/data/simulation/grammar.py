"""The logic of a simulation: which motifs make a sequence a positive, such as ``ELK1 and not (SRF or CTCF)``.

    >>> rule = read_rule("ELK1 and not SRF", ["ELK1", "SRF"])
    >>> rule.holds([True, False]), rule.holds([True, True])
    (True, False)

``not`` binds closer than ``and``, ``and`` closer than ``or``. Names are those of the motifs in the simulation, read in
either case; nothing else is understood and nothing is executed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from seqdl_core.errors import ConfigError, suggest

MOST_MOTIFS = 8
"""256 combinations of motifs; more could not be shared out evenly over a few thousand sequences."""

_DEEPEST = 50
_SIGNS = {"and": "and", "or": "or", "not": "not", "&": "and", "|": "or", "!": "not", "(": "(", ")": ")"}

Combination: TypeAlias = tuple[bool, ...]
"""For each motif whether it is there."""


@dataclass(frozen=True)
class Rule:
    """A formula over motifs; ``motif`` is a place in the list of motifs for ``has``, ``parts`` are the operands."""

    kind: Literal["has", "not", "and", "or"]
    motif: int = 0
    parts: tuple["Rule", ...] = ()

    def holds(self, present: Sequence[bool]) -> bool:
        """Whether a sequence with these motifs is a positive."""
        if self.kind == "has":
            return present[self.motif]
        if self.kind == "not":
            return not self.parts[0].holds(present)
        return (all if self.kind == "and" else any)(part.holds(present) for part in self.parts)

    def sorted_out(self, motifs: int) -> tuple[list[Combination], list[Combination]]:
        """All combinations of so many motifs: those that make a positive, and those that do not."""
        every = list(product((False, True), repeat=motifs))
        return [one for one in every if self.holds(one)], [one for one in every if not self.holds(one)]


def read_rule(text: str, names: Sequence[str]) -> Rule:
    """Read a formula over the motifs of these names.

    Raises:
        ConfigError: naming the place that cannot be read.
    """
    reader = _Reader(text, _tokens(text, names))
    rule = reader.either(0)
    if reader.left:
        raise _unreadable(text, reader.left[0][1], "expected 'and' or 'or' here")
    return rule


def ways_of(text: str, names: Sequence[str]) -> tuple[list[Combination], list[Combination]]:
    """The combinations of motifs that satisfy a formula, and those that do not.

    Raises:
        ConfigError: for a formula that cannot be read, or one that tells nothing apart.
    """
    true, false = read_rule(text, names).sorted_out(len(names))
    if not true or not false:
        raise ConfigError(
            f"The logic '{text}' holds for {'every' if true else 'no'} sequence.",
            where="logic",
            fix="Write a logic that some combinations of motifs satisfy and others do not.",
        )
    return true, false


class _Reader:
    """Recursive descent.

    either = both (``or`` both)*; both = single (``and`` single)*; single = ``not`` single, ``(`` either ``)``, a name.
    """

    def __init__(self, text: str, tokens: list[tuple[str | int, int]]) -> None:
        self.text, self.left = text, tokens

    def either(self, depth: int) -> Rule:
        return self._chain("or", depth)

    def _chain(self, sign: Literal["or", "and"], depth: int) -> Rule:
        parts = [self._chain("and", depth) if sign == "or" else self._single(depth)]
        while self.left and self.left[0][0] == sign:
            self.left = self.left[1:]
            parts.append(self._chain("and", depth) if sign == "or" else self._single(depth))
        return parts[0] if len(parts) == 1 else Rule(sign, parts=tuple(parts))

    def _single(self, depth: int) -> Rule:
        if not self.left:
            raise _unreadable(self.text, len(self.text), "a motif is missing at the end")
        (token, place), self.left = self.left[0], self.left[1:]
        if depth > _DEEPEST:
            raise _unreadable(self.text, place, f"more than {_DEEPEST} levels of brackets or 'not'")
        if isinstance(token, int):
            return Rule("has", motif=token)
        if token == "not":
            return Rule("not", parts=(self._single(depth + 1),))
        if token != "(":
            raise _unreadable(self.text, place, f"expected a motif before '{token}'")
        inside = self.either(depth + 1)
        if not self.left or self.left[0][0] != ")":
            raise _unreadable(self.text, place, "this bracket is not closed")
        self.left = self.left[1:]
        return inside


def _tokens(text: str, names: Sequence[str]) -> list[tuple[str | int, int]]:
    """Signs and places in ``names``, each with where it starts. Names go first: JASPAR has ``TFAP2A(var.2)``."""
    tokens: list[tuple[str | int, int]] = []
    by_length = sorted(range(len(names)), key=lambda number: -len(names[number]))
    lowered, at = text.lower(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found: str | int | None = None
        end = at
        for number in by_length:
            if names[number] and lowered.startswith(names[number].lower(), at):
                end = at + len(names[number])
                if end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()):
                    found = number
                    break
        if found is None:
            end = at + 1
            while text[at].isalnum() and end < len(text) and (text[end].isalnum() or text[end] in "_:.-"):
                end += 1
            found = _SIGNS.get(lowered[at:end])
        if found is None:
            raise ConfigError(
                f"The simulation has no motif called '{text[at:end]}'.",
                where=f"logic, place {at + 1}",
                fix=suggest(text[at:end], [*names, "and", "or", "not"]),
            )
        tokens.append((found, at))
        at = end
    return tokens


def _unreadable(text: str, place: int, reason: str) -> ConfigError:
    return ConfigError(
        f"The logic '{text}' cannot be read: {reason}.",
        where=f"logic, place {place + 1}",
        fix="Write motifs with and, or, not and brackets between them, such as ELK1 and not (SRF or CTCF).",
    )
