"""How people write mutants: ``A24P``, ``A1P:D2N``, ``p.[Asn18Leu;Glu22Tyr]``, ``c.70G>C``, ``_wt``.

An S in front says "substitution": ``SA1P:SD2N``.

A mutant is read into substitutions of single letters, each with the number that the writer gives to the position. Which
letter of a sequence has that number is not decided here.

    >>> read_mutant("p.[Asn18Leu;E22*]").substitutions
    (Substitution(wild='N', position=18, letter='L'), Substitution(wild='E', position=22, letter='*'))
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

AMINO_ACIDS = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G", "his": "H",
    "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S", "thr": "T", "trp": "W",
    "tyr": "Y", "val": "V", "sec": "U", "pyl": "O", "ter": "*", "xaa": "X",
}  # fmt: skip
"""Three letters to one (IUPAC-IUB 1983); ``ter`` is a stop."""

_ONE_OF_THREE = "|".join(AMINO_ACIDS)
_ACCESSION = re.compile(r"[A-Za-z][\w.]*(?:\([\w.-]+\))?:(?=[pcngm]\.)")
_LEVEL = re.compile(r"([pcngm])\.\s*")
_SEPARATORS = re.compile(r"[:,;/_+&|\s]+|-(?=[A-Za-z]+\d)")
_PROTEIN = re.compile(rf"S?({_ONE_OF_THREE}|[A-Z*])(-?\d{{1,6}})({_ONE_OF_THREE}|[A-Z*=])", re.IGNORECASE)
_NUCLEOTIDE = re.compile(r"([*-]?\d{1,9})([ACGTUN])>([ACGTUN])|([*-]?\d{1,9})(=)", re.IGNORECASE)
_SWAP = re.compile(r"(\d{1,9})(?:_(\d{1,9}))?delins([ACGTU]+)", re.IGNORECASE)
_INDEL = re.compile(
    rf"(?:(?:{_ONE_OF_THREE}|[A-Z*])?[*-]?\d{{1,9}}(?:[+-]\d+)?(?:_(?:{_ONE_OF_THREE}|[A-Z*])?[*-]?\d{{1,9}}(?:[+-]\d+)?)?"
    rf"(?:delins|del|ins|dup|inv|ext|(?:{_ONE_OF_THREE}|[A-Z])?fs)[\w*]*|[A-Z]\d{{1,6}}-)",
    re.IGNORECASE,
)
_LONGEST = 5000
_WILD_TYPE = frozenset(
    [
        "wt",
        "_wt",
        "wildtype",
        "wild type",
        "wild-type",
        "wild_type",
        "p.=",
        "p.(=)",
        "c.=",
        "n.=",
        "g.=",
        "=",
        "reference",
    ]
)
_SYNONYMOUS = frozenset(["_sy", "sy", "synonymous", "syn"])

Meaning = Literal["substitutions", "wild type", "synonymous", "indel", "other"]


@dataclass(frozen=True)
class Substitution:
    """One letter for another. ``wild`` is ``""`` where the writer does not name it; ``letter`` is ``*`` for a stop."""

    wild: str
    position: int
    letter: str


@dataclass(frozen=True)
class Mutant:
    """What a mutant's name says.

    Attributes:
        meaning: ``substitutions``; ``wild type`` (nothing is changed); ``synonymous`` (the protein is the wild type's);
            ``indel`` (letters are inserted or deleted); ``other`` (not read).
        substitutions: the letters that differ; empty for all other meanings.
        nucleotides: whether the name speaks of DNA or RNA (``c.``, ``n.``, ``g.``).
    """

    meaning: Meaning
    substitutions: tuple[Substitution, ...] = ()
    nucleotides: bool = False

    @property
    def stops(self) -> bool:
        """Whether a stop codon comes in."""
        return any(change.letter == "*" for change in self.substitutions)


def read_mutant(text: str) -> Mutant:
    """Read one name; ``other`` where it is no mutant, or holds a part that is none."""
    plain = text.strip()
    if plain.lower() in _WILD_TYPE:
        return Mutant("wild type", nucleotides=plain[:2].lower() in ("c.", "n.", "g."))
    if plain.lower() in _SYNONYMOUS:
        return Mutant("synonymous")
    if len(plain) > _LONGEST:
        return Mutant("other")
    accession = _ACCESSION.match(plain)
    plain = plain[accession.end() :] if accession else plain
    levels = set(_LEVEL.findall(plain))
    nucleotides = bool(levels) and levels <= set("cngm")
    if levels and not nucleotides and levels != {"p"}:
        return Mutant("other")
    body = re.sub(r"[\[\]()]", "", _LEVEL.sub("", plain))
    if not any(letter.isdigit() for letter in body):
        return Mutant("wild type" if levels and body.strip() == "=" else "other", nucleotides=nucleotides)
    found = _substitutions(body, nucleotides)
    if found is None:
        return Mutant("indel" if _has_indel(body) else "other", nucleotides=nucleotides)
    nucleotides = nucleotides or bool(_NUCLEOTIDE.match(body))
    changed = tuple(change for change in found if change.wild != change.letter)
    if found and not changed:
        return Mutant("synonymous", nucleotides=nucleotides)
    if len({change.position for change in changed}) < len(changed):
        return Mutant("other", nucleotides=nucleotides)
    return Mutant("substitutions", changed, nucleotides)


def is_mutant(text: str) -> bool:
    """Whether a cell reads as a mutant or as the wild type."""
    return read_mutant(text).meaning != "other"


def _substitutions(body: str, nucleotides: bool) -> tuple[Substitution, ...] | None:
    """The parts of a name, ``None`` where one of them is no substitution."""
    swap = [_SWAP.fullmatch(part) for part in re.split(r"[;,]", body)] if "delins" in body.lower() else []
    if swap and nucleotides:
        return _swapped(swap)
    read = [_part(part, nucleotides) for part in _SEPARATORS.split(body.strip()) if part]
    if any(one is None for one in read):
        return None
    return tuple(change for changes in read if changes for change in changes)


@lru_cache(maxsize=2**16)  # tables of combined mutants repeat the same parts
def _part(part: str, nucleotides: bool) -> tuple[Substitution, ...] | None:
    if match := _PROTEIN.fullmatch(part) if not nucleotides else None:
        wild = _letter(match[1])
        return (Substitution(wild, int(match[2]), wild if match[3] == "=" else _letter(match[3])),)
    match = _NUCLEOTIDE.fullmatch(part)
    if match is None or (match[1] or "").startswith("*"):
        return None
    return () if match[5] else (Substitution(match[2].upper(), int(match[1]), match[3].upper()),)


def _swapped(swaps: list[re.Match[str] | None]) -> tuple[Substitution, ...] | None:
    """``70_72delinsAAA`` puts as many letters as it takes; anything else changes the length."""
    found: list[Substitution] = []
    for swap in swaps:
        if swap is None:
            return None
        first, last, letters = int(swap[1]), int(swap[2] or swap[1]), swap[3].upper()
        if last - first + 1 != len(letters):
            return None
        found.extend(Substitution("", first + place, letter) for place, letter in enumerate(letters))
    return tuple(found)


def _has_indel(body: str) -> bool:
    parts = [part for part in re.split(r"[;,:|/\s]+", body) if part]
    return any(_INDEL.fullmatch(part) for part in parts) and all(
        _INDEL.fullmatch(part) or _PROTEIN.fullmatch(part) or _NUCLEOTIDE.fullmatch(part) for part in parts
    )


def _letter(word: str) -> str:
    return AMINO_ACIDS.get(word.lower(), word.upper())
