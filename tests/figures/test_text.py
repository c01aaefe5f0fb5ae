"""Text from people is data everywhere; numbers are written the way the field writes them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqdl_core.figures import text

HOSTILE = ["<script>alert(1)</script>", "$x$", "[a](javascript:alert(1))", ":red[x]", "**b**", "`c`", "# h", "![i](u)"]


@pytest.mark.parametrize("name", HOSTILE)
def test_markdown_leaves_no_markup_standing(name: str) -> None:
    bare = re.sub(r"\\.", "", text.markdown(name))
    assert not set(bare) & set("<>$[]()`*_#!|~:\\")


@given(st.text())
def test_markdown_shows_every_visible_letter_in_order(name: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", text.markdown(name)).replace("\u2060", "")
    assert shown == text.one_line(name).replace("\u2060", "")


def test_markdown_parts_icons_emoji_and_addresses_that_no_backslash_stops() -> None:
    for name in (":material/home:", ":tada:", "https://evil.example", "www.evil.example", "me@evil.example", "a -> b"):
        assert "\u2060" in text.markdown(name), name
    assert text.markdown("chr1:5-105") == r"chr1\:5\-105"


def test_plotly_sees_neither_tags_nor_mathematics() -> None:
    assert text.plotly("<b>$x$</b> & co") == "&lt;b&gt;&#36;x&#36;&lt;/b&gt; &amp; co"


def test_svg_attributes_cannot_be_left() -> None:
    assert text.xml('"><script>') == "&quot;&gt;&lt;script&gt;"


def test_control_characters_and_direction_overrides_do_not_reach_the_screen() -> None:
    assert text.one_line("a\nb\x00c\u202ed") == "a b c d"
    assert text.one_line("abcdefghijklmnopqrstuvwxyz", longest=11) == "abcdef…wxyz"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.score(0.9561), "0.956"),
        (text.score(-3.034, 2), "−3.03"),
        (text.score(-0.0001, 2), "0.00"),
        (text.score(None), "–"),
        (text.score(float("nan")), "–"),
        (text.signed(0.0114), "+0.011"),
        (text.signed(-0.5, 1), "−0.5"),
        (text.signed(0.0), "0.000"),
        (text.interval(0.944, 0.967), "[0.944, 0.967]"),
        (text.interval(None, None), ""),
        (text.small(3.2e-6), "3×10⁻⁶"),
        (text.small(0.0042), "0.0042"),
        (text.small(0.0), "<10⁻³⁰⁰"),
        (text.count(5084), "5,084"),
        (text.percent(0.574), "57 %"),
        (text.size(205_000), "205 kB"),
        (text.size(999), "999 bytes"),
        (text.size(1_500_000), "1.5 MB"),
        (text.size(999_999), "1.0 MB"),
        (text.duration(41), "41 s"),
        (text.duration(66), "1.1 min"),
        (text.duration(59.7), "1.0 min"),
        (text.duration(12_000), "3 h 20 min"),
        (text.plural(1, "file"), "1 file"),
        (text.plural(5084, "sequence"), "5,084 sequences"),
        (text.plural(2, "match", "matches"), "2 matches"),
    ],
)
def test_numbers_read_as_the_field_writes_them(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("spread", "digits"), [(1.4, 2), (0.02, 4), (5000, 0), (100, 0), (99, 1), (1e-12, 9), (0, 3), (float("nan"), 3)]
)
def test_decimals_tell_values_of_a_spread_apart(spread: float, digits: int) -> None:
    assert text.decimals(spread) == digits


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [(-0.537, 2, "−0.54"), (12345.6, 0, "12,346"), (-0.001, 2, "0.00"), (None, 2, "–"), (float("nan"), 2, "–")],
)
def test_a_quantity_has_a_true_minus_and_thousands(value: float | None, digits: int, told: str) -> None:
    assert text.quantity(value, digits) == told


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "b", "a"], ["a (1)", "b", "a (2)"]),
        (["a", "a", "a (1)"], ["a (2)", "a (3)", "a (1)"]),
        ([], []),
    ],
)
def test_labels_that_are_alike_get_numbers(labels: list[str], told: list[str]) -> None:
    assert text.told_apart(labels) == told


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.1, 0.9, "under 1 s"),
        (0.2, 2.2, "under 2 s"),
        (4, 12, "4 to 12 s"),
        (1.1, 1.3, "1 s"),
        (40, 114, "0.7 to 1.9 min"),
        (6420, 18180, "1.8 to 5.0 h"),
        (141180, 446400, "1.6 to 5.2 days"),
    ],
)
def test_a_span_has_one_unit(low: float, high: float, told: str) -> None:
    assert text.span(low, high) == told
