"""Words of columns and cells: numbers, targets, noise, groups and directions."""

import pytest

from seqdl_core.sequences import columns
from seqdl_core.sequences.vocabulary import decimal_sign, is_multilabel_value, is_number, means_sequence, number

CRISPR = "position chariRank chariRaw crisprScan doench drsc finalGc6 finalGg fusi mh oof ssc wang wangOrig wuCrispr"


def test_of_the_columns_of_a_guide_table_only_the_measurement_is_a_target() -> None:
    named = [
        name for name in f"dataset guide seq modFreq db longSeq100Bp {CRISPR}".split() if columns.means_number(name)
    ]
    assert named == ["modFreq"]
    assert all(columns.means_noise(name) for name in CRISPR.split())


@pytest.mark.parametrize(
    "name",
    ["rl", "mean_value", "K562_log2FC", "Dev_log2_enrichment", "DMS_score", "score", "Coefficient", "log_fitness",
     "enrichment", "Fitness", "target", "half_life"],
)  # fmt: skip
def test_targets(name: str) -> None:
    assert columns.means_number(name)


@pytest.mark.parametrize(
    "name",
    ["SE", "K562_lfcSE", "pValue", "Barcodes", "DNA", "RNA", "total_reads", "num_mutations", "n_mut", "rep1", "2500_1",
     "DMS_score_bin", "fold_num", "Length", "prediction"],
)  # fmt: skip
def test_numbers_that_are_no_target(name: str) -> None:
    assert columns.means_noise(name)
    assert not columns.means_number(name)


def test_a_concentration_as_a_name_is_neither() -> None:
    assert not columns.means_noise("2500")
    assert not columns.means_number("2500")


@pytest.mark.parametrize(("name", "way"), [("IC50", "worse"), ("Kd", "worse"), ("ddG", "worse"), ("toxicity", "worse"),
                                           ("pIC50", "better"), ("fitness", "better"), ("log2FC", "")])  # fmt: skip
def test_directions(name: str, way: str) -> None:
    assert columns.higher_is(name) == way


def test_other_meanings() -> None:
    assert columns.means_wild_type("target_seq")
    assert columns.means_mutant("hgvs_pro")
    assert columns.means_fold("fold_random_5")
    assert columns.means_group("cluster_id")
    assert columns.means_residues("ss8_seq")
    assert columns.means_strand_copy("rev")
    assert columns.pair_of("protein_1") == ("protein", "1")
    assert columns.pair_of("seqB") == ("seq", "b")
    assert all(map(means_sequence, ["utr", "aa_seq", "mutated_sequence", "protein", "Oligo", "Amino acid sequence"]))


def test_multilabel_values() -> None:
    assert is_multilabel_value("0,2")
    assert is_multilabel_value("1; 3;12")
    assert not is_multilabel_value("2")
    assert not is_multilabel_value("a,b")


@pytest.mark.parametrize(("text", "decimal", "value"), [
    ("1,5", "comma", 1.5), ("1.234,5", "comma", 1234.5), ("-0,25", "comma", -0.25), ("1.5", "comma", 1.5),
    ("1,5", "point", None), ("1e-3", "point", 0.001), ("NA", "comma", None), ("1,2,3", "comma", None),
])  # fmt: skip
def test_numbers_with_a_decimal_comma(text: str, decimal: str, value: float | None) -> None:
    assert number(text, decimal) == value
    assert is_number(text, decimal) == (value is not None)


def test_the_decimal_sign_of_a_table() -> None:
    assert decimal_sign([["a", "b"], ["1,5", "2,25", ""]]) == "comma"
    assert decimal_sign([["1,234", "2,500"]]) == "unclear"
    assert decimal_sign([["1,5"], ["0.5"]]) == "point"
    assert decimal_sign([["1.5", "2"]]) == "point"
    assert decimal_sign([["1", "2"]]) == "point"
    assert decimal_sign([["0,2", "a,b"]]) == "point"
