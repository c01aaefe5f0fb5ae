"""What mutated files brought to light: each input is the smallest that failed."""

import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError, SeqDLError
from seqdl_core.sequences.readers import RawTable, read_tables
from seqdl_core.sequences.readers._table import MOST_COLUMNS, unique_names

LONG = 40_000
LIMIT = 1.0
"""Seconds of the processor; a search that takes the square of the length needs many times as long."""

_VCF = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def read(path: Path, content: bytes) -> list[RawTable] | SeqDLError:
    path.write_bytes(content)
    try:
        return read_tables(path)
    except SeqDLError as problem:
        return problem


@pytest.mark.parametrize(
    "text",
    [
        f"chr1\t10\t20\t{'9' * LONG}x\nchr1\t30\t40\t1\n",
        f"c\tx\tgene\t1\t9\t{'9' * LONG}x\t+\t.\tID=a\n",
        f"track type=bedGraph\nchr1\t0\t10\t{'9' * LONG}x\n",
        f"fixedStep {'a' * LONG}\n1\n",
        f"{_VCF}1\t5\t.\tA\tG\t{'9' * LONG}x\t.\tDP=3\n",
        f"{_VCF}1\t5\t.\tA\tG\t.\t.\tAF={'9' * LONG}x\n",
        f">a\nACGT{' ' * LONG}(\n((((\n",
        f"ACGTACGTACGT\n{' ' * LONG}((((....))))x\n",
        f"ACGTACGTACGT\n((((....)))) 1{' ' * LONG}x\n",
        f'name,variant\na,1_5A>G\nb,"1_5{"-" * LONG}\n"\n',
    ],
    ids=["BED", "GFF3", "bedGraph", "wiggle", "VCF QUAL", "VCF INFO", "FASTA", "dot-bracket", "energy", "variant"],
)
def test_a_long_run_takes_no_longer_than_its_length(tmp_path: Path, text: str) -> None:
    read(tmp_path / "first", b"name,sequence\na,ACGT\n")  # loads what the readers need
    began = time.process_time()
    read(tmp_path / "input", text.encode())
    assert time.process_time() - began < LIMIT


def test_many_columns_of_one_name_are_told_apart_in_no_time() -> None:
    began = time.process_time()
    names = unique_names(["a", "a (3)", *["a"] * LONG], LONG + 2)
    assert time.process_time() - began < LIMIT
    assert names[:5] == ["a", "a (3)", "a (2)", "a (4)", "a (5)"]
    assert len(set(names)) == LONG + 2


def test_more_columns_than_a_table_of_sequences_has_are_refused(tmp_path: Path) -> None:
    found = read(tmp_path / "wide.csv", b"1," * MOST_COLUMNS + b"1\n")
    assert isinstance(found, ReadError)
    assert found.what == f"The table has {MOST_COLUMNS + 1:,} columns; SeqDL reads at most {MOST_COLUMNS:,}."


@pytest.mark.parametrize("content", [b"c*1\t10\t\x1e20\tp\n", b"c*1\t\x1f1\t20\tp\n"])
def test_blanks_that_numbers_do_not_know(tmp_path: Path, content: bytes) -> None:
    """str.strip takes U+001C to U+001F for blanks, int does not."""
    found = read(tmp_path / "regions.bed", content)
    assert isinstance(found, SeqDLError) or found[0].cells["end"].tolist()[0] == "20"


def test_a_region_of_commas_is_none(tmp_path: Path) -> None:
    lines = [f"r{row},x,chr1:{row}-{row + 30}" for row in range(1, 12)]
    found = read(tmp_path / "regions.csv", "\n".join(["name,b,region", *lines, 'r,x,"chr1:,-,"', ""]).encode())
    assert isinstance(found, ReadError)
    assert found.what == "'chr1:,-,' in region is not a region."


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_packed_so_tightly_that_a_kilobyte_fills_the_memory(tmp_path: Path, packing: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("a.csv", b"name,sequence\n" + b"a,ACGT\n" * 2**19)
    assert len(out.getvalue()) < 2048
    found = read(tmp_path / "a.zip", out.getvalue())
    assert isinstance(found, ReadError)
    assert "packed in a way that SeqDL does not know" in found.what


def test_a_small_bomb_is_stopped_early(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv.gz", gzip.compress(b"name,sequence\n" + b"a,ACGT\n" * 2**17, mtime=0))
    assert isinstance(found, ReadError)
    assert found.what.startswith("The file unpacks to more than 200 times its size")
