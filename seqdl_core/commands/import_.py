"""``import``: from files to a data set folder."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, note, report, say, watched
from seqdl_core.commands._brought import add_files, brought
from seqdl_core.commands._choices import add_choices, chosen
from seqdl_core.config import parse
from seqdl_core.data.choices import ImportChoices


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser, "files of any format, in any mix; see `inspect`")
    parser.add_argument(
        "--out", required=True, metavar="DATASET", help="the folder to write; it must not hold anything"
    )
    parser.add_argument("--name", default="", help="what to call the data set")
    parser.add_argument(
        "--progress",
        choices=("lines", "json"),
        default="lines",
        help="how a large file's progress is told on standard error, once a second (default: lines)",
    )
    add_choices(parser)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.importing import inspect, save, suggested_name
    from seqdl_core.data.labels.unlabelled import ways_on
    from seqdl_core.data.large.streaming import import_large

    given = brought(arguments)
    choices = parse(ImportChoices, chosen(arguments), where="import")
    found = inspect(given.files, choices, given.names, given.folders, report if watched() else None)
    for finding in found.findings:
        say(f"{finding.sentence} {finding.evidence}")
    for notice in found.notices:
        say(note(notice.sentence, notice.where))
    for problem in found.problems[1:]:
        say(f"Also: {problem}")
    name = arguments.name or suggested_name(found)
    if found.in_batches:
        tell = _teller(arguments.progress == "json")
        shown = given.names[0] if given.names else ""
        dataset = import_large(given.files[0], Path(arguments.out), choices, name, tell, called=shown)
    else:
        if watched():
            report(0.9, "Writing the data set")
        dataset = save(found, Path(arguments.out), name)
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
        "ways_on": list(ways_on(str(dataset.folder))) if info.task == "unlabelled" else [],
    }


def _teller(as_json: bool) -> Callable[[Any], None]:
    """Tells each streaming.Progress that comes a second or more after the last one told."""
    told = 0.0

    def tell(step: Any) -> None:
        nonlocal told
        if step.seconds - told < 1.0:
            return
        told = step.seconds
        if as_json:
            say(json.dumps({"progress": asdict(step)}))
        else:
            left = "" if step.seconds_left is None else f", {step.seconds_left:.0f} s left"
            done = f"{step.bytes_done / 1e6:,.0f} of {step.bytes_total / 1e6:,.0f} MB"
            report(step.bytes_done / max(step.bytes_total, 1), f"{done}, {step.rows:,} rows{left}")

    return tell


def _show(result: Any) -> str:
    positives = result["positives"]
    parts = ", ".join(
        f"{count:,} {part}" + (f" ({positives[part]:,} positives)" if part in positives else "")
        for part, count in result["counts"].items()
    )
    return "\n".join([f"{result['name']}: {parts}", result["dataset"], *result["ways_on"]])


COMMAND = Command(
    name="import",
    help="Read files, say what was found, and write a data set folder.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
