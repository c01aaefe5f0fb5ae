"""PDB: the sequences of a structure's chains, from its SEQRES records, else from its atoms.

SEQRES   1 A   70  MET ASP ILE ARG GLN GLY PRO LYS GLU PRO PHE ARG ASP
ATOM      1  N   MET A 151      19.594  32.367  28.012  1.00 46.05           N
"""

import re

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._chains import Chain, chain_table, letters_along, one_letter

_FIRST = re.compile(r"(?:HEADER|ATOM  |HETATM|CRYST1|MODEL |COMPND|REMARK|SEQRES)[ \d]|PARENT +\S+\n|TITLE  ")
_RECORD = re.compile(r"^(?:ATOM  |HETATM|SEQRES|CRYST1|EXPDTA|COMPND|HEADER)[ \d]", re.MULTILINE)
_NUMBER = re.compile(r" *-?[0-9]+ *")
_LOOKED_AT = 100_000


def recognises(text: str) -> bool:
    """Whether the text begins with a record of a PDB file and has one that only such a file has."""
    start = text[:_LOOKED_AT].lstrip("\n")
    return _FIRST.match(start) is not None and _RECORD.search(start) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """One row for each different chain, of the first model.

    Raises:
        ReadError: for an atom whose residue has no number, and where no chain is a protein.
    """
    del layout  # a PDB file has only one
    listed: dict[str, list[str]] = {}
    atoms: dict[str, list[tuple[str, int]]] = {}
    lines: dict[str, int] = {}
    ended: set[str] = set()
    last = ""
    for number, line in enumerate(file.text.split("\n"), 1):
        record = line[:6]
        if record == "SEQRES":
            lines.setdefault(line[11:12].strip(), number)
            listed.setdefault(line[11:12].strip(), []).extend(line[19:70].split())
        elif record in ("ATOM  ", "HETATM") and line[21:27] != last:
            last, chain, residue = line[21:27], line[21:22].strip(), line[17:20].strip()
            if chain in ended or (record == "HETATM" and one_letter(residue) == "X"):
                continue
            if _NUMBER.fullmatch(line[22:26]) is None:
                raise ReadError(
                    "The residue of this atom has no number.",
                    where=file.at(number),
                    fix="Download the structure again, or bring the sequence of its chain as FASTA.",
                )
            lines.setdefault(chain, number)
            atoms.setdefault(chain, []).append((residue, int(line[22:26])))
        elif record[:3] == "TER" and last:
            ended.add(last[:1].strip())
        elif record == "ENDMDL":
            break
    chains = [Chain(one, "".join(map(one_letter, names)), "SEQRES", lines[one]) for one, names in listed.items()]
    chains = chains or [Chain(one, letters_along(found), "ATOM", lines[one]) for one, found in atoms.items()]
    return chain_table(file, "pdb", chains)


READER = Reader(name="pdb", title="PDB", recognises=recognises, read=read, order=0)
