"""Logos: heights are information, letters are drawn in the theme's colours, and nothing but letters is drawn."""

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest

from seqdl_core.figures.logo import motif_logo
from seqdl_core.figures.palette import DARK, LIGHT
from seqdl_core.sequences.motifs import jaspar

NAMESPACE = "{http://www.w3.org/2000/svg}"


def letters(svg: str) -> list[tuple[str, float, float, float]]:
    """Colour, left, top and height of each letter, the tallest of a position first."""
    found = []
    for path in ElementTree.fromstring(svg).iter(f"{NAMESPACE}path"):
        if "fill" in path.attrib:
            numbers = np.array(re.findall(r"-?[\d.]+", path.attrib["d"]), float).reshape(-1, 2)
            (left, top), (_, bottom) = numbers.min(0), numbers.max(0)
            found.append((path.attrib["fill"], round(float(left)), float(top), float(bottom - top)))
    return sorted(found, key=lambda letter: (letter[1] // 20, letter[2]))


def test_heights_are_probability_times_information() -> None:
    svg = motif_logo("ACGT", ((1, 0, 0, 0), (0.5, 0.5, 0, 0), (0.25, 0.25, 0.25, 0.25)), 0, "light")
    drawn = letters(svg)
    assert [colour for colour, *_ in drawn] == [LIGHT.bases["A"], LIGHT.bases["A"], LIGHT.bases["C"]]
    assert [height for *_, height in drawn] == pytest.approx([80, 20, 20])
    assert [top for *_, top, _ in drawn] == pytest.approx([0, 40, 60])
    assert drawn[0][1] < drawn[1][1] == drawn[2][1]


def test_few_sites_lower_the_letters() -> None:
    (letter,) = letters(motif_logo("ACGT", ((1, 0, 0, 0),), 10, "light"))
    assert letter[3] == pytest.approx(40 * (2 - 3 / (2 * np.log(2) * 10)), rel=1e-3)


def test_the_theme_gives_the_colours() -> None:
    (dark,) = letters(motif_logo("ACGU", ((0, 0, 0, 1),), 0, "dark"))
    assert dark[0] == DARK.bases["T"]
    protein = motif_logo("ACDEFGHIKLMNPQRSTVWY", np.eye(20).tolist(), 0, "dark")
    assert len(letters(protein)) == 20
    assert DARK.bases["G"] not in protein


def test_logos_of_a_page_have_letters_of_one_size() -> None:
    boxes = [
        ElementTree.fromstring(motif_logo("ACGT", np.full((width, 4), 0.25).tolist(), 0, "light")).attrib["viewBox"]
        for width in (1, 9, 16, 24)
    ]
    assert boxes == ["0 0 320 80", "0 0 320 80", "0 0 320 80", "0 0 480 80"]


def test_a_logo_is_small_and_safe_in_threads() -> None:
    motif = jaspar("REST")
    ask = ("ACGT", motif.probabilities.tolist(), motif.sites, "light")
    first = motif_logo(*ask)
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: motif_logo(*ask), range(12)))
    assert set(drawn) == {first}
    assert len(first) < 20_000
    assert f'aria-label="{motif.consensus}"' in first
