"""Tables: separators, header lines, columns, and the line of a row that does not fit."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import RawTable, read_table


def table(folder: Path, text: str, layout: str = "auto") -> RawTable:
    path = folder / "peaks.txt"
    path.write_text(text)
    return read_table(path, layout=layout)


@pytest.mark.parametrize(("layout", "separator"), [("tab", "\t"), ("comma", ","), ("semicolon", ";")])
def test_the_separator_is_found(tmp_path: Path, layout: str, separator: str) -> None:
    read = table(tmp_path, "id|seq|label\na|ACGTAC|1\nb|TTTTTT|0\n".replace("|", separator))
    assert read.layout == layout
    assert read.header
    assert read.cells.to_dict("list") == {"id": ["a", "b"], "seq": ["ACGTAC", "TTTTTT"], "label": ["1", "0"]}
    assert read.sequence_column == "seq"
    assert read.where(1) == "line 3 of peaks.txt"


def test_a_table_without_a_header_line(tmp_path: Path) -> None:
    read = table(tmp_path, "+,S10,\t\ttactagca\n-,AMPC,\t\ttgctatcc\n")
    assert not read.header
    assert list(read.cells.columns) == ["column 1", "column 2", "column 3"]
    assert read.sequence_column == "column 3"
    assert read.cells["column 3"].tolist() == ["tactagca", "tgctatcc"]
    assert [notice.sentence for notice in read.notices] == ["2 rows with blanks around a cell, which were removed."]


@pytest.mark.parametrize("header", ["foo,bar", "seq,y", "Peptide,score"])
def test_a_header_of_any_words(tmp_path: Path, header: str) -> None:
    read = table(tmp_path, f"{header}\nGLRRLFADQLVGRRNI,1\nGIMDTVKNVAKNLAGQ,0\n")
    assert list(read.cells.columns) == header.split(",")
    assert len(read) == 2


def test_the_sequence_column_is_the_named_one_before_the_longest(tmp_path: Path) -> None:
    read = table(tmp_path, "seq\tcontext\nACGTACGTAC\tACGTACGTACGTACGTACGT\nACGTACGTAA\tACGTACGTACGTACGTACGA\n")
    assert read.sequence_column == "seq"
    read = table(tmp_path, "kind\tregion\nenhancer\tACGTACGTACGTACGTACGT\nsilencer\tACGTACGTACGTACGTACGA\n")
    assert read.sequence_column == "region"


def test_one_sequence_a_line(tmp_path: Path) -> None:
    read = table(tmp_path, "ACGTACGT\nACGTTTTT\n")
    assert read.cells["column 1"].tolist() == ["ACGTACGT", "ACGTTTTT"]


def test_quoted_fields_comments_and_blank_lines(tmp_path: Path) -> None:
    read = table(tmp_path, '# made by hand\nname,seq\n"a, the\nfirst",ACGTA\n\nb,TTTTT\n')
    assert read.cells["name"].tolist() == ["a, the\nfirst", "b"]
    assert read.lines.tolist() == [3, 6]
    assert [notice.sentence for notice in read.notices] == ["1 comment line at the top, left out."]


def test_columns_with_the_same_name_or_none(tmp_path: Path) -> None:
    read = table(tmp_path, "seq,x,x,\nACGTA,1,2,3\nACGTT,4,5,6\n")
    assert list(read.cells.columns) == ["seq", "x", "x (2)", "column 4"]


@pytest.mark.parametrize(("row", "fields"), [("b\tACGT", "2 fields"), ("b\tACGT\t1\t9", "4 fields"), ("b", "1 field")])
def test_a_row_of_another_length_is_refused_with_its_line(tmp_path: Path, row: str, fields: str) -> None:
    with pytest.raises(ReadError) as caught:
        table(tmp_path, f"id\tseq\tlabel\na\tACGTA\t1\n\n{row}\nc\tACGTA\t0\n{row}\n")
    assert caught.value.what == f"This row has {fields}; the others have 3. 1 further row differs too."
    assert caught.value.where == "line 4 of peaks.txt"


def test_a_chosen_separator_is_obeyed(tmp_path: Path) -> None:
    text = "name;seq,label\na;x,ACGTAC\nb;y,ACGTAA\n"
    assert table(tmp_path, text, "comma").cells["label"].tolist() == ["ACGTAC", "ACGTAA"]
    with pytest.raises(ReadError, match="No column"):
        table(tmp_path, text, "semicolon")


def test_nothing_but_separators(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no filled cell"):
        table(tmp_path, ",,,\n,,,\n")
