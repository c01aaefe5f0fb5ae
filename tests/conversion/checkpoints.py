"""Writes TensorFlow checkpoints as they are documented: protocol buffers by Google's library, the rest here.

Blocks are small, so that an index has several; names share their beginnings, as LevelDB writes them.
"""

import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "float16": 19}
_FIELD = descriptor_pb2.FieldDescriptorProto


@cache
def messages() -> dict[str, Any]:
    """The messages of tensor_bundle.proto and tensor_shape.proto that a checkpoint has."""
    described = {
        "Dim": [("size", 1, _FIELD.TYPE_INT64, ""), ("name", 2, _FIELD.TYPE_STRING, "")],
        "Shape": [("dim", 2, _FIELD.TYPE_MESSAGE, "Dim"), ("unknown_rank", 3, _FIELD.TYPE_BOOL, "")],
        "Version": [("producer", 1, _FIELD.TYPE_INT32, ""), ("min_consumer", 2, _FIELD.TYPE_INT32, "")],
        "Header": [
            ("num_shards", 1, _FIELD.TYPE_INT32, ""),
            ("endianness", 2, _FIELD.TYPE_INT32, ""),
            ("version", 3, _FIELD.TYPE_MESSAGE, "Version"),
        ],
        "Entry": [
            ("dtype", 1, _FIELD.TYPE_INT32, ""),
            ("shape", 2, _FIELD.TYPE_MESSAGE, "Shape"),
            ("shard_id", 3, _FIELD.TYPE_INT32, ""),
            ("offset", 4, _FIELD.TYPE_INT64, ""),
            ("size", 5, _FIELD.TYPE_INT64, ""),
            ("crc32c", 6, _FIELD.TYPE_FIXED32, ""),
            ("slices", 7, _FIELD.TYPE_MESSAGE, "Shape"),
        ],
    }
    file = descriptor_pb2.FileDescriptorProto(name="checkpoint.proto", package="written", syntax="proto3")
    for name, fields in described.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = _FIELD.LABEL_REPEATED if field in ("dim", "slices") else _FIELD.LABEL_OPTIONAL
            message.field.add(
                name=field, number=number, type=kind, label=label, type_name=f".written.{of}" if of else None
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"written.{name}")) for name in described}


@cache
def _byte_table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


def checksum(data: bytes) -> int:
    """CRC-32C, byte by byte."""
    table, remainder = _byte_table(), 0xFFFFFFFF
    for byte in data:
        remainder = table[(remainder ^ byte) & 0xFF] ^ (remainder >> 8)
    return remainder ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    value = checksum(data)
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def entry(
    array: np.ndarray, offset: int = 0, shard: int = 0, shape: tuple[int, ...] | None = None, **changed: Any
) -> bytes:
    """What the index says of an array."""
    message, data = messages()["Entry"], array.tobytes()
    fields = {
        "dtype": TYPES[array.dtype.name],
        "shard_id": shard,
        "offset": offset,
        "size": len(data),
        "crc32c": masked(data),
    }
    sizes = array.shape if shape is None else shape
    listed = messages()["Shape"](dim=[messages()["Dim"](size=size) for size in sizes])
    written: bytes = message(shape=listed, **(fields | changed)).SerializeToString()
    return written


def write_checkpoint(prefix: Path, arrays: Mapping[str, np.ndarray], shards: int = 1) -> Path:
    """The arrays dealt out to data files; the index's path."""
    values, files = {}, [b""] * shards
    for number, name in enumerate(sorted(arrays)):
        shard = number % shards
        values[name.encode()] = entry(arrays[name], len(files[shard]), shard)
        files[shard] += arrays[name].tobytes()
    for shard, content in enumerate(files):
        prefix.with_name(f"{prefix.name}.data-{shard:05}-of-{shards:05}").write_bytes(content)
    return write_index(prefix, values, shards)


def write_index(
    prefix: Path, values: Mapping[bytes, bytes], shards: int = 1, endianness: int = 0, compression: int = 0
) -> Path:
    header = messages()["Header"](num_shards=shards, endianness=endianness, version=messages()["Version"](producer=1))
    entries = [(b"", header.SerializeToString()), *sorted(values.items())]
    table, handles = b"", []
    for first in range(0, len(entries), 20):
        written = _block(entries[first : first + 20])
        handles.append((entries[min(first + 19, len(entries) - 1)][0], _handle(table, written)))
        table += _trailed(written, compression)
    meta, index = _block([]), _block(handles)
    places = _handle(table, meta)
    table += _trailed(meta)
    places += _handle(table, index)
    table += _trailed(index)
    path = prefix.with_name(f"{prefix.name}.index")
    path.write_bytes(table + places.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57))
    return path


def _varint(number: int) -> bytes:
    written = b""
    while number >= 0x80:
        written += bytes([number & 0x7F | 0x80])
        number >>= 7
    return written + bytes([number])


def _block(entries: list[tuple[bytes, bytes]]) -> bytes:
    written, restarts, before = b"", [], b""
    for number, (key, value) in enumerate(entries):
        shared = 0
        if number % 16 == 0:
            restarts.append(len(written))
        else:
            while shared < min(len(key), len(before)) and key[shared] == before[shared]:
                shared += 1
        own = key[shared:]
        written += _varint(shared) + _varint(len(own)) + _varint(len(value)) + own + value
        before = key
    restarts = restarts or [0]
    return written + struct.pack(f"<{len(restarts)}I", *restarts) + struct.pack("<I", len(restarts))


def _handle(table: bytes, block: bytes) -> bytes:
    return _varint(len(table)) + _varint(len(block))


def _trailed(block: bytes, compression: int = 0) -> bytes:
    kind = bytes([compression])
    return block + kind + struct.pack("<I", masked(block + kind))
