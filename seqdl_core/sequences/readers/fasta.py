"""FASTA: a header line that begins with '>', then letters on any number of lines.

What headers may say besides a name stands in ``_headers.py``; aligned records in ``_alignment.py``. A record may carry
its structure in dot-bracket form on lines of its own below the letters, with or without the energy that RNAfold prints,
or a class for each residue (``_labels_below.py``):

    >hairpin
    CCCCAUAGGGG
    ((((...)))) (-3.40)
"""

import io
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from Bio.SeqIO.FastaIO import SimpleFastaParser
from numpy.typing import NDArray

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._alignment import is_aligned, without_gaps
from seqdl_core.sequences.readers._blocks import counted
from seqdl_core.sequences.readers._headers import read_headers
from seqdl_core.sequences.readers._labels_below import take_labels
from seqdl_core.sequences.readers._structure_aware import TOLD, without_shapes
from seqdl_core.sequences.vocabulary import means_label

_FIRST_HEADER = re.compile(r"(?:[ \t]*\n|[;!][^\n]*\n|#(?!#)[^\n]*\n)*>")
_TEXT_BEFORE = re.compile(r"[^\n\t>@]{1,200}\n>[^\n]*\n[;#!]?[A-Za-z*. -]+(?:\n|$)")
_ENERGY = re.compile(r"\s[(\[{]\s*(-?\d+(?:\.\d+)?)\s*[)\]}]\s*$")
_NUMBERS = re.compile(r"\s*-?\d+(?:\s+-?\d+)+\s*")
_COUNT = re.compile(r"^[ \t]*\d{1,9}[ \t]+[A-Za-z]", re.MULTILINE)
_LONGEST_HEADER = 100_000
_BRACKETS = re.compile(r"[()\[\]{}<>.,:_~|&-]+")


def recognises(text: str) -> bool:
    """Whether the first line with anything on it, comments aside, begins with a '>'."""
    return _FIRST_HEADER.match(text) is not None or _TEXT_BEFORE.match(text) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Records to rows with the columns ``name``, ``sequence`` and what the headers say besides.

    Further columns: ``structure`` (dot-bracket, as long as the sequence) and ``energy``; ``residues``, classes;
    ``aligned`` for records of an alignment, whose gaps are then taken out of ``sequence``.

    Raises:
        ReadError: for text before the first record, a structure that is not as long as its sequence, several chains
            in one record, or numbers instead of letters.
    """
    del layout  # FASTA has only one
    text, comments = _without_comments(file)
    lines = text.split("\n")
    _refuse_text_before(lines, file.name)
    starts = np.array([number for number, line in enumerate(lines, 1) if line[:1] == ">"], np.int64)
    _refuse_headers_alone(lines, starts, file.name)
    numbered = _without_counts(lines, starts) if _COUNT.search(text) else []
    text = "\n".join(lines) if numbered else text
    if "(" in text or "\n." in text:
        lines, structures = _take_structures(lines, starts, file.name)
        text = "\n".join(lines)
    else:
        structures = {}
    below = take_labels(lines, starts) if not structures else None
    if below:
        lines, residues = below
        text, structures = "\n".join(lines), {"residues": residues}
    records = list(SimpleFastaParser(io.StringIO(text)))
    sequences = [sequence for _, sequence in records]
    aware = without_shapes(sequences)
    paired = sum(map(str.__ne__, aware, sequences)) if aware else 0
    sequences = aware or sequences
    _refuse_what_is_no_sequence(sequences, lines, starts, file.name)
    sequences, stops = _without_stops(sequences)
    titles = [title.strip() for title, _ in records]
    _refuse_long_headers(titles, starts, file.name)
    headers = read_headers(titles, list(map(len, sequences)), file.name, starts)
    cells: dict[str, Sequence[str]] = {"name": headers.names, "sequence": sequences, **headers.columns, **structures}
    letters_before: NDArray[np.int64] | None = None if paired else _letters_before(lines)
    gaps: tuple[NoticeRecord, ...] = ()
    # Beside labels, '-' pads windows of one length (iLearn): to take it out would shift the letters.
    if not any(means_label(column) for column in headers.columns) and is_aligned(sequences):
        plain, gaps = without_gaps(sequences, file.name)
        cells = {**cells, "sequence": plain, "aligned": sequences}
        letters_before = None  # letters are counted without gaps
    blanks = _with_blanks(lines)
    ended = [int(starts[row]) for row in stops]
    notices = (
        *headers.notices,
        notice(comments, "comment line", "left out.", file.name),
        notice(len(numbered), "sequence line", "with a number that counts letters, removed.", _at(numbered, file.name)),
        notice(len(blanks), "sequence line", "with blanks inside, which were removed.", _at(blanks, file.name)),
        notice(len(ended), "sequence", "with a '*' at the end (a stop), which was removed.", _at(ended, file.name)),
        *gaps,
        notice(paired, "sequence", TOLD, file.name),
    )
    return RawTable(
        file,
        "fasta",
        pd.DataFrame(cells, dtype=str),
        starts,
        sequence_column="sequence",
        name_column="name",
        header=True,
        letters_before=letters_before,
        notices=tuple(record for record in notices if record.count),
    )


def _without_comments(file: TextFile) -> tuple[str, int]:
    """The text with its ``;`` lines emptied, as in Pearson's FASTA, so that the numbers of lines stay."""
    text = file.text
    if text[:1] != ";" and "\n;" not in text:
        return text, 0
    return re.subn(r"^;[^\n]*$", "", text, flags=re.MULTILINE)


def _without_counts(lines: list[str], starts: NDArray[np.int64]) -> list[int]:
    """Take out the numbers and blanks of records pasted from GenBank; the 1-based lines that had them."""
    changed = []
    ends = [*(start - 1 for start in starts[1:].tolist()), len(lines)]
    for start, end in zip(starts.tolist(), ends, strict=True):
        own = [number for number in range(start, end) if lines[number].strip() not in ("", "//")]
        for number, letters in zip(own, counted([lines[number] for number in own]) or [], strict=False):
            lines[number] = letters
            changed.append(number + 1)
    return changed


def _refuse_text_before(lines: list[str], name: str) -> None:
    number, first = next((number, line) for number, line in enumerate(lines, 1) if line.strip())
    if first[:1] != ">":
        raise ReadError(
            "This line stands before the first record.",
            where=f"line {number} of {name}",
            fix="Remove it: a FASTA file begins with a header line, '>' and a name.",
        )


def _refuse_what_is_no_sequence(sequences: list[str], lines: list[str], starts: NDArray[np.int64], name: str) -> None:
    if sequences and _NUMBERS.fullmatch("".join(lines[starts[0] : starts[0] + 1])):
        raise ReadError(
            "The records hold numbers, as in a .qual file, and no letters.",
            where=f"line {starts[0] + 1} of {name}",
            fix="Bring the FASTA or FASTQ file with the sequences themselves.",
        )
    for row in (row for row, sequence in enumerate(sequences) if ":" in sequence or sequence[:1] in ("#", "!")):
        at, line = next(
            (number, line)
            for number, line in enumerate(lines[starts[row] :], int(starts[row]) + 1)
            if ":" in line or line.strip()[:1] in ("#", "!")
        )
        if line.strip()[:1] in ("#", "!"):
            raise ReadError(
                "This line is a comment, which FASTA does not have.", where=f"line {at} of {name}", fix="Remove it."
            )
        raise ReadError(
            "The record holds ':' as between the chains of a complex; SeqDL reads one chain a record.",
            where=f"line {at} of {name}",
            fix="Give each chain a record of its own.",
        )


def _refuse_headers_alone(lines: list[str], starts: NDArray[np.int64], name: str) -> None:
    """A file of names without a letter is told by one error, however many names it has."""
    if len(starts) > 1 and not any(line and line[0] != ">" and not line.isspace() for line in lines):
        raise ReadError(
            f"The file has {len(starts):,} headers and no sequence below any of them.",
            where=f"line {int(starts[0])} of {name}",
            fix="Bring the records with their letters.",
        )


def _refuse_long_headers(titles: list[str], starts: NDArray[np.int64], name: str) -> None:
    longest = max(map(len, titles))
    if longest > _LONGEST_HEADER:
        row = next(row for row, title in enumerate(titles) if len(title) == longest)
        raise ReadError(
            f"The header has {longest:,} characters; SeqDL reads at most {_LONGEST_HEADER:,}.",
            where=f"line {starts[row]} of {name}",
            fix="Put the sequence on the line below the header, or shorten the header.",
        )


def _without_stops(sequences: list[str]) -> tuple[list[str], list[int]]:
    """The sequences without stop signs at their ends, and which had one."""
    stops = [row for row, sequence in enumerate(sequences) if sequence[-1:] == "*"]
    return ([sequence.removesuffix("*") for sequence in sequences] if stops else sequences), stops


def _letters_before(lines: list[str]) -> NDArray[np.int64]:
    """Entry ``n`` counts the letters on lines 1 to n, without headers and blanks, as the parser counts."""
    counts = [0 if line[:1] == ">" else len(line.rstrip().replace(" ", "")) for line in lines]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _with_blanks(lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines, 1) if line[:1] != ">" and " " in line.rstrip()]


def _at(lines: list[int], name: str) -> str:
    """Words for the first of some lines."""
    return f"line {lines[0]} of {name}" if lines else ""


def _take_structures(lines: list[str], starts: NDArray[np.int64], name: str) -> tuple[list[str], dict[str, list[str]]]:
    """The lines without those that hold structures, and the columns ``structure`` and ``energy`` that they make."""
    kept = list(lines)
    ends = [*(int(start) - 1 for start in starts[1:]), len(lines)]
    structures, energies = [""] * len(starts), [""] * len(starts)
    for row, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
        filled = [number for number in range(start, end) if lines[number].strip()]
        if not filled:
            continue
        energy = _ENERGY.search(lines[filled[-1]])
        texts = [lines[number].strip() for number in filled]
        if energy:
            texts[-1] = _ENERGY.sub("", lines[filled[-1]]).strip()
        first = len(filled)
        while first and _BRACKETS.fullmatch(texts[first - 1]):
            first -= 1
        structure = "".join(texts[first:])
        letters = sum(len(text.replace(" ", "")) for text in texts[:first])
        unpaired = not set(structure) - set(".") and len(structure) == letters  # a gap would have its line to itself
        if not structure or not ("(" in structure or unpaired):
            continue
        if len(structure) != letters:
            raise ReadError(
                f"The structure has {len(structure):,} characters, its sequence {letters:,} letters.",
                where=f"line {filled[first] + 1} of {name}",
                fix="Give every letter one character of the structure.",
            )
        structures[row], energies[row] = structure, energy.group(1) if energy else ""
        for number in filled[first:]:
            kept[number] = ""
    if not any(structures):
        return lines, {}
    return kept, {"structure": structures} | ({"energy": energies} if any(energies) else {})


READER = Reader(name="fasta", title="FASTA", recognises=recognises, read=read, order=0)
