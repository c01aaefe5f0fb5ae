"""Letters pasted without a header: blocks, numbers and blanks between them are those of one sequence."""

from pathlib import Path

import pytest

from seqdl_core.sequences.readers import RawTable, read_table

ORIGIN = """        1 gatcctccat atacaacggt atctccacct caggtttaga tctcaacaac ggaaccattg
       61 ccgacatgag acagttaggt
"""
LETTERS = "gatcctccatatacaacggtatctccacctcaggtttagatctcaacaacggaaccattgccgacatgagacagttaggt"


def pasted(folder: Path, text: str, name: str = "paste.txt") -> RawTable:
    path = folder / name
    path.write_text(text)
    return read_table(path)


def test_an_origin_without_its_word(tmp_path: Path) -> None:
    read = pasted(tmp_path, ORIGIN)
    assert read.layout == "bare"
    assert read.cells.values.tolist() == [["pasted", LETTERS]]
    told = (
        "2 lines of letters without a header, read as one sequence, without the blanks and numbers between the letters."
    )
    assert [one.sentence for one in read.notices] == [told]
    assert read.where(0, 79) == "line 2 of paste.txt (record pasted)"


def test_one_record_for_each_origin(tmp_path: Path) -> None:
    read = pasted(tmp_path, f"ORIGIN      \n{ORIGIN}//\nORIGIN\n        1 acgtacgtac gt\n//\n")
    assert read.cells["sequence"].tolist() == [LETTERS, "acgtacgtacgt"]
    assert read.cells["name"].tolist() == ["pasted_1", "pasted_2"]
    assert read.lines.tolist() == [2, 6]
    assert pasted(tmp_path, f"{ORIGIN}//\n").cells["sequence"].tolist() == [LETTERS]


@pytest.mark.parametrize(
    "text",
    ["ATG GCT AAA TTT\n", "ATG GCT AAA\nTTT\n", "ATGGCTAAAT TTATGGCTAA GG\n", "ATGGCTAAAT TTATGGCTAA 20\nATTT 24\n"],
)
def test_blocks_are_one_sequence(tmp_path: Path, text: str) -> None:
    read = pasted(tmp_path, text)
    assert read.layout == "bare"
    assert read.cells["sequence"].tolist() == ["".join(part for part in text.split() if part.isalpha())]


def test_a_protein_in_blocks_of_ten(tmp_path: Path) -> None:
    read = pasted(tmp_path, "        1 mkvlaagrrt wyyhhpllqe\n       21 mmk\n")
    assert read.cells["sequence"].tolist() == ["mkvlaagrrtwyyhhpllqemmk"]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("1 ACGTACGTAC\n2 ACGTACGTCC\n3 ACGTACGTGC\n", "blanks"),
        ("ACGTACGTAC TTGGCCAATT\nACGTACGTCC TTGGCCAAGG\n", "blanks"),
        ("ACGTACGTAC 1\nACGTACGTCC 0\n", "blanks"),
        ("ACGTACG\tACGTACG\tTTTTTTT\nACGTACC\tACGTACG\tTTTTTTT\n", "tab"),
        ("ACGTACGTACGT\nACGTACGTACGA\n", "tab"),
    ],
)
def test_rows_of_a_table_stay_rows(tmp_path: Path, text: str, layout: str) -> None:
    read = pasted(tmp_path, text)
    assert (read.layout, len(read)) == (layout, text.count("\n"))


def test_numbers_below_the_headers_of_fasta(tmp_path: Path) -> None:
    read = pasted(tmp_path, f">a|0\n{ORIGIN}>b|1\n        1 acgtacgtac gt\n//\n", "two.fa")
    assert read.cells["sequence"].tolist()[0] == LETTERS
    assert read.cells["sequence"].tolist()[1].removesuffix("//") == "acgtacgtacgt"
    said = [one for one in read.notices if "number" in one.what]
    assert [(one.sentence, one.where) for one in said] == [
        ("3 sequence lines with a number that counts letters, removed.", "line 2 of two.fa")
    ]
