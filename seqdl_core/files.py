"""Files written so that a reader sees the old content or the new, never a part of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def replace_file(path: Path, content: bytes | str) -> None:
    """Write ``content`` to ``path`` as :func:`replacing` does."""
    with replacing(path) as out:
        out.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file in the same folder that takes the place of ``path`` at the end: write, fsync, rename.

    What is written is thrown away where the block ends with an error. The file gets the rights that the person's umask
    gives to new files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}.part"
    # mkstemp would make a file that only its owner reads; open() with 0o666 lets the umask decide.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
