"""Matching: known motifs find themselves, random ones find nothing. The first run after installing compiles TOMTOM."""

import dataclasses

import numpy as np
import pytest

from seqdl_core.interpretation.matching import alike, benjamini_hochberg, match_motifs, most_shared_bits, shared_bits
from seqdl_core.sequences.motifs import Motif, jaspar, jaspar_collection


def noisy(motif: Motif, rng: np.random.Generator, sites: int) -> Motif:
    """The motif counted anew from a few sites."""
    counts = np.array([rng.multinomial(sites, column) for column in motif.probabilities]) + 1e-4
    return Motif("noisy", "noisy", counts / counts.sum(1, keepdims=True), sites)


def test_benjamini_and_hochberg_by_hand() -> None:
    np.testing.assert_allclose(benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])), [0.04, 0.16 / 3, 0.16 / 3, 0.5])
    np.testing.assert_allclose(benjamini_hochberg(np.array([0.9, 1.0])), [1.0, 1.0])


def test_shared_bits_of_logos_laid_over_each_other() -> None:
    certain = Motif("a", "a", np.eye(4))
    assert shared_bits(certain, certain, 0) == pytest.approx(8)
    assert shared_bits(certain, certain, 1) == 0  # other letters lie on each other
    assert shared_bits(certain, certain, 4) == shared_bits(certain, certain, -4) == 0
    tail = Motif("b", "b", np.eye(4)[2:])
    assert shared_bits(tail, certain, 2) == pytest.approx(4)
    assert shared_bits(certain, tail, -2) == pytest.approx(4)
    half = Motif("c", "c", np.array([[0.5, 0.5, 0, 0]]))
    assert shared_bits(half, certain, 0) == pytest.approx(0.5)


def test_the_same_motif_is_known_on_either_strand_and_at_any_offset() -> None:
    motif = jaspar("REST")
    inner = dataclasses.replace(motif, probabilities=motif.probabilities[4:14])
    assert most_shared_bits(motif, motif) == pytest.approx(motif.information().sum())
    assert most_shared_bits(inner.reverse_complement(), motif) == pytest.approx(inner.information().sum())
    assert alike(inner.reverse_complement(), motif)
    assert alike(jaspar("ELK1"), jaspar("ETV1"))
    assert not alike(jaspar("ELK1"), jaspar("CTCF"))
    flat = Motif("f", "f", np.full((5, 4), 0.25))
    assert not alike(flat, flat)


@pytest.mark.slow
def test_known_motifs_find_themselves() -> None:
    rng = np.random.default_rng(1)
    names = ["ELK1", "REST", "CTCF", "SP1"]
    asked = [jaspar(name) for name in names]
    exact = match_motifs(asked)
    for motif, matches in zip(asked, exact, strict=True):
        own = next(match for match in matches if match.id == motif.id)
        assert (own.strand, own.offset) == ("+", 0)
        assert own.q < 1e-4
        assert own.shared_bits == pytest.approx(motif.information().sum())
        assert [match.q for match in matches] == sorted(match.q for match in matches)
    turned = match_motifs([motif.reverse_complement() for motif in asked])
    for motif, straight, back in zip(asked, exact, turned, strict=True):
        assert next(match.strand for match in back if match.id == motif.id) == "-"
        assert back[0].p == pytest.approx(straight[0].p, rel=0.5)
    for motif, matches in zip(asked, match_motifs([noisy(motif, rng, 60) for motif in asked]), strict=True):
        assert matches[0].q < 0.01
        assert any(match.family == motif.family and match.q < 0.01 for match in matches)


@pytest.mark.slow
def test_motifs_of_no_protein_find_nothing() -> None:
    rng = np.random.default_rng(2)
    random = [Motif("r", "r", rng.dirichlet(np.full(4, 0.4), size=12), 100) for _ in range(40)]
    # What the gate is for: the columns of a real motif in random order, spread thin. They lie well on flat stretches.
    flat = []
    for motif in jaspar_collection()[:200:5]:
        columns = 0.6 * motif.probabilities[rng.permutation(motif.width)][:, rng.permutation(4)] + 0.1
        flat.append(Motif("s", "s", np.vstack([columns, columns])[:14], 100))
    for motifs in (random, flat):
        found = [match for matches in match_motifs(motifs, largest_q=0.01) for match in matches]
        assert len(found) <= 1


@pytest.mark.slow
def test_what_cannot_be_matched_has_no_match() -> None:
    protein = Motif("p", "p", np.eye(20)[:6], letters="ACDEFGHIKLMNPQRSTVWY")
    narrow = Motif("n", "n", np.eye(4)[:3])
    assert match_motifs([protein, narrow]) == [[], []]
    assert match_motifs([]) == []
    flat = Motif("f", "f", np.full((8, 4), 0.25))
    assert match_motifs([narrow, flat])[1] == []
    assert len(match_motifs([jaspar("ELK1")], most=2)[0]) == 2


def test_rna_is_matched_to_no_dna_motif_and_has_one_strand() -> None:
    rna = dataclasses.replace(jaspar("ELK1"), letters="ACGU")
    assert match_motifs([rna]) == [[]]
    assert alike(rna, rna)
    assert not alike(rna, rna.reverse_complement())
    assert alike(jaspar("ELK1"), jaspar("ELK1").reverse_complement())
