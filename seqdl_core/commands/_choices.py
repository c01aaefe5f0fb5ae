"""The corrections of an import as flags: the same for every command that reads files."""

import argparse
from collections.abc import Collection

from seqdl_core.config import fields_of
from seqdl_core.data.choices import ImportChoices
from seqdl_core.errors import ConfigError

_PREFIX = "choice_"
_NOT_FROM_FILES = {
    "masked": "Give --task unlabelled to learn from letters alone; train --masked does so whatever labels there are.",
}
"""Tasks that networks know and an import does not, each with what to do instead."""


def add_choices(
    parser: argparse.ArgumentParser, *, without: Collection[str] = (), defaults: ImportChoices | None = None
) -> None:
    """One flag for each field of ImportChoices; ``without`` are fields that the command decides by itself."""
    group = parser.add_argument_group("corrections", "What is found in files by itself can be corrected.")
    for field in fields_of(ImportChoices):
        if field.name in without:
            continue
        default = getattr(defaults or ImportChoices(), field.name)
        told = f" (default: {default})" if default not in ("", None) else ""
        group.add_argument(
            flag_of(field.name),
            dest=_PREFIX + field.name,
            metavar="|".join(field.choices) or field.name.upper(),
            help=f"{field.help}{told}".replace("%", "%%"),
        )


def chosen(arguments: argparse.Namespace) -> dict[str, str]:
    """What the person chose, by the names of ImportChoices' fields.

    Raises:
        ConfigError: for a task of networks that no files are read for.
    """
    found = {
        name.removeprefix(_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(_PREFIX) and value is not None
    }
    fix = _NOT_FROM_FILES.get(found.get("task", ""))
    if fix:
        raise ConfigError(f"Files cannot be read for the task '{found['task']}'.", where=flag_of("task"), fix=fix)
    return found


def flag_of(choice: str) -> str:
    """``--sequence-column`` for ``sequence_column``."""
    return "--" + choice.replace("_", "-")
