"""``delete``: put a data set or a run, in the store or elsewhere, into the bin; ``bin restore`` brings it back."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="DATASET|RUN", help="the folder of a data set or a run, or its id in the store")
    parser.add_argument("--owner", default="local", help="whose it is (default: local)")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs.bin import TITLES, delete_dataset, delete_folder, delete_run, trained_on
    from seqdl_core.runs.store import Store

    store, asked = Store.default(), Path(arguments.what)
    homes = {kind: store.bin_folder(arguments.owner).parent / kind for kind in TITLES}
    kind = next((kind for kind, home in homes.items() if (home / asked.name).is_dir()), None)
    if kind and asked.name != arguments.what and asked.resolve() != (homes[kind] / asked.name).resolve():
        kind = None
    keep = []
    if kind is None:
        keep = [run.spec.name for run in store.runs(arguments.owner) if run.data == asked.resolve()]
        gone = delete_folder(store, arguments.owner, asked)
    elif kind == "datasets":
        keep = [run.spec.name for run in trained_on(store, arguments.owner, asked.name)]
        gone = delete_dataset(store, arguments.owner, asked.name)
    else:
        gone = delete_run(store, arguments.owner, asked.name)
    return {"kind": TITLES[gone.kind], "id": gone.id, "name": gone.name, "bytes": gone.bytes, "runs_kept": keep}


def _show(result: Any) -> str:
    lines = [f"The {result['kind']} {result['name']} is in the bin ({result['bytes'] / 1e6:.1f} MB)."]
    if result["runs_kept"]:
        lines.append(f"Trained on it, and usable as before: {', '.join(result['runs_kept'])}.")
    return "\n".join([*lines, f"Bring it back with: python -m seqdl_core bin restore {result['id']}"])


COMMAND = Command(
    name="delete",
    help="Put a data set or a run into the bin.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
