"""What stands around the letters or the number of a cell, and what must be left alone."""

from pathlib import Path

import pytest

from seqdl_core.sequences.readers import read_table
from seqdl_core.sequences.readers._cells import plain_cells


def bare(title: str, cells: list[str]) -> tuple[list[str], list[str]]:
    columns, said = plain_cells([title], [cells], "t.csv")
    return columns[0], [one.sentence for one in said]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["5'-ACGTACGT-3'", "5\u2019 TTTTACGT 3\u2019"], ["ACGTACGT", "TTTTACGT"]),
        (["ACGTACGTAC GTACGTACGT", "ACGTACGTAC GTACG"], ["ACGTACGTACGTACGTACGT", "ACGTACGTACGTACG"]),
        (["ACGTACGTAC\nGTACGT", "ACGTAC"], ["ACGTACGTACGTACGT", "ACGTAC"]),
    ],
)
def test_letters_without_their_ends_and_blanks(cells: list[str], wanted: list[str]) -> None:
    found, said = bare("sequence", cells)
    assert found == wanted
    assert len(said) == 1
    assert "5' and 3'" in said[0]


def test_an_oligo_written_backwards_stays_as_it_is() -> None:
    cells = ["3'-ACGTACGT-5'", "3'-TTTTACGT-5'"]
    assert bare("sequence", cells) == (cells, [])


def test_names_of_proteins_are_no_sequences() -> None:
    cells = ["Heat shock protein", "HEAT SHOCK PROTEIN BETA", "Actin"]
    assert bare("protein", cells) == (cells, [])


@pytest.mark.parametrize(
    ("cells", "wanted", "words"),
    [
        (["12.3 ± 0.4", "7 +/- 1", "NA"], ["12.3", "7", "NA"], "2 cells of Kd with a mean and an error"),
        (["45.2 %", "7%", "12"], ["45.2", "7", "12"], "2 cells of Kd with the unit %"),
        (["12.3 nM", "7 nM"], ["12.3", "7"], "2 cells of Kd with the unit nM"),
        (["\u22121.25", "3.5", "0"], ["-1.25", "3.5", "0"], "1 cell of Kd with a minus"),
    ],
)
def test_numbers_without_what_stands_around_them(cells: list[str], wanted: list[str], words: str) -> None:
    found, said = bare("Kd", cells)
    assert found == wanted
    assert said[0].startswith(words)


@pytest.mark.parametrize("cells", [["12 nM", "3 h"], ["A24P", "L3V"], [">128", "12"], ["high", "1.5"], ["5.1*", "2"]])
def test_what_is_more_than_a_number_stays_as_it_is(cells: list[str]) -> None:
    assert bare("Kd", cells) == (cells, [])


def test_a_title_above_a_table_is_left_out_but_not_a_row_without_its_label(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"Table S1. Promoters, all",,\nname,seq,score\na,ACGTACGT,1.5\nb,ACGTTTTT,2.5\n')
    table = read_table(path)
    assert list(table.cells.columns) == ["name", "seq", "score"]
    assert table.lines.tolist() == [3, 4]
    assert [one.sentence for one in table.notices] == ["1 title row above the table, left out."]
    path.write_text("ACGTACGT,\nACGTTTTT,1\nACGGGTTT,0\n")
    assert len(read_table(path)) == 3


def test_quoted_cells_between_blanks(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text('"seq" "activity"\n"1" "ACGTACGT" 0.5\n"2" "ACGTTTTT" -1.5\n')
    table = read_table(path)
    assert table.cells["seq"].tolist() == ["ACGTACGT", "ACGTTTTT"]
    assert table.cells["activity"].tolist() == ["0.5", "-1.5"]
