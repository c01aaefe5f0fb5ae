"""Small files in the layouts that people hold, one function a layout, with the answer that an import must give.

The layouts are those of the format survey (FASTA dialects, training tables, intervals, variants, mutational scans,
annotated records), with the column names that the tools write. Answers are written by hand.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

AMINO = "ACDEFGHIKLMNPQRSTVWY"
_RNG = np.random.default_rng(20)


@dataclass(frozen=True)
class Layout:
    """Files and the answer.

    Attributes:
        answer: attributes of DatasetInfo with their values; further ``rows``, ``label`` (the label column) and
            ``notice`` (words that a notice must hold), ``first`` (a sequence and its label as written) and ``official``
            (whether the split is that of the files). Instead of all that, ``form``: the choice that must be asked for
            because the files do not tell; or ``refused``: words of the problem for a file without sequences.
    """

    name: str
    write: Callable[[Path], list[Path]]
    answer: dict[str, Any] = field(default_factory=dict)


LAYOUTS: list[Layout] = []


def layout(name: str, **answer: Any) -> Callable[[Callable[[Path], list[Path]]], Callable[[Path], list[Path]]]:
    """Adds a function that writes files into a folder to LAYOUTS."""

    def add(write: Callable[[Path], list[Path]]) -> Callable[[Path], list[Path]]:
        LAYOUTS.append(Layout(name, write, answer))
        return write

    return add


def dna(count: int = 40, length: int = 60) -> list[str]:
    return ["".join("ACGT"[n] for n in row) for row in _RNG.integers(0, 4, (count, length))]


def rna(count: int = 40, length: int = 60) -> list[str]:
    return [sequence.replace("T", "U") for sequence in dna(count, length)]


def protein(count: int = 40, length: int = 0) -> list[str]:
    lengths = [length or int(n) for n in _RNG.integers(30, 90, count)]
    return ["M" + "".join(AMINO[n] for n in _RNG.integers(0, 20, size - 1)) for size in lengths]


def numbers(count: int = 40) -> list[str]:
    return [f"{value:.4f}" for value in _RNG.normal(0, 1, count)]


def fasta(path: Path, titles: list[str], sequences: list[str], width: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for title, sequence in zip(titles, sequences, strict=True):
        lines.append(f">{title}")
        lines += [sequence[at : at + width] for at in range(0, len(sequence), width)] if width else [sequence]
    path.write_text("\n".join(lines) + "\n")
    return path


def table(path: Path, header: str, columns: list[list[str]], separator: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [separator.join(row) for row in zip(*columns, strict=True)]
    path.write_text("\n".join([*([header] if header else []), *rows]) + "\n")
    return path


def named(count: int, stem: str = "s") -> list[str]:
    return [f"{stem}{number}" for number in range(1, count + 1)]


def classes(count: int, *values: str) -> list[str]:
    return [values[number % len(values)] for number in range(count)]


def genome(folder: Path) -> tuple[Path, dict[str, str]]:
    """Two chromosomes of 20,000 letters."""
    chromosomes = dict(zip(("chr1", "chr2"), dna(2, 20_000), strict=True))
    return fasta(folder / "genome.fa", list(chromosomes), list(chromosomes.values()), 60), chromosomes


def places(count: int, length: int = 100) -> list[list[str]]:
    """Columns chrom, start, end of intervals that do not overlap, counted from 0."""
    starts = [500 + 300 * (number // 2) for number in range(count)]
    return [classes(count, "chr1", "chr2"), [str(s) for s in starts], [str(s + length) for s in starts]]


def packed(path: Path) -> Path:
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    return path.with_name(path.name + ".gz")


def as_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path
