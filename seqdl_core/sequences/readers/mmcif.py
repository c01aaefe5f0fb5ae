"""mmCIF: the sequences of a structure's chains, as its entities list them, else from its atoms; read by Biopython.

data_1A8O
_entity_poly.pdbx_strand_id                 A
_entity_poly.pdbx_seq_one_letter_code_can   MDIRQGPKEPFRDYVDRFYKTLRAEQASQEVKNWMTETLL
"""

import io
import re
from typing import Any

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, Reader, TextFile
from seqdl_core.sequences.readers._chains import Chain, chain_table, letters_along

_FIRST = re.compile(r"(?:#[^\n]*\n|\s)*data_[\w.-]+[ \t]*\n", re.IGNORECASE)
_CATEGORY = re.compile(r"^_(?:entry|atom_site|entity_poly|entity)\.", re.MULTILINE)
_LOOKED_AT = 100_000
_ATOMS = "_atom_site."


def recognises(text: str) -> bool:
    """Whether the text begins with a data block and has a category that structures have."""
    return _FIRST.match(text) is not None and _CATEGORY.search(text[:_LOOKED_AT]) is not None


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """One row for each different chain.

    Raises:
        ReadError: for a file that Biopython cannot take apart, and where no chain is a protein.
    """
    del layout  # mmCIF has only one
    from Bio.PDB.MMCIF2Dict import MMCIF2Dict

    try:
        found = dict(MMCIF2Dict(io.StringIO(file.text)))
        chains = _listed(found) or _atoms(found)
    except Exception as problem:  # noqa: BLE001 - whatever Biopython raises is about this file
        reason = " ".join(str(problem).split())[:100] or type(problem).__name__
        raise ReadError(
            f"The mmCIF file cannot be read ({reason}).",
            where=file.name,
            fix="Download it again, or bring the sequence of its chain as FASTA.",
        ) from None
    return chain_table(file, "mmcif", chains)


def _listed(found: dict[str, Any]) -> list[Chain]:
    """The polypeptides among the entities, each for all its chains."""
    key = "_entity_poly."
    letters = found.get(f"{key}pdbx_seq_one_letter_code_can", [])
    strands = found.get(f"{key}pdbx_strand_id", []) or [str(number) for number in range(1, len(letters) + 1)]
    kinds = found.get(f"{key}type", []) or ["polypeptide(L)"] * len(letters)
    return [
        Chain(name.strip(), "".join(one.split()).upper(), "entity_poly")
        for one, names, kind in zip(letters, strands, kinds, strict=True)
        if "peptide" in kind and one.strip("?. ")
        for name in names.split(",")
    ]


def _atoms(found: dict[str, Any]) -> list[Chain]:
    """The residues of the atoms of the first model, each once."""
    if f"{_ATOMS}label_comp_id" not in found:
        return []
    columns = [found[f"{_ATOMS}{name}"] for name in ("group_PDB", "auth_asym_id", "label_comp_id", "auth_seq_id")]
    models = found.get(f"{_ATOMS}pdbx_PDB_model_num") or ["1"] * len(columns[0])
    along: dict[str, list[tuple[str, int]]] = {}
    for group, chain, residue, number, model in zip(*columns, models, strict=True):
        if group == "ATOM" and model == models[0]:
            residues = along.setdefault(chain, [])
            if not residues or residues[-1] != (residue, int(number)):
                residues.append((residue, int(number)))
    return [Chain(chain, letters_along(residues), "atom_site") for chain, residues in along.items()]


READER = Reader(name="mmcif", title="mmCIF", recognises=recognises, read=read, order=0)
