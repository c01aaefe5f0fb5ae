"""Batches and the hold-out: what each epoch shows, and what validation never shares with training."""

import numpy as np
import pytest
import torch

from seqdl_core.errors import ConfigError, DataError
from seqdl_core.sequences.alphabets import DNA, RNA, encode_all, reverse_complement
from seqdl_core.training.augmentation import Augmentation
from seqdl_core.training.batches import Batches, TrainingData, hold_out
from seqdl_core.training.config import TrainingConfig


def _data(rows: int = 40, length: int = 30, *, shuffle: bool = False) -> TrainingData:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (rows, length)).astype(np.uint8)
    targets = np.ones((rows, 1), np.float32) if shuffle else (np.arange(rows)[:, None] % 2).astype(np.float32)
    return TrainingData(codes, targets, DNA, shuffle)


def _shown(data: TrainingData, config: TrainingConfig, epoch: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The letters and targets of each batch as the network gets them."""
    augmentation = Augmentation(config, data.alphabet, torch.device("cpu"))
    batches = []
    for step, batch in enumerate(Batches(data, config, epoch).start_at(0)):
        codes, targets, flipped, shifts = (torch.from_numpy(part) for part in batch)
        augmentation.start(epoch, step)
        batches.append((augmentation.letters(codes, flipped, shifts).numpy(), targets.numpy()))
    return batches


def _strands(codes: np.ndarray) -> set[bytes]:
    return {
        min(row.tobytes(), other.tobytes()) for row, other in zip(codes, reverse_complement(codes, DNA), strict=True)
    }


def test_an_epoch_shows_every_row_once_on_either_strand() -> None:
    data = _data()
    batches = _shown(data, TrainingConfig(batch_size=10), 0)
    assert [len(codes) for codes, _ in batches] == [10] * 4
    shown = np.concatenate([codes for codes, _ in batches])
    assert _strands(shown) == _strands(data.codes)
    assert {row.tobytes() for row in shown} != {row.tobytes() for row in data.codes}


def test_a_large_set_is_seen_in_parts_of_the_epoch_size() -> None:
    data, config = _data(200), TrainingConfig(batch_size=16, epoch_size=64, reverse_complement=False)
    parts = [np.concatenate([codes for codes, _ in _shown(data, config, epoch)]) for epoch in (0, 1)]
    assert [len(part) for part in parts] == [64, 64]
    assert {row.tobytes() for row in parts[0]} != {row.tobytes() for row in parts[1]}


def test_the_same_epoch_again_is_the_same_and_another_is_not() -> None:
    data, config = _data(shuffle=True), TrainingConfig(batch_size=16, shift=2)
    first, again = (list(Batches(data, config, 3).start_at(0)) for _ in range(2))
    assert all(
        np.array_equal(a, b) for one, two in zip(first, again, strict=True) for a, b in zip(one, two, strict=True)
    )
    later = list(Batches(data, config, 3).start_at(2))
    assert np.array_equal(later[0][0], first[2][0])
    assert not np.array_equal(next(Batches(data, config, 4).start_at(0))[0], first[0][0])


def test_negatives_are_redrawn_each_epoch() -> None:
    data, config = _data(shuffle=True), TrainingConfig(batch_size=80, reverse_complement=False)
    epochs = [_shown(data, config, epoch)[0] for epoch in (0, 1)]
    for codes, targets in epochs:
        assert targets.sum() == len(data.codes) == len(codes) / 2
        assert {row.tobytes() for row in codes[targets[:, 0] == 1]} == {row.tobytes() for row in data.codes}
    negatives = [{row.tobytes() for row in codes[targets[:, 0] == 0]} for codes, targets in epochs]
    assert not negatives[0] & negatives[1]


def test_rna_keeps_its_strand() -> None:
    data = _data()
    rna = TrainingData(data.codes, data.targets, RNA)
    shown = np.concatenate([codes for codes, _ in _shown(rna, TrainingConfig(batch_size=10), 0)])
    assert {row.tobytes() for row in shown} == {row.tobytes() for row in data.codes}


def test_hold_out_keeps_strands_together_and_the_share_of_each_class() -> None:
    data = _data(100)
    doubled = TrainingData(
        np.concatenate([data.codes, reverse_complement(data.codes, DNA)]), np.tile(data.targets, (2, 1)), DNA
    )
    train, validation = hold_out(doubled, 0.2, seed=1)
    assert not _strands(train.codes) & _strands(validation.codes)
    assert len(train.codes) + len(validation.codes) == 200
    assert [int((validation.targets == label).sum()) for label in (0, 1)] == [20, 20]


def test_hold_out_keeps_strands_of_unequal_lengths_together() -> None:
    rng = np.random.default_rng(3)
    own = ["".join(rng.choice(list("ACGT"), 40 + number % 30)) for number in range(80)]
    other = [DNA.decode(reverse_complement(DNA.encode(one)[None], DNA)[0]) for one in own]
    targets = np.tile((np.arange(80)[:, None] % 2).astype(np.float32), (2, 1))
    train, validation = hold_out(TrainingData(encode_all(own + other, DNA), targets, DNA), 0.25, seed=1)
    spelled = [
        {min(one, turned) for one, turned in zip(own + other, other + own, strict=True) if one in held}
        for held in ({DNA.decode(row).rstrip("N") for row in part.codes} for part in (train, validation))
    ]
    assert not spelled[0] & spelled[1]
    assert (len(spelled[0]), len(spelled[1]), len(validation.codes)) == (60, 20, 40)


def test_hold_out_draws_negatives_for_positives_only() -> None:
    data = _data(50, shuffle=True)
    train, validation = hold_out(data, 0.2, seed=1)
    assert train.shuffle_negatives
    assert len(train.codes) == 40
    assert validation.targets.ravel().tolist() == [1.0] * 10 + [0.0] * 10
    assert np.array_equal(validation.codes, hold_out(data, 0.2, seed=1)[1].codes)


def test_no_sequence_carries_both_labels() -> None:
    codes = np.concatenate([_data(20).codes, np.zeros((5, 30), np.uint8)])
    data = TrainingData(codes, np.ones((25, 1), np.float32), DNA, shuffle_negatives=True)
    both = data.with_shuffles(np.random.default_rng(1))
    assert both.targets[:, 0].tolist() == [1.0] * 25 + [0.0] * 20
    assert not {row.tobytes() for row in both.codes[25:]} & {row.tobytes() for row in codes}


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_sequences_are_refused(rows: int) -> None:
    with pytest.raises(DataError, match="too few of one class"):
        hold_out(_data(rows), 0.1, 1)


def test_numbers_are_held_out_without_classes() -> None:
    codes = _data(100).codes
    targets = np.random.default_rng(1).normal(size=(100, 2)).astype(np.float32)
    train, validation = hold_out(TrainingData(codes, targets, DNA), 0.2, seed=1, by_class=False)
    assert (len(train.codes), len(validation.codes)) == (80, 20)
    assert not _strands(train.codes) & _strands(validation.codes)
    with pytest.raises(DataError, match="too few to hold some back"):
        hold_out(TrainingData(codes[:2], targets[:2], DNA), 0.2, seed=1, by_class=False)


def test_every_class_is_held_out_in_its_share_and_a_single_sequence_is_learned() -> None:
    codes, classes = _data(101).codes, np.append(np.arange(100) % 4, 4)
    data = TrainingData(codes, np.eye(5, dtype=np.float32)[classes], DNA)
    train, validation = hold_out(data, 0.2, seed=1)
    assert validation.targets.sum(0).tolist() == [5, 5, 5, 5, 0]
    assert train.targets.sum(0).tolist() == [20, 20, 20, 20, 1]


def test_balanced_drawing_shows_each_class_as_often() -> None:
    codes = np.arange(40, dtype=np.uint8)[:, None] % 4
    targets = (np.arange(40) < 8).astype(np.float32)[:, None]
    config = TrainingConfig(batch_size=8, balanced=True, reverse_complement=False)
    data = TrainingData(codes, targets, DNA)
    seen = np.concatenate([batch.targets for batch in Batches(data, config, 0).start_at(0)])
    assert (len(seen), seen.mean()) == (64, 0.5)
    again = np.concatenate([batch.targets for batch in Batches(data, config, 0).start_at(0)])
    assert (seen == again).all()


def test_balanced_drawing_needs_one_class_a_row() -> None:
    data = TrainingData(np.zeros((8, 4), np.uint8), np.zeros((8, 1), np.float32), DNA)
    with pytest.raises(ConfigError, match="each class equally often"):
        Batches(data, TrainingConfig(balanced=True), 0, by_class=False)
