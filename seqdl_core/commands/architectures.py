"""``architectures``: which networks there are, with their size, tasks and source."""

import argparse
from typing import Any

from seqdl_core.commands import Command

_LENGTH = 101


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--length", type=int, default=_LENGTH, help=f"count parameters for DNA of this length in bp (default {_LENGTH})"
    )


def _run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from seqdl_core.anatomy import anatomy_of
    from seqdl_core.errors import ConfigError
    from seqdl_core.models import ARCHITECTURES
    from seqdl_core.sequences.alphabets import DNA

    if arguments.length < 1:
        raise ConfigError(f"A length of {arguments.length} bp is no length.", where="--length", fix="Give 1 or more.")
    return [
        {
            "name": architecture.name,
            "parameters": anatomy_of(architecture.name, {}, DNA, arguments.length).parameters,
            "tasks": list(architecture.tasks),
            "source": architecture.source,
            "summary": architecture.summary,
            "recommended": architecture.recommended,
        }
        for architecture in ARCHITECTURES
    ]


def _show(rows: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{row['name']:<12} {row['parameters']:>12,} parameters  {', '.join(row['tasks']):<10} {row['summary']}"
        f" ({row['source']})"
        for row in rows
    )


COMMAND = Command(
    name="architectures",
    help="List the networks that can be trained, with their size on DNA, tasks and source.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
