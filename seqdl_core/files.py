"""Files written so that a reader sees the old content or the new, never a part of it."""

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes | str) -> None:
    """Write ``content`` to ``path`` through a temporary file in the same folder: write, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
