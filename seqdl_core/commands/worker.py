"""``worker``: start waiting runs one after the other. The dashboard does this by itself; a server may do it here."""

import argparse
import logging
import os
import sys
from typing import Any

from seqdl_core.commands import Command, say
from seqdl_core.errors import ConfigError

_IDLE_SECONDS = 600.0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--idle",
        type=float,
        metavar="SECONDS",
        help=f"leave after so long without work (SEQDL_WORKER_IDLE, else {_IDLE_SECONDS:g})",
    )


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs.store import Store
    from seqdl_core.runs.worker import consume

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    store = Store.default()
    say(f"Working for the store in {store.root}.")
    return {"store": str(store.root), "worked": consume(store, _idle_seconds(arguments.idle))}


def _idle_seconds(wish: float | None) -> float:
    if wish is not None:
        return wish
    text = os.environ.get("SEQDL_WORKER_IDLE") or str(_IDLE_SECONDS)
    try:
        return float(text)
    except ValueError:
        raise ConfigError(
            f"'{text}' is not a number of seconds.", where="SEQDL_WORKER_IDLE", fix="Give a number, such as 600."
        ) from None


def _show(result: Any) -> str:
    return "Nothing more to do." if result["worked"] else "Another worker is at work on this machine."


COMMAND = Command(
    name="worker",
    help="Start waiting runs one after the other until there is nothing to do; the dashboard does this by itself.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
