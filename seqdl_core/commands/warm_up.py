"""``warm-up``: compile the motif matching ahead of its first use, which otherwise waits a minute or two for it."""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command


def _add_arguments(_: argparse.ArgumentParser) -> None:
    pass


def _run(_: argparse.Namespace) -> dict[str, Any]:
    if _compiled_before():
        return {"compiled": False}
    from seqdl_core.interpretation.matching import warm_up

    warm_up()
    return {"compiled": True}


def _compiled_before() -> bool:
    """memelite's compiler (numba) leaves its results beside the package; looking there does not load it."""
    package = find_spec("memelite")
    places = package.submodule_search_locations if package and package.submodule_search_locations else []
    return any(any((Path(place) / "__pycache__").glob("tomtom*.nbc")) for place in places)


def _show(result: Any) -> str:
    return "Compiled." if result["compiled"] else "Compiled already."


COMMAND = Command(
    name="warm-up",
    help="Compile the motif matching ahead of its first use; the dashboard does this by itself in the background.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
