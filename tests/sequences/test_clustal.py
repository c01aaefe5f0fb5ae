"""Clustal alignments in blocks."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table

TEXT = """CLUSTAL O(1.2.4) multiple sequence alignment


one      MKV-LA 5
second   MKVQLA 6
         *** **

one      GG- 7
second   GGW 9
         **
"""


def read(folder: Path, text: str) -> RawTable:
    path = folder / "family.aln"
    path.write_text(text)
    return read_table(path)


def test_blocks_are_joined_and_gaps_kept_beside(tmp_path: Path) -> None:
    table = read(tmp_path, TEXT)
    assert table.cells["name"].tolist() == ["one", "second"]
    assert table.cells["aligned"].tolist() == ["MKV-LAGG-", "MKVQLAGGW"]
    assert table.cells["sequence"].tolist() == ["MKVLAGG", "MKVQLAGGW"]
    assert table.lines.tolist() == [4, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT.replace("GGW 9", "GG 8"), "differ in length"),
        (TEXT.replace("GGW 9", "GG W 9 x"), "no row of an alignment"),
        ("CLUSTAL\n\n", "empty"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ReadError) as problem:
        read(tmp_path, text)
    assert words in str(problem.value)
