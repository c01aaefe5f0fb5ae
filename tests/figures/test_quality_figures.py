"""Figures of the Quality page: what is drawn, in which colour, names as text."""

import numpy as np
import pytest

from seqdl_core.figures.palette import DARK, LIGHT
from seqdl_core.figures.quality import balance_bars, class_colours, composition_bars, histogram, letters_by_position

EDGES = np.array([0.0, 0.5, 1.0])
COUNTS = np.array([[3, 1], [0, 8]])


def words(figure: object) -> str:
    return " | ".join(str(note.text) for note in figure.layout.annotations)  # type: ignore[attr-defined]


def test_a_histogram_compares_shares_and_draws_medians() -> None:
    figure = histogram(EDGES, COUNTS, ("off", "on"), LIGHT, title="GC", medians=np.array([0.2, 0.8]), percent=True)
    assert figure.data[0].y.tolist() == [0.75, 0.75, 0.25, 0.25]
    assert figure.data[1].y.tolist() == [0, 0, 1, 1]
    assert figure.data[0].x.tolist() == [0, 0.5, 0.5, 1]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.2, 0.8]
    assert "on (median 80 %)" in words(figure)
    assert [trace.line.color for trace in figure.data] == list(class_colours(2, LIGHT))


def test_the_key_stands_above_the_axis_title_inside_the_figure() -> None:
    names = [f"a class with a long name {number}" for number in range(6)]
    for number in (2, 6):
        counts = np.tile(COUNTS, (number // 2, 1))
        figure = histogram(EDGES, counts, names[:number], LIGHT, title="GC", medians=np.full(number, 0.4), percent=True)
        (key,) = (note for note in figure.layout.annotations if "■" in note.text)
        (title,) = (note for note in figure.layout.annotations if note.text == "share of rows")
        assert key.yshift >= title.yshift + 18
        assert figure.layout.margin.t >= key.yshift + 18 * (key.text.count("<br>") + 1) - 6
        assert figure.layout.height - figure.layout.margin.t == 260 - 40
    assert key.text.count("<br>") >= 2


def test_an_empty_histogram_is_an_empty_frame() -> None:
    assert not histogram(EDGES, np.zeros((1, 2), int), ("all",), DARK, title="length").data


def test_the_unknown_letter_is_drawn_where_there_is_one() -> None:
    shares = np.array([[0.5, 0.5, 0.0], [0.2, 0.7, 0.1]])
    assert composition_bars(shares, "ACN", ("off", "on"), LIGHT).data[0].x == ("A", "C", "N")
    assert composition_bars(shares[:1], "ACN", ("off",), LIGHT).data[0].x == ("A", "C")


def test_letters_keep_their_colours_and_stand_at_the_end_of_their_lines() -> None:
    shares = np.full((4, 10), 0.25)
    figure = letters_by_position(shares, "ACGT", LIGHT, name="on")
    assert [trace.line.color for trace in figure.data] == [LIGHT.bases[letter] for letter in "ACGT"]
    ends = sorted((note.y, note.text) for note in figure.layout.annotations if note.text.startswith("<b>"))
    assert len(ends) == 4
    assert np.diff([level for level, _ in ends]).min() > 0.01
    assert figure.data[0].x[0] == 1


def test_twenty_letters_are_rows_of_a_map_as_far_as_positions_are_known() -> None:
    shares = np.full((20, 5), 0.05)
    shares[:, 4] = np.nan
    (drawn,) = letters_by_position(shares, "ACDEFGHIKLMNPQRSTVWY", LIGHT).data
    assert drawn.type == "heatmap"
    assert drawn.z.shape == (20, 4)
    assert drawn.x.tolist() == [1, 2, 3, 4]
    assert "".join(drawn.y) == "ACDEFGHIKLMNPQRSTVWY"
    assert not [trace for trace in letters_by_position(np.zeros((4, 0)), "ACGT", LIGHT).data if len(trace.x)]


def test_a_class_without_rows_has_no_key() -> None:
    figure = histogram(EDGES, np.vstack([COUNTS, 0 * COUNTS[:1]]), ("off", "on", "nobody"), LIGHT, title="bp")
    assert not [note for note in figure.layout.annotations if "nobody" in note.text]


def test_balance_writes_the_counts() -> None:
    figure = balance_bars(np.array([[1500, 500], [0, 10]]), ("train", "test"), ("off", "on"), LIGHT)
    assert figure.data[0].text == ("1,500", "0")
    assert figure.data[0].x.tolist() == [0.75, 0]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$x$"])
def test_names_of_classes_are_text(name: str) -> None:
    for figure in (
        histogram(EDGES, COUNTS, (name, "on"), LIGHT, title=name),
        composition_bars(np.ones((2, 2)), "AN", (name, "on"), LIGHT),
        balance_bars(COUNTS, (name, "test"), (name, "on"), LIGHT),
        letters_by_position(np.ones((1, 3)), "A", LIGHT, name=name),
    ):
        drawn = figure.to_json()
        assert name not in drawn
        assert "\\u003cscript" not in drawn
