"""What the Design page says about how far a network sees, for what it answers."""

import pytest
from made_by_hand import make_dataset, make_task

from pages._ui import reach_words
from seqdl_core.anatomy import anatomy_for
from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.runs.fitting import shape_for
from seqdl_core.runs.store import Store


@pytest.fixture
def binary() -> DatasetInfo:
    return make_dataset(Store.default()).info.model_copy(update={"length": 101})


@pytest.fixture
def residues() -> DatasetInfo:
    return make_task(Store.default(), "residues").info.model_copy(update={"length": 1632})


def said(name: str, settings: dict[str, object], info: DatasetInfo) -> tuple[str, str, str]:
    described = anatomy_for(name, settings, shape_for(info))
    badge, _, _ = reach_words.badge(described, info.length)
    return badge, reach_words.told(described, info, "bp"), reach_words.sentence(described, info, "bp")


def test_where_a_score_is_gathered_a_site_counts_wherever_it_is(binary: DatasetInfo) -> None:
    badge, told, sentence = said("cnn", {}, binary)
    assert (badge, told) == ("fits", "46 bp seen by one unit of the last convolution")
    assert "lets a site count wherever it is" in sentence


def test_where_each_position_has_a_score_nothing_is_gathered(residues: DatasetInfo) -> None:
    badge, told, sentence = said("cnn", {}, residues)
    assert (badge, told) == ("narrow for your sequences", "25 bp count for each position")
    assert "wherever it is" not in sentence
    assert "depends on the 25 bp around it; what lies farther away does not count" in sentence
    assert "convolution" not in said("linear", {"features": "letters"}, residues)[1]


def test_a_network_that_weighs_places_is_said_to_know_them(binary: DatasetInfo) -> None:
    badge, told, sentence = said("cnn", {}, binary.model_copy(update={"directed": True}))
    assert badge == "whole sequence"
    assert told == "46 bp by convolutions alone, then all"
    assert sentence.endswith("A dense layer has a weight for each place, so the score depends on all of it.")


def test_too_little_and_too_much_are_warned_of(binary: DatasetInfo) -> None:
    long, short = (binary.model_copy(update={"length": length}) for length in (1000, 30))
    assert said("cnn", {"blocks": 0}, long)[0] == "narrow for your sequences"
    badge, _, sentence = said("cnn", {}, short)
    assert badge == "wider than your sequences"
    assert "more than your sequences have" in sentence


_ANSWERS = {"multiclass": "softmax", "multilabel": "sigmoid each", "regression": "value",
            "residues": "softmax at each position"}  # fmt: skip


@pytest.mark.parametrize(("task", "answer"), _ANSWERS.items())
def test_the_output_names_what_becomes_of_the_raw_score(task: str, answer: str) -> None:
    assert reach_words.answer(make_task(Store.default(), task).info) == answer  # type: ignore[arg-type]
