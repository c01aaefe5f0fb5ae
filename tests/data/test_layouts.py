"""What people hold, in small: each layout is read right with no edit, or asks for the one thing it does not tell."""

from pathlib import Path

import pytest

from benchmarks._layouts import LAYOUTS, SHARED, Layout, judge, judge_layout
from benchmarks._layouts_field import field_layouts

FIELD = field_layouts()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_is_read_right(layout: Layout, tmp_path: Path) -> None:
    judged = judge_layout(layout, tmp_path)
    assert (judged.result, judged.why) == ("right", "")


@pytest.mark.parametrize("layout", FIELD, ids=lambda layout: layout.name)
def test_a_layout_by_another_hand_is_read_right(layout: Layout, tmp_path: Path) -> None:
    judged = judge_layout(layout, tmp_path)
    assert (judged.result, judged.why) == ("right", "")


def test_layouts_by_another_hand_are_many_and_few_ask() -> None:
    assert len({layout.name for layout in FIELD}) == len(FIELD) >= 150
    assert sum("form" in layout.answer for layout in FIELD) <= len(FIELD) / 8


def test_a_wrong_value_of_the_first_row_is_seen(tmp_path: Path) -> None:
    layout = next(one for one in FIELD if one.answer.get("task") == "regression" and "first" in one.answer)
    files = layout.write(tmp_path)
    sequence, value = layout.answer["first"]
    assert judge("x", files, {"first": (sequence, value)}).result == "right"
    assert judge("x", files, {"first": (sequence, float(value) * 10)}).result == "wrong"
    assert judge("x", files, {"first": (sequence[::-1], value)}).result == "wrong"
    assert judge("x", files, {"official": True}).result == "wrong"


def test_there_are_enough_layouts_and_few_ask() -> None:
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS) >= 60
    asking = [layout for layout in LAYOUTS if "form" in layout.answer]
    assert len(asking) < len(LAYOUTS) / 4


def test_a_wrong_answer_is_seen(tmp_path: Path) -> None:
    files = LAYOUTS[0].write(tmp_path)
    assert judge("x", files, {"task": "regression"}).result == "wrong"
    assert judge("x", files, {"form": "label_column"}).result == "wrong"
    assert judge("x", files, {"refused": "sequences"}).result == "wrong"


@pytest.mark.slow
@pytest.mark.parametrize(("name", "files", "answer"), SHARED, ids=[name for name, _, _ in SHARED])
def test_the_shared_data_are_read_right(
    shared_data: Path, name: str, files: list[str], answer: dict[str, object]
) -> None:
    judged = judge(name, [shared_data / "data" / file for file in files], answer)
    assert (judged.result, judged.why) == ("right", "")
