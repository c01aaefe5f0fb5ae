"""Edits by hand: single-letter changes of one sequence, in the order they were made, with undo and redo.

A history is short text, so that a page address holds it: ``"47A.51T"`` with 1-based positions.

    >>> history = History().then(Edit(46, "A")).then(Edit(50, "T")).undo()
    >>> history.text, history.done
    ('47A.51T', 1)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from seqdl_core.errors import DataError
from seqdl_core.sequences.alphabets import Alphabet

MOST_EDITS = 300
"""More would not fit into a page address."""

_MOST_DIGITS = 6
_EDIT = re.compile(r"([1-9]\d{0,5})([A-Za-z])")


@dataclass(frozen=True)
class Edit:
    """One letter put at a 0-based position; the reference letter there takes an earlier edit back."""

    position: int
    letter: str

    @property
    def text(self) -> str:
        return f"{self.position + 1}{self.letter}"


@dataclass(frozen=True)
class Step:
    """A state of the sequence on the way from the reference: what was changed last, and the whole result."""

    name: str
    sequence: str
    done: bool


@dataclass(frozen=True)
class History:
    """Edits in the order they were made; the first ``done`` of them count, the others can be redone."""

    edits: tuple[Edit, ...] = ()
    done: int = 0

    @staticmethod
    def read(text: str, done: str, sequence: str, alphabet: Alphabet) -> "History":
        """Read a page address. A new letter is one of the alphabet, or the reference's own, which may be N.

        Args:
            text: ``"47A.51T"``, or "" for the reference.
            done: how many of them count, as text; all where it is not a number, or a larger one than they are.

        Raises:
            DataError: for an edit that does not fit the sequence.
        """
        edits = []
        for word in text.split(".")[:MOST_EDITS] if text else []:
            found = _EDIT.fullmatch(word)
            letter = found.group(2).upper() if found else ""
            position = int(found.group(1)) - 1 if found else -1
            inside = 0 <= position < len(sequence)
            if not inside or (letter not in alphabet.letters and letter != sequence[position]):
                raise DataError(
                    f"'{word[:20]}' is not an edit of this sequence of {len(sequence)} {alphabet.unit}.",
                    where="page address",
                    fix="Write edits as position and new letter, such as 47A.51T, or undo to the reference.",
                )
            edits.append(Edit(position, letter))
        count = int(done) if done.isdecimal() and len(done) <= _MOST_DIGITS else len(edits)
        return History(tuple(edits), min(count, len(edits)))

    @property
    def text(self) -> str:
        """All edits for a page address, also those that were undone."""
        return ".".join(edit.text for edit in self.edits)

    @property
    def can_undo(self) -> bool:
        return self.done > 0

    @property
    def can_redo(self) -> bool:
        return self.done < len(self.edits)

    def then(self, *edits: Edit) -> "History":
        """With further edits; what was undone is forgotten."""
        kept = (self.edits[: self.done] + edits)[-MOST_EDITS:]
        return History(kept, len(kept))

    def undo(self) -> "History":
        return replace(self, done=max(self.done - 1, 0))

    def redo(self) -> "History":
        return replace(self, done=min(self.done + 1, len(self.edits)))

    def to(self, done: int) -> "History":
        """Go to a state of the list: after ``done`` edits."""
        return replace(self, done=min(max(done, 0), len(self.edits)))

    def apply(self, sequence: str) -> str:
        """The sequence with the edits that count."""
        return _changed(sequence, self.edits[: self.done])

    def differences(self, sequence: str) -> tuple[Edit, ...]:
        """Where the edited sequence differs from the reference now, by position."""
        return tuple(
            Edit(place, new)
            for place, (old, new) in enumerate(zip(sequence, self.apply(sequence), strict=True))
            if old != new
        )

    def steps(self, sequence: str, alphabet: Alphabet) -> list[Step]:
        """The reference and every state after it, also those that were undone."""
        steps = [Step("reference", sequence, True)]
        for count, edit in enumerate(self.edits, start=1):
            before = steps[-1].sequence
            name = edit_name(edit, before, alphabet)
            steps.append(Step(name, _changed(before, (edit,)), count <= self.done))
        return steps


def edit_name(edit: Edit, sequence: str, alphabet: Alphabet) -> str:
    """HGVS on the sequence itself: ``n.47T>A``, ``r.47u>a``, ``p.T47A``."""
    old, place = sequence[edit.position], edit.position + 1
    if alphabet.name == "protein":
        return f"p.{old}{place}{edit.letter}"
    if alphabet.name == "rna":
        return f"r.{place}{old.lower()}>{edit.letter.lower()}"
    return f"n.{place}{old}>{edit.letter}"


def _changed(sequence: str, edits: Sequence[Edit]) -> str:
    letters = list(sequence)
    for edit in edits:
        letters[edit.position] = edit.letter
    return "".join(letters)
