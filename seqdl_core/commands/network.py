"""``network``: PyTorch files of one's own, where the administrator allows them."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command
from seqdl_core.errors import ConfigError


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("do", choices=("add", "try", "list"), metavar="add|try|list", help="try keeps nothing")
    parser.add_argument("file", nargs="?", metavar="FILE.py", help="the file that defines the network")
    parser.add_argument("--data", metavar="DATASET", help="the data set folder that it is tried on")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.own_networks import kept, require_allowed

    require_allowed("network")
    if arguments.do == "list":
        return {"networks": [{"name": own.name, "architecture": own.architecture} for own in kept()]}
    if not arguments.file or not arguments.data:
        raise ConfigError(
            "A file and a data set to try it on are needed.",
            where="network",
            fix=f"Write: network {arguments.do} FILE.py --data DATASET.",
        )
    from seqdl_core.runs.own_trial import add, try_out

    path, data = Path(arguments.file), Path(arguments.data)
    if not path.is_file():
        raise ConfigError("There is no such file.", where=str(path), fix="Give the Python file of the network.")
    if arguments.do == "try":
        return {"parameters": try_out(path.read_bytes(), path.name, data)}
    tried = add(path.read_bytes(), path.name, data)
    return {"parameters": tried.parameters, "name": tried.own.name, "architecture": tried.own.architecture}


def _show(result: dict[str, Any]) -> str:
    if "networks" in result:
        lines = [f"own:{one['name']:<20} {one['architecture']}" for one in result["networks"]]
        return "\n".join(lines) or "No network of one's own is kept here."
    size = f"{result['parameters']:,} parameters on these data"
    if "name" not in result:
        return f"It passed: {size}. Nothing was kept."
    return f"Kept: {size}. Train it with --architecture own:{result['name']}"


COMMAND = Command(
    name="network",
    help="Add a PyTorch file of one's own as an architecture, try one, or list them; off unless the administrator "
    "allows it.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
