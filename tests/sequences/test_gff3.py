"""GFF3 and GTF: features as intervals, and features on the sequences of the same file."""

import csv
from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import Feature, RawTable, read_table
from seqdl_core.sequences.readers.gff3 import recognises


def gff(folder: Path, text: str) -> RawTable:
    path = folder / "g.gff3"
    path.write_text(text)
    return read_table(path)


def test_features_are_intervals_from_0(tmp_path: Path) -> None:
    table = gff(
        tmp_path,
        "##gff-version 3\n# a comment\nctg%20A\tx\tgene\t1\t9\t.\t+\t.\tID=g1;Name=EDEN%2C2\n"
        "ctg\tx\tCDS\t3\t8\t0.5\t-\t0\tParent=g1\n",
    )
    assert table.kind == "intervals"
    assert table.one_based is True
    assert table.cells["chrom"].tolist() == ["ctg A", "ctg"]
    assert table.cells["start"].tolist() == ["0", "2"]
    assert table.cells["end"].tolist() == ["9", "8"]
    assert table.cells["strand"].tolist() == ["+", "-"]
    assert table.cells["type"].tolist() == ["gene", "CDS"]
    assert table.cells["name"].tolist() == ["EDEN,2", "g1"]
    assert table.cells["ID"].tolist() == ["g1", ""]
    assert table.lines.tolist() == [3, 4]


def test_attributes_of_gtf(tmp_path: Path) -> None:
    table = gff(tmp_path, '1\tx\texon\t5\t9\t.\t-\t.\tgene_id "G;1"; exon_number 2; gene_name "AXL";\n')
    assert table.cells[["gene_id", "exon_number", "name"]].iloc[0].tolist() == ["G;1", "2", "AXL"]


def test_sequences_in_the_file_carry_the_features(tmp_path: Path) -> None:
    table = gff(
        tmp_path,
        "##gff-version 3\nc\tx\tCDS\t7\t9\t.\t-\t0\tParent=t1;Name=p\nc\tx\tpromoter\t1\t2\t.\t.\t.\t.\n"
        "c\tx\tCDS\t1\t3\t.\t-\t0\tParent=t1;Name=p\nd\tx\tgene\t1\t2\t.\t+\t.\t.\nc\tx\tgene\t1\t99\t.\t+\t.\t.\n"
        "##FASTA\n>c first\nACGTACG\nTACGT\n",
    )
    assert table.kind == "sequences"
    assert table.cells[["name", "sequence"]].iloc[0].tolist() == ["c", "ACGTACGTACGT"]
    assert table.lines.tolist() == [8]
    assert table.features == (
        Feature(0, 6, 9, "-", "CDS", "p", 0),
        Feature(0, 0, 3, "-", "CDS", "p", 1),
        Feature(0, 0, 2, ".", "promoter", ""),
    )
    assert [(one.count, one.where) for one in table.notices] == [(1, "line 5 of g.gff3"), (1, "line 6 of g.gff3")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("c\tx\tgene\t9\t5\t.\t+\t.\t.", "before it starts"),
        ("c\tx\tgene\t0\t5\t.\t+\t.\t.", "starts at 0"),
        ("c\tx\tgene\t.\t.\t.\t.\t.\t.", "not a whole number"),
        ("c\tx\tgene\t1\t5\t.\t+\t.\tID=1\textra", "10 fields"),
        ("c x gene 1 5 . + . ID=1", "1 field;"),
        ("c\tx\tgene\t1\t5\t.\tup\t.\t.", "strand 'up'"),
    ],
)
def test_errors_have_their_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        gff(tmp_path, f"##gff-version 3\nc\tx\tgene\t1\t5\t.\t+\t.\t.\n{line}\n")
    assert caught.value.where == "line 3 of g.gff3"


def test_a_table_with_numbers_is_no_gff() -> None:
    assert not recognises("a\tb\tc\t1\t2\tACGT\n")


def test_the_specimens(shared_data: Path) -> None:
    root = shared_data / "corpora"
    with (root / "EXPECT.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["file"].startswith("GFF3/")]
    outcomes = []
    for row in rows:
        try:
            read_table(root / row["corpus"] / row["file"])
            outcomes.append("accept")
        except ReadError as problem:
            outcomes.append("reject" if problem.where.startswith("line ") else "no line")
    assert outcomes == [row["expected"] for row in rows]
