"""Motif sites before and after an edit, against exhaustive enumeration."""

from itertools import product

import numpy as np
import pytest

from seqdl_core.sequences.motifs import Motif
from seqdl_core.variants.sites import compare_sites, site_p_values

PROBABILITIES = np.array([[0.7, 0.1, 0.1, 0.1], [0.05, 0.8, 0.1, 0.05], [0.1, 0.1, 0.7, 0.1], [0.1, 0.1, 0.2, 0.6]])
MOTIF = Motif("M1", "toy", PROBABILITIES, sites=100)
WIDE = Motif("M2", "wide", np.vstack([PROBABILITIES] * 2), sites=100)


def test_p_values_are_those_of_counting_all_words() -> None:
    weights = np.round(MOTIF.log_odds() * 100)
    of_word = {word: sum(weights[i]["ACGT".index(c)] for i, c in enumerate(word)) for word in product("ACGT", repeat=4)}
    for word in ("ACGT", "TTTT", "ACGA", "GCGT"):
        exact = sum(score >= of_word[tuple(word)] for score in of_word.values()) / 256
        assert site_p_values(MOTIF, word) == pytest.approx([exact])


def test_the_best_word_has_the_smallest_p_and_unknown_letters_are_never_a_site() -> None:
    assert site_p_values(MOTIF, "ACGT")[0] == pytest.approx(1 / 256)
    assert site_p_values(MOTIF, "ACNT")[0] == 1.0
    assert len(site_p_values(MOTIF, "ACG")) == 0


def test_an_edit_loses_a_site_and_another_makes_one() -> None:
    site, plain = "ACGTACGT", "TTTTTTTT"
    lost = compare_sites([WIDE], f"AAA{site}AAA", f"AAA{plain}AAA")
    assert [(one.start, one.end, one.status) for one in lost] == [(3, 11, "lost")]
    gained = compare_sites([WIDE], f"AAA{plain}AAA", f"AAA{site}AAA")
    assert [one.status for one in gained] == ["gained"]
    assert gained[0].p_after < 1e-4 <= gained[0].p_before


def test_an_untouched_site_is_kept_and_both_strands_are_searched_once() -> None:
    kept = compare_sites([WIDE], "AAAACGTACGTAAA", "AAAACGTACGTAAC")
    assert [(one.status, one.strand) for one in kept] == [("kept", "+")]  # the word is its own reverse complement
    other = Motif("M3", "one strand", np.array([[0.97, 0.01, 0.01, 0.01]] * 8), sites=100)
    minus = compare_sites([other], "CCCTTTTTTTTCCC", "CCCTTTTTTTTCCC")
    assert [(one.strand, one.start) for one in minus] == [("-", 3)]


def test_without_motifs_there_are_no_sites() -> None:
    assert compare_sites([], "ACGT", "ACGT") == []


def test_of_relatives_at_one_place_only_the_strongest_is_told() -> None:
    weaker = Motif("M3", "relative", 0.9 * WIDE.probabilities + 0.025, sites=100)
    sequence = "AAAACGTACGTAAA"
    alone = compare_sites([WIDE], sequence, sequence)
    assert len(compare_sites([weaker], sequence, sequence)) == 1
    both = compare_sites([weaker, WIDE], sequence, sequence)
    assert len(both) == 1
    assert (both[0].start, both[0].status) == (alone[0].start, "kept")
