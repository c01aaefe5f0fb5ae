"""``catalogue``: public data sets by name, fetched only where the host is agreed to."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, report, say


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="an entry; without one all are listed")
    parser.add_argument("--out", default="", metavar="DATASET", help="import the entry into this new folder")
    parser.add_argument("--fetch", action="store_true", help="bring its files onto this machine and import nothing")
    parser.add_argument(
        "--agree", default="", metavar="HOST", help="the host to fetch from, where no copy is on this machine"
    )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data import catalogue
    from seqdl_core.runs.store import Store

    kept = Store.default().catalogue_folder
    if not arguments.name:
        return {"entries": [_told(one, catalogue.is_here(one, kept)) for one in catalogue.entries()]}
    wanted = catalogue.entry(arguments.name)
    if arguments.fetch:
        kept_files = catalogue.fetch(wanted, kept, arguments.agree, _each_percent())
        return {"name": wanted.name, "files": [str(path) for path, _ in kept_files]}
    if not arguments.out:
        return {"entries": [_told(wanted, catalogue.is_here(wanted, kept))]}
    return _imported(wanted, kept, arguments)


def _imported(wanted: Any, kept: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.config import parse
    from seqdl_core.data import catalogue
    from seqdl_core.data.importing import ImportChoices, inspect, save

    files = catalogue.fetch(wanted, kept, arguments.agree, _each_percent())
    say(f"{wanted.licence}. Cite {wanted.citation}.")
    choices = parse(ImportChoices, dict(wanted.choices))
    found = inspect([path for path, _ in files], choices, names=[name for _, name in files])
    made = save(found, Path(arguments.out), wanted.title)
    return {"dataset": str(made.folder), "name": made.info.name, "hash": made.hash, "counts": made.info.counts}


def _each_percent() -> Callable[[int, int], None]:
    """Says how much has come, at most a hundred times."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        percent = 100 * done // max(total, 1)
        if percent > told:
            told = percent
            report(percent / 100, f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    return tell


def _told(one: Any, here: bool) -> dict[str, Any]:
    told: dict[str, Any] = one.model_dump(mode="json", exclude={"files", "choices"})
    return told | {"host": one.host, "bytes": one.bytes, "here": here, "files": [file.url for file in one.files]}


def _show(result: Any) -> str:
    if "files" in result:
        return "\n".join(result["files"])
    if "entries" not in result:
        return f"{result['name']}\n{result['dataset']}"
    lines = []
    for one in result["entries"]:
        place = "on this machine" if one["here"] else f"{one['bytes'] / 1e6:.1f} MB from {one['host']}"
        lines.append(f"{one['name']:<26} {one['title']} ({one['alphabet']}, {one['task']}; {one['rows']}); {place}")
    return "\n".join(lines)


COMMAND = Command(
    name="catalogue",
    help="List public data sets, or fetch and import one.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
