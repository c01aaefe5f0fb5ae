"""PyTorch's files of tensors, read without executing anything: ``.pth``/``.pt``/``.bin`` of any age, and safetensors.

A ``.pth`` file is a pickle, and a pickle is a program. It is read by :mod:`._torch_pickle`, which calls nothing: it
knows tensors, numbers, text and dictionaries of them and refuses everything else by its name; a whole module, as
``torch.save(network, path)`` writes one, is refused like a pickle in disguise. Each value must be a plain tensor that
the file really holds, so that a file of a few bytes cannot claim gigabytes.
"""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from seqdl_core.conversion._safe_pickle import Damage
from seqdl_core.conversion._torch_pickle import View, read_torch_pickle
from seqdl_core.errors import ModelFileError

_ZIP = b"PK\x03\x04"
_LARGEST_FILE = 64 << 30


def read_torch_file(path: Path) -> dict[str, Tensor]:
    """The tensors of a file under its own names, in its order, on the CPU and in its precision.

    A checkpoint that holds them under ``state_dict`` is taken for that part.

    Raises:
        ModelFileError: for a file that is missing, damaged, no file of tensors, or that holds anything but plain ones.
    """
    if not path.is_file():
        raise ModelFileError("There is no such file.", where=str(path), fix="Give a file of tensors (.pth, .pt, .bin).")
    if path.stat().st_size > _LARGEST_FILE:
        raise ModelFileError(
            f"The file is larger than {_LARGEST_FILE >> 30} GiB.", where=path.name, fix="Give the file as published."
        )
    found = _safetensors(path) if _is_safetensors(path) else _pickled(path)
    return _plain(found, path)


def _is_safetensors(path: Path) -> bool:
    """A safetensors file begins with the length of its header, which is JSON."""
    with path.open("rb") as opened:
        return opened.read(9)[8:] == b"{" or path.suffix == ".safetensors"


def _safetensors(path: Path) -> object:
    try:
        return load_file(path)
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError) as problem:
        raise _damaged(path, problem) from None


def _pickled(path: Path) -> object:
    """The dictionary in the file, or in its entry ``state_dict``, with tensors; whatever else stands there as it is."""
    with path.open("rb") as opened:
        zipped = opened.read(4) == _ZIP
    try:
        if zipped:
            _check_zip(path)
        found, tensor = read_torch_pickle(path, zipped=zipped)
    except (
        Damage,
        ValueError,
        LookupError,
        TypeError,
        RuntimeError,
        OSError,
        zipfile.BadZipFile,
        struct.error,
    ) as problem:
        raise _damaged(path, problem) from None
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict):
        return tensor(found) if isinstance(found, View) else found
    return {name: tensor(one) if isinstance(one, View) else one for name, one in found.items()}


def _check_zip(path: Path) -> None:
    """torch stores without compressing; a compressed file is somebody else's, and may unpack to any size."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if any(part.compress_type != zipfile.ZIP_STORED for part in parts):
        raise ValueError("its parts are compressed, which PyTorch does not do")
    if sum(part.file_size for part in parts) > path.stat().st_size:
        raise ValueError("its parts are larger than the file")


def _plain(found: object, path: Path) -> dict[str, Tensor]:
    if not isinstance(found, Mapping):
        raise _foreign(path, f"a {type(found).__name__}, not tensors under names")
    if not found:
        raise _foreign(path, "no tensors")
    tensors: dict[str, Tensor] = {}
    for name, value in found.items():
        if not isinstance(name, str):
            raise _foreign(path, f"an entry whose name is {str(name)[:40]}, not text")
        if not isinstance(value, Tensor):
            raise _foreign(path, f"'{name[:80]}', a {type(value).__name__} and no plain tensor")
        if value.is_complex():
            raise _foreign(path, f"'{name[:80]}', which is no plain tensor of real numbers")
        tensors[name] = value
    return tensors


def _foreign(path: Path, what: str) -> ModelFileError:
    return ModelFileError(
        f"The file holds {what}.",
        where=path.name,
        fix="Give the state_dict that the source publishes: tensors under their names, nothing else.",
    )


def _damaged(path: Path, problem: BaseException) -> ModelFileError:
    said = " ".join(str(problem).split())[:160]
    return ModelFileError(
        "The file is damaged, or is no file that PyTorch wrote.",
        where=path.name,
        fix=f"Fetch it again from its source. (The reader said: {said or type(problem).__name__})",
    )
