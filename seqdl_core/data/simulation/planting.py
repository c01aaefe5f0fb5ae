"""Motifs that a simulation plants: from JASPAR or typed, how a site of one is drawn, and where one reads as a site."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from numpy.typing import NDArray

from seqdl_core.data.simulation.grammar import MOST_MOTIFS
from seqdl_core.errors import ConfigError, DataError, UnknownName
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.motifs import Motif, jaspar

_AMBIGUOUS = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}  # fmt: skip
_SHORTEST = 3
_LONGEST = 200
_REDRAWS = 200
_NEVER = -1e9

TYPED = "typed"
"""The id of a motif that somebody typed."""


@dataclass(frozen=True, eq=False)
class PlantedMotif:
    """A motif and what counts as a site of it.

    Attributes:
        motif: its probabilities, on the strand it was given for.
        weights: ``(W, A + 1)``; the score of a word is the sum over its letters, the last column is for unknown ones.
        least: the score from which a word reads as a site: every letter allowed for a consensus, a share of the way
            from the lowest to the highest log-odds score for a matrix.
    """

    motif: Motif
    weights: Float[np.ndarray, "W B"]
    least: float

    @property
    def name(self) -> str:
        return self.motif.name

    @property
    def width(self) -> int:
        return self.motif.width

    def scores(self, words: UInt8[np.ndarray, "N W"]) -> Float[np.ndarray, " N"]:
        """The score of each word, read on the motif's own strand."""
        return np.asarray(self.weights[np.arange(self.width), words].sum(axis=1))

    def draw(self, count: int, rng: np.random.Generator, *, sure: bool) -> UInt8[np.ndarray, "N W"]:
        """Sites drawn position by position; with ``sure`` those that do not read as a site are drawn again.

        Raises:
            DataError: when hardly any word that is drawn reads as a site.
        """
        bounds = np.cumsum(self.motif.probabilities, axis=1)
        words = np.zeros((count, self.width), np.uint8)
        missing = np.arange(count)
        for _ in range(_REDRAWS):
            drawn = (rng.random((len(missing), self.width, 1)) > bounds).sum(axis=2)
            words[missing] = np.minimum(drawn, bounds.shape[1] - 1)
            missing = missing[self.scores(words[missing]) < self.least] if sure else missing[:0]
            if not len(missing):
                return words
        raise DataError(
            f"Sites drawn from '{self.name}' hardly ever reach the score that counts as a site.",
            where=f"motif {self.motif.id}",
            fix="Lower the site threshold.",
        )

    def hits(self, codes: UInt8[np.ndarray, "N L"], alphabet: Alphabet) -> Bool[np.ndarray, "N P"]:
        """At which starts a word reads as a site, on either strand of DNA."""
        starts = codes.shape[1] - self.width + 1
        found = np.zeros((len(codes), max(starts, 0)), bool)
        strands = [self.weights]
        if alphabet.double_stranded:
            strands.append(self.weights[::-1][:, alphabet.complement_codes])
        for weights in strands if starts > 0 else ():
            score = np.zeros(found.shape)
            for offset in range(self.width):
                score += weights[offset][codes[:, offset : offset + starts]]
            found |= score >= self.least
        return found


def read_motifs(texts: Sequence[str], alphabet: Alphabet, threshold: float) -> list[PlantedMotif]:
    """The motifs that a person means.

    ``ELK1`` or ``MA0028`` is JASPAR's (DNA and RNA), ``TGASTCA`` a consensus, ``AP1=TGASTCA`` a consensus with a name,
    ``mine=0.9 0 0.1 0/0.1 0.3 0.3 0.3`` a matrix with one row a position. ``[AC]`` in a consensus is a choice.

    Raises:
        UnknownName, ConfigError: for what is none of these, two motifs of one name, none, or too many.
    """
    if not texts or len(texts) > MOST_MOTIFS:
        raise ConfigError(
            f"A simulation has 1 to {MOST_MOTIFS} motifs, not {len(texts)}.",
            where="motifs",
            fix="Give JASPAR ids such as MA0028, or letters such as TGASTCA.",
        )
    motifs = [_planted(_read(text.strip(), alphabet), threshold) for text in texts]
    names = [one.name.lower() for one in motifs]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ConfigError(
                f"Two motifs are called '{motifs[number].name}'.",
                where="motifs",
                fix="Name one otherwise: other=TGASTCA. One motif more often is a matter of copies.",
            )
    return motifs


def _read(text: str, alphabet: Alphabet) -> Motif:
    name, named, typed = text.partition("=")
    if not named:
        name = typed = text
        if alphabet.size == 4:
            try:
                return _in_letters(jaspar(text), alphabet)
            except UnknownName as problem:
                if _columns(text, alphabet) is None:
                    problem.where = "motifs"
                    problem.fix += " A motif of your own is typed as letters, such as TGASTCA or AP1=TGASTCA."
                    raise
    columns = _columns(typed, alphabet)
    matrix = np.array(columns) if columns is not None else _matrix(typed, name, alphabet)
    if not name.strip() or not _SHORTEST <= len(matrix) <= _LONGEST:
        raise ConfigError(
            f"'{text[:60]}' is not a motif: it needs a name and {_SHORTEST} to {_LONGEST} positions.",
            where="motifs",
            fix="Type it as AP1=TGASTCA.",
        )
    return Motif(TYPED if columns is not None else f"{TYPED} matrix", name.strip(), matrix, letters=alphabet.letters)


def _in_letters(motif: Motif, alphabet: Alphabet) -> Motif:
    return Motif(motif.id, motif.name, motif.probabilities, motif.sites, motif.family, alphabet.letters)


def _columns(typed: str, alphabet: Alphabet) -> list[NDArray[np.float64]] | None:
    """A consensus as equal shares of the letters that each position allows; None for anything else."""
    spelled = typed.strip().upper()
    if not re.fullmatch(r"(?:[A-Z]|\[[A-Z]+\])+", spelled):
        return None
    columns = []
    for position in re.findall(r"\[[A-Z]+\]|[A-Z]", spelled):
        allowed = position.strip("[]")
        if alphabet.size == 4:
            read = "".join(_AMBIGUOUS.get(letter, letter) for letter in allowed)
            allowed = read.replace("T", "U") if alphabet.name == "rna" else read.replace("U", "T")
        elif alphabet.unknown in allowed:
            allowed = alphabet.letters
        if not set(allowed) <= set(alphabet.letters):
            return None
        share = np.array([letter in allowed for letter in alphabet.letters], np.float64)
        columns.append(share / share.sum())
    return columns


def _matrix(typed: str, name: str, alphabet: Alphabet) -> NDArray[np.float64]:
    rows: list[list[float]] = []
    for number, row in enumerate(typed.split("/"), 1):
        try:
            values = [float(word) for word in row.split()]
        except ValueError:
            values = []
        if len(values) != alphabet.size or min(values) < 0 or not 0 < sum(values) < np.inf:
            raise ConfigError(
                f"Row {number} of the motif '{name[:60]}' does not hold one number for each letter.",
                where="motifs",
                fix=f"Type letters such as TGASTCA, or rows of {alphabet.size} numbers from 0 on with / between rows.",
            )
        rows.append([value / sum(values) for value in values])
    return np.array(rows)


def _planted(motif: Motif, threshold: float) -> PlantedMotif:
    if motif.id == TYPED:
        weights, least = np.where(motif.probabilities > 0, 0.0, -1.0), -0.5
    else:
        weights = motif.log_odds()
        low, high = weights.min(axis=1).sum(), weights.max(axis=1).sum()
        least = float(low + threshold * (high - low))
    unknown = np.full((motif.width, 1), _NEVER)
    return PlantedMotif(motif, np.concatenate([weights, unknown], axis=1), least)
