"""Augmentation: what changes, how often, and what never does."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import DNA, PROTEIN, Alphabet, encode_all
from seqdl_core.training.augmentation import (
    Augmentation,
    blosum_substitutions,
    mutated,
    noisy,
    other_strand,
    shifted,
    substituted,
    turned,
)
from seqdl_core.training.config import TrainingConfig

CPU = torch.device("cpu")


def codes(rows: int = 40, length: int = 50, alphabet: Alphabet = DNA, seed: int = 0) -> Tensor:
    drawn = np.random.default_rng(seed).integers(0, alphabet.size + 1, (rows, length)).astype(np.uint8)
    return torch.from_numpy(drawn)


def drawn(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def of(sequence: str) -> Tensor:
    return torch.from_numpy(encode_all([sequence], DNA))


def text(row: Tensor) -> str:
    return DNA.decode(row.numpy())


def test_shift_by_hand() -> None:
    moved = [text(shifted(of("ACGT"), torch.tensor([by]), DNA.unknown_code)[0]) for by in (0, 1, -1, 5, -4)]
    assert moved == ["ACGT", "NACG", "CGTN", "NNNN", "NNNN"]


def test_each_row_moves_by_its_own_shift() -> None:
    rows = torch.cat([of("ACGT"), of("ACGT")])
    assert [text(row) for row in shifted(rows, torch.tensor([2, -2]), 4)] == ["NNAC", "GTNN"]


def test_the_other_strand_by_hand_and_twice_is_none() -> None:
    both = torch.tensor([True, False])
    rows = torch.cat([of("AACGN"), of("AACGN")])
    turned_once = other_strand(rows, both, DNA)
    assert [text(row) for row in turned_once] == ["NCGTT", "AACGN"]
    every = torch.ones(40, dtype=torch.bool)
    assert torch.equal(other_strand(other_strand(codes(), every, DNA), every, DNA), codes())


def test_labels_of_positions_follow_the_letters() -> None:
    """A site marked in the labels covers the same letters, complemented, after the other strand and a shift."""
    letters, marks = of("AAACCGTTTT"), torch.tensor([[0, 0, 0, 1, 1, 1, 0, 0, 0, 0]])
    chosen, by = torch.tensor([True]), torch.tensor([-2])
    moved = shifted(other_strand(letters, chosen, DNA), by, DNA.unknown_code)
    followed = shifted(turned(marks, chosen), by, -1)
    assert text(moved[0]) == "AACGGTTTNN"
    assert text(moved[0][followed[0] == 1]) == "CGG", "the reverse complement of CCG"
    assert followed[0].tolist() == [0, 0, 1, 1, 1, 0, 0, 0, -1, -1]


@pytest.mark.parametrize("change", [lambda c: mutated(c, 0.0, 4, drawn()), lambda c: substituted(c, 0.0, drawn())])
def test_rate_nothing_changes_nothing(change: Callable[[Tensor], Tensor]) -> None:
    assert torch.equal(change(codes()), codes())


def test_the_mutated_share_is_the_rate_and_every_other_letter_is_as_likely() -> None:
    before = torch.zeros(400, 500, dtype=torch.uint8)
    after = mutated(before, 0.1, 4, drawn())
    count, trials = int((after != before).sum()), before.numel()
    assert abs(count - 0.1 * trials) < 5 * math.sqrt(trials * 0.1 * 0.9)
    each = torch.bincount(after.flatten().long(), minlength=4)[1:]
    assert (each - count / 3).abs().max() < 5 * math.sqrt(count * 2 / 9)


@pytest.mark.parametrize(
    ("alphabet", "change"),
    [(DNA, lambda c: mutated(c, 0.5, 4, drawn())), (PROTEIN, lambda c: substituted(c, 0.5, drawn()))],
)
def test_unknown_stays_unknown_and_nothing_becomes_unknown(
    alphabet: Alphabet, change: Callable[[Tensor], Tensor]
) -> None:
    before = codes(alphabet=alphabet)
    assert torch.equal(change(before) == alphabet.unknown_code, before == alphabet.unknown_code)


def test_blosum_ratios_follow_the_scores() -> None:
    """Isoleucine: S(I, V) = 3, S(I, L) = 2, S(I, D) = -3, with frequencies .073, .099 and .054."""
    table, at = blosum_substitutions(), PROTEIN.letters.index
    assert np.allclose(table.sum(1), 1)
    assert (np.diag(table) == 0).all()
    row = table[at("I")]
    assert row[at("V")] / row[at("L")] == pytest.approx(0.073 / 0.099 * 2**0.5)
    assert row[at("V")] / row[at("D")] == pytest.approx(0.073 / 0.054 * 2**3)
    assert PROTEIN.letters[int(row.argmax())] == "V"


def test_substitutions_come_in_these_proportions_and_always_change_the_letter() -> None:
    letter = PROTEIN.letters.index("W")
    before = torch.full((400, 500), letter, dtype=torch.uint8)
    after = substituted(before, 0.25, drawn())
    changed, trials = int((after != before).sum()), before.numel()
    assert abs(changed - 0.25 * trials) < 5 * math.sqrt(trials * 0.25 * 0.75)
    found = torch.bincount(after.flatten().long(), minlength=20).numpy()
    expected = blosum_substitutions()[letter] * changed
    others = np.arange(20) != letter
    assert (np.abs(found - expected)[others] < 5 * np.sqrt(expected[others])).all()


def test_noise_has_its_spread_and_spares_unknown_letters() -> None:
    letters = codes(200, 100)
    plain = one_hot(letters, 4)
    noise = noisy(plain, 0.3, drawn()) - plain
    known = (letters < 4)[:, None].expand_as(noise)
    assert (noise[~known] == 0).all()
    assert float(noise[known].std()) == pytest.approx(0.3, rel=0.02)
    assert float(noise[known].mean()) == pytest.approx(0, abs=0.01)


def test_a_step_draws_the_same_however_it_was_reached() -> None:
    config = TrainingConfig(mutation_rate=0.1, noise=0.2, seed=5)
    still, none = torch.zeros(40, dtype=torch.bool), torch.zeros(40, dtype=torch.long)

    def shown(steps: list[tuple[int, int]]) -> Tensor:
        augmentation = Augmentation(config, DNA, CPU)
        for epoch, step in steps:
            augmentation.start(epoch, step)
            signal = augmentation.signal(one_hot(augmentation.letters(codes(), still, none), 4))
        return signal

    straight = shown([(0, 0), (0, 1), (1, 0)])
    assert torch.equal(straight, shown([(1, 0)]))
    assert not torch.equal(straight, shown([(1, 1)]))


def test_the_defaults_change_nothing() -> None:
    augmentation = Augmentation(TrainingConfig(), DNA, CPU)
    augmentation.start(0, 0)
    still, none = torch.zeros(40, dtype=torch.bool), torch.zeros(40, dtype=torch.long)
    assert torch.equal(augmentation.letters(codes(), still, none), codes())
    plain = one_hot(codes(), 4)
    assert augmentation.signal(plain) is plain


def test_the_number_of_threads_changes_no_draw() -> None:
    """On enough numbers that torch would share them out."""
    before, many = torch.get_num_threads(), torch.zeros(2000, 100, dtype=torch.uint8)
    drawn_with = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            changed = substituted(mutated(many, 0.1, 20, drawn()), 0.1, drawn(2))
            drawn_with.append((changed, noisy(one_hot(changed[:500], 20), 0.1, drawn(3))))
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(one, two) for one, two in zip(*drawn_with, strict=True))
