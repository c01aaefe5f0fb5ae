"""A genome: contigs by name, and any number of windows of it at once as codes.

    genome = Genome.open(Path("hg38.fa"))
    genome.windows(["chr1", "2"], np.array([1_000_000, 5]), 500)      # (2, 500) codes

Coordinates are 0-based half-open. A plain file is mapped into memory, so that only what is asked for is read; a bgzip
file is read by pysam. The file must not change while it is open: that is looked for before each call.
"""

import contextlib
import gzip
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int64, UInt8
from numpy.typing import NDArray

from seqdl_core.errors import DataError, ReadError, SeqDLError, UnknownName
from seqdl_core.sequences.alphabets import DNA, complements, reverse_complement
from seqdl_core.sequences.contigs import build_of_lengths, match_contigs
from seqdl_core.sequences.genome_gather import Layout, count, gather
from seqdl_core.sequences.genome_index import Contig, block_index, stored_index
from seqdl_core.sequences.readers import RawTable

Outside = Literal["error", "unknown"]

_LARGEST_UNPACKED = 512 * 2**20


@dataclass(frozen=True)
class Composition:
    """Of N stretches: letters that are G or C, and letters that are A, C, G or T."""

    gc: Int64[np.ndarray, " N"]
    known: Int64[np.ndarray, " N"]


@dataclass(frozen=True, eq=False)
class Genome:
    """Contigs and their letters. Open one with :meth:`open`, or make one of records with :meth:`of_table`.

    Attributes:
        name: what the person calls the file.
        contigs: lengths by name, in the order of the file.
        path: the file; ``Path()`` for a genome that is in memory.
    """

    name: str
    contigs: dict[str, int]
    path: Path = Path()
    _index: tuple[Contig, ...] = ()
    _data: NDArray[np.uint8] | None = None
    _place: Path = Path()
    _stamp: tuple[int, int] = (0, 0)
    _numbers: dict[str, int] = field(default_factory=dict)

    @staticmethod
    def open(path: Path, name: str = "") -> "Genome":
        """Open a FASTA file, plain or bgzip, and its index; the index is made where there is none that fits.

        Raises:
            ReadError: if it is no FASTA, or its lines do not allow an index, or it is packed with plain gzip.
        """
        name = name or path.name
        try:
            with path.open("rb") as file:
                head = file.read(18)
            packed = head[:2] == b"\x1f\x8b"
            bgzip = packed and head[12:14] == b"BC"
            if packed and not bgzip:
                return _unpacked(path, name)
            stamp = _stamp(path)
            index, place = stored_index(path, name, bgzip)
            data = None if bgzip else np.asarray(np.memmap(path, np.uint8, "r"))
        except FileNotFoundError:
            raise ReadError("There is no such file.", where=str(path), fix="Check the path.") from None
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or "its name is not usable"
            raise ReadError(
                f"The file cannot be opened ({reason}).", where=name, fix="Check its name and rights."
            ) from None
        if bgzip and place == Path():
            raise ReadError(
                "There is no folder to keep the index of this genome in.",
                where=name,
                fix="Set SEQDL_HOME to a folder that you may write to.",
            )
        return Genome(
            name,
            {contig.name: contig.length for contig in index},
            path,
            tuple(index),
            data,
            place,
            stamp,
            {contig.name: number for number, contig in enumerate(index)},
        )

    @staticmethod
    def of_table(table: RawTable) -> "Genome":
        """A genome in memory from records that were read already (their names and sequences)."""
        names = table.cells[table.name_column].tolist()
        return Genome.of_sequences(names, table.cells[table.sequence_column].tolist(), table.file.name)

    @staticmethod
    def of_sequences(names: Sequence[str], sequences: Sequence[str], name: str) -> "Genome":
        """A genome in memory; raises DataError where two contigs share a name."""
        seen: set[str] = set()
        for contig in names:
            if contig in seen:
                raise DataError(
                    f"The name {contig[:60]} occurs twice.", where=name, fix="Give each contig a name of its own."
                )
            seen.add(contig)
        data = np.frombuffer("".join(sequences).encode("latin-1", "replace"), np.uint8)
        lengths = [len(sequence) for sequence in sequences]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        index = tuple(
            Contig(contig, length, int(offset), max(length, 1), max(length, 1) + 1)
            for contig, length, offset in zip(names, lengths, offsets, strict=False)
        )
        contigs = dict(zip(names, lengths, strict=True))
        return Genome(
            name, contigs, Path(), index, data, _numbers={contig: number for number, contig in enumerate(names)}
        )

    @cached_property
    def build(self) -> str:
        """``hg38``, ``mm10`` ... as the lengths of the contigs tell, or ``""``."""
        return build_of_lengths(self.contigs)

    def resolve(self, chroms: Iterable[str]) -> dict[str, str]:
        """For each name the genome's own name of that contig (``1`` is ``chr1``); unknown ones are left out."""
        return match_contigs(chroms, self.contigs)

    def name_of(self, chrom: str) -> str:
        """The genome's own name of a contig; raises UnknownName."""
        found = self.resolve([chrom])
        if chrom not in found:
            raise UnknownName("contig", chrom, list(self.contigs)[:1000], where=self.name)
        return found[chrom]

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """The letters of one stretch as they stand in the file, either case. Raises DataError beyond a contig's end."""
        if end < start:
            raise DataError("A stretch ends before it starts.", where=f"{chrom}:{start + 1}-{end}", fix="Swap the two.")
        letters = self.letters([chrom], np.array([start], np.int64), end - start)
        return letters.tobytes().decode("latin-1")

    def windows(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        length: int,
        *,
        minus: Bool[np.ndarray, " N"] | None = None,
        outside: Outside = "error",
    ) -> UInt8[np.ndarray, "N L"]:
        """Windows as DNA codes ``(N, length)``. What is not A, C, G, T or U, in either case, is unknown (N).

        Args:
            chroms, starts: where each window begins; aliases of contigs are understood.
            minus: which windows to read as their reverse complement.
            outside: what to do with positions beyond a contig's ends: raise DataError, or call them unknown.
        """
        found = self._gathered(chroms, starts, length, outside, codes=True)
        if minus is not None:
            found[minus] = reverse_complement(found[minus], DNA)
        return found

    def letters(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        length: int,
        *,
        minus: Bool[np.ndarray, " N"] | None = None,
        outside: Outside = "error",
    ) -> UInt8[np.ndarray, "N L"]:
        """The same as bytes of the letters that stand in the file, complemented (IUPAC) on the minus strand."""
        found = self._gathered(chroms, starts, length, outside, codes=False)
        if minus is not None:
            found[minus] = _complements()[found[minus][:, ::-1]]
        return found

    def texts(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        ends: Int64[np.ndarray, " N"],
        minus: Bool[np.ndarray, " N"] | None = None,
    ) -> list[str]:
        """Stretches of any lengths as text, as they stand in the file, those of ``minus`` as reverse complements."""
        found = [""] * len(starts)
        lengths = ends - starts
        for length in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == length)
            backwards = None if minus is None else minus[rows]
            letters = self.letters([chroms[row] for row in rows.tolist()], starts[rows], length, minus=backwards)
            text = letters.tobytes().decode("latin-1")
            for number, row in enumerate(rows.tolist()):
                found[row] = text[number * length : (number + 1) * length]
        return found

    def composition(
        self, chroms: Sequence[str], starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
    ) -> Composition:
        """G and C, and known letters, in stretches of any lengths inside their contigs; others raise DataError."""
        numbers = self._contig_numbers(chroms)
        self._check_inside(numbers, starts, ends)
        if self._data is None:
            lengths = ends - starts
            counts = np.zeros((len(starts), 4), np.int64)
            for length in np.unique(lengths).tolist():
                rows = np.flatnonzero(lengths == length)
                layout, at = self._pieces(numbers[rows], starts[rows], length)
                counts[rows] = count(layout, np.arange(len(rows)), at, at + length, _classes())
        else:
            self._check_unchanged()
            counts = count(self._layout, numbers, starts, ends, _classes())
        return Composition(counts[:, 1], counts[:, 0] + counts[:, 1])

    @cached_property
    def _layout(self) -> Layout:
        assert self._data is not None
        columns = [
            np.array([getattr(contig, name) for contig in self._index], np.int64)
            for name in ("offset", "line_letters", "line_bytes", "length")
        ]
        return Layout(self._data, columns[0], np.maximum(columns[1], 1), np.maximum(columns[2], 1), columns[3])

    def _gathered(
        self,
        chroms: Sequence[str],
        starts: Int64[np.ndarray, " N"],
        length: int,
        outside: Outside,
        codes: bool,
    ) -> UInt8[np.ndarray, "N L"]:
        numbers = self._contig_numbers(chroms)
        if outside == "error":
            self._check_inside(numbers, starts, starts + length)
        if self._data is None:
            layout, at = self._pieces(numbers, starts, length)
            return gather(layout, np.arange(len(at)), at, length, codes)
        self._check_unchanged()
        return gather(self._layout, numbers, starts, length, codes)

    def _pieces(
        self, contigs: Int64[np.ndarray, " N"], starts: Int64[np.ndarray, " N"], length: int
    ) -> tuple[Layout, Int64[np.ndarray, " N"]]:
        """The windows of a bgzip file as contigs of their own, and where each window begins in its piece."""
        import pysam

        pysam.set_verbosity(0)  # htslib would write to standard error
        self._check_unchanged()
        pieces = [""] * len(starts)
        names = list(self.contigs)
        low = np.maximum(starts, 0)
        high = np.minimum(starts + length, np.array([contig.length for contig in self._index], np.int64)[contigs])
        order = np.lexsort((starts, contigs))  # each block is then unpacked once
        try:
            with pysam.FastaFile(
                str(self.path),
                filepath_index=str(self._place),
                filepath_index_compressed=str(block_index(self._place)),
            ) as file:
                for row in order.tolist():
                    if high[row] > low[row]:
                        pieces[row] = file.fetch(names[contigs[row]], int(low[row]), int(high[row]))
        except (OSError, ValueError, KeyError):
            raise _unreadable(self.name) from None
        held = np.array([len(piece) for piece in pieces], np.int64)
        if (held != np.maximum(high - low, 0)).any():
            raise _unreadable(self.name)
        data = np.frombuffer("".join(pieces).encode("latin-1", "replace"), np.uint8)
        offsets = np.concatenate([[0], np.cumsum(held)])[:-1].astype(np.int64)
        width = np.maximum(held, 1)
        return Layout(data, offsets, width, width + 1, held), starts - low

    def _contig_numbers(self, chroms: Sequence[str]) -> Int64[np.ndarray, " N"]:
        try:
            return np.array([self._numbers[chrom] for chrom in chroms], np.int64)
        except KeyError:
            numbers = {chrom: self._numbers[self.name_of(chrom)] for chrom in dict.fromkeys(chroms)}
            return np.array([numbers[chrom] for chrom in chroms], np.int64)

    def _check_inside(
        self, contigs: Int64[np.ndarray, " N"], starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
    ) -> None:
        lengths = np.array([contig.length for contig in self._index], np.int64)[contigs]
        beyond = (starts < 0) | (ends > lengths)
        if beyond.any():
            row = int(np.argmax(beyond))
            name = self._index[int(contigs[row])].name
            raise DataError(
                f"{name}:{starts[row] + 1:,}-{ends[row]:,} is not inside {name}, which has {lengths[row]:,} letters.",
                where=self.name,
                fix="Leave the window out, or make it smaller.",
            )

    def _check_unchanged(self) -> None:
        # A mapped file that was cut off in the meantime would end the process.
        if self.path != Path():
            with contextlib.suppress(OSError):
                if _stamp(self.path) == self._stamp:
                    return
            raise DataError("The genome file has changed since it was opened.", where=self.name, fix="Open it again.")


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _unpacked(path: Path, name: str) -> Genome:
    """A genome packed with plain gzip, in memory: its middle cannot be read without what comes before."""
    text = bytearray()
    try:
        with gzip.open(path) as file:
            while block := file.read(2**20):
                text += block
                if len(text) > _LARGEST_UNPACKED:
                    raise ReadError(
                        f"The genome is packed with plain gzip and holds more than {_LARGEST_UNPACKED // 2**20} MB; "
                        "windows can be read only from a plain or a bgzip file.",
                        where=name,
                        fix="Unpack it with `gunzip`, or pack it with `bgzip`.",
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile):
        fix = "Copy or download it again."
        raise ReadError("The compressed file is damaged or was cut off.", where=name, fix=fix) from None
    records = bytes(text).replace(b"\r\n", b"\n").split(b"\n>")
    if not records[0].startswith(b">"):
        raise ReadError(
            "The file does not begin with a header.",
            where=f"line 1 of {name}",
            fix="A FASTA file begins with a header line: '>' and a name.",
        )
    records[0] = records[0][1:]
    names = [(record.partition(b"\n")[0].split() or [b""])[0].decode("utf-8", "replace") for record in records]
    letters = [record.partition(b"\n")[2].translate(None, b"\n\r \t").decode("latin-1") for record in records]
    try:
        return Genome.of_sequences(names, letters, name)
    except DataError as problem:
        raise ReadError(problem.what, where=problem.where, fix=problem.fix) from None


def _unreadable(name: str) -> SeqDLError:
    return ReadError(
        "The compressed genome cannot be read where its index points.",
        where=name,
        fix="Pack it again with bgzip, or copy it again.",
    )


def _complements() -> UInt8[np.ndarray, "256"]:
    table = np.arange(256, dtype=np.uint8)
    pairs = complements()
    table[list(pairs)] = list(pairs.values())
    return table


def _classes() -> UInt8[np.ndarray, "256"]:
    """0: A, T or U; 1: C or G; 2: all else."""
    classes = np.full(256, 2, np.uint8)
    classes[np.frombuffer(b"ATUatu", np.uint8)] = 0
    classes[np.frombuffer(b"CGcg", np.uint8)] = 1
    return classes
