"""Structures as tables: one row for each different protein chain, as its residues are listed or as its atoms stand.

Of a structure only the letters are read here; its atoms are no matter of a data set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import FileIdentity, RawTable, notice

__all__ = ["STRUCTURES", "Chain", "chain_table", "letters_along", "one_letter"]

STRUCTURES = ("pdb", "mmcif")
"""The layouts of tables that are structures."""

_CHROMOPHORES = {"CRO": "TYG", "GYS": "SYG", "CR2": "GYG", "CRQ": "QYG", "NRQ": "MYG", "CRF": "TWG"}
"""Three residues that became one in fluorescent proteins, and count as three in the sequence."""
_UNKNOWN = "X"
_WIDEST_GAP = 1_000


@dataclass(frozen=True)
class Chain:
    """One chain: its name, its letters, the records they come from and the line of the first."""

    name: str
    letters: str
    source: str
    line: int = 1


def one_letter(residue: str) -> str:
    """``A`` for ``ALA``, ``M`` for ``MSE``, ``TYG`` for the chromophore ``CRO``; X for what is no amino acid."""
    from Bio.Data.PDBData import protein_letters_3to1, protein_letters_3to1_extended

    known: Mapping[str, str] = protein_letters_3to1_extended
    return _CHROMOPHORES.get(residue) or protein_letters_3to1.get(residue) or known.get(residue, _UNKNOWN)


def letters_along(residues: Iterable[tuple[str, int]]) -> str:
    """The letters of residues with their numbers; each number that is passed over is an X."""
    letters: list[str] = []
    due: int | None = None
    for residue, number in residues:
        letter = one_letter(residue)
        if len(letter) > 1:
            number -= 1  # a chromophore bears the number of the middle one of its three residues
        if due is not None and 0 < number - due <= _WIDEST_GAP:
            letters.append(_UNKNOWN * (number - due))
        letters.append(letter)
        due = number + len(letter)
    return "".join(letters)


def chain_table(file: FileIdentity, layout: str, chains: Sequence[Chain]) -> RawTable:
    """A row for each different protein among the chains; ``chains`` names those that are alike.

    Raises:
        ReadError: no chain is a protein.
    """
    alike: dict[str, list[Chain]] = {}
    others = []
    for chain in chains:
        if chain.letters.count(_UNKNOWN) * 2 < len(chain.letters):
            alike.setdefault(chain.letters, []).append(chain)
        else:
            others.append(chain)
    if not alike:
        raise ReadError(
            "The structure has no chain of amino acids.",
            where=file.name,
            fix="Bring a structure with SEQRES or ATOM records of a protein, or the sequence as FASTA.",
        )
    firsts = [found[0] for found in alike.values()]
    cells = {
        "name": [f"chain {one.name}" for one in firsts],
        "sequence": list(alike),
        "chains": [", ".join(one.name for one in found) for found in alike.values()],
        "records": [one.source for one in firsts],
    }
    gaps = sum(letters.count(_UNKNOWN) for letters in alike)
    told = [
        notice(len(others), "chain", "without amino acids (nucleic acids, ligands), left out.", file.name),
        notice(gaps, "residue", "of no known letter, or between atoms and not shown, read as X.", file.name),
    ]
    return RawTable(
        file,
        layout,
        pd.DataFrame(cells, dtype=str),
        np.array([one.line for one in firsts], np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        notices=tuple(one for one in told if one.count),
    )
