"""The files that a command reads: where they lie, what the person calls them, and where they may lie.

At a terminal a person may read whatever the computer lets them read. A page orders the same commands for somebody in
a browser; it says with ``--within`` and ``--own`` where files may lie, and here, in the process that opens them, each
path is looked at once more: a link that was changed in the meantime leads nowhere else.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from seqdl_core.errors import ConfigError


@dataclass(frozen=True)
class Brought:
    """Files, their names (None: their own) and the folders that paths in the choices may lead into (None: all)."""

    files: list[Path]
    names: list[str] | None
    folders: list[Path] | None


def add_files(parser: argparse.ArgumentParser, help_text: str) -> None:
    """FILE and what a page says of the files."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=help_text)
    group = parser.add_argument_group("files", "How files are called, and where they may lie; pages use this.")
    group.add_argument(
        "--as", dest="called", action="append", metavar="NAME", help="what to call a file; once for each, in order"
    )
    group.add_argument(
        "--within", action="append", metavar="FOLDER", help="where files and a genome may lie (default: anywhere)"
    )
    group.add_argument("--own", action="append", metavar="FOLDER", help="where files may lie besides --within")


def brought(arguments: argparse.Namespace) -> Brought:
    """The files of a command.

    Raises:
        ConfigError: where names and files differ in number.
        DataError: where a file is not inside the folders.
    """
    from seqdl_core.data.allowed import still_allowed

    files = [Path(name) for name in arguments.files]
    names: list[str] | None = arguments.called
    if names is not None and len(names) != len(files):
        raise ConfigError(
            f"--as is given {len(names)} times for {len(files)} files.", where="files", fix="Name each file, or none."
        )
    if arguments.within is None and arguments.own is None:
        return Brought(files, names, None)
    folders = [Path(folder).resolve() for folder in arguments.within or []]
    places = [*folders, *(Path(folder).resolve() for folder in arguments.own or [])]
    shown = names or [file.name for file in files]
    return Brought([still_allowed(file, name, places) for file, name in zip(files, shown, strict=True)], names, folders)
