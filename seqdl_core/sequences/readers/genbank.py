"""GenBank and GenPept: records with their features, read by Biopython.

LOCUS       SCU49845     5028 bp    DNA             PLN       21-JUN-1999
FEATURES             Location/Qualifiers
     CDS             complement(join(3300..4037,4100..4200))
                     /gene="REV7"
ORIGIN
        1 gatcctccat atacaacggt ...
"""

import io
import re
from typing import Any

from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._records import Gathered, chunks, gather, letters_before, parsed, to_table
from seqdl_core.sequences.readers._remarks import Remarks

_FIRST = re.compile(r"LOCUS {2,}\S")
_RELEASE = re.compile(r"[^\n]{0,80}Genetic Sequence Data Bank")
_ORIGIN = re.compile(r"ORIGIN|BASE COUNT")
_EMPTY_FIELD = re.compile(r"(ACCESSION|VERSION)\s*$")
_EMPTY_QUALIFIER = re.compile(r" {21}/(?:note|gene|product|label|locus_tag|organism|mol_type|db_xref)?(?:=\s*)?$")


def recognises(text: str) -> bool:
    """Whether the text begins with a LOCUS line, or is a part of a release of the data bank."""
    return _FIRST.match(text.lstrip()) is not None or _RELEASE.match(text) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Records to rows with name, sequence, description, organism, molecule and topology, and their features.

    Raises:
        ReadError: for a record that Biopython cannot read, naming it and its line.
    """
    del layout  # GenBank has only one
    remarks = Remarks(file.name)
    gathered = Gathered(remarks)
    lines = file.text.split("\n")
    for number, line in enumerate(lines, 1):
        if _EMPTY_FIELD.match(line):
            remarks.add("with a field that is empty", number, line.strip())
        elif _EMPTY_QUALIFIER.match(line):
            remarks.add("with a qualifier without a value", number, line.strip())
    for chunk in chunks(file.text, _FIRST):
        gather(parsed(chunk, _record, remarks), chunk, gathered)
    return to_table(file, "genbank", gathered, letters_before(lines, _ORIGIN))


def _record(handle: io.StringIO) -> Any:
    from Bio import SeqIO

    return next(SeqIO.parse(handle, "genbank"))


READER = Reader(name="genbank", title="GenBank", recognises=recognises, read=read, order=0)
