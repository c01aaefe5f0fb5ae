"""Readers: what every one promises, whichever bytes it is given."""

import contextlib
import gzip
import random
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
    assert {"bare", "delimited", "fasta", "fastq", "stockholm"} <= set(READERS.names())


@pytest.mark.parametrize("name", ["x.fa", "x.csv", "x.gz", "x"])
@pytest.mark.parametrize("content", [FASTA, gzip.compress(FASTA, mtime=0)], ids=["plain", "gzip"])
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
        (gzip.compress(b"", mtime=0), "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        (b"PK\x03\x04" + bytes(40), "zip"),
        (">a\nACGT\n".encode("utf-16")[:-1], "UTF-16"),
        (b">a\nAC\0GT\n", "NUL"),
        (bytes(range(1, 9)) * 50, "control"),
        (gzip.compress(FASTA * 50, mtime=0)[:-12], "damaged"),
        (gzip.compress(FASTA, mtime=0)[:12] + b"\xff" * 30, "damaged"),
        (b"\x1f\x8b", "damaged"),
        (b"\n" * 300 + b"no table\nat all\n", "neither"),
        (b"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:10\n", "SAM"),
        (b"<!DOCTYPE html>\n<html></html>", "HTML"),
        (b'{"a": 1}', "JSON"),
        (b">P1;CRAB\nprotein\nMDITIHNP*\n", "NBRF"),
        (b"These are notes.\nThey go on, and on.\n", "neither"),
        (b"seq\tlabel\n", "no rows"),
        (b'seq,label\n"ACGT,1\nAAAA,0\n', "quotation"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sequence_file_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    said = problem(write(tmp_path, content))
    assert word in said.what


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in problem(tmp_path / "absent.fa").what
    assert "folder" in problem(tmp_path).what


@pytest.mark.slow
def test_a_gzip_file_that_unpacks_to_too_much_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "MOST_BYTES", 2**21)
    bomb = write(tmp_path, gzip.compress(b">a\n" + b"A" * 2**23, mtime=0))
    assert bomb.stat().st_size < 2**14
    assert "more than 200 times its size" in problem(bomb).what
    letters = random.Random(0).choices(b"ACGT", k=2**22)
    assert "more than 2 MB" in problem(write(tmp_path, gzip.compress(b">a\n" + bytes(letters), mtime=0))).what
    assert "more than 2 MB" in problem(write(tmp_path, b">a\n" + b"A" * 2**22, "plain.fa")).what


@pytest.mark.parametrize(
    ("content", "name", "encoding"),
    [
        (b">caf\xe9 \x80\nACGT\n", "café", "cp1252"),
        (b">caf\xe9\x81\nACGT\n", "café\x81", "latin-1"),
        (">café\nACGT\n".encode("utf-16"), "café", "utf-16"),
        (b"\xfe\xff" + ">café\r\nACGT\r\n".encode("utf-16-be"), "café", "utf-16"),
    ],
)
def test_other_encodings_are_read_and_said(tmp_path: Path, content: bytes, name: str, encoding: str) -> None:
    table = read_table(write(tmp_path, content))
    assert table.cells["name"].tolist() == [name]
    assert table.cells["sequence"].tolist() == ["ACGT"]
    assert table.file.encoding == encoding
    assert "not in UTF-8" in table.notices[0].sentence


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(
        [FASTA, TABLE, gzip.compress(FASTA, mtime=0), b'a;"b";ACGT\n1;2;ACGA\n', b",,,\n", b"ACGTA\nACCCC\n"]
    ),
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
