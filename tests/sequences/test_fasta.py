"""FASTA: records, labels in headers, and the line of a letter."""

from pathlib import Path

import pytest

from seqdl_core.sequences.readers import RawTable, read_table


def fasta(folder: Path, text: str) -> RawTable:
    path = folder / "peaks.fa"
    path.write_text(text)
    return read_table(path)


def test_records_over_several_lines(tmp_path: Path) -> None:
    table = fasta(tmp_path, "\n>one first record\nACGT\nAC\n\nGT\n>two\nTTTT\n")
    assert table.cells["name"].tolist() == ["one", "two"]
    assert table.cells["sequence"].tolist() == ["ACGTACGT", "TTTT"]
    assert table.lines.tolist() == [2, 7]
    assert not table.notices


@pytest.mark.parametrize(("letter", "line"), [(0, 3), (3, 3), (4, 4), (5, 4), (6, 6), (7, 6)])
def test_the_line_of_a_letter(tmp_path: Path, letter: int, line: int) -> None:
    table = fasta(tmp_path, ">zero\n>one\nACGT\nA C\n\nGT\n>two\nTTTT\n")
    assert table.where(1, letter) == f"line {line} of peaks.fa (record one)"
    assert table.where(2, 0) == "line 8 of peaks.fa (record two)"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["a|1", "b|0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (
            ["a|1|training", "b|0|testing"],
            {"name": ["a", "b"], "label": ["1", "0"], "split": ["training", "testing"]},
        ),
        (["a label=1", "b label=0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (["a TARGET=1.0 SET=train", "b TARGET=0 SET=test"], {"TARGET": ["1.0", "0"], "SET": ["train", "test"]}),
        ([" chr1,+,1,9; class:0", "chr2,-,1,9; class:1"], {"name": ["chr1,+,1,9", "chr2,-,1,9"], "class": ["0", "1"]}),
        (["a 1", "b 0"], {"name": ["a", "b"], "label": ["1", "0"]}),
        (["a|1", "b"], {"name": ["a", "b"], "label": ["1", ""]}),
        (["a|pos", "b|neg"], {"label": ["pos", "neg"]}),
    ],
)
def test_labels_in_headers(tmp_path: Path, headers: list[str], expected: dict[str, list[str]]) -> None:
    table = fasta(tmp_path, "".join(f">{header}\nACGT\n" for header in headers))
    for column, values in expected.items():
        assert table.cells[column].tolist() == values


@pytest.mark.parametrize(
    "header",
    [
        "sp|P12345|AATM_RABIT Aspartate aminotransferase OS=Oryctolagus OX=9986 PE=1 SV=2",
        "gi|12|gb|AB000001.1|",
        "chr1:5-105(+)",
        "FP000001 AT1G01050_1         :+U  EU:NC; range  -200 to    50.",
        "pGT875 | 266",
    ],
)
def test_headers_that_hold_no_label(tmp_path: Path, header: str) -> None:
    table = fasta(tmp_path, f">{header}\nACGT\n")
    assert list(table.cells.columns) == ["name", "sequence"]
    assert table.cells["name"].tolist() == [header.split()[0]]


def test_what_was_changed_is_counted(tmp_path: Path) -> None:
    table = fasta(tmp_path, ">\nAC GT\nA C\n>two\nACGT\n")
    assert table.cells["name"].tolist() == ["record_1", "two"]
    assert [notice.sentence for notice in table.notices] == [
        "1 record without a name, named by their number.",
        "2 sequence lines with blanks inside, which were removed.",
    ]
