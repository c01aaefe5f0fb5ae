"""Index files: row numbers, row names and chromosomes become a column that tells the parts."""

import json
from pathlib import Path

import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.joins.indices import Indexed, apply_indices
from seqdl_core.sequences.readers import read_table

TABLE = "name,seq,y\na,ACGTAC,1\nb,ACGTAA,2\nc,ACGTCC,3\nd,ACGTGG,4\n"


def indexed(folder: Path, table: str = TABLE, **files: str) -> Indexed:
    paths = {"data.csv": table, **{name.replace("__", "."): text for name, text in files.items()}}
    tables = []
    for name, text in paths.items():
        (folder / name).write_text(text)
        tables.append(read_table(folder / name))
    return apply_indices(tables, ImportChoices())


def test_row_numbers_from_0(tmp_path: Path) -> None:
    result = indexed(tmp_path, train__txt="0\n3\n", tune__txt="1\n", test__txt="2\n")
    (table,) = result.tables
    assert table.cells[result.column].tolist() == ["train", "validation", "test", "train"]
    assert result.used == ("train.txt", "tune.txt", "test.txt")
    assert result.findings[0].sentence == "3 files tell which rows train and test, by row numbers from 0."


def test_row_numbers_from_1_and_rows_without_a_part(tmp_path: Path) -> None:
    result = indexed(tmp_path, train__txt="1\n4\n", test__txt="2\n")
    (table,) = result.tables
    assert table.cells["name"].tolist() == ["a", "b", "d"]
    assert table.cells[result.column].tolist() == ["train", "test", "train"]
    assert table.lines.tolist() == [2, 3, 5]
    assert [(n.sentence, n.where) for n in result.notices] == [
        ("1 row in none of the index files, left out.", "line 4 of data.csv")
    ]


def test_row_names(tmp_path: Path) -> None:
    table = TABLE.replace("\na,", "\na1,").replace("\nb,", "\nb2,")
    result = indexed(tmp_path, table=table, train__txt="a1\nb2\n", test__json=json.dumps({"test": ["c", "d"]}))
    assert result.tables[0].cells[result.column].tolist() == ["train", "train", "test", "test"]


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"train__txt": "0\n1\n", "test__txt": "1\n2\n"}, "1 rows are named as train and as test"),
        ({"train__txt": "0\n9\n"}, "Row 9 is named, but there are only 4 rows"),
        ({"train__txt": "x1\ny2\n"}, "'x1' is not the name of a row"),
        ({"rows__txt": "0\n1\n"}, "does not say whether"),
    ],
)
def test_index_files_that_do_not_fit(tmp_path: Path, files: dict[str, str], word: str) -> None:
    result = indexed(tmp_path, **files)
    assert word in result.problems[0].what
    assert result.column == ""
    assert len(result.tables) == 1


def test_chromosomes(tmp_path: Path) -> None:
    fold = json.dumps({"train": ["chr1"], "valid": ["chr2"], "test": ["chr3"]})
    table = "chrom,start,end,seq\nchr1,1,9,ACGTACGT\n2,1,9,ACGTACGA\nchr3,1,9,ACGTACGC\nchrX,1,9,ACGTAAAA\n"
    result = indexed(tmp_path, table=table, fold_0__json=fold)
    assert result.tables[0].cells[result.column].tolist() == ["train", "validation", "test"]
    assert result.notices[0].sentence == "1 row on chromosomes that no part names, left out."
    assert "by chromosomes" in result.findings[0].sentence


def test_nothing_to_apply(tmp_path: Path) -> None:
    result = indexed(tmp_path)
    assert (result.column, result.used, len(result.tables)) == ("", (), 1)


def test_the_split_of_green_fluorescent_protein(shared_data: Path) -> None:
    folder = shared_data / "data" / "dms_nn4dms_avgfp"
    names = ["avgfp.tsv", *(f"splits_main/{name}.txt" for name in ("train", "tune", "stest", "supertest"))]
    result = apply_indices([read_table(folder / name) for name in names], ImportChoices())
    counts = result.tables[0].cells[result.column].value_counts().to_dict()
    assert counts == {"train": 43758, "validation": 4863, "test": 5403}
    assert [n.sentence for n in result.notices] == ["1 index file with the same rows as stest.txt, left out."]
