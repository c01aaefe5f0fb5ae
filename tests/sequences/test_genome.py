"""Genomes: any window by hand and beside pysam, whatever the line ends, case and packing; bad files by their line."""

import os
import random
import time
from pathlib import Path

import numpy as np
import pysam
import pytest

from seqdl_core.errors import DataError, ReadError, UnknownName
from seqdl_core.sequences.alphabets import DNA, encode_all, reverse_complement
from seqdl_core.sequences.contigs import (
    build_lengths,
    build_of_lengths,
    build_title,
    builds_that_fit,
    contig_key,
    match_contigs,
)
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.genome_index import stored_index

SMALL = ">chr1 the first\nACGTAC\nGTNNac\ngt\n>chr2\nTTTT\n>chrM\nGGGGGGGG\n"


def made(folder: Path, text: str, name: str = "g.fa") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def random_genome(seed: int, contigs: int = 4, width: int = 60, end: str = "\n") -> dict[str, str]:
    rng = random.Random(seed)
    return {f"chr{n}": "".join(rng.choices("ACGTacgtNRYn", k=rng.randrange(1, 700))) for n in range(1, contigs + 1)}


def as_fasta(contigs: dict[str, str], width: int = 60, end: str = "\n") -> str:
    lines = []
    for name, letters in contigs.items():
        lines += [f">{name}", *(letters[at : at + width] for at in range(0, len(letters), width))]
    return end.join(lines) + end


def test_fetch_and_windows_by_hand(tmp_path: Path) -> None:
    genome = Genome.open(made(tmp_path, SMALL))
    assert genome.contigs == {"chr1": 14, "chr2": 4, "chrM": 8}
    assert genome.fetch("chr1", 0, 14) == "ACGTACGTNNacgt"
    assert genome.fetch("chr1", 5, 13) == "CGTNNacg"
    assert genome.fetch("2", 1, 3) == "TT"
    assert genome.fetch("chr1", 3, 3) == ""
    codes = genome.windows(["chr1", "chr1", "MT"], np.array([4, 10, 2]), 4)
    assert codes.tolist() == [[0, 1, 2, 3], [0, 1, 2, 3], [2, 2, 2, 2]]
    minus = genome.windows(["chr1"], np.array([6]), 4, minus=np.array([True]))
    assert DNA.decode(minus[0]) == "NNAC"  # GTNN read backwards


def test_positions_outside_are_refused_or_unknown(tmp_path: Path) -> None:
    genome = Genome.open(made(tmp_path, SMALL))
    with pytest.raises(DataError, match="chr2, which has 4 letters") as caught:
        genome.windows(["chr1", "chr2"], np.array([0, 2]), 4)
    assert "chr2:3-6" in caught.value.what
    with pytest.raises(DataError, match="not inside"):
        genome.fetch("chr1", -1, 3)
    codes = genome.windows(["chr2", "chr2", "chr2"], np.array([2, -3, 50]), 4, outside="unknown")
    assert codes.tolist() == [[3, 3, 4, 4], [4, 4, 4, 3], [4, 4, 4, 4]]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", range(3))
def test_windows_are_those_of_pysam(tmp_path: Path, seed: int, end: str) -> None:
    contigs = random_genome(seed)
    path = made(tmp_path, as_fasta(contigs, width=7 + seed * 20, end=end))
    genome = Genome.open(path)
    rng = random.Random(seed)
    chroms, starts = [], []
    for _ in range(200):
        chrom = rng.choice([name for name in contigs if len(contigs[name]) >= 12])
        chroms.append(chrom)
        starts.append(rng.randrange(len(contigs[chrom]) - 11))
    letters = genome.letters(chroms, np.array(starts), 12)
    codes = genome.windows(chroms, np.array(starts), 12)
    backwards = genome.windows(chroms, np.array(starts), 12, minus=np.ones(200, bool))
    with pysam.FastaFile(str(path)) as peer:
        for row, (chrom, start) in enumerate(zip(chroms, starts, strict=True)):
            assert letters[row].tobytes().decode() == peer.fetch(chrom, start, start + 12)
            assert genome.fetch(chrom, start, start + 12) == contigs[chrom][start : start + 12]
    plain = ["".join(c if c in "ACGT" else "N" for c in row.tobytes().decode().upper()) for row in letters]
    assert np.array_equal(codes, encode_all(plain, DNA))
    assert np.array_equal(backwards, reverse_complement(codes, DNA))


def test_the_index_is_that_of_samtools(tmp_path: Path) -> None:
    for number, text in enumerate((SMALL, as_fasta(random_genome(5), 11), SMALL.removesuffix("\n"), SMALL + "\n")):
        path = made(tmp_path, text, f"{number}.fa")
        Genome.open(path)
        ours = (tmp_path / f"{number}.fa.fai").read_text()
        pysam.faidx(str(path), "--fai-idx", str(tmp_path / "theirs.fai"))
        assert ours == (tmp_path / "theirs.fai").read_text()


def test_bgzip_is_the_same_as_plain(tmp_path: Path) -> None:
    contigs = random_genome(9, contigs=5) | {"long": "ACGTTGCA" * 20_000}
    plain = made(tmp_path, as_fasta(contigs))
    packed = tmp_path / "packed.fa.gz"
    pysam.tabix_compress(str(plain), str(packed))
    one, other = Genome.open(plain), Genome.open(packed)
    assert one.contigs == other.contigs
    rng = np.random.default_rng(1)
    chroms = ["long"] * 50 + ["chr1"] * 5
    starts = np.concatenate([rng.integers(0, 159_000, 50), np.arange(-3, 2)])
    for minus in (None, np.arange(55) % 2 == 0):
        ours = other.windows(chroms, starts, 100, minus=minus, outside="unknown")
        assert np.array_equal(one.windows(chroms, starts, 100, minus=minus, outside="unknown"), ours)
    inside = starts[:50]
    first, second = (g.composition(chroms[:50], inside, inside + 77) for g in (one, other))
    assert np.array_equal(first.gc, second.gc)
    assert np.array_equal(first.known, second.known)


def test_plain_gzip_and_memory_are_the_same_as_a_file(tmp_path: Path) -> None:
    import gzip

    contigs = random_genome(3)
    path = made(tmp_path, as_fasta(contigs, end="\r\n"))
    packed = tmp_path / "g.fa.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    memory = Genome.of_sequences(list(contigs), list(contigs.values()), "memory")
    for genome in (Genome.open(path), Genome.open(packed), memory):
        assert genome.contigs == {name: len(letters) for name, letters in contigs.items()}
        assert {name: genome.fetch(name, 0, length) for name, length in genome.contigs.items()} == contigs


def test_composition_counts_both_cases(tmp_path: Path) -> None:
    genome = Genome.open(made(tmp_path, SMALL))
    found = genome.composition(["chr1", "chr1", "chr2"], np.array([0, 5, 0]), np.array([14, 13, 0]))
    assert found.gc.tolist() == [6, 4, 0]
    assert found.known.tolist() == [12, 6, 0]


def test_texts_keep_case_and_complement_iupac_letters() -> None:
    genome = Genome.of_sequences(["1"], ["ACGTRYSWKMBDHVNacgtn"], "memory")
    both = genome.texts(["1", "1"], np.array([0, 16]), np.array([15, 20]), np.array([True, True]))
    assert both == ["NBDHVKMWSRYACGT", "nacg"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (">a\nACGT\nACG\nACGT\n", 4, "differ in length"),
        (">a\nACGT\nACGTA\n", 3, "differ in length"),
        (">a\nACGT\n\nACGT\n", 4, "differ in length"),
        (">a\nACGT\nACGT\r\nAC\n", 4, "differ in length"),
        (">a\nAC\n>b\nAC\n>a x\nAC\n", 5, "occurs twice; the first is on line 1"),
        ("ACGT\n>a\nAC\n", 1, "header"),
        (">a\nAC\n> \nAC\n", 3, "no name"),
        (">a\rACGT\r>b\rACGT\r", 1, "CR alone"),
    ],
)
def test_what_cannot_be_indexed_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        Genome.open(made(tmp_path, text, "bad.fa"))
    assert words in caught.value.what
    assert caught.value.where == f"line {line} of bad.fa"
    assert caught.value.fix


def test_blocks_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, as_fasta(random_genome(11, contigs=9), width=13))
    whole = stored_index(path, "g.fa", False)[0]
    for block in (5, 16, 100):
        monkeypatch.setattr("seqdl_core.sequences.genome_index._BLOCK", block)
        (tmp_path / "g.fa.fai").unlink()
        assert stored_index(path, "g.fa", False)[0] == whole


def test_empty_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    for text in ("", "\n\n"):
        with pytest.raises(ReadError, match=r"empty"):
            Genome.open(made(tmp_path, text))
    with pytest.raises(ReadError, match="no such file"):
        Genome.open(tmp_path / "nowhere.fa")
    packed = tmp_path / "p.fa.gz"
    pysam.tabix_compress(str(made(tmp_path, ">a\n" + "ACGT" * 9 + "\n")), str(packed))
    packed.write_bytes(packed.read_bytes()[:40])
    with pytest.raises(ReadError, match="damaged"):
        Genome.open(packed)


def test_an_old_or_foreign_index_is_made_again(tmp_path: Path) -> None:
    path = made(tmp_path, SMALL)
    index = tmp_path / "g.fa.fai"
    Genome.open(path)
    right = index.read_text()
    for wrong in (
        "",
        "chr1\t14\t16\n",
        right.replace("14", "12"),
        right.replace("chr2", "chrX"),
        "chr1\t5\t-1\t0\t0\n",
    ):
        index.write_text(wrong)
        assert Genome.open(path).fetch("chr2", 0, 4) == "TTTT"
        assert index.read_text() == right
    path.write_text(">other\nACGT\n")
    os.utime(path, (time.time() + 10, time.time() + 10))
    assert Genome.open(path).contigs == {"other": 4}


def test_an_index_needs_no_rights_beside_the_genome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_HOME", str(tmp_path / "home"))
    folder = tmp_path / "data"
    folder.mkdir()
    path = made(folder, SMALL)
    # A folder in the place of the index stands for one that cannot be written: rights do not bind root.
    (folder / "g.fa.fai").mkdir()
    assert Genome.open(path).fetch("chr2", 0, 4) == "TTTT"
    kept = list((tmp_path / "home" / "cache" / "genomes").iterdir())
    assert [place.suffix for place in kept] == [".fai"]
    stamp = kept[0].stat().st_mtime_ns
    assert Genome.open(path).fetch("chr2", 0, 4) == "TTTT"
    assert kept[0].stat().st_mtime_ns == stamp


def test_a_file_that_changes_while_open_is_noticed(tmp_path: Path) -> None:
    path = made(tmp_path, SMALL)
    genome = Genome.open(path)
    path.write_text(">chr1\nA\n")
    with pytest.raises(DataError, match="changed since"):
        genome.fetch("chr1", 0, 1)


def test_contigs_go_by_several_names() -> None:
    assert match_contigs(["1", "chr1", "Chr2", "MT", "9"], ["chr1", "chr2", "chrM"]) == {
        "1": "chr1",
        "chr1": "chr1",
        "Chr2": "chr2",
        "MT": "chrM",
    }
    assert match_contigs(["1"], ["chr1", "Chr1"]) == {}  # two could be meant
    assert contig_key("chromosome_X") == contig_key("x") == "x"
    genome = Genome.of_sequences(["chr1", "chrM"], ["ACGT", "AC"], "memory")
    assert genome.name_of("MT") == "chrM"
    assert genome.resolve(["1", "7"]) == {"1": "chr1"}
    with pytest.raises(UnknownName, match="no contig called 'chr7'"):
        genome.windows(["chr7"], np.array([0]), 1)
    with pytest.raises(DataError, match="occurs twice"):
        Genome.of_sequences(["a", "a"], ["A", "C"], "memory")


def test_lengths_tell_the_build() -> None:
    assert build_of_lengths({"chr1": 248_956_422}) == "hg38"
    assert build_of_lengths({"1": 249_250_621, "MT": 16_569}) == "hg19"
    assert build_of_lengths({"Chr1": 30_427_671, "ChrM": 366_924}) == "TAIR10"
    assert build_of_lengths({"chr1": 195_154_279}) == "mm39"
    assert build_of_lengths({"chrIV": 1_531_933}) == "sacCer3"
    assert build_of_lengths({"chr1": 1_000, "chrM": 16_569}) == ""
    assert build_of_lengths({}) == ""
    assert build_title("hg38") == "hg38 (GRCh38)"
    # The last 294,199 letters of chr1 exist in hg19 only.
    assert builds_that_fit({"chr1": 249_000_000}, "hg38") == ["hg19"]
    assert builds_that_fit({"chr1": 260_000_000}, "hg38") == []
    assert builds_that_fit({"chr1": 5}, "") == []


@pytest.mark.parametrize("build", ["hg19", "hg38", "hs1", "mm9", "mm10", "mm39", "dm3", "dm6", "ce11", "sacCer3"])
def test_lengths_of_builds_are_those_of_bioframe(build: str) -> None:
    from bioframe.io.assembly import assembly_info

    theirs = assembly_info(build).seqinfo
    known = {contig_key(name): int(size) for name, size in zip(theirs["name"], theirs["length"], strict=True)}
    ours = build_lengths(build)
    assert len(ours) > 5
    assert all(known[name] == size for name, size in ours.items())
