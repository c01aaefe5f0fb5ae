"""Where each contig of a FASTA file begins and how its lines are laid out: the .fai index of samtools faidx.

An index is made by reading the file once, a block at a time. It is kept beside the file if that folder may be written,
otherwise in SeqDL's cache; one that is older than its file, or does not fit it, is made anew.
"""

import contextlib
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.files import replace_file

_BLOCK = 8 * 2**20
_LONGEST_HEADER = 2**16
_LOOK_BACK = 4096
_NEWLINE = 10
_RETURN = 13
_HEADER = ord(">")


@dataclass(frozen=True)
class Contig:
    """One line of a .fai.

    Attributes:
        length: in letters.
        offset: of the first letter, in bytes of the (unpacked) file.
        line_letters: letters on each full line.
        line_bytes: the same with the line's end.
    """

    name: str
    length: int
    offset: int
    line_letters: int
    line_bytes: int


@dataclass
class _Open:
    """The contig that is being read; ``short`` is the line after which no more letters may come."""

    name: str
    line: int
    offset: int
    length: int = 0
    letters: int = 0
    bytes: int = 0
    short: int = 0

    def closed(self) -> Contig:
        return Contig(self.name, self.length, self.offset, self.letters, self.bytes)


@dataclass
class _Scan:
    """What is known at the beginning of a block."""

    name: str
    line: int = 1
    position: int = 0
    contigs: list[Contig] = field(default_factory=list)
    lines_of: dict[str, int] = field(default_factory=dict)
    current: _Open | None = None


def index_stream(stream: BufferedIOBase, name: str) -> list[Contig]:
    """Index FASTA from its bytes, plain or already unpacked.

    Raises:
        ReadError: naming the line where a contig's lines differ in length, a name occurs twice or there is no FASTA.
    """
    scan = _Scan(name)
    rest = b""
    while block := stream.read(max(_BLOCK, len(rest))):  # doubling keeps a chromosome on one line linear
        whole = rest + block
        end = whole.rfind(b"\n") + 1
        if not end and len(whole) > _LONGEST_HEADER and whole[:1] == b">":
            raise _error("A header is longer than 65,536 letters.", scan, scan.line, "Shorten it.")
        _index_lines(np.frombuffer(whole, np.uint8, end), scan)
        rest = whole[end:]
    if rest:
        _index_lines(np.frombuffer(rest, np.uint8), scan)
    if scan.current:
        scan.contigs.append(scan.current.closed())
    if not scan.contigs:
        raise ReadError("The file is empty.", where=name, fix="Choose a FASTA file with at least one contig.")
    return scan.contigs


def _index_lines(data: NDArray[np.uint8], scan: _Scan) -> None:
    """Index whole lines; only the file's last may lack its end."""
    if not data.size:
        return
    ends = np.flatnonzero(data == _NEWLINE)
    unfinished = not ends.size or ends[-1] != data.size - 1
    stops = np.append(ends, data.size) if unfinished else ends
    starts = np.concatenate([[0], stops[:-1] + 1])
    widths = np.minimum(stops + 1, data.size) - starts
    returns = (stops > starts) & (data[np.maximum(stops - 1, 0)] == _RETURN)
    letters = stops - starts - returns
    headers = np.flatnonzero((letters > 0) & (data[np.minimum(starts, data.size - 1)] == _HEADER))
    for first, last in zip(np.concatenate([[-1], headers]), np.append(headers, len(starts)), strict=True):
        if first >= 0:
            begin = int(starts[first])
            title = data[begin + 1 : begin + int(letters[first])].tobytes().decode("utf-8", "replace")
            _begin(title, scan, scan.line + int(first), scan.position + begin + int(widths[first]))
        between = slice(int(first) + 1, int(last))
        if between.stop > between.start:
            _lines(
                letters[between],
                widths[between],
                scan,
                scan.line + between.start,
                bool(unfinished and last == len(starts)),
            )
    scan.line += len(starts)
    scan.position += data.size


def _begin(title: str, scan: _Scan, line: int, offset: int) -> None:
    if "\r" in title:
        raise _error("The lines end in CR alone.", scan, line, "Save the file with LF or CRLF line ends.")
    words = title.split(maxsplit=1)
    if not words:
        raise _error("A contig has no name.", scan, line, "Write a name after the '>'.")
    if words[0] in scan.lines_of:
        raise _error(
            f"The name {words[0][:60]} occurs twice; the first is on line {scan.lines_of[words[0]]}.",
            scan,
            line,
            "Give each contig a name of its own.",
        )
    scan.lines_of[words[0]] = line
    if scan.current:
        scan.contigs.append(scan.current.closed())
    scan.current = _Open(words[0], line, offset)


def _lines(letters: NDArray[np.int64], widths: NDArray[np.int64], scan: _Scan, line: int, unfinished: bool) -> None:
    """Take over the sequence lines of one contig; all but its last must be of one length."""
    contig = scan.current
    if contig is None:
        filled = np.flatnonzero(letters)
        if filled.size:
            fix = "A FASTA file begins with a header line: '>' and a name."
            raise _error("The file does not begin with a header.", scan, line + int(filled[0]), fix)
        return
    if not contig.bytes:
        contig.letters, contig.bytes = int(letters[0]), int(widths[0])
        if unfinished and len(letters) == 1:
            contig.bytes += 1
    full = (letters == contig.letters) & (widths == contig.bytes)
    if unfinished and letters[-1] == contig.letters:
        full[-1] = True
    odd = np.flatnonzero(~full)
    begin = 0
    if not contig.short and odd.size and letters[odd[0]] <= contig.letters:
        contig.short = line + int(odd[0])
        begin = int(odd[0]) + 1
    late = np.flatnonzero(letters[begin:]) if contig.short else odd
    if late.size:
        at = line + begin + int(late[0])
        before = f"line {contig.short} is shorter" if contig.short else f"those before have {contig.letters:,} letters"
        raise _error(
            f"The lines of {contig.name[:60]} differ in length before its end ({before}), so places in it cannot be "
            "found quickly.",
            scan,
            at,
            "Write all lines of a contig at one length, for instance with `seqkit seq -w 60`.",
        )
    contig.length += int(letters.sum())


def _error(what: str, scan: _Scan, line: int, fix: str) -> ReadError:
    return ReadError(what, where=f"line {line} of {scan.name}", fix=fix)


def stored_index(path: Path, name: str, bgzip: bool) -> tuple[list[Contig], Path]:
    """The index of a genome file, read where there is a good one and made where not, and the place it is kept.

    Beside the index of a bgzip file lies a ``.gzi`` with the places of its blocks.

    Raises:
        ReadError: if the file is no FASTA that can be indexed.
    """
    places = list(_places(path))
    for place in places:
        contigs = _read(place, path, bgzip)
        if contigs and (bgzip or _fits(contigs, path)):
            return contigs, place
    contigs = _made(path, name, bgzip)
    text = "".join(f"{c.name}\t{c.length}\t{c.offset}\t{c.line_letters}\t{c.line_bytes}\n" for c in contigs)
    blocks = _block_places(path, name) if bgzip else b""
    for place in places:
        with contextlib.suppress(OSError):
            if bgzip:
                replace_file(_gzi(place), blocks)
            replace_file(place, text)
            return contigs, place
    return contigs, Path()


def _made(path: Path, name: str, bgzip: bool) -> list[Contig]:
    try:
        with gzip.open(path) if bgzip else path.open("rb") as stream:
            return index_stream(stream, name)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        fix = "Copy or download it again."
        raise ReadError("The compressed file is damaged or was cut off.", where=name, fix=fix) from None


def _places(path: Path) -> Iterator[Path]:
    """Where an index may lie, the best place first."""
    yield path.with_name(f"{path.name}.fai")
    key = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    home = Path(os.environ.get("SEQDL_HOME") or Path.home() / ".seqdl")
    yield home / "cache" / "genomes" / f"{key}.fai"
    user = os.getuid() if hasattr(os, "getuid") else 0
    yield Path(tempfile.gettempdir()) / f"seqdl-genomes-{user}" / f"{key}.fai"


def _gzi(place: Path) -> Path:
    return place.with_suffix(".gzi")


def block_index(place: Path) -> Path:
    """The file with the places of the blocks of a bgzip genome whose index is kept at ``place``."""
    return _gzi(place)


def _read(place: Path, path: Path, bgzip: bool) -> list[Contig]:
    """The contigs of a .fai; empty where there is none, or it is older than the genome, or it is damaged."""
    try:
        newest = path.stat().st_mtime_ns
        if place.stat().st_mtime_ns < newest or (bgzip and _gzi(place).stat().st_mtime_ns < newest):
            return []
        rows = [line.split("\t") for line in place.read_text("utf-8").splitlines()]
        contigs = [Contig(row[0], *map(int, row[1:5])) for row in rows]
    except (OSError, ValueError, TypeError, UnicodeDecodeError):
        return []
    names = {contig.name for contig in contigs}
    sound = all(c.length >= 0 and c.offset > 0 and (c.line_bytes > c.line_letters > 0 or not c.length) for c in contigs)
    return contigs if sound and len(names) == len(contigs) else []


def _fits(contigs: list[Contig], path: Path) -> bool:
    """Whether each contig is where the index says: its header right before, the next header or the end right after."""
    size = path.stat().st_size
    data = np.memmap(path, np.uint8, "r") if size else np.zeros(0, np.uint8)
    for contig in contigs:
        if contig.offset > size:
            return False
        head = data[max(0, contig.offset - _LOOK_BACK) : contig.offset].tobytes()
        title = head[head.rfind(b"\n", 0, len(head) - 1) + 1 :].decode("utf-8", "replace")
        if title[:1] != ">" or title[1:].split(maxsplit=1)[:1] != [contig.name]:
            return False
        end = end_of(contig)
        after = data[end : end + 4].tobytes() if end <= size else b"?"
        if end > size or after.lstrip(b"\r\n")[:1] not in (b"", b">"):
            return False
    return bool(contigs)


def end_of(contig: Contig) -> int:
    """The byte behind a contig's last letter."""
    if not contig.length:
        return contig.offset
    full, rest = divmod(contig.length, contig.line_letters)
    full, rest = (full, rest) if rest else (full - 1, contig.line_letters)
    return contig.offset + full * contig.line_bytes + rest


def _block_places(path: Path, name: str) -> bytes:
    """The content of a .gzi: for each block but the first its place in the packed and in the unpacked file."""
    places: list[tuple[int, int]] = []
    size = path.stat().st_size
    packed = unpacked = 0
    with path.open("rb") as file:
        while packed < size:
            file.seek(packed)
            head = file.read(18)
            if len(head) < 18 or head[:4] != b"\x1f\x8b\x08\x04" or head[12:14] != b"BC":
                raise ReadError(
                    "The file begins like bgzip, but not all of its blocks are.", where=name, fix="Pack it again."
                )
            packed += int.from_bytes(head[16:18], "little") + 1
            file.seek(packed - 4)
            unpacked += int.from_bytes(file.read(4), "little")
            places.append((packed, unpacked))
    kept = np.array(places[:-1], "<u8").reshape(-1, 2)
    return len(kept).to_bytes(8, "little") + kept.tobytes()
