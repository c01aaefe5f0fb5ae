"""Readers: what every one promises, whichever bytes it is given."""

import contextlib
import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import READERS, _text, read_table

FASTA = b">a|1\nACGTACGT\n>b|0\nACGT\nTTTT\n"
TABLE = b"name\tseq\tlabel\na\tACGTAC\t1\nb\tTTTTTT\t0\n"


def write(folder: Path, content: bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def problem(path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_table(path)
    assert caught.value.what.endswith(".")
    assert caught.value.fix.endswith(".")
    assert path.name in caught.value.where
    return caught.value


def test_the_readers_are_found() -> None:
    assert READERS.names() == ["delimited", "fasta"]


@pytest.mark.parametrize("name", ["x.fa", "x.csv", "x.gz", "x"])
@pytest.mark.parametrize("content", [FASTA, gzip.compress(FASTA)], ids=["plain", "gzip"])
def test_content_decides_not_the_name(tmp_path: Path, name: str, content: bytes) -> None:
    table = read_table(write(tmp_path, content, name))
    assert table.layout == "fasta"
    assert table.cells["sequence"].tolist() == ["ACGTACGT", "ACGTTTTT"]
    assert table.file.compressed == (content[:2] == b"\x1f\x8b")
    assert table.file.bytes == len(content)


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"], ids=["windows", "old mac"])
@pytest.mark.parametrize("content", [FASTA, TABLE], ids=["fasta", "table"])
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path, content: bytes, ends: bytes) -> None:
    plain = read_table(write(tmp_path, content))
    other = read_table(write(tmp_path, b"\xef\xbb\xbf" + content.replace(b"\n", ends), "other.txt"))
    assert other.cells.equals(plain.cells)
    assert other.lines.tolist() == plain.lines.tolist()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (gzip.compress(b""), "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        (b"PK\x03\x04" + bytes(40), "zip"),
        (">a\nACGT\n".encode("utf-16"), "UTF-16"),
        (b">a\nAC\0GT\n", "NUL"),
        (bytes(range(1, 9)) * 50, "control"),
        (gzip.compress(FASTA * 50)[:-12], "damaged"),
        (gzip.compress(FASTA)[:12] + b"\xff" * 30, "damaged"),
        (b"\x1f\x8b", "damaged"),
        (b"\n" * 300 + b"no table\nat all\n", "neither"),
        (b"@read\nACGT\n+\nIIII\n", "FASTQ"),
        (b"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:10\n", "SAM"),
        (b"##fileformat=VCFv4.2\n#CHROM\tPOS\n", "VCF"),
        (b"chr1\t10\t20\tpeak\t5\t+\n", "BED"),
        (b"LOCUS       SCU49845     5028 bp    DNA\n", "GenBank"),
        (b"<!DOCTYPE html>\n<html></html>", "HTML"),
        (b'{"a": [1]}', "JSON"),
        (b">P1;CRAB\nprotein\nMDITIHNP*\n", "NBRF"),
        (b"These are notes.\nThey go on, and on.\n", "neither"),
        (b"name,score\na,1.5\nb,2.5\n", "No column"),
        (b"seq\tlabel\n", "no rows"),
        (b'seq,label\n"ACGT,1\nAAAA,0\n', "quotation"),
        (b"seq,label\n" + b"A" * 140_000 + b",1\nACGT,0\n", "131,072"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sequence_file_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    said = problem(write(tmp_path, content))
    assert word in said.what


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in problem(tmp_path / "absent.fa").what
    assert "folder" in problem(tmp_path).what


def test_a_gzip_file_that_unpacks_to_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "MOST_BYTES", 2**21)
    bomb = write(tmp_path, gzip.compress(b">a\n" + b"A" * 2**23))
    assert bomb.stat().st_size < 2**14
    assert "more than 2 MB" in problem(bomb).what
    assert "more than 2 MB" in problem(write(tmp_path, b">a\n" + b"A" * 2**22, "plain.fa")).what


def test_headers_that_are_not_utf8_are_read_as_latin1(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b">caf\xe9\nACGT\n"))
    assert table.cells["name"].tolist() == ["café"]
    assert table.file.encoding == "latin-1"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([FASTA, TABLE, gzip.compress(FASTA), b'a;"b";ACGT\n1;2;ACGA\n', b",,,\n", b"ACGTA\nACCCC\n"]),
    changes=st.lists(st.tuples(st.integers(0, 80), st.binary(max_size=4), st.integers(0, 5)), max_size=6),
)
def test_mutated_bytes_are_read_or_refused(tmp_path: Path, start: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    content = start
    for place, new, cut in changes:
        content = content[:place] + new + content[place + cut :]
    with contextlib.suppress(ReadError):
        table = read_table(write(tmp_path, content))
        assert len(table) == len(table.cells) > 0
        assert table.where(len(table) - 1, 0)


def test_files_of_other_projects_are_read_or_refused(shared_data: Path) -> None:
    """Rows of EXPECT.csv for FASTA: accepted files are read; SAM files are never taken for a table."""
    corpora = shared_data / "corpora"
    if not corpora.is_dir():
        pytest.skip(f"no parser corpora at {corpora}")
    expected = [line.split(",")[:3] for line in (corpora / "EXPECT.csv").read_text("utf-8").splitlines()[1:]]
    outcome: dict[str, set[str]] = {"read": set(), "refused": set()}
    wanted: dict[str, str] = {}
    for corpus, file, word in expected:
        if file.startswith("FASTA/") or corpus == "hts-specs-sam" or file.startswith(("Quality/", "Fasta/")):
            wanted[f"{corpus}/{file}"] = word
    for name in wanted:
        try:
            read_table(corpora / name)
            outcome["read"].add(name)
        except ReadError:
            outcome["refused"].add(name)
    assert len(wanted) > 150
    assert not [name for name in outcome["refused"] if "/FASTA/" in name and wanted[name] == "accept"]
    assert not [name for name in outcome["read"] if wanted[name] == "reject" and "f003" not in name]
