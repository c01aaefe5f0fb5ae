"""What a column of cells looks like: sequences or not, and whether the first row names the columns."""

import re
from collections.abc import Sequence

from seqdl_core.sequences.columns import means_group, means_mutant, means_number, means_wild_type, pair_of
from seqdl_core.sequences.vocabulary import (
    is_missing,
    is_number,
    means_label,
    means_name,
    means_sequence,
    means_split,
    plain_name,
)

SAMPLE = 200
"""Rows looked at to tell what a column is."""

_SHORTEST_TYPICAL = 5
_LONG = 30
_NAMED = 1e9
LETTERS = re.compile(r"[A-Za-z*.-]+")
_NUCLEOTIDES = re.compile(r"[ACGTUNacgtun]+")
_TAKEN_LETTERS = len("ACGTUN")
_OTHER_LETTERS = re.compile(
    r"(?:.*_)?(?:foldseek|3di|ss\d?|struct\w*|masked|quality|qual|wt|wildtype|cigar)_seq(?:uence)?"
)
_PLACES = re.compile(
    r"chrom|chr|chromosome|start|end|stop|pos|position|strand|ref|alt|chromstart|chromend|seqnames|contig|element"
)


def named_sequence(column: str) -> int:
    """2 where a column's name says that it holds the sequences, 1 where it ends in ``_seq`` or the like, else 0."""
    plain = plain_name(column)
    if means_wild_type(column):
        return 0
    if means_sequence(column) or means_sequence(plain.replace("_", "")) or means_sequence(pair_of(column)[0]):
        return 2
    ends = re.search(r"(?:^|_|\d)(?:seq|sequence|peptide|protein|oligo|utr|dna|rna)(?:_?\d*(?:bp|nt|aa))?$", plain)
    return int(bool(ends) and not _OTHER_LETTERS.fullmatch(plain))


def is_letters(values: Sequence[str]) -> bool:
    """Whether most filled cells are letters and nothing else, and longer than one."""
    filled = [value for value in values if value]
    if not filled or sum(map(len, filled)) < 2 * len(filled):
        return False
    return sum(LETTERS.fullmatch(value) is not None for value in filled) >= 0.6 * len(filled)


def sequence_score(column: str, values: Sequence[str], alone: bool = False) -> float:
    """How much a column looks like sequences; 0 means not at all. A telling name beats length.

    Args:
        column: its name, "" without a header.
        alone: whether there is no other column; words are then sequences for want of anything else.
    """
    filled = [value for value in values if value]
    if not filled or not is_letters(filled):
        return 0.0
    mean = sum(map(len, filled)) / len(filled)
    nucleotides = sum(_NUCLEOTIDES.fullmatch(value) is not None for value in filled) / len(filled)
    named = named_sequence(column)
    if mean < _SHORTEST_TYPICAL and not (named or (nucleotides == 1.0 and mean >= 2 and not _is_place(column))):
        return 0.0
    if not (named or alone or nucleotides >= 0.9 or mean >= _LONG) and (serves_else(column) or not _peptides(filled)):
        return 0.0
    return mean * (1 + nucleotides) + _NAMED * named


def _peptides(values: Sequence[str]) -> bool:
    """Whether short words are peptides: as a rule they differ and are written in capitals, which words are not."""
    if len(values) > 3 and len(set(values)) * 2 < len(values):
        return False
    return sum(map(str.isupper, values)) >= 0.9 * len(values)


def _is_place(column: str) -> bool:
    return _PLACES.fullmatch(plain_name(column)) is not None


def serves_else(column: str) -> bool:
    """Whether a column's name says that it holds names, labels, parts of a split, groups, numbers or places."""
    known = (means_name, means_label, means_split, means_group, means_number, _is_place)
    return any(word(column) for word in known)


def has_header(columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: by known words, or because it differs in kind from the rows below.

    A cell that comes again below it in its column is a value, so a row with one is no header, unless it is repeated
    as a whole.
    """
    first = [column[0] for column in columns]
    body = [column[1 : SAMPLE + 1] for column in columns]
    if not body[0]:
        return any(map(_known_word, first)) and not any(is_number(cell) for cell in first)
    again = [cell in below for cell, below in zip(first, body, strict=True) if cell and not is_number(cell)]
    if any(again) and not all(again):
        return False
    if any(map(_known_word, first)):
        return True
    weak = not any(is_number(cell) for cell in first) and all(first)
    scores = [sequence_score("", below, alone=len(columns) == 1) for below in body]
    best = max(scores)
    for cell, below, score in zip(first, body, scores, strict=True):
        filled = [value for value in below if not is_missing(value)]
        if not filled or not cell or is_missing(cell) or is_number(cell, "comma"):
            continue
        if all(is_number(value, "comma") for value in filled):
            return True
        if score and score == best and _differs(cell, filled, weak):
            return True
    return False


def _known_word(cell: str) -> bool:
    known = (means_sequence, means_label, means_name, means_split, means_mutant, means_wild_type, _is_place)
    return any(word(cell) for word in known)


def _differs(cell: str, values: Sequence[str], weak: bool) -> bool:
    """Whether a cell is no sequence like those below it: by a letter they lack, or by being much shorter."""
    used = set("".join(values).upper())
    nucleic = used <= set("ACGTUN-.")
    if sum(map(len, values)) < 2 * len(values):
        return False
    if not set(cell.upper()) <= used and (nucleic or weak):
        return True
    return weak and len(cell) * 2 < min(map(len, values)) and len(used) > _TAKEN_LETTERS
