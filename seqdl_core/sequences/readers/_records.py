"""What GenBank, EMBL and their kin share: one record after another through Biopython, its warnings as notices.

Each record is parsed by itself, so that an error names the record and its line. Biopython repairs some damages and
warns; each such warning becomes a notice.
"""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import Feature, FileIdentity, NoticeRecord, RawTable, notice
from seqdl_core.sequences.readers._remarks import Remarks

_NAMES = ("label", "gene", "product", "locus_tag", "standard_name")
_LONGEST_REMARK = 100
_MOST_LETTERS_OF_LOCATION = 20_000


@dataclass(frozen=True)
class Chunk:
    """The text of one record, the line it begins on, and whether the ``//`` behind it is there."""

    text: str
    line: int
    closed: bool


@dataclass
class Gathered:
    """Rows and features, as records come in."""

    remarks: Remarks
    cells: dict[str, list[str]] = field(
        default_factory=lambda: {
            key: [] for key in ("name", "sequence", "description", "organism", "molecule", "topology")
        }
    )
    lines: list[int] = field(default_factory=list)
    features: list[Feature] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)


def chunks(text: str, first_word: re.Pattern[str]) -> Iterator[Chunk]:
    """Cut a text at its ``//`` lines; what stands before the line that ``first_word`` matches is no record."""
    held: list[str] = []
    begins = 0
    for number, line in enumerate(text.split("\n"), 1):
        if first_word.match(line):
            if held:
                yield Chunk("\n".join(held) + "\n", begins, False)
            held, begins = [line], number
        elif line.rstrip() == "//":
            if held:
                yield Chunk("\n".join([*held, "//"]) + "\n", begins, True)
            held = []
        elif held:
            held.append(line)
    if any(line.strip() for line in held):
        yield Chunk("\n".join(held) + "\n", begins, False)


def parsed(chunk: Chunk, parse: Callable[[io.StringIO], Any], remarks: Remarks) -> Any:
    """One record of Biopython; its warnings become remarks, its exceptions a ReadError."""
    name = re.split(r"[\s;]+", chunk.text[:200], maxsplit=2)[1] or "without a name"
    where = f"line {chunk.line} of {remarks.name} (record {name[:40]})"
    location = _longest_location(chunk.text)
    if location > _MOST_LETTERS_OF_LOCATION:
        raise ReadError(
            f"The place of a feature takes {location:,} letters to say; SeqDL reads up to "
            f"{_MOST_LETTERS_OF_LOCATION:,}.",
            where=where,
            fix="Leave the feature out.",
        )
    if not chunk.closed:
        remarks.add("without the // that ends a record, and which may be cut off", chunk.line, name, noun="record")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            record = parse(io.StringIO(chunk.text))
        except Exception as problem:  # noqa: BLE001 - whatever Biopython raises is about this record
            reason = " ".join(str(problem).split())[:_LONGEST_REMARK]
            raise ReadError(
                f"The record cannot be read ({reason or type(problem).__name__}).",
                where=where,
                fix="Mend the record, or download it again.",
            ) from None
    reasons = (" ".join(str(warning.message).split())[:_LONGEST_REMARK].rstrip(". ") for warning in said)
    for reason in dict.fromkeys(reasons):
        remarks.add(f"that the parser repaired or doubted: {reason}", chunk.line, name, noun="record")
    return record


def _longest_location(text: str) -> int:
    """Letters of the longest place of a feature: from its key up to its first qualifier, over several lines."""
    longest = run = 0
    inside = False
    for line in text.split("\n"):
        body = line[5:] if line.startswith(("FT   ", "     ")) else ""
        if body[:1] not in ("", " ") and not body[:1].isdigit():
            inside, run = True, 0
        elif not body.startswith(" " * 16) or body.lstrip()[:1] == "/":
            inside = False
        run = run + len(body.strip()) if inside else 0
        longest = max(longest, run)
    return longest


def gather(record: Any, chunk: Chunk, gathered: Gathered, molecule: str = "") -> None:
    """Add one record's row and features; a record without letters adds nothing but its count."""
    letters = _letters(record)
    if not letters:
        gathered.empty.append(chunk.line)
        return
    about = record.annotations
    row = len(gathered.lines)
    topology = str(about.get("topology") or "")
    values = {
        "name": str(record.id if record.id not in ("", ".", "<unknown id>", None) else record.name),
        "sequence": letters,
        "description": _plain(record.description, "<unknown description>"),
        "organism": str(about.get("organism") or "").rstrip("."),
        "molecule": molecule or str(about.get("molecule_type") or ""),
        "topology": topology,
    }
    for key, column in gathered.cells.items():
        column.append(values[key])
    gathered.lines.append(chunk.line)
    for found in record.features:
        gathered.features += _stretches(found, row, len(letters), chunk.line, gathered.remarks)


def _plain(text: str, unknown: str) -> str:
    return "" if text in (unknown, ".") else text


def _letters(record: Any) -> str:
    """The sequence; empty where the record has a length and no letters (a contig made of others)."""
    from Bio.Seq import UndefinedSequenceError

    try:
        return str(record.seq or "")
    except UndefinedSequenceError:
        return ""


def _stretches(found: Any, row: int, length: int, line: int, remarks: Remarks) -> list[Feature]:
    """One feature of Biopython as one Feature a stretch, in the order of reading."""
    name = next((str(found.qualifiers[key][0]) for key in _NAMES if found.qualifiers.get(key)), "")
    made: list[Feature] = []
    for part in found.location.parts if found.location is not None else ():
        try:
            start, end = int(part.start), int(part.end)
        except (TypeError, ValueError):  # a position that the record calls unknown
            start = end = -1
        if part.ref is not None or not 0 <= start < end <= length:
            made = []
            break
        strand = {1: "+", -1: "-"}.get(part.strand, ".")
        made.append(Feature(row, start, end, strand, str(found.type), name, len(made)))
    if not made:
        reason = "that takes in no letter of its own record, left out"
        remarks.add(reason, line, f"{found.type} {name}".strip(), noun="feature")
    return made


def letters_before(lines: list[str], starts: re.Pattern[str]) -> NDArray[np.int64]:
    """Entry ``n`` counts the letters on lines 1 to n: those between a line that ``starts`` matches and ``//``."""
    counts = np.zeros(len(lines) + 1, np.int64)
    inside = False
    for number, line in enumerate(lines, 1):
        if line.startswith("//"):
            inside = False
        elif inside:
            counts[number] = sum(map(len, re.findall(r"[A-Za-z*-]+", line)))
        elif starts.match(line):
            inside = True
    return np.cumsum(counts)


def to_table(file: FileIdentity, layout: str, gathered: Gathered, before: NDArray[np.int64] | None = None) -> RawTable:
    """The table of all records; columns that no record fills are left out."""
    notices: tuple[NoticeRecord, ...] = gathered.remarks.notices()
    if gathered.empty:
        place = f"line {gathered.empty[0]} of {file.name}"
        notices += (notice(len(gathered.empty), "record", "without a sequence of its own, left out.", place),)
    kept = {key: column for key, column in gathered.cells.items() if key in ("name", "sequence") or any(column)}
    return RawTable(
        file,
        layout,
        pd.DataFrame(kept, dtype=str),
        np.array(gathered.lines, np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        letters_before=before,
        features=tuple(gathered.features),
        one_based=True,
        notices=notices,
    )
