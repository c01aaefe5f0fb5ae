"""Plug-ins found by looking: every module of a package that defines the agreed name is a member.

An architecture, a task, a reader, a baseline, an attribution method and a command are each one file in one folder.
Nothing lists them, so nothing can forget them.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from typing import Generic, Protocol, TypeVar, runtime_checkable

from seqdl_core.errors import UnknownName


@runtime_checkable
class Named(Protocol):
    """All a registry asks of its members."""

    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Named)


class Registry(Generic[P]):
    """The members of one package, in alphabetical order of their names.

    Args:
        kind: what a member is called in a message, for example ``"architecture"``.
        package: the package to look in, for example ``"seqdl_core.models"``. Modules that start with ``_`` are skipped.
        attribute: the name each module defines, for example ``"ARCHITECTURE"``.
    """

    def __init__(self, kind: str, package: str, attribute: str) -> None:
        self.kind = kind
        self.package = package
        self.attribute = attribute

    @cached_property
    def _members(self) -> dict[str, P]:
        members: dict[str, P] = {}
        package = importlib.import_module(self.package)
        for found in pkgutil.iter_modules(package.__path__):
            if found.name.startswith("_"):
                continue
            module = importlib.import_module(f"{self.package}.{found.name}")
            member: P | None = getattr(module, self.attribute, None)
            if member is None:
                raise AttributeError(f"{module.__name__} defines no {self.attribute}; every {self.kind} must.")
            if member.name in members:
                raise ValueError(f"two {self.kind}s are called {member.name!r}")
            members[member.name] = member
        return dict(sorted(members.items()))

    def names(self) -> list[str]:
        """The members' names, sorted."""
        return list(self._members)

    def get(self, name: str) -> P:
        """The member of this name; raises :class:`UnknownName` with the nearest name."""
        try:
            return self._members[name]
        except KeyError:
            raise UnknownName(self.kind, name, self._members) from None

    def __iter__(self) -> Iterator[P]:
        return iter(self._members.values())

    def __len__(self) -> int:
        return len(self._members)
