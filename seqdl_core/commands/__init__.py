"""Commands: one file a command of ``python -m seqdl_core``. Nothing lists them; :data:`COMMANDS` finds them.

A command's module is imported to draw ``--help``, so it imports torch and the like inside ``run``.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from seqdl_core.registry import Registry


@dataclass(frozen=True)
class Command:
    """One command of the command line. ``--json`` is added to every one.

    Attributes:
        name: what a person types.
        help: one sentence.
        add_arguments: declares its arguments on the parser it is given.
        run: does the work and returns a result that JSON can hold; raises a SeqDLError.
        show: the result as text for a person.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], object]
    show: Callable[[Any], str]


COMMANDS: Registry[Command] = Registry("command", "seqdl_core.commands", "COMMAND")


def say(text: str) -> None:
    """Tell the person at the terminal how it goes: one line on standard error."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def note(sentence: str, where: str) -> str:
    """What was noticed as a line of text, with the place: several files may have the same to tell."""
    return f"Note: {sentence} ({where})" if where else f"Note: {sentence}"


def report(done: float, text: str) -> None:
    """Say how far a long command is (``done`` from 0 to 1): to the page that started it, else to the terminal."""
    if watched():
        from seqdl_core.runs.jobs import tell_progress

        tell_progress(done, text)
    else:
        say(f"{done:4.0%} {text}")


def watched() -> bool:
    """Whether a page started this command and shows how far it is."""
    from seqdl_core.runs.jobs import PROGRESS_FILE

    return bool(os.environ.get(PROGRESS_FILE))


def printable(text: str) -> str:
    """The text without control characters, so that a name in a file cannot steer the terminal."""
    return "".join(
        letter if letter in "\n\t" or letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
