"""Zip archives: members, workbooks, and archives that no one should open."""

import gzip
import io
import random
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError, SeqDLError
from seqdl_core.sequences import readers
from seqdl_core.sequences.readers import _archives, _text, read_table, read_tables

FASTA = b">a|1\nACGTACGT\n>b|0\nACGTTTTT\n"
TABLE = b"name\tseq\tlabel\na\tACGTAC\t1\nb\tTTTTTT\t0\n"


def archive(folder: Path, members: dict[str, bytes], name: str = "set.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for member, content in members.items():
            out.writestr(member, content)
    return path


def refused(path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_tables(path)
    return caught.value


def test_members_are_read_one_after_the_other(tmp_path: Path) -> None:
    members = {"train/a.fa": FASTA, "b.fa.gz": gzip.compress(FASTA, mtime=0), "c.tsv": TABLE}
    tables = read_tables(archive(tmp_path, members))
    assert [table.file.name for table in tables] == ["set.zip/train/a.fa", "set.zip/b.fa.gz", "set.zip/c.tsv"]
    assert [table.layout for table in tables] == ["fasta", "fasta", "tab"]
    assert tables[0].file.bytes == len(FASTA)
    assert tables[0].file.sha256 != tables[1].file.sha256


def test_what_holds_no_data_is_left_out_and_counted(tmp_path: Path) -> None:
    extra = ["__MACOSX/._a.fa", ".DS_Store", "x/._b", "README.md", "LICENSE", "empty/"]
    tables = read_tables(archive(tmp_path, {**dict.fromkeys(extra, b"words"), "readme_seqs/a.fa": FASTA}))
    assert [table.file.name for table in tables] == ["set.zip/readme_seqs/a.fa"]
    assert [notice.count for notice in tables[0].notices] == [2]


def test_a_member_that_cannot_be_read_does_not_keep_the_others(tmp_path: Path) -> None:
    path = archive(tmp_path, {"bad.txt": b"\x89PNG\r\n\x1a\n", "good.fa": FASTA})
    problems: list[SeqDLError] = []
    tables = read_tables(path, problems=problems)
    assert [table.file.name for table in tables] == ["set.zip/good.fa"]
    assert [problem.where for problem in problems] == ["set.zip/bad.txt"]
    assert "PNG" in refused(path).what


def test_one_table_is_wanted_and_there_are_two(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="2 files"):
        read_table(archive(tmp_path, {"a.fa": FASTA, "b.tsv": TABLE}))


@pytest.mark.parametrize("name", ["../a.fa", "x/../../a.fa", "/etc/a.fa", "C:\\a.fa", "..\\a.fa"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    said = refused(archive(tmp_path, {"good.fa": FASTA, name: FASTA}))
    assert "leads out of the archive" in said.what
    assert said.where == "set.zip"


def test_links_encryption_and_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = zipfile.ZipInfo("link.fa")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(link, b"/etc/passwd")
    assert "link to another file" in refused(path).what
    content = bytearray(archive(tmp_path, {"a.fa": FASTA}).read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + at] |= 1
    path.write_bytes(content)
    assert "encrypted" in refused(path).what
    monkeypatch.setattr(_archives, "MOST_MEMBERS", 20)
    assert "21 entries" in refused(archive(tmp_path, {f"{number}.fa": FASTA for number in range(21)})).what


def test_too_many_files_that_are_no_single_sequences_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MOST_TABLES", 5)
    said = refused(archive(tmp_path, {f"{number}.fa": FASTA for number in range(6)}))
    assert said.what == "The zip archive holds more than 5 files that are no single sequences."
    assert said.where == "set.zip/5.fa"


def test_a_zip_of_zips_is_refused(tmp_path: Path) -> None:
    inner = archive(tmp_path, {"a.fa": FASTA}, "inner.zip").read_bytes()
    said = refused(archive(tmp_path, {"inner.zip": inner}))
    assert "inside a zip" in said.what
    assert said.where == "set.zip/inner.zip"


@pytest.mark.parametrize("kind", ["gzip", "zip", "workbook"])
def test_bombs_are_stopped_with_little_memory(tmp_path: Path, kind: str) -> None:
    """64 MB of one letter pack into 64 kB."""
    if kind == "gzip":
        path = tmp_path / "bomb.fa.gz"
        path.write_bytes(gzip.compress(b">a\n" + bytes([65]) * 2**26, mtime=0))
    else:
        path = archive(tmp_path, {"xl/workbook.xml" if kind == "workbook" else "a.fa": b">a\n" + bytes([65]) * 2**26})
    assert path.stat().st_size < 70_000
    tracemalloc.start()
    said = refused(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "200 times" in said.what
    assert said.fix
    assert peak < 48 * 2**20


def test_the_total_of_an_archive_is_counted_while_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "MOST_BYTES", 2**20)
    members = {
        f"{number}.fa": b">a\n" + random.Random(number).randbytes(2**17).hex().encode() * 2 for number in range(3)
    }
    assert "more than 1 MB" in refused(archive(tmp_path, members)).what


def test_damaged_empty_and_foreign_archives_are_named(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.fa": FASTA * 100})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "damaged" in refused(path).what
    broken = bytearray(content)
    broken[60:64] = b"\xff\xff\xff\xff"
    path.write_bytes(broken)
    assert refused(path).where in ("set.zip", "set.zip/a.fa")
    assert "empty" in refused(archive(tmp_path, {})).what
    assert "Word" in refused(archive(tmp_path, {"word/document.xml": b"<x/>"})).what


def test_a_workbook_is_read_alone_and_inside_an_archive(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["name", "sequence", "score"], ["a", "ACGTACGT", 1.5], ["b", "TTTTACGT", -2]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    alone = tmp_path / "lab.xlsx"
    alone.write_bytes(out.getvalue())
    inside = archive(tmp_path, {"lab.xlsx": out.getvalue()})
    for path in (alone, inside):
        assert read_table(path).cells["sequence"].tolist() == ["ACGTACGT", "TTTTACGT"]
