"""Networks of a person's own: one PyTorch file each, kept by its content, run only where the administrator allows it.

Code in a file can do whatever the person may do who started SeqDL. So nothing here runs, and nothing is offered, unless
``SEQDL_OWN_NETWORKS=on`` stands in the environment. A file is kept as

    SEQDL_HOME/networks/<sha256>/network.py

and the name of such an architecture, ``own:NAME:SHA256``, says which class of which content is meant. A run and a model
file hold that name and never the code, so opening a file that came from elsewhere runs nothing that was not brought
here. :func:`architecture_named` is where every name of an architecture is looked up.

What a file has to hold is shown by :data:`seqdl_core.own_networks.source.EXAMPLE`; the modules ``source`` and
``running`` hold it to that.
"""

import hashlib
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqdl_core.errors import ConfigError, SeqDLError
from seqdl_core.files import replace_file
from seqdl_core.own_networks.source import MOST_BYTES, name_in

if TYPE_CHECKING:  # pages ask for titles before torch is loaded
    from seqdl_core.models import Architecture

SETTING = "SEQDL_OWN_NETWORKS"
"""The environment variable that allows them, with ``on``; anything else does not."""

PREFIX = "own:"

_NAME = re.compile(r"own:([A-Za-z_][A-Za-z0-9_]{0,63}):([0-9a-f]{64})")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnNetwork:
    """Which network is meant: the name of its class, and the SHA-256 of the file that holds it."""

    name: str
    sha256: str

    @property
    def architecture(self) -> str:
        """Its name among the architectures."""
        return f"{PREFIX}{self.name}:{self.sha256}"


def allowed() -> bool:
    """Whether the administrator lets networks of one's own run here."""
    return os.environ.get(SETTING, "") == "on"


def require_allowed(name: str) -> None:
    """Raise ConfigError where they may not."""
    if not allowed():
        raise ConfigError(
            "This is a network of a person's own, and such code is not run here.",
            where=title(name),
            fix=f"The administrator allows it with {SETTING}=on in the environment that SeqDL is started in.",
        )


def title(architecture: str) -> str:
    """The name of an architecture as a person reads it: ``own: MotifNet`` without the SHA-256, others as they are."""
    found = _NAME.fullmatch(architecture)
    return f"own: {found[1]}" if found else architecture


def architecture_named(name: str) -> "Architecture":
    """The architecture of this name: one of SeqDL's own files, or ``own:NAME`` where those are allowed.

    ``own:NAME`` without a SHA-256 is enough where one kept file has a network of this name.

    Raises:
        UnknownName: where there is none.
        ConfigError: where it is a person's own and is not allowed, not kept here, or its file was changed.
    """
    if not name.startswith(PREFIX):
        from seqdl_core.models import ARCHITECTURES

        return ARCHITECTURES.get(name)
    require_allowed(name)
    from seqdl_core.own_networks.running import architecture_of

    own = _meant(name)
    return architecture_of(own, source_of(own))


def own_architectures() -> "list[Architecture]":
    """Every kept network that runs; none where they are not allowed. Others are logged."""
    found = []
    for own in kept():
        try:
            found.append(architecture_named(own.architecture))
        except SeqDLError as problem:
            _log.warning("left out of the list: %s", problem)
    return found


def keep(source: bytes, where: str) -> OwnNetwork:
    """Keep a file by its content, which is not run; keeping it again changes nothing.

    Raises:
        ConfigError: where they are not allowed, or the file does not hold exactly one network.
    """
    require_allowed(where)
    own = OwnNetwork(name_in(source, where), hashlib.sha256(source).hexdigest())
    place = _place(own.sha256)
    if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != own.sha256:
        replace_file(place, source)
    return own


def kept() -> list[OwnNetwork]:
    """The networks that are kept and unchanged, by name; none where they are not allowed."""
    folder = _folder()
    if not allowed() or not folder.is_dir():
        return []
    found = []
    for entry in folder.iterdir():
        try:
            if _SHA256.fullmatch(entry.name):
                found.append(OwnNetwork(name_in(_read(entry.name, entry.name), entry.name), entry.name))
        except SeqDLError as problem:
            _log.warning("left out of the list: %s", problem)
    return sorted(found, key=lambda own: (own.name, own.sha256))


def folder_of(own: OwnNetwork) -> Path:
    """The folder that holds its file, and is moved where it is removed."""
    return _place(own.sha256).parent


def named(architecture: str) -> OwnNetwork:
    """Which network ``own:NAME`` or ``own:NAME:SHA256`` means.

    Raises:
        ConfigError: where they are not allowed, or no such file is kept here.
    """
    require_allowed(architecture)
    own = _meant(architecture)
    source_of(own)
    return own


def source_of(own: OwnNetwork) -> bytes:
    """The file's content, which is what its SHA-256 says.

    Raises:
        ConfigError: where it is not kept here, or was changed.
    """
    return _read(own.sha256, title(own.architecture))


def _meant(name: str) -> OwnNetwork:
    found = _NAME.fullmatch(name)
    if found:
        return OwnNetwork(found[1], found[2])
    short = name.removeprefix(PREFIX).strip()
    of_name = [own for own in kept() if own.name == short]
    if len(of_name) == 1:
        return of_name[0]
    several = " ".join(own.architecture for own in of_name)
    raise ConfigError(
        f"{len(of_name)} kept files hold a network called '{short[:64]}'."
        if several
        else f"No network called '{short[:64]}' is kept here.",
        where=PREFIX.rstrip(":"),
        fix=f"Name one of them in full: {several}" if several else "Add its file: network add FILE.py --data DATASET.",
    )


def _read(sha256: str, where: str) -> bytes:
    place = _place(sha256)
    try:
        with place.open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    except OSError:
        raise ConfigError(
            "The file of this network is not kept here.",
            where=where,
            fix=f"Add the very file that it was trained with (SHA-256 {sha256}): network add FILE.py --data DATASET.",
        ) from None
    if hashlib.sha256(source).hexdigest() != sha256:
        raise ConfigError(
            "The file of this network was changed since it was kept, so it is not run.",
            where=f"{where}, {place}",
            fix=f"Put the file back as it was (SHA-256 {sha256}), or add the changed one as another network.",
        )
    return source


def _folder() -> Path:
    return Path(os.environ.get("SEQDL_HOME") or Path.home() / ".seqdl").absolute() / "networks"


def _place(sha256: str) -> Path:
    return _folder() / sha256 / "network.py"
