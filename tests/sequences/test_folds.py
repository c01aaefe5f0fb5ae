"""Parts of a split as JSON."""

from pathlib import Path

import pytest

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import read_table


def write(folder: Path, text: str) -> Path:
    path = folder / "fold_0.json"
    path.write_text(text)
    return path


def test_a_fold_of_chromosomes(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, '{"train": ["chr1", "chr2"], "valid": ["chr8"],\n "test": ["chr9"]}'))
    assert (table.kind, table.layout) == ("indices", "folds")
    assert table.cells.values.tolist() == [
        ["chr1", "train"], ["chr2", "train"], ["chr8", "validation"], ["chr9", "test"]]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"train": ["chr1"', "damaged"),
        ('{"train": ["chr1"], "other": ["chr2"]}', "other"),
        ('{"train": ["chr1"], "test": [["chr2"]]}', "test"),
        ('{"train": [], "test": []}', "empty"),
        ('{"weights": 1}', "JSON"),
        ('{"train": ' + "[" * 100_000, "JSON"),
    ],
)
def test_other_json_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(ReadError, match=word):
        read_table(write(tmp_path, text))
