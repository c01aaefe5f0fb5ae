"""Names of contigs: RefSeq accessions of human chromosomes, which tell the build by their version."""

from pathlib import Path

import pytest

from seqdl_core.data.importing import inspect
from seqdl_core.sequences.contigs import build_lengths, build_of_lengths, build_of_names, contig_key, match_contigs


@pytest.mark.parametrize(
    ("accession", "contig", "build"),
    [
        ("NC_000001.11", "1", "hg38"),
        ("NC_000001.10", "1", "hg19"),
        ("NC_000014.9", "14", "hg38"),
        ("NC_000014.8", "14", "hg19"),
        ("NC_000021.9", "21", "hg38"),
        ("NC_000021.8", "21", "hg19"),
        ("NC_000023.11", "x", "hg38"),
        ("nc_000024.9", "y", "hg19"),
    ],
)
def test_accessions_of_human_chromosomes(accession: str, contig: str, build: str) -> None:
    assert contig_key(accession) == contig
    assert build_of_names([accession, "chrUn"]) == build


def test_other_accessions_are_names_like_any_other() -> None:
    assert contig_key("NC_000001.9") == "nc_000001.9"
    assert build_of_names(["chr1", "NC_000067.7"]) == ""
    assert build_of_names(["NC_000001.11", "NC_000001.10"]) == ""


def test_an_accession_is_never_the_one_of_another_build() -> None:
    assert match_contigs(["NC_000001.11", "X"], ["chr1", "NC_000023.11"]) == {
        "NC_000001.11": "chr1",
        "X": "NC_000023.11",
    }
    assert match_contigs(["NC_000001.10"], ["NC_000001.11"]) == {}


def test_a_genome_of_ncbi_is_known_by_its_lengths() -> None:
    lengths = build_lengths("hg38")
    assert build_of_lengths({"NC_000001.11": lengths["1"], "NC_000023.11": lengths["x"]}) == "hg38"


def test_coordinates_of_another_build_are_refused(tmp_path: Path) -> None:
    length = build_lengths("hg19")["21"]
    (tmp_path / "hg19.fa").write_text(">chr21\n" + "ACGTTGCA" * (length // 8) + "A" * (length % 8) + "\n")
    rows = [f"NC_000021.9\t{at}\t{at + 100}" for at in range(10_000_000, 10_004_000, 100)]
    (tmp_path / "peaks.bed").write_text("\n".join(rows) + "\n")
    found = inspect([tmp_path / "peaks.bed", tmp_path / "hg19.fa"])
    assert found.problems[0].what == "NC_000021.9 is a contig of hg38 (GRCh38), and this genome is hg19 (GRCh37)."
    assert found.problems[0].where == "line 1 of peaks.bed"
    (tmp_path / "peaks.bed").write_text("\n".join(rows).replace("NC_000021.9", "NC_000021.8") + "\n")
    fitting = inspect([tmp_path / "peaks.bed", tmp_path / "hg19.fa"])
    assert fitting.positives_only
    assert "NC_000021.8 is read as chr21" in next(one.evidence for one in fitting.findings if one.key == "genome")
