"""What stands at the ends of sequences and is no residue: modifications of peptides, and signs that fill windows up."""

import re
from collections.abc import Sequence

from seqdl_core.sequences.alphabets import Alphabet

__all__ = ["bare_ends", "fill_windows"]

_FIRST = re.compile(r"(?:Ac|Acetyl|For|Formyl|Myr|Pal|Lau|Biotin|FITC|FAM|5-FAM|TAMRA|Dansyl|Abz|pGlu|Boc|Fmoc)-")
_FREE = re.compile(r"(?:H|NH2)-")
_LAST = re.compile(r"-(?:NH2|CONH2|OH|COOH|OMe|AMC|pNA|amide|am)$")
_FILL = "_"


def bare_ends(sequences: Sequence[str]) -> tuple[Sequence[str], list[int]]:
    """Peptides without the names of groups at their ends, ``Ac-KWKLFKKI-NH2`` to ``KWKLFKKI``, and which had some.

    ``H-`` at the front means a free end only where the other end is named too; in an alignment it is histidine and a
    gap. A peptide with further signs between its letters stays as it is.
    """
    found: dict[int, str] = {}
    for row, sequence in enumerate(sequences):
        if "-" not in sequence:
            continue
        bare = _LAST.sub("", sequence)
        first = _FIRST.match(bare) or (_FREE.match(bare) if bare != sequence else None)
        bare = bare[first.end() :] if first else bare
        if bare != sequence and bare.isalpha():
            found[row] = bare
    return _with(sequences, found)


def fill_windows(sequences: Sequence[str], alphabet: Alphabet) -> tuple[Sequence[str], list[int]]:
    """Windows of one length whose ends are filled up with ``_``: the same with the unknown letter, and which they are.

    PhosphoSitePlus writes sites near an end of a protein so.
    """
    rows = [row for row, sequence in enumerate(sequences) if sequence[:1] == _FILL or sequence[-1:] == _FILL]
    if not rows or len(set(map(len, sequences))) > 1:
        return sequences, []
    found: dict[int, str] = {}
    for row in rows:
        letters = sequences[row].strip(_FILL)
        front = len(sequences[row]) - len(sequences[row].lstrip(_FILL))
        back = len(sequences[row]) - front - len(letters)
        if letters.isalpha():
            found[row] = alphabet.unknown * front + letters + alphabet.unknown * back
    return _with(sequences, found)


def _with(sequences: Sequence[str], found: dict[int, str]) -> tuple[Sequence[str], list[int]]:
    return [found.get(row, sequence) for row, sequence in enumerate(sequences)] if found else sequences, list(found)
