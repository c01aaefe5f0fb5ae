"""SnapGene's own files (.dna): one sequence with its features, read by Biopython."""

import io
import warnings

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import BinaryFile, RawTable, Reader
from seqdl_core.sequences.readers._records import Chunk, Gathered, gather, to_table
from seqdl_core.sequences.readers._remarks import Remarks

_COOKIE = b"\t\x00\x00\x00\x0eSnapGene"


def recognises(head: bytes) -> bool:
    """Whether the file begins with SnapGene's cookie."""
    return head.startswith(_COOKIE)


def read(file: BinaryFile, layout: str = "auto") -> RawTable:
    """One row with name, sequence and features.

    Raises:
        ReadError: for a file that Biopython cannot read.
    """
    from Bio import SeqIO

    del layout  # there is only one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about dates and versions, nothing of the sequence
        try:
            record = next(SeqIO.parse(io.BytesIO(file.path.read_bytes()), "snapgene"))
        except Exception:  # noqa: BLE001 - whatever Biopython raises is about this file
            raise ReadError(
                "The SnapGene file is damaged or was cut off.",
                where=file.name,
                fix="Copy it again, or export it from SnapGene as GenBank.",
            ) from None
    if record.name in ("", "<unknown name>"):
        record.name = file.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    gathered = Gathered(Remarks(file.name))
    gather(record, Chunk("", 0, True), gathered)
    return to_table(file, "snapgene", gathered)


READER = Reader(name="snapgene", title="SnapGene", recognises_bytes=recognises, read_binary=read, order=0)
