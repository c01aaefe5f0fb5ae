"""A label that a person names as the positive one: of two, of many, of files, and where a task has none."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.importing import import_files, inspect
from seqdl_core.data.inspection import Inspection
from seqdl_core.data.large.streaming import import_large
from seqdl_core.sequences.alphabets import DNA

_RNG = np.random.default_rng(11)
PLAIN = [DNA.decode(row) for row in _RNG.integers(0, 4, (60, 40)).astype(np.uint8)]
CLASSES = ("acceptor", "donor", "neither")


def splices(folder: Path, column: str = "site") -> Path:
    path = folder / "splices.csv"
    rows = [f"{sequence},{CLASSES[row % 3]},{row / 7:.3f}" for row, sequence in enumerate(PLAIN)]
    path.write_text("\n".join([f"sequence,{column},strength", *rows]) + "\n")
    return path


def read(path: Path, **choices: str) -> Inspection:
    return inspect([path], ImportChoices.model_validate({"label_column": "site", **choices}))


def box(found: Inspection) -> tuple[str, str, str, list[str]]:
    [one] = [one for one in found.findings if one.key == "positive"]
    return one.sentence, one.evidence, one.value, [value for value, _ in one.options]


@pytest.mark.parametrize("task", ["auto", "binary"])
def test_a_positive_label_makes_two_classes_of_three(tmp_path: Path, task: str) -> None:
    found = read(splices(tmp_path), positive_label="donor", task=task)
    assert not found.problems
    assert found.info is not None
    assert (found.info.task, found.info.label_names) == ("binary", ("acceptor;neither", "donor"))
    assert found.table is not None
    truth = {sequence: float(CLASSES[row % 3] == "donor") for row, sequence in enumerate(PLAIN)}
    assert dict(zip(found.table["sequence"], found.table["label"], strict=True)) == truth
    sentence, evidence, value, options = box(found)
    assert (sentence, evidence) == ("donor counts as 1.", "As chosen; acceptor and neither count as 0")
    assert (value, options) == ("donor", ["donor", "acceptor", "neither"])
    assert [one.sentence for one in found.findings if one.key == "task"] == ["Binary task."]


def test_several_labels_may_be_positive_together(tmp_path: Path) -> None:
    found = read(splices(tmp_path), positive_label="donor; acceptor")
    assert found.table is not None
    assert Counter(found.table["label"]) == {1.0: 40, 0.0: 20}
    assert box(found)[1] == "As chosen; neither counts as 0"


@pytest.mark.parametrize(
    ("wanted", "what", "fix"),
    [
        (
            "doner",
            "There is no label called 'doner'.",
            "Choose of: acceptor, donor, neither; several with ; between them.",
        ),
        (
            "acceptor;donor;neither",
            "All labels are chosen as the positives.",
            "Leave at least one out, which counts as 0.",
        ),
    ],
)
def test_what_is_no_choice_is_refused_in_three_parts(tmp_path: Path, wanted: str, what: str, fix: str) -> None:
    [problem] = read(splices(tmp_path), positive_label=wanted).problems
    assert problem.parts() == {"what": what, "where": "site", "fix": fix}


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"task": "multiclass"}, "several classes"),
        ({"label_column": "strength"}, "numbers"),
        ({"label_column": "", "task": "unlabelled"}, "none at all"),
    ],
)
def test_a_task_without_a_positive_label_does_not_ignore_one(
    tmp_path: Path, choices: dict[str, str], said: str
) -> None:
    found = read(splices(tmp_path), **{"positive_label": "donor", **choices})
    [problem] = found.problems
    assert problem.what == f"'donor' is chosen as the label that counts as 1, and the labels are read as {said}."
    assert problem.where
    assert "--positive-label" in problem.fix
    assert found.info is None


def test_two_classes_asked_of_three_are_a_question_with_an_answer(tmp_path: Path) -> None:
    found = read(splices(tmp_path), task="binary")
    assert "`--positive-label`" in found.problems[0].fix
    sentence, evidence, value, options = box(found)
    assert (sentence, value) == ("Which classes count as 1 is open.", "")
    assert evidence == "3 classes: acceptor, donor and neither"
    for answer in options[1:]:
        answered = read(splices(tmp_path), task="binary", positive_label=answer)
        assert answered.table is not None
        assert answered.table["label"].sum() == 20 * (1 + answer.count(";"))


def test_files_of_three_classes_are_two_without_naming_the_task(tmp_path: Path) -> None:
    files = []
    for number, name in enumerate(("liver", "heart", "brain")):
        files.append(tmp_path / f"{name}.fa")
        files[-1].write_text("".join(f">s{row}\n{PLAIN[row]}\n" for row in range(number, 60, 3)))
    found = inspect(files, ImportChoices(positive_label="heart"))
    assert not found.problems
    assert found.info is not None
    assert found.info.task == "binary"
    assert found.table is not None
    assert Counter(found.table["label"]) == {1.0: 20, 0.0: 40}


def test_a_large_table_is_read_the_same_way(tmp_path: Path) -> None:
    path, choices = splices(tmp_path), ImportChoices(label_column="site", positive_label="neither")
    plain, large = (
        import_files([path], tmp_path / "plain", choices, "x"),
        import_large(path, tmp_path / "l", choices, "x"),
    )
    assert large.hash == plain.hash
    assert large.info.label_names == ("acceptor;donor", "neither")
