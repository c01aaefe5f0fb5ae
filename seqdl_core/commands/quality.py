"""``quality``: what a data set is like before anything is trained on it."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command
from seqdl_core.errors import SeqDLError


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", metavar="DATASET", help="a data set folder")
    parser.add_argument("--no-shortcuts", action="store_true", help="do not cross-validate the models without motifs")
    parser.add_argument("--seed", type=int, default=1, help="draws the folds (default: 1)")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from dataclasses import asdict

    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.quality import assess, quality_sentences
    from seqdl_core.data.quality_record import as_record
    from seqdl_core.errors import ConfigError
    from seqdl_core.evaluation.shortcuts import find_shortcuts

    if arguments.seed < 0:
        raise ConfigError(f"--seed cannot be {arguments.seed}.", where="quality", fix="Give 0 or more.")
    dataset = Dataset.open(Path(arguments.dataset))
    quality = assess(dataset.table, dataset.info)
    shortcuts: dict[str, Any] | None = None
    if not arguments.no_shortcuts:
        try:
            shortcuts = asdict(find_shortcuts(dataset.table, dataset.info, arguments.seed))
        except SeqDLError as problem:
            shortcuts = {"sentence": str(problem)}

    return {
        "name": dataset.info.name,
        "hash": dataset.hash,
        **as_record(quality),
        "sentences": list(quality_sentences(quality, dataset.info)),
        "shortcuts": shortcuts,
    }


def _show(result: Any) -> str:
    classes = ", ".join(f"{count:,} {name}" for name, count in result["classes"].items())
    lines = [f"{result['name']}: {result['rows']:,} rows ({classes})", *result["sentences"]]
    if result["shortcuts"]:
        lines.append(result["shortcuts"]["sentence"])
    return "\n".join(lines)


COMMAND = Command(
    name="quality",
    help="Lengths, letters, copies, contradictions and balance of a data set, and how far a model without motifs gets.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
