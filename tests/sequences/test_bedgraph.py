"""bedGraph and wiggle: the intervals their values belong to."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table
from seqdl_core.sequences.readers.bedgraph import recognises


def track(folder: Path, text: str) -> RawTable:
    path = folder / "t.txt"
    path.write_text(text)
    table = read_table(path)
    assert table.kind == "track"
    return table


def rows(table: RawTable) -> list[list[str]]:
    return table.cells[["chrom", "start", "end", "value"]].to_numpy().tolist()  # type: ignore[no-any-return]


def test_bedgraph_counts_from_0(tmp_path: Path) -> None:
    table = track(tmp_path, "track type=bedGraph\nchr1 0 5 1.5\nchr1\t5\t9\t-2e3\n")
    assert rows(table) == [["chr1", "0", "5", "1.5"], ["chr1", "5", "9", "-2e3"]]
    assert table.one_based is False
    assert table.lines.tolist() == [2, 3]


def test_wiggle_counts_from_1(tmp_path: Path) -> None:
    text = "fixedStep chrom=chr3 start=11 step=100 span=5\n1\n2\nvariableStep chrom=2 span=3\n7 0.5\n"
    table = track(tmp_path, text)
    assert rows(table) == [["chr3", "10", "15", "1"], ["chr3", "110", "115", "2"], ["2", "6", "9", "0.5"]]
    assert table.one_based is True


def test_adjoining_intervals_with_numbers_are_a_track_and_separate_ones_are_not() -> None:
    assert recognises("chr1\t0\t5\t0.1\nchr1\t5\t9\t0.2\n")
    assert not recognises("chr1\t0\t5\t0.1\nchr1\t50\t90\t0.2\n")
    assert not recognises("chr1\t0\t5\t1\nchr1\t5\t10\t0\n")  # bins with a class each
    assert not recognises("chr1\t0\t5\tx\nchr1\t5\t10\ty\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chr1 5 9 high", "value 'high' is no number"),
        ("chr1 9 5 1", "before it starts"),
        ("chr1 5 9", "3 fields"),
        ("fixedStep start=5", "does not say"),
        ("fixedStep chrom=1 start=0", "start, step or span of 0"),
        ("variableStep chrom=1\n0 4", "not a whole number from 1"),
    ],
)
def test_errors_have_their_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        track(tmp_path, f"track type=bedGraph\nchr1 0 5 1\n{line}\n")
    assert caught.value.where == f"line {3 + line.count(chr(10))} of t.txt"
