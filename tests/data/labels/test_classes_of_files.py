"""One file a class: what the files' names say, and what a person says instead is obeyed or refused."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.importing import ImportChoices, Inspection, inspect


def brought(folder: Path, names: Sequence[str], rows: int = 12, **choices: object) -> Inspection:
    """One FASTA file a name, of ``rows`` random sequences each, one more than the file before."""
    draw = np.random.default_rng(5)
    files = []
    for place, name in enumerate(names):
        letters = ["".join(draw.choice(list("ACGT"), 40)) for _ in range(rows + place)]
        files.append(folder / name)
        files[-1].parent.mkdir(exist_ok=True)
        files[-1].write_text("".join(f">{place}_{row}\n{one}\n" for row, one in enumerate(letters)))
    return inspect(files, ImportChoices.model_validate(choices), list(names))


def classes(found: Inspection) -> dict[str, str]:
    """The class of each file, by the name of the label."""
    assert found.table is not None, found.problems
    assert found.info is not None
    of_row = [found.info.label_names[int(label)] for label in found.table["label"]]
    pairs = set(zip(found.table["source"], of_row, strict=True))
    told = dict(pairs)
    assert len(told) == len(pairs)
    return told


def box(found: Inspection, key: str) -> tuple[str, list[str]]:
    one = next(one for one in found.findings if one.key == key)
    return one.value, [value for value, _ in one.options]


THREE = ("Ath_tata.fa", "Ath_non_tata.fa", "Ath_non_prom.fa")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (THREE, ("tata", "non_tata", "non_prom")),
        (("enhancer.fa", "silencer.fa", "non_coding.fa"), ("enhancer", "silencer", "non_coding")),
        (("sigma70.fa", "sigma54.fa", "decoy.fa"), ("sigma70", "sigma54", "decoy")),
    ],
)
def test_three_files_are_three_classes(tmp_path: Path, names: Sequence[str], expected: Sequence[str]) -> None:
    found = brought(tmp_path, names)
    assert found.info is not None
    assert found.info.task == "multiclass"
    assert classes(found) == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize(
    ("names", "positives"),
    [
        (("Eco_prom.fa", "Eco_non_prom.fa"), ["Eco_prom.fa"]),
        (("enhancer.fa", "non_coding.fa"), ["enhancer.fa"]),
        (("peaks.fa", "peaks_shuffled.fa"), ["peaks.fa"]),
        (("pos_1.fa", "pos_2.fa", "hard_neg.fa"), ["pos_1.fa", "pos_2.fa"]),
        (("man_prom.fa", "man_non_prom.fa", "fly_prom.fa", "fly_nonprom.fa"), ["man_prom.fa", "fly_prom.fa"]),
        (("Eco_prom_train.fa", "Eco_non_prom_train.fa", "Eco_prom_test.fa", "Eco_non_prom_test.fa"),
         ["Eco_prom_train.fa", "Eco_prom_test.fa"]),
        (("enhancer/a.fa", "enhancer/b.fa", "non_coding/c.fa", "non_coding/d.fa"), ["a.fa", "b.fa"]),
    ],
)  # fmt: skip
def test_a_negation_or_words_in_all_names_make_two_classes(
    tmp_path: Path, names: Sequence[str], positives: list[str]
) -> None:
    found = brought(tmp_path, names)
    assert found.info is not None
    assert found.info.task == "binary"
    assert found.table is not None
    sources = found.table.loc[found.table["label"] == 1, "source"]
    assert {str(name).rsplit("/", 1)[-1] for name in sources} == set(positives)


def test_files_of_two_negations_keep_their_names_and_the_doubt(tmp_path: Path) -> None:
    found = brought(tmp_path, ["Ath_non_tata.fa", "Ath_non_prom.fa"])
    assert set(classes(found).values()) == {"non_tata", "non_prom"}
    assert "check this" in next(one.evidence for one in found.findings if one.key == "positive")


def test_which_file_counts_as_1_can_be_chosen(tmp_path: Path) -> None:
    names = ["Eco_prom.fa", "Eco_non_prom.fa"]
    assert box(brought(tmp_path, names), "positive") == ("prom", ["prom", "non_prom"])
    found = brought(tmp_path, names, positive_label="non_prom")
    assert found.info is not None
    assert found.info.label_names == ("prom", "non_prom")
    assert found.table is not None
    assert Counter(found.table["label"]) == {0.0: 12, 1.0: 13}


def test_two_files_are_several_classes_where_a_person_says_so(tmp_path: Path) -> None:
    found = brought(tmp_path, ["Eco_prom.fa", "Eco_non_prom.fa"], task="multiclass")
    assert found.info is not None
    assert found.info.task == "multiclass"
    assert classes(found) == {"Eco_prom.fa": "prom", "Eco_non_prom.fa": "non_prom"}
    found = brought(tmp_path, ["pos_1.fa", "pos_2.fa", "neg.fa"], task="multiclass")
    assert classes(found) == {"pos_1.fa": "pos_1", "pos_2.fa": "pos_2", "neg.fa": "neg"}


def test_three_files_are_two_classes_once_a_person_says_which_count_as_1(tmp_path: Path) -> None:
    found = brought(tmp_path, THREE, task="binary")
    [problem] = found.problems
    assert problem.what == "The files make 3 classes (tata, non_tata, non_prom), and a binary task has two."
    assert "--positive-label" in problem.fix
    value, options = box(found, "positive")
    assert value == ""
    assert "tata;non_tata" in options
    found = brought(tmp_path, THREE, task="binary", positive_label="tata;non_tata")
    assert found.info is not None
    assert found.info.task == "binary"
    assert found.table is not None
    assert Counter(found.table["label"]) == {1.0: 12 + 13, 0.0: 14}
    [wrong] = brought(tmp_path, THREE, task="binary", positive_label="tatta").problems
    assert wrong.what == "There is no class called 'tatta'."
    assert wrong.fix == "Choose of: tata, non_tata, non_prom; several with ; between them."


@pytest.mark.parametrize("choices", [
    {"task": "regression"}, {"task": "multilabel"}, {"task": "regression", "label_column": "(file)"},
    {"task": "multiclass", "label_column": "(none)"}, {"task": "unlabelled", "label_column": "(file)"},
])  # fmt: skip
def test_a_task_that_files_cannot_make_is_refused_in_three_parts(tmp_path: Path, choices: dict[str, str]) -> None:
    found = brought(tmp_path, ["Eco_prom.fa", "Eco_non_prom.fa"], **choices)
    assert found.problems
    assert all(part for problem in found.problems for part in (problem.what, problem.where, problem.fix))
