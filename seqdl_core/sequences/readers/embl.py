"""EMBL, IMGT and Swiss-Prot: records with their features, read by Biopython.

ID   X56734; SV 1; linear; mRNA; STD; PLN; 1859 BP.          EMBL
ID   CHS3_BROFI              Reviewed;         394 AA.       Swiss-Prot and TrEMBL
"""

import io
import re
from typing import Any

from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._records import Gathered, chunks, gather, letters_before, parsed, to_table
from seqdl_core.sequences.readers._remarks import Remarks

_FIRST = re.compile(r"ID {3}\S")
_PROTEIN = re.compile(
    r"ID {3}\S+\s+(?:Reviewed|Unreviewed|STANDARD|PRELIMINARY|IPI);(?:\s+PRT;)?\s+\d+ AA\.", re.IGNORECASE
)
_SEQUENCE = re.compile(r"SQ {3}")


def recognises(text: str) -> bool:
    """Whether the text begins with an ID line and holds the lines of a record below it."""
    start = text.lstrip()
    return _FIRST.match(start) is not None and re.search(r"\n(?:SQ|AC|DE|XX|FT|OS|CO)(?: {3}|\n)", start) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Records to rows with name, sequence, description, organism, molecule and topology, and their features.

    Raises:
        ReadError: for a record that Biopython cannot read, naming it and its line.
    """
    del layout  # the kind is seen record by record
    gathered = Gathered(Remarks(file.name))
    kinds = set()
    for chunk in chunks(file.text, _FIRST):
        kind, record = parsed(chunk, _swiss if _is_protein(chunk.text) else _embl, gathered.remarks)
        gather(record, chunk, gathered, "protein" if kind == "swiss" else "")
        kinds.add(kind)
    return to_table(
        file,
        "swissprot" if kinds == {"swiss"} else "embl",
        gathered,
        letters_before(file.text.split("\n"), _SEQUENCE),
    )


def _is_protein(text: str) -> bool:
    return _PROTEIN.match(text) is not None and re.search(r"\n(?:GN|PE|OX|DT) {3}", text) is not None


def _swiss(handle: io.StringIO) -> tuple[str, Any]:
    return _first_that_reads(handle, ("swiss", "embl"))


def _embl(handle: io.StringIO) -> tuple[str, Any]:
    return _first_that_reads(handle, ("embl", "imgt"))


def _first_that_reads(handle: io.StringIO, kinds: tuple[str, ...]) -> tuple[str, Any]:
    """The record, and the dialect it was read in; raises what the first dialect raises if none fits."""
    from Bio import SeqIO

    problems: list[Exception] = []
    for kind in kinds:
        handle.seek(0)
        try:
            return kind, next(SeqIO.parse(handle, kind))
        except Exception as problem:  # noqa: BLE001 - the next dialect may fit; else parsed() reports the first problem
            problems.append(problem)
    raise problems[0]


READER = Reader(name="embl", title="EMBL or Swiss-Prot", recognises=recognises, read=read, order=0)
