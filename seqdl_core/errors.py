"""Every error a person may meet, each in three parts: what happened, where, and what to do.

    SeqDLError
    ├── ReadError         a file or pasted text cannot be read as sequences
    ├── DataError         the data cannot be used for what was asked
    ├── ConfigError       a setting is unknown or outside its bounds
    ├── UnknownName       no plug-in, motif or model has this name
    ├── ModelFileError    a model file is damaged, foreign or does not fit the sequences
    └── RunError          a run cannot do this in the state it is in

Anything else that reaches the top is a defect of SeqDL, not of the person's data.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class SeqDLError(Exception):
    """An error made for people. ``str(error)`` reads as one line: where, what, what to do."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}:" if self.where else "", self.what, self.fix) if part)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.fix)

    def parts(self) -> dict[str, str]:
        """The three parts under the names ``what``, ``where`` and ``fix``, for JSON and for the page."""
        return {"what": self.what, "where": self.where, "fix": self.fix}


def _rebuild(kind: type[SeqDLError], what: str, where: str, fix: str) -> SeqDLError:
    error = kind.__new__(kind)
    SeqDLError.__init__(error, what, where=where, fix=fix)
    return error


class ReadError(SeqDLError):
    """A file or pasted text cannot be read as sequences."""


class DataError(SeqDLError):
    """The data were read, but cannot be used for what was asked."""


class ConfigError(SeqDLError):
    """A setting is unknown or outside its bounds."""


class ModelFileError(SeqDLError):
    """A model file is damaged, foreign, or does not fit the sequences given to it."""


class RunError(SeqDLError):
    """A run cannot do what was asked in the state it is in."""


class UnknownName(SeqDLError):
    """Nothing of this kind has this name; the nearest known name is suggested."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        names = sorted(known)
        super().__init__(f"There is no {kind} called '{name}'.", where=where, fix=suggest(name, names))


def suggest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list what there is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Choose one of: {', '.join(names)}." if names else ""
