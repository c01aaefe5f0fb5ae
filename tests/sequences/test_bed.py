"""BED and its kin: bounds, names of columns, summits, region strings, and errors with their line."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table
from seqdl_core.sequences.readers.bed import recognises


def bed(folder: Path, text: str) -> RawTable:
    path = folder / "b.bed"
    path.write_bytes(text.encode())
    table = read_table(path)
    assert table.kind == "intervals"
    return table


def test_bed_counts_from_0(tmp_path: Path) -> None:
    table = bed(tmp_path, "chr1\t10\t20\tp1\t5\t-\r\nchrX\t0\t7\tp2\t.\t+\r\n")
    assert table.one_based is False
    assert list(table.cells.columns) == ["chrom", "start", "end", "name", "score", "strand"]
    assert table.cells["start"].tolist() == ["10", "0"]
    assert table.cells["end"].tolist() == ["20", "7"]
    assert table.cells["strand"].tolist() == ["-", "+"]
    assert table.lines.tolist() == [1, 2]


def test_regions_count_from_1(tmp_path: Path) -> None:
    table = bed(tmp_path, "chr11:5,247,500-5,247,504\nchr2:1-10(-)\nHLA-A*01:01:5-9\n")
    assert table.one_based is True
    assert table.cells["chrom"].tolist() == ["chr11", "chr2", "HLA-A*01:01"]
    assert table.cells["start"].tolist() == ["5247499", "0", "4"]
    assert table.cells["end"].tolist() == ["5247504", "10", "9"]
    assert table.cells["strand"].tolist() == [".", "-", "."]


def test_regions_with_a_start_of_0_count_from_0(tmp_path: Path) -> None:
    table = bed(tmp_path, "chr1:100-200\nchr1:0-100\n")
    assert table.one_based is False
    assert table.cells["start"].tolist() == ["100", "0"]
    assert table.notices[0].where == "line 2 of b.bed"


def test_summits_beyond_the_end_are_counted_and_none_at_all_is_said_with_the_windows(tmp_path: Path) -> None:
    table = bed(
        tmp_path,
        "chr1\t100\t200\ta\t0\t.\t1.5\t2\t-1\t50\nchr1\t300\t400\tb\t0\t.\t1.5\t2\t-1\t-1\nchr1\t5\t9\tc\t0\t.\t1\t2\t3\t4\n",
    )
    assert table.layout == "narrowPeak"
    assert table.cells["summit"].tolist() == ["50", "-1", "4"]
    told = [(one.sentence, one.where) for one in table.notices if "summit" in one.what]
    assert told == [("1 line with a summit beyond the end of its interval (such as 4).", "line 3 of b.bed")]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("chr1\t1\t9\nchr2\t1\t9\n", ["chrom", "start", "end"]),
        (
            "chr1\t1\t9\tCTCF\nchr1\t5\t9\tCTCF\nchr1\t6\t9\tMYC\nchr1\t7\t9\tMYC\n",
            ["chrom", "start", "end", "feature"],
        ),
        ("chr1\t1\t9\t+\tCTCF\nchr1\t5\t9\t-\tMYC\n", ["chrom", "start", "end", "strand", "feature"]),
        ("chr1\t1\t9\tp1\nchr1\t5\t9\tp2\n", ["chrom", "start", "end", "name"]),
        ("#chrom\tstart\tend\tbound\nchr1\t1\t9\t1\nchr1\t5\t9\t0\n", ["chrom", "start", "end", "bound"]),
        ("chr\tstart\tend\tlabel\nchr1\t1\t9\t1\nchr1\t5\t9\t0\n", ["chrom", "start", "end", "label"]),
        ("track name=x\nbrowser hide all\nchr1 1 9\nchr1 5 9\n", ["chrom", "start", "end"]),
    ],
)
def test_names_of_columns(tmp_path: Path, text: str, columns: list[str]) -> None:
    table = bed(tmp_path, text)
    assert list(table.cells.columns) == columns
    assert table.cells["start"].iloc[0] == "1"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chr1\t-5\t10", "'-5', is not a whole number"),
        ("chr1\t1.5\t10", "'1.5', is not a whole number"),
        ("chr1\t5", "2 fields"),
        ("chr1\t5\t9\tx", "4 fields"),
    ],
)
def test_a_wrong_interval_is_an_error_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        bed(tmp_path, f"chr1\t1\t2\nchr1\t3\t4\n{line}\n")
    assert caught.value.where == "line 3 of b.bed"


def test_an_end_before_its_start_is_kept_for_whoever_cuts_the_windows(tmp_path: Path) -> None:
    table = bed(tmp_path, "chr1\t1\t2\nchr1\t20\t10\n")
    assert table.cells[["start", "end"]].values.tolist() == [["1", "2"], ["20", "10"]]


@pytest.mark.parametrize(
    ("header", "name", "one_based"),
    [
        ("", "b.txt", False),
        ("#chrom\tstart\tend\tbound\n", "b.txt", None),
        ("#chrom\tstart\tend\tbound\n", "b.bed", False),
        ("#chrom\tchromStart\tchromEnd\tbound\n", "b.txt", False),
        ("chr\tstart\tend\tbound\n", "b.bed", None),
        ("chrom\tchromStart\tchromEnd\tbound\n", "b.txt", False),
        ("Chromosom\tvon\tbis\tbound\n", "b.txt", None),
    ],
)
def test_only_bed_without_a_header_counts_from_0_unasked(
    tmp_path: Path, header: str, name: str, one_based: bool | None
) -> None:
    path = tmp_path / name
    path.write_text(f"{header}chr1\t10\t29\tx\nchr1\t50\t79\ty\n")
    table = read_table(path)
    assert (table.kind, table.one_based, table.cells["start"].tolist()) == ("intervals", one_based, ["10", "50"])


@pytest.mark.parametrize(
    "text",
    ["chr1\t5\t9\tACGTACGTACGT\n", "a\t1\t0\nb\t0\t1\n", "id,1,5\n", ">chr1:5-9\nACGT\n", "chr1:5-9\nACGT\nAC\n"],
)
def test_tables_of_sequences_and_labels_are_no_intervals(text: str) -> None:
    assert not recognises(text)


def test_columns_beyond_any_use_are_left_out(tmp_path: Path) -> None:
    table = bed(tmp_path, "chr1\t1\t2\t" + "\t".join(["5"] * 100_000) + "\n")
    assert table.cells.shape == (1, 200)
    assert table.notices[0].count == 99_803


def test_the_specimens(shared_data: Path) -> None:
    folder = shared_data / "corpora" / "formatspecimens" / "BED"
    read = {path.name: len(read_table(path)) for path in sorted(folder.glob("*.b*")) if path.suffix != ".tbi"}
    assert len(read) == 14  # overlapSelect-wideIn.bed among them: columns behind the twelfth are allowed
    assert read["ws245Genes.WBGene.bed.bgz"] == 299
