"""Labels in FASTA headers that no sign sets off, and classes on a line below the sequence."""

from pathlib import Path

import pytest

from seqdl_core.sequences.readers import read_table
from seqdl_core.sequences.readers._header_words import class_behind, class_in_names, measured, number_behind

PROTEINS = ("MKVLAGRSTDEQNHWYFPIC", "CIPFYWHNQEDTSRGALVKM")


def test_a_class_behind_each_name() -> None:
    assert class_behind(["Nucleus-U", "Cytoplasm test"] * 4) == {
        "label": ["Nucleus-U", "Cytoplasm"] * 4,
        "split": ["", "test"] * 4,
    }
    assert class_behind(["1.5", "-2"]) == {"label": ["1.5", "-2"]}
    assert class_behind(["Homo sapiens", "Mus musculus"] * 4) == {}
    assert class_behind(["a", "b", "c"]) == {}  # one record each


def test_measurements_and_numbers() -> None:
    assert measured(["g1 expression=1.5 len=60", "g2 expression=2 len=60"]) == {"expression": ["1.5", "2"]}
    assert measured(["g1 len=60", "g2 len=61"]) == {}
    assert number_behind(["g1|1.5", "g2|2"]) == ({"label": ["1.5", "2"]}, ["g1", "g2"])
    assert number_behind(["g1|1", "g2|2"]) is None  # classes, which are read elsewhere
    assert number_behind(["sp|P1|X", "sp|P2|Y"]) is None


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["pep_1_pos", "pep_2_neg"] * 3, ["pos", "neg"] * 3),
        (["enhancer_1", "promoter_2"] * 3, ["enhancer", "promoter"] * 3),
        (["chr1_100", "chr2_100"] * 3, []),
        (["enhancer_1", "enhancer_2"] * 3, []),
        (["a_1", "b_2"] * 3, []),
    ],
)
def test_a_class_within_names(names: list[str], words: list[str]) -> None:
    assert class_in_names(names) == words


def fasta(folder: Path, *lines: str) -> Path:
    (folder / "x.fa").write_text("\n".join(lines) + "\n")
    return folder / "x.fa"


@pytest.mark.parametrize("below", [("0" * 19 + "1", "1" * 20), ("S" * 10 + "O" * 10, "O" * 20)])
def test_classes_on_the_line_below(tmp_path: Path, below: tuple[str, str]) -> None:
    table = read_table(fasta(tmp_path, ">a", PROTEINS[0], below[0], ">b", PROTEINS[1], below[1]))
    assert table.cells["sequence"].tolist() == list(PROTEINS)
    assert table.cells["residues"].tolist() == list(below)


def test_a_sequence_on_two_lines_of_one_length_is_one_sequence(tmp_path: Path) -> None:
    proteins = read_table(fasta(tmp_path, ">a", *PROTEINS, ">b", *PROTEINS))
    assert proteins.cells["sequence"].tolist() == ["".join(PROTEINS)] * 2
    nucleotides = read_table(fasta(tmp_path, ">a", "ACGTACGT", "AAAACCCC", ">b", "ACGTACGT", "ACACACAC"))
    assert nucleotides.cells["sequence"].tolist() == ["ACGTACGTAAAACCCC", "ACGTACGTACACACAC"]
