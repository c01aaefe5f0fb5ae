"""Dataset folders: written whole, never overwritten, and refused when changed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.dataset import Dataset, DatasetInfo, NoticeRecord, Source
from seqdl_core.errors import DataError


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["one", "zwei, drei", "<b>"],
            "sequence": ["ACGT", "GGN", "TTTT"],
            "label": [1, 0, 1],
            "split": ["train", "train", "test"],
            "source": ["a.fa", "a.fa", "b.fa"],
        }
    )


def info(**changes: object) -> DatasetInfo:
    known = {
        "name": "three rows",
        "alphabet": "dna",
        "length": 4,
        "counts": {"train": 2, "test": 1},
        "positives": {"train": 1, "test": 1},
    }
    return DatasetInfo.model_validate(known | changes)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = Dataset.create(tmp_path / "set", table(), info())
    read = Dataset.open(tmp_path / "set")
    assert (read.hash, read.info) == (written.hash, info())
    assert read.ids("train") == ["one", "zwei, drei"]
    assert read.sequences("test") == ["TTTT"]
    np.testing.assert_array_equal(read.labels("train"), [1.0, 0.0])
    np.testing.assert_array_equal(read.codes("train"), [[0, 1, 2, 3], [2, 2, 4, 4]])
    np.testing.assert_array_equal(read.codes("test", 6), [[3, 3, 3, 3, 4, 4]])
    assert [read.has(part) for part in ("train", "validation", "test")] == [True, False, True]
    assert read.codes("validation").shape == (0, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set"]


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    first = Dataset.create(tmp_path / "1", table(), info())
    again = Dataset.create(tmp_path / "2", table().assign(source="c.fa"), info(name="another name"))
    assert first.hash == again.hash
    assert len(first.hash) == 64
    changed = [
        Dataset.create(tmp_path / "3", table().assign(id=["x", "y", "z"]), info()),
        Dataset.create(tmp_path / "4", table().assign(sequence=["ACGA", "GGN", "TTTT"]), info()),
        Dataset.create(tmp_path / "5", table(), info(negatives="shuffle")),
        Dataset.create(tmp_path / "6", table().iloc[::-1], info()),
    ]
    assert len({first.hash, *(dataset.hash for dataset in changed)}) == 5


FURTHER: dict[str, list[object]] = {
    "group": ["g", "h", "h"],
    "chromosome": ["chr1", "chr2", ""],
    "start": [1.0, 2.0, np.nan],
    "end": [5.0, 6.0, np.nan],
    "strand": ["+", "-", "."],
    "mutant": ["A1G", "", ""],
    "residues": ["HHHH", "EEE", "...."],
    "structure": ["(())", "...", "...."],
    "fold": [0.0, 1.0, np.nan],
}
STRETCHES = pd.DataFrame(
    {"id": ["one"], "start": [0], "end": [2], "strand": ["+"], "kind": ["site"], "name": ["TATA"]}
)  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"task": "multilabel"},
        {"alphabet": "rna"},
        {"targets": ("expression",)},
        {"label_names": ("off", "on")},
        {"negatives": "shuffle"},
        {"higher_is": "better"},
        {"wild_type": "ACGT"},
        {"first_position": 5},
        {"genome": "hg38"},
        {"truth": {"sites": {"one": [[0, 2]]}}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_a_training_or_a_reading_depends_on_changes_the_hash(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    plain = Dataset.create(tmp_path / "plain", table(), info())
    other = Dataset.create(tmp_path / "other", table(), info(**changes))
    assert other.hash != plain.hash
    assert Dataset.open(tmp_path / "other").hash == other.hash


@pytest.mark.parametrize("column", [*FURTHER, "id", "sequence", "label", "split"])
def test_every_column_changes_the_hash(tmp_path: Path, column: str) -> None:
    whole = table().assign(**FURTHER)
    changed = whole.iloc[::-1][column].tolist()
    counts = {"counts": {"train": 2, "test": 1}, "positives": {}, "task": "multilabel"}
    plain = Dataset.create(tmp_path / "plain", whole, info(**counts))
    assert Dataset.open(tmp_path / "plain").hash == plain.hash
    other = whole.assign(**{column: [1.0, 1.0, 0.0] if column == "label" else changed})
    assert Dataset.create(tmp_path / "other", other, info(**counts)).hash != plain.hash
    if column in FURTHER:
        assert Dataset.create(tmp_path / "less", whole.drop(columns=column), info(**counts)).hash != plain.hash


def test_annotated_stretches_change_the_hash(tmp_path: Path) -> None:
    plain = Dataset.create(tmp_path / "plain", table(), info())
    made = Dataset.create(tmp_path / "made", table(), info(), STRETCHES)
    assert Dataset.open(tmp_path / "made").hash == made.hash != plain.hash
    assert len({
        Dataset.create(tmp_path / str(place), table(), info(), STRETCHES.assign(**change)).hash
        for place, change in enumerate(({}, {"start": 1}, {"end": 3}, {"strand": "-"}, {"kind": "x"}, {"name": "x"}))
    }) == 6  # fmt: skip
    STRETCHES.assign(end=4).to_parquet(tmp_path / "made" / "features.parquet", index=False)
    with pytest.raises(DataError, match="does not match the hash"):
        Dataset.open(tmp_path / "made")


def test_names_sources_and_notices_do_not_change_the_hash(tmp_path: Path) -> None:
    files = [Source(name=f"{name}.fa", sha256=name * 64, bytes=1, rows=1) for name in "ab"]
    told = [NoticeRecord(what=what) for what in ("One.", "Two.")]
    plain = Dataset.create(tmp_path / "plain", table(), info())
    for number, changes in enumerate(
        (
            {"name": "another"},
            {"sources": tuple(files)},
            {"sources": tuple(files[::-1])},
            {"notices": tuple(told)},
            {"notices": tuple(told[::-1])},
            {"parent": "f" * 64, "split_way": "random"},
        )
    ):
        assert Dataset.create(tmp_path / str(number), table(), info(**changes)).hash == plain.hash


def test_a_data_set_of_an_earlier_format_is_named(tmp_path: Path) -> None:
    Dataset.create(tmp_path / "set", table(), info())
    facts = tmp_path / "set" / "dataset.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"format": 1}))
    with pytest.raises(DataError, match="format 1, and this version of SeqDL reads format 3"):
        Dataset.open(tmp_path / "set", verify=False)


def test_a_data_set_whose_hash_left_out_much_still_opens(tmp_path: Path) -> None:
    made = Dataset.create(tmp_path / "set", table(), info())
    facts = tmp_path / "set" / "dataset.json"
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"format": 2, "hash": "a" * 64}))
    earlier = Dataset.open(tmp_path / "set")
    assert earlier.hash == "a" * 64
    assert earlier.sequences("train") == made.sequences("train")


def test_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    first = Dataset.create(tmp_path / "empty", table(), info())
    assert Dataset.create(tmp_path / "empty", table(), info()).hash == first.hash
    with pytest.raises(DataError, match="never overwritten"):
        Dataset.create(tmp_path / "empty", table().iloc[:2], info(counts={"train": 2}, positives={"train": 1}))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("keep me")
    with pytest.raises(DataError, match="never overwritten"):
        Dataset.create(tmp_path / "notes", table(), info())
    assert (tmp_path / "notes" / "mine.txt").read_text() == "keep me"


@pytest.mark.parametrize(
    ("rows", "facts"),
    [
        (table().assign(id="same"), {}),
        (table().assign(label=[1, 2, 1]), {}),
        (table().assign(split="elsewhere"), {}),
        (table(), {"counts": {"train": 3}}),
        (table(), {"positives": {"train": 2, "test": 1}}),
        (table(), {"length": 5}),
        (table().iloc[:0], {"counts": {}, "positives": {}}),
    ],
)
def test_rows_that_contradict_the_description_are_refused(
    tmp_path: Path, rows: pd.DataFrame, facts: dict[str, object]
) -> None:
    with pytest.raises(DataError, match="do not make a data set"):
        Dataset.create(tmp_path / "set", rows, info(**facts))
    assert not any(tmp_path.iterdir())


def test_changed_files_are_noticed(tmp_path: Path) -> None:
    Dataset.create(tmp_path / "set", table(), info())
    rows = tmp_path / "set" / "sequences.parquet"
    kept = rows.read_bytes()
    pd.read_parquet(rows).assign(label=0.0).to_parquet(rows, index=False)
    with pytest.raises(DataError, match="does not match the hash"):
        Dataset.open(tmp_path / "set")
    assert Dataset.open(tmp_path / "set", verify=False).info == info()
    rows.write_bytes(kept[:100])
    with pytest.raises(DataError, match="cannot be read"):
        Dataset.open(tmp_path / "set")
    rows.write_bytes(kept)
    Dataset.open(tmp_path / "set")
    facts = tmp_path / "set" / "dataset.json"
    document = json.loads(facts.read_text())
    document["info"]["negatives"] = "shuffle"
    facts.write_text(json.dumps(document))
    with pytest.raises(DataError, match="does not match the hash"):
        Dataset.open(tmp_path / "set")
    for damage in ("", "[]", "{}", '{"hash": 1, "info": {"name": 3}}', "\x00"):
        facts.write_text(damage)
        with pytest.raises(DataError, match=r"dataset\.json cannot be read"):
            Dataset.open(tmp_path / "set")


def test_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no data set here") as caught:
        Dataset.open(tmp_path / "absent")
    assert "seqdl_core import" in caught.value.fix


def test_parts_of_the_rows_are_read_without_the_rest(tmp_path: Path) -> None:
    made = Dataset.create(tmp_path / "set", table(), info())
    whole = made.table
    beside = made.beside_sequences()
    assert "sequence" not in beside.columns
    assert beside["split"].tolist() == whole["split"].tolist()
    places = [len(whole) - 1, 0]
    assert made.sequences_at(places) == [whole["sequence"].iloc[place] for place in places]
