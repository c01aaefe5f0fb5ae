"""``architectures``: which networks there are, with their size, tasks and source; of one, its settings and presets."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from seqdl_core.commands import Command
from seqdl_core.errors import ConfigError

if TYPE_CHECKING:
    from seqdl_core.config import Config
    from seqdl_core.models import Architecture, InputShape

_LENGTH = 101
_LONGEST = 10_000_000


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="one network: its settings with their bounds, by the names that train --set takes, and its presets",
    )
    parser.add_argument(
        "--length",
        type=int,
        metavar="L",
        help="count the parameters of every network for sequences of L letters and one target (language models: their "
        f"letters); without it networks of the literature are counted as published, ours for {_LENGTH} letters",
    )


def _run(arguments: argparse.Namespace) -> list[dict[str, Any]] | dict[str, Any]:
    from seqdl_core.models import ARCHITECTURES
    from seqdl_core.own_networks import architecture_named

    length: int | None = arguments.length
    if length is not None and not 1 <= length <= _LONGEST:
        raise ConfigError(
            f"A length of {str(length)[:40]} letters is no length.", where="--length", fix=f"Give 1 to {_LONGEST:,}."
        )
    if arguments.name is not None:
        return _details(architecture_named(arguments.name), length)
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


def _details(architecture: "Architecture", length: int | None) -> dict[str, Any]:
    """The row of one network, its settings, those of training, and what its presets set otherwise."""
    from seqdl_core.training.config import TrainingConfig

    plain = architecture.config().model_dump(mode="json")
    return {
        **_row(architecture, length),
        "settings": _settings(architecture.config),
        "presets": {
            name: {key: value for key, value in preset.model_dump(mode="json").items() if value != plain[key]}
            for name, preset in architecture.presets.items()
        },
        "training": _settings(TrainingConfig),
    }


def _settings(config: "type[Config]") -> list[dict[str, Any]]:
    from seqdl_core.config import fields_of

    kinds = {field.name: field.kind for field in fields_of(config)}
    return [
        {
            "name": field.name,
            "title": field.title,
            "kind": field.kind,
            "default": list(field.default) if isinstance(field.default, tuple) else field.default,
            "lowest": field.low,
            "highest": field.high,
            "choices": list(field.choices),
            "description": field.help,
            "counts": "; or ".join(_condition(one, kinds) for one in field.counts),
        }
        for field in fields_of(config)
    ]


_OUTPUTS = {
    "sequence": "scores of whole sequences",
    "positions": "classes of positions",
    "letters": "hidden letters",
    "bins": "values in bins",
    "pairs": "pairs of positions",
}


def _condition(condition: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """When a setting counts, in words: ``for values in bins, with filters=1 or more``."""
    from seqdl_core.sequences.alphabets import ALPHABETS

    words = []
    for name, wanted in condition.items():
        if name == "output":
            rest = [told for output, told in _OUTPUTS.items() if output not in wanted]
            counting = [_OUTPUTS[output] for output in wanted]
            words.append(f"for all but {rest[0]}" if len(rest) == 1 else f"for {_either(counting)}")
        elif name == "alphabet":
            words.append(f"for {_either([ALPHABETS[one].title for one in wanted])}")
        elif name == "both_ways":
            words.append(
                "for DNA that is read both ways" if True in wanted else "where sequences are read as they stand"
            )
        elif name == "normalises":
            words.append("for measured values")
        elif kinds[name] == "list":
            words.append(f"with {name} given")
        elif isinstance(wanted, list):
            words.append(f"with {name}={_either([_plain(one) for one in wanted])}")
        else:
            words.append(f"with {name}={wanted} or more")
    return ", ".join(words)


def _either(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


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
    from seqdl_core.anatomy import parameters_for

    return parameters_for(architecture.name, {}, shape)


def _show(result: Any) -> str:
    return _show_details(result) if isinstance(result, dict) else "\n".join(map(_show_row, result))


def _show_row(row: dict[str, Any]) -> str:
    return (
        f"{row['name']:<16} {_size(row)}\n{'':<16} {row['summary']}\n"
        f"{'':<16} {', '.join(row['alphabets'])}: {', '.join(row['tasks'])}. Source: {row['source']}"
    )


def _show_details(row: dict[str, Any]) -> str:
    lines = [_show_row(row), "", "Settings of the network, for train --set NAME=VALUE:"]
    lines += map(_show_setting, row["settings"])
    for name, changes in row["presets"].items():
        words = " ".join(f"{key}={_plain(value)}" for key, value in changes.items())
        lines += ["", f"Preset {name}: --set {words}"]
    return "\n".join([*lines, "", "Settings of training, for --set too:", *map(_show_setting, row["training"])])


def _show_setting(one: dict[str, Any]) -> str:
    bounds = " | ".join(one["choices"])
    if one["lowest"] is not None and one["highest"] is not None:
        bounds = f"{one['lowest']:,.12g} to {one['highest']:,.12g}"
    elif one["kind"] == "bool":
        bounds = "true | false"
    default = f"default {_plain(one['default'])}" if one["default"] not in ("", []) else "empty unless given"
    told = f"{one['title']}; {default}{f'; {bounds}' if bounds else ''}."
    counts = f" Counts {one['counts']}." if one["counts"] else ""
    return f"  {one['name']:<20} {told}\n  {'':<20} {one['description']}{counts}"


def _plain(value: Any) -> str:
    """A value as it is written behind ``NAME=``."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _size(row: dict[str, Any]) -> str:
    if row["does_not_fit"]:
        return f"{row['does_not_fit']['what']} {row['does_not_fit']['fix']}"
    targets = "1 target" if row["targets"] == 1 else f"{row['targets']:,} targets"
    reads = f"{row['length']:,} {row['unit']}, {targets}"
    return f"{row['parameters']:,} parameters for {reads}{', as published' if row['published'] else ''}"


COMMAND = Command(
    name="architectures",
    help="List the networks that can be trained, with their size, tasks and source; of one NAME all settings, their "
    "bounds, and its presets.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
