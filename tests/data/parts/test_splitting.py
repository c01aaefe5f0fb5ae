"""Splits: what stays together, what every split must hold, and what cannot be done said in three parts."""

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from seqdl_core.config import fields_of
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.dataset import Dataset, DatasetInfo, Source
from seqdl_core.data.leaks.leakage import find_leaks
from seqdl_core.data.leaks.similarity import clusters, rule_for
from seqdl_core.data.parts.by_letters import strand_free
from seqdl_core.data.parts.resplit import make_split, possible_ways, resplit
from seqdl_core.data.splits import WAYS, outcome_of
from seqdl_core.data.splits.folds import folds_of
from seqdl_core.errors import ConfigError, DataError, SeqDLError, UnknownName
from seqdl_core.sequences.alphabets import DNA
from tests.data.planted import changed, random_sequences, rows, turned

RNG = np.random.default_rng(3)
PARENTS = random_sequences(60, 60, DNA, RNG)
FAMILIES = [changed(parent, 3, 0, DNA, RNG) for parent in PARENTS for _ in range(3)] + PARENTS
WILD_TYPE = "MKTAYIAKQR"


def table(number: int = 240, **columns: object) -> pd.DataFrame:
    sequences = FAMILIES[:number]
    place = {
        "chromosome": [f"chr{row // 2 % 6 + 1}" for row in range(len(sequences))],
        "start": [float(1000 * row) for row in range(len(sequences))],
        "end": [float(1000 * row + 60) for row in range(len(sequences))],
        "group": [f"gene {row % 20}" for row in range(len(sequences))],
    }
    return rows(sequences[:-40], sequences[-40:], **(place | columns))


def info(rows_: pd.DataFrame, **changes: object) -> DatasetInfo:
    known: dict[str, object] = {
        "name": "families",
        "alphabet": "dna",
        "length": int(rows_["sequence"].str.len().max()),
        "counts": rows_["split"].value_counts().to_dict(),
        "positives": rows_[rows_["label"] == 1]["split"].value_counts().to_dict(),
        "split_way": "files",
    }
    return DatasetInfo.model_validate(known | changes)


def scan() -> tuple[pd.DataFrame, DatasetInfo]:
    """Every single mutant to A or G, the wild type, and double mutants of neighbours."""
    names, sequences = ["WT"], [WILD_TYPE]
    for place, letter in enumerate(WILD_TYPE):
        for other in "AG":
            if other != letter:
                names.append(f"{letter}{place + 1}{other}")
                sequences.append(WILD_TYPE[:place] + other + WILD_TYPE[place + 1 :])
    for place in range(9):
        names.append(f"{WILD_TYPE[place]}{place + 1}W:{WILD_TYPE[place + 1]}{place + 2}W")
        sequences.append(WILD_TYPE[:place] + "WW" + WILD_TYPE[place + 2 :])
    made = rows(sequences[:-2], sequences[-2:], mutant=names)
    made["label"] = np.linspace(-1, 1, len(made))
    about = info(
        made, alphabet="protein", task="regression", label_names=(), positives={}, wild_type=WILD_TYPE, first_position=1
    )
    return made, about


@pytest.mark.parametrize("way", [way.name for way in WAYS if way.name not in ("contiguous", "modulo", "folds")])
@pytest.mark.parametrize("folds", [0, 4])
def test_every_row_has_a_part_and_the_order_of_rows_does_not_matter(way: str, folds: int) -> None:
    made = table(start=[500.0 * (row // 2) for row in range(240)]) if way == "overlap" else table()
    choice = {"validation": 0.1} if way == "official" else {"test": 0.25, "validation": 0.1, "folds": folds}
    first = make_split(made, info(made), way, choice)
    again = make_split(made, info(made), way, choice)
    assert first.of_row.tolist() == again.of_row.tolist()
    assert set(first.of_row) == {"train", "validation", "test"}
    assert sum(first.counts.values()) == len(made)
    order = np.random.default_rng(1).permutation(len(made))
    shuffled = make_split(made.iloc[order].reset_index(drop=True), info(made), way, choice)
    assert shuffled.of_row.tolist() == first.of_row[order].tolist()
    assert first.sentence.startswith("Split ")
    for part, count in first.counts.items():
        assert f"{count:,} {'training' if part == 'train' else part}" in first.sentence


@pytest.mark.parametrize("way", ["random", "stratified", "similarity", "group", "chromosome"])
def test_another_seed_another_split_of_the_asked_size(way: str) -> None:
    made = table()
    one, two = (make_split(made, info(made), way, {"seed": seed}) for seed in (1, 2))
    assert one.of_row.tolist() != two.of_row.tolist()
    assert abs(one.counts["test"] - 48) <= 8


def test_no_cluster_is_on_both_sides() -> None:
    made = table()
    result = make_split(made, info(made), "similarity", {"identity": 0.8, "validation": 0.2})
    cluster = clusters(made["sequence"].tolist(), DNA, 0.8)
    assert pd.Series(result.of_row).groupby(cluster).nunique().max() == 1
    again = made.assign(split=result.of_row)
    assert find_leaks(again, DNA).test_rows == 0
    assert find_leaks(made, DNA).test_rows > 0


@pytest.mark.parametrize(("way", "column"), [("chromosome", "chromosome"), ("group", "group")])
def test_groups_stay_whole(way: str, column: str) -> None:
    made = table()
    for choice in ({}, {"folds": 3, "fold": 2}, {"validation": 0.2}):
        result = make_split(made, info(made), way, choice)
        assert pd.Series(result.of_row).groupby(made[column].to_numpy()).nunique().max() == 1


def test_copies_and_other_strands_stay_together_at_random() -> None:
    made = table(120)
    doubled = pd.concat([made, made.assign(id="again " + made["id"])], ignore_index=True)
    doubled["sequence"] = [turned(s, DNA) if row > 119 else s for row, s in enumerate(doubled["sequence"])]
    for way in ("random", "stratified"):
        parts = make_split(doubled, info(doubled), way).of_row
        assert parts[:120].tolist() == parts[120:].tolist()


def test_a_stratified_split_keeps_rare_classes_in_every_part() -> None:
    made = table().assign(label=[1.0 if row % 12 == 0 else 0.0 for row in range(240)])
    result = make_split(made, info(made), "stratified", {"test": 0.25, "validation": 0.25})
    assert result.positives == {"train": 10, "validation": 5, "test": 5}
    numbers = made.assign(label=np.linspace(0, 1, 240))
    about = info(numbers, task="regression", label_names=(), positives={})
    tested = make_split(numbers, about, "stratified", {"test": 0.25}).of_row == "test"
    assert np.histogram(numbers["label"][tested], 5, (0, 1))[0].tolist() == [12] * 5


def test_folds_partition_the_rows() -> None:
    made = table()
    results = [make_split(made, info(made), "similarity", {"folds": 5, "fold": fold}) for fold in range(1, 6)]
    tested = np.stack([result.of_row == "test" for result in results])
    assert (tested.sum(axis=0) == 1).all()
    for number, result in enumerate(results):
        assert result.fold is not None
        assert result.fold.tolist() == results[0].fold.tolist()
        np.testing.assert_array_equal(result.of_row == "test", result.fold == number)


def test_the_folds_of_a_data_set_test_in_turn(tmp_path: Path) -> None:
    made = table()
    folded = resplit(
        Dataset.create(tmp_path / "first", made, info(made)), tmp_path / "folded", "stratified", {"folds": 4}
    )
    assert folds_of(folded.table) == (1, 2, 3, 4)
    assert folds_of(made) == folds_of(made.assign(fold=0.0)) == ()
    hashes = set()
    for fold in (1, 2, 3, 4):
        own = resplit(folded, tmp_path / f"own {fold}", "folds", {"fold": fold})
        parts, numbers = own.table["split"].to_numpy(), own.table["fold"].to_numpy()
        np.testing.assert_array_equal(parts == "test", numbers == fold - 1)
        np.testing.assert_array_equal(parts == "validation", numbers == fold % 4)
        assert own.table["id"].tolist() == folded.table["id"].tolist()
        assert (own.info.parent, own.info.split_way) == (folded.hash, "stratified"), "drawn as the folds were"
        assert own.info.name == f"{folded.info.name} (fold {fold} of 4)"
        hashes.add(own.hash)
    assert len(hashes) == 4
    assert "folds" in [way.name for way in possible_ways(folded.table, folded.info)]
    with pytest.raises(ConfigError, match="There is no fold 5"):
        resplit(folded, tmp_path / "none", "folds", {"fold": 5})
    with pytest.raises(DataError, match="rows with folds"):
        make_split(made, info(made), "folds", {"fold": 1})


def test_two_folds_leave_none_to_validate_and_rows_of_none_are_left_out() -> None:
    made = table().assign(fold=[np.nan if row < 7 else float(row % 2) for row in range(240)])
    made["label"] = [float(row // 2 % 2) for row in range(240)]
    result = make_split(made, info(made), "folds", {"fold": 2})
    assert result.counts == {"train": 116, "test": 117}
    assert result.way == "folds", "they were brought"
    assert [told.sentence for told in result.notices] == [
        "7 rows of no fold, or with changes in several, left out."
    ]  # fmt: skip


def test_named_chromosomes_and_groups_test() -> None:
    made = table()
    choice = {"chromosomes": "chr2, chr3", "validation_chromosomes": "chr4"}
    parts = make_split(made, info(made), "chromosome", choice).of_row
    assert set(made["chromosome"][parts == "test"]) == {"chr2", "chr3"}
    assert set(made["chromosome"][parts == "validation"]) == {"chr4"}
    parts = make_split(made, info(made), "group", {"groups": "gene 3, gene 4"}).of_row
    assert set(made["group"][parts == "test"]) == {"gene 3", "gene 4"}


@pytest.mark.parametrize(
    ("way", "column", "named"), [("chromosome", "chromosome", "chr2, chr3"), ("group", "group", "gene 3, gene 4")]
)
def test_validation_is_drawn_as_whole_groups_beside_named_test_groups(way: str, column: str, named: str) -> None:
    made = table()
    choice = {f"{column}s": named, "validation": 0.2}
    result = make_split(made, info(made), way, choice)
    assert set(made[column][result.of_row == "test"]) == set(named.split(", "))
    assert pd.Series(result.of_row).groupby(made[column].to_numpy()).nunique().max() == 1
    assert abs(result.counts["validation"] / len(made) - 0.2) < 0.05
    assert "validation (" in result.sentence
    other = make_split(made, info(made), way, choice | {"seed": 2})
    assert other.of_row.tolist() != result.of_row.tolist()


def test_a_stretch_of_positions_tests_and_what_crosses_the_border_is_left_out() -> None:
    made, about = scan()
    result = make_split(made, about, "contiguous", {"folds": 5, "fold": 2})
    by_name = dict(zip(made["mutant"], result.of_row, strict=True))
    assert by_name["T3A"] == by_name["A4G"] == by_name["T3W:A4W"] == "test"
    assert by_name["K2W:T3W"] == by_name["A4W:Y5W"] == ""
    assert by_name["WT"] == by_name["M1A"] == by_name["K2A"] == by_name["Y5G"] == "train"
    assert "positions 3 to 4" in result.sentence
    assert any("left out" in told.sentence and told.count == 2 for told in result.notices)
    assert any("without any change" in told.sentence and told.count == 1 for told in result.notices)
    assert result.fold is not None
    assert result.fold[made["mutant"] == "K2W:T3W"].tolist() == [-1]
    shares = make_split(made, about, "contiguous", {"test": 0.3, "validation": 0.2})
    positions = {name[1] for name, part in zip(made["mutant"], shares.of_row, strict=True) if part == "test"}
    assert len(positions - {":"}) <= 3


def test_every_third_position_tests() -> None:
    made, about = scan()
    result = make_split(made, about, "modulo", {"every": 3, "fold": 1})
    by_name = dict(zip(made["mutant"], result.of_row, strict=True))
    assert [by_name[name] for name in ("M1A", "K2A", "T3A", "A4G", "I6A", "A7G", "R10A")] == [
        "test", "train", "train", "test", "train", "test", "test",
    ]  # fmt: skip
    assert by_name["M1W:K2W"] == ""
    assert by_name["K2W:T3W"] == "train"


def test_the_wild_type_may_be_found_or_named_by_the_mutants() -> None:
    made, about = scan()
    known = make_split(made, about, "modulo")
    guessed = make_split(made.drop(columns="mutant"), about.model_copy(update={"wild_type": ""}), "modulo")
    assert guessed.of_row.tolist() == known.of_row.tolist()
    assert any("wild type is not known" in told.sentence for told in guessed.notices)
    longer = made.assign(sequence=made["sequence"] + "GS")
    named = make_split(longer, about, "modulo")
    assert named.of_row.tolist() == known.of_row.tolist()


def test_a_new_data_set_knows_where_it_comes_from(tmp_path: Path) -> None:
    made = table()
    source = Source(name="made for a test", sha256="0", bytes=1, rows=240)
    features = pd.DataFrame({"id": made["id"][:3], "start": 0, "end": 5, "strand": "+", "kind": "motif", "name": "one"})
    dataset = Dataset.create(tmp_path / "set", made, info(made, sources=(source,)), features)
    other = resplit(dataset, tmp_path / "other", "similarity", {"folds": "4", "identity": "0.9"}, name="mine")
    assert Dataset.open(tmp_path / "other").hash == other.hash != dataset.hash
    assert (other.info.parent, other.info.split_way, other.info.name) == (dataset.hash, "similarity", "mine")
    assert sorted(other.table["id"]) == sorted(made["id"])
    assert sorted(other.table["fold"].unique()) == [0, 1, 2, 3]
    assert len(other.features) == 3
    assert other.info.sources == (source,)
    with pytest.raises(DataError, match="never overwritten"):
        resplit(dataset, tmp_path / "other", "random")


def test_negatives_that_were_shuffled_do_not_move(tmp_path: Path) -> None:
    made = table()
    made["label"] = [1.0] * 220 + [0.0] * 20
    dataset = Dataset.create(tmp_path / "set", made, info(made, negatives="shuffle"))
    other = resplit(dataset, tmp_path / "other", "similarity")
    assert (other.table["label"] == 1).all()
    assert sum(other.info.counts.values()) == 220
    assert any("20 negatives left out" in told.sentence for told in other.info.notices)


@pytest.mark.parametrize(
    ("way", "choice", "changes", "said"),
    [
        ("chromosome", {}, {"chromosome": ""}, "on which chromosome"),
        ("chromosome", {"chromosomes": "chr9"}, {}, "no chromosome called 'chr9'"),
        ("chromosome", {"validation_chromosomes": "chr1"}, {}, "no test chromosomes"),
        ("chromosome", {"chromosomes": "chr1", "folds": 3}, {}, "Folds draw"),
        ("chromosome", {}, {"chromosome": "chr1"}, "on two or more"),
        (
            "chromosome",
            {"chromosomes": "chr1", "validation_chromosomes": "chr2", "validation": 0.1},
            {},
            "share is asked for too",
        ),
        ("chromosome", {"chromosomes": "chr1, chr2, chr3, chr4, chr5", "validation": 0.1}, {}, "One group is left"),
        ("group", {}, {"group": ""}, "to which group"),
        ("group", {"groups": "gene 99"}, {}, "no group called"),
        ("group", {"folds": 30}, {}, "only 20 groups"),
        ("random", {"folds": 1}, {}, "One fold is no split"),
        ("random", {"folds": 3, "fold": 4}, {}, "no fold 4 of 3"),
        ("random", {"test": 0.6, "validation": 0.5}, {}, "nothing to train on"),
        ("random", {"test": 2}, {}, "'test' cannot be 2"),
        ("random", {"tset": 0.1}, {}, "no setting called 'tset'"),
        ("random", {}, {"sequence": "ACGTACGT"}, "only one group"),
        ("similarity", {}, {"sequence": PARENTS[0]}, "are alike"),
        ("similarity", {"identity": 0.2}, {}, "cannot be 0.2"),
        ("official", {}, {"split": "train"}, "one of them a test part"),
        ("chromosome", {"chromosomes": "chr2"}, {}, "only rows of class 1"),
        ("nearest", {}, {}, "no way to split called"),
        ("modulo", {}, {}, "needs a mutational scan"),
        ("contiguous", {}, {}, "needs a mutational scan"),
        ("contiguous", {}, {"sequence": ""}, "needs a mutational scan"),
        ("folds", {}, {}, "rows with folds"),
    ],
)
def test_what_cannot_be_split_is_said(way: str, choice: dict[str, object], changes: dict[str, str], said: str) -> None:
    made = table().assign(**changes)
    if said.startswith("only rows"):
        made["label"] = [1.0 if name == "chr2" else float(row % 2) for row, name in enumerate(made["chromosome"])]
    with pytest.raises((DataError, ConfigError, UnknownName)) as caught:
        make_split(made, info(made), way, choice)
    problem: SeqDLError = caught.value
    assert said in problem.what
    assert problem.where or isinstance(problem, UnknownName)
    assert problem.fix


def test_runs_of_two_positions_leave_nothing_to_validate() -> None:
    made, about = scan()
    with pytest.raises(ConfigError, match="leave nothing to validate"):
        make_split(made, about, "modulo", {"every": 2, "validation": True})


def test_every_way_that_may_be_impossible_says_what_it_needs() -> None:
    bare = table()[["id", "sequence", "label", "split", "source"]].assign(split="train")
    about = info(bare, task="unlabelled", label_names=(), positives={})
    offered = {way.name for way in possible_ways(bare, about)}
    assert offered == {"random", "similarity"}
    for way in WAYS:
        assert bool(way.needs and way.fix) == (way.name not in offered), way.name
        if way.needs:
            with pytest.raises(DataError, match="which this data set does not have"):
                make_split(bare, about, way.name)


def test_a_large_cluster_is_told_with_the_share_that_was_reached() -> None:
    made = table().assign(group=["large"] * 200 + [f"small {row}" for row in range(40)])
    result = make_split(made, info(made), "group", {"test": 0.5})
    assert result.counts["test"] < 120 or result.counts["test"] == 200
    assert any("50 % were asked for" in told.sentence and "200 of 240" in told.sentence for told in result.notices)


def test_a_class_that_a_part_lacks_is_named() -> None:
    labels = [2.0 if row < 4 else float(row % 2) for row in range(240)]
    made = table().assign(label=labels)
    about = info(made, task="multiclass", label_names=("N", "IE", "EI"), positives={})
    made["group"] = ["a" if label == 2 else f"b{row % 9}" for row, label in enumerate(labels)]
    result = make_split(made, about, "group", {"groups": "b1, b2, b4"})
    assert any(told.sentence == "1 class without a row in the test part: EI." for told in result.notices)


def test_only_what_is_possible_is_offered() -> None:
    made = table()
    assert [way.name for way in possible_ways(made, info(made))] == [
        "chromosome", "group", "official", "random", "similarity", "stratified",
    ]  # fmt: skip
    plain = made.drop(columns=["chromosome", "start", "end", "group"]).assign(split="train")
    assert [way.name for way in possible_ways(plain, info(plain))] == ["random", "similarity", "stratified"]
    scanned, about = scan()
    assert {"contiguous", "modulo"} <= {way.name for way in possible_ways(scanned, about)}


@pytest.mark.parametrize("way", list(WAYS), ids=lambda way: way.name)
def test_every_choice_has_words(way: object) -> None:
    for field in fields_of(way.config):  # type: ignore[attr-defined]
        assert field.title
        assert field.help.endswith(".")


def test_a_split_by_similarity_names_the_rule_that_it_went_by() -> None:
    made = table()
    assert make_split(made, info(made), "similarity").sentence.startswith("Split by similarity (at least 80 % identity")
    short = made.assign(sequence=made["sequence"].str[:20], id=[f"s{row}" for row in range(240)])
    codes = [DNA.encode(sequence) for sequence in dict.fromkeys(strand_free(short["sequence"].tolist(), DNA))]
    said = make_split(short, info(short), "similarity").sentence
    assert rule_for(codes, codes, DNA, 0.8).text in said
    assert "of 20 letters equal" in said, "80 % of 20 letters is what chance gives among so many pairs"


def test_every_way_that_an_import_offers_has_words_for_its_outcome() -> None:
    offered = get_args(ImportChoices.model_fields["split_way"].annotation)
    for name in (*offered, "files", "column", "folds", "official"):
        assert outcome_of(name) or name == "auto"
    drawing = {way.name for way in WAYS} - {"official", "folds"}
    assert set(offered) == {"auto", *drawing}, "the parts and folds that came with the data need no draw"
    assert outcome_of("auto") == outcome_of("") == ""
    assert {way.outcome for way in WAYS} == {outcome_of(way.name) for way in WAYS}
