"""``architectures``: which networks there are, with their size, tasks and source."""

import argparse
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import Command
from seqdl_core.errors import ConfigError

if TYPE_CHECKING:
    from seqdl_core.models import Architecture, InputShape

_LENGTH = 101


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--length",
        type=int,
        metavar="L",
        help="count the parameters of every network for sequences of L letters and one target (language models: their "
        f"letters); without it networks of the literature are counted as published, ours for {_LENGTH} letters",
    )


def _run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from seqdl_core.models import ARCHITECTURES

    length: int | None = arguments.length
    if length is not None and length < 1:
        raise ConfigError(f"A length of {length} letters is no length.", where="--length", fix="Give 1 or more.")
    return [_row(architecture, length) for architecture in ARCHITECTURES]


def _row(architecture: "Architecture", length: int | None) -> dict[str, Any]:
    published = length is None and architecture.published is not None
    shape, refusal = _shape(architecture, length)
    return {
        "name": architecture.name,
        "parameters": None if refusal else _parameters(architecture, shape),
        "published": published,
        "alphabet": shape.alphabet.name,
        "length": shape.length,
        "unit": shape.alphabet.unit,
        "targets": shape.targets,
        "does_not_fit": refusal.parts() if refusal else None,
        "tasks": list(architecture.tasks),
        "alphabets": list(architecture.alphabets),
        "source": architecture.source,
        "summary": architecture.summary,
        "recommended": architecture.recommended,
    }


def _shape(architecture: "Architecture", length: int | None) -> tuple["InputShape", ConfigError | None]:
    """What the network is counted for, and why its settings do not take that."""
    from seqdl_core.models import InputShape
    from seqdl_core.sequences.alphabets import ALPHABETS
    from seqdl_core.tasks import TASKS

    if length is None and architecture.published is not None:
        return architecture.published, None
    task, alphabet = TASKS.get(architecture.tasks[0]), ALPHABETS[architecture.alphabets[0]]
    of_letters = task.hide is not None
    targets = alphabet.size if of_letters else 1
    refusal = None
    letters = length or _LENGTH
    # Bins lie in the middle, so whether their number is to be even depends on the length; of single bases there have to
    # be as many as bases. No weight depends on how many there are.
    for bins in (1, 2, letters) if task.output == "bins" else (0,):
        shape = InputShape(alphabet, letters, targets, task.output, bins, of_letters)
        try:
            architecture.check(architecture.config(), shape)
        except ConfigError as problem:
            refusal = problem
        else:
            return shape, None
    return shape, refusal


def _parameters(architecture: "Architecture", shape: "InputShape") -> int:
    from seqdl_core.anatomy.fake import fake_network, faking
    from seqdl_core.models import count_parameters

    with faking():
        return count_parameters(fake_network(architecture, architecture.config(), shape))


def _show(rows: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{row['name']:<16} {_size(row)}\n{'':<16} {row['summary']}\n"
        f"{'':<16} {', '.join(row['alphabets'])}: {', '.join(row['tasks'])}. Source: {row['source']}"
        for row in rows
    )


def _size(row: dict[str, Any]) -> str:
    if row["does_not_fit"]:
        return f"{row['does_not_fit']['what']} {row['does_not_fit']['fix']}"
    targets = "1 target" if row["targets"] == 1 else f"{row['targets']:,} targets"
    reads = f"{row['length']:,} {row['unit']}, {targets}"
    return f"{row['parameters']:,} parameters for {reads}{', as published' if row['published'] else ''}"


COMMAND = Command(
    name="architectures",
    help="List the networks that can be trained, with their size, tasks and source.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
