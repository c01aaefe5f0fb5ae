"""Stockholm and A2M alignments: the sequences without gaps, and the profile."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table
from seqdl_core.sequences.readers.stockholm import profile

ALIGNMENT = """# STOCKHOLM 1.0
#=GF AC PF1

one/1-5   AC.G
two/3-9   AC-G
three     TC-G

one/1-5   TT
two/3-9   T-
three     TT
#=GC SS_cons <....>
//
"""


def read(folder: Path, text: str, name: str = "family.sto") -> RawTable:
    path = folder / name
    path.write_text(text)
    return read_table(path)


def test_rows_are_joined_and_gaps_taken_out(tmp_path: Path) -> None:
    table = read(tmp_path, ALIGNMENT)
    assert table.cells["name"].tolist() == ["one/1-5", "two/3-9", "three"]
    assert table.cells["sequence"].tolist() == ["ACGTT", "ACGT", "TCGTT"]
    assert [row.replace(".", "-") for row in table.cells["aligned"]] == ["AC-GTT", "AC-GT-", "TC-GTT"]
    assert table.lines.tolist() == [4, 5, 6]
    assert [notice.count for notice in table.notices] == [3, 1]


def test_the_profile_counts_match_columns(tmp_path: Path) -> None:
    found = profile(read(tmp_path, ALIGNMENT), "ACGT")
    expected = [[2 / 3, 0, 0, 1 / 3], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1]]
    np.testing.assert_allclose(found, expected)


def test_the_profile_of_an_a3m_leaves_insertions_out(tmp_path: Path) -> None:
    table = read(tmp_path, ">q\nAUG\n>h1\nAaccU-\n>h2\nGUG\n", "family.a3m")
    assert table.layout == "fasta"
    np.testing.assert_allclose(profile(table, "ACGU"), [[2 / 3, 0, 1 / 3, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    np.testing.assert_allclose(profile(table, "ACGU"), profile(table, "ACGT"))


def test_several_alignments_of_one_file_keep_their_names(tmp_path: Path) -> None:
    table = read(tmp_path, ALIGNMENT + ALIGNMENT.replace("PF1", "PF2"))
    assert table.cells["alignment"].tolist() == ["PF1"] * 3 + ["PF2"] * 3
    assert table.lines.tolist() == [4, 5, 6, 16, 17, 18]


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        (ALIGNMENT.replace("//\n", ""), "cut off", 11),
        (ALIGNMENT.replace("TC-G", "TC-GG"), "damaged", 1),
        (ALIGNMENT.replace("three     TC-G", "three TC -G"), "3 words", 6),
        ("# STOCKHOLM 1.0\n//\n", "empty", 1),
    ],
)
def test_damaged_alignments_are_refused(tmp_path: Path, text: str, word: str, line: int) -> None:
    with pytest.raises(ReadError, match=word) as caught:
        read(tmp_path, text)
    assert caught.value.where == f"line {line} of family.sto"


def test_families_of_pfam_are_read(shared_data: Path) -> None:
    folder = shared_data / "corpora" / "biopython" / "Stockholm"
    if not folder.is_dir():
        pytest.skip("no corpora")
    rows = {path.name: len(read_table(path)) for path in folder.iterdir()}
    assert rows["globins45.ali"] == 45
    assert rows["pfam8.seed.txt"] == 95
    assert len(rows) == 22
