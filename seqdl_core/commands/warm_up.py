"""``warm-up``: compile the search for copies and the motif matching, which their first use else has to wait for."""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command


def _add_arguments(_: argparse.ArgumentParser) -> None:
    pass


def _run(_: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.data.leaks.compiling import compile_search, is_compiled

    matched, searched = _matching_is_compiled(), is_compiled()
    if not searched:  # first, because a person may look for leaks before anything is trained
        compile_search()
    if not matched:
        from seqdl_core.interpretation.matching import warm_up

        warm_up()
    return {"compiled": not (matched and searched)}


def _matching_is_compiled() -> bool:
    """memelite's compiler (numba) leaves its results beside the package; looking there does not load it."""
    package = find_spec("memelite")
    places = package.submodule_search_locations if package and package.submodule_search_locations else []
    return any(any((Path(place) / "__pycache__").glob("tomtom*.nbc")) for place in places)


def _show(result: Any) -> str:
    return "Compiled." if result["compiled"] else "Compiled already."


COMMAND = Command(
    name="warm-up",
    help="Compile the search for copies and the motif matching ahead of their first use; the dashboard does this too.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
