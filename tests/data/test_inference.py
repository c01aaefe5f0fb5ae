"""What is inferred from columns and letters: task, labels, classes, direction, parts, folds, copies, alphabet."""

from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.importing import ImportChoices, Inspection, import_files, inspect
from seqdl_core.data.labels.column_kinds import kind_of
from seqdl_core.data.labels.spelling import spelled
from seqdl_core.errors import UnknownName
from seqdl_core.sequences.alphabets import DNA, PROTEIN

PLAIN = [DNA.decode(row) for row in np.random.default_rng(8).integers(0, 4, (40, 30)).astype(np.uint8)]
PROTEINS = [PROTEIN.decode(row) for row in np.random.default_rng(8).integers(0, 20, (40, 30)).astype(np.uint8)]
VALUES = [f"{value:.3f}" for value in np.random.default_rng(9).normal(0, 1, 40)]


def table(path: Path, header: str, *columns: list[str]) -> Path:
    path.write_text("\n".join([header, *("\t".join(row) for row in zip(*columns, strict=True))]) + "\n")
    return path


def cycle(*values: str) -> list[str]:
    return [values[row % len(values)] for row in range(40)]


def said(found: Inspection, key: str) -> tuple[str, str, str]:
    [finding] = [one for one in found.findings if one.key == key]
    return finding.sentence, finding.evidence, finding.value


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "0", "1"], "pair"), (["0.5", "1.5"], "number"), (["", ""], "empty"), (["1", "1"], "constant"),
        (["0,2", "1", "0"], "several"), ([str(n) for n in range(21)], "number"),
        ([str(n % 5) for n in range(21)], "classes"), (["a", "b", "c"] * 4, "classes"),
        ([f"w{n}" for n in range(9)], "text"),
        ([*(f"{n}.5" for n in range(30)), "#DIV/0!"], "number"),
    ],
)  # fmt: skip
def test_the_kind_of_a_column(values: list[str], kind: str) -> None:
    assert kind_of(spelled(values)) == kind


def test_labels_have_one_spelling() -> None:
    assert spelled(["+1", "1.0", "01", "NA", "", "x"]) == ("1", "1", "1", "", "", "x")
    assert spelled(["0,25", "1,5", "-3,0"]) == ("0.25", "1.5", "-3")
    assert spelled(["0,2", "1", "0,1,2"]) == ("0,2", "1", "0,1,2")
    assert spelled(["None", "bound"]) == ("None", "bound")
    assert spelled(["None", "0.5"]) == ("", "0.5")


def test_classes_are_sorted_as_people_do(tmp_path: Path) -> None:
    found = inspect([table(tmp_path / "t.tsv", "seq\tlabel", PLAIN, cycle("10", "2", "-1"))])
    assert found.info is not None
    assert (found.info.task, found.info.label_names) == ("multiclass", ("-1", "2", "10"))
    assert said(found, "task")[0] == "3 classes: -1, 2 and 10."
    assert found.table is not None
    assert found.table["label"].tolist()[:3] == [2.0, 1.0, 0.0]
    words = inspect([table(tmp_path / "u.tsv", "seq\tlabel", PLAIN, cycle("class_10", "class_9", "class_1"))])
    assert words.info is not None
    assert words.info.label_names == ("class_1", "class_9", "class_10")


def test_targets_that_were_not_measured_stay_open_and_rows_without_any_go(tmp_path: Path) -> None:
    first, second = ["", *VALUES[1:]], ["NA", "nan", *VALUES[2:]]
    file = table(tmp_path / "t.tsv", "id\tseq\tDev_log2_enrichment\tHk_log2_enrichment",
                 [f"n{row}" for row in range(40)], PLAIN, first, second)  # fmt: skip
    found = inspect([file])
    assert found.info is not None
    assert found.table is not None
    assert found.info.targets == ("Dev_log2_enrichment", "Hk_log2_enrichment")
    assert found.info.label_names == ()
    assert len(found.table) == 39
    assert found.table["label"][0] == float(VALUES[1])
    assert np.isnan(found.table["label_2"][0])
    assert "1 row without a value of any target, left out." in [notice.sentence for notice in found.notices]
    assert found.dropped.to_dict("records") == [
        {
            "file": "t.tsv",
            "line": 2,
            "name": "n0",
            "reason": "no value of any target",
            "brought": f"n0\t{PLAIN[0]}\t\tNA",
        }
    ]
    dataset = import_files([file], tmp_path / "set")
    assert np.isnan(dataset.table["label_2"]).sum() == 1


def test_a_word_among_numbers_is_named_or_left_out(tmp_path: Path) -> None:
    file = table(tmp_path / "t.tsv", "seq\tfitness", PLAIN, [*VALUES[:5], "#DIV/0!", *VALUES[6:]])
    [problem] = inspect([file]).problems
    assert problem.what == "'#DIV/0!' in the column fitness is not a number."
    assert problem.where == "line 7 of t.tsv"
    found = inspect([file], ImportChoices(bad_rows="drop"))
    assert found.info is not None
    assert sum(found.info.counts.values()) == 39
    assert found.dropped["line"].tolist() == [7]


@pytest.mark.parametrize(
    ("name", "direction", "sentence"),
    [("DMS_score", "better", "A higher number is better."), ("IC50", "worse", "A higher number is worse."),
     ("score", "", "Whether a higher number is better is not known.")],
)  # fmt: skip
def test_the_direction_of_a_score(tmp_path: Path, name: str, direction: str, sentence: str) -> None:
    file = table(tmp_path / "t.tsv", f"seq\t{name}", PROTEINS, VALUES)
    found = inspect([file])
    assert found.info is not None
    assert found.info.higher_is == direction
    assert said(found, "direction")[0] == sentence
    turned = inspect([file], ImportChoices(direction="worse"))
    assert turned.info is not None
    assert turned.info.higher_is == "worse"


def test_several_labels_in_a_cell_or_in_columns(tmp_path: Path) -> None:
    cells = inspect([table(tmp_path / "t.tsv", "seq\tlabel", PLAIN, cycle("0,2", "1", "0,1,2"))])
    assert cells.table is not None
    assert cells.table[["label", "label_2", "label_3"]].values.tolist()[:3] == [[1, 0, 1], [0, 1, 0], [1, 1, 1]]
    header = "seq\tCTCF\tMYC\tREST"
    columns = inspect(
        [table(tmp_path / "u.tsv", header, PLAIN, cycle("0", "1"), cycle("1", "1", "0"), cycle("1", "0"))]
    )
    assert columns.info is not None
    assert (columns.info.task, columns.info.targets) == ("multilabel", ("CTCF", "MYC", "REST"))


def test_folds_test_in_turn(tmp_path: Path) -> None:
    file = table(tmp_path / "t.tsv", "seq\tmean_value\tfold_num", PLAIN, VALUES, cycle("1", "2", "10"))
    found = inspect([file])
    assert said(found, "split")[0] == "Fold 10 of the column fold_num is the test set."
    assert said(found, "split")[2] == "10"
    assert found.info is not None
    assert found.table is not None
    assert found.info.counts == {"train": 27, "test": 13}
    assert found.table["fold"].tolist()[:3] == [0.0, 1.0, 2.0]
    other = inspect([file], ImportChoices(test_folds="1,2"))
    assert other.info is not None
    assert other.info.counts == {"train": 13, "test": 27}
    aside = inspect([file], ImportChoices(test_folds="none"))
    assert aside.info is not None
    assert aside.info.split_way == "random"
    assert isinstance(inspect([file], ImportChoices(test_folds="7")).problems[0], UnknownName)


def test_an_empty_cell_in_the_column_validation_means_no(tmp_path: Path) -> None:
    sets, marks = ["train"] * 30 + ["test"] * 10, ["True"] * 5 + [""] * 35
    found = inspect([table(tmp_path / "t.tsv", "sequence\ttarget\tset\tvalidation", PROTEINS, VALUES, sets, marks)])
    assert found.info is not None
    assert found.info.counts == {"train": 25, "validation": 5, "test": 10}


def test_a_column_that_says_test_in_every_row_does_not_split(tmp_path: Path) -> None:
    found = inspect([table(tmp_path / "t.tsv", "set\tsequence\tenrichment", ["test"] * 40, PLAIN, VALUES)])
    assert found.info is not None
    assert found.info.split_way == "random"
    assert said(found, "split")[1].startswith("The column set says test in every row, so it does not split")


def test_reverse_complement_copies_are_left_out_unless_wanted(tmp_path: Path) -> None:
    turn = str.maketrans("ACGT", "TGCA")
    copies = [*PLAIN[:20], *(sequence.translate(turn)[::-1] for sequence in PLAIN[:20])]
    file = table(tmp_path / "t.tsv", "seq\tmean_value\trev", copies, VALUES[:20] * 2, ["0"] * 20 + ["1"] * 20)
    found = inspect([file])
    assert found.info is not None
    assert sum(found.info.counts.values()) == 20
    assert said(found, "copies")[0] == "20 rows are reverse-complement copies of others, left out."
    assert len(found.dropped) == 20
    kept = inspect([file], ImportChoices(reverse_copies="keep"))
    assert kept.info is not None
    assert sum(kept.info.counts.values()) == 40


@pytest.mark.parametrize(
    ("name", "asked"),
    [("p.fa", True), ("peptides.fa", True), ("primers.fa", False), ("guide_rnas.fa", False)],
)
def test_short_sequences_of_four_letters_are_asked_about(tmp_path: Path, name: str, asked: bool) -> None:
    rows = [f">s{row}|{row % 2}\n{sequence[: 8 + row % 9]}\n" for row, sequence in enumerate(PLAIN)]
    (tmp_path / name).write_text("".join(rows))
    found = inspect([tmp_path / name])
    assert bool(found.problems) == asked
    if asked:
        [finding] = [one for one in found.findings if one.key == "alphabet"]
        assert (finding.value, [value for value, _ in finding.options]) == ("", ["", "dna", "protein"])
        for alphabet in ("dna", "protein"):
            chosen = inspect([tmp_path / name], ImportChoices(alphabet=alphabet))  # type: ignore[arg-type]
            assert chosen.info is not None
            assert chosen.info.alphabet == alphabet


def test_a_chosen_task_is_followed(tmp_path: Path) -> None:
    file = table(tmp_path / "t.tsv", "seq\tlabel", PLAIN, cycle("1", "2", "3"))
    regression = inspect([file], ImportChoices(task="regression"))
    assert regression.info is not None
    assert (regression.info.task, regression.info.label_names, regression.info.positives) == ("regression", (), {})
    unlabelled = inspect([file], ImportChoices(task="unlabelled"))
    assert unlabelled.table is not None
    assert np.isnan(unlabelled.table["label"]).all()
    words = table(tmp_path / "u.tsv", "seq\tlabel", PLAIN, cycle("a", "b", "c"))
    [problem] = inspect([words], ImportChoices(task="regression")).problems
    assert problem.what == "The column label holds words, not numbers or a few classes."


def test_a_split_by_group_keeps_groups_together(tmp_path: Path) -> None:
    file = table(tmp_path / "t.tsv", "seq\tlabel\tgroup", PLAIN, cycle("1", "0"), [f"g{row // 4}" for row in range(40)])
    found = inspect([file], ImportChoices(split_way="group"))
    assert found.table is not None
    assert found.info is not None
    assert found.info.split_way == "group"
    assert (found.table.groupby("group")["split"].nunique() == 1).all()


def test_a_part_of_one_class_is_named_by_its_column_and_its_label(tmp_path: Path) -> None:
    parts = ["train", "test"] * 20
    file = table(tmp_path / "t.tsv", "seq\tlabel\tset", PLAIN, cycle("Glob", "Mem", "Mem", "Mem"), parts)
    [problem] = inspect([file]).problems
    assert problem.what == "The test rows are all of class Mem, so nothing can be told apart there."
    assert problem.where == "t.tsv (column set)"
    parts = ["train", "train", "validation", "test"] * 10
    file = table(tmp_path / "t.tsv", "seq\tlabel\tset", PLAIN, cycle("Glob", "Mem", "Mem", "Mem"), parts)
    assert [one.what.partition(",")[0] for one in inspect([file]).problems] == [
        "The test rows are all of class Mem",
        "The validation rows are all of class Mem",
    ]
    names = [f"{'Glob' if row < 39 else 'Mem'}" for row in range(40)]
    [scarce] = inspect([table(tmp_path / "t.tsv", "seq\tlabel", PLAIN, names)]).problems
    assert "too few different sequences of class Mem" in scarce.what


def test_a_split_by_every_nth_position_takes_its_number_from_the_share(tmp_path: Path) -> None:
    wild = PROTEINS[0]
    names = [f"{letter}{place}{'G' if letter != 'G' else 'A'}" for place, letter in enumerate(wild, 1)]
    file = table(tmp_path / "t.tsv", "mutant\tscore", names, VALUES[: len(names)])
    found = inspect([file], ImportChoices(split_way="modulo", test_fraction=0.25, wild_type=wild))
    assert found.info is not None
    assert found.table is not None
    assert found.info.split_way == "modulo"
    assert np.flatnonzero(found.table["split"] == "test").tolist() == list(range(0, 30, 4))


def test_a_second_table_of_the_same_sequences_is_a_choice(tmp_path: Path) -> None:
    files = [table(tmp_path / f"{name}.tsv", "seq\tmodFreq", PLAIN, values)
             for name, values in (("293T", VALUES), ("K562", VALUES[::-1]))]  # fmt: skip
    found = inspect(files)
    assert [problem.fix for problem in found.problems] == ["Choose the table (`--table NAME`)."]
    assert not inspect(files, ImportChoices(table="K562.tsv")).problems
    assert isinstance(inspect(files, ImportChoices(table="K561.tsv")).problems[0], UnknownName)


def test_a_genome_outside_the_allowed_folders_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    bed = tmp_path / "peaks.bed"
    bed.write_text("".join(f"chr1\t{100 * n}\t{100 * n + 50}\n" for n in range(1, 11)))
    genome = tmp_path / "genome.fa"
    genome.write_text(">chr1\n" + "ACGTTGCA" * 200 + "\n")
    choices = ImportChoices(genome=str(genome), negatives="shuffle")
    assert inspect([bed], choices).info is not None
    [problem] = inspect([bed], choices, folders=[tmp_path / "in"]).problems
    assert problem.what == "There is no such file in the folders that may be used."
