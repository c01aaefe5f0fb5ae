"""How much memory a C library keeps for blocks that come and go: more than lives at once, because of gaps.

A freed block leaves a gap, and a later one goes into the smallest gap that holds it, or else on top of everything. On
Linux tensors are asked for at addresses that 64 divides, and glibc then looks for 96 bytes more than are wanted: a gap
between two live blocks does not hold a block of the size that has just left it, until a neighbour leaves too. Blocks
above a threshold get pages of their own, which go back at once; the threshold rises to the largest such block that was
freed, up to 32 MiB. These are the rules of glibc's ``malloc/malloc.c`` before 2.38 (see ``mallopt(3)``), followed here
without memory: addresses are just numbers.

Small objects that nobody follows settle in between and keep neighbouring gaps apart (``littering``). Where they settle
is chance; so many that every fourth gap is kept apart explains what trainings took (torch 2.13, glibc 2.36, measured
2026-11-23 on the first set of :mod:`benchmarks.memory`).
"""

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field

_SPARE = 96
"""What an aligned request looks for beyond its own size."""
_GRAIN = 16
_PAGE = 4096
_STEP = 128 * 1024
"""The first threshold, and by how much the heap grows beyond what is asked for."""
_MOST = 32 * 2**20
LITTER = 4
"""Every how many-th block that is freed leaves a small object behind."""

Event = tuple[int, int]
"""A block, by a number of its own, and its bytes when it is made; -1 bytes when it is gone."""


@dataclass
class Heap:
    """``resident`` bytes are kept now, ``peak`` bytes were kept at most.

    While ``littering``, every so many-th freed block leaves a small object; ``freed``, at first, says which is the
    first.
    """

    freed: int = 0
    littering: bool = False
    peak: int = 0
    _top: int = 0
    _end: int = 0
    _touched: int = 0
    _paged: int = 0
    _threshold: int = _STEP
    _trim: int = _STEP
    _blocks: dict[int, tuple[int, int]] = field(default_factory=dict)
    _gaps: list[tuple[int, int]] = field(default_factory=list)  # (bytes, address), smallest first
    _starts: dict[int, int] = field(default_factory=dict)
    _ends: dict[int, int] = field(default_factory=dict)

    @property
    def resident(self) -> int:
        return self._touched + self._paged

    def follow(self, events: Iterable[Event]) -> None:
        """Make and free these blocks in turn."""
        for block, size in events:
            if size < 0:
                self._free(block)
            else:
                self._make(block, size)

    def _make(self, block: int, size: int) -> None:
        if size == 0:
            return
        wanted = -(-(size + 8) // _GRAIN) * _GRAIN
        place = bisect.bisect_left(self._gaps, (wanted + _SPARE, -1))
        if place < len(self._gaps):
            room, address = self._gaps[place]
            self._forget(address, room)
            self._remember(address + wanted, room - wanted)
        elif self._end - self._top < wanted + _SPARE >= self._threshold:
            address, wanted = -1, -(-(wanted + _SPARE) // _PAGE) * _PAGE
            self._paged += wanted
        else:
            address, self._top = self._top, self._top + wanted
            self._end = max(self._end, self._top + _STEP)
            self._touched = max(self._touched, self._top)
        self._blocks[block] = (address, wanted)
        self.peak = max(self.peak, self.resident)

    def _free(self, block: int) -> None:
        address, size = self._blocks.pop(block, (-1, 0))
        if address < 0:
            self._paged -= size
            if self._threshold < size <= _MOST:
                self._threshold, self._trim = size, 2 * size
            return
        self.freed += 1
        if self.littering and size > _GRAIN and self.freed % LITTER == 0:
            size -= _GRAIN
        if (after := self._starts.get(address + size)) is not None:
            self._forget(address + size, after)
            size += after
        if (before := self._ends.get(address)) is not None:
            self._forget(address - before, before)
            address, size = address - before, size + before
        if address + size < self._top:
            self._remember(address, size)
            return
        self._top = address
        if self._end - self._top > self._trim:
            self._end = self._top + _STEP
            self._touched = min(self._touched, self._end)

    def _remember(self, address: int, size: int) -> None:
        bisect.insort(self._gaps, (size, address))
        self._starts[address] = self._ends[address + size] = size

    def _forget(self, address: int, size: int) -> None:
        del self._gaps[bisect.bisect_left(self._gaps, (size, address))]
        del self._starts[address], self._ends[address + size]
