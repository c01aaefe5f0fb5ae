"""Stockholm: the alignments of Pfam and Rfam. Rows are the sequences without gaps, the alignment is kept beside them.

A2M and A3M, which are FASTA, are read by the reader of FASTA; :func:`profile` serves all three.
"""

import io
import re

import numpy as np
import pandas as pd
from Bio.Align import MultipleSeqAlignment
from Bio.AlignIO.StockholmIO import StockholmIterator

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._alignment import profile, without_gaps

__all__ = ["READER", "profile"]

_FIRST_LINE = re.compile(r"\s*# *STOCKHOLM\b", re.IGNORECASE)


def recognises(text: str) -> bool:
    """Whether the first line names the format."""
    return _FIRST_LINE.match(text) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Aligned sequences to rows with the columns ``name``, ``sequence``, ``aligned`` and, of several, ``alignment``.

    Raises:
        ReadError: for an alignment that is cut off or whose rows differ in length.
    """
    del layout  # Stockholm has only one
    text = file.text.lstrip()
    skipped = file.text[: len(file.text) - len(text)].count("\n")
    names: list[str] = []
    aligned: list[str] = []
    families: list[str] = []
    lines: list[int] = []
    structures = 0
    begins = 1 + skipped
    for number, block in enumerate(_blocks(text), 1):
        plain_block, places = _unwrapped(block, begins, file.name)
        alignment = _parse(plain_block, begins, file.name)
        family = _family(block) or f"alignment_{number}"
        # The parser's own names would lose the part behind a '/'.
        for (name, line), sequence in zip(places.items(), alignment, strict=True):
            names.append(name)
            aligned.append(str(sequence.seq))
            families.append(family)
            lines.append(line)
        structures += "#=GC SS_cons" in block
        begins += block.count("\n")
    if not names:
        raise ReadError("The alignment is empty.", where=file.name, fix="Choose a file with at least one sequence.")
    plain, gaps = without_gaps(aligned, file.name)
    cells = {"name": names, "sequence": plain, "aligned": aligned}
    if len(set(families)) > 1:
        cells["alignment"] = families
    kept: tuple[NoticeRecord, ...] = ()
    if structures:
        kept = (notice(structures, "alignment", "with a consensus structure (SS_cons), which is not used.", file.name),)
    return RawTable(
        file,
        "stockholm",
        pd.DataFrame(cells, dtype=str),
        np.array(lines, np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        notices=(*gaps, *kept),
    )


def _blocks(text: str) -> list[str]:
    """The alignments of a file, each with its end line; what follows the last end belongs to none."""
    parts = re.split(r"(?<=\n//)[^\n]*\n", text)
    return [part + "\n" for part in parts if part.strip()]


def _parse(block: str, begins: int, name: str) -> MultipleSeqAlignment:
    try:
        alignment: MultipleSeqAlignment = next(StockholmIterator(io.StringIO(block)))
        return alignment
    except StopIteration:
        what = "The alignment is empty."
    except (ValueError, AssertionError, IndexError, KeyError, TypeError) as problem:
        what = f"The alignment is damaged: {' '.join(str(problem).split())[:200] or 'its lines do not fit together'}."
    raise ReadError(what, where=f"line {begins} of {name}", fix="Give all rows the same number of columns.")


def _unwrapped(block: str, begins: int, name: str) -> tuple[str, dict[str, int]]:
    """The block with each row on one line, and the line on which each row begins, by its name as written.

    The parser joins wrapped rows in time that grows with their square.
    """
    rows: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    marks: dict[tuple[str, ...], list[str]] = {}
    free: list[str] = []
    ended = False
    for number, line in enumerate(block.split("\n"), begins):
        parts = line.split()
        if not parts or _FIRST_LINE.match(line):
            continue
        if parts[0] == "//":
            ended = True
        elif parts[0] in ("#=GR", "#=GC"):
            key = tuple(parts[: 3 if parts[0] == "#=GR" else 2])
            marks.setdefault(key, []).extend(parts[len(key) :])
        elif parts[0][0] == "#":
            free.append(" ".join(parts))
        elif len(parts) == 2:
            rows.setdefault(parts[0], []).append(parts[1])
            places.setdefault(parts[0], number)
        else:
            raise ReadError(
                f"This line has {len(parts)} word{'' if len(parts) == 1 else 's'}; a row of an alignment is a name "
                "and letters with gaps.",
                where=f"line {number} of {name}",
                fix="Write the letters of a row without blanks, and comments behind a '#'.",
            )
    if not ended:
        raise ReadError(
            "The alignment has no end line ('//'); it was cut off.",
            where=f"line {begins + block.rstrip().count(chr(10))} of {name}",
            fix="Copy or download the file again.",
        )
    joined = [" ".join((*key, "".join(parts))) for key, parts in marks.items()]
    sequences = [f"{key} {''.join(parts)}" for key, parts in rows.items()]
    return "\n".join(["# STOCKHOLM 1.0", *free, *sequences, *joined, "//", ""]), places


def _family(block: str) -> str:
    found = re.search(r"^#=GF (?:AC|ID) +(\S+)", block, re.MULTILINE)
    return found.group(1) if found else ""


READER = Reader(name="stockholm", title="Stockholm alignment", recognises=recognises, read=read, order=0)
