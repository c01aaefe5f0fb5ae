"""FASTQ: records over several lines, the encoding of the qualities, and damaged records by their line."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table


def fastq(folder: Path, text: str) -> RawTable:
    path = folder / "reads.fq"
    path.write_text(text)
    return read_table(path)


def test_wrapped_records_and_a_quality_that_begins_with_an_at_sign(tmp_path: Path) -> None:
    table = fastq(tmp_path, "@r1 first\nAC\nGT\n+r1 first\n@+\nII\n@r2\nACG\n+\nIII\n@\n\n+\n\n")
    assert table.layout == "fastq"
    assert table.cells["name"].tolist() == ["r1", "r2", "record_3"]
    assert table.cells["sequence"].tolist() == ["ACGT", "ACG", ""]
    assert table.lines.tolist() == [1, 7, 11]
    assert table.cells["quality"].tolist() == [f"{(31 + 10 + 40 + 40) / 4:.2f}", "40.00", "0.00"]
    assert table.where(1) == "line 7 of reads.fq (record r2)"


@pytest.mark.parametrize(
    ("quality", "mean", "encoding"),
    [
        ("!!II", "20.00", "Sanger"),
        ("hhhh", "40.00", "Illumina"),
        (";hhh", "30.30", "Solexa"),
        ("IIII", "40.00", "Sanger"),
    ],
)
def test_the_encoding_is_told_from_the_range(tmp_path: Path, quality: str, mean: str, encoding: str) -> None:
    """Solexa -5 is Phred 10 log10(1 + 10^-0.5) = 1.19; the other three are 40.0004."""
    table = fastq(tmp_path, f"@r\nACGT\n+\n{quality}\n")
    assert table.cells["quality"].tolist() == [mean]
    assert encoding in table.notices[0].sentence


def test_the_same_reads_in_three_encodings_have_the_same_scores(shared_data: Path) -> None:
    folder = shared_data / "corpora" / "biopython" / "Quality"
    if not folder.is_dir():
        pytest.skip("no corpora")
    means = [
        read_table(folder / f"sanger_full_range_as_{kind}.fastq").cells["quality"].astype(float).to_numpy()
        for kind in ("sanger", "illumina")
    ]
    assert abs(means[0] - means[1]).max() < 16  # Illumina's range ends at 62, Sanger's at 93


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("@a\nACGT\n+\nIIII\n@b\nACGT\n+\nIII\n", 5),
        ("@a\nACGT\n+b\nIIII\n", 1),
        ("@a\nACGT\n+\nIIII\n@b\nACGT\n", 5),
        ("@a\nACGT\n+\nIIII\n\n@b\nACGT\n+\nII\x7fI\n", 6),
        ("@a\nA GT\n+\nIIII\n", 1),
        ("@a\nACGT\n+\nII I\n", 1),
        ("@a\nACGT\n", 1),
    ],
)
def test_damaged_records_are_named_by_their_first_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ReadError) as caught:
        fastq(tmp_path, text)
    assert caught.value.where == f"line {line} of reads.fq"
    assert caught.value.what.endswith(".")


@pytest.mark.parametrize(
    ("record", "letters", "qualities"),
    [
        ("@b\nACGTA\n+\nIIII\n@c\nACGT\n+\nIIII\n@d\nACGT\n+\nIIII\n", 5, 4),
        ("@b\nACGT\n+\nIIIII\n@c\nACGT\n+\nIIII\n", 4, 5),
        ("@b\nACGTA\n+b\n@III\n@c\nACGT\n+\nIIII\n", 5, 4),
        ("@b\nACGT\nACGT\n+\nIIII\n@II\n@c\nACGT\n+\nIIII\n", 8, 7),
        ("@b\nACGT\n+\nIII", 4, 3),
    ],
)
def test_unequal_lengths_are_those_of_the_record_alone(
    tmp_path: Path, record: str, letters: int, qualities: int
) -> None:
    with pytest.raises(ReadError, match=f"it has {letters} letters and {qualities} qualities") as caught:
        fastq(tmp_path, f"@a\nACGT\n+\nIIII\n{record}")
    assert caught.value.where == "line 5 of reads.fq"
