"""Figures from hand-made arrays: what is drawn, in which colour, and that names from people stay names."""

import math

import numpy as np
import pytest

from seqdl_core.figures.brand import logo, mark
from seqdl_core.figures.confusion import confusion_table
from seqdl_core.figures.curves import Curve, precision_recall_curve, roc_curve, training_curves
from seqdl_core.figures.intervals import Measured, interval_plot
from seqdl_core.figures.layers import TALLEST, Block, layer_columns, receptive_field
from seqdl_core.figures.palette import DARK, LIGHT
from seqdl_core.figures.template import rounded, template


def words(figure: object) -> str:
    return " | ".join(str(note.text) for note in figure.layout.annotations)  # type: ignore[attr-defined]


def test_a_curve_carries_its_name_and_last_value_at_its_end() -> None:
    curves = [Curve("validation", [1, 2, 3], [0.5, 0.4, 0.3], "model"), Curve("training", [1, 2, 3], [0.5, 0.3, 0.2])]
    figure = training_curves(curves, LIGHT, title="loss", epochs=20)
    assert "<b>validation 0.300</b>" in words(figure)
    assert "training 0.200" in words(figure)
    assert figure.data[0].line.color == LIGHT.accent
    assert figure.data[1].line.color == LIGHT.reference
    assert figure.layout.xaxis.range == (0, pytest.approx(20.1))
    assert figure.layout.showlegend is None
    assert figure.layout.template.layout.showlegend is False


def test_names_at_the_ends_of_lines_never_lie_on_each_other() -> None:
    same = [Curve(f"line {place}", [1, 2], [0.1, 0.5 + place * 1e-4]) for place in range(4)]
    figure = training_curves(same, LIGHT, title="loss", epochs=2, height=300)
    low, high = figure.layout.yaxis.range
    per_pixel = (high - low) / (300 - 76)
    heights = sorted(note.y / per_pixel + note.yshift for note in figure.layout.annotations if "line" in note.text)
    assert min(np.diff(heights)) >= 16.9


def test_curves_that_are_empty_or_unknown_draw_an_empty_frame() -> None:
    figure = training_curves([Curve("validation", [], [], "model")], LIGHT, title="loss", epochs=20)
    assert figure.layout.yaxis.range == (0, 1)
    nan = training_curves([Curve("validation", [1, 2], [np.nan, np.nan], "model")], LIGHT, title="loss", epochs=20)
    assert "validation" not in words(nan)


def test_roc_has_the_diagonal_and_precision_recall_the_base_rate() -> None:
    curve = Curve("cnn 0.9", [0, 0.5, 1], [0, 0.9, 1], "model")
    roc = roc_curve([curve], DARK)
    assert (roc.layout.shapes[0].x0, roc.layout.shapes[0].y0, roc.layout.shapes[0].x1) == (0, 0, 1)
    pr = precision_recall_curve([curve], DARK, 0.3)
    assert pr.layout.shapes[0].y0 == 0.3
    assert pr.data[0].line.color == DARK.accent


def test_the_interval_plot_puts_the_model_in_accent_with_a_band() -> None:
    rows = [
        Measured("cnn, this model", 0.956, 0.944, 0.967, model=True),
        Measured("6-mer", 0.945, 0.93, 0.955, (0.011, 0.004, 0.019)),
    ]
    figure = interval_plot(rows, LIGHT, title="Test AUROC")
    assert [trace.marker.color for trace in figure.data] == [LIGHT.accent, LIGHT.reference]
    assert figure.data[0].error_x.array[0] == pytest.approx(0.011)
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.944, 0.967)
    assert "+0.011 [0.004, 0.019]" in words(figure)


def test_a_row_without_a_value_says_so_instead_of_drawing_a_point() -> None:
    figure = interval_plot([Measured("PWM", None, None, None)], LIGHT, title="Test AUROC")
    assert not figure.data
    assert "PWM" in words(figure)
    assert "–" in words(figure)


def test_confusion_writes_counts_and_the_share_of_the_row() -> None:
    figure = confusion_table(((441, 59), (52, 448)), ("bound", "unbound"), LIGHT)
    assert "<b>441</b>" in words(figure)
    assert "88 %" in words(figure)
    assert "10 %" in words(figure)
    assert "–" in words(confusion_table(((0, 0), (1, 1)), ("1", "0"), LIGHT))


def test_the_layer_diagram_names_every_layer_with_its_shape() -> None:
    blocks = [
        Block("sequence", "input", "one-hot", 4, 1000),
        Block("conv 15", "conv", "64 filters", 64, 1000),
        Block("attention block", "attention", "8 heads", 64, 250, times=4, vector=512),
        Block("gather", "gather", "all positions", 128, None),
        Block("output", "output", "sigmoid", 1, 100, pairs=True),
    ]
    columns = layer_columns(blocks, LIGHT)
    shapes = ["4 × 1,000", "64 × 1,000", "64 × 250 + 512", "128", "1 × 100²"]
    assert [one["shape"] for one in columns] == shapes
    assert [one["shape"] for one in layer_columns(blocks, LIGHT, compact=True)][:2] == ["4×1,000", "64×1,000"]
    # Height follows positions, width channels, both as their square roots.
    assert columns[1]["tall"] == TALLEST == 2 * columns[2]["tall"]
    assert columns[3]["wide"] == pytest.approx(math.sqrt(2) * columns[1]["wide"], abs=1)
    assert len({one["fill"] for one in columns}) == 4
    assert (columns[0]["fill"], columns[4]["fill"]) == (LIGHT.reference, LIGHT.text)


def test_two_diagrams_side_by_side_have_one_scale() -> None:
    small, large = [Block("conv", "conv", "", 16, 100)], [Block("conv", "conv", "", 64, 400)]
    (first,), (second,) = layer_columns(small, LIGHT, beside=large), layer_columns(large, LIGHT, beside=small)
    assert (first["tall"] * 2, first["wide"] * 2) == (second["tall"], second["wide"])


def test_the_receptive_field_never_leaves_the_sequence() -> None:
    figure = receptive_field(400, 101, "bp", LIGHT)
    assert "L 100" in figure.layout.shapes[1].path
    assert "400 bp" in words(figure)
    filters = receptive_field(46, 100, "bp", LIGHT, filter_width=15, told="46 bp count")
    assert "one filter, 15 bp" in words(filters)
    assert "46 bp count" in words(filters)
    assert filters.layout.shapes[2].path.startswith("M 42.5")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$x$", '<a href="javascript:1">x</a>'])
def test_names_in_figures_are_text(name: str) -> None:
    figures = [
        training_curves([Curve(name, [1, 2], [0, 1])], LIGHT, title=name, epochs=2),
        roc_curve([Curve(name, [0, 1], [0, 1])], LIGHT),
        interval_plot([Measured(name, 0.5, 0.4, 0.6)], LIGHT, title=name),
        confusion_table(((1, 1), (1, 1)), (name, name), LIGHT),
    ]
    for figure in figures:
        drawn = figure.to_json()
        assert name not in drawn
        assert "\\u003cscript" not in drawn
        assert "<script" not in drawn
        assert "<a " not in drawn


def test_the_template_has_no_box_and_horizontal_lines_only() -> None:
    layout = template(LIGHT).layout
    assert layout.xaxis.showgrid is False
    assert layout.yaxis.showgrid is True
    assert layout.yaxis.gridcolor == LIGHT.faint_border
    assert "Source Sans" in layout.font.family


def test_round_corners_are_never_larger_than_the_box() -> None:
    assert rounded(0, 0, 1, 1, 5, 5).startswith("M 0.5,0 L 0.5,0")


def test_the_sign_is_drawn_without_any_font_or_address() -> None:
    for palette in (LIGHT, DARK):
        for svg in (logo(palette), mark(palette)):
            assert "<text" not in svg
            assert svg.count("http") == 1  # the namespace
            assert palette.bases["A"] in svg
