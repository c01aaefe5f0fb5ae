"""Files with a header and nothing below it say so, and nothing else."""

from pathlib import Path

import pytest

from seqdl_core.data.importing import inspect


@pytest.mark.parametrize(
    ("name", "text", "noun"),
    [
        ("calls.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", "variants"),
        ("genes.gff3", "##gff-version 3\n##sequence-region chr1 1 1000\n", "features"),
    ],
)
def test_a_header_and_nothing_below(tmp_path: Path, name: str, text: str, noun: str) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "genome.fa").write_text(">chr1\n" + "ACGT" * 100 + "\n")
    for files in ([name], [name, "genome.fa"]):
        problem = inspect([tmp_path / file for file in files]).problems[0]
        assert problem.what == f"The file has a header and no {noun}."
        assert problem.where == name
        assert problem.fix.startswith(f"Bring a file with {noun} below its header")
