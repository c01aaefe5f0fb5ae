"""bigWig and bigBed files: numbers or intervals along contigs, compressed in blocks with an index.

Kent et al. 2010, Bioinformatics 26:2204 (doi 10.1093/bioinformatics/btq351, supplement). Read here and not by
pybigtools, because pybigtools 0.3.0 trusts every size in the file: a few changed bytes made it panic, or end the whole
process with an allocation of 15 PB (2026-11-23). Here each size is checked against the file first. The tests compare
both on files that pybigtools wrote.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from seqdl_core.errors import ReadError

_BIGWIG = 0x888FFC26
_BIGBED = 0x8789F2EB
_CONTIG_TREE = 0x78CA8C91
_INDEX = 0x2468ACE0
_LARGEST_BLOCK = 64 * 2**20
_MOST_CONTIGS = 10_000_000
_DEEPEST = 32


@dataclass(frozen=True, eq=False)
class Stretches:
    """M stretches of one contig, 0-based half-open, in the order of the file, and the value that each one holds."""

    starts: Int64[np.ndarray, " M"]
    ends: Int64[np.ndarray, " M"]
    values: Float64[np.ndarray, " M"]


class BinaryTrack:
    """An open bigWig or bigBed file; contigs and index are read at once, blocks as they are asked for."""

    def __init__(self, path: Path, name: str) -> None:
        """Raises ReadError where the file is neither, or damaged."""
        self.path = path
        self.name = name
        self._size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(64)
        magics = {order: struct.unpack(f"{order}I", head[:4])[0] for order in "<>"} if len(head) == 64 else {}
        order = next((order for order, magic in magics.items() if magic in (_BIGWIG, _BIGBED)), "")
        if not order:
            raise ReadError("The file is neither bigWig nor bigBed.", where=name, fix="Choose another file.")
        self._order = order
        self.is_bigwig = magics[order] == _BIGWIG
        _, _, _, contigs_at, _, index_at, _, _, _, _, block, _ = struct.unpack(f"{order}IHHQQQHHQQIQ", head)
        if block > _LARGEST_BLOCK:
            raise self._damaged("a block would be larger than 64 MB")
        self._packed = block > 0
        self._largest = block or _LARGEST_BLOCK
        self.contigs, self._ids = self._read_contigs(contigs_at)
        self._blocks = self._read_index(index_at)

    def stretches(self, contig: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Stretches:
        """What is recorded in the blocks that touch any of the windows of one contig (sorted by start).

        Stretches outside the windows may be among them.
        """
        found: list[NDArray[Any]] = []
        number = self._ids.get(contig)
        if number is not None and self.is_bigwig and len(starts):
            reach = np.maximum.accumulate(ends)
            found = [_values(content, self._order, number) for content in self._contents(number, starts, reach)]
        rows = np.concatenate(found) if found else np.zeros(0, _ROW)
        with np.errstate(invalid="ignore"):  # a damaged value may be a NaN of the signalling kind
            values = rows["value"].astype(np.float64)
        return Stretches(rows["start"].astype(np.int64), rows["end"].astype(np.int64), values)

    def intervals(self) -> Iterator[tuple[str, int, int, str]]:
        """Every interval of a bigBed file: contig, start, end, and the further columns with tabs between."""
        names = {number: contig for contig, number in self._ids.items()}
        for contig, number in self._ids.items():
            whole = np.array([0], np.int64), np.array([self.contigs[contig]], np.int64)
            for content in self._contents(number, *whole):
                at = 0
                while at + 12 <= len(content):
                    owner, start, end = struct.unpack_from(f"{self._order}III", content, at)
                    stop = content.find(b"\0", at + 12)
                    if stop < 0 or owner not in names:
                        raise self._damaged("a block does not end where it should")
                    if owner == number:
                        yield contig, start, end, content[at + 12 : stop].decode("utf-8", "replace")
                    at = stop + 1

    def _contents(self, number: int, starts: NDArray[np.int64], reach: NDArray[np.int64]) -> Iterator[bytes]:
        """The unpacked blocks that touch windows sorted by start; ``reach`` is how far they go up to each."""
        blocks = self._blocks
        after = (blocks["first"] > number) | (blocks["last"] < number)
        low = np.where(blocks["first"] < number, 0, blocks["start"]).astype(np.int64)
        high = np.where(blocks["last"] > number, np.iinfo(np.int64).max, blocks["end"].astype(np.int64))
        before = np.searchsorted(starts, high, side="left")  # windows that begin before the block ends
        touching = ~after & (before > 0) & (reach[np.maximum(before - 1, 0)] > low)
        with self.path.open("rb") as file:
            for block in np.flatnonzero(touching).tolist():
                file.seek(int(blocks["at"][block]))
                content = file.read(int(blocks["bytes"][block]))
                if self._packed:
                    unpacker = zlib.decompressobj()
                    try:
                        content = unpacker.decompress(content, self._largest)
                    except zlib.error:
                        raise self._damaged("a block cannot be unpacked") from None
                yield content

    def _bytes(self, at: int, count: int) -> bytes:
        if at < 0 or at + count > self._size:
            raise self._damaged("it points beyond its own end")
        with self.path.open("rb") as stream:
            stream.seek(at)
            return stream.read(count)

    def _read_contigs(self, at: int) -> tuple[dict[str, int], dict[str, int]]:
        magic, _, key, value, items, _ = struct.unpack(f"{self._order}IIIIQQ", self._bytes(at, 32))
        if magic != _CONTIG_TREE or value != 8 or not 0 < key <= 4096 or items > _MOST_CONTIGS:
            raise self._damaged("its list of contigs makes no sense")
        lengths: dict[str, int] = {}
        ids: dict[str, int] = {}
        for content in self._nodes(at + 32, key + 8, key + 8):
            for place in range(0, len(content), key + 8):
                name = content[place : place + key].rstrip(b"\0").decode("utf-8", "replace")
                ids[name], lengths[name] = struct.unpack_from(f"{self._order}II", content, place + key)
        if len(lengths) != items or len(set(ids.values())) != items:
            raise self._damaged("its list of contigs makes no sense")
        return lengths, ids

    def _read_index(self, at: int) -> NDArray[Any]:
        if struct.unpack(f"{self._order}I", self._bytes(at, 4))[0] != _INDEX:
            raise self._damaged("its index makes no sense")
        fields = [("first", "u4"), ("start", "u4"), ("last", "u4"), ("end", "u4"), ("at", "u8"), ("bytes", "u8")]
        kind = np.dtype([(name, f"{self._order}{size}") for name, size in fields])
        parts = [np.frombuffer(content, kind) for content in self._nodes(at + 48, 32, 24)]
        blocks = np.concatenate(parts) if parts else np.zeros(0, kind)
        beyond = (blocks["at"] > self._size) | (blocks["bytes"] > self._size - np.minimum(blocks["at"], self._size))
        if beyond.any() or (blocks["bytes"] > _LARGEST_BLOCK).any():
            raise self._damaged("a block lies beyond its end")
        return blocks

    def _nodes(self, root: int, leaf_bytes: int, inner_bytes: int) -> Iterator[bytes]:
        """The items of each leaf of a tree, from left to right; no node is visited twice."""
        waiting = [(root, 0)]
        seen: set[int] = set()
        while waiting:
            at, depth = waiting.pop()
            if at in seen or depth > _DEEPEST:
                raise self._damaged("its index runs in circles")
            seen.add(at)
            leaf, _, count = struct.unpack(f"{self._order}BBH", self._bytes(at, 4))
            width = leaf_bytes if leaf else inner_bytes
            content = self._bytes(at + 4, count * width)
            if leaf:
                yield content
                continue
            places = range(width - 8, len(content), width)
            children = [struct.unpack_from(f"{self._order}Q", content, place)[0] for place in places]
            waiting += [(child, depth + 1) for child in reversed(children)]

    def _damaged(self, why: str) -> ReadError:
        kind = "bigWig" if getattr(self, "is_bigwig", True) else "bigBed"
        return ReadError(f"The {kind} file is damaged: {why}.", where=self.name, fix="Copy or download it again.")


_ROW = np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")])


def _values(content: bytes, order: str, number: int) -> NDArray[Any]:
    """The stretches of one block of a bigWig: bedGraph (1), variable step (2) or fixed step (3)."""
    if len(content) < 24:
        return np.zeros(0, _ROW)
    owner, start, _, step, span, kind, _, count = struct.unpack_from(f"{order}IIIIIBBH", content)
    fields = {1: [("start", "u4"), ("end", "u4")], 2: [("start", "u4")], 3: []}.get(kind)
    if owner != number or fields is None:
        return np.zeros(0, _ROW)
    layout = np.dtype([(name, f"{order}{size}") for name, size in [*fields, ("value", "f4")]])
    items = np.frombuffer(content, layout, min(count, (len(content) - 24) // layout.itemsize), 24)
    rows = np.zeros(len(items), _ROW)
    rows["value"] = items["value"]
    rows["start"] = items["start"] if kind < 3 else (start + step * np.arange(len(items), dtype=np.int64)) % 2**32
    rows["end"] = items["end"] if kind == 1 else (rows["start"].astype(np.int64) + span) % 2**32
    return rows
