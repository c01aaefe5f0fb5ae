"""The command line: ``python -m seqdl_core COMMAND``.

A result goes to standard output (text, or JSON with ``--json``), progress to standard error. The exit status is 0, or 2
with what went wrong, where, and what to do.
"""

import argparse
import json
import math
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

from seqdl_core import __version__
from seqdl_core.commands import COMMANDS, Command, printable, say
from seqdl_core.errors import ConfigError, SeqDLError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parser().parse_args(given)
    except SeqDLError as slip:
        return _refuse(slip, as_json="--json" in given)
    command: Command = parsed.command
    try:
        result = command.run(parsed)
    except SeqDLError as problem:
        return _refuse(problem, as_json=parsed.json, command=command.name)
    except OSError as problem:
        return _refuse(_about_the_disk(problem), as_json=parsed.json, command=command.name)
    except KeyboardInterrupt:
        say("Stopped at your request.")
        return 130
    _write(_as_json(result) if parsed.json else printable(command.show(result)))
    return 0


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """A request to end is handled like Ctrl+C, so that what was begun is cleaned up."""
    raise KeyboardInterrupt


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in three parts, as every other error is said."""

    def error(self, message: str) -> NoReturn:
        what = message[:1].upper() + message[1:]
        raise ConfigError(f"{what.rstrip('.')}.", where=self.prog, fix=f"See: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m seqdl_core", description="Deep learning on DNA, RNA and protein sequences.")
    parser.add_argument("--version", action="version", version=f"SeqDL {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = subparsers.add_parser(command.name, help=command.help.replace("%", "%%"), description=command.help)
        command.add_arguments(own)
        own.add_argument("--json", action="store_true", help="write the result as JSON to standard output")
        own.set_defaults(command=command)
    return parser


def _refuse(problem: SeqDLError, *, as_json: bool, command: str = "") -> int:
    parts = problem.parts()
    parts["where"] = parts["where"] or f"the command {command}"
    lines = [parts["what"], f"  where: {parts['where']}", *([f"  fix:   {parts['fix']}"] if parts["fix"] else [])]
    say("\n".join(lines))
    if as_json:
        _write(_as_json({"error": parts}))
    return 2


def _about_the_disk(problem: OSError) -> SeqDLError:
    what = f"The computer refused to read or write a file: {problem.strerror or problem}."
    fix = "Check that the place exists, that you may read and write it, and that the disk is not full."
    return SeqDLError(what, where=str(problem.filename or ""), fix=fix)


def _as_json(result: object) -> str:
    return json.dumps(_finite(result), indent=2, ensure_ascii=False)


def _finite(value: object) -> object:
    """The same with numbers that JSON has no word for (NaN, infinity) as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _write(text: str) -> None:
    if not text:
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
