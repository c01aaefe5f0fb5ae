"""The contrast table of the two themes, computed from the tokens, and the theme file that repeats them."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from seqdl_core.figures.palette import DARK, LIGHT, Palette, contrast, mix, palette_for

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())["theme"]
both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def test_contrast_of_black_on_white_is_21_and_of_a_colour_on_itself_1() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#5546B8", "#5546B8") == 1


def test_contrast_agrees_with_a_published_pair() -> None:
    # WCAG's own example of the smallest grey that passes on white: #767676 has 4.54.
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@both
@pytest.mark.parametrize("name", ["text", "muted", "faint", "accent", "loss", "green", "amber", "red"])
def test_text_colours_reach_4_5_on_the_page(palette: Palette, name: str) -> None:
    assert contrast(getattr(palette, name), palette.background) >= 4.5


@both
@pytest.mark.parametrize(("ink", "tint"), [("green", "green_soft"), ("amber", "amber_soft"), ("red", "red_soft")])
def test_badges_reach_4_5_on_their_tint(palette: Palette, ink: str, tint: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, tint)) >= 4.5


@both
def test_accent_and_muted_text_stay_readable_on_soft_fills(palette: Palette) -> None:
    assert contrast(palette.accent, palette.accent_soft) >= 4.5
    assert contrast(palette.muted, palette.surface) >= 4.5
    assert contrast("#FFFFFF", palette.primary) >= 4.5


@both
def test_marks_reach_3_and_text_sized_bases_4_5(palette: Palette) -> None:
    assert contrast(palette.reference, palette.background) >= 3.0
    for base in "ACTN":
        assert contrast(palette.bases[base], palette.background) >= 3.0
    for base in "ACGTN":
        assert contrast(palette.base_text[base], palette.background) >= 4.5, base


def test_yellow_g_is_the_known_exception_on_white_and_is_always_drawn_as_a_letter() -> None:
    assert contrast(LIGHT.bases["G"], LIGHT.background) == pytest.approx(1.8, abs=0.05)
    assert contrast(DARK.bases["G"], DARK.background) >= 3.0


@both
def test_the_theme_file_repeats_the_tokens(palette: Palette) -> None:
    theme = THEME[palette.mode]
    expected = {
        "primaryColor": palette.primary,
        "backgroundColor": palette.background,
        "secondaryBackgroundColor": palette.surface,
        "textColor": palette.text,
        "linkColor": palette.accent,
        "borderColor": palette.border,
        "greenColor": palette.green,
        "greenBackgroundColor": palette.green_soft,
        "orangeColor": palette.amber,
        "orangeBackgroundColor": palette.amber_soft,
        "redColor": palette.red,
        "redBackgroundColor": palette.red_soft,
        "violetColor": palette.accent,
        "violetBackgroundColor": palette.accent_soft,
        "grayTextColor": palette.muted,
        "grayColor": palette.faint,
    }
    assert {name: theme[name] for name in expected} == expected
    assert theme["chartCategoricalColors"][:2] == [palette.accent, palette.reference]
    assert theme["chartDivergingColors"][0] == palette.loss
    assert theme["chartDivergingColors"][-1] == palette.accent


def test_both_palettes_name_the_same_letters_and_rna_shares_dnas_colours() -> None:
    assert set(LIGHT.bases) == set(DARK.bases) == set("ACGTUN")
    assert LIGHT.bases["U"] == LIGHT.bases["T"]
    for field in fields(Palette):
        value = getattr(LIGHT, field.name)
        assert field.name == "mode" or not isinstance(value, str) or len(value) == 7


def test_the_palette_follows_the_theme_and_is_light_when_nothing_is_known() -> None:
    assert palette_for("dark") is DARK
    assert palette_for("light") is palette_for(None) is LIGHT


def test_mix_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#FFFFFF", 0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
