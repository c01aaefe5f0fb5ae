"""Files of other projects: every row of EXPECT.csv, and every other file without a crash."""

import json
from pathlib import Path

import pytest

from benchmarks._corpora import EXCEPTIONS, Read, expected_files, other_files, read_expected, read_one
from seqdl_core.sequences.readers import read_table

SLOW = 1.0  # of the processor


@pytest.fixture(scope="module")
def corpora(shared_data: Path) -> Path:
    """The folder of the corpora; skips where it is absent."""
    folder = shared_data / "corpora"
    if not folder.is_dir():
        pytest.skip(f"no parser corpora at {folder}")
    return folder


@pytest.fixture(scope="module")
def reads(corpora: Path) -> list[Read]:
    """Every row of EXPECT.csv, read once."""
    return read_expected(corpora)


@pytest.mark.parametrize("corpus", ["hts-specs-vcf", "hts-specs-sam", "formatspecimens", "biopython"])
def test_files_are_read_refused_or_warned_about_as_expected(reads: list[Read], corpus: str) -> None:
    own = [read for read in reads if read.file.startswith(corpus)]
    assert len(own) > 100
    assert _told([read for read in own if read.outcome == "crashed" or read.seconds > SLOW]) == []
    wrong = [read for read in own if not read.passed and read.file not in EXCEPTIONS]
    assert _told([read for read in wrong if not (read.expected == "accept" and read.outcome == "foreign")]) == []


def test_formats_that_are_named_and_not_read(corpora: Path) -> None:
    accepted = [file for file, word in expected_files(corpora).items() if word == "accept"]
    foreign = {Path(file).suffix for file in accepted if Path(file).suffix in (".2bit", ".qual")}
    reads = [read_one(corpora, file, "accept") for file in accepted if Path(file).suffix in foreign]
    assert _told([read for read in reads if read.outcome != "foreign"]) == []


def test_the_exceptions_are_still_exceptions(corpora: Path) -> None:
    expected = expected_files(corpora)
    assert not [file for file in EXCEPTIONS if read_one(corpora, file, expected[file]).passed]


def test_vcf_files_that_break_a_core_column_name_the_line(reads: list[Read]) -> None:
    core = [read for read in reads if read.core]
    assert len(core) == 118
    assert _told([read for read in core if not (read.passed and read.line)]) == []


def test_sam_is_never_taken_for_something_else(reads: list[Read]) -> None:
    own = [read for read in reads if read.file.startswith("hts-specs-sam")]
    assert len(own) == 108
    assert _told([read for read in own if "The file is SAM" not in read.said]) == []


def test_files_without_a_row_raise_nothing_but_our_own_errors(corpora: Path) -> None:
    reads = [read_one(corpora, file) for file in other_files(corpora)]
    assert len(reads) > 300
    assert _told([read for read in reads if read.outcome == "crashed" or read.seconds > SLOW]) == []


def test_naughty_strings_are_kept_to_the_letter(corpora: Path, tmp_path: Path) -> None:
    """As the name of a FASTA record, where a name ends at a blank, and as a quoted cell of a table."""
    strings = [text for text in json.loads((corpora / "blns" / "blns.json").read_text("utf-8")) if "\n" not in text]
    strings = [text for text in strings if text.strip() and "\r" not in text and "\0" not in text]
    assert len(strings) > 400
    words = [text.split()[0].split(";")[0] for text in strings]
    words = [word for word in words if word and "|" not in word]
    fasta = tmp_path / "names.fa"
    fasta.write_text("".join(f">{word} x {place}\nACGTACGT\n" for place, word in enumerate(words)), encoding="utf-8")
    assert read_table(fasta).cells["name"].tolist() == words
    table = tmp_path / "cells.tsv"
    rows = [f'"{text.replace(chr(34), chr(34) * 2)}"\tACGTACGT\t{place % 2}\n' for place, text in enumerate(strings)]
    table.write_text("name\tsequence\tlabel\n" + "".join(rows), encoding="utf-8")
    assert read_table(table).cells["name"].tolist() == [text.strip() for text in strings]


def _told(reads: list[Read]) -> list[str]:
    return [
        f"{read.file}: {read.outcome} in {read.seconds:.1f} s ({read.expected}) {read.said[:200]}" for read in reads
    ]
