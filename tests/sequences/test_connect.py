"""Structures of RNA: CT, BPSEQ and dot-bracket, and pairs that do not agree."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table
from seqdl_core.sequences.readers.connect import brackets

CT = "  6  ENERGY = -1.2  hairpin\n1 G 0 2 6 1\n2 A 1 3 0 2\n3 A 2 4 0 3\n4 A 3 5 0 4\n5 A 4 6 0 5\n6 C 5 0 1 6\n"
BPSEQ = "# hairpin\n1 G 6\n2 A 0\n3 A 0\n4 A 0\n5 A 0\n6 C 1\n"
DOTS = "#Name: hairpin\n#Length: 6\nGAAAAC\n(....)\n"


def read(folder: Path, text: str) -> RawTable:
    path = folder / "hairpin.txt"
    path.write_text(text)
    return read_table(path)


@pytest.mark.parametrize("text", [CT, BPSEQ, DOTS])
def test_the_three_forms_say_the_same(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text)
    assert table.layout == "connect"
    assert table.cells.to_dict("list") == {"name": ["hairpin"], "sequence": ["GAAAAC"], "structure": ["(....)"]}


def test_several_molecules_in_a_file(tmp_path: Path) -> None:
    assert read(tmp_path, CT + CT.replace("hairpin", "other")).cells["name"].tolist() == ["hairpin", "other"]
    assert len(read(tmp_path, DOTS + DOTS)) == 2


def test_pairs_that_cross_have_brackets_of_their_own() -> None:
    assert brackets([5, 0, 7, 0, 1, 0, 3]) == "(.[.).]"
    assert brackets([6, 5, 0, 0, 2, 1]) == "((..))"
    assert brackets([]) == ""


@pytest.mark.parametrize("pairs", [[2, 0], [3, 0, 2], [1], [9, 0, 0]])
def test_pairs_that_do_not_agree(pairs: list[int]) -> None:
    with pytest.raises(ValueError):
        brackets(pairs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CT.replace("6 C 5 0 1 6", "6 C 5 0 2 6"), "pairs do not agree"),
        (CT.replace("  6  E", "  9  E"), "its first line says 9"),
        (BPSEQ.replace("3 A 0", "7 A 0"), "position 3"),
        (BPSEQ.replace("4 A 0", "4 A"), "its partner"),
        (DOTS + "GAAAAC\n(...)\n", "one sign for each letter"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ReadError) as problem:
        read(tmp_path, text)
    assert words in str(problem.value)
    assert "hairpin.txt" in problem.value.where


def test_tables_of_numbers_are_no_structures(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("1 ACGTACGT 0.5\n2 ACGTACGA 0.1\n")
    assert read_table(path).layout == "blanks"
