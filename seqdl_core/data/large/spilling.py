"""What repeats among more rows than fit into memory: hashes go to files, in which the same hash meets itself.

Names and sequences count as the same where their 64-bit hashes are; among a hundred million different ones a mistake
has a chance of one in four thousand.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from jaxtyping import Bool, Int64, UInt8, UInt32, UInt64
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.data.parts.by_letters import COMPARED, MANY_GROUPS, Shared, drawn_alone, held_back

_FILES = 64
_NAMES = np.dtype([("row", "<i8"), ("name", "<u8")])
_SEQUENCES = np.dtype(
    [("row", "<i8"), ("free", "<u8"), ("sequence", "<u8"), ("label", "<u8"), ("group", "<u8"), ("part", "u1")]
)
_FEWEST = 0.25
"""Whole groups are not drawn where they give less than this part of the asked share."""
_TRAIN, _VALIDATION, _TEST = range(3)


@dataclass(frozen=True)
class Repeats:
    """Rows that repeat an earlier sequence, sequences with unlike labels, and rows that are in two parts."""

    duplicates: int
    conflicting: int
    shared: Shared


@dataclass(frozen=True, eq=False)
class Moved:
    """Rows in their order, and the number of the part that each goes to."""

    rows: Int64[np.ndarray, "M"]
    parts: UInt8[np.ndarray, "M"]

    def __len__(self) -> int:
        return len(self.rows)


NOTHING_MOVED = Moved(np.zeros(0, np.int64), np.zeros(0, np.uint8))


class Spill:
    """Takes hashes of rows in their order, and answers when all are in.

    Args:
        folder: an empty folder for the files; whoever made it removes it.
    """

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self._names = [folder / f"names-{number}" for number in range(_FILES)]
        self._sequences = [folder / f"sequences-{number}" for number in range(_FILES)]
        self._open: dict[Path, IO[bytes]] = {path: path.open("wb") for path in (*self._names, *self._sequences)}
        self._moved = NOTHING_MOVED

    def __enter__(self) -> "Spill":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for file in self._open.values():
            file.close()

    def add(
        self,
        names: UInt64[np.ndarray, "N"],
        sequences: UInt64[np.ndarray, "N"],
        strand_free: UInt64[np.ndarray, "N"],
        labels: UInt64[np.ndarray, "N"],
        groups: UInt64[np.ndarray, "N"],
        parts: UInt8[np.ndarray, "N"],
    ) -> None:
        """The next rows: hashes, what their labels are as bits, a hash of what they are to be kept together with, and
        their part (0 train, 1 validation, 2 test).
        """
        rows = np.arange(self.rows, self.rows + len(names), dtype=np.int64)
        self.rows += len(names)
        named, told = np.empty(len(rows), _NAMES), np.empty(len(rows), _SEQUENCES)
        named["row"], named["name"] = rows, names
        told["row"], told["sequence"], told["free"], told["label"], told["group"], told["part"] = (
            rows, sequences, strand_free, labels, groups, parts,
        )  # fmt: skip
        self._put(self._names, named, names)
        self._put(self._sequences, told, strand_free)

    def _put(self, files: list[Path], records: NDArray[Any], hashes: NDArray[np.uint64]) -> None:
        # FNV's upper bits are its better ones
        file_of = (hashes >> np.uint64(40)).astype(np.int64) % _FILES
        order = np.argsort(file_of, kind="stable")
        ends = np.cumsum(np.bincount(file_of, minlength=_FILES))
        for path, begin, end in zip(files, [0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            if end > begin:
                self._open[path].write(records[order[begin:end]].tobytes())

    def draw_again(self, fraction: float, seed: int, by_class: bool) -> Moved:
        """The rows whose part is another one now: the classes of few sequences are drawn anew.

        Every row was drawn for itself as it came, which is right where a class has many different sequences; see
        :func:`seqdl_core.data.parts.by_letters.random_test_rows`, which gives the same parts. Validation rows stay
        what they are.

        Args:
            by_class: whether rows of unlike labels are drawn separately.
        """
        classes: dict[int, list[NDArray[Any]]] = {}
        counts: Counter[int] = Counter()
        for records in self._parts(self._sequences, _SEQUENCES):
            records = records[records["part"] != _VALIDATION]
            groups, first, sizes = np.unique(records["free"], return_index=True, return_counts=True)
            labels = records["label"][first] if by_class else np.zeros(len(groups), np.uint64)
            for label in np.unique(labels).tolist():
                members = labels == label
                counts[label] += int(members.sum())
                if counts[label] < MANY_GROUPS:
                    classes.setdefault(label, []).append(np.stack([groups[members], sizes[members].astype(np.uint64)]))
                else:
                    classes.pop(label, None)
        few = [np.hstack(pieces) for label, pieces in classes.items() if counts[label] < MANY_GROUPS]
        if not few:
            return NOTHING_MOVED
        groups = np.hstack([hashes for hashes, _ in few])
        parts = np.hstack([held_back(hashes, sizes, fraction, seed) for hashes, sizes in few]) * np.uint8(_TEST)
        order = np.argsort(groups)
        groups, parts = groups[order], parts[order]
        rows, changed = [], []
        for records in self._parts(self._sequences, _SEQUENCES):
            place = np.minimum(np.searchsorted(groups, records["free"]), len(groups) - 1)
            other = (groups[place] == records["free"]) & (records["part"] != _VALIDATION)
            other &= parts[place] != records["part"]
            rows.append(records["row"][other])
            changed.append(parts[place][other])
        if rows:
            order = np.argsort(np.concatenate(rows))
            self._moved = Moved(np.concatenate(rows)[order], np.concatenate(changed)[order])
        return self._moved

    def draw_by_group(self, fraction: float, seed: int) -> Moved | None:
        """The rows whose part is another one where whole groups are drawn; None where that tests too little or all.

        Groups that share a sequence, or its other strand, count as one. Which groups test follows from their hashes and
        the seed, so the order of the rows does not matter; of few groups the share is met as closely as whole groups
        allow. Memory grows with the groups that share sequences and the rows that move, not with the file.
        """
        known, root_of = self._linked_groups()
        found, sizes = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        for records in self._drawn():
            groups, counts = np.unique(_rooted(records["group"], known, root_of), return_counts=True)
            counts = np.concatenate([sizes, counts])
            found, place = np.unique(np.concatenate([found, groups]), return_inverse=True)
            sizes = np.zeros(len(found), np.int64)
            np.add.at(sizes, place, counts)
            if len(found) >= MANY_GROUPS:
                break
        tested = found[held_back(found, sizes, fraction, seed)] if len(found) < MANY_GROUPS else None
        rows, parts = [], []
        held = every = 0
        for records in self._drawn():
            groups = _rooted(records["group"], known, root_of)
            tests = drawn_alone(groups, fraction, seed) if tested is None else np.isin(groups, tested)
            part = tests * np.uint8(_TEST)
            other = part != records["part"]
            rows.append(records["row"][other])
            parts.append(part[other])
            held, every = held + int(tests.sum()), every + len(records)
        if not _FEWEST * fraction * every <= held < every or not held:
            return None
        order = np.argsort(np.concatenate(rows))
        self._moved = Moved(np.concatenate(rows)[order], np.concatenate(parts)[order])
        return self._moved

    def _drawn(self) -> Iterator[NDArray[Any]]:
        """Rows that are drawn; validation rows stay what they are."""
        for records in self._parts(self._sequences, _SEQUENCES):
            yield records[records["part"] != _VALIDATION]

    def _linked_groups(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The groups that share a sequence with another, in order, and for each the one that stands for its chain."""
        links = [np.zeros((2, 0), np.uint64)]
        for records in self._drawn():
            ordered = records[np.lexsort((records["group"], records["free"]))]
            one, next_one = ordered[:-1], ordered[1:]
            linked = (one["free"] == next_one["free"]) & (one["group"] != next_one["group"])
            links.append(np.unique(np.stack([one["group"][linked], next_one["group"][linked]]), axis=1))
        known, place = np.unique(np.hstack(links), return_inverse=True)
        first, second = place.reshape(2, -1)
        graph = coo_array((np.ones(len(first), bool), (first, second)), shape=(len(known), len(known)))
        chain = connected_components(graph, directed=False)[1] if len(known) else np.zeros(0, np.int64)
        return known, known[np.unique(chain, return_index=True)[1]][chain]

    def repeated_names(self) -> UInt32[np.ndarray, "N"] | None:
        """2 for the second row with a name, 3 for the third and so on, 0 for the first; None where no name repeats."""
        counts: NDArray[np.uint32] | None = None
        for records in self._parts(self._names, _NAMES):
            order = np.argsort(records["name"], kind="stable")
            names = records["name"][order]
            first = np.r_[True, names[1:] != names[:-1]]
            if first.all():
                continue
            if counts is None:
                counts = np.zeros(self.rows, np.uint32)
            places = np.arange(len(names))
            nth = places - np.maximum.accumulate(np.where(first, places, 0)) + 1
            counts[records["row"][order][~first]] = nth[~first]
        return counts

    def repeated_rows(self) -> Bool[np.ndarray, "N"]:
        """Whether an earlier row has the same sequence, label and part."""
        repeated = np.zeros(self.rows, bool)
        for records in self._parts(self._sequences, _SEQUENCES):
            order = np.lexsort((records["row"], records["part"], records["label"], records["sequence"]))
            ordered = records[order]
            same = np.ones(len(ordered) - 1, bool)
            for column in ("sequence", "label", "part"):
                same &= ordered[column][1:] == ordered[column][:-1]
            repeated[ordered["row"][1:][same]] = True
        return repeated

    def repeats(self, left_out: Bool[np.ndarray, "N"] | None = None) -> Repeats:
        """Counts over all rows but those that were left out."""
        duplicates = conflicting = 0
        shared = np.zeros(len(COMPARED), np.int64)
        for records in self._parts(self._sequences, _SEQUENCES):
            if left_out is not None:
                records = records[~left_out[records["row"]]]
            ordered = records[np.lexsort((records["label"], records["sequence"]))]
            first = np.r_[True, ordered["sequence"][1:] != ordered["sequence"][:-1]][: len(ordered)]
            duplicates += int((~first).sum())
            unlike = ~first & np.r_[False, ordered["label"][1:] != ordered["label"][:-1]][: len(ordered)]
            conflicting += len(np.unique(ordered["sequence"][unlike]))
            of_part = {name: records["free"][records["part"] == number] for number, name in enumerate(SPLITS)}
            shared += [int(np.isin(of_part[held], of_part[known]).sum()) for held, known in COMPARED]
        return Repeats(duplicates, conflicting, Shared(*shared.tolist()))

    def _parts(self, files: list[Path], kind: np.dtype[Any]) -> Iterator[NDArray[Any]]:
        for path in files:
            self._open[path].flush()
            records = np.fromfile(path, kind)
            if len(self._moved) and kind is _SEQUENCES:
                place = np.minimum(np.searchsorted(self._moved.rows, records["row"]), len(self._moved) - 1)
                is_moved = self._moved.rows[place] == records["row"]
                records["part"] = np.where(is_moved, self._moved.parts[place], records["part"])
            if len(records):
                yield records


def _rooted(
    groups: NDArray[np.uint64], known: NDArray[np.uint64], root_of: NDArray[np.uint64]
) -> UInt64[np.ndarray, "N"]:
    """The hash that stands for each group: its own, or that of its chain where it is among the ``known``."""
    if not len(known):
        return groups
    place = np.minimum(np.searchsorted(known, groups), len(known) - 1)
    return np.where(known[place] == groups, root_of[place], groups)
