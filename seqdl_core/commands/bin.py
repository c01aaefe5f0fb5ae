"""``bin``: what was deleted; bring it back, or remove all of it for good."""

import argparse
from typing import Any

from seqdl_core.commands import Command
from seqdl_core.errors import ConfigError


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "restore", "empty"), help="empty removes everything in it for good")
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="what to restore")
    parser.add_argument("--owner", default="local", help="whose bin (default: local)")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs import bin as kept
    from seqdl_core.runs.store import Store

    if (arguments.action == "restore") != bool(arguments.id):
        raise ConfigError("restore takes an id, list and empty take none.", where="bin", fix="See: bin list.")
    store, owner = Store.default(), arguments.owner
    found = {
        "list": lambda: kept.contents(store, owner),
        "restore": lambda: [kept.restore(store, owner, arguments.id)],
        "empty": lambda: kept.empty(store, owner),
    }[arguments.action]()
    told = [
        {"kind": kept.TITLES[one.kind], "id": one.id, "name": one.name, "deleted": one.deleted, "bytes": one.bytes}
        for one in found
    ]
    return {"action": arguments.action, "entries": told}


def _show(result: Any) -> str:
    head = {"list": "The bin holds:", "restore": "Restored:", "empty": "Removed for good:"}[result["action"]]
    lines = [
        f"{one['id']}  {one['kind']:<8}  {one['bytes'] / 1e6:8.1f} MB  {one['deleted'][:16]}  {one['name']}"
        for one in result["entries"]
    ]
    return "\n".join([head, *lines]) if lines else "The bin is empty."


COMMAND = Command(
    name="bin",
    help="What was deleted: list it, restore it, or empty the bin.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
