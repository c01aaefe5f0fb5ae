"""Structure-aware sequences: behind each amino acid a letter for the shape of the chain there, as SaProt writes them.

The letters are those of 3Di, Foldseek's alphabet of 20 shapes, in lower case; ``#`` stands for one that is not known,
of either kind (Su et al., ICLR 2024; van Kempen et al., Nature Biotechnology 42:243, 2024):

    MdEvVpRw    the protein MEVR with the shapes d, v, p and w
    M#EvVp#w    the shape of M and the last amino acid are not known
"""

import re
from collections.abc import Sequence

TOLD = "with a letter of the structure (3Di) behind each amino acid, left out; the amino acids are the sequence."
"""What is said of such sequences, after their count."""

_PAIRS = re.compile(r"(?:[ACDEFGHIKLMNPQRSTVWYX#][acdefghiklmnpqrstvwy#])+")
_NEARLY = 0.95
_LEAST_MEAN = 10
_SAMPLE = 200


def without_shapes(sequences: Sequence[str]) -> list[str] | None:
    """The amino acids, X for one that is not known; None where the sequences are not structure-aware.

    A sequence that is no run of pairs stays as it is.
    """
    if not _are_pairs(sequences[:_SAMPLE]) or not _are_pairs(sequences):
        return None
    return [s[::2].replace("#", "X") if _PAIRS.fullmatch(s) else s for s in sequences]


def _are_pairs(sequences: Sequence[str]) -> bool:
    """Whether nearly all sequences are runs of pairs, and too long for words such as He and No."""
    filled = [sequence for sequence in sequences if sequence]
    if not filled or sum(map(len, filled)) < _LEAST_MEAN * len(filled):
        return False
    return sum(_PAIRS.fullmatch(sequence) is not None for sequence in filled) >= _NEARLY * len(filled)
