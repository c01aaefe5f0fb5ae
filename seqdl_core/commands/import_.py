"""``import``: from files to a data set folder."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.commands._choices import add_choices, chosen
from seqdl_core.config import parse
from seqdl_core.data.choices import ImportChoices


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="FASTA files or delimited tables, plain or gzip")
    parser.add_argument(
        "--out", required=True, metavar="DATASET", help="the folder to write; it must not hold anything"
    )
    parser.add_argument("--name", default="", help="what to call the data set")
    add_choices(parser)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.importing import inspect, save, suggested_name

    choices = parse(ImportChoices, chosen(arguments), where="import")
    found = inspect([Path(name) for name in arguments.files], choices)
    for finding in found.findings:
        say(f"{finding.sentence} {finding.evidence}")
    for notice in found.notices:
        say(f"Note: {notice.sentence}")
    for problem in found.problems[1:]:
        say(f"Also: {problem}")
    dataset = save(found, Path(arguments.out), arguments.name or suggested_name(found))
    info = dataset.info
    return {
        "dataset": str(dataset.folder),
        "name": info.name,
        "hash": dataset.hash,
        "alphabet": info.alphabet,
        "task": info.task,
        "length": info.length,
        "label_names": list(info.label_names),
        "negatives": info.negatives,
        "counts": info.counts,
        "positives": info.positives,
        "findings": [{"key": f.key, "sentence": f.sentence, "evidence": f.evidence} for f in found.findings],
        "notices": [notice.model_dump() for notice in info.notices],
    }


def _show(result: Any) -> str:
    parts = ", ".join(
        f"{count:,} {part} ({result['positives'][part]:,} positives)" for part, count in result["counts"].items()
    )
    return f"{result['name']}: {parts}\n{result['dataset']}"


COMMAND = Command(
    name="import",
    help="Read FASTA files or tables, say what was found, and write a data set folder.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
