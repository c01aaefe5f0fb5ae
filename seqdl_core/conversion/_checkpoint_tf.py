"""TensorFlow's checkpoints without TensorFlow: an index of names and a file of numbers, both checked before use.

A checkpoint is ``NAME.index`` beside ``NAME.data-00000-of-00001`` and so on (TensorFlow calls it a tensor bundle:
``core/util/tensor_bundle/tensor_bundle.h`` and ``core/protobuf/tensor_bundle.proto`` in its repository). The index is
a table of LevelDB (``doc/table_format.md`` there): blocks of sorted names, each followed by its checksum,

    block    [shared letters, own letters, length] name value, ... then where names begin in full, and how many do
    trailer  1 byte: compressed or not; 4 bytes: CRC-32C of block and byte
    footer   where the block of blocks is; the last 8 bytes say that this is a table

The value of the empty name describes the checkpoint, that of every other name one tensor, as protocol buffers:

    header   1 number of data files   2 byte order (0 little)   3 version
    entry    1 type   2 shape (2 axis: 1 size)   3 data file   4 offset   5 bytes   6 CRC-32C   7 slices

Checksums are stored masked (:func:`._crc32c.unmasked`). TensorFlow writes tables uncompressed, so compressed ones are
refused, as are tensors in slices. Nothing is allocated that the files do not hold.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from seqdl_core.conversion._crc32c import crc32c, unmasked
from seqdl_core.errors import ModelFileError

_MAGIC = 0xDB4775248B80FB57
_FOOTER, _TRAILER = 48, 5
_LARGEST_INDEX = 64 << 20
_MOST_AXES = 8
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 19: "<f2"}
"""TensorFlow's numbers of its types of numbers."""


@dataclass(frozen=True)
class _Entry:
    kind: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    checksum: int


class _Damage(Exception):
    """Something in a file is not as the format says; becomes a ModelFileError with the file's name."""


def read_checkpoint(path: Path, prefix: str) -> dict[str, Tensor]:
    """The tensors of a checkpoint whose names begin with ``prefix``, in the order of their names.

    Args:
        path: the ``.index`` file, or a folder that holds one.

    Raises:
        ModelFileError: for a file that is missing or damaged (every checksum is compared), or no kind we read.
    """
    index = _index_file(path)
    try:
        if index.stat().st_size > _LARGEST_INDEX:
            raise _Damage(f"it is larger than any index of names ({_LARGEST_INDEX >> 20} MiB)")
        values = dict(_entries_of_table(index.read_bytes()))
        shards = _shards(values.pop(b"", None))
        chosen = {_text(name): _entry(value) for name, value in values.items() if name.startswith(prefix.encode())}
    except (_Damage, IndexError, struct.error) as problem:
        raise _damaged(index, problem) from None
    files = [index.with_name(f"{index.stem}.data-{shard:05}-of-{shards:05}") for shard in range(shards)]
    room = sum(file.stat().st_size for file in files if file.is_file())
    tensors = {}
    for name, entry in chosen.items():
        if entry.shard >= shards:
            raise _damaged(index, _Damage(f"'{name}' lies in data file {entry.shard} of {shards}"))
        tensors[name] = _tensor(files[entry.shard], name, entry)
        room -= entry.size
        if room < 0:
            raise _damaged(index, _Damage("its tensors are together larger than the data files"))
    return tensors


def _index_file(path: Path) -> Path:
    if path.is_file() and path.suffix == ".index":
        return path
    found = sorted(path.glob("*.index")) if path.is_dir() else []
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} checkpoints (.index files)" if path.is_dir() else "no checkpoint's index"
    raise ModelFileError(
        f"This is a folder with {what}." if path.is_dir() else "This is no checkpoint's index (.index).",
        where=path.name,
        fix="Give the .index file of one checkpoint, with its .data files beside it.",
    )


def _entries_of_table(table: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(table) < _FOOTER or struct.unpack("<Q", table[-8:])[0] != _MAGIC:
        raise _Damage("it does not end as an index does")
    footer = table[-_FOOTER:]
    *_, at = _handle(footer, 0)
    offset, size, _ = _handle(footer, at)
    end = 0
    for _, handle in _entries_of_block(_block(table, offset, size)):
        offset, size, _ = _handle(handle, 0)
        if offset < end:
            raise _Damage("its blocks lie upon each other")
        end = offset + size + _TRAILER
        yield from _entries_of_block(_block(table, offset, size))


def _handle(data: bytes, at: int) -> tuple[int, int, int]:
    offset, at = _number(data, at)
    size, at = _number(data, at)
    return offset, size, at


def _block(table: bytes, offset: int, size: int) -> bytes:
    end = offset + size
    if end + _TRAILER > len(table) - _FOOTER:
        raise _Damage("a part of it lies beyond its end")
    compression, stored = struct.unpack_from("<BI", table, end)
    if crc32c(table[offset : end + 1]) != unmasked(stored):
        raise _Damage("a checksum of the index is not that of its content")
    if compression:
        raise _Damage("the index is compressed, which TensorFlow does not do")
    return table[offset:end]


def _entries_of_block(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    (restarts,) = struct.unpack_from("<I", block, len(block) - 4) if len(block) >= 4 else (0,)
    end, at, name = len(block) - 4 - 4 * restarts, 0, b""
    if end < 0:
        raise _Damage("a block of the index is too short")
    while at < end:
        shared, at = _number(block, at)
        own, at = _number(block, at)
        length, at = _number(block, at)
        if shared > len(name) or at + own + length > end:
            raise _Damage("a name of the index lies beyond its block")
        name = name[:shared] + block[at : at + own]
        yield name, block[at + own : at + own + length]
        at += own + length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first; and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise _Damage("a number of the index has no end")


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer's message: number and value."""
    at = 0
    while at < len(message):
        tag, at = _number(message, at)
        kind, value = tag & 7, b""
        if kind == 0:
            number, at = _number(message, at)
            yield tag >> 3, number
            continue
        if kind == 2:
            length, at = _number(message, at)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise _Damage(f"a field is of the unknown kind {kind}")
        value = message[at : at + length]
        if len(value) < length:
            raise _Damage("a field lies beyond its message")
        at += length
        yield tag >> 3, int.from_bytes(value, "little") if kind == 5 else value


def _shards(header: bytes | None) -> int:
    if header is None:
        raise _Damage("it has no header")
    fields = dict(_fields(header))
    shards = fields.get(1, 0)
    if fields.get(2, 0) != 0:
        raise _Damage("its numbers are in big-endian order, which is not read")
    if not isinstance(shards, int) or not 1 <= shards <= 99_999:
        raise _Damage(f"it names {shards!r} data files")
    return shards


def _entry(message: bytes) -> _Entry:
    numbers: dict[int, int] = {}
    shape: tuple[int, ...] = ()
    for field, value in _fields(message):
        if field == 7:
            raise _Damage("a tensor is stored in slices, which are not read")
        if field == 2 and isinstance(value, bytes):
            shape = _shape(value)
        elif isinstance(value, int):
            numbers[field] = value
    shard, offset, size, checksum = (numbers.get(field, 0) for field in (3, 4, 5, 6))
    return _Entry(numbers.get(1, 0), shape, shard, offset, size, checksum)


def _shape(message: bytes) -> tuple[int, ...]:
    sizes = []
    for field, value in _fields(message):
        if field == 2 and isinstance(value, bytes):
            size = dict(_fields(value)).get(1, 0)
            if not isinstance(size, int) or size >= 1 << 40:
                raise _Damage("an axis of a tensor has no size")
            sizes.append(size)
        elif field == 3 and value:
            raise _Damage("a tensor has no known shape")
    if len(sizes) > _MOST_AXES:
        raise _Damage(f"a tensor has {len(sizes)} axes")
    return tuple(sizes)


def _tensor(path: Path, name: str, entry: _Entry) -> Tensor:
    if entry.kind not in _TYPES:
        raise _damaged(
            path, _Damage(f"'{name}' is of TensorFlow's type {entry.kind}, which is no type of numbers read here")
        )
    kind = np.dtype(_TYPES[entry.kind])
    if entry.size != prod(entry.shape) * kind.itemsize:
        raise _damaged(path, _Damage(f"'{name}' has {entry.size:,} bytes, which its shape does not make"))
    if not path.is_file():
        raise ModelFileError(
            f"The data file '{path.name}' is not beside the index.",
            where=path.parent.name,
            fix="Fetch all files of the checkpoint into one folder, under the names they have.",
        )
    if entry.offset + entry.size > path.stat().st_size:
        raise _damaged(path, _Damage(f"'{name}' lies beyond its end"))
    with path.open("rb") as opened:
        opened.seek(entry.offset)
        content = bytearray(opened.read(entry.size))
    if crc32c(content) != unmasked(entry.checksum):
        raise _damaged(path, _Damage(f"the checksum of '{name}' is not that of its content"))
    return torch.from_numpy(np.frombuffer(content, kind).reshape(entry.shape))


def _text(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise _Damage("a name is not text") from None


def _damaged(path: Path, problem: Exception) -> ModelFileError:
    said = str(problem) if isinstance(problem, _Damage) else "it ends too early"
    return ModelFileError(
        f"The checkpoint cannot be read: {said}.",
        where=path.name,
        fix="Fetch the checkpoint again from its source; check that it is one of TensorFlow 1.0 or later.",
    )
