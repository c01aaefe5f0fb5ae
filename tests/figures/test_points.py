"""Measured against predicted, the grid of several classes and the line of values, from hand-made arrays."""

import numpy as np
import pytest

from seqdl_core.figures.confusion import confusion_grid
from seqdl_core.figures.palette import DARK, LIGHT
from seqdl_core.figures.points import agreement_plot, spread_plot
from seqdl_core.figures.scales import value_scale


def words(figure: object) -> str:
    return " | ".join(str(note.text) for note in figure.layout.annotations)  # type: ignore[attr-defined]


def test_measured_goes_right_predicted_up_and_the_line_is_the_identity() -> None:
    figure = agreement_plot([1.0, 3.0], [2.0, 2.5], LIGHT, name="strength")
    (dots,) = figure.data
    assert (list(dots.x), list(dots.y)) == ([1, 3], [2, 2.5])
    assert dots.marker.color == LIGHT.accent
    (line,) = figure.layout.shapes
    assert (
        (line.x0, line.x1) == (line.y0, line.y1) == tuple(figure.layout.xaxis.range) == tuple(figure.layout.yaxis.range)
    )
    assert line.x0 == pytest.approx(1 - 0.08)
    assert figure.layout.xaxis.title.text == "measured strength"
    assert "predicted strength" in words(figure)


def test_values_that_are_all_the_same_or_none_still_have_axes() -> None:
    assert agreement_plot([2.0, 2.0], [2.0, 2.0], DARK, name="x").layout.xaxis.range == (1.5, 2.5)
    assert agreement_plot([], [], DARK, name="x").layout.xaxis.range == (0, 1)
    assert not spread_plot([], [], DARK, name="x").data


def test_both_spreads_are_shares_of_the_same_bins() -> None:
    figure = spread_plot([0.0, 0.0, 0.0, 10.0], [5.0, 5.0, 5.0, 5.0], LIGHT, name="strength")
    measured, predicted = figure.data
    assert list(measured.x) == list(predicted.x)
    assert max(measured.y) == 0.75
    assert max(predicted.y) == 1
    assert [line.x0 for line in figure.layout.shapes] == [0, 5]


def test_the_grid_tints_by_the_share_of_the_row_and_writes_the_counts() -> None:
    figure = confusion_grid(((8, 2, 0), (0, 5, 5), (0, 0, 0)), ["1", "2", "3"], LIGHT)
    (grid,) = figure.data
    np.testing.assert_allclose(grid.z, [[0.8, 0.2, 0], [0, 0.5, 0.5], [0, 0, 0]])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "category"  # names that are numbers stay names
    assert words(figure).split(" | ")[:4] == ["8", "2", "0", "0"]


def test_names_cut_to_the_same_text_keep_rows_of_their_own() -> None:
    names = [f"a_very_long_name_of_a_class_{middle}_and_its_end" for middle in ("x", "y")]
    (grid,) = confusion_grid(((1, 0), (0, 1)), names, LIGHT).data
    assert len(set(grid.x)) == 2


def test_many_classes_are_told_by_tint_alone() -> None:
    figure = confusion_grid(np.eye(30, dtype=int).tolist(), [str(place) for place in range(30)], LIGHT)
    assert words(figure) == "class"


def test_a_value_stands_between_the_ends_or_beside_them() -> None:
    figure = value_scale(2.0, 6.0, (1.0, 5.0), LIGHT, digits=1, over="held-out")
    (dots,) = figure.data
    assert list(dots.x) == [0.25, 1.25]
    assert list(dots.marker.color) == [LIGHT.reference, LIGHT.accent]
    low, high = figure.layout.xaxis.range
    assert low < 0
    assert high > 1.25
    assert words(figure) == "1.0 | 5.0 | held-out"
    lowered = value_scale(4.0, 2.0, (1.0, 5.0), LIGHT, digits=1, over="held-out")
    assert lowered.layout.shapes[1].fillcolor == LIGHT.loss
    assert list(value_scale(3.0, 3.0, (3.0, 3.0), LIGHT, digits=1, over="").data[0].x) == [0, 0]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$x$", '<a href="javascript:1">x</a>'])
def test_names_are_text(name: str) -> None:
    figures = [
        agreement_plot([0.0, 1.0], [0.0, 1.0], LIGHT, name=name),
        spread_plot([0.0, 1.0], [0.0, 1.0], LIGHT, name=name),
        confusion_grid(((1, 0), (0, 1)), [name, "b"], LIGHT),
        value_scale(0.0, 1.0, (0.0, 1.0), LIGHT, digits=1, over=name),
    ]
    for figure in figures:
        drawn = figure.to_json()
        assert name not in drawn
        assert "\\u003cscript" not in drawn
        assert "<script" not in drawn
        assert "<a " not in drawn
