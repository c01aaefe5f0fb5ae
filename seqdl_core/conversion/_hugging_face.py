"""A folder as Hugging Face's hub gives it: ``config.json`` beside the weights, in one file or in several.

    model.safetensors, pytorch_model.bin       all tensors
    the same with .index.json                  which file has which tensor: {"weight_map": {name: file}}

A single file of tensors does as well; there is no config then. Files are read by :mod:`._torch_file`, which executes
nothing; an index may name files of its own folder alone.
"""

import json
from pathlib import Path
from typing import Any

from torch import Tensor

from seqdl_core.conversion._torch_file import read_torch_file
from seqdl_core.errors import ModelFileError

_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_LARGEST_JSON = 16 << 20


def read_hugging_face(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config (empty where there is none) and the tensors under their names.

    Raises:
        ModelFileError: for a folder without weights, or files that are missing or damaged.
    """
    if not path.is_dir():
        return {}, read_torch_file(path)
    config = path / "config.json"
    return (_json(config) if config.is_file() else {}), _tensors(path)


def _tensors(folder: Path) -> dict[str, Tensor]:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return read_torch_file(folder / name)
        index = folder / f"{name}.index.json"
        if index.is_file():
            return _pieces(index)
    raise ModelFileError(
        "The folder has no weights.",
        where=folder.name,
        fix=f"Fetch {' or '.join(_WEIGHTS)} (or its pieces, with their .index.json) into the folder.",
    )


def _pieces(index: Path) -> dict[str, Tensor]:
    listed = _json(index).get("weight_map")
    if not isinstance(listed, dict) or not listed:
        raise _damaged(index, "It does not say which file has which tensor.")
    tensors: dict[str, Tensor] = {}
    for name in sorted(set(map(str, listed.values()))):
        if Path(name).name != name:
            raise _damaged(index, f"It names '{name[:80]}', which is no file of this folder.")
        tensors |= read_torch_file(index.with_name(name))
    missing = next((name for name in listed if name not in tensors), None)
    if missing is not None:
        raise _damaged(index, f"It lists '{str(missing)[:80]}', which none of the files has.")
    return tensors


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise _damaged(path, "It is larger than any settings.")
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise _damaged(path, "It is no JSON.") from None
    if not isinstance(found, dict):
        raise _damaged(path, "It is no list of settings by name.")
    return found


def _damaged(path: Path, what: str) -> ModelFileError:
    return ModelFileError(what, where=path.name, fix="Fetch it again from its source.")
