"""PyTorch's files of tensors, read without executing anything: ``.pth``/``.pt``/``.bin`` of any age, and safetensors.

A ``.pth`` file is a pickle, and a pickle is a program. It is read by torch's restricted reader (``weights_only``),
which knows tensors, numbers, text and dictionaries of them and refuses everything else by its name; a whole module, as
``torch.save(network, path)`` writes one, is refused like a pickle in disguise. What was read is then looked at again:
each value must be a plain tensor that the file really holds, so that a file of a few bytes cannot claim gigabytes.
"""

import pickle
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from seqdl_core.errors import ModelFileError

_ZIP = b"PK\x03\x04"
_DAMAGED = (
    RuntimeError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    MemoryError,
    ImportError,
    OSError,
    struct.error,
)
"""What torch's reader raises on bytes that are no file of its own: its author expected good files."""


def read_torch_file(path: Path) -> dict[str, Tensor]:
    """The tensors of a file under its own names, in its order, on the CPU and in its precision.

    A checkpoint that holds them under ``state_dict`` is taken for that part.

    Raises:
        ModelFileError: for a file that is missing, damaged, no file of tensors, or that holds anything but plain ones.
    """
    if not path.is_file():
        raise ModelFileError("There is no such file.", where=str(path), fix="Give a file of tensors (.pth, .pt, .bin).")
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
    with path.open("rb") as opened:
        zipped = opened.read(4) == _ZIP
    try:
        if zipped:
            _check_zip(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch says of old files concerns those who write them
            return torch.load(path, map_location="cpu", weights_only=True, mmap=False)
    except pickle.UnpicklingError:
        raise ModelFileError(
            "The file holds more than tensors, or is no file of tensors. It was not loaded, for loading it could "
            "execute what is in it.",
            where=path.name,
            fix="Where you trust its source, load it with the program that wrote it and save only the network's "
            "state_dict() with torch.save.",
        ) from None
    except (*_DAMAGED, zipfile.BadZipFile) as problem:
        raise _damaged(path, problem) from None


def _check_zip(path: Path) -> None:
    """torch stores without compressing; a compressed file is somebody else's, and may unpack to any size."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if any(part.compress_type != zipfile.ZIP_STORED for part in parts):
        raise ValueError("its parts are compressed, which PyTorch does not do")
    if sum(part.file_size for part in parts) > path.stat().st_size:
        raise ValueError("its parts are larger than the file")


def _plain(found: object, path: Path) -> dict[str, Tensor]:
    if isinstance(found, Mapping) and isinstance(found.get("state_dict"), Mapping):
        found = found["state_dict"]
    if not isinstance(found, Mapping):
        raise _foreign(path, f"a {type(found).__name__}, not tensors under names")
    if not found:
        raise _foreign(path, "no tensors")
    tensors: dict[str, Tensor] = {}
    for name, value in found.items():
        if not isinstance(name, str):
            raise _foreign(path, f"an entry whose name is {str(name)[:40]}, not text")
        if type(value) not in (Tensor, nn.Parameter):
            raise _foreign(path, f"'{name[:80]}', a {type(value).__name__} and no plain tensor")
        if (
            value.layout != torch.strided
            or value.is_quantized
            or value.is_complex()
            or value.device.type != "cpu"
            or value.numel() * value.element_size() > value.untyped_storage().nbytes()
        ):
            raise _foreign(path, f"'{name[:80]}', which is no plain tensor of real numbers")
        tensors[name] = value.detach()
    held = {tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes() for tensor in tensors.values()}
    if sum(held.values()) > path.stat().st_size:
        raise _foreign(path, "tensors that claim to be larger than the file")
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
