"""FASTA in blocks: the same letters as Biopython reads, whatever the line ends, blocks and compression."""

import gzip
import io
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from Bio.SeqIO.FastaIO import SimpleFastaParser
from hypothesis import given, settings
from hypothesis import strategies as st

from seqdl_core.errors import ReadError
from seqdl_core.sequences.alphabets import DNA, PROTEIN
from seqdl_core.sequences.fasta_batches import (
    KNOWN,
    LOWER,
    ODD,
    STOPPED,
    UNKNOWN,
    Batch,
    batches,
    clean,
    rules,
    text_table,
)
from seqdl_core.sequences.fasta_scanner import FOREIGN, Scanner

_LINES = st.lists(st.text("ACGTNacgtn ", max_size=30), max_size=5)
_NAMES = st.text("abc|=:; 1", max_size=12)
_RECORDS = st.lists(st.tuples(_NAMES, _LINES), min_size=1, max_size=8)
_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def _written(records: list[tuple[str, list[str]]], end: str, last: bool) -> bytes:
    text = "".join(f">{name}{end}" + "".join(line + end for line in lines) for name, lines in records)
    return (text if last else text.removesuffix(end)).encode()


def _by_biopython(content: bytes) -> list[tuple[str, str]]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline=None)
    return [(title.strip(), letters.upper()) for title, letters in SimpleFastaParser(text)]


def _one_batch(path: Path) -> Batch:
    with closing(Scanner(path, text_table())) as scanner:
        parts = list(batches(scanner))
    sizes = np.concatenate([np.diff(part.offsets) for part in parts])
    header_sizes = np.concatenate([np.diff(part.header_offsets) for part in parts])
    return Batch(
        np.concatenate([part.letters for part in parts]),
        np.append(0, np.cumsum(sizes)),
        b"".join(part.headers for part in parts),
        np.append(0, np.cumsum(header_sizes)),
        np.concatenate([part.lines for part in parts]),
    )


@settings(max_examples=40, deadline=None)
@given(_RECORDS, _ENDS, st.booleans(), st.booleans(), st.sampled_from([7, 17, 2**20]))
def test_reads_what_biopython_reads(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, list[str]]],
    end: str,
    last: bool,
    packed: bool,
    block: int,
) -> None:
    content = _written(records, end, last)
    path = tmp_path_factory.mktemp("fasta") / "x.fa"
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    truth = _by_biopython(content)

    header_lines = [n for n, line in enumerate(content.decode().splitlines(), 1) if line[:1] == ">"]
    assert _one_batch(path).lines.tolist() == header_lines

    scanner = Scanner(path, text_table(), block)
    found = []
    for batch in batches(scanner):
        cleaned = clean(batch, rules(DNA, True, False))
        text = cleaned.ascii.tobytes().decode()
        ends = cleaned.offsets.tolist()
        found += [(t, text[a:b]) for t, a, b in zip(batch.titles, ends[:-1], ends[1:], strict=True)]
    scanner.close()
    assert found == truth


def test_names_and_places(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_bytes(b"; a comment\n>chr1 first\nAC\nGT\n>chr2\n\nn\xc4n\n")
    batch = _one_batch(path)
    assert batch.titles == ["chr1 first", "chr2"]
    assert batch.lines.tolist() == [2, 5]
    assert batch.offsets.tolist() == [0, 4, 7]
    assert batch.letters.tolist() == [*b"ACGT", ord("n"), FOREIGN, ord("n")]
    assert batch.where(1, "x.fa") == "line 5 of x.fa (record chr2)"


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (b"\n\nACGT\n", "The file does not begin with a FASTA header.", "line 3 of x.fa"),
        (b">a\nAC\0GT\n", "The file is binary: it holds NUL bytes.", "line 2 of x.fa"),
        (gzip.compress(b">a\nACGT\n" * 1000, mtime=0)[:-20], "The gzip file is damaged or was cut off", "x.fa"),
    ],
)
def test_what_is_no_fasta_is_refused(tmp_path: Path, content: bytes, what: str, where: str) -> None:
    path = tmp_path / "x.fa"
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        _one_batch(path)
    assert caught.value.what.startswith(what)
    assert caught.value.where == where


def test_a_mark_before_utf8_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_bytes(b"\xef\xbb\xbf>a\nACGT\n")
    assert _one_batch(path).titles == ["a"]


def test_letters_are_told_apart_record_by_record(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_bytes(b">1\nACGT\n>2\nacN\n>3\nAC!\n>4\nACG*\n>5\nACGT\n>6\nR-\n")
    batch = _one_batch(path)
    cleaned = clean(batch, rules(DNA, True, False))
    assert cleaned.seen[:4].tolist() == [KNOWN, KNOWN | UNKNOWN | LOWER, KNOWN | ODD, KNOWN | STOPPED]
    assert cleaned.ascii.tobytes() == b"ACGTACNAC!ACGACGTNN"
    assert cleaned.ambiguous == 2
    assert cleaned.hashes[0] == cleaned.hashes[4]
    assert len(set(cleaned.hashes.tolist())) == 5


def test_strands_share_a_hash_and_crops_keep_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "x.fa"
    path.write_bytes(b">1\nAACCGN\n>2\nNCGGTT\n>3\nAACCGA\n")
    batch = _one_batch(path)
    whole = clean(batch, rules(DNA, True, False))
    assert whole.strand_free[0] == whole.strand_free[1] != whole.strand_free[2]
    assert whole.hashes[0] != whole.hashes[1]
    protein = clean(batch, rules(PROTEIN, True, False))
    assert np.array_equal(protein.hashes, protein.strand_free)
    cropped = clean(batch, rules(DNA, True, False), width=3)
    assert cropped.ascii.tobytes() == b"ACCCGGACC"
    assert cropped.cropped == 3


def test_the_corpora_read_alike(shared_data: Path) -> None:
    place = shared_data / "corpora" / "biopython"
    read = 0
    for path in sorted(place.rglob("*")):
        if path.suffix not in (".fa", ".fasta", ".fna", ".faa") or not path.is_file():
            continue
        content = path.read_bytes()
        if not content.startswith(b">") or b"\n;" in content:
            continue
        truth = _by_biopython(content)
        batch = _one_batch(path)
        assert batch.titles == [title for title, _ in truth], path.name
        assert batch.letters.tobytes().decode().upper() == "".join(letters for _, letters in truth), path.name
        assert np.diff(batch.offsets).tolist() == [len(letters) for _, letters in truth], path.name
        read += 1
    assert read > 10
