"""Damaged files that are brought together, through the whole import."""

from pathlib import Path

import pytest

from benchmarks._fuzz_pairs import fuzz_together
from benchmarks._fuzz_seeds import together
from seqdl_core.data.importing import ImportChoices, inspect
from tests.sequences.test_fuzz import apart, check


@pytest.mark.parametrize("name", sorted(together()))
def test_a_few(name: str) -> None:
    found = fuzz_together(name, 8, 1)
    assert found.count == 8
    assert not found.failures


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(together()))
def test_many(name: str) -> None:
    check(apart(fuzz_together, name, 200, 2))


@pytest.mark.parametrize("number", ["9" * 5000, "²", "٣"])
def test_row_numbers_that_are_no_numbers(tmp_path: Path, number: str) -> None:
    (tmp_path / "t.csv").write_text(
        "sequence,score\n" + "".join(f"MKVLAA{letter},0.{row}\n" for row, letter in enumerate("ACDEF"))
    )
    (tmp_path / "train.txt").write_text("0\n1\n2\n")
    (tmp_path / "test.txt").write_text(f"3\n{number}\n")
    found = inspect([tmp_path / name for name in ("t.csv", "train.txt", "test.txt")])
    assert found.problems[0].what == "'0' is not the name of a row in t.csv."


def test_folds_of_a_table_that_is_refused(tmp_path: Path) -> None:
    """What the folds say is a column of the intervals; without them the genome alone is left, which has no parts."""
    (tmp_path / "i.csv").write_text("chrom,st,end,label\nchr1,10,20,1\nchr1,30,40,0\nchr2,5,15,1\nchr2,20,30,0\n")
    (tmp_path / "folds.json").write_text('{"train": ["chr1"], "valid": [], "test": ["chr2"]}\n')
    (tmp_path / "genome.fa").write_text(f">chr1\n{'ACGTTGCAAC' * 12}\n>chr2\n{'GGCATTACGA' * 6}\n")
    found = inspect([tmp_path / name for name in ("i.csv", "folds.json", "genome.fa")], ImportChoices(bad_rows="drop"))
    assert found.problems
    assert found.problems[0].where.endswith("i.csv")
