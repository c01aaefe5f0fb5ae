"""``inspect``: say what files hold, without writing anything."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, note, report
from seqdl_core.commands._brought import add_files, brought
from seqdl_core.commands._choices import add_choices, chosen
from seqdl_core.config import parse
from seqdl_core.data.choices import ImportChoices


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser, "files of any format that import reads, in any mix")
    parser.add_argument("--dropped", metavar="FILE", default="", help="write the rows that are left out to this table")
    parser.add_argument("--for-page", action="store_true", help="give all that the Import page shows, with --json")
    add_choices(parser)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from dataclasses import asdict

    from seqdl_core.data.importing import inspect
    from seqdl_core.data.inspection_record import as_record
    from seqdl_core.data.spreadsheet import as_csv
    from seqdl_core.files import replace_file

    given = brought(arguments)
    choices = parse(ImportChoices, chosen(arguments), where="inspect")
    tell = report if arguments.for_page else None
    found = inspect(given.files, choices, given.names, given.folders, tell)
    if arguments.for_page:
        return as_record(found)
    if not found.tables and found.problems and not found.findings:
        raise found.problems[0]
    if arguments.dropped:
        replace_file(Path(arguments.dropped), as_csv(found.dropped, separator="\t"))
    info = found.info
    return {
        "files": [{"name": table.name, "rows": table.rows} for table in found.tables],
        "findings": [
            {
                "key": one.key,
                "sentence": one.sentence,
                "evidence": one.evidence,
                "choice": one.choice,
                "value": one.value,
                "options": [list(option) for option in one.options],
            }
            for one in found.findings
        ],
        "problems": [problem.parts() for problem in found.problems],
        "notices": [{**told.model_dump(), "sentence": told.sentence} for told in found.notices],
        "dropped": len(found.dropped),
        "changed": len(found.changed),
        "rows": [table.head.drop(columns="gc").head(5).to_dict("records") for table in found.tables],
        "summary": asdict(found.summary) if found.summary else {},
        "dataset": info.model_dump(mode="json", exclude={"notices"}) if info else {},
        "ready": found.ready,
    }


def _show(result: Any) -> str:
    if "files" in result and not isinstance(result["files"], list):
        return "This answer is for the Import page: add --json."
    lines = []
    for one in result["findings"]:
        flag = f" [--{one['choice'].replace('_', '-')} {one['value'][:40]}]".rstrip(" ]") + "]" if one["choice"] else ""
        lines.append(f"{one['sentence']} {one['evidence']}{flag}")
    lines += [note(told["sentence"], told["where"]) for told in result["notices"]]
    for problem in result["problems"]:
        lines.append(f"In the way: {problem['where']}: {problem['what']} {problem['fix']}")
    lines.append("Ready to import." if result["ready"] else "Not ready to import.")
    return "\n".join(lines)


COMMAND = Command(
    name="inspect",
    help="Say what files hold and what an import would make of them; nothing is written.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
