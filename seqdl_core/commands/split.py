"""``split``: the rows of a data set in other parts, as a new data set."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, report, say
from seqdl_core.commands._choices import flag_of
from seqdl_core.config import ConfigField, fields_of

_PREFIX = "way_"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    from seqdl_core.data.splits import WAYS

    parser.add_argument("dataset", metavar="DATASET", help="a data set folder")
    parser.add_argument("--way", required=True, metavar="|".join(WAYS.names()), help="how to split")
    parser.add_argument("--out", metavar="DATASET", help="the folder to write; without it the split is only described")
    parser.add_argument("--name", default="", help="what to call the new data set")
    ways: dict[str, list[str]] = {}
    fields: dict[str, ConfigField] = {}
    for way in WAYS:
        for field in fields_of(way.config):
            ways.setdefault(field.name, []).append(way.name)
            fields.setdefault(field.name, field)
    group = parser.add_argument_group("choices", "Each way has its own.")
    for name, field in fields.items():
        whose = "" if len(ways[name]) > 2 else f" ({', '.join(ways[name])})"
        default = f" (default: {field.default})" if field.default != "" else ""
        group.add_argument(
            flag_of(name),
            dest=_PREFIX + name,
            metavar=name.upper(),
            help=f"{field.help}{whose}{default}".replace("%", "%%"),
        )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.leaks.compiling import SENTENCE, is_compiled
    from seqdl_core.data.parts.resplit import make_split, save_split

    dataset = Dataset.open(Path(arguments.dataset))
    choice = {
        name.removeprefix(_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(_PREFIX) and value is not None
    }
    if arguments.way == "similarity" and not is_compiled():
        report(0.0, SENTENCE)
    result = make_split(dataset.table, dataset.info, arguments.way, choice)
    for told in result.notices:
        say(f"Note: {told.sentence}")
    made = save_split(dataset, Path(arguments.out), result, arguments.name) if arguments.out else None
    return {
        "dataset": str(made.folder) if made else None,
        "hash": made.hash if made else None,
        "parent": dataset.hash,
        "way": result.way,
        "counts": result.counts,
        "positives": result.positives,
        "left_out": int((result.of_row == "").sum()),
        "notices": [told.sentence for told in result.notices],
        "sentence": result.sentence,
    }


def _show(result: Any) -> str:
    return f"{result['sentence']}\n{result['dataset']}" if result["dataset"] else str(result["sentence"])


COMMAND = Command(
    name="split",
    help="Split a data set anew: by similarity, chromosome, group, position, at random, in folds.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
