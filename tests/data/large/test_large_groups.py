"""Large files: copies and groups stay on one side of a split that is drawn, though no two rows meet in memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import Dataset
from seqdl_core.data.large import sample as large_sample
from seqdl_core.data.large.spilling import Spill
from seqdl_core.data.large.streaming import import_large

COMPLEMENT = str.maketrans("ACGT", "TGCA")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqdl_core.data.large.streaming.BATCH_BYTES", 2_000)
    monkeypatch.setattr(large_sample, "SAMPLED_ROWS", 220)


def rows_of(count: int, groups: int, seed: int = 5) -> pd.DataFrame:
    """Rows of groups, of which a tenth are copies and a tenth reverse complements of rows in any group."""
    rng = np.random.default_rng(seed)
    letters = ["".join(rng.choice(list("ACGT"), 24)) for _ in range(count)]
    family = [f"g{number}" for number in rng.integers(0, groups, count)]
    return pd.DataFrame({"sequence": letters, "label": rng.integers(0, 2, count).astype(str), "family": family})


def imported(folder: Path, rows: pd.DataFrame, name: str = "x", **choices: object) -> Dataset:
    path = folder / f"{name}.csv"
    rows.to_csv(path, index=False)
    return import_large(path, folder / name, ImportChoices.model_validate(choices), "x")


def sides(dataset: Dataset, column: str) -> int:
    """The most parts that rows which share a value are in."""
    return int(dataset.table.groupby(column)["split"].nunique().max())


def canonical(dataset: Dataset) -> Dataset:
    dataset.table["canonical"] = [min(one, one.translate(COMPLEMENT)[::-1]) for one in dataset.table["sequence"]]
    return dataset


@pytest.mark.parametrize("many", [False, True])
def test_copies_on_either_strand_are_never_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:  # fmt: skip
    if many:
        for place in ("large.spilling", "parts.by_letters"):
            monkeypatch.setattr(f"seqdl_core.data.{place}.MANY_GROUPS", 100)
    rows = rows_of(900, 900).drop(columns="family")
    turned = rows["sequence"].map(lambda one: one.translate(COMPLEMENT)[::-1])
    rows = pd.concat([rows, rows.sample(200, random_state=1), rows.assign(sequence=turned).sample(200, random_state=2)])
    dataset = canonical(imported(tmp_path, rows))
    assert len(dataset.table) == 1300
    assert sides(dataset, "canonical") == 1
    assert dataset.info.counts["test"] / 1300 == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("many", [False, True])
def test_groups_are_never_on_both_sides_and_the_share_is_met(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:  # fmt: skip
    if many:
        for place in ("large.spilling", "parts.by_letters"):
            monkeypatch.setattr(f"seqdl_core.data.{place}.MANY_GROUPS", 100)
    rows = rows_of(1500, 300)
    dataset = imported(tmp_path, rows, test_fraction=0.3)
    assert sides(dataset, "group") == 1
    assert dataset.info.split_way == "group"
    assert dataset.info.counts["test"] / 1500 == pytest.approx(0.3, abs=0.05 if many else 0.01)
    [told] = [one.what for one in dataset.info.notices if "drawn by group" in one.what]
    assert "Rows of one group and copies of a sequence stay together" in told
    again = imported(tmp_path, rows.sample(frac=1, random_state=3), "again", test_fraction=0.3)
    tested = [set(one.table.loc[one.table["split"] == "test", "sequence"]) for one in (dataset, again)]
    assert tested[0] == tested[1]


def test_groups_that_share_a_sequence_stay_together_with_it(tmp_path: Path) -> None:
    rows = rows_of(800, 80)
    copies = rows.sample(30, random_state=1).assign(family=lambda found: [f"g{n % 80}" for n in range(len(found))])
    turned = rows.sample(30, random_state=2).assign(family="")
    turned["sequence"] = turned["sequence"].map(lambda one: one.translate(COMPLEMENT)[::-1])
    dataset = canonical(imported(tmp_path, pd.concat([rows, copies, turned])))
    assert dataset.info.split_way == "group"
    assert sides(dataset, "canonical") == 1
    assert int(dataset.table[dataset.table["group"] != ""].groupby("group")["split"].nunique().max()) == 1
    assert (dataset.table["split"] == "test").any()
    assert dataset.info.counts["test"] == int((dataset.table["split"] == "test").sum())


def test_groups_that_chain_all_rows_are_drawn_apart_and_it_is_said(tmp_path: Path) -> None:
    rows = rows_of(600, 40)
    first = rows.iloc[0]["sequence"]
    bridge = pd.DataFrame({"sequence": [first] * 40, "label": ["1"] * 40, "family": [f"g{n}" for n in range(40)]})
    dataset = imported(tmp_path, pd.concat([rows, bridge]))
    assert dataset.info.split_way == "stratified"
    assert dataset.info.counts["test"] > 80
    [told] = [one.what for one in dataset.info.notices if "drawn at random" in one.what]
    assert "Rows of one group may fall on both sides: whole groups would leave too little to test on" in told


def test_a_way_that_is_chosen_does_not_heed_groups(tmp_path: Path) -> None:
    dataset = imported(tmp_path, rows_of(600, 40), split_way="random")
    assert dataset.info.split_way == "random"
    assert sides(dataset, "group") == 2


def test_chains_of_groups_are_found_over_all_files_of_a_spill(tmp_path: Path) -> None:
    """Group 1 shares a sequence with 2, 2 another with 3; 4 stands alone, and half of the rows are asked for."""
    groups = np.array([1, 2, 2, 3, 4, 4, 4, 4], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    free = np.array([7, 7, 8, 8, 9, 10, 11, 12], np.uint64) << np.uint64(40)
    nothing = np.zeros(8, np.uint64)
    for seed in range(6):
        place = tmp_path / str(seed)
        place.mkdir()
        with Spill(place) as spill:
            spill.add(free, free, free, nothing, groups, np.zeros(8, np.uint8))
            moved = spill.draw_by_group(0.5, seed)
        assert moved is not None
        assert moved.rows.tolist() in ([0, 1, 2, 3], [4, 5, 6, 7])


def test_overlapping_places_are_said_to_be_drawn_apart(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    records = [f">chr1:{10 * n}-{10 * n + 24}|{n % 2}\n{''.join(rng.choice(list('ACGT'), 24))}\n" for n in range(400)]
    (tmp_path / "x.fa").write_text("".join(records))
    dataset = import_large(tmp_path / "x.fa", tmp_path / "x", ImportChoices(), "x")
    [told] = [one.what for one in dataset.info.notices if "drawn at random" in one.what]
    assert "Overlapping intervals may fall on both sides: the rows of a file read in batches" in told
