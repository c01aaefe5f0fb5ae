"""Cells of a split column that name no part: counted, with the first line, and no row trains by mistake."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.dataset import Dataset
from seqdl_core.data.importing import ImportChoices, Inspection, import_files, inspect
from seqdl_core.data.large.streaming import import_large
from seqdl_core.sequences.alphabets import DNA

SEQUENCES = [DNA.decode(row) for row in np.random.default_rng(2).integers(0, 4, (40, 30)).astype(np.uint8)]


def inspected(path: Path, cells: list[str], column: str = "split", chosen: str = "split") -> Inspection:
    lines = [
        f"s{row},{sequence},{row % 2},{cell}"
        for row, (sequence, cell) in enumerate(zip(SEQUENCES, cells, strict=False))
    ]
    path.write_text("\n".join([f"name,sequence,label,{column}", *lines]) + "\n")
    return inspect([path], ImportChoices(split_column=chosen))


def parts(found: Inspection) -> list[str]:
    assert not found.problems, found.problems
    assert found.table is not None
    part_of = dict(zip(found.table["id"], found.table["split"], strict=True))
    return [part_of.get(f"s{row}", "") for row in range(len(SEQUENCES))]


def told(found: Inspection | Dataset) -> str:
    notices = found.notices if isinstance(found, Inspection) else found.info.notices
    return " ".join(f"{notice.where}: {notice.sentence}" for notice in notices)


def test_empty_and_unknown_cells_are_left_out_and_counted(tmp_path: Path) -> None:
    cells = (["train"] * 6 + ["test"] * 2) * 5
    cells[3], cells[4], cells[9] = "", "holdout?", "n/a"
    found = inspected(tmp_path / "x.csv", cells)
    assert parts(found) == ["" if row in (3, 4, 9) else cell for row, cell in enumerate(cells)]
    assert "2 rows without a part in the column split, left out of every part." in told(found)
    assert "1 row of which the column split names no part that is known ('holdout?'), left out" in told(found)
    assert "line 5 of x.csv" in told(found)
    assert "line 6 of x.csv" in told(found)
    assert len(found.dropped) == 3


def test_one_unknown_word_does_not_undo_a_split_that_nobody_had_to_choose(tmp_path: Path) -> None:
    cells = (["train"] * 6 + ["test"] * 2) * 5
    cells[9] = "excluded"
    found = inspected(tmp_path / "x.csv", cells, chosen="")
    assert parts(found) == ["" if row == 9 else cell for row, cell in enumerate(cells)]
    assert "('excluded'), left out" in told(found)


def test_one_unknown_word_in_a_header_keeps_the_labels_and_parts_of_the_others(tmp_path: Path) -> None:
    cells = (["training"] * 6 + ["testing"] * 2) * 5
    cells[9] = "blind"
    lines = [f">s{row}|{row % 2}|{cells[row]}\n{sequence}\n" for row, sequence in enumerate(SEQUENCES)]
    (tmp_path / "x.fa").write_text("".join(lines))
    found = inspect([tmp_path / "x.fa"], ImportChoices())
    assert parts(found) == ["" if row == 9 else cell.removesuffix("ing") for row, cell in enumerate(cells)]
    assert found.table is not None
    assert dict(zip(found.table["id"], found.table["label"], strict=True))["s3"] == 1
    assert "('blind'), left out" in told(found)


@pytest.mark.parametrize("values", ["ABC", "012"])
def test_values_that_name_no_part_are_asked_about(tmp_path: Path, values: str) -> None:
    cells = [values[row // 4 % 3] for row in range(40)]
    found = inspected(tmp_path / "x.csv", cells, chosen="")
    assert "which of them tests is not said" in str(found.problems[0])
    finding = next(one for one in found.findings if one.key == "split")
    assert [value for value, _ in finding.options] == ["", *values, "none"]
    chosen = inspect([tmp_path / "x.csv"], ImportChoices(test_folds=values[1]))
    assert parts(chosen) == ["test" if cell == values[1] else "train" for cell in cells]
    drawn = inspect([tmp_path / "x.csv"], ImportChoices(test_folds="none"))
    assert set(parts(drawn)) == {"train", "test"}
    told_of_a_set = inspected(tmp_path / "y.csv", cells, "set", "")
    assert not told_of_a_set.problems
    finding = next(one for one in told_of_a_set.findings if one.key == "split")
    assert "The column set holds" in finding.evidence
    assert finding.value == "none"


def test_empty_cells_train_where_only_the_test_rows_are_marked(tmp_path: Path) -> None:
    cells = (["", "", "", "", "test", "test"] * 7)[:40]
    found = inspected(tmp_path / "x.csv", cells)
    assert parts(found) == [cell or "train" for cell in cells]
    assert f"{cells.count('')} rows without a part in the column split, read as training." in told(found)


def test_a_column_of_true_and_false_with_another_word(tmp_path: Path) -> None:
    cells = ["true" if row % 8 < 2 else "false" for row in range(40)]
    cells[12] = "perhaps"
    found = inspected(tmp_path / "x.csv", cells, "is_test", "is_test")
    assert parts(found)[12] == ""
    assert "('perhaps'), left out" in told(found)


def test_marked_validation_rows_stay_when_the_test_set_is_drawn(tmp_path: Path) -> None:
    cells = ["val" if row % 8 < 2 else "" if row == 20 else "train" for row in range(40)]
    found = parts(inspected(tmp_path / "x.csv", cells))
    assert [part == "validation" for part in found] == [cell == "val" for cell in cells]
    assert found[20] == ""
    assert "test" in found


@pytest.mark.parametrize("unknown", ["train", "val", "test"])
def test_a_large_file_reads_its_cells_the_same_way(tmp_path: Path, unknown: str) -> None:
    words = ["train", "train", "test", "train"] if unknown != "val" else ["train", "train", "val", "train"]
    text = "".join(
        f">s{row}|{row % 2}|{'' if row == 7 and unknown == 'test' else words[row // 2 % 4]}\n{sequence}\n"
        for row, sequence in enumerate(SEQUENCES)
    )
    (tmp_path / "x.fa").write_text(text)
    plain = import_files([tmp_path / "x.fa"], tmp_path / "plain", ImportChoices(), "x")
    large = import_large(tmp_path / "x.fa", tmp_path / "large", ImportChoices(), "x")
    assert large.table["split"].tolist() == plain.table["split"].tolist()
    assert len(plain.table) == (39 if unknown == "test" else 40)
    words = "without a part in the column split, left out of every part."
    assert (words in told(large)) == (words in told(plain)) == (unknown == "test")
