"""``convert``: a paper's published weights, from the file its authors give out to a model file of ours."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command
from seqdl_core.errors import ConfigError

_LARGEST_LIST = 1 << 24


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", metavar="FILE", help="the weights as their source publishes them")
    parser.add_argument(
        "--from", dest="source", metavar="SOURCE", help="where FILE comes from; without it all are listed"
    )
    parser.add_argument("--out", metavar="MODEL.safetensors", help="the model file to write")
    parser.add_argument(
        "--config",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="settings of the network where FILE is not the published one, such as filters=32, or one JSON object",
    )
    parser.add_argument("--length", type=int, metavar="LETTERS", help="input length, where the network takes another")
    parser.add_argument(
        "--targets", metavar="FILE", help="what the outputs are called, one name a line, in their order"
    )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.source is None:
        if arguments.file is not None:
            raise ConfigError(
                "It was not said where the file comes from.",
                where="--from",
                fix="Add --from SOURCE; convert alone lists the sources.",
            )
        return {"sources": _sources()}
    from seqdl_core.conversion import CONVERTERS, convert

    CONVERTERS.get(arguments.source)  # a wrong name is told before a missing file
    for given, flag in ((arguments.file, "FILE"), (arguments.out, "--out")):
        if given is None:
            raise ConfigError(
                f"{flag} is missing.",
                where="convert",
                fix="Write: convert --from SOURCE FILE --out model.safetensors",
            )
    card = convert(
        arguments.source,
        Path(arguments.file),
        Path(arguments.out),
        settings=_settings(arguments.config),
        length=arguments.length,
        target_names=_names(Path(arguments.targets)) if arguments.targets else (),
    )
    return {
        "model": arguments.out,
        "architecture": card.architecture,
        "alphabet": card.alphabet,
        "task": card.task,
        "length": card.length,
        "targets": card.targets,
        "licence": card.licence,
        "source": card.training["source"],
    }


def _sources() -> list[dict[str, Any]]:
    from seqdl_core.conversion import CONVERTERS

    return [
        {
            "name": one.name,
            "title": one.title,
            "architecture": one.architecture,
            "reads": one.reads,
            "source": one.source,
            "licence": one.licence,
        }
        for one in CONVERTERS
    ]


def _settings(given: list[str]) -> dict[str, Any]:
    """``KEY=VALUE`` words, or one JSON object."""
    import json

    from seqdl_core.config import parse_assignments

    if len(given) != 1 or not given[0].lstrip().startswith("{"):
        return dict(parse_assignments(given, where="--config"))
    try:
        read = json.loads(given[0])
    except (ValueError, RecursionError) as problem:
        slip = (
            f"{problem.msg} at character {problem.pos + 1}"
            if isinstance(problem, json.JSONDecodeError)
            else ("a number is too long, or brackets lie too deep in each other")
        )
        raise ConfigError(
            f"This is no JSON: {slip}.",
            where="--config",
            fix="Write settings as name=value, such as filters=32, or as one JSON object.",
        ) from None
    return dict(read)


def _names(path: Path) -> tuple[str, ...]:
    """One name a line; empty lines do not count."""
    if not path.is_file() or path.stat().st_size > _LARGEST_LIST:
        raise ConfigError(
            "There is no such file, or it is too large for a list of names.",
            where=str(path),
            fix="Give a text file with one name a line.",
        )
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ConfigError(
            "The file is no text in UTF-8.", where=path.name, fix="Give a text file with one name a line."
        ) from None
    return tuple(line.strip() for line in lines if line.strip())


def _show(result: Any) -> str:
    from seqdl_core.data.checks import counted

    if "sources" in result:
        return "\n".join(
            f"{one['name']:<26} {one['title']}: {one['reads']} ({one['source']}; {one['licence']})"
            for one in result["sources"]
        )
    return (
        f"{result['architecture']}, {counted(result['targets'], 'output')} for {result['length']:,} letters: "
        f"{result['model']}\n"
        f"Licence of these weights: {result['licence']}"
    )


COMMAND = Command(
    name="convert",
    help="Bring the weights that a paper's authors publish into a model file; without --from, list the sources.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
