"""Intervals that end before they start: a few are counted, most of them stop the file."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import read_table

LINES = {
    "gff3": ("c\tx\tgene\t{}\t{}\t.\t+\t.\tID=g{}", "##gff-version 3\n"),
    "bedgraph": ("chr1\t{}\t{}\t1.5", "track type=bedGraph\n"),
}


def written(folder: Path, form: str, good: int, bad: int) -> Path:
    line, head = LINES[form]
    rows = [line.format(100 * n + 10, 100 * n + 60, n) for n in range(1, good + 1)]
    rows += [line.format(90_000 + 100 * n, 80_000, f"b{n}") for n in range(bad)]
    path = folder / "file.txt"
    path.write_text(head + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize(("form", "rows"), [("gff3", 12), ("bedgraph", 10)])
def test_a_few_are_counted(tmp_path: Path, form: str, rows: int) -> None:
    table = read_table(written(tmp_path, form, 10, 2))
    assert len(table) == rows  # features go on to whoever cuts the windows, as those of BED do
    [said] = [one for one in table.notices if "ends before it starts" in one.sentence]
    assert said.count == 2
    assert said.where.startswith("line 12 of file.txt")


@pytest.mark.parametrize("form", LINES)
def test_most_stop_the_file(tmp_path: Path, form: str) -> None:
    with pytest.raises(ReadError, match=r"ends \(80000\) before it starts \(90000\); 4 further") as caught:
        read_table(written(tmp_path, form, 2, 5))
    assert caught.value.where == "line 4 of file.txt"
