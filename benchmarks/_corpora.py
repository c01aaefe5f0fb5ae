"""Valid and broken files of other projects: which are read, which are refused or warned about, and the exceptions.

``shared/corpora/EXPECT.csv`` says what is expected of each file; its README says how outcomes count. A format that
SeqDL names and does not read is counted apart: it is neither read nor missed.
"""

import csv
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks import Measurement, Row, row
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import read_tables

Outcome = Literal["read", "warned", "refused", "foreign", "crashed"]

_PASSES: dict[str, tuple[Outcome, ...]] = {
    "accept": ("read", "warned"),
    "reject": ("refused", "foreign"),
    "reject_or_warn": ("refused", "warned", "foreign"),
    "warn_or_reject": ("refused", "warned", "foreign"),
    "warn": ("warned",),
}
_CORE = re.compile(
    r"hts-specs-vcf/.*/failed_(?:body_(?:alt|chrom|contiguous|duplicated|filter|id|no_newline|pos|qual|ref|unsorted)"
    r"|fileformat|header|empty|empty_sample)(?:_\d+)?\.vcf"
)
_EMPTY = "The file is empty. Choose a file with at least one sequence."  # such a file has no line to name
_SLOW = 0.5
_FOREIGN = re.compile(r"The file is .*(?:does not read|not plain text)\.|numbers, as in a \.qual file")

EXCEPTIONS = {
    "biopython/Fasta/f003.fa": "The file holds neither a blank title nor a comment; it is valid FASTA.",
    "formatspecimens/BED/overlapSelect-wideIn.bed": "Marked invalid without a reason; every line is valid BED.",
}
"""Rows of EXPECT.csv that SeqDL does not follow, each with its reason."""


@dataclass(frozen=True)
class Read:
    """What became of one file, in ``seconds`` of the processor.

    ``said`` is all that was said about it, and ``line`` whether that names a line.
    """

    file: str
    expected: str
    outcome: Outcome
    seconds: float
    line: bool
    said: str

    @property
    def passed(self) -> bool:
        """Whether the outcome is the expected one."""
        return self.outcome in _PASSES.get(self.expected, ("read", "warned", "refused", "foreign"))

    @property
    def core(self) -> bool:
        """Whether the file is a VCF that breaks a core column, the order, the header or an end of line."""
        return _CORE.fullmatch(self.file) is not None


def corpora() -> Path:
    """The folder of the corpora (``SEQDL_DATA``, by default ``../shared``)."""
    return Path(os.environ.get("SEQDL_DATA", Path(__file__).parents[2] / "shared")) / "corpora"


def read_one(folder: Path, file: str, expected: str = "") -> Read:
    """Read one file as an import does, whatever it holds. ``expected`` is empty for a file without a row.

    A slow one is read again: the first file of a format also loads the library that reads it.
    """
    once = _read_once(folder, file, expected)
    return once if once.seconds < _SLOW else _read_once(folder, file, expected)


def _read_once(folder: Path, file: str, expected: str) -> Read:
    began = time.process_time()
    places: list[str] = []
    said = ""
    outcome: Outcome
    try:
        tables = read_tables(folder / file)
        notices = [notice for table in tables for notice in table.notices]
        outcome = "warned" if notices else "read"
        places = [notice.where for notice in notices]
        said = " ".join(notice.sentence for notice in notices)
    except SeqDLError as problem:
        outcome = "foreign" if _FOREIGN.search(problem.what) else "refused"
        places, said = [problem.where], str(problem)
    except Exception as problem:  # noqa: BLE001 - what crashes is what is counted
        outcome, said = "crashed", repr(problem)
    named = any(re.search(r"\blines? \d", place) for place in places) or said.endswith(_EMPTY)
    return Read(file, expected, outcome, time.process_time() - began, named, said)


def expected_files(folder: Path) -> dict[str, str]:
    """File (``corpus/path``) to what is expected of it."""
    with (folder / "EXPECT.csv").open(encoding="utf-8", newline="") as table:
        return {f"{entry['corpus']}/{entry['file']}": entry["expected"] for entry in csv.DictReader(table)}


def other_files(folder: Path) -> list[str]:
    """Files of the corpora without a row."""
    known = expected_files(folder)
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return [file for file in files if file not in known]


def read_expected(folder: Path, beginning: str = "") -> list[Read]:
    """Every row whose file begins like this."""
    wanted = {file: word for file, word in expected_files(folder).items() if file.startswith(beginning)}
    return [read_one(folder, file, word) for file, word in wanted.items()]


def _family(read: Read) -> str:
    corpus, _, path = read.file.partition("/")
    return corpus if corpus.startswith("hts-specs") else f"{corpus}/{path.split('/')[0]}"


def _judged(reads: list[Read], good: bool) -> list[Read]:
    """The valid or the broken files, without valid ones of a format that is named and not read."""
    return [read for read in reads if (read.expected == "accept") == good and not (good and read.outcome == "foreign")]


def _share(reads: list[Read]) -> float:
    return sum(read.passed for read in reads) / len(reads)


def measure() -> Iterator[Row]:
    """Shares of files with the expected outcome, per corpus, and the counts that the issue of reading names."""
    folder = corpora()
    if not (folder / "EXPECT.csv").is_file():
        yield row("corpora", None, target=0.95, note=f"no corpora at {folder}")
        return
    reads = read_expected(folder)
    vcf = [read for read in reads if read.file.startswith("hts-specs-vcf/")]
    fastq = [read for read in reads if "/FASTQ/error" in read.file or "/Quality/error" in read.file]
    yield row("corpora vcf accepted", sum(read.passed for read in vcf if read.expected == "accept"), target=76)
    core = [read for read in vcf if read.core]
    yield row("corpora vcf core caught", sum(read.passed for read in core), target=118)
    yield row("corpora vcf core line named", sum(read.passed and read.line for read in core), target=118)
    for corpus in ("biopython", "formatspecimens"):
        damaged = [read for read in fastq if read.file.startswith(corpus)]
        yield row(f"corpora fastq refused {corpus}", sum(read.passed for read in damaged), target=22)
    others = [read for read in reads if read not in vcf and read not in fastq]
    for good, way in ((True, "accepted"), (False, "caught")):
        judged = _judged(others, good)
        missed = [read.file for read in judged if not read.passed]
        note = f"of {len(judged)}" + (f"; not {', '.join(missed)}" if missed else "")
        yield row(f"corpora others {way}", _share(judged), target=0.95, note=note)
        for family in sorted({_family(read) for read in reads}):
            chosen = _judged([read for read in reads if _family(read) == family], good)
            if chosen:
                yield row(f"corpora {way} {family}", _share(chosen), note=f"of {len(chosen)}")
    foreign = sum(read.expected == "accept" and read.outcome == "foreign" for read in reads)
    yield row("corpora named and not read", foreign)
    rest = [read_one(folder, file) for file in other_files(folder)]
    crashes = sum(read.outcome == "crashed" for read in (*reads, *rest))
    yield row("corpora crashes", crashes, target=0, want="at most", note=f"of {len(reads) + len(rest)} files")
    yield row("corpora slowest seconds", max(read.seconds for read in (*reads, *rest)), target=1.0, want="at most")


MEASUREMENTS = (
    Measurement(
        (
            "corpora vcf accepted",
            "corpora vcf core caught",
            "corpora vcf core line named",
            "corpora fastq refused biopython",
            "corpora fastq refused formatspecimens",
            "corpora others accepted",
            "corpora others caught",
            "corpora accepted",
            "corpora caught",
            "corpora named and not read",
            "corpora crashes",
            "corpora slowest seconds",
        ),
        measure,
    ),
)
