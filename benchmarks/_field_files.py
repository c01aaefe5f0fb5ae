"""What the field layouts are made of: random sequences and numbers, and files in the ways that programs write them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks._layout_files import AMINO, Layout

_NAMES = "Ala Arg Asn Asp Cys Gln Glu Gly His Ile Leu Lys Met Phe Pro Ser Thr Trp Tyr Val"
THREE = dict(zip("ARNDCQEGHILKMFPSTWYV", _NAMES.split(), strict=True))

Region = tuple[str, int, int]
Mutant = tuple[str, int, str]


class Make:
    """Random pieces; the same for the same name."""

    def __init__(self, name: str) -> None:
        self.random = Random("field layout " + name)

    def dna(self, length: int = 60) -> str:
        return "".join(self.random.choices("ACGT", k=length))

    def rna(self, length: int = 50) -> str:
        return "".join(self.random.choices("ACGU", k=length))

    def protein(self, length: int = 70) -> str:
        return "M" + "".join(self.random.choices(AMINO, k=length - 1))

    def peptide(self, low: int = 10, high: int = 24) -> str:
        return "".join(self.random.choices(AMINO, k=self.random.randint(low, high)))

    def number(self, mean: float = 0.0, spread: float = 1.0, digits: int = 3) -> str:
        return f"{self.random.gauss(mean, spread):.{digits}f}"

    def positive(self, low: float = 0.1, high: float = 90.0, digits: int = 2) -> str:
        return f"{self.random.uniform(low, high):.{digits}f}"

    def pick(self, options: Sequence[Any]) -> Any:
        return self.random.choice(options)

    def mutants(self, wild: str, count: int, start: int = 1) -> list[Mutant]:
        """Different single changes of any letter but the first, numbered from ``start``."""
        found: list[Mutant] = []
        while len(found) < count:
            place = self.random.randrange(1, len(wild))
            new = self.pick([letter for letter in AMINO if letter != wild[place]])
            mutant = (wild[place], place + start, new)
            if mutant not in found:
                found.append(mutant)
        return found

    def genome(self, names: Sequence[str] = ("chr1", "chr2", "chr3"), length: int = 4000) -> dict[str, str]:
        return {name: self.dna(length) for name in names}

    def regions(self, genome: dict[str, str], count: int, width: int = 200) -> list[Region]:
        """Intervals of one width that do not overlap, counted from 0."""
        found: set[tuple[str, int]] = set()
        while len(found) < count:
            chrom = self.pick(list(genome))
            start = 20 * self.random.randrange((len(genome[chrom]) - width) // 20)
            if all(chrom != other or abs(start - begin) >= width for other, begin in found):
                found.add((chrom, start))
        return [(chrom, start, start + width) for chrom, start in sorted(found)]

    def peak(self, region: Region, number: int) -> tuple[Any, ...]:
        """One line of narrowPeak."""
        strength = [self.positive(2, 50, 4), self.positive(2, 50, 4), self.positive(1, 40, 4)]
        return (*region, f"Peak_{number}", self.random.randint(100, 1000), ".", *strength, 100)


def changed(wild: str, old: str, position: int, new: str, start: int = 1) -> str:
    """The wild type with one letter changed."""
    place = position - start
    assert wild[place] == old
    return wild[:place] + new + wild[place + 1 :]


def lines(rows: Iterable[Sequence[Any]], separator: str = ",", ending: str = "\n") -> str:
    return ending.join(separator.join(map(str, row)) for row in rows) + ending


def quoted(rows: Iterable[Sequence[Any]], separator: str = ",") -> str:
    """Texts between quotation marks, numbers bare, as R writes them."""
    written = [[f'"{cell}"' if isinstance(cell, str) else str(cell) for cell in row] for row in rows]
    return lines(written, separator)


def fasta(records: Iterable[Sequence[str]], width: int = 0, ending: str = "\n") -> str:
    found: list[str] = []
    for header, sequence in records:
        found.append(">" + header)
        found += [sequence[at : at + width] for at in range(0, len(sequence), width)] if width else [sequence]
    return ending.join(found) + ending


def packed(files: dict[str, str | bytes]) -> bytes:
    """A zip archive, the same for the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return written.getvalue()


def sheet(sheets: dict[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook."""
    from openpyxl import Workbook

    book = Workbook()
    for name in list(book.sheetnames):
        del book[name]
    for name, rows in sheets.items():
        made = book.create_sheet(name)
        for row in rows:
            made.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def partners_of(structure: str) -> list[int]:
    """The partner of each letter, counted from 1; 0 for none."""
    waiting: list[int] = []
    partners = [0] * len(structure)
    for place, sign in enumerate(structure):
        if sign == "(":
            waiting.append(place)
        elif sign == ")":
            other = waiting.pop()
            partners[place], partners[other] = other + 1, place + 1
    return partners


def genbank(name: str, sequence: str, features: Sequence[tuple[str, int, int, list[tuple[str, str]]]]) -> str:
    """One record as plasmid editors write it; positions count from 1."""
    source = "synthetic DNA construct"
    found = [
        f"LOCUS       {name:<16} {len(sequence):>11} bp    DNA     linear   SYN 12-MAR-2024",
        *("DEFINITION  .", "ACCESSION   .", "VERSION     .", "KEYWORDS    ."),
        *(f"SOURCE      {source}", f"  ORGANISM  {source}", "FEATURES             Location/Qualifiers"),
        f"     source          1..{len(sequence)}",
        *(f'                     /organism="{source}"', '                     /mol_type="other DNA"'),
    ]
    for kind, first, last, qualifiers in features:
        found.append(f"     {kind:<15} {first}..{last}")
        found += [f'                     /{key}="{value}"' for key, value in qualifiers]
    found.append("ORIGIN")
    letters = sequence.lower()
    for at in range(0, len(letters), 60):
        blocks = [letters[begin : begin + 10] for begin in range(at, min(at + 60, len(letters)), 10)]
        found.append(f"{at + 1:>9} {' '.join(blocks)}")
    return "\n".join(found) + "\n//\n"


def field(name: str, files: dict[str, str | bytes], expected: str = "", **answer: Any) -> Layout:
    """A layout from its files and the answer.

    Args:
        expected: task, alphabet and number of rows: ``regression dna 30``; empty where files do not tell (``form``).
        answer: as in Layout; further ``official`` (whether the files bring their own split; without it, whether none
            is taken from them) and ``first`` (a sequence and its label, as a person reads them).
    """
    if expected:
        task, alphabet, rows = expected.split()
        answer = {"task": task, "alphabet": alphabet, "rows": int(rows), "official": False} | answer
    return Layout(name, _writer(files), answer)


def _writer(files: dict[str, str | bytes]) -> Callable[[Path], list[Path]]:
    def write(folder: Path) -> list[Path]:
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return [folder / name for name in files]

    return write
