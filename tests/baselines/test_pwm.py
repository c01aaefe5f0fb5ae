"""The PWM: its score by brute force, the motif it discovers, and the choice between that and a JASPAR motif."""

from collections.abc import Callable

import numpy as np
import pytest

from seqdl_core.baselines import TrainingSet
from seqdl_core.baselines._discovery import discover, enriched_words
from seqdl_core.baselines.pwm import fit, letter_frequencies, pwm
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.predict import scores
from seqdl_core.sequences.alphabets import DNA, PROTEIN, RNA, encode_all, reverse_complement
from seqdl_core.sequences.motifs import Motif, jaspar

EVEN = np.full(4, 0.25)
Plant = Callable[..., TrainingSet]


def best_by_hand(sequence: str, odds: np.ndarray) -> float:
    """Every place on every strand, letter by letter; N adds nothing."""
    width, found = len(odds), []
    for strand in (sequence, sequence.translate(str.maketrans("ACGTN", "TGCAN"))[::-1]):
        for start in range(len(strand) - width + 1):
            window = strand[start : start + width]
            found.append(sum(odds[at]["ACGT".index(letter)] for at, letter in enumerate(window) if letter != "N"))
    return max(found)


def random_motif(width: int, seed: int) -> Motif:
    rows = np.random.default_rng(seed).dirichlet(np.full(4, 0.3), width)
    return Motif("found", "found", rows, 50)


@pytest.mark.parametrize("width", [1, 5, 12])
def test_the_score_is_the_best_place_on_either_strand(width: int) -> None:
    rng = np.random.default_rng(width)
    sequences = ["".join(rng.choice(list("ACGTN"), 25, p=[0.24] * 4 + [0.04])) for _ in range(30)]
    motif, background = random_motif(width, 1), np.array([0.3, 0.2, 0.2, 0.3])
    rows = (motif.probabilities * 50 + background) / 51
    expected = [best_by_hand(sequence, np.log2(rows / background)) for sequence in sequences]
    found = scores(pwm(motif, DNA, background), encode_all(sequences, DNA))[:, 0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_rna_is_read_on_one_strand_only() -> None:
    motif = Motif("found", "found", np.array([[0.97, 0.01, 0.01, 0.01]] * 3), 100)
    a, u = scores(pwm(motif, RNA, EVEN), encode_all(["AAA", "UUU"], RNA))[:, 0]
    assert a > 5
    assert u < -5


def test_a_sequence_shorter_than_the_motif_is_laid_inside_it() -> None:
    motif = Motif("found", "found", np.array([[0.97, 0.01, 0.01, 0.01], EVEN, [0.01, 0.01, 0.97, 0.01]]), 100)
    model = pwm(motif, DNA, EVEN)
    single = float(np.log2((0.97 * 100 + 0.25) / 101 / 0.25))
    found = scores(model, encode_all(["A", "G", "N"], DNA))[:, 0]
    np.testing.assert_allclose(found, [single, single, 0], atol=1e-5)


def test_letter_frequencies_are_those_of_both_strands() -> None:
    codes = encode_all(["AAAAAN", "AAAGNN"], DNA)
    # A 8, G 1 and one pseudocount each: 9, 1, 2, 1; with the other strand A = T = 10 and C = G = 3 of 26.
    np.testing.assert_allclose(letter_frequencies(codes, DNA), np.array([10, 3, 3, 10]) / 26)
    np.testing.assert_allclose(letter_frequencies(codes, RNA), np.array([9, 1, 2, 1]) / 13)


def test_the_planted_words_are_the_most_enriched(planted: Plant) -> None:
    training = planted(300, 40, 1)
    words = enriched_words(training.codes[:300], training.codes[300:], 8, DNA)
    best = DNA.decode(words[0].astype(np.uint8))
    assert best in ("CCGGAAGT", "ACTTCCGG")


def test_seeds_are_not_alike(planted: Plant) -> None:
    training = planted(300, 40, 1)
    words = enriched_words(training.codes[:300], training.codes[300:], 6, DNA)
    spelled = [DNA.decode(word.astype(np.uint8)) for word in words]
    assert len(set(spelled)) == len(words) == 4
    inside = {"CCGGAAGT"[start : start + 6] for start in range(3)} | {
        "ACTTCCGG"[start : start + 6] for start in range(3)
    }
    assert len(inside & set(spelled)) == 1


def test_discovery_recovers_a_planted_jaspar_motif() -> None:
    """Sites drawn from ELK1's matrix on either strand in three of four positives; found again column by column."""
    truth, rng, length = jaspar("MA0028.3"), np.random.default_rng(7), 60
    codes = rng.integers(0, 4, (1200, length)).astype(np.uint8)
    for row in range(450):
        letters = np.array([rng.choice(4, p=column) for column in truth.probabilities], np.uint8)
        site = reverse_complement(letters[None], DNA)[0] if rng.random() < 0.5 else letters
        place = rng.integers(0, length - truth.width + 1)
        codes[row, place : place + truth.width] = site
    found = discover(codes[:600], codes[600:], DNA, EVEN)[0].probabilities
    assert closeness(truth.probabilities, found) > 0.95


def closeness(truth: np.ndarray, found: np.ndarray) -> float:
    """The best Pearson correlation of all entries over shifts and strands, the found motif padded with even columns."""
    width, best = len(truth), -1.0
    for strand in (found, found[::-1, ::-1]):
        padded = np.concatenate([np.full((width, 4), 0.25), strand, np.full((width, 4), 0.25)])
        for start in range(len(padded) - width + 1):
            window = padded[start : start + width]
            if window.std() > 0:
                best = max(best, float(np.corrcoef(window.ravel(), truth.ravel())[0, 1]))
    return best


def test_the_motif_that_does_better_in_training_is_kept() -> None:
    """Sixty positives are few to estimate twenty columns from, so the motif they were drawn from does better."""
    truth, rng = jaspar("MA0138.3"), np.random.default_rng(3)
    codes = rng.integers(0, 4, (120, 60)).astype(np.uint8)
    for row in range(60):
        place = rng.integers(0, 60 - truth.width + 1)
        codes[row, place : place + truth.width] = [rng.choice(4, p=column) for column in truth.probabilities]
    labels = np.repeat([1.0, 0.0], 60)
    assert fit(TrainingSet(codes, labels, DNA), 1).title == "PWM found in training"
    with_jaspar = fit(TrainingSet(codes, labels, DNA, jaspar="REST"), 1)
    assert with_jaspar.title == f"PWM {truth.id} REST, JASPAR"
    # A motif that has nothing to do with the data does not displace the one found.
    assert fit(TrainingSet(codes, labels, DNA, jaspar="MA0004.1"), 1).title == "PWM found in training"


def test_an_unknown_jaspar_motif_is_named(planted: Plant) -> None:
    training = planted(20, 20, 1)
    with pytest.raises(UnknownName, match="JASPAR motif"):
        fit(TrainingSet(training.codes, training.labels, DNA, jaspar="no such motif"), 1)


def test_proteins_are_declined(planted: Plant) -> None:
    with pytest.raises(DataError, match="no PWM baseline for a protein alphabet"):
        fit(planted(20, 20, 1, PROTEIN, "WCWHWCWH"), 1)


@pytest.mark.parametrize("length", [1, 4, 7])
def test_very_short_sequences_are_fitted_all_the_same(length: int) -> None:
    codes = np.random.default_rng(1).integers(0, 4, (30, length)).astype(np.uint8)
    codes[:15, 0] = 2
    model = fit(TrainingSet(codes, np.repeat([1.0, 0.0], 15), DNA), 1)
    assert np.isfinite(scores(model, codes)).all()


def test_sequences_without_a_known_letter_do_not_break_it() -> None:
    codes = np.full((20, 30), DNA.unknown_code, np.uint8)
    model = fit(TrainingSet(codes, np.repeat([1.0, 0.0], 10), DNA), 1)
    assert scores(model, codes)[:, 0].tolist() == [0.0] * 20
