"""What stays on one side of a split: groups, overlapping intervals, copies, and chains of them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import import_files, inspect
from seqdl_core.data.inspection import Inspection
from seqdl_core.data.large.streaming import import_large
from seqdl_core.data.parts.relatives import joined, overlapping
from seqdl_core.data.parts.resplit import make_split
from seqdl_core.data.splits import Rows, kept_together
from seqdl_core.sequences.alphabets import DNA, RNA
from tests.data.parts.test_splitting import info, scan
from tests.data.planted import changed, random_sequences, rows

RNG = np.random.default_rng(11)
SEQUENCES = random_sequences(300, 40, DNA, RNG)


def families(path: Path, column: str = "family", count: int = 20) -> Path:
    lines = [f"F{row % count},{sequence},{row // 4 % 2}" for row, sequence in enumerate(SEQUENCES[:200])]
    path.write_text("\n".join([f"{column},sequence,label", *lines]) + "\n")
    return path


def tiles(folder: Path, step: int, count: int = 100, contigs: int = 3) -> list[Path]:
    """A genome, and windows of 200 letters on each of its contigs."""
    letters = [random_sequences(1, 200 + step * count, DNA, RNG)[0] for _ in range(contigs)]
    genome, places = folder / "genome.fa", folder / "tiles.bed"
    genome.write_text("".join(f">chr{number}\n{one}\n" for number, one in enumerate(letters, 1)))
    windows = [(f"chr{1 + number // count}", step * (number % count), number % 2) for number in range(contigs * count)]
    text = "".join(f"{chrom}\t{start}\t{start + 200}\t{label}\n" for chrom, start, label in windows)
    places.write_text("#chrom\tstart\tend\tlabel\n" + text)
    return [places, genome]


def across(table: pd.DataFrame, column: str) -> int:
    return int((table.groupby(column)["split"].nunique() > 1).sum())


def overlapping_rows(table: pd.DataFrame) -> int:
    """Test rows that share a position with a training row, counted one by one."""
    test, train = table[table["split"] == "test"], table[table["split"] == "train"]
    return sum(
        bool(((train["chromosome"] == one.chromosome) & (train["start"] < one.end) & (train["end"] > one.start)).any())
        for one in test.itertuples()
    )


def finding(found: Inspection, key: str = "split") -> str:
    return next(f"{one.sentence} | {one.evidence}" for one in found.findings if one.key == key)


@pytest.mark.parametrize(("column", "chosen"), [("family", ""), ("fam", "fam")])
def test_rows_of_a_group_stay_together_without_being_asked(tmp_path: Path, column: str, chosen: str) -> None:
    found = inspect([families(tmp_path / "x.csv", column)], ImportChoices(group_column=chosen))
    assert found.table is not None
    assert found.info is not None
    assert across(found.table, "group") == 0
    assert found.info.counts == {"train": 160, "test": 40}
    assert found.info.positives == {"train": 80, "test": 20}
    assert found.info.split_way == "group"
    assert finding(found).startswith("20 % of the rows, drawn by group, are the test set. |")
    assert "rows of one group" in finding(found)
    [told] = [one for one in found.notices if "as the test set" in one.what]
    assert "drawn by group (seed 1)" in told.what
    assert "similarity" in told.fix
    assert "chromosome" in told.fix


@pytest.mark.parametrize("way", ["random", "stratified"])
def test_whoever_asks_for_a_random_split_gets_one_and_is_told(tmp_path: Path, way: str) -> None:
    found = inspect([families(tmp_path / "x.csv")], ImportChoices.model_validate({"split_way": way}))
    assert found.table is not None
    assert across(found.table, "group") > 10
    [told] = [one for one in found.notices if "as the test set" in one.what]
    assert "Rows of one group may fall on both sides" in told.what
    assert "`--split-way group`" in told.fix


def test_the_draw_by_group_does_not_follow_the_order_of_rows(tmp_path: Path) -> None:
    lines = families(tmp_path / "x.csv").read_text().splitlines()
    (tmp_path / "y.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    parts = []
    for name in ("x.csv", "y.csv"):
        found = inspect([tmp_path / name])
        assert found.table is not None
        parts.append(dict(zip(found.table["sequence"], found.table["split"], strict=True)))
    assert parts[0] == parts[1]


def test_groups_that_are_the_classes_cannot_be_kept_and_that_is_said(tmp_path: Path) -> None:
    lines = [f"{'ab'[row % 2]},{sequence},{row % 2}" for row, sequence in enumerate(SEQUENCES[:100])]
    (tmp_path / "x.csv").write_text("\n".join(["family,sequence,label", *lines]) + "\n")
    found = inspect([tmp_path / "x.csv"])
    assert found.info is not None
    assert found.info.counts == {"train": 80, "test": 20}
    assert found.info.split_way == "stratified"
    [told] = [one for one in found.notices if "as the test set" in one.what]
    assert "Rows of one group may fall on both sides" in told.what
    assert "only rows of class" in told.what


@pytest.mark.parametrize("step", [100, 150])
def test_overlapping_windows_stay_together_without_being_asked(tmp_path: Path, step: int) -> None:
    places, genome = tiles(tmp_path, step)
    lines = places.read_text().splitlines(keepends=True)
    places.write_text("".join(line for row, line in enumerate(lines) if row % 5))  # chains of four windows
    places.write_text("#chrom\tstart\tend\tlabel\n" + places.read_text().removeprefix(lines[0]))
    found = inspect([places, genome])
    assert found.table is not None
    assert found.info is not None
    assert overlapping_rows(found.table) == 0
    assert 0.15 < (found.table["split"] == "test").mean() < 0.25
    assert found.info.split_way == "overlap"
    assert "drawn by overlap" in finding(found)
    assert "overlapping intervals" in finding(found)


def test_an_unbroken_chain_of_windows_keeps_its_contig(tmp_path: Path) -> None:
    found = inspect(tiles(tmp_path, 50))
    assert found.table is not None
    assert overlapping_rows(found.table) == 0
    assert (found.table["split"] == "test").sum() == 100
    [one] = inspect(tiles(tmp_path, 50, contigs=1)).notices
    assert "Overlapping intervals may fall on both sides" in one.what
    assert "`--split-way" in one.fix


def test_windows_that_only_touch_are_drawn_as_ever(tmp_path: Path) -> None:
    found = inspect(tiles(tmp_path, 200))
    assert found.info is not None
    assert found.info.split_way == "stratified"
    assert found.info.counts == {"train": 240, "test": 60}


def test_intervals_are_joined_where_they_share_a_position() -> None:
    table = pd.DataFrame(
        {
            "chromosome": ["chr1", "1", "chr1", "chr2", "chr1", "chr1", "", "chr1"],
            "start": [0.0, 90.0, 100.0, 0.0, 40.0, 50.0, 0.0, np.nan],
            "end": [100.0, 110.0, 120.0, 100.0, 45.0, 70.0, 100.0, np.nan],
        }
    )
    found = overlapping(table, DNA)
    assert found[:6].tolist() == [found[0]] * 3 + [found[3]] + [found[0]] * 2
    assert found[3] != found[0]
    assert found[6:].tolist() == [-1, -1]
    two = pd.DataFrame({"chromosome": ["1", "1"], "start": [0, 5], "end": [10, 15], "strand": ["+", "-"]})
    assert len(set(overlapping(two, DNA).tolist())) == 1
    assert len(set(overlapping(two, RNA).tolist())) == 2


def test_what_is_joined_is_a_chain() -> None:
    one, other = np.array([0, 0, 1, -1, -1, 2]), np.array([5, 6, 6, -1, -1, 7])
    assert joined(one, other).tolist() == [0, 0, 0, 1, 2, 3]
    assert joined(np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize("named", [False, True])
def test_copies_do_not_cross_a_split_by_group(named: bool) -> None:
    groups = [f"F{row % 20}" if row < 100 or named else "" for row in range(200)]
    groups = [f"F{row % 40}" for row in range(200)] if named else groups
    made = rows([SEQUENCES[row % 100] for row in range(160)], [SEQUENCES[row % 100] for row in range(160, 200)])
    made["group"] = groups
    result = make_split(made, info(made), "group", {"test": 0.3})
    parts = made.assign(split=result.of_row)
    assert across(parts, "sequence") == 0
    assert across(parts[parts["group"] != ""], "group") == 0
    if named:
        assert any("40 groups" in one.sentence and "20" in one.sentence for one in result.notices)
        chosen = make_split(made, info(made), "group", {"groups": "F3, F4"})
        assert set(made["group"][chosen.of_row == "test"]) == {"F3", "F4", "F23", "F24"}
        assert any(one.count == 10 and "of other groups" in one.what for one in chosen.notices)


def test_two_spellings_are_one_chromosome(tmp_path: Path) -> None:
    spelled = ["chr1", "1", "chr2", "2", "chrM", "MT", "Chr2", "NC_000002.12"]
    lines = [f"{spelled[row % 8]},{sequence},{row // 8 % 2}" for row, sequence in enumerate(SEQUENCES[:240])]
    (tmp_path / "x.csv").write_text("\n".join(["chromosome,sequence,label", *lines]) + "\n")
    found = inspect([tmp_path / "x.csv"], ImportChoices(split_way="chromosome"))
    assert found.table is not None
    of_name = found.table.groupby("chromosome")["split"].agg(lambda parts: "/".join(sorted(set(parts))))
    for same in (("chr1", "1"), ("chr2", "2", "Chr2", "NC_000002.12"), ("chrM", "MT")):
        assert len({of_name[name] for name in same}) == 1
    assert found.info is not None
    named = make_split(found.table, found.info, "chromosome", {"chromosomes": "chr2"})
    assert set(found.table["chromosome"][named.of_row == "test"]) == {"chr2", "2", "Chr2", "NC_000002.12"}
    assert any("chr2" in one.what and "one chromosome" in one.what for one in named.notices)


def test_copies_in_validation_are_told_from_copies_in_training(tmp_path: Path) -> None:
    part = ["train"] * 120 + ["valid"] * 40 + ["test"] * 40
    brought = [(SEQUENCES[row], row % 2, part[row]) for row in range(200)]
    brought += [(SEQUENCES[170 + row], row % 2, "valid") for row in range(20)]
    (tmp_path / "x.csv").write_text("sequence,label,set\n" + "".join(f"{a},{b},{c}\n" for a, b, c in brought))
    found = inspect([tmp_path / "x.csv"])
    assert "20 test sequences are also in validation" in finding(found)
    assert "also in training" not in finding(found)
    assert any(one.sentence.startswith("20 test rows also found in validation") for one in found.notices)
    brought = brought[:200] + [(SEQUENCES[row], row % 2, "valid") for row in range(30)]
    (tmp_path / "x.csv").write_text("sequence,label,set\n" + "".join(f"{a},{b},{c}\n" for a, b, c in brought))
    found = inspect([tmp_path / "x.csv"])
    assert "30 validation sequences are also in training" in finding(found).lower()
    assert "no sequence is in both" not in finding(found).lower()
    assert any(one.sentence.startswith("30 validation rows also found in training") for one in found.notices)
    fasta = "".join(f">s{n}|{b}|{c}\n{a}\n" for n, (a, b, c) in enumerate(brought))
    (tmp_path / "x.fa").write_text(fasta)
    plain = import_files([tmp_path / "x.fa"], tmp_path / "plain", ImportChoices(), "x")
    large = import_large(tmp_path / "x.fa", tmp_path / "large", ImportChoices(), "x")
    said = [{one.sentence for one in made.info.notices if "also found" in one.what} for made in (plain, large)]
    assert said[0] == said[1]
    assert len(said[0]) == 1


def test_a_large_table_with_groups_keeps_them_on_one_side(tmp_path: Path) -> None:
    large = import_large(families(tmp_path / "x.csv"), tmp_path / "large", ImportChoices(), "x")
    assert large.info.split_way == "group"
    assert int(large.table.groupby("group")["split"].nunique().max()) == 1
    [told] = [one for one in large.info.notices if "as the test set" in one.what]
    assert "Rows of one group and copies of a sequence stay together" in told.what


def test_a_hold_out_is_kept_together_as_the_split_was() -> None:
    places = {
        "chromosome": [("chr1", "1", "chr2")[row % 3] for row in range(60)],
        "start": [float(1000 * (row // 2)) for row in range(60)],
        "end": [float(1000 * (row // 2) + 40) for row in range(60)],
        "group": [f"g{row % 7}" for row in range(60)],
    }
    made = rows(SEQUENCES[:50], SEQUENCES[50:60], **places)
    about = info(made)

    def kept(way: str) -> list[int] | None:
        found = kept_together(Rows(made, about.model_copy(update={"split_way": way})))
        return None if found is None else found.tolist()

    by_group = kept("group")
    assert by_group is not None
    assert by_group == [row % 7 for row in range(60)]
    assert kept("files") == by_group  # what the parts were brought by is not known, the groups are
    by_chromosome = kept("chromosome")
    assert by_chromosome is not None
    assert len(set(by_chromosome)) == 2
    assert kept("random") is None
    mutants, mutated = scan()
    by_place = kept_together(Rows(mutants, mutated.model_copy(update={"split_way": "modulo"})))
    assert by_place is not None
    singles = mutants["mutant"].str.fullmatch(r"[A-Z]\d+[A-Z]").to_numpy()
    number = mutants["mutant"].str.extract(r"(\d+)")[0].to_numpy()
    for one, other in pairwise(np.flatnonzero(singles).tolist()):
        assert number[one] != number[other] or by_place[one] == by_place[other]


def test_similar_rows_are_kept_together_for_a_hold_out() -> None:
    family = [changed(parent, 2, 0, DNA, RNG) for parent in SEQUENCES[:20] for _ in range(3)]
    made = rows(family[:50], family[50:])
    found = kept_together(Rows(made, info(made).model_copy(update={"split_way": "similarity"})))
    assert found is not None
    assert found.tolist() == [row // 3 for row in range(60)]
