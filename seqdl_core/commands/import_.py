"""``import``: from files to a data set folder."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.config import fields_of, parse
from seqdl_core.data.choices import ImportChoices


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="FASTA files or delimited tables, plain or gzip")
    parser.add_argument(
        "--out", required=True, metavar="DATASET", help="the folder to write; it must not hold anything"
    )
    parser.add_argument("--name", default="", help="what to call the data set")
    choices = parser.add_argument_group("corrections", "What is found by itself can be corrected.")
    for field in fields_of(ImportChoices):
        told = f" (default: {field.default})" if field.default not in ("", None) else ""
        choices.add_argument(
            f"--{field.name.replace('_', '-')}",
            dest=f"choice_{field.name}",
            metavar="|".join(field.choices) or field.name.upper(),
            help=f"{field.help}{told}".replace("%", "%%"),
        )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.importing import inspect, save, suggested_name

    given = {
        name.removeprefix("choice_"): value
        for name, value in vars(arguments).items()
        if name.startswith("choice_") and value is not None
    }
    found = inspect([Path(name) for name in arguments.files], parse(ImportChoices, given, where="import"))
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
