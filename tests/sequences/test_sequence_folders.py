"""Folders of files with one sequence each are a table a folder, told in one notice."""

import random
import time
import zipfile
from pathlib import Path

import pytest

from seqdl_core.data.importing import inspect
from seqdl_core.sequences.readers import read_tables
from seqdl_core.sequences.readers._folders import folders_of, one_sequence

FOLDERS = [f"set/{part}/{kind}" for part in ("train", "test") for kind in ("positive", "negative")]


def letters(seed: int, length: int = 50) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


def archive(folder: Path, members: dict[str, str]) -> Path:
    path = folder / "set.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in members.items():
            out.writestr(name, text)
    return path


def test_classes_and_parts_come_from_the_folders_and_names_from_the_files(tmp_path: Path) -> None:
    members = {
        f"{folder}/{n}.txt": letters(100 * at + n) + "\n" for at, folder in enumerate(FOLDERS) for n in range(30)
    }
    found = inspect([archive(tmp_path, members)])
    assert found.table is not None
    assert found.table.groupby(["split", "label"]).size().to_dict() == {
        (part, label): 30 for part in ("train", "test") for label in (0.0, 1.0)
    }
    rows = found.table.set_index("id")["sequence"]
    assert rows["test/negative/7"] == members["set/test/negative/7.txt"].strip()
    assert [one.sentence for one in found.notices] == ["120 files of one sequence each, read as the rows of 4 folders."]
    assert found.findings[0].sentence == "Four folders of files with one sequence each."
    assert max(len(one.evidence) for one in found.findings) < 200


def test_the_same_files_brought_one_by_one(tmp_path: Path) -> None:
    files = []
    for at, name in enumerate(f"{folder}/{n}.txt" for folder in FOLDERS for n in range(8)):
        files.append(tmp_path / name)
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        files[-1].write_text(letters(at))
    found = inspect(files)
    assert found.table is not None
    assert len(found.table) == 32
    assert [one.sentence for one in found.notices] == ["32 files of one sequence each, read as the rows of 4 folders."]


def test_a_file_that_is_more_than_one_sequence_stays_a_table(tmp_path: Path) -> None:
    members = {f"pos/{n}.fa": f">p{n}\n{letters(n)}\n" for n in range(5)}
    members["pos/5.fa"] = ">a\nACGTACGT\n>b\nACGTTTTT\n"
    first, second = read_tables(archive(tmp_path, members))
    assert (first.file.name, len(first)) == ("set.zip/pos/5.fa", 2)
    assert (second.file.name, second.cells["name"].tolist()) == ("set.zip/pos", ["p0", "p1", "p2", "p3", "p4"])
    assert second.where(2) == "file 3 of set.zip/pos (record p2)"


def test_which_files_are_rows_of_a_folder() -> None:
    assert folders_of(["pos_1.txt", "pos_2.txt", "pos_3.txt", "neg_1.txt", "neg_2.txt", "neg_3.txt"]) == {
        "pos_1.txt": "pos", "pos_2.txt": "pos", "pos_3.txt": "pos",
        "neg_1.txt": "neg", "neg_2.txt": "neg", "neg_3.txt": "neg",
    }  # fmt: skip
    assert folders_of(["human.txt", "mouse.txt", "rat.txt"]) == {}, "a file a class"
    assert folders_of(["s/TP53.fa", "s/BRCA1.fa", "s/MYC.fa", "s/t.csv"]) == dict.fromkeys(
        ["s/TP53.fa", "s/BRCA1.fa", "s/MYC.fa"], "s"
    )
    assert folders_of(["s/train.txt", "s/test.txt", "s/more.txt"]) == {}, "a file a part"
    assert folders_of(["a/1.txt", "a/2.txt"]) == {}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"ACGT\r\n", ("", "ACGT")),
        (b"\xef\xbb\xbfACGT", ("", "ACGT")),
        (b">p1\nACGT\nAC\n", ("p1", "ACGTAC")),
        (b"A" * 60 + b"\n" + b"C" * 10, ("", "A" * 60 + "C" * 10)),
        (b"ACGT\nACGTA\n", None),
        (b">p1|1|training\nACGT\n", None),
        (b">a\nACGT\n>b\nACGT\n", None),
        (b"ACGT,1\n", None),
        (b">a\n", None),
        (b"", None),
        (b"\xff\xfeA\0", None),
        (b"A" * 2**21, None),
    ],
)
def test_one_sequence(content: bytes, found: tuple[str, str] | None) -> None:
    assert one_sequence(content) == found


@pytest.mark.slow
def test_ten_thousand_files_take_seconds(tmp_path: Path) -> None:
    members = {f"{folder}/{n}.txt": letters(3000 * at + n) for at, folder in enumerate(FOLDERS) for n in range(2500)}
    path = archive(tmp_path, members)
    began = time.process_time()
    tables = read_tables(path)
    assert time.process_time() - began < 4
    assert [len(table) for table in tables] == [2500] * 4
