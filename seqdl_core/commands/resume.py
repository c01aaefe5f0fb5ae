"""``resume``: go on with a run that was interrupted, stopped or failed."""

import argparse
from pathlib import Path
from typing import Any

from seqdl_core.commands import Command, say


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run folder")


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    from seqdl_core.runs.folder import RunFolder

    run = RunFolder.open(Path(arguments.run))

    from seqdl_core.commands._runs import summary
    from seqdl_core.runs.execute import execute

    execute(run, say, again=True)
    return summary(run)


def _show(result: Any) -> str:
    from seqdl_core.commands._runs import show_summary

    return show_summary(result)


COMMAND = Command(
    name="resume",
    help="Go on with a run that was interrupted, stopped or failed, from its last checkpoint.",
    add_arguments=_add_arguments,
    run=_run,
    show=_show,
)
