"""The pickle inside PyTorch's files of tensors, read by the interpreter of :mod:`._safe_pickle`: nothing is called.

``torch.save`` writes a pickle in which each tensor is a view of a storage, and beside it the storages' bytes:

    since 1.6   a zip: NAME/data.pkl, NAME/byteorder, and NAME/data/KEY for each storage, nothing compressed
    before      five pickles one after another (a magic number, the format's version, facts on the machine, the tensors,
                the storages' keys), then for each key how many numbers there are, in 8 bytes, and the numbers

Within the pickle (``torch/_utils.py`` and ``torch/serialization.py`` in PyTorch's repository):

    persistent id                         ("storage", torch.FloatStorage, key, device, how many numbers)
    torch._utils._rebuild_tensor_v2       (storage, offset, size, stride, ...); _rebuild_tensor before 0.4
    torch._utils._rebuild_parameter       (tensor, ...)
    collections.OrderedDict               what a state_dict is

Devices are left out: everything is read onto the CPU. A storage must hold as many numbers as it claims, and a view must
lie within it, so that nothing is allocated that the file does not hold.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from seqdl_core.conversion._safe_pickle import Damage, Name, PlainReader
from seqdl_core.errors import ModelFileError

_MAGIC = 0x1950A86A20F9469CFC6C
_MOST_AXES = 8
_TYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


@dataclass(frozen=True)
class _Storage:
    kind: torch.dtype
    key: str
    count: int


@dataclass(frozen=True)
class View:
    """A tensor before its numbers are read."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


class TorchReader(PlainReader):
    """Tensors, and dictionaries of them; a :class:`View` stands for each tensor."""

    names: ClassVar[Mapping[tuple[str, str], str]] = {
        ("collections", "OrderedDict"): "OrderedDict",
        **{("torch._utils", name): name for name in ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter")},
        **{("torch", name): name for name in _TYPES},
    }

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.storages: dict[str, _Storage] = {}

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name == "EMPTY_DICT":
            stack.append({})
        elif name == "SETITEM":
            pair = self.last(2)
            self._dict().update([pair])
        elif name == "SETITEMS":
            items = self.since_mark()
            self._dict().update(zip(items[::2], items[1::2], strict=True))
        elif name in ("SHORT_BINSTRING", "BINSTRING"):  # text that Python 2 wrote
            stack.append(argument)
        elif name == "BINPERSID":
            (said,) = self.last(1)
            storage = _storage(said)
            if self.storages.setdefault(storage.key, storage) != storage:
                raise Damage("a storage is described in two ways")
            stack.append(storage)
        else:
            super().step(name, argument)

    def made(self, called: Any, given: Any) -> Any:
        if not isinstance(called, Name) or type(given) is not tuple:
            raise Damage("it calls what is no function")
        if called.name == "OrderedDict" and len(given) <= 1:
            return dict(given[0]) if given else {}
        if called.name.startswith("_rebuild_tensor") and len(given) >= 4:
            return _view(*given[:4])
        if called.name == "_rebuild_parameter" and given and isinstance(given[0], View):
            return given[0]
        raise Damage(f"it calls {called.name} with other things than PyTorch does")

    def fill(self, unfinished: Any, state: Any) -> None:
        """A state_dict carries the versions of its modules (``_metadata``), which nothing here asks for."""
        if type(unfinished) is not dict or type(state) is not dict or not set(state) <= {"_metadata"}:
            raise Damage("it gives content to what takes none")

    def refuse(self, what: str) -> Any:
        raise ModelFileError(
            f"The file holds {what}, which is no tensor. Nothing in it was executed.",
            where=self.where,
            fix="Where you trust its source, load it with the program that wrote it and save only the network's "
            "state_dict() with torch.save.",
        )

    def _dict(self) -> dict[Any, Any]:
        if not self.stack or type(self.stack[-1]) is not dict:
            raise Damage("it sets an entry of what is no dictionary")
        found: dict[Any, Any] = self.stack[-1]
        return found


def _storage(said: Any) -> _Storage:
    if type(said) is not tuple or len(said) not in (5, 6) or said[0] != "storage" or (len(said) == 6 and said[5]):
        raise Damage("a storage is not described as PyTorch does")
    kind, key, count = said[1], said[2], said[4]
    if not isinstance(kind, Name) or kind.name not in _TYPES or type(key) is not str or not _counts((count,)):
        raise Damage("a storage is not described as PyTorch does")
    return _Storage(_TYPES[kind.name], key, count)


def _view(storage: Any, offset: Any, size: Any, stride: Any) -> View:
    if (
        not isinstance(storage, _Storage)
        or type(size) is not tuple
        or type(stride) is not tuple
        or len(size) != len(stride)
        or len(size) > _MOST_AXES
        or not _counts((offset, *size, *stride))
    ):
        raise Damage("a tensor is not described as PyTorch does")
    last = offset + sum((count - 1) * step for count, step in zip(size, stride, strict=True)) if prod(size) else 0
    if (prod(size) and last >= storage.count) or prod(size) > max(storage.count, 1):
        raise Damage("a tensor claims more numbers than its storage has")
    return View(storage, offset, size, stride)


def _counts(values: tuple[Any, ...]) -> bool:
    return all(type(value) is int and value >= 0 for value in values)


def read_torch_pickle(path: Path, *, zipped: bool) -> tuple[object, Callable[[View], Tensor]]:
    """What the file holds, and what makes a tensor of a view; views of one storage share its memory.

    Raises:
        ModelFileError: where it names anything but tensors.
        Damage: where it is not laid out as PyTorch does, or one of Python's own errors where it is damaged.
    """
    content = io.BytesIO(path.read_bytes())
    found, storages = _from_zip(content, path.name) if zipped else _from_stream(content, path.name)

    def tensor(view: View) -> Tensor:
        return storages[view.storage.key].as_strided(view.size, view.stride, view.offset)

    return found, tensor


def _from_zip(content: io.BytesIO, where: str) -> tuple[object, dict[str, Tensor]]:
    with zipfile.ZipFile(content) as archive:
        names = archive.namelist()
        [index] = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        place = index.removesuffix("data.pkl")
        if f"{place}byteorder" in names and archive.read(f"{place}byteorder") != b"little":
            raise Damage("its numbers begin with their largest byte")
        reader = TorchReader(where)
        found = reader.read(io.BytesIO(archive.read(index)))
        storages = {key: _numbers(one, archive.read(f"{place}data/{key}")) for key, one in reader.storages.items()}
    return found, storages


def _from_stream(content: io.BytesIO, where: str) -> tuple[object, dict[str, Tensor]]:
    magic, _, machine = (TorchReader(where).read(content) for _ in range(3))
    if magic != _MAGIC or type(machine) is not dict or machine.get("little_endian") is not True:
        raise Damage("it does not begin as PyTorch's files do")
    reader = TorchReader(where)
    found, keys = reader.read(content), TorchReader(where).read(content)
    if type(keys) is not list or set(keys) != set(reader.storages):
        raise Damage("it lists other storages than its tensors have")
    storages = {}
    for key in keys:
        one = reader.storages[key]
        if int.from_bytes(content.read(8), "little") != one.count:
            raise Damage("a storage claims another size than it has")
        storages[key] = _numbers(one, content.read(one.count * one.kind.itemsize))
    return found, storages


def _numbers(storage: _Storage, content: bytes) -> Tensor:
    if len(content) != storage.count * storage.kind.itemsize:
        raise Damage(f"a storage of {len(content):,} bytes claims another size")
    if not content:
        return torch.empty(0, dtype=storage.kind)
    return torch.frombuffer(bytearray(content), dtype=storage.kind)
