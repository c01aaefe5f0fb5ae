"""Files made to take time or memory end soon, in data or in an error that says what is wrong."""

import time
from pathlib import Path

import pytest

from seqdl_core.data.importing import ImportChoices, inspect

MILLION = 1_000_000
SECONDS = 3.0
"""Of processor time; each takes less than one where nothing else runs."""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("line.tsv", b"\t".join([b"chr1", b"1", b"100", *[b"5"] * MILLION]) + b"\n", "a genome is needed"),
        ("wide.csv", b",".join([b"c"] * MILLION) + b"\n" + b",".join([b"1"] * MILLION) + b"\n", "1,000,000 columns"),
        ("tabs.txt", b"\t" * MILLION + b"\n", "empty"),
        ("cell.csv", b"seq,label\n" + b"ACGT" * 5 * MILLION + b",1\nACGT,0\n", "20,000,000 letters"),
        ("headers.fa", b">\n" * 1_048_576, "1,048,576 headers and no sequence"),
        ("names.fa", b"".join(b">s%d\n" % n for n in range(300_000)), "300,000 headers and no sequence"),
        ("header.fa", b">" + b"x" * 20 * MILLION + b"\nACGT\n", "20,000,000 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_it_ends_soon(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    began = time.process_time()
    found = inspect([tmp_path / name])
    assert time.process_time() - began < SECONDS
    assert said in found.problems[0].what


@pytest.mark.parametrize(("word", "times"), [("y", 50 * MILLION), ("1", 20 * MILLION), ("a b, c 1-2 ", 2 * MILLION)])
def test_a_giant_cell_beside_the_sequences_is_counted_with_its_column_and_line(
    tmp_path: Path, word: str, times: int
) -> None:
    letters = ["ACGTACGTTGCA"[n % 12 :] + "ACGT" * 5 + "ACGT"[n % 4] for n in range(60)]
    rows = [f"{s},{n % 2},{n % 7}" for n, s in enumerate(letters)]
    rows[40] = f'{letters[40]},0,"{word * times}"'
    (tmp_path / "t.csv").write_text("\n".join(["seq,label,note", *rows]) + "\n")
    began = time.process_time()
    found = inspect([tmp_path / "t.csv"])
    assert time.process_time() - began < SECONDS
    [told] = [one for one in found.notices if "characters" in one.what]
    assert (told.sentence, told.where) == (
        "1 cell of note with more than 1,048,576 characters, read as empty.",
        "line 42 of t.csv",
    )
    chosen = inspect([tmp_path / "t.csv"], ImportChoices(label_column="note", task="regression"))
    assert chosen.table is not None
    assert len(chosen.table) == 59
    assert [one.count for one in chosen.notices if "characters" in one.what or "left out" in one.what] == [1, 1]


def test_words_among_numbers_are_counted_in_one_notice(tmp_path: Path) -> None:
    letters = ["ACGTACGTTGCA"[n % 12 :] + "ACGT" * 5 for n in range(4000)]
    rows = [f"{s},{n / 7:.2f}" if n % 2 else f"{s},bad {n}" for n, s in enumerate(letters)]
    (tmp_path / "t.csv").write_text("\n".join(["seq,fitness", *rows, *rows[1::2]]) + "\n")
    began = time.process_time()
    found = inspect([tmp_path / "t.csv"], ImportChoices(task="regression", bad_rows="drop"))
    assert time.process_time() - began < SECONDS
    told = [notice for notice in found.notices if "left out" in notice.what]
    assert [notice.sentence for notice in told] == [
        "2,000 rows left out: a value in the column fitness is not a number."
    ]
    assert told[0].where == "line 2 of t.csv"
    assert len(found.dropped) == 2000
    assert found.dropped["reason"][1] == "'bad 2' in the column fitness is not a number"
