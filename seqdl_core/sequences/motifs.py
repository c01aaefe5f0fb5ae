"""Motifs: what a protein likes to bind, position by position; JASPAR's collection and MEME files.

    >>> motif = jaspar("ELK1")
    >>> motif.id, motif.consensus
    ('MA0028.3', 'ACCGGAAGT')

JASPAR (Rauluseviciute et al. 2024, doi 10.1093/nar/gkad1059; CC BY 4.0) is read from the database file that pyjaspar
carries, so nothing is downloaded.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.errors import DataError, ReadError, UnknownName
from seqdl_core.files import replace_file

_TYPICAL_SITES = 20  # what the MEME format assumes where a motif does not say how many sites it is made of
_TAX_GROUPS = ("fungi", "insects", "nematodes", "plants", "urochordates", "vertebrates")


@dataclass(frozen=True, eq=False)
class Motif:
    """How often each letter stands at each position of a binding site.

    Attributes:
        id: the identifier, for example ``MA0028.3``.
        name: what people call it, for example ``ELK1``.
        probabilities: ``(W, A)``, each row sums to 1, columns in the order of ``letters``.
        sites: how many sites it was counted from; 0 where that is unknown.
        family: JASPAR's family of the protein, or ``""``.
        letters: the letters of the columns.
    """

    id: str
    name: str
    probabilities: Float[np.ndarray, "W A"]
    sites: int = 0
    family: str = ""
    letters: str = "ACGT"

    @property
    def width(self) -> int:
        return len(self.probabilities)

    @property
    def consensus(self) -> str:
        """The most frequent letter of each position."""
        return "".join(self.letters[column] for column in self.probabilities.argmax(1))

    def reverse_complement(self) -> "Motif":
        """The same motif read on the other strand."""
        if self.letters not in ("ACGT", "ACGU"):
            raise DataError("A motif of amino acids has no other strand.", where=self.id, fix="Use it as it is.")
        return replace(self, probabilities=np.ascontiguousarray(self.probabilities[::-1, ::-1]))

    def information(self) -> Float[np.ndarray, " W"]:
        """Bits per position against letters that are equally frequent, never below 0.

        ``log2 A - H - e`` with the correction for few sites ``e = (A - 1) / (2 ln 2 n)`` (Schneider et al. 1986, doi
        10.1016/0022-2836(86)90165-8); no correction where the number of sites is unknown.
        """
        letters = len(self.letters)
        positive = np.where(self.probabilities > 0, self.probabilities, 1.0)
        entropy = -(self.probabilities * np.log2(positive)).sum(1)
        correction = (letters - 1) / (2 * np.log(2) * self.sites) if self.sites else 0.0
        return np.asarray(np.maximum(np.log2(letters) - entropy - correction, 0.0))

    def log_odds(
        self, background: Sequence[float] | NDArray[np.float64] | None = None, pseudocount: float = 1.0
    ) -> Float[np.ndarray, "W A"]:
        """Log2 ratios against ``background`` (even by default); the score of a site is the sum over its letters.

        ``pseudocount`` sites drawn from the background are added, so that no letter is impossible.
        """
        even = np.full(len(self.letters), 1 / len(self.letters))
        expected = even if background is None else np.asarray(background, np.float64)
        sites = self.sites or _TYPICAL_SITES
        smoothed = (self.probabilities * sites + expected * pseudocount) / (sites + pseudocount)
        return np.asarray(np.log2(smoothed / expected))

    def trim_bounds(self, share: float = 0.1, floor: float = 0.1) -> tuple[int, int]:
        """First and last + 1 of the positions that :meth:`trim` keeps; ``(0, 0)`` where no position is informative."""
        bits = self.information()
        kept = np.flatnonzero(bits >= max(floor, share * float(bits.max(initial=0.0))))
        return (int(kept[0]), int(kept[-1]) + 1) if kept.size else (0, 0)

    def trim(self, share: float = 0.1, floor: float = 0.1) -> "Motif":
        """Without the ends that hold less than ``max(floor, share * best)`` bits (DeepBind's rule).

        A motif without any informative position is returned whole.
        """
        start, end = self.trim_bounds(share, floor)
        return replace(self, probabilities=self.probabilities[start:end]) if end > start else self


@cache
def jaspar(identifier: str) -> Motif:
    """A CORE motif by matrix id (``MA0028.3``), base id (``MA0028``, the latest version) or protein name (``ELK1``).

    Where several motifs have the name, a vertebrate's comes before others' and the lowest id first. Case is ignored.

    Raises:
        UnknownName: with the nearest name there is.
    """
    wanted = identifier.strip()
    base, _, version = wanted.partition(".")
    one_version = "m.BASE_ID = ? COLLATE NOCASE AND m.VERSION = ?"
    order = "ORDER BY a.VAL <> 'vertebrates', m.BASE_ID, m.VERSION DESC"
    with closing(_database()) as database:
        if version.isdecimal():
            found = _read(database, f"{one_version} {order} LIMIT 1", (base, int(version)))
        else:
            found = _read(database, f"? COLLATE NOCASE IN (m.BASE_ID, m.NAME) {order} LIMIT 1", (wanted,))
        if found:
            return found[0]
        rows = database.execute(
            "SELECT NAME, BASE_ID || '.' || VERSION FROM MATRIX WHERE COLLECTION = 'CORE'"
        ).fetchall()
    raise _unknown(wanted, {name.upper(): name for row in rows for name in row})


def _unknown(wanted: str, names: dict[str, str]) -> UnknownName:
    # JASPAR has 2,000 names: the nearest is worth saying, the list of all is not.
    near = get_close_matches(wanted.upper(), names, n=1)
    error = UnknownName("JASPAR motif", wanted, ())
    error.fix = (
        f"Did you mean '{names[near[0]]}'?" if near else "Give a matrix id such as MA0139 or a name such as CTCF."
    )
    return error


@cache
def jaspar_collection(tax_group: str = "vertebrates") -> tuple[Motif, ...]:
    """All CORE motifs of a taxonomic group in their latest versions, by id. Takes half a second the first time."""
    if tax_group not in _TAX_GROUPS:
        raise UnknownName("JASPAR group", tax_group, _TAX_GROUPS)
    latest = "m.VERSION = (SELECT MAX(o.VERSION) FROM MATRIX o WHERE o.BASE_ID = m.BASE_ID AND o.COLLECTION = 'CORE')"
    with closing(_database()) as database:
        return tuple(_read(database, f"a.VAL = ? AND {latest} ORDER BY m.BASE_ID", (tax_group,)))


def jaspar_release() -> str:
    """The release that motifs come from, for example ``JASPAR2026``."""
    import pyjaspar

    return str(pyjaspar.JASPAR_LATEST_RELEASE)


def _database() -> sqlite3.Connection:
    # pyjaspar's own reader sends five queries a motif (3 s for the vertebrates); its file is read directly instead.
    import pyjaspar
    from pyjaspar.utils import get_jaspardb_path

    path = Path(get_jaspardb_path(pyjaspar.jaspar_releases[jaspar_release()]))
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def _read(database: sqlite3.Connection, condition: str, values: tuple[object, ...]) -> list[Motif]:
    """The CORE motifs that meet a condition on ``m`` (the matrix) and ``a`` (its taxonomic group)."""
    matrices = database.execute(
        "SELECT m.ID, m.BASE_ID || '.' || m.VERSION, m.NAME FROM MATRIX m "
        "JOIN MATRIX_ANNOTATION a ON a.ID = m.ID AND a.TAG = 'tax_group' "
        f"WHERE m.COLLECTION = 'CORE' AND {condition}",
        values,
    ).fetchall()
    rows = ",".join(str(int(row[0])) for row in matrices)
    families: dict[int, str] = {}
    for row, family in database.execute(
        f"SELECT ID, VAL FROM MATRIX_ANNOTATION WHERE TAG = 'family' AND ID IN ({rows}) ORDER BY LOCAL_ID"
    ):
        families[row] = f"{families[row]}::{family}" if row in families else family
    counts: dict[int, dict[str, list[float]]] = {}
    for row, letter, value in database.execute(
        f"SELECT ID, row, val FROM MATRIX_DATA WHERE ID IN ({rows}) ORDER BY ID, row, col"
    ):
        counts.setdefault(row, {}).setdefault(letter, []).append(value)
    return [
        _from_counts(matrix, name, np.array([counts[row][letter] for letter in "ACGT"]).T, families.get(row, ""))
        for row, matrix, name in matrices
    ]


def _from_counts(matrix: str, name: str, counts: NDArray[np.float64], family: str) -> Motif:
    totals = counts.sum(1, keepdims=True)
    return Motif(matrix, name, counts / totals, round(float(totals.max())), family)


def write_meme(path: Path, motifs: Iterable[Motif]) -> None:
    """Write motifs in the MEME format, version 4, which all of the MEME suite and JASPAR's tools read."""
    replace_file(path, meme_text(motifs))


def meme_text(motifs: Iterable[Motif]) -> str:
    """Motifs in the MEME format, version 4.

    Raises:
        DataError: when they are of two alphabets.
    """
    chosen = list(motifs)
    letters = chosen[0].letters if chosen else "ACGT"
    if any(motif.letters != letters for motif in chosen):
        raise DataError("One file cannot hold motifs of two alphabets.", fix="Write a file for each alphabet.")
    lines = ["MEME version 4", "", f"ALPHABET= {letters}", ""]
    if letters == "ACGT":
        lines += ["strands: + -", ""]
    lines += ["Background letter frequencies", " ".join(f"{letter} {1 / len(letters):.4f}" for letter in letters), ""]
    for motif in chosen:
        lines.append(f"MOTIF {_word(motif.id)} {_word(motif.name)}".rstrip())
        sites = motif.sites or _TYPICAL_SITES
        lines.append(f"letter-probability matrix: alength= {len(letters)} w= {motif.width} nsites= {sites} E= 0")
        lines += [" " + " ".join(f"{value:.6f}" for value in row) for row in motif.probabilities]
        lines.append("")
    return "\n".join(lines)


def _word(text: str) -> str:
    """Text as one word: the format separates the id and the name by a space."""
    return "_".join(text.split())


def read_meme(path: Path) -> list[Motif]:
    """Read the motifs of a MEME file (version 4 or later, minimal or full).

    Raises:
        ReadError: naming the line that cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ReadError(
            "The file cannot be read as text.", where=path.name, fix="Choose a motif file in MEME format."
        ) from None
    if not any(line.startswith("MEME version") for line in lines[:20]):
        raise ReadError(
            "The file is not in MEME format.", where=path.name, fix="Its first line must read 'MEME version 4'."
        )
    letters, motifs, name = "ACGT", [], ("", "")
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        at += 1
        if line.startswith("ALPHABET="):
            letters = line.removeprefix("ALPHABET=").strip() or "ACGT"
        elif line.startswith("MOTIF "):
            words = line.split()[1:]
            name = (words[0], words[1] if len(words) > 1 else words[0])
        elif line.startswith("letter-probability matrix"):
            rows, at = _matrix(lines, at, len(letters), path.name)
            motifs.append(Motif(*name, rows, _nsites(line), letters=letters))
    if not motifs:
        raise ReadError("The file holds no motif.", where=path.name, fix="Give it a letter-probability matrix.")
    return motifs


def _matrix(lines: list[str], start: int, letters: int, file: str) -> tuple[NDArray[np.float64], int]:
    rows: list[list[float]] = []
    at = start
    while at < len(lines) and lines[at].strip() and lines[at].strip()[0] in "0123456789.-+":
        try:
            values = [float(word) for word in lines[at].split()]
        except ValueError:
            values = []
        if len(values) != letters or min(values) < 0 or abs(sum(values) - 1) > 0.05:
            raise ReadError(
                "The row does not hold one probability for each letter.",
                where=f"line {at + 1} of {file}",
                fix=f"Give {letters} numbers from 0 to 1 that sum to 1.",
            )
        rows.append(values)
        at += 1
    if not rows:
        raise ReadError("A matrix has no rows.", where=f"line {start} of {file}", fix="Give one row for each position.")
    matrix = np.array(rows)
    return matrix / matrix.sum(1, keepdims=True), at


def _nsites(header: str) -> int:
    words = header.replace("=", "= ").split()
    try:
        return round(float(words[words.index("nsites=") + 1]))
    except (ValueError, IndexError):
        return 0
